#include "trading/sizing.h"

#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "base/number.h"

namespace cw::trading {
namespace {

std::unexpected<Error> wrong(std::string field, std::string_view sentence) {
  auto message = fmt::format("{}: {}", field, sentence);
  return std::unexpected(Error{Errc::bad_parameter, std::move(message), {}, std::move(field)});
}

double most_of(SizingKind kind) {
  switch (kind) {
    case SizingKind::fixed_amount:
    case SizingKind::fixed_quantity: return 1e12;
    case SizingKind::percent_of_equity: return 10'000;
    case SizingKind::risk_percent: return 100;
    case SizingKind::volatility_target: return 1'000;
    case SizingKind::kelly: return 2;
  }
  return 0;
}

bool is_within(double value, double most) { return value > 0 && value <= most; }

double kelly_percent(const Sizing& sizing, const Tally& closed) {
  if (closed.wins + closed.losses < sizing.trades_least) return std::fmin(sizing.start_percent, sizing.cap_percent);
  return std::fmin(100 * sizing.value * closed.kelly_fraction(), sizing.cap_percent);
}

}  // namespace

Result<void> validate(const Sizing& sizing) {
  const double most = most_of(sizing.kind);
  if (!is_within(sizing.value, most))
    return wrong("sizing",
                 fmt::format("{} must be above 0 and at most {}", format_double(sizing.value), format_double(most)));
  if (sizing.kind != SizingKind::kelly) return {};
  if (!is_within(sizing.cap_percent, 100))
    return wrong("sizing", "Kelly's cap must be above 0 and at most 100 percent");
  if (!is_within(sizing.start_percent, 100))
    return wrong("sizing", "Kelly's start must be above 0 and at most 100 percent");
  if (sizing.trades_least < 1 || sizing.trades_least > 100'000)
    return wrong("sizing", "Kelly needs 1 to 100000 trades");
  return {};
}

void Tally::add(double fraction) {
  if (fraction > 0) {
    ++wins;
    won += fraction;
  } else if (fraction < 0) {
    ++losses;
    lost -= fraction;
  }
}

double Tally::kelly_fraction() const {
  if (wins == 0) return losses == 0 ? 0 : -1;
  if (losses == 0) return 1;
  const double share = static_cast<double>(wins) / (wins + losses);
  const double ratio = (won / wins) / (lost / losses);
  return share - (1 - share) / ratio;
}

Sized size_of(const Sizing& sizing, const SizingInput& input) {
  if (!(input.price > 0)) return {0, Refusal::not_countable};
  if (sizing.kind == SizingKind::fixed_quantity) return {sizing.value};
  if (sizing.kind == SizingKind::fixed_amount) return {sizing.value / input.price};
  if (!(input.equity > 0)) return {0, Refusal::no_equity};
  const auto of_equity = [&](double percent) {
    return Sized{input.equity * percent / 100 / (input.price * (1 + std::fmax(0, input.fee_rate)))};
  };
  switch (sizing.kind) {
    case SizingKind::fixed_amount:
    case SizingKind::fixed_quantity:
    case SizingKind::percent_of_equity: return of_equity(sizing.value);
    case SizingKind::risk_percent:
      if (!(input.stop_distance > 0)) return {0, Refusal::no_stop};
      return {input.equity * sizing.value / 100 / input.stop_distance};
    case SizingKind::volatility_target:
      if (!(input.volatility > 0) || !std::isfinite(input.volatility)) return {0, Refusal::no_volatility};
      return {input.equity * sizing.value / 100 / input.volatility / input.price};
    case SizingKind::kelly: {
      const double percent = kelly_percent(sizing, input.closed);
      return percent > 0 ? of_equity(percent) : Sized{0, Refusal::no_edge};
    }
  }
  return {0, Refusal::not_countable};
}

Result<void> validate(const Limits& limits) {
  if (!is_within(limits.exposure_percent, 10'000))
    return wrong("limits.exposure_percent", "it must be above 0 and at most 10000");
  if (!is_within(limits.symbol_exposure_percent, 10'000))
    return wrong("limits.symbol_exposure_percent", "it must be above 0 and at most 10000");
  if (limits.positions_most < 0 || limits.positions_most > 1'000) return wrong("limits.positions_most", "0 to 1000");
  if (limits.pyramiding < 1 || limits.pyramiding > 1'000) return wrong("limits.pyramiding", "1 to 1000");
  return {};
}

double room_of(const Limits& limits, double equity, double held_here, double held_elsewhere) {
  if (!(equity > 0)) return 0;
  const double of_all = equity * limits.exposure_percent / 100 - held_here - held_elsewhere;
  const double of_one = equity * limits.symbol_exposure_percent / 100 - held_here;
  return std::fmax(0, std::fmin(of_all, of_one));
}

}  // namespace cw::trading
