#include "trading/order.h"

#include <cmath>
#include <string>

#include <fmt/format.h>

#include "base/number.h"

namespace cw::trading {
namespace {

using Checked = Result<void>;

std::unexpected<Error> wrong(std::string field, std::string_view sentence) {
  auto message = fmt::format("{}: {}", field, sentence);
  return std::unexpected(Error{Errc::bad_parameter, std::move(message), {}, std::move(field)});
}

bool is_positive(double value) { return value > 0 && std::isfinite(value); }

Checked price_is_given_where_needed(const OrderRequest& order, std::string_view field, Ticks price, bool needed) {
  if (needed && price.count <= 0)
    return wrong(std::string{field}, fmt::format("a {} order needs a price above 0", name(order.type)));
  if (!needed && price.count != 0)
    return wrong(std::string{field}, fmt::format("a {} order has none", name(order.type)));
  return {};
}

Checked check_distance(const Distance& distance, const std::string& field) {
  if (!distance.set()) return {};
  if (!is_positive(distance.value))
    return wrong(field, fmt::format("{} is no {}; it must be above 0", format_double(distance.value),
                                    distance.kind == DistanceKind::level ? "price" : "distance"));
  if (distance.kind == DistanceKind::atr && !is_positive(distance.atr)) return wrong(field, "the ATR has no value yet");
  return {};
}

/// A long position's stop is below and its target above; of a percentage that would leave no price there is no stop.
Checked check_side(const Distance& distance, const std::string& field, bool above, std::optional<double> entry) {
  if (distance.kind == DistanceKind::percent && !above && distance.value >= 100)
    return wrong(field, "100 percent or more below a price is no price");
  if (!entry || !distance.set()) return {};
  const double level = distance.level(*entry, above);
  if (level <= 0) return wrong(field, "it would lie at or below a price of 0");
  if (above ? level <= *entry : level >= *entry)
    return wrong(
        field, fmt::format("{} is on the wrong side of the entry at {}", format_double(level), format_double(*entry)));
  return {};
}

Checked check_ladder(const Bracket& bracket, bool above, std::optional<double> entry) {
  if (bracket.targets < 0 || bracket.targets > kTargetsMost)
    return wrong("bracket.target", fmt::format("at most {} targets", kTargetsMost));
  double sum = 0;
  for (int i = 0; i < bracket.targets; ++i) {
    const auto& rung = bracket.ladder[static_cast<std::size_t>(i)];
    const std::string field = bracket.targets == 1 ? "bracket.target" : fmt::format("bracket.target[{}]", i);
    if (!rung.distance.set()) return wrong(field, "it says no place");
    if (auto checked = check_distance(rung.distance, field); !checked) return checked;
    if (auto checked = check_side(rung.distance, field, above, entry); !checked) return checked;
    if (!is_positive(rung.share) || rung.share > 1) return wrong(field, "its share must be above 0 and at most 1");
    sum += rung.share;
  }
  // A third three times is written as 0.333…, or as 1 / 3.0, which may add up to a hair over 1.
  if (sum > 1 + 1e-9) return wrong("bracket.target", "the shares add up to more than 1");
  return {};
}

Checked check_bracket(const OrderRequest& order, const InstrumentRules& rules) {
  const Bracket& bracket = order.bracket;
  if (bracket.any() && order.reduce_only)
    return wrong("bracket", "an order that only reduces leaves nothing to protect");
  const bool is_long = order.side == Side::buy;
  std::optional<double> entry;
  if (order.type == OrderType::limit || order.type == OrderType::stop_limit) entry = rules.price(order.limit);
  if (order.type == OrderType::stop) entry = rules.price(order.stop);
  if (auto checked = check_distance(bracket.stop, "bracket.stop"); !checked) return checked;
  if (auto checked = check_side(bracket.stop, "bracket.stop", !is_long, entry); !checked) return checked;
  if (bracket.trailing.kind == DistanceKind::level)
    return wrong("bracket.trailing", "what trails has a distance, no level");
  if (auto checked = check_distance(bracket.trailing, "bracket.trailing"); !checked) return checked;
  if (auto checked = check_side(bracket.trailing, "bracket.trailing", !is_long, entry); !checked) return checked;
  if (bracket.time_stop_bars < 0 || bracket.time_stop_bars > kBarsMost)
    return wrong("bracket.time_stop", fmt::format("0 to {} bars", kBarsMost));
  return check_ladder(bracket, is_long, entry);
}

Checked check_prices(const OrderRequest& order) {
  using enum OrderType;
  const OrderType type = order.type;
  if (auto checked = price_is_given_where_needed(order, "limit", order.limit, type == limit || type == stop_limit);
      !checked)
    return checked;
  if (auto checked = price_is_given_where_needed(order, "stop", order.stop, type == stop || type == stop_limit);
      !checked)
    return checked;
  if (order.trail.set() != (type == trailing_stop))
    return wrong("trail", type == trailing_stop ? "a trailing_stop order needs a distance"
                                                : fmt::format("a {} order has none", name(type)));
  if (order.trail.kind == DistanceKind::level) return wrong("trail", "what trails has a distance, no level");
  if (auto checked = check_distance(order.trail, "trail"); !checked) return checked;
  return check_side(order.trail, "trail", order.side == Side::buy, std::nullopt);
}

Checked check_quantity(const OrderRequest& order, const InstrumentRules& rules) {
  if (order.quantity.count < 0) return wrong("quantity", "it must be above 0; the side says which way");
  if (!is_positive(order.share) || order.share > 1) return wrong("share", "it must be above 0 and at most 1");
  if (order.share != 1 && !order.reduce_only)
    return wrong("share", "only a reduce-only order takes a share of the position");
  if (order.share != 1 && !order.quantity.none()) return wrong("share", "the quantity is given already");
  for (const Ticks price : {order.limit, order.stop}) {
    if (!rules.value(price, order.quantity)) return wrong("quantity", "the order is worth more than 1000000000000");
  }
  return {};
}

Checked check_life(const OrderRequest& order) {
  if (order.good_for_bars < 0 || order.good_for_bars > kBarsMost)
    return wrong("good_for_bars", fmt::format("0 to {} bars", kBarsMost));
  if (order.type != OrderType::market) return {};
  if (order.good_for_bars != 0) return wrong("good_for_bars", "a market order fills at once and cannot expire");
  if (order.oco != 0) return wrong("oco", "a market order fills at once and cannot wait for another");
  return {};
}

}  // namespace

std::string_view name(OrderType type) {
  switch (type) {
    case OrderType::market: return "market";
    case OrderType::limit: return "limit";
    case OrderType::stop: return "stop";
    case OrderType::stop_limit: return "stop_limit";
    case OrderType::trailing_stop: return "trailing_stop";
  }
  return "market";
}

std::string_view name(Reason reason) {
  switch (reason) {
    case Reason::entry: return "entry";
    case Reason::signal: return "signal";
    case Reason::stop: return "stop";
    case Reason::target: return "target";
    case Reason::trailing_stop: return "trailing_stop";
    case Reason::time_stop: return "time_stop";
    case Reason::reversal: return "reversal";
    case Reason::protection: return "protection";
    case Reason::liquidation: return "liquidation";
    case Reason::end: return "end";
    case Reason::open: return "open";
  }
  return "open";
}

double Distance::from(double price) const {
  switch (kind) {
    case DistanceKind::percent: return price * value / 100;
    case DistanceKind::amount: return value;
    case DistanceKind::atr: return value * atr;
    case DistanceKind::none:
    case DistanceKind::level: return 0;
  }
  return 0;
}

double Distance::level(double price, bool above) const {
  if (kind == DistanceKind::level) return value;
  return above ? price + from(price) : price - from(price);
}

namespace {

bool is_right(const Distance& distance, bool above) {
  switch (distance.kind) {
    case DistanceKind::none: return true;
    case DistanceKind::percent: return is_positive(distance.value) && (above || distance.value < 100);
    case DistanceKind::atr: return is_positive(distance.value) && is_positive(distance.atr);
    case DistanceKind::amount:
    case DistanceKind::level: return is_positive(distance.value);
  }
  return false;
}

/// Whether it is surely right: a market order with nothing of its own but a bracket that is. The most of them are, and finding
/// that out must cost less than finding out what is wrong.
bool is_usual(const OrderRequest& order) {
  const Bracket& bracket = order.bracket;
  if (order.type != OrderType::market || order.limit != Ticks{} || order.stop != Ticks{} || order.quantity != Lots{} ||
      order.share != 1 || order.oco != 0 || order.good_for_bars != 0 || order.trail.set() || bracket.targets < 0 ||
      bracket.targets > 1 || bracket.time_stop_bars < 0 || bracket.time_stop_bars > kBarsMost)
    return false;
  if (!bracket.any()) return true;
  if (order.reduce_only || bracket.trailing.kind == DistanceKind::level) return false;
  const bool is_long = order.side == Side::buy;
  if (!is_right(bracket.stop, !is_long) || !is_right(bracket.trailing, !is_long)) return false;
  if (bracket.targets == 0) return true;
  const Target& target = bracket.ladder[0];
  return target.distance.set() && is_right(target.distance, is_long) && target.share > 0 && target.share <= 1;
}

}  // namespace

Result<void> validate(const OrderRequest& order, const InstrumentRules& rules) {
  if (is_usual(order)) return {};
  if (auto checked = check_prices(order); !checked) return checked;
  if (auto checked = check_quantity(order, rules); !checked) return checked;
  if (auto checked = check_life(order); !checked) return checked;
  return check_bracket(order, rules);
}

}  // namespace cw::trading
