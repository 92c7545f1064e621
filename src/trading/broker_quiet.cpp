#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/require.h"
#include "trading/book.h"
#include "trading/broker.h"

namespace cw::trading {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

/// The prices that a quiet bar stays between.
struct Levels {
  double below = -kNever;  // its low is above this
  double above = kNever;   // its high is below this

  // A level that is NaN is never reached.
  void fall_to(double price) { below = price > below ? price : below; }
  void rise_to(double price) { above = price < above ? price : above; }
};

/// The levels that an order adds. False: every bar means something to it.
bool add_levels(const Resting& order, Levels& levels) {
  switch (order.type) {
    case OrderType::market: return false;
    case OrderType::limit: order.buys() ? levels.fall_to(order.limit) : levels.rise_to(order.limit); return true;
    case OrderType::stop:
    case OrderType::stop_limit: order.buys() ? levels.rise_to(order.stop) : levels.fall_to(order.stop); return true;
    case OrderType::trailing_stop:
      // It stands still while the price makes no new extreme.
      if (std::isnan(order.extreme)) return false;
      order.buys() ? levels.rise_to(order.stop) : levels.fall_to(order.stop);
      order.buys() ? levels.fall_to(order.extreme) : levels.rise_to(order.extreme);
      return true;
  }
  return false;
}

/// Four prices at once.
using Four = double __attribute__((vector_size(32)));

Four four_at(const double* prices) {
  Four four;
  std::memcpy(&four, prices, sizeof four);
  return four;
}

bool either(bool a, bool b) { return a || b; }
auto either(decltype(Four{} < Four{}) a, decltype(Four{} < Four{}) b) { return a | b; }

/// How many of `n` places come before the first for which `is_it` holds: of four places from one on, and of one.
template <class IsIt>
std::size_t before(std::size_t n, IsIt is_it) {
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    const auto found = static_cast<unsigned>(__builtin_ia32_movmskpd256(reinterpret_cast<Four>(is_it(i, Four{}))));
    if (found != 0) return i + static_cast<std::size_t>(std::countr_zero(found));
  }
  while (i < n && !is_it(i, 0.0)) ++i;
  return i;
}

Four at(const double* prices, std::size_t place, Four) { return four_at(prices + place); }
double at(const double* prices, std::size_t place, double) { return prices[place]; }

/// How many bars stay between the levels. A column without a level is not read.
std::size_t between(const Levels& levels, const market::CandleSpan& bars, std::size_t n) {
  const double* const low = bars.low.data();
  const double* const high = bars.high.data();
  const double below = levels.below;
  const double above = levels.above;
  const bool falls = below > -kNever;
  const bool rises = above < kNever;
  if (falls && rises)
    return before(
        n, [=](std::size_t i, auto kind) { return either(at(low, i, kind) <= below, at(high, i, kind) >= above); });
  if (falls) return before(n, [=](std::size_t i, auto kind) { return at(low, i, kind) <= below; });
  if (rises) return before(n, [=](std::size_t i, auto kind) { return at(high, i, kind) >= above; });
  return n;
}

/// Bars before the one with which so many are over; 0: there is no such number.
std::size_t before_last(std::size_t bars, int left) {
  return left > 0 ? std::min(bars, static_cast<std::size_t>(left - 1)) : bars;
}

/// Bars before the next settlement after `last`.
std::size_t before_settlement(std::span<const std::int64_t> open_time_ms, std::int64_t last_ms,
                              std::int64_t interval_ms) {
  const std::int64_t rest = last_ms % interval_ms;
  const std::int64_t next_ms = last_ms - (rest < 0 ? rest + interval_ms : rest) + interval_ms;
  return static_cast<std::size_t>(std::ranges::lower_bound(open_time_ms, next_ms) - open_time_ms.begin());
}

}  // namespace

std::size_t Broker::quiet_bars(const Book& book, const market::CandleSpan& bars) const {
  std::size_t n = bars.size();
  if (settings_.costs.funding.any() && !book.held.none())
    n = before_settlement(bars.open_time_ms, to_ms(book.bar.open_time), settings_.costs.funding.interval_ms);
  Levels levels;
  for (const auto& order : book.orders) {
    if (!add_levels(order, levels)) return 0;
    n = before_last(n, order.bars_left);
  }
  for (const auto& bracket : book.brackets) n = before_last(n, bracket.bars_left);
  // Only a short or what was bought with borrowed money can use the account up.
  if (book.held.count < 0) levels.rise_to(-equity_at(book, 0) / book.rules.quantity(book.held));
  if (book.held.count > 0 && ledger_.cash() < Money{})
    levels.fall_to(-equity_at(book, 0) / book.rules.quantity(book.held));
  return between(levels, bars, n);
}

/// What on_bar() leaves behind, of the first `count` of these bars.
void Broker::stand_after(Book& book, const market::CandleSpan& bars, std::size_t count) {
  const auto last = bars[count - 1];
  book.bar_number += static_cast<std::int64_t>(count);
  book.bar = last;
  book.inside = false;
  book.at_close = true;
  book.mark = last.close;
  if (settings_.fills.participation > 0)
    book.volume_left = book.rules.lots_within(settings_.fills.participation * last.volume);
  if (settings_.costs.slippage.needs_range()) {
    for (std::size_t i = 0; i < count; ++i) book.range.add(bars.high[i], bars.low[i], bars.close[i]);
  }
  watch_.on_bar(book.index, static_cast<std::int64_t>(count));
  for (auto& order : book.orders) {
    order.rested = order.type == OrderType::limit;
    order.at_close_only = false;
    if (order.bars_left > 0) order.bars_left -= static_cast<int>(count);
  }
  for (auto& bracket : book.brackets) {
    if (bracket.bars_left > 0) bracket.bars_left -= static_cast<int>(count);
  }
}

std::size_t Broker::pass(std::size_t instrument, const market::CandleSpan& bars, Millis length, double* value,
                         double* equity) {
  CW_REQUIRE(instrument < books_.size());
  if (books_.size() > 1) return 0;
  Book& book = books_[instrument];
  std::size_t count = quiet_bars(book, bars);
  if (count == 0) return 0;
  const double cash = ledger_.cash().value();
  if (book.held.none()) {
    std::fill_n(value, count, 0.0);
    std::fill_n(equity, count, cash);
  } else {
    const double quantity = book.rules.quantity(book.held);
    const double* const close = bars.close.data();
    for (std::size_t i = 0; i < count; ++i) {
      value[i] = quantity * close[i];
      equity[i] = cash + value[i];
    }
  }
  const std::size_t calm = watch_.on_equities(bars.open_time_ms.data(), length, equity, count);
  const bool halts = calm < count;
  if (halts) count = calm + 1;
  stand_after(book, bars, count);
  if (halts) rest_protective_exits();
  return count;
}

}  // namespace cw::trading
