#include <cmath>

#include "trading/book.h"
#include "trading/broker.h"
#include "trading/exits.h"

namespace cw::trading {
namespace {

/// An entry that the caps leave less of is none: crumbs of rounding are no position.
constexpr double kLeastOfEntry = 0.01;

}  // namespace

/// What an order does at its moment.
struct Broker::Execution {
  Ticks price{};
  Ticks reference{};
  Liquidity liquidity = Liquidity::taker;
  Lots closing{};
  Lots opening{};
  Lots left{};  // what the bar's volume still lets through
  Lots filled{};
  bool failed = false;  // the ledger could not count it
};

bool Broker::fill(Book& book, const Resting& order, const Execution& execution, Lots lots, Reason reason, bool opens) {
  const auto value = book.rules.value(execution.price, lots);
  const Timestamp at = book.bar.open_time;
  Charge charge;
  if (value) charge = settings_.costs.commission.charge(*value, execution.liquidity, traded_.total(at));
  const Side side = order.side;
  const auto booked = value ? ledger_.book(book.index, {side, lots, execution.price, execution.reference, charge})
                            : Result<Booked>{fail(Errc::limit_exceeded, {})};
  if (!booked) {
    refuse(Refusal::not_countable);
    return false;
  }
  traded_.add(at, *value);
  const double share = volume_share(book.rules.quantity(lots), book.bar.volume);
  if (share > settings_.costs.slippage.warn_share) ++counts_.over_volume;
  if (book.held.none()) book.position = ++position_numbers_;
  book.held = ledger_.position(book.index).lots;
  book.profit += booked->realised - charge.charged;
  if (opens) book.invested += *value;
  const Ticks slipped{sign(side) * (execution.price.count - execution.reference.count)};
  fills_.push_back({.bar = at,
                    .order = order.id,
                    .entry = opens ? order.id : order.entry,
                    .position = book.position,
                    .instrument = book.index,
                    .side = side,
                    .reason = reason,
                    .liquidity = execution.liquidity,
                    .opens = opens,
                    .at_close = book.at_close,
                    .lots = lots,
                    .price = execution.price,
                    .reference = execution.reference,
                    .commission = charge.charged,
                    .slippage = book.rules.value(slipped, lots).value_or(Money{}),
                    .realised = booked->realised,
                    .held = book.held});
  return true;
}

void Broker::end_position(Book& book, Reason reason) {
  if (book.invested > Money{}) tally_.add(book.profit.value() / book.invested.value());
  const bool stopped = reason == Reason::stop || reason == Reason::trailing_stop || reason == Reason::liquidation;
  watch_.on_exit(book.index, book.profit < Money{}, stopped);
  // What only reduces was meant for this position, not for one that may come.
  std::erase_if(book.orders, [](const Resting& order) { return order.request.reduce_only; });
  book.brackets.clear();
  book.entries = 0;
  book.profit = {};
  book.invested = {};
}

void Broker::plan_parts(const Book& book, const Resting& order, Execution& execution) const {
  const bool against = !book.held.none() && book.is_long() != order.buys();
  const Lots held = against ? book.held.size() : Lots{};
  if (!order.request.reduce_only) {
    execution.closing = order.lots.none() ? held : std::min(order.lots, held);
    execution.opening = order.lots - (order.lots.none() ? Lots{} : execution.closing);
    return;
  }
  const Lots wanted = order.lots.none() ? lots_of_share(held, order.request.share) : order.lots;
  execution.closing = std::min(wanted, held);
  const auto its = std::ranges::find(book.brackets, order.bracket, &OpenBracket::number);
  if (order.bracket != 0 && its != book.brackets.end()) execution.closing = std::min(execution.closing, its->open);
}

bool Broker::set_price(const Book& book, const Resting& order, double level, Execution& execution) const {
  const auto reference = book.rules.nearest_ticks(level);
  if (!reference) return false;
  execution.reference = execution.price = *reference;
  const bool is_limit = order.type == OrderType::limit;
  const bool came_to_it = level == order.limit && !(order.triggered && order.stop == order.limit);
  execution.liquidity = is_limit && (order.rested || came_to_it) ? Liquidity::maker : Liquidity::taker;
  if (execution.liquidity == Liquidity::maker) return true;

  Lots lots = execution.closing + execution.opening;
  const bool by_size = settings_.costs.slippage.kind == SlippageKind::volume_share;
  if (by_size && order.lots.none() && !order.request.reduce_only)
    lots += book.rules.lots_within(sized(book, order, level).quantity);
  const double distance = slippage_of(settings_.costs.slippage, {.price = level,
                                                                 .quantity = book.rules.quantity(lots),
                                                                 .volume = book.bar.volume,
                                                                 .mean_range = book.range.value()});
  // However large the impact, nothing is sold below one tick.
  if (distance != 0) execution.price = book.rules.nearest_ticks(level + sign(order.side) * distance).value_or(Ticks{1});
  if (is_limit) {
    const Ticks limit = order.request.limit;
    execution.price = order.buys() ? std::min(execution.price, limit) : std::max(execution.price, limit);
  }
  return true;
}

void Broker::add_exits(Book& book, const Resting& entry, Ticks price, Lots lots) {
  if (!entry.request.bracket.any()) return;
  const bool unsure = book.inside && !book.at_close && is_pessimistic(book);
  const bool by_limit = entry.type == OrderType::limit;
  const auto bracket = rest_exits(book, entry, price, lots, unsure && by_limit, order_numbers_);
  if (unsure && exits_are_ambiguous(book, bracket, by_limit)) book.ambiguous = true;
}

void Broker::keep_or_remove(Book& book, const Resting& order, const Execution& execution) {
  const Lots left = execution.closing + execution.opening - execution.filled;
  const auto place = std::ranges::find(book.orders, order.id, &Resting::id);
  const bool done = left.none() || execution.failed;
  if (place != book.orders.end()) {
    if (done) {
      book.orders.erase(place);
    } else {
      // The bar's volume is used up. What was triggered goes on as a market order.
      place->counted = order.counted;
      place->not_before = book.bar_number + 1;
      if (place->type != OrderType::limit) place->type = OrderType::market;
      // An entry that has not begun to open is still sized when it does, an exit of a bracket takes what its bracket has.
      const bool known_later =
          order.lots.none() && (order.bracket != 0 || (!order.request.reduce_only && execution.opening.none()));
      if (!known_later) place->lots = left;
    }
  }
  if (!execution.filled.none()) update_group(book, order, execution.filled, done);
}

bool Broker::execute(Book& book, std::size_t at, double level) {
  if (Resting& waiting = book.orders[at]; waiting.type == OrderType::stop_limit) {
    waiting.type = OrderType::limit;
    waiting.triggered = true;
    return false;
  }
  // A copy: what it does may remove any order, itself too.
  Resting order = book.orders[at];
  const Refusal forbidden = watch_.forbids(book.index);
  Execution execution;
  const bool limited = settings_.fills.participation > 0;
  execution.left = limited ? book.volume_left : Lots{std::numeric_limits<std::int64_t>::max()};
  plan_parts(book, order, execution);
  execution.failed = !set_price(book, order, level, execution);
  if (execution.failed) refuse(Refusal::not_countable);

  const bool opens = !order.request.reduce_only && (order.lots.none() || !execution.opening.none());
  if (!execution.failed && !execution.closing.none()) {
    const Reason of_entry = opens ? Reason::reversal : Reason::signal;
    close_part(book, order, execution, order.request.reduce_only ? order.request.reason : of_entry);
  }
  // The other side is opened once all of the position is closed.
  const Lots closed = execution.filled;
  const bool opened =
      !execution.failed && opens && closed == execution.closing && open_part(book, order, execution, forbidden);
  if (limited) book.volume_left -= execution.filled;
  if (opened) add_exits(book, order, execution.price, execution.filled - closed);
  keep_or_remove(book, order, execution);
  return opened;
}

void Broker::liquidate(Book& book, double level) {
  cancel_all(book.index);
  book.liquidated_bar = book.bar_number;
  book.volume_left = book.held.size();
  OrderRequest exit;
  exit.side = book.is_long() ? Side::sell : Side::buy;
  exit.reduce_only = true;
  exit.reason = Reason::liquidation;
  rest(book, exit);
  execute(book, book.orders.size() - 1, std::fmax(level, book.rules.price(Ticks{1})));
}

bool Broker::close_part(Book& book, Resting& order, Execution& execution, Reason reason) {
  const Lots lots = std::min(execution.closing, execution.left);
  if (lots.none()) return false;
  execution.failed = !fill(book, order, execution, lots, reason, false);
  if (execution.failed) return false;
  execution.filled += lots;
  execution.left -= lots;
  if (book.held.none())
    end_position(book, reason);
  else
    reduce_brackets(book, order.bracket, lots);
  return true;
}

Sized Broker::sized(const Book& book, const Resting& order, double price) const {
  const Bracket& bracket = order.request.bracket;
  const bool is_long = order.buys();
  double distance = 0;
  if (bracket.stop.set())
    distance = std::fabs(price - bracket.stop.level(price, !is_long));
  else if (bracket.trailing.set())
    distance = bracket.trailing.from(price);
  const auto rate = settings_.costs.commission.rate_e8(Liquidity::taker, {});
  return size_of(book.sizing, {.price = price,
                               .equity = equity_at(book, price),
                               .fee_rate = steps_value(rate),
                               .stop_distance = distance,
                               .volatility = order.request.volatility,
                               .closed = tally_});
}

Refusal Broker::forbids_opening(const Book& book, const Resting& order) const {
  if (order.counted) return Refusal::none;
  if (book.entries >= settings_.limits.pyramiding) return Refusal::pyramiding;
  const auto open = std::ranges::count_if(books_, [](const Book& one) { return !one.held.none(); });
  if (book.held.none() && settings_.limits.positions_most > 0 && open >= settings_.limits.positions_most)
    return Refusal::max_positions;
  return Refusal::none;
}

Refusal Broker::size_opening(const Book& book, const Resting& order, Execution& execution) {
  const double price = book.rules.price(execution.price);
  if (!exits_are_on_their_sides(book, order, execution.price)) return Refusal::wrong_side;
  if (order.lots.none()) {
    const Sized size = sized(book, order, price);
    if (size.refusal != Refusal::none) return size.refusal;
    execution.opening = book.rules.lots_within(size.quantity);
  }
  double held_elsewhere = 0;
  for (const auto& one : books_) {
    if (one.index != book.index && !one.held.none())
      held_elsewhere += std::fabs(one.rules.quantity(one.held)) * one.mark;
  }
  const double held_here = std::fabs(book.rules.quantity(book.held)) * price;
  const double room = room_of(settings_.limits, equity_at(book, price), held_here, held_elsewhere);
  const double rate = std::fmax(0, steps_value(settings_.costs.commission.rate_e8(execution.liquidity, {})));
  const Lots most = book.rules.lots_within(room / (price * (1 + rate)));
  if (execution.opening > most) {
    if (most.none() || book.rules.quantity(most) < kLeastOfEntry * book.rules.quantity(execution.opening))
      return Refusal::exposure;
    execution.opening = most;
    ++counts_.cut;
  }
  const auto value = book.rules.value(execution.price, execution.opening);
  if (!value) return Refusal::not_countable;
  return execution.opening.none() || *value < book.rules.min_notional ? Refusal::below_minimum : Refusal::none;
}

bool Broker::open_part(Book& book, Resting& order, Execution& execution, Refusal forbidden) {
  if (forbidden == Refusal::none) forbidden = forbids_opening(book, order);
  if (forbidden == Refusal::none) forbidden = size_opening(book, order, execution);
  if (forbidden != Refusal::none) {
    refuse(forbidden);
    execution.opening = {};
    return false;
  }
  const Lots lots = std::min(execution.opening, execution.left);
  if (lots.none()) return false;
  execution.failed = !fill(book, order, execution, lots, Reason::entry, true);
  if (execution.failed) return false;
  execution.filled += lots;
  execution.left -= lots;
  if (!order.counted) ++book.entries;
  order.counted = true;
  return true;
}

}  // namespace cw::trading
