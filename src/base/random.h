#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace cw {

/// One step of SplitMix64: turns any number, also a counter, into 64 well-mixed bits.
/// Source  G. L. Steele, D. Lea, C. H. Flood, Fast Splittable Pseudorandom Number Generators, 2014
constexpr std::uint64_t mix64(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

/// Seeded random numbers, the same on every machine: simulations and the practice market use nothing else.
/// Source  D. Blackman, S. Vigna, Scrambled Linear Pseudorandom Number Generators, 2021 (xoshiro256++)
class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) {
    for (auto& word : state_) word = seed = mix64(seed);
  }

  constexpr std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  /// Uniform in [0, 1), 53 bits.
  constexpr double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  /// Uniform in [0, bound); `bound` at least 1. The bias, under bound/2^64, does not matter for simulations.
  constexpr std::uint64_t below(std::uint64_t bound) {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(next()) * bound) >> 64);
  }

  constexpr bool chance(double probability) { return uniform() < probability; }

  /// Standard normal.
  /// Source  G. E. P. Box, M. E. Muller, A Note on the Generation of Random Normal Deviates, 1958
  double normal() {
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::cos(2 * 3.141592653589793 * uniform());
  }

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace cw
