#include "trading/ledger.h"

#include <algorithm>
#include <limits>

#include "base/require.h"

namespace cw::trading {
namespace {

// A million trades of the most each, and sums stay a thousand times below 128 bits.
constexpr Money kHeldMost{kMoneyMost.units * 1'000'000};

bool fits(Money amount) { return amount <= kHeldMost && amount >= -kHeldMost; }

std::unexpected<Error> too_large(std::string_view what) {
  return fail(Errc::limit_exceeded, std::string{what} + " is beyond what an account may hold");
}

/// The value of `lots` at `price`, positive for what is bought: it leaves the cash.
std::optional<Money> paid(const InstrumentRules& rules, Side side, Ticks price, Lots lots) {
  return rules.value(price, side == Side::buy ? lots : -lots);
}

}  // namespace

double Position::average_price(const InstrumentRules& rules) const {
  if (lots.none()) return std::numeric_limits<double>::quiet_NaN();
  return cost.value() / rules.quantity(lots);
}

std::size_t Ledger::add(const InstrumentRules& rules) {
  holdings_.push_back({rules, {}});
  return holdings_.size() - 1;
}

Result<Booked> Ledger::book(std::size_t instrument, const Execution& trade) {
  CW_REQUIRE(instrument < holdings_.size() && trade.lots.count > 0);
  const auto& [rules, held] = holdings_[instrument];

  const bool against = !held.lots.none() && (held.lots.count > 0) != (trade.side == Side::buy);
  Booked booked;
  if (against) booked.closed = std::min(trade.lots, held.lots.size());
  booked.opened = trade.lots - booked.closed;

  const auto closing = paid(rules, trade.side, trade.price, booked.closed);
  const auto opening = paid(rules, trade.side, trade.price, booked.opened);
  const auto slipped = paid(rules, trade.side, {trade.price.count - trade.reference.count}, trade.lots);
  if (!closing || !opening || !slipped) return too_large("the trade");

  Money released{};
  if (against) released.units = share_half_even(held.cost.units, booked.closed.count, held.lots.size().count);
  booked.realised = -*closing - released;

  Position after{held.lots, held.cost - released + *opening};
  // The least number of 64 bits has no size.
  if (__builtin_add_overflow(held.lots.count, sign(trade.side) * trade.lots.count, &after.lots.count) ||
      after.lots.count == std::numeric_limits<std::int64_t>::min())
    return too_large("the position");
  const Money cash = cash_ - *closing - *opening - trade.commission.charged;
  if (!fits(cash) || !fits(after.cost)) return too_large("the account");

  holdings_[instrument].position = after;
  cash_ = cash;
  fees_ += trade.commission.charged;
  remainder_e24_ += trade.commission.remainder_e24;
  slippage_ += *slipped;
  realised_ += booked.realised;
  return booked;
}

Result<void> Ledger::pay_funding(Money amount) {
  if (amount > kMoneyMost || amount < -kMoneyMost || !fits(cash_ - amount)) return too_large("the funding");
  cash_ -= amount;
  funding_ += amount;
  return {};
}

Money Ledger::cost() const {
  Money sum{};
  for (const auto& holding : holdings_) sum += holding.position.cost;
  return sum;
}

}  // namespace cw::trading
