#include "trading/instrument_rules.h"

#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace cw::trading {
namespace {

struct Minimum {
  std::string_view venue;
  std::string_view quote;
  std::int64_t steps;  // of 1e-8
};

constexpr std::array kMinimums{
    Minimum{"binance", "USDT", 500'000'000},  Minimum{"binance", "BTC", 10'000},
    Minimum{"binance", "ETH", 100'000},       Minimum{"coinbase", "USD", 100'000'000},
    Minimum{"coinbase", "USDC", 100'000'000}, Minimum{"coinbase", "USDT", 100'000'000},
    Minimum{"coinbase", "EUR", 100'000'000},  Minimum{"coinbase", "GBP", 100'000'000},
    Minimum{"coinbase", "BTC", 1'600},        Minimum{"kraken", "USD", 50'000'000},
    Minimum{"kraken", "USDT", 50'000'000},    Minimum{"kraken", "BTC", 2'000},
};

Result<std::int64_t> step_size(std::string_view text, std::string_view field, const market::InstrumentId& id) {
  auto steps = parse_steps(text);
  if (steps && *steps > 0) return *steps;
  Error error = steps ? Error{Errc::bad_input, fmt::format("'{}' is not above zero", text)} : steps.error();
  error = with_place(std::move(error), fmt::format("{}: {}", id.text(), field));
  error.field = field;
  return std::unexpected(std::move(error));
}

}  // namespace

std::optional<Ticks> InstrumentRules::nearest_ticks(double price) const {
  const auto steps = nearest_steps(price);
  if (!steps) return std::nullopt;
  const Ticks ticks{tick_steps == 1 ? *steps : static_cast<std::int64_t>(divide_half_even(*steps, tick_steps))};
  if (ticks.count <= 0) return std::nullopt;
  if (ticks.count > std::numeric_limits<std::int64_t>::max() / tick_steps) return std::nullopt;
  return ticks;
}

Lots InstrumentRules::lots_within(double quantity) const {
  // Half of what a whole number of 64 bits holds: what closes and what opens in a reversal are added.
  constexpr double kUnitsMost = 46'000'000'000.0;
  constexpr double kLotsMost = 4'600'000'000'000'000'000.0;
  if (!(quantity > 0)) return {};
  const double lots = std::fmin(quantity, kUnitsMost) * 1e8 / static_cast<double>(lot_steps);
  const double whole = std::floor(lots + std::fmin(lots * 1e-12, 1e-3));
  return {static_cast<std::int64_t>(std::fmin(whole, kLotsMost))};
}

std::optional<Money> InstrumentRules::value(Ticks ticks, Lots lots) const {
  Int128 units = 0;
  // The usual case without a look for overflow: whole numbers below 2^63 have a product below 2^126.
  const Int128 product = Int128{ticks.count} * lots.count;
  const Int128 scale = Int128{tick_steps} * lot_steps;
  if (scale == 1) {
    units = product;
  } else if (static_cast<std::int64_t>(product) == product && static_cast<std::int64_t>(scale) == scale) {
    units = Int128{static_cast<std::int64_t>(product)} * static_cast<std::int64_t>(scale);
  } else if (__builtin_mul_overflow(product, scale, &units)) {
    return std::nullopt;
  }
  if (units > kMoneyMost.units || units < -kMoneyMost.units) return std::nullopt;
  return Money{units};
}

Money preset_min_notional(std::string_view venue, std::string_view quote) {
  for (const auto& minimum : kMinimums) {
    if (minimum.venue == venue && minimum.quote == quote) return money_of_steps(minimum.steps);
  }
  return {};
}

Result<InstrumentRules> rules_of(const market::Instrument& instrument) {
  const auto tick = step_size(instrument.tick_size, "tick_size", instrument.id);
  if (!tick) return pass_on(tick);
  const auto lot = step_size(instrument.lot_size, "lot_size", instrument.id);
  if (!lot) return pass_on(lot);
  return InstrumentRules{*tick, *lot, preset_min_notional(instrument.id.venue, instrument.quote)};
}

}  // namespace cw::trading
