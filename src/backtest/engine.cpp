#include "backtest/engine.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "backtest/trade_book.h"
#include "base/require.h"

namespace cw::backtest {
namespace {

using strategy::DistanceRule;
using strategy::Program;
using strategy::SideRules;
using trading::OrderRequest;
using trading::Side;

constexpr std::size_t kPortion = 4'096;  // rows whose columns are kept at once
constexpr std::size_t kInstrument = 0;

trading::Sizing sizing_of(const strategy::SizingRules& rules) {
  trading::Sizing sizing;
  sizing.value = rules.value;
  switch (rules.kind) {
    case strategy::SizingKind::PercentOfEquity: sizing.kind = trading::SizingKind::percent_of_equity; break;
    case strategy::SizingKind::Fixed: sizing.kind = trading::SizingKind::fixed_amount; break;
    case strategy::SizingKind::RiskPercent: sizing.kind = trading::SizingKind::risk_percent; break;
    case strategy::SizingKind::VolatilityTarget: sizing.kind = trading::SizingKind::volatility_target; break;
    case strategy::SizingKind::Kelly:
      sizing.kind = trading::SizingKind::kelly;
      sizing.cap_percent = rules.max_percent;
      sizing.trades_least = rules.trades;
      break;
  }
  return sizing;
}

trading::AccountSettings account_of(const Program& program, trading::AccountSettings account) {
  account.limits.pyramiding = program.pyramiding;
  account.limits.symbol_exposure_percent = std::min(account.limits.symbol_exposure_percent, program.sizing.max_percent);
  return account;
}

/// What the rules say at one bar.
struct Said {
  bool entry = false;
  bool exit = false;
};

}  // namespace

struct Engine::Impl {
  Impl(const Program& of, std::optional<expr::Plan> with, const RunSettings& by, trading::LowerBars lower_bars)
      : program(of),
        plan(std::move(with)),
        settings(by),
        broker(account_of(of, by.account), std::move(lower_bars)),
        book(settings.instrument),
        own_columns(plan ? plan->outputs() : 0) {
    broker.add(settings.instrument, sizing_of(program.sizing));
    for (auto& column : own_columns) column.resize(kPortion);
    result.initial_capital = settings.account.capital.value();
  }

  double at(std::size_t column, std::size_t row) const { return columns[column][row]; }
  Said said(const std::optional<SideRules>& side, std::size_t row) const {
    if (!side) return {};
    return {at(side->entry, row) > 0, side->exit && at(*side->exit, row) > 0};  // NaN: not yet
  }

  Result<void> run_portion(const market::CandleSpan& bars);
  Result<void> take_bars(const market::CandleSpan& bars);
  Result<void> take_bar(const market::Candle& bar, std::size_t row);
  Result<void> act(const market::Candle& bar, std::size_t row);
  Result<void> enter(Side side, const SideRules& rules, const market::Candle& bar, std::size_t row);
  Result<void> leave(Side side);
  std::optional<trading::Distance> distance_of(const DistanceRule& rule, std::size_t row,
                                               const DistanceRule* stop = nullptr) const;
  std::optional<trading::Bracket> bracket_of(const SideRules& rules, std::size_t row) const;
  void mark(const market::Candle& bar);

  const Program& program;
  std::optional<expr::Plan> plan;  // none: the columns are given
  RunSettings settings;
  trading::Broker broker;
  TradeBook book;
  std::vector<std::vector<double>> own_columns;
  std::vector<const double*> columns{};    // of the portion under way
  std::array<std::uint64_t, 2> resting{};  // entry orders that wait at a price, by side; 0: none
  std::optional<market::Candle> last{};
  RunResult result;
};

/// None: its value is not known at this bar.
std::optional<trading::Distance> Engine::Impl::distance_of(const DistanceRule& rule, std::size_t row,
                                                           const DistanceRule* stop) const {
  using strategy::DistanceKind;
  const double column = rule.column ? at(*rule.column, row) : 0;
  if (std::isnan(column)) return std::nullopt;
  switch (rule.kind) {
    case DistanceKind::Percent: return trading::Distance{trading::DistanceKind::percent, rule.value, 0};
    case DistanceKind::Atr: return trading::Distance{trading::DistanceKind::atr, rule.value, column};
    case DistanceKind::Amount: return trading::Distance{trading::DistanceKind::amount, rule.value, 0};
    case DistanceKind::Expression: return trading::Distance{trading::DistanceKind::level, column, 0};
    case DistanceKind::Risk: break;
  }
  auto distance = stop != nullptr ? distance_of(*stop, row) : std::nullopt;
  if (distance) distance->value *= rule.value;
  return distance;
}

std::optional<trading::Bracket> Engine::Impl::bracket_of(const SideRules& rules, std::size_t row) const {
  trading::Bracket bracket;
  if (rules.stop) {
    const auto stop = distance_of(*rules.stop, row);
    if (!stop) return std::nullopt;
    bracket.stop = *stop;
  }
  if (rules.trailing_stop) {
    const auto trailing = distance_of(*rules.trailing_stop, row);
    if (!trailing) return std::nullopt;
    bracket.trailing = *trailing;
  }
  for (const auto& target : rules.targets) {
    const auto distance = distance_of(target.distance, row, rules.stop ? &*rules.stop : nullptr);
    if (!distance) return std::nullopt;
    bracket.ladder[static_cast<std::size_t>(bracket.targets++)] = {*distance, target.share};
  }
  bracket.time_stop_bars = rules.time_stop.value_or(0);
  return bracket;
}

Result<void> Engine::Impl::enter(Side side, const SideRules& rules, const market::Candle& bar, std::size_t row) {
  const auto bracket = bracket_of(rules, row);
  if (!bracket) return {};
  OrderRequest order;
  order.side = side;
  order.bracket = *bracket;
  order.reason = trading::Reason::entry;
  if (program.sizing.column) order.volatility = at(*program.sizing.column, row) / 100;
  auto& waits = resting[side == Side::buy ? 0 : 1];
  if (rules.order) {
    const auto price = settings.instrument.nearest_ticks(at(rules.order->price, row));
    if (!price) return {};
    const bool is_limit = rules.order->kind == strategy::EntryOrder::Kind::Limit;
    order.type = is_limit ? trading::OrderType::limit : trading::OrderType::stop;
    (is_limit ? order.limit : order.stop) = *price;
    order.good_for_bars = rules.order->bars;
    if (waits != 0) broker.cancel(waits);  // the newest price stands
  }
  const auto number = broker.submit(kInstrument, order);
  if (!number) {
    Error error = number.error();
    error.message = fmt::format("the bar of {}: {}", to_ms(bar.open_time), error.message);
    return std::unexpected(std::move(error));
  }
  waits = rules.order ? *number : 0;
  return {};
}

Result<void> Engine::Impl::leave(Side side) {
  OrderRequest order;
  order.side = side;
  order.reduce_only = true;
  order.reason = trading::Reason::signal;
  const auto number = broker.submit(kInstrument, order);
  if (!number) return pass_on(number);
  return {};
}

/// The orders that the rules make of a closed bar.
Result<void> Engine::Impl::act(const market::Candle& bar, std::size_t row) {
  const Said buy = said(program.long_side, row);
  const Said sell = said(program.short_side, row);
  if (!buy.entry && !buy.exit && !sell.entry && !sell.exit) return {};
  const auto held = broker.ledger().position(kInstrument).lots.count;
  if (buy.entry && sell.entry) {
    ++result.conflicts;
    return {};
  }
  const bool can_buy = buy.entry && !buy.exit;
  const bool can_sell = sell.entry && !sell.exit;
  if (held == 0 && ((buy.entry && buy.exit) || (sell.entry && sell.exit))) ++result.conflicts;
  if (held > 0 && buy.exit && !can_sell) return leave(Side::sell);
  if (held < 0 && sell.exit && !can_buy) return leave(Side::buy);
  if (can_buy && (held <= 0 || program.pyramiding > 1)) return enter(Side::buy, *program.long_side, bar, row);
  if (can_sell && (held >= 0 || program.pyramiding > 1)) return enter(Side::sell, *program.short_side, bar, row);
  return {};
}

void Engine::Impl::mark(const market::Candle& bar) {
  const auto held = broker.ledger().position(kInstrument).lots;
  const double value = held.none() ? 0 : settings.instrument.quantity(held) * bar.close;
  result.rows.open_time_ms.push_back(to_ms(bar.open_time));
  result.rows.close.push_back(bar.close);
  result.rows.position_value.push_back(value);
  result.rows.equity.push_back(broker.ledger().cash().value() + value);
}

Result<void> Engine::Impl::take_bar(const market::Candle& bar, std::size_t row) {
  if (bar.open_time < settings.from) {
    ++result.warm_up_bars;
    return {};
  }
  const Timestamp closes = bar.open_time + market::duration(program.timeframe);
  broker.on_bar(kInstrument, bar);
  broker.on_instant(closes);
  if (auto done = act(bar, row); !done) return done;
  // With fills at the close the orders of this bar are filled by now.
  book.take(broker.fills(), bar, to_ms(closes));
  broker.clear_fills();
  mark(bar);
  last = bar;
  return {};
}

Result<void> Engine::Impl::run_portion(const market::CandleSpan& bars) {
  std::vector<double*> out;
  for (auto& column : own_columns) out.push_back(column.data());
  plan->run(bars, out);
  columns.assign(out.begin(), out.end());
  return take_bars(bars);
}

Result<void> Engine::Impl::take_bars(const market::CandleSpan& bars) {
  for (std::size_t row = 0; row < bars.size(); ++row) {
    if (auto done = take_bar(bars[row], row); !done) return done;
  }
  return {};
}

Engine::Engine(const Program& program, expr::Plan plan, const RunSettings& settings, trading::LowerBars lower_bars)
    : impl_(std::make_unique<Impl>(program, std::move(plan), settings, std::move(lower_bars))) {}
Engine::Engine(const Program& program, const RunSettings& settings)
    : impl_(std::make_unique<Impl>(program, std::nullopt, settings, trading::LowerBars{})) {}
Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

Result<void> Engine::take(const market::CandleSpan& bars) {
  CW_REQUIRE(impl_->plan);
  for (std::size_t from = 0; from < bars.size(); from += kPortion) {
    const std::size_t count = std::min(kPortion, bars.size() - from);
    if (auto done = impl_->run_portion(bars.subspan(from, count)); !done) return done;
  }
  return {};
}

Result<void> Engine::take(const market::CandleSpan& bars, std::span<const double* const> columns) {
  CW_REQUIRE(!impl_->plan && columns.size() == impl_->program.nodes.size());
  impl_->columns.assign(columns.begin(), columns.end());
  return impl_->take_bars(bars);
}

RunResult Engine::finish() {
  auto& result = impl_->result;
  if (impl_->last) {
    const auto closes = to_ms(impl_->last->open_time + market::duration(impl_->program.timeframe));
    if (impl_->settings.close_at_end) {
      impl_->broker.close_all(kInstrument, trading::Reason::end);
      impl_->book.take(impl_->broker.fills(), *impl_->last, closes);
      impl_->broker.clear_fills();
      result.rows.equity.back() = impl_->broker.ledger().cash().value();
      result.rows.position_value.back() = 0;
    }
    impl_->book.end(*impl_->last, closes);
  }
  const auto& ledger = impl_->broker.ledger();
  result.trades = std::move(impl_->book.trades());
  result.counts = impl_->broker.counts();
  result.final_equity = result.rows.equity.empty() ? result.initial_capital : result.rows.equity.back();
  result.fees = ledger.fees().value();
  result.slippage = ledger.slippage().value();
  result.funding = ledger.funding().value();
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
