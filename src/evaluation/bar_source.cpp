#include "evaluation/bar_source.h"

#include <algorithm>
#include <utility>

#include "candle_store/query.h"

namespace cw::evaluation {
namespace {

constexpr std::size_t kRowsAtOnce = 16'384;

class StoredBars final : public BarSource {
 public:
  StoredBars(const candle_store::CandleStore& store, const market::InstrumentId& instrument,
             market::Timeframe timeframe, Timestamp from, Timestamp to)
      : store_(store),
        query_{.instrument = instrument,
               .timeframe = timeframe,
               .from = from,
               .to = to,
               .limit = kRowsAtOnce,
               .pick = candle_store::Pick::oldest} {}

  Result<bool> next(market::CandleColumns& rows) override {
    if (done_) return false;
    auto answer = candle_store::query(store_, query_);
    if (!answer) return pass_on(answer);
    rows = std::move(answer->bars);
    done_ = rows.size() < query_.limit;
    if (!rows.empty()) query_.from = from_ms(rows.open_time_ms.back() + 1);
    return !rows.empty();
  }

 private:
  const candle_store::CandleStore& store_;
  candle_store::CandleQuery query_;
  bool done_ = false;
};

class FileBars final : public BarSource {
 public:
  explicit FileBars(candle_store::CandleReader& reader) : reader_(reader) {}
  Result<bool> next(market::CandleColumns& rows) override { return reader_.next(rows); }

 private:
  candle_store::CandleReader& reader_;
};

class BarsUntil final : public BarSource {
 public:
  BarsUntil(BarSource& bars, Timestamp to) : bars_(bars), to_(to) {}

  Result<bool> next(market::CandleColumns& rows) override {
    if (done_) return false;
    auto more = bars_.next(rows);
    if (!more || !*more) return more;
    const auto end = std::ranges::lower_bound(rows.open_time_ms, to_ms(to_));
    const auto kept = static_cast<std::size_t>(end - rows.open_time_ms.begin());
    done_ = kept < rows.size();
    rows.open_time_ms.resize(kept);
    for (auto* column : {&rows.open, &rows.high, &rows.low, &rows.close, &rows.volume}) column->resize(kept);
    return kept > 0;
  }

 private:
  BarSource& bars_;
  Timestamp to_;
  bool done_ = false;
};

}  // namespace

std::unique_ptr<BarSource> stored_bars(const candle_store::CandleStore& store, const market::InstrumentId& instrument,
                                       market::Timeframe timeframe, Timestamp from, Timestamp to) {
  return std::make_unique<StoredBars>(store, instrument, timeframe, from, to);
}

std::unique_ptr<BarSource> file_bars(candle_store::CandleReader& reader) { return std::make_unique<FileBars>(reader); }

std::unique_ptr<BarSource> bars_until(BarSource& bars, Timestamp to) { return std::make_unique<BarsUntil>(bars, to); }

std::uint64_t bars_at_most(const candle_store::CandleStore& store, const market::InstrumentId& instrument,
                           market::Timeframe timeframe) {
  std::optional<Timestamp> first;
  Timestamp end{};
  for (const market::Timeframe source : market::kTimeframes) {
    if (source != timeframe && !market::folds_into(source, timeframe)) continue;
    const auto info = store.info({instrument, source});
    if (!info) continue;
    first = first ? std::min(*first, info->first) : info->first;
    end = std::max(end, info->last + market::duration(source));
  }
  if (!first || end <= *first) return 0;
  return static_cast<std::uint64_t>((end - *first) / market::duration(timeframe)) + 1;
}

struct StoredOtherBars::Feed {
  std::unique_ptr<BarSource> source;
  Millis length{};
  market::CandleColumns rows{};
  std::size_t at = 0;
  bool done = false;
  std::optional<Timestamp> newest{};
};

StoredOtherBars::StoredOtherBars(const StoreOf& store_of, const std::vector<expr::Context>& feeds) {
  for (const expr::Context& context : feeds) {
    auto feed = std::make_unique<Feed>();
    feed->length = market::duration(context.timeframe);
    if (const auto id = market::parse_instrument_id(context.symbol)) {
      feed->source = stored_bars(store_of(*id), *id, context.timeframe, Timestamp{}, from_ms(kLatestMs));
    } else {
      error_ = id.error();
      feed->done = true;
    }
    feeds_.push_back(std::move(feed));
  }
}

StoredOtherBars::~StoredOtherBars() = default;

bool StoredOtherBars::next(std::size_t feed_number, Timestamp time, market::Candle& bar) {
  Feed& feed = *feeds_[feed_number];
  if (feed.at == feed.rows.size() && !feed.done) {
    const auto more = feed.source->next(feed.rows);
    feed.at = 0;
    feed.done = !more || !*more;
    if (feed.done) feed.rows.clear();
    if (!more) error_ = more.error();
  }
  if (feed.at == feed.rows.size()) return false;
  if (from_ms(feed.rows.open_time_ms[feed.at]) + feed.length > time) return false;
  bar = feed.rows[feed.at++];
  feed.newest = bar.open_time;
  return true;
}

std::optional<Timestamp> StoredOtherBars::newest(std::size_t feed) const { return feeds_[feed]->newest; }

}  // namespace cw::evaluation
