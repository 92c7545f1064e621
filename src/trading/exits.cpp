#include "trading/exits.h"

#include <cmath>

namespace cw::trading {
namespace {

OpenBracket* bracket_of(Book& book, std::uint32_t number) {
  const auto found = std::ranges::find(book.brackets, number, &OpenBracket::number);
  return found == book.brackets.end() || number == 0 ? nullptr : &*found;
}

/// Where an exit of an entry at `price` lies. None: at no price above zero.
std::optional<Ticks> level_of(const Book& book, const Distance& distance, Ticks price, bool above) {
  return book.rules.nearest_ticks(distance.level(book.rules.price(price), above));
}

/// Makes a new order in the book an exit.
void make_exit(const Book& book, const Resting& entry, OrderType type, Reason reason, Ticks level, Resting& exit) {
  exit.entry = entry.id;
  exit.side = exit.request.side = opposite(entry.side);
  exit.request.reduce_only = true;
  exit.request.reason = reason;
  exit.type = exit.request.type = type;
  if (type == OrderType::limit) {
    exit.request.limit = level;
    exit.limit = book.rules.price(level);
    exit.rested = true;
  } else {
    exit.stop = book.rules.price(level);
  }
}

}  // namespace

Lots lots_of_share(Lots all, double share) {
  if (share >= 1) return all;
  // A hair is added for what a share like 0.29 leaves just below a whole lot.
  const double lots = static_cast<double>(all.count) * share;
  return {std::min(all.count, static_cast<std::int64_t>(std::floor(lots + std::fmin(lots * 1e-12, 1e-3))))};
}

bool exits_are_on_their_sides(const Book& book, const Resting& entry, Ticks price) {
  const auto is_right = [&](const Distance& distance, bool above) {
    if (!distance.set()) return true;
    const auto level = level_of(book, distance, price, above);
    return level && (above ? *level > price : *level < price);
  };
  const Bracket& bracket = entry.request.bracket;
  const bool is_long = entry.buys();
  return is_right(bracket.stop, !is_long) && is_right(bracket.trailing, !is_long) &&
         std::ranges::all_of(bracket.rungs(), [&](const Target& rung) { return is_right(rung.distance, is_long); });
}

std::uint32_t rest_exits(Book& book, const Resting& entry, Ticks price, Lots lots, bool targets_at_close_only,
                         std::uint64_t& order_numbers) {
  const Bracket& bracket = entry.request.bracket;
  const std::uint32_t number = ++book.bracket_numbers;
  const bool is_long = entry.buys();
  book.brackets.push_back({number, entry.id, lots, bracket.time_stop_bars});
  const auto rest = [&](OrderType type, Reason reason, const Distance& distance, bool above) -> Resting& {
    // On its side of the price, as the entry was held to, so there is a level.
    const Ticks level = level_of(book, distance, price, above).value_or(Ticks{1});
    auto& exit = book.orders.emplace_back();
    make_exit(book, entry, type, reason, level, exit);
    exit.id = ++order_numbers;
    exit.bracket = number;
    return exit;
  };
  if (bracket.stop.set()) rest(OrderType::stop, Reason::stop, bracket.stop, !is_long);
  if (bracket.trailing.set()) {
    Resting& exit = rest(OrderType::trailing_stop, Reason::trailing_stop, bracket.trailing, !is_long);
    exit.request.trail = bracket.trailing;
    exit.extreme = book.rules.price(price);
  }
  // Each rung has what its share adds to those before it, rounded down: together exactly the whole.
  double share = 0;
  Lots given{};
  for (const Target& rung : bracket.rungs()) {
    share += rung.share;
    const Lots upto = lots_of_share(lots, share > 1 - 1e-9 ? 1 : share);
    if (upto == given) continue;
    Resting& exit = rest(OrderType::limit, Reason::target, rung.distance, is_long);
    exit.lots = upto - given;
    exit.at_close_only = targets_at_close_only;
    given = upto;
  }
  return number;
}

bool exits_are_ambiguous(const Book& book, std::uint32_t bracket, bool by_limit) {
  const auto& bar = book.bar;
  bool stop_in_bar = false;
  bool stop_is_sure = false;
  bool target_in_bar = false;
  bool target_is_sure = false;
  for (const auto& order : book.orders) {
    if (order.bracket != bracket) continue;
    const bool in_bar = !std::isnan(reached(order, bar.low, bar.high));
    const bool sure = !std::isnan(reached(order, bar.close, bar.close));
    const bool is_target = order.type == OrderType::limit;
    (is_target ? target_in_bar : stop_in_bar) |= in_bar;
    (is_target ? target_is_sure : stop_is_sure) |= sure;
  }
  if (stop_in_bar && target_in_bar) return true;
  return by_limit ? target_in_bar && !target_is_sure : stop_in_bar && !stop_is_sure;
}

void reduce_brackets(Book& book, std::uint32_t bracket, Lots closed) {
  if (OpenBracket* own = bracket_of(book, bracket)) {
    own->open -= closed;
  } else {
    for (auto& one : book.brackets) {
      const Lots part = std::min(closed, one.open);
      one.open -= part;
      closed -= part;
    }
  }
  std::erase_if(book.orders, [&](const Resting& order) {
    const OpenBracket* its = bracket_of(book, order.bracket);
    return order.bracket != 0 && (its == nullptr || its->open.none());
  });
  std::erase_if(book.brackets, [](const OpenBracket& one) { return one.open.none(); });
}

void update_group(Book& book, const Resting& order, Lots filled, bool done) {
  if (order.request.oco == 0) return;
  std::erase_if(book.orders, [&](Resting& other) {
    if (other.id == order.id || other.request.oco != order.request.oco) return false;
    if (done) return true;
    if (other.lots.none()) return false;  // its size is not known yet
    if (other.lots <= filled) return true;
    other.lots -= filled;
    return false;
  });
}

}  // namespace cw::trading
