#pragma once

#include <cmath>
#include <cstdint>

#include "base/random.h"

namespace cw::exchange::practice {

/// Random numbers that are looked up instead of drawn: each is a function of its name (seed, purpose, index), so that
/// any part of an invented market can be made without the parts before it. Only exact IEEE arithmetic, hence the same
/// on every machine.
constexpr std::uint64_t hashed(std::uint64_t key, std::uint64_t purpose, std::int64_t index = 0) {
  return mix64(mix64(key ^ (purpose * 0xd6e8feb86659fd93)) + static_cast<std::uint64_t>(index));
}

/// Uniform in [0, 1).
constexpr double to_uniform(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

/// Mean 0, variance 1, bell-shaped, within +-3.46: the sum of four 16-bit uniforms. Its tails are short on purpose: the
/// market's fat tails come from changing volatility and from jumps, and a bound keeps a day's move plausible.
constexpr double to_bell(std::uint64_t bits) {
  constexpr double kRootOf3 = 1.7320508075688772;
  const auto sum = (bits & 0xffff) + ((bits >> 16) & 0xffff) + ((bits >> 32) & 0xffff) + (bits >> 48);
  return (static_cast<double>(sum) * 0x1p-16 - (2 - 0x1p-15)) * kRootOf3;
}

/// A smooth random curve: bells at whole multiples of `scale`, straight lines between them. Position in any unit.
inline double smooth_noise(std::uint64_t key, double position, double scale) {
  const double at = position / scale;
  const double left = std::floor(at);
  const auto index = static_cast<std::int64_t>(left);
  const double share = at - left;
  return to_bell(hashed(key, 1, index)) * (1 - share) + to_bell(hashed(key, 1, index + 1)) * share;
}

/// `x` bent so that it never passes +-limit and stays nearly itself where it is small.
inline double bend(double x, double limit) {
  const double ratio = x / limit;
  return x / std::sqrt(1 + ratio * ratio);
}

}  // namespace cw::exchange::practice
