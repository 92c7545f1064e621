#include "backtest/order_maker.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace cw::backtest {

using strategy::DistanceRule;
using strategy::SideRules;
using trading::OrderRequest;
using trading::Side;

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

trading::AccountSettings account_of(const strategy::Program& program, trading::AccountSettings account) {
  account.limits.pyramiding = program.pyramiding;
  // A share of the equity and an amount say themselves how much; the others are capped by what they say beside it.
  const bool is_capped = program.sizing.kind != strategy::SizingKind::PercentOfEquity &&
                         program.sizing.kind != strategy::SizingKind::Fixed;
  auto& most = account.limits.symbol_exposure_percent;
  if (is_capped) most = std::min(most, program.sizing.max_percent);
  return account;
}

namespace {

/// The error of an entry's order by the rule that asked for it, and the bar.
Error at_bar(Error error, Side side, Timestamp bar_open) {
  const std::pair<std::string_view, std::string_view> rules[] = {
      {"bracket.stop", "stop"},     {"bracket.trailing", "trailing_stop"},
      {"bracket.target", "target"}, {"bracket.time_stop", "time_stop"},
      {"limit", "order"},           {"stop", "order"}};
  std::string_view rule = "entry";
  for (const auto& [field, name] : rules) {
    if (error.field == field) rule = name;
  }
  error.field = fmt::format("{}.{}", side == Side::buy ? "long" : "short", rule);
  error.message = fmt::format("the bar of {}, {}: {}", format_time(bar_open), error.field, error.message);
  return error;
}

}  // namespace

Held OrderMaker::held() const {
  const auto lots = broker_.ledger().position(number_).lots.count;
  return lots == 0 ? Held::none : lots > 0 ? Held::long_side : Held::short_side;
}

/// None: its value is not known at this bar.
std::optional<trading::Distance> OrderMaker::distance_of(const DistanceRule& rule, const Row& row,
                                                         const DistanceRule* stop) {
  using strategy::DistanceKind;
  const double column = rule.column ? row.at(*rule.column) : 0;
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

/// False: a part of it has no value yet.
bool OrderMaker::put_bracket(const SideRules& rules, const Row& row, trading::Bracket& bracket) {
  if (rules.stop) {
    const auto stop = distance_of(*rules.stop, row);
    if (!stop) return false;
    bracket.stop = *stop;
  }
  if (rules.trailing_stop) {
    const auto trailing = distance_of(*rules.trailing_stop, row);
    if (!trailing) return false;
    bracket.trailing = *trailing;
  }
  for (const auto& target : rules.targets) {
    const auto distance = distance_of(target.distance, row, rules.stop ? &*rules.stop : nullptr);
    if (!distance) return false;
    bracket.ladder[static_cast<std::size_t>(bracket.targets++)] = {*distance, target.share};
  }
  bracket.time_stop_bars = rules.time_stop.value_or(0);
  return true;
}

Result<void> OrderMaker::enter(Side side, const SideRules& rules, const Row& row) {
  OrderRequest order;
  if (!put_bracket(rules, row, order.bracket)) {
    ++without_value_;
    return {};
  }
  order.side = side;
  order.reason = trading::Reason::entry;
  if (program_.sizing.column) order.volatility = row.at(*program_.sizing.column) / 100;
  auto& waits = resting_[side == Side::buy ? 0 : 1];
  if (rules.order) {
    const auto price = instrument_.nearest_ticks(row.at(rules.order->price));
    if (!price) {
      ++without_value_;
      return {};
    }
    const bool is_limit = rules.order->kind == strategy::EntryOrder::Kind::Limit;
    order.type = is_limit ? trading::OrderType::limit : trading::OrderType::stop;
    (is_limit ? order.limit : order.stop) = *price;
    order.good_for_bars = rules.order->bars;
    if (waits != 0) broker_.cancel(waits);  // the newest price stands
  }
  const auto number = broker_.submit(number_, order);
  if (!number) {
    return std::unexpected(at_bar(number.error(), side, row.bar_open));
  }
  waits = rules.order ? *number : 0;
  return {};
}

Result<void> OrderMaker::leave(Side side) {
  OrderRequest order;
  order.side = side;
  order.reduce_only = true;
  order.reason = trading::Reason::signal;
  const auto number = broker_.submit(number_, order);
  if (!number) return pass_on(number);
  return {};
}

/// An entry of this side that waits at a price is not wanted any more.
void OrderMaker::take_back(Side side) {
  auto& waits = resting_[side == Side::buy ? 0 : 1];
  if (waits != 0) broker_.cancel(std::exchange(waits, 0));
}

std::size_t OrderMaker::next(const SaidRows& said, std::size_t from) const {
  const bool waits = resting_[0] != 0 || resting_[1] != 0;
  if (!waits) return said.next(held(), from);
  // To an entry that waits its own exit matters, and the entry of the other side.
  return std::min({said.next(Held::none, from), said.next(Held::long_side, from), said.next(Held::short_side, from)});
}

Result<void> OrderMaker::act(const SaidRows& said, std::span<const double* const> columns, std::size_t row,
                             Timestamp bar_open) {
  const Said buy = said.buy(row);
  const Said sell = said.sell(row);
  if (!buy.entry && !buy.exit && !sell.entry && !sell.exit) return {};
  const auto held = broker_.ledger().position(number_).lots.count;
  if (buy.entry && sell.entry) {
    ++conflicts_;
    return {};
  }
  const Row at{columns, row, bar_open};
  if (buy.exit || sell.entry) take_back(Side::buy);
  if (sell.exit || buy.entry) take_back(Side::sell);
  const bool can_buy = buy.entry && !buy.exit;
  const bool can_sell = sell.entry && !sell.exit;
  if (held == 0 && ((buy.entry && buy.exit) || (sell.entry && sell.exit))) ++conflicts_;
  if (held > 0 && buy.exit && !can_sell) return leave(Side::sell);
  if (held < 0 && sell.exit && !can_buy) return leave(Side::buy);
  if (can_buy && (held <= 0 || program_.pyramiding > 1)) return enter(Side::buy, *program_.long_side, at);
  if (can_sell && (held >= 0 || program_.pyramiding > 1)) return enter(Side::sell, *program_.short_side, at);
  return {};
}

}  // namespace cw::backtest
