#pragma once

#include <cmath>
#include <cstddef>
#include <cstring>

namespace cw::indicators {

/// Four doubles that are worked on at once. What is written for a T that is a double or Lanes gives the same bits for both.
using Lanes = double __attribute__((vector_size(32)));

inline Lanes spread(double x) { return Lanes{x, x, x, x}; }
inline Lanes lanes_at(const double* values) {
  Lanes lanes;
  std::memcpy(&lanes, values, sizeof lanes);
  return lanes;
}
/// One or four values from `values` on, by the kind of what stands beside it.
inline double at(const double* values, double) { return *values; }
inline Lanes at(const double* values, Lanes) { return lanes_at(values); }
/// What came before each of `x`, where `last` came before the first.
inline Lanes before_each(double last, Lanes x) { return __builtin_shufflevector(spread(last), x, 3, 4, 5, 6); }
inline void put(double* at, double x) { *at = x; }
inline void put(double* at, Lanes x) { std::memcpy(at, &x, sizeof x); }

/// Each value and all after it.
inline Lanes suffix_sums(Lanes x) {
  const Lanes pairs = x + __builtin_shufflevector(x, Lanes{}, 1, 2, 3, 4);
  return pairs + __builtin_shufflevector(pairs, Lanes{}, 2, 3, 4, 5);
}
inline double sum_of(Lanes x) { return (x[0] + x[1]) + (x[2] + x[3]); }
inline bool has_nan(Lanes x) { return __builtin_ia32_movmskpd256(reinterpret_cast<Lanes>(x != x)) != 0; }

/// a b + c, rounded once.
inline double fused(double a, double b, double c) { return std::fma(a, b, c); }
inline Lanes fused(Lanes a, Lanes b, Lanes c) { return __builtin_elementwise_fma(a, b, c); }
inline Lanes fused(Lanes a, double b, Lanes c) { return fused(a, spread(b), c); }
inline Lanes fused(double a, Lanes b, Lanes c) { return fused(spread(a), b, c); }
inline double root(double x) { return std::sqrt(x); }
inline Lanes root(Lanes x) { return __builtin_elementwise_sqrt(x); }
/// x, where it is not below 0; else 0.
inline double not_negative(double x) { return x < 0 ? 0 : x; }
inline Lanes not_negative(Lanes x) { return x < 0 ? Lanes{} : x; }
inline double absolute(double x) { return std::abs(x); }
inline Lanes absolute(Lanes x) { return __builtin_elementwise_abs(x); }
/// What comparing two Lanes gives: a whole number a lane, -1 where it is true and 0 where not.
using LaneTruths = decltype(Lanes{} < Lanes{});
/// a where `which`, else b.
inline double where(bool which, double a, double b) { return which ? a : b; }
inline Lanes where(LaneTruths which, Lanes a, Lanes b) { return which ? a : b; }

/// How many of `n` values come before the first NaN.
inline std::size_t before_nan(const double* x, std::size_t n) {
  std::size_t i = 0;
  for (; i + 16 <= n; i += 16) {
    const Lanes a = lanes_at(x + i);
    const Lanes b = lanes_at(x + i + 4);
    const Lanes c = lanes_at(x + i + 8);
    const Lanes d = lanes_at(x + i + 12);
    const LaneTruths found = ((a != a) | (b != b)) | ((c != c) | (d != d));
    if (__builtin_ia32_movmskpd256(reinterpret_cast<Lanes>(found)) != 0) break;
  }
  while (i < n && x[i] == x[i]) ++i;
  return i;
}

/// f(i, Lanes{}) for every four places from `from` on, then f(i, 0.0) for each of the up to three that are left: a loop
/// whose rest is shorter than that of one that the compiler makes of it, and parts of a column are short.
template <class F>
[[gnu::always_inline]] inline void in_fours(std::size_t from, std::size_t to, F f) {
#pragma clang loop unroll_count(4)
  for (; from + 4 <= to; from += 4) f(from, Lanes{});
  for (; from < to; ++from) f(from, 0.0);
}

/// `sum` after each of four values, added one after the other, as they would be one at a time.
[[gnu::always_inline]] inline Lanes running_sums(double& sum, Lanes x) {
  for (int i = 0; i < 4; ++i) x[i] = sum += x[i];
  return x;
}

/// A sum that grows a value at a time and tells what it is after each: the heads of the sliding windows. It adds in fours, each four
/// among themselves first, so that four values wait for one addition and not for four, and one at a time it gives the same bits as
/// four at a time: what a value is added to is decided by its `place`, counted from 0.
class GrowingSum {
 public:
  [[gnu::always_inline]] double step(std::size_t place, double x) {
    if (place % 4 == 0) {
      base_ = sum_;
      last_ = pair_ = pair_before_ = 0;
    }
    const double pair = x + last_;
    const double four = pair + pair_before_;
    last_ = x;
    pair_before_ = pair_;
    pair_ = pair;
    return sum_ = base_ + four;
  }
  /// Four steps; the place of the first is a multiple of four.
  [[gnu::always_inline]] Lanes step(Lanes x) {
    const Lanes pair = x + __builtin_shufflevector(Lanes{}, x, 0, 4, 5, 6);
    const Lanes four = pair + __builtin_shufflevector(Lanes{}, pair, 0, 1, 4, 5);
    const Lanes sums = spread(sum_) + four;
    sum_ += four[3];
    return sums;
  }

 private:
  double sum_ = 0;
  double base_ = 0;
  double last_ = 0;
  double pair_ = 0;
  double pair_before_ = 0;
};

}  // namespace cw::indicators
