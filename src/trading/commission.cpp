#include "trading/commission.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/nearest.h"
#include "base/printable.h"

namespace cw::trading {
namespace {

constexpr std::int64_t kRateLeastE8 = -1'000'000;  // -1 %
constexpr std::int64_t kRateMostE8 = 50'000'000;   // 50 %
constexpr std::int64_t kPercentE8 = 1'000'000;     // 1 % in steps of 1e-8
constexpr std::int64_t kBasisPointE8 = 10'000;
constexpr std::int64_t kFixedMost = 1'000'000;

struct PresetTier {
  std::int64_t volume_from;  // US dollars
  std::int64_t maker_bps;
  std::int64_t taker_bps;
};

struct Preset {
  std::string_view name;
  std::span<const PresetTier> tiers;
};

// Sources and dates: docs/trading.md, "Presets".
constexpr std::array kBinance{PresetTier{0, 10, 10}};
constexpr std::array kCoinbase{
    PresetTier{0, 40, 60},         PresetTier{10'000, 25, 40},    PresetTier{50'000, 15, 25},
    PresetTier{100'000, 10, 20},   PresetTier{1'000'000, 8, 18},  PresetTier{15'000'000, 6, 16},
    PresetTier{75'000'000, 3, 12}, PresetTier{250'000'000, 0, 8}, PresetTier{400'000'000, 0, 5}};
constexpr std::array kKraken{PresetTier{0, 25, 40},        PresetTier{10'000, 20, 35},   PresetTier{50'000, 14, 24},
                             PresetTier{100'000, 12, 22},  PresetTier{250'000, 10, 20},  PresetTier{500'000, 8, 18},
                             PresetTier{1'000'000, 6, 16}, PresetTier{2'500'000, 4, 14}, PresetTier{5'000'000, 2, 12},
                             PresetTier{10'000'000, 0, 10}};
constexpr std::array kPresets{Preset{"binance", kBinance}, Preset{"coinbase", kCoinbase}, Preset{"kraken", kKraken}};

Money whole(std::int64_t amount) { return {Int128{amount} * kStepsPerOne * kStepsPerOne}; }

Commission of_preset(const Preset& preset) {
  Commission made;
  made.tier_count = preset.tiers.size();
  std::ranges::transform(preset.tiers, made.tiers.begin(), [](const PresetTier& tier) {
    return FeeTier{whole(tier.volume_from), tier.maker_bps * kBasisPointE8, tier.taker_bps * kBasisPointE8};
  });
  return made;
}

std::unexpected<Error> wrong(std::string_view text, std::string_view why, std::vector<std::string> nearest = {}) {
  auto message = fmt::format("commission: '{}' {}{}", printable(text, 60), why, did_you_mean(nearest));
  return std::unexpected(Error{Errc::bad_parameter, std::move(message), std::move(nearest), "commission"});
}

/// A rate written in percent or basis points, as a fraction in steps of 1e-8: exact or an error.
Result<std::int64_t> parse_rate(std::string_view number, std::int64_t unit_e8, std::string_view text) {
  const auto steps = parse_steps(number);
  if (!steps) return wrong(text, "is no rate: " + steps.error().message);
  const Int128 scaled = Int128{*steps} * unit_e8;
  if (scaled % kStepsPerOne != 0) return wrong(text, "is finer than 0.000001 percent");
  const Int128 rate = scaled / kStepsPerOne;
  if (rate < kRateLeastE8 || rate > kRateMostE8) return wrong(text, "is absurd: -1 to 50 percent");
  return static_cast<std::int64_t>(rate);
}

Result<Commission> parse_rates(std::string_view numbers, std::int64_t unit_e8, std::string_view text) {
  const auto slash = numbers.find('/');
  const auto maker = parse_rate(numbers.substr(0, slash), unit_e8, text);
  if (!maker) return pass_on(maker);
  const auto taker = slash == numbers.npos ? maker : parse_rate(numbers.substr(slash + 1), unit_e8, text);
  if (!taker) return pass_on(taker);
  Commission made;
  made.tiers[0] = {Money{}, *maker, *taker};
  return made;
}

Result<Commission> parse_fixed(std::string_view number, std::string_view text) {
  const auto steps = parse_steps(number);
  if (!steps) return wrong(text, "is no amount: " + steps.error().message);
  if (*steps < 0 || *steps > kFixedMost * kStepsPerOne) return wrong(text, "is absurd: 0 to 1000000");
  Commission made;
  made.fixed = money_of_steps(*steps);
  return made;
}

}  // namespace

std::int64_t Commission::rate_e8(Liquidity liquidity, Money traded) const {
  const FeeTier* tier = &tiers[0];
  for (const auto& one : schedule()) {
    if (one.volume_from <= traded) tier = &one;
  }
  return liquidity == Liquidity::maker ? tier->maker_e8 : tier->taker_e8;
}

Charge Commission::charge(Money value, Liquidity liquidity, Money traded) const {
  // kMoneyMost is 1e28 units and a rate under 1e8, so the product in 1e-24 stays below 1e36.
  const Int128 exact_e24 = value.units * rate_e8(liquidity, traded);
  constexpr Int128 kStepE24 = Int128{kStepsPerOne} * kStepsPerOne;  // 1e-8 in 1e-24
  const Int128 steps = divide_half_even(exact_e24, kStepE24);
  return {Money{steps * kStepsPerOne} + fixed, exact_e24 - steps * kStepE24};
}

Result<Commission> parse_commission(std::string_view text) {
  if (text == "none") return Commission{};
  for (const auto& preset : kPresets) {
    if (preset.name == text) return of_preset(preset);
  }
  const auto colon = text.find(':');
  const std::string_view kind = text.substr(0, colon);
  if (colon != text.npos) {
    const std::string_view rest = text.substr(colon + 1);
    if (kind == "bps") return parse_rates(rest, kBasisPointE8, text);
    if (kind == "percent") return parse_rates(rest, kPercentE8, text);
    if (kind == "fixed") return parse_fixed(rest, text);
  }
  auto known = commission_presets();
  for (const char* name : {"none", "bps:10", "percent:0.1", "fixed:1"}) known.emplace_back(name);
  return wrong(text, "is none of none, bps:N, percent:N, percent:MAKER/TAKER, fixed:N, binance, coinbase, kraken",
               nearest_names(text, known));
}

std::vector<std::string> commission_presets() {
  std::vector<std::string> names;
  for (const auto& preset : kPresets) names.emplace_back(preset.name);
  return names;
}

void TradedVolume::advance(Timestamp at) {
  const auto day = std::chrono::floor<std::chrono::days>(at).time_since_epoch().count();
  for (std::int64_t passed = 0; day_ < day && passed < kDays; ++passed) {
    Money& oldest = of_day_[static_cast<std::size_t>(++day_ % kDays)];
    total_ -= oldest;
    oldest = {};
  }
  day_ = std::max<std::int64_t>(day_, day);
}

void TradedVolume::add(Timestamp at, Money value) {
  advance(at);
  of_day_[static_cast<std::size_t>(day_ % kDays)] += value;
  total_ += value;
}

Money TradedVolume::total(Timestamp at) {
  advance(at);
  return total_;
}

}  // namespace cw::trading
