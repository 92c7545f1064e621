#include <array>
#include <cmath>

#include "trading/book.h"
#include "trading/broker.h"

namespace cw::trading {
namespace {

constexpr double kNowhere = std::numeric_limits<double>::quiet_NaN();

/// The prices that a bar still goes to, one after the other.
struct Path {
  std::array<double, 3> to;
  std::size_t next = 0;

  bool ends_here() const { return next + 1 == to.size(); }
};

Path high_first(const market::Candle& bar) { return {{bar.high, bar.low, bar.close}}; }
Path low_first(const market::Candle& bar) { return {{bar.low, bar.high, bar.close}}; }

/// Against the position first. Without one there is nothing to be pessimistic about: the nearer extreme first.
Path path_of(const Book& book, const market::Candle& bar, Intrabar intrabar) {
  const double up = bar.high - bar.open;
  const double down = bar.open - bar.low;
  const bool flat = book.held.none();
  if ((flat || intrabar == Intrabar::adaptive) && up != down) return up < down ? high_first(bar) : low_first(bar);
  return flat || book.is_long() ? low_first(bar) : high_first(bar);
}

bool may_fill(const Book& book, const Resting& order) {
  return order.not_before <= book.bar_number && !order.at_close_only;
}

/// Whether where a trailing stop would be after the bar's best price lies between the bar's worst price and its close:
/// whether it was hit then depends on which came first.
bool trail_is_ambiguous(const Resting& order, const market::Candle& bar) {
  if (order.type != OrderType::trailing_stop) return false;
  if (order.buys()) {
    if (!(bar.low < order.extreme)) return false;
    const double stop = order.request.trail.level(bar.low, true);
    return bar.high >= stop && bar.close < stop && bar.high < order.stop;
  }
  if (!(bar.high > order.extreme)) return false;
  const double stop = order.request.trail.level(bar.high, false);
  return bar.low <= stop && bar.close > stop && bar.low > order.stop;
}

/// After what happens at its open: orders on both sides of it, of which the first to be met changes what the other does.
bool is_ambiguous(const Book& book, const market::Candle& bar) {
  bool above = false;
  bool below = false;
  for (const auto& order : book.orders) {
    if (!may_fill(book, order)) continue;
    if (trail_is_ambiguous(order, bar)) return true;
    above = above || !std::isnan(reached(order, bar.open, bar.high));
    below = below || !std::isnan(reached(order, bar.open, bar.low));
  }
  return above && below;
}

/// Whether lower bars can tell more: what is ambiguous, and what opens inside the bar with exits of its own.
bool is_worth_magnifying(const Book& book, const market::Candle& bar) {
  if (is_ambiguous(book, bar)) return true;
  return std::ranges::any_of(book.orders, [&](const Resting& order) {
    return order.request.bracket.any() && may_fill(book, order) &&
           (!std::isnan(reached(order, bar.open, bar.high)) || !std::isnan(reached(order, bar.open, bar.low)));
  });
}

/// Whether the bar can mean nothing to what waits. A trailing stop moves with the bar, so it always may.
bool reaches_none(const Book& book, const market::Candle& bar) {
  return std::ranges::none_of(book.orders, [&](const Resting& order) {
    return order.type == OrderType::market || order.type == OrderType::trailing_stop ||
           !std::isnan(reached(order, bar.low, bar.high));
  });
}

/// Trailing stops go after the price.
void follow(Book& book, double price) {
  for (auto& order : book.orders) {
    if (order.type != OrderType::trailing_stop) continue;
    const bool better = order.buys() ? price < order.extreme : price > order.extreme;
    if (!better && !std::isnan(order.extreme)) continue;
    order.extreme = price;
    order.stop = trailed_stop(book, order);
  }
}

/// Of two orders at one price the one that protects goes first.
bool protects(const Resting& order) {
  return order.request.reduce_only && (order.type == OrderType::stop || order.type == OrderType::trailing_stop);
}

}  // namespace

std::optional<Broker::Hit> Broker::first_hit(const Book& book, double from, double to) const {
  std::optional<Hit> best;
  bool best_protects = false;
  const auto offer = [&](std::size_t order, double level, bool protecting) {
    if (std::isnan(level)) return;
    const double distance = std::fabs(level - from);
    const double best_distance = best ? std::fabs(best->level - from) : 0;
    if (best && (distance > best_distance || (distance == best_distance && (best_protects || !protecting)))) return;
    best = Hit{order, level};
    best_protects = protecting;
  };
  for (std::size_t i = 0; i < book.orders.size(); ++i) {
    const Resting& order = book.orders[i];
    if (may_fill(book, order)) offer(i, reached(order, from, to), protects(order));
  }
  const double liquidation = liquidation_level(book);
  if (book.held.count > 0 && std::min(from, to) <= liquidation) offer(kLiquidation, std::min(from, liquidation), true);
  if (book.held.count < 0 && std::max(from, to) >= liquidation) offer(kLiquidation, std::max(from, liquidation), true);
  return best;
}

double Broker::liquidation_level(const Book& book) const {
  if (book.held.none() || (book.is_long() && ledger_.cash() >= Money{})) return kNowhere;
  if (book.liquidated_bar == book.bar_number) return kNowhere;  // tried already
  // Equity is none at p where cash and the other positions are worth -quantity * p.
  return -equity_at(book, 0) / book.rules.quantity(book.held);
}

bool Broker::is_pessimistic(const Book& book) const {
  return settings_.fills.intrabar != Intrabar::adaptive ||
         book.bar.high - book.bar.open == book.bar.open - book.bar.low;
}

void Broker::fill_all_at(Book& book, double price) {
  while (const auto hit = first_hit(book, price, price)) {
    if (hit->order == kLiquidation)
      liquidate(book, price);
    else
      execute(book, hit->order, hit->level);
  }
}

void Broker::fill_at_close_only(Book& book, double close) {
  for (std::size_t i = 0; i < book.orders.size();) {
    const Resting& order = book.orders[i];
    // These are limits: at the close the price has come to them, or come back to them.
    if (order.at_close_only && !std::isnan(reached(order, close, close))) {
      const double level = order.limit;
      book.orders[i].at_close_only = false;
      execute(book, i, level);
      i = 0;
    } else {
      ++i;
    }
  }
}

void Broker::walk_inside(Book& book, const market::Candle& bar) {
  const bool replans = is_pessimistic(book);
  Path path = path_of(book, bar, settings_.fills.intrabar);
  double price = bar.open;
  while (path.next < path.to.size() && !(book.orders.empty() && book.held.none())) {
    const double to = path.to[path.next];
    const auto hit = first_hit(book, price, to);
    follow(book, hit ? hit->level : to);
    price = hit ? hit->level : to;
    if (!hit) {
      ++path.next;
    } else if (hit->order == kLiquidation) {
      liquidate(book, hit->level);
    } else if (execute(book, hit->order, hit->level) && replans) {
      path = book.is_long() ? low_first(bar) : high_first(bar);
    }
  }
  fill_at_close_only(book, bar.close);
}

bool Broker::walk_lower_bars(Book& book, const market::Candle& bar) {
  const auto lower = lower_bars_ ? lower_bars_(book.index, bar.open_time) : market::CandleSpan{};
  if (lower.empty()) {
    ++counts_.unmagnified_bars;
    return false;
  }
  ++counts_.magnified_bars;
  for (std::size_t i = 0; i < lower.size(); ++i) {
    book.bar = lower[i];
    book.inside = false;
    if (!is_quiet(book, book.bar)) {
      fill_at_open(book, book.bar);
      fill_inside(book, book.bar, true);
    }
    for (auto& order : book.orders) order.at_close_only = false;
  }
  book.bar = bar;
  return true;
}

/// Whether the bar means nothing to what waits and what is held.
bool Broker::is_quiet(const Book& book, const market::Candle& bar) const {
  const double liquidation = liquidation_level(book);
  const bool is_safe = !(book.held.count > 0 ? bar.low <= liquidation : bar.high >= liquidation);
  return is_safe && reaches_none(book, bar);
}

void Broker::fill_at_open(Book& book, const market::Candle& bar) {
  fill_all_at(book, bar.open);
  follow(book, bar.open);
  book.inside = true;
}

/// `lower`: the bar is one that the magnifier walks.
void Broker::fill_inside(Book& book, const market::Candle& bar, bool lower) {
  book.inside = true;
  if (book.orders.empty() && book.held.none()) return;
  book.ambiguous = is_ambiguous(book, bar);
  const bool magnify = settings_.fills.intrabar == Intrabar::magnifier && !lower && is_worth_magnifying(book, bar);
  const bool ambiguous_before = book.ambiguous;
  if (magnify && walk_lower_bars(book, bar)) {
    counts_.ambiguous_bars += ambiguous_before ? 1 : 0;
    return;
  }
  walk_inside(book, bar);
  if (book.ambiguous) ++(lower ? counts_.ambiguous_lower_bars : counts_.ambiguous_bars);
}

}  // namespace cw::trading
