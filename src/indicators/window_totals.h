#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <utility>

#include "base/require.h"
#include "indicators/kernel.h"
#include "indicators/ring.h"
#include "indicators/sliding_total.h"

namespace cw::indicators {

/// The totals of the last values of one series over N lengths, as a kernel. The values are never negative, or are the signed
/// parts of such values: what SlidingTotal says of them holds here too.
///
/// Short windows are added up anew for each row, from sums of 2, 4, 8, … neighbours: a length falls into powers of two, and
/// the sums serve all rows and lengths. That is less work than to keep a total, and no row waits for the one before.
///
/// Shape   one value in, N out; look-back of each its length - 1
/// Cost    O(1) a step, amortised
template <std::size_t N>
class WindowTotals {
  struct AsItIs {
    auto operator()(std::size_t, auto total) const { return total; }
  };

 public:
  explicit WindowTotals(const std::array<int, N>& lengths) : WindowTotals(lengths, std::make_index_sequence<N>{}) {}

  std::array<double, N> step(double x) {
    std::array<double, N> totals;
    if (is_nan(x)) {
      totals.fill(kNaN);
      return totals;
    }
    if (!short_) {
      for (std::size_t n = 0; n < N; ++n) totals[n] = long_[n].step(x) ? long_[n].total() : kNaN;
      return totals;
    }
    if (end_ == past_.size()) {
      std::copy_n(past_.data() + end_ - longest_, longest_, past_.data());
      end_ = longest_;
    }
    past_[end_++] = x;
    seen_ = std::min(seen_ + 1, longest_);
    for (std::size_t n = 0; n < N; ++n) {
      totals[n] = lengths_[n] <= seen_ ? newest(past_.data() + end_, lengths_[n]) : kNaN;
    }
    return totals;
  }

  void run_part(const InputColumns<WindowTotals>& in, const OutputColumns<WindowTotals>& out, std::size_t rows) {
    run_part_of([&](double* values) { std::copy_n(in[0], rows, values); }, out, rows);
  }
  /// The same of values that `write(to)` puts where they are needed, which saves them from being copied there. The answers
  /// are what `finish(row, total)` makes of totals, a double or Lanes: divisions go on while the next total is added up.
  template <class Write, class Finish = AsItIs>
  void run_part_of(const Write& write, const OutputColumns<WindowTotals>& out, std::size_t rows,
                   const Finish& finish = {}) {
    const std::size_t before = short_ ? longest_ - 1 : 0;
    // sums[p][i] is that of the 2^p values up to i, where the first `before` values are those before the part.
    alignas(64) Sums sums;  // so that no store lies across two cache lines
    double* const values = sums[0].data();
    write(values + before);
    if (!short_) {
      for (std::size_t n = 0; n < N; ++n) {
        run_long(long_[n], values, out[n], rows);
        for (std::size_t i = 0; i < rows; ++i) out[n][i] = finish(i, out[n][i]);
      }
      return;
    }
    std::copy_n(past_.data() + end_ - before, before, values);
    end_ = longest_;
    std::copy_n(values + rows, before, past_.data() + end_ - before);
    add_neighbours(sums, before + rows);
    for (std::size_t n = 0; n < N; ++n) {
      double* const totals = out[n];
      const Parts parts = parts_of(lengths_[n], sums, before);
      std::size_t i = 0;
      for (; i + 16 <= rows; i += 16) total_rows<Lanes, 4>(parts, i, totals, finish);
      for (; i + 4 <= rows; i += 4) total_rows<Lanes, 1>(parts, i, totals, finish);
      for (; i < rows; ++i) total_rows<double, 1>(parts, i, totals, finish);
      for (i = 0; i < rows && seen_ + i + 1 < lengths_[n]; ++i) totals[i] = kNaN;
    }
    seen_ = std::min(seen_ + rows, longest_);
  }

  int lookback() const { return static_cast<int>(*std::min_element(lengths_.begin(), lengths_.end())) - 1; }

 private:
  static constexpr std::size_t kShortMost = 64;
  static constexpr std::size_t kRoom = 16;   // steps between two moves to the memory's beginning
  static constexpr std::size_t kPowers = 7;  // 1 to kShortMost

  template <std::size_t... I>
  WindowTotals(const std::array<int, N>& lengths, std::index_sequence<I...>)
      : longest_(static_cast<std::size_t>(std::max({lengths[I]...}))),
        short_(longest_ <= kShortMost),
        lengths_{static_cast<std::size_t>(lengths[I])...},
        past_(short_ ? longest_ + kRoom : 0),
        end_(longest_),
        long_{SlidingTotal(short_ ? 1 : lengths[I])...} {
    CW_REQUIRE(((lengths[I] >= 1) && ...));
  }

  /// The total of the `length` values before `end`: of powers of two, the smallest the newest.
  static double newest(const double* end, std::size_t length) {
    double total = -0.0;  // what it is added to stays as it is
    [&]<std::size_t... P>(std::index_sequence<P...>) {
      constexpr std::size_t kOne = 1;
      ((length & kOne << P ? void(total += of_neighbours<(kOne << P)>(end -= kOne << P)) : void()), ...);
    }(std::make_index_sequence<kPowers>{});
    return total;
  }
  template <std::size_t Width>
  [[gnu::always_inline]] static double of_neighbours(const double* values) {
    if constexpr (Width == 1) {
      return *values;
    } else {
      return of_neighbours<Width / 2>(values) + of_neighbours<Width / 2>(values + Width / 2);
    }
  }

  using Sums = std::array<std::array<double, kPartMost + kShortMost + 4>, kPowers>;

  /// Fills those sums[p] from sums[0] that the lengths are made of; the first ones of each are of fewer values.
  void add_neighbours(Sums& sums, std::size_t count) const {
    std::size_t asked = 0;
    for (const std::size_t length : lengths_) asked |= length;
    put(sums[0].data() + count, Lanes{});  // the last four may be no whole one
    [&]<std::size_t... A>(std::index_sequence<A...>) {
      constexpr std::array kByAsked{&add_up_to_sixteen<2 * A>...};
      kByAsked[(asked < 32 ? asked : asked | 16) / 2 % kByAsked.size()](sums, count);
    }(std::make_index_sequence<16>{});
    for (std::size_t p = 5; asked >> p != 0; ++p) {
      const std::size_t half = std::size_t{1} << (p - 1);
      const double* const of = sums[p - 1].data();
      double* const doubled = sums[p].data();
      in_fours(2 * half - 1, count,
               [=](std::size_t i, auto t) { put(doubled + i, at(of + i, t) + at(of + i - half, t)); });
    }
  }
  /// What was four or more places ago is still in registers. A function for all that may be asked, as to ask that in the
  /// loop took longer than to add.
  template <std::size_t Asked>
  static void add_up_to_sixteen(Sums& sums, std::size_t count) {
    Lanes last{};
    Lanes last_twos{};
    Lanes last_fours{};
    std::array<Lanes, 2> last_eights{};
#pragma clang loop unroll_count(4)
    for (std::size_t i = 0; Asked != 0 && i < count; i += 4) {
      const Lanes now = lanes_at(sums[0].data() + i);
      const Lanes twos = now + __builtin_shufflevector(last, now, 3, 4, 5, 6);
      const Lanes fours = twos + __builtin_shufflevector(last_twos, twos, 2, 3, 4, 5);
      const Lanes eights = fours + last_fours;
      if constexpr ((Asked & 2) != 0) put(sums[1].data() + i, twos);
      if constexpr ((Asked & 4) != 0) put(sums[2].data() + i, fours);
      if constexpr ((Asked & 8) != 0) put(sums[3].data() + i, eights);
      if constexpr ((Asked & 16) != 0) put(sums[4].data() + i, eights + last_eights[1]);
      last = now;
      last_twos = twos;
      last_fours = fours;
      last_eights = {eights, last_eights[0]};
    }
  }

  /// The columns of sums that a window's total is made of, the newest first.
  struct Parts {
    std::array<const double*, kPowers> all;
    std::size_t count = 0;
  };
  static Parts parts_of(std::size_t length, const Sums& sums, std::size_t before) {
    Parts parts;
    for (std::size_t p = 0, newer = 0; p < kPowers; ++p) {
      const std::size_t width = std::size_t{1} << p;
      if ((length & width) == 0) continue;
      parts.all[parts.count++] = sums[p].data() + before - newer;
      newer += width;
    }
    return parts;
  }
  template <class T, std::size_t Many>
  [[gnu::always_inline]] static void total_rows(const Parts& parts, std::size_t row, double* out, const auto& finish) {
    constexpr std::size_t kWide = sizeof(T) / sizeof(double);
    T total[Many];
    for (std::size_t p = 0; p < parts.count; ++p) {
      for (std::size_t m = 0; m < Many; ++m) {
        const T sum = at(parts.all[p] + row + m * kWide, T{});
        total[m] = p == 0 ? sum : total[m] + sum;
      }
    }
    for (std::size_t m = 0; m < Many; ++m) put(out + row + m * kWide, finish(row + m * kWide, total[m]));
  }

  static void run_long(SlidingTotal& kept, const double* x, double* totals, std::size_t rows) {
    SlidingTotal local = std::move(kept);
    for (std::size_t row = 0; row < rows;) {
      std::size_t fours = std::min(local.fours(), (rows - row) / 4);
      if (fours == 0) {
        totals[row] = local.step(x[row]) ? local.total() : kNaN;
        ++row;
      }
      for (; fours > 0; --fours, row += 4) put(totals + row, local.step_four(lanes_at(x + row)));
    }
    kept = std::move(local);
  }

  std::size_t longest_;
  bool short_;
  std::array<std::size_t, N> lengths_;
  std::size_t seen_ = 0;  // values, up to a full window of the longest
  Buffer past_;  // the last `longest_` values end at end_, which moves on a step at a time; of short windows alone
  std::size_t end_;
  std::array<SlidingTotal, N> long_;
};

/// The same for one length.
class WindowTotal {
 public:
  explicit WindowTotal(int length) : totals_({length}) {}
  double step(double x) { return totals_.step(x)[0]; }
  void run_part(const InputColumns<WindowTotal>& in, const OutputColumns<WindowTotal>& out, std::size_t rows) {
    totals_.run_part(in, out, rows);
  }
  void run_part_of(const auto& write, double* answers, std::size_t rows, const auto&... finish) {
    totals_.run_part_of(write, {answers}, rows, finish...);
  }
  int lookback() const { return totals_.lookback(); }

 private:
  WindowTotals<1> totals_;
};

}  // namespace cw::indicators
