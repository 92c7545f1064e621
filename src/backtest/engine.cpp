#include "backtest/engine.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "backtest/order_maker.h"
#include "backtest/said_rows.h"
#include "backtest/trade_book.h"
#include "base/require.h"

namespace cw::backtest {
namespace {

using strategy::Program;

constexpr std::size_t kPortion = 1'024;  // rows that are worked on at once: their columns stay in the cache
static_assert(kPortion <= SaidRows::kRowsMost && kPortion <= Marks::kRowsMost);
constexpr std::size_t kInstrument = 0;

/// The columns of a program for a portion of its bars.
class Columns {
 public:
  explicit Columns(std::size_t count) : at_(count) {}

  std::span<const double* const> from(std::span<const double* const> columns, std::size_t row) {
    for (std::size_t i = 0; i < at_.size(); ++i) at_[i] = columns[i] + row;
    return at_;
  }

 private:
  std::vector<const double*> at_;
};

}  // namespace

struct Engine::Impl {
  Impl(const Program& of, std::optional<expr::Plan> with, const RunSettings& by, trading::LowerBars lower_bars)
      : program(of),
        plan(std::move(with)),
        settings(by),
        bar_length(market::duration(of.timeframe)),
        broker(account_of(of, by.account), std::move(lower_bars)),
        orders(of, settings.instrument, broker, kInstrument),
        book(settings.instrument),
        marks(by.account.capital.value(), of.timeframe, by.keeps_rows),
        columns(of.nodes.size()) {
    broker.add(settings.instrument, sizing_of(program.sizing));
    if (plan) {
      memory.resize(plan->outputs() * kPortion);
      for (std::size_t i = 0; i < plan->outputs(); ++i) planned.push_back(memory.data() + i * kPortion);
    }
    result.initial_capital = settings.account.capital.value();
  }
  Impl(const Impl&) = delete;  // parts of it know where others are
  Impl& operator=(const Impl&) = delete;

  Result<void> take(const market::CandleSpan& bars, std::span<const double* const> of);
  Result<void> take_portion(const market::CandleSpan& bars, std::span<const double* const> of);
  Result<void> take_bar(const market::CandleSpan& bars, std::span<const double* const> of, std::size_t row);
  Result<std::size_t> pass(const market::CandleSpan& bars, std::span<const double* const> of, std::size_t row);

  const Program& program;
  std::optional<expr::Plan> plan;
  RunSettings settings;
  Millis bar_length;
  trading::Broker broker;
  OrderMaker orders;
  TradeBook book;
  Marks marks;
  SaidRows said;
  Columns columns;
  std::vector<double> memory;    // columns of the portion under way, of a plan
  std::vector<double*> planned;  // where each of them begins
  std::optional<market::Candle> last{};
  RunResult result;
};

/// A bar by itself, with all that may happen in it.
Result<void> Engine::Impl::take_bar(const market::CandleSpan& bars, std::span<const double* const> of,
                                    std::size_t row) {
  const market::Candle bar = bars[row];
  const Timestamp closes = bar.open_time + bar_length;
  broker.on_bar(kInstrument, bar);
  broker.on_instant(closes);
  if (auto done = orders.act(said, of, row, bar.open_time); !done) return done;
  // With fills at the close the orders of this bar are filled by now.
  book.take(broker.fills(), bar, to_ms(closes));
  broker.clear_fills();
  const auto held = broker.ledger().position(kInstrument).lots;
  const double value = held.none() ? 0 : settings.instrument.quantity(held) * bar.close;
  marks.value()[row] = value;
  marks.equity()[row] = broker.ledger().cash().value() + value;
  return {};
}

/// The bars from `row` on at which nothing happens, up to the one at which the rules say something: it too, where what they
/// say is for later bars. The answer is how many.
Result<std::size_t> Engine::Impl::pass(const market::CandleSpan& bars, std::span<const double* const> of,
                                       std::size_t row) {
  const std::size_t speaks = orders.next(said, row);
  const bool acts_later = settings.account.fills.time == trading::FillTime::next_open;
  const std::size_t end = std::min(bars.size(), acts_later ? speaks + 1 : speaks);
  if (end == row) return 0;
  const auto wanted = bars.subspan(row, end - row);
  const std::size_t count = broker.pass(kInstrument, wanted, bar_length, marks.value() + row, marks.equity() + row);
  book.pass(wanted, count);
  if (row + count > speaks) {
    if (auto done = orders.act(said, of, speaks, from_ms(bars.open_time_ms[speaks])); !done) return pass_on(done);
  }
  return count;
}

Result<void> Engine::Impl::take_portion(const market::CandleSpan& bars, std::span<const double* const> of) {
  said.read(program, of, bars.size());
  if (settings.skips_bars) said.fetch(bars);
  for (std::size_t row = 0; row < bars.size();) {
    if (settings.skips_bars) {
      const auto passed = pass(bars, of, row);
      if (!passed) return pass_on(passed);
      row += *passed;
      if (row == bars.size()) break;
      if (*passed > 0) continue;
    }
    if (auto done = take_bar(bars, of, row); !done) return done;
    ++row;
  }
  marks.take(bars);
  last = bars[bars.size() - 1];
  return {};
}

Result<void> Engine::Impl::take(const market::CandleSpan& bars, std::span<const double* const> of) {
  // Bars come in time order, so those before the beginning come first.
  const auto first = static_cast<std::size_t>(std::ranges::lower_bound(bars.open_time_ms, to_ms(settings.from)) -
                                              bars.open_time_ms.begin());
  result.warm_up_bars += first;
  for (std::size_t at = first; at < bars.size(); at += kPortion) {
    const std::size_t count = std::min(kPortion, bars.size() - at);
    if (auto done = take_portion(bars.subspan(at, count), columns.from(of, at)); !done) return done;
  }
  return {};
}

Engine::Engine(const Program& program, expr::Plan plan, const RunSettings& settings, trading::LowerBars lower_bars)
    : impl_(std::make_unique<Impl>(program, std::move(plan), settings, std::move(lower_bars))) {}
Engine::Engine(const Program& program, const RunSettings& settings, trading::LowerBars lower_bars)
    : impl_(std::make_unique<Impl>(program, std::nullopt, settings, std::move(lower_bars))) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

Result<void> Engine::take(const market::CandleSpan& bars) {
  CW_REQUIRE(impl_->plan.has_value());
  const auto& planned = impl_->planned;
  for (std::size_t from = 0; from < bars.size(); from += kPortion) {
    const auto portion = bars.subspan(from, std::min(kPortion, bars.size() - from));
    impl_->plan->run(portion, planned);
    if (auto done = impl_->take(portion, {planned.data(), planned.size()}); !done) return done;
  }
  return {};
}

Result<void> Engine::take(const market::CandleSpan& bars, std::span<const double* const> columns) {
  CW_REQUIRE(!impl_->plan && columns.size() == impl_->program.nodes.size());
  return impl_->take(bars, columns);
}

void Engine::reuse(std::vector<Trade> trades) {
  trades.clear();
  impl_->book.trades() = std::move(trades);
}

Engine::Standing Engine::standing() const {
  if (!impl_->last) return {};
  const auto closes = to_ms(impl_->last->open_time + impl_->bar_length);
  const auto& book = impl_->book;
  return {book.standing(*impl_->last, closes), impl_->broker.exits(kInstrument)};
}

std::span<const Trade> Engine::ended() const { return std::as_const(impl_->book).trades(); }

void RunResult::close_account(const trading::Broker& broker, Marks& marks) {
  const auto& ledger = broker.ledger();
  counts = broker.counts();
  facts = marks.finish(rows);
  final_equity = facts.final_equity;
  fees = ledger.fees().value();
  slippage = ledger.slippage().value();
  funding = ledger.funding().value();
}

RunResult Engine::finish() {
  auto& result = impl_->result;
  const auto& ledger = impl_->broker.ledger();
  if (impl_->last) {
    const auto closes = to_ms(impl_->last->open_time + impl_->bar_length);
    if (impl_->settings.close_at_end) {
      impl_->broker.close_all(kInstrument, trading::Reason::end);
      impl_->book.take(impl_->broker.fills(), *impl_->last, closes);
      impl_->broker.clear_fills();
      impl_->marks.close_at_end(ledger.cash().value());
    }
    impl_->book.end(*impl_->last, closes);
  }
  result.trades = std::move(impl_->book.trades());
  result.conflicts = impl_->orders.conflicts();
  result.without_value = impl_->orders.without_value();
  result.close_account(impl_->broker, impl_->marks);
  return std::move(result);
}

Result<RunResult> run(const Program& program, const expr::Graph& graph, const market::CandleSpan& bars,
                      const RunSettings& settings, expr::NamedSeries* named) {
  auto plan = expr::Plan::make(graph, program.nodes, named);
  if (!plan) return pass_on(plan);
  Engine engine(program, std::move(*plan), settings);
  if (auto done = engine.take(bars); !done) return pass_on(done);
  return engine.finish();
}

}  // namespace cw::backtest
