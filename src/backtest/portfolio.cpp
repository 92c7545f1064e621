#include "backtest/portfolio.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>

#include "backtest/order_maker.h"
#include "backtest/said_rows.h"
#include "backtest/trade_book.h"
#include "base/require.h"

namespace cw::backtest {
namespace {

constexpr std::size_t kPortion = 1'024;
static_assert(kPortion <= SaidRows::kRowsMost && kPortion <= Marks::kRowsMost);
constexpr std::size_t kRowsBetweenQuestions = 65'536;
constexpr std::int64_t kOver = std::numeric_limits<std::int64_t>::max();

/// One instrument on its way through its bars. The columns of its rules are made a portion at a time, or are ready.
class Lane {
 public:
  Lane(const RunPart& part, trading::Broker& broker, std::size_t number, Timestamp from)
      : Lane(part, broker, number, from, part.plan.clone(), {}) {}
  Lane(const ReadyPart& part, trading::Broker& broker, std::size_t number, Timestamp from)
      : Lane(part, broker, number, from, std::nullopt, part.columns) {}
  Lane(const Lane&) = delete;  // parts of it know where others are
  Lane& operator=(const Lane&) = delete;

  /// When its next bar opens; kOver: it has none.
  std::int64_t next_open() const { return row_ < bars_.size() ? bars_.open_time_ms[row_] : kOver; }

  std::int64_t last_open() const { return bars_.empty() ? 0 : bars_.open_time_ms.back(); }

  /// Goes on to its next bar.
  void advance() {
    while (row_ >= portion_end_) read_portion();
    bar_ = bars_[row_++];
    if (std::isnan(first_close_)) first_close_ = bar_.close;
  }
  const market::Candle& bar() const { return bar_; }

  /// The rules at the bar.
  Result<void> act() { return orders_.act(said_, columns_, row_ - 1 - portion_begin_, bar_.open_time); }

  std::vector<trading::Fill>& fills() { return fills_; }
  void take_fills(std::int64_t closes_ms) {
    book_.take(fills_, bar_, closes_ms);
    fills_.clear();
  }

  /// Its close in shares of its first one; 1 until there is one.
  double relative_close() const { return has_begun() ? bar_.close / first_close_ : 1.0; }

  bool has_begun() const { return !std::isnan(first_close_); }
  std::size_t warm_up_bars() const { return first_; }
  std::string_view name() const { return name_; }
  const trading::InstrumentRules& rules() const { return rules_; }
  TradeBook& book() { return book_; }
  const TradeBook& book() const { return book_; }
  std::uint64_t conflicts() const { return orders_.conflicts(); }
  std::uint64_t without_value() const { return orders_.without_value(); }

 private:
  template <class Part>
  Lane(const Part& part, trading::Broker& broker, std::size_t number, Timestamp from, std::optional<expr::Plan> plan,
       std::span<const double* const> ready)
      : program_(part.program),
        plan_(std::move(plan)),
        ready_(ready),
        bars_(part.bars),
        rules_(part.instrument),
        name_(part.name),
        orders_(program_, rules_, broker, number),
        book_(rules_),
        memory_(plan_ ? plan_->outputs() * kPortion : 0) {
    for (std::size_t i = 0; plan_ && i < plan_->outputs(); ++i) planned_.push_back(memory_.data() + i * kPortion);
    columns_.assign(planned_.begin(), planned_.end());
    columns_.resize(program_.nodes.size());
    const auto& times = bars_.open_time_ms;
    row_ = first_ = static_cast<std::size_t>(std::ranges::lower_bound(times, to_ms(from)) - times.begin());
  }

  /// The columns of the portion after the one that is over. Bars before the first that counts are seen, and not acted on.
  void read_portion() {
    portion_begin_ = portion_end_;
    portion_end_ = std::min(bars_.size(), portion_begin_ + kPortion);
    if (plan_) {
      plan_->run(bars_.subspan(portion_begin_, portion_end_ - portion_begin_), planned_);
    } else {
      for (std::size_t i = 0; i < ready_.size(); ++i) columns_[i] = ready_[i] + portion_begin_;
    }
    said_.read(program_, columns_, portion_end_ - portion_begin_);
  }

  const strategy::Program& program_;
  std::optional<expr::Plan> plan_;  // none: the columns are ready
  std::span<const double* const> ready_;
  market::CandleSpan bars_;
  trading::InstrumentRules rules_;
  std::string_view name_;
  OrderMaker orders_;
  TradeBook book_;
  SaidRows said_;
  std::vector<double> memory_;
  std::vector<double*> planned_;  // where each column of the portion begins
  std::vector<const double*> columns_;
  std::vector<trading::Fill> fills_;  // of the moment under way
  std::size_t first_ = 0;             // bar that is acted on
  std::size_t row_ = 0;               // the next bar
  std::size_t portion_begin_ = 0;
  std::size_t portion_end_ = 0;
  market::Candle bar_{};
  double first_close_ = std::numeric_limits<double>::quiet_NaN();
};

/// One magnifier of all instruments'.
template <class Part>
trading::LowerBars lower_bars_of_all(std::span<const Part> parts) {
  if (std::ranges::none_of(parts, [](const Part& part) { return bool{part.lower_bars}; })) return {};
  std::vector<trading::LowerBars> each;
  for (const Part& part : parts) each.push_back(part.lower_bars);
  return [each = std::move(each)](std::size_t instrument, Timestamp bar_open) -> market::CandleSpan {
    return each[instrument] ? each[instrument](instrument, bar_open) : market::CandleSpan{};
  };
}

}  // namespace

struct Portfolio::Impl {
  template <class Part>
  Impl(std::span<const Part> parts, const RunSettings& by)
      : settings(by),
        bar_length(market::duration(parts.front().program.timeframe)),
        broker(account_of(parts.front().program, by.account), lower_bars_of_all(parts)),
        marks(by.account.capital.value(), parts.front().program.timeframe, by.keeps_rows) {
    for (const Part& part : parts) {
      const auto number = broker.add(part.instrument, sizing_of(part.program.sizing));
      lanes.push_back(std::make_unique<Lane>(part, broker, number, by.from));
      result.warm_up_bars = std::max<std::uint64_t>(result.warm_up_bars, lanes.back()->warm_up_bars());
    }
    result.initial_capital = settings.account.capital.value();
  }

  Result<void> take_moment(std::int64_t open_ms);
  void hand_out_fills();
  void mark(std::int64_t open_ms);
  void flush();

  RunSettings settings;
  Millis bar_length;
  trading::Broker broker;
  std::vector<std::unique_ptr<Lane>> lanes;  // in the order given
  Marks marks;
  std::vector<std::size_t> due;  // lanes with a bar at the moment under way
  std::vector<trading::Broker::BarOf> bars;
  market::CandleColumns rows;  // moments that are marked and not yet taken: their open, and the basket as close
  std::int64_t last_close_ms = 0;
  RunResult result;
};

Result<void> Portfolio::Impl::take_moment(std::int64_t open_ms) {
  due.clear();
  bars.clear();
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    if (lanes[i]->next_open() != open_ms) continue;
    lanes[i]->advance();
    due.push_back(i);
    bars.push_back({i, lanes[i]->bar()});
  }
  const Timestamp closes = from_ms(open_ms) + bar_length;
  last_close_ms = to_ms(closes);
  broker.on_bars(bars);
  broker.on_instant(closes);
  for (const std::size_t i : due) {
    if (auto done = lanes[i]->act(); !done) return std::unexpected(with_place(done.error(), lanes[i]->name()));
  }
  hand_out_fills();
  for (const std::size_t i : due) lanes[i]->take_fills(last_close_ms);
  mark(open_ms);
  return {};
}

void Portfolio::Impl::hand_out_fills() {
  for (const auto& fill : broker.fills()) lanes[fill.instrument]->fills().push_back(fill);
  broker.clear_fills();
}

void Portfolio::Impl::mark(std::int64_t open_ms) {
  double net = 0;
  double gross = 0;
  double basket = 0;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const Lane& lane = *lanes[i];
    basket += lane.relative_close();
    const auto held = broker.ledger().position(i).lots;
    if (held.none()) continue;
    const double value = lane.rules().quantity(held) * lane.bar().close;
    net += value;
    gross += std::fabs(value);
  }
  const std::size_t row = rows.size();
  // Of one instrument as Engine has it: its own closes, its position with its sign.
  const bool is_one = lanes.size() == 1;
  marks.value()[row] = is_one ? net : gross;
  marks.equity()[row] = broker.ledger().cash().value() + net;
  const double close = is_one ? lanes.front()->bar().close : basket / static_cast<double>(lanes.size());
  rows.push_back({from_ms(open_ms), close, close, close, close, 0});
  if (rows.size() == kPortion) flush();
}

void Portfolio::Impl::flush() {
  marks.take(rows.view());
  rows = {};
}

Portfolio::Portfolio(std::span<const RunPart> parts, const RunSettings& settings) {
  CW_REQUIRE(!parts.empty());
  impl_ = std::make_unique<Impl>(parts, settings);
}
Portfolio::Portfolio(std::span<const ReadyPart> parts, const RunSettings& settings) {
  CW_REQUIRE(!parts.empty());
  impl_ = std::make_unique<Impl>(parts, settings);
}
Portfolio::~Portfolio() = default;
Portfolio::Portfolio(Portfolio&&) noexcept = default;
Portfolio& Portfolio::operator=(Portfolio&&) noexcept = default;

Result<void> Portfolio::run(const RunProgress& progress) {
  const auto next_moment = [this] {
    std::int64_t next = kOver;
    for (const auto& lane : impl_->lanes) next = std::min(next, lane->next_open());
    return next;
  };
  std::int64_t first = kOver;
  std::int64_t last = 0;
  for (const auto& lane : impl_->lanes) {
    first = std::min(first, lane->next_open());
    last = std::max(last, lane->last_open());
  }
  std::size_t moments = 0;
  for (std::int64_t moment = first; moment != kOver; moment = next_moment()) {
    if (auto done = impl_->take_moment(moment); !done) return done;
    if (++moments % kRowsBetweenQuestions != 0 || !progress) continue;
    const double share =
        static_cast<double>(moment - first) / static_cast<double>(std::max<std::int64_t>(1, last - first));
    if (!progress(share)) return fail(Errc::cancelled, "stopped");
  }
  if (progress && !progress(1)) return fail(Errc::cancelled, "stopped");
  return {};
}

Engine::Standing Portfolio::standing(std::size_t part) const {
  const Lane& lane = *impl_->lanes[part];
  if (!lane.has_begun()) return {};
  const auto closes = to_ms(lane.bar().open_time + impl_->bar_length);
  return {lane.book().standing(lane.bar(), closes), impl_->broker.exits(part)};
}

RunResult Portfolio::finish() {
  auto& result = impl_->result;
  const auto& ledger = impl_->broker.ledger();
  impl_->flush();
  const bool any = impl_->marks.bars() > 0;
  if (any && impl_->settings.close_at_end) {
    for (std::size_t i = 0; i < impl_->lanes.size(); ++i) impl_->broker.close_all(i, trading::Reason::end);
    impl_->hand_out_fills();
    impl_->marks.close_at_end(ledger.cash().value());
  }
  for (std::size_t i = 0; i < impl_->lanes.size(); ++i) {
    Lane& lane = *impl_->lanes[i];
    result.conflicts += lane.conflicts();
    result.without_value += lane.without_value();
    if (!lane.has_begun()) continue;
    const auto closes = to_ms(lane.bar().open_time + impl_->bar_length);
    if (impl_->settings.close_at_end) lane.take_fills(closes);
    lane.book().end(lane.bar(), closes);
    for (Trade& trade : lane.book().trades()) {
      trade.instrument = static_cast<std::uint32_t>(i);
      result.trades.push_back(trade);
    }
  }
  // Their numbers are still those of each instrument's own order.
  std::ranges::sort(result.trades, {}, [](const Trade& trade) {
    return std::tuple{trade.is_open(), trade.is_open() ? 0 : trade.exit_time, trade.instrument, trade.id};
  });
  for (std::size_t i = 0; i < result.trades.size(); ++i) result.trades[i].id = i + 1;
  result.close_account(impl_->broker, impl_->marks);
  return std::move(result);
}

Result<RunResult> run_parts(std::span<const RunPart> parts, const RunSettings& settings, const RunProgress& progress) {
  CW_REQUIRE(!parts.empty());
  if (parts.size() > 1) {
    Portfolio portfolio(parts, settings);
    if (auto done = portfolio.run(progress); !done) return pass_on(done);
    return portfolio.finish();
  }
  const RunPart& part = parts.front();
  RunSettings own = settings;
  own.instrument = part.instrument;
  Engine engine(part.program, part.plan.clone(), own, part.lower_bars);
  for (std::size_t from = 0; from < part.bars.size(); from += kRowsBetweenQuestions) {
    const std::size_t count = std::min(kRowsBetweenQuestions, part.bars.size() - from);
    if (auto done = engine.take(part.bars.subspan(from, count)); !done) return pass_on(done);
    const double share = static_cast<double>(from + count) / static_cast<double>(part.bars.size());
    if (progress && !progress(share)) return fail(Errc::cancelled, "stopped");
  }
  return engine.finish();
}

Result<RunResult> run_parts(std::span<const ReadyPart> parts, const RunSettings& settings, std::vector<Trade> memory) {
  CW_REQUIRE(!parts.empty());
  if (parts.size() > 1) {
    Portfolio portfolio(parts, settings);
    if (auto done = portfolio.run(); !done) return pass_on(done);
    return portfolio.finish();
  }
  const ReadyPart& part = parts.front();
  RunSettings own = settings;
  own.instrument = part.instrument;
  Engine engine(part.program, own, part.lower_bars);
  engine.reuse(std::move(memory));
  if (auto done = engine.take(part.bars, part.columns); !done) return pass_on(done);
  return engine.finish();
}

}  // namespace cw::backtest
