#include "lab/shorter_bars.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace cw::lab {
namespace {

// Rows of the finest series that are read at once.
constexpr std::int64_t kRowsAtOnce = 16'384;

/// Those that are shorter and make up whole bars of `timeframe`, the finest first.
std::vector<candle_store::SeriesInfo> shorter_series(const candle_store::CandleStore& store,
                                                     const market::InstrumentId& id, market::Timeframe timeframe) {
  auto all = store.list(id);
  std::erase_if(all, [&](const auto& info) { return !market::folds_into(info.id.timeframe, timeframe); });
  return all;
}

/// One series' rows of a stretch of time, read when they are first asked for.
class Stretch {
 public:
  Stretch(const candle_store::CandleStore& store, const candle_store::SeriesInfo& of, Timestamp from, Timestamp to)
      : store_(&store), of_(&of), from_(from), to_(to) {}

  /// Those that open in [from, to), none where the one of `from` is missing.
  Result<market::CandleSpan> inside(Timestamp from, Timestamp to) {
    if (!std::exchange(is_read_, true)) {
      auto rows = store_->read(of_->id, from_, to_);
      if (!rows) return pass_on(rows);
      rows_ = std::move(*rows);
    }
    const auto view = rows_.view();
    const auto& times = view.open_time_ms;
    const auto first = std::ranges::lower_bound(times, to_ms(from));
    if (first == times.end() || *first != to_ms(from)) return market::CandleSpan{};
    const auto last = std::ranges::lower_bound(first, times.end(), to_ms(to));
    return view.subspan(static_cast<std::size_t>(first - times.begin()), static_cast<std::size_t>(last - first));
  }

  Millis step() const { return market::duration(of_->id.timeframe); }

 private:
  const candle_store::CandleStore* store_;
  const candle_store::SeriesInfo* of_;
  Timestamp from_;
  Timestamp to_;
  bool is_read_ = false;
  market::CandleColumns rows_{};
};

class ShorterBars final : public evaluation::BarSource {
 public:
  ShorterBars(const candle_store::CandleStore& store, std::vector<candle_store::SeriesInfo> series,
              market::Timeframe timeframe, Timestamp from, Timestamp to)
      : store_(store), series_(std::move(series)), length_(market::duration(timeframe)) {
    Timestamp first = series_.front().first;
    Timestamp last = series_.front().last;
    for (const auto& info : series_) {
      first = std::min(first, info.first);
      last = std::max(last, info.last);
    }
    at_ = market::open_of(timeframe, std::max(from, first));
    end_ = market::open_of(timeframe, std::min(last, to - Millis{1})) + length_;
  }

  Result<bool> next(market::CandleColumns& rows) override {
    rows = {};
    while (rows.empty() && at_ < end_) {
      if (const auto taken = take_stretch(rows); !taken) return pass_on(taken);
    }
    return !rows.empty();
  }

 private:
  Result<void> take_stretch(market::CandleColumns& rows) {
    const Millis finest = market::duration(series_.front().id.timeframe);
    const Millis span = length_ * std::max<std::int64_t>(1, kRowsAtOnce / (length_ / finest));
    const Timestamp to = std::min(end_, at_ + span);
    std::vector<Stretch> each;
    for (const auto& info : series_) each.emplace_back(store_, info, at_, to);
    for (; at_ < to; at_ += length_) {
      const auto chosen = inside(each, at_);
      if (!chosen) return pass_on(chosen);
      rows.append(*chosen);
    }
    return {};
  }

  /// The rows inside the bar that opens at `open`, from the series that tells most of it.
  Result<market::CandleSpan> inside(std::vector<Stretch>& each, Timestamp open) const {
    market::CandleSpan best;
    for (auto& one : each) {
      const auto rows = one.inside(open, open + length_);
      if (!rows) return pass_on(rows);
      if (static_cast<std::int64_t>(rows->size()) == length_ / one.step()) return *rows;
      if (best.empty()) best = *rows;
    }
    return best;
  }

  const candle_store::CandleStore& store_;
  std::vector<candle_store::SeriesInfo> series_;
  Millis length_;
  Timestamp at_{};
  Timestamp end_{};
};

}  // namespace

bool has_shorter_bars(const candle_store::CandleStore& store, const market::InstrumentId& id,
                      market::Timeframe timeframe) {
  return !shorter_series(store, id, timeframe).empty();
}

std::unique_ptr<evaluation::BarSource> shorter_bars(const candle_store::CandleStore& store,
                                                    const market::InstrumentId& id, market::Timeframe timeframe,
                                                    Timestamp from, Timestamp to) {
  auto series = shorter_series(store, id, timeframe);
  if (series.empty()) return nullptr;
  return std::make_unique<ShorterBars>(store, std::move(series), timeframe, from, to);
}

}  // namespace cw::lab
