#pragma once

#include <cstddef>

#include "indicators/kernel.h"
#include "indicators/lanes.h"
#include "indicators/ring.h"

namespace cw::indicators {

/// Volume-weighted moving average: sum(source volume) / sum(volume) over the last `length` bars.
///
/// Shape   source, volume in, one out; look-back length - 1
/// Units   those of the source
/// 0/0     a window without any volume answers the source itself (TA-Lib: NaN)
/// Cost    O(1) a step, amortised, by tails and heads as in sliding_sum.h: nothing is ever subtracted again, so volumes that
///         have left leave no residue, and a flat source is answered exactly
/// Source  TA-Lib VWMA; Pine ta.vwma
class Vwma {
 public:
  explicit Vwma(int length) : length_(static_cast<std::size_t>(length)), at_(length_), block_((length_ + 1) * 2) {
    CW_REQUIRE(length >= 1);
  }

  double step(double x, double volume) {
    if (any_nan(x, volume)) return kNaN;
    if (at_ == length_) [[unlikely]]
      begin_block(x);
    const double sum = head_.step(at_, (x - pivot_) * volume);
    const double total = head_volume_.step(at_, volume);
    block_[at_] = x;
    block_[volumes() + at_] = volume;
    ++at_;
    if (at_ < full_at_) [[unlikely]]
      return kNaN;
    return of(x, block_[at_] + sum, block_[volumes() + at_] + total);
  }

  std::size_t fours(double x, double) {
    if (at_ == length_) begin_block(x);
    return full_at_ == 0 && at_ % 4 == 0 ? (length_ - at_) / 4 : 0;
  }
  Lanes step_four(Lanes x, Lanes volume) {
    const Lanes sum = lanes_at(&block_[at_ + 1]) + head_.step((x - pivot_) * volume);
    const Lanes total = lanes_at(&block_[volumes() + at_ + 1]) + head_volume_.step(volume);
    put(&block_[at_], x);
    put(&block_[volumes() + at_], volume);
    at_ += 4;
    return of(x, sum, total);
  }

  int lookback() const { return static_cast<int>(length_) - 1; }

 private:
  template <class T>
  T of(T x, T sum, T total) const {
    return where(total == 0, x, pivot_ + sum / total);
  }

  std::size_t volumes() const { return length_ + 1; }

  [[gnu::always_inline]] void begin_block(double pivot) {
    if (begun_) {
      make_tails(&block_[0], length_, pivot);
      full_at_ = 0;
    }
    begun_ = true;
    pivot_ = pivot;
    head_ = {};
    head_volume_ = {};
    at_ = 0;
  }
  [[gnu::noinline]] static void make_tails(double* block, std::size_t length, double pivot) {
    double* volumes = block + length + 1;
    double sum = 0;
    double total = 0;
    std::size_t i = length;
    while (i > 0 && i % 4 != 1) {
      --i;
      block[i] = sum += (block[i] - pivot) * volumes[i];
      volumes[i] = total += volumes[i];
    }
    while (i > 1) {
      i -= 4;
      const Lanes sums = suffix_sums((lanes_at(block + i) - pivot) * lanes_at(volumes + i)) + spread(sum);
      const Lanes totals = suffix_sums(lanes_at(volumes + i)) + spread(total);
      put(block + i, sums);
      put(volumes + i, totals);
      sum = sums[0];
      total = totals[0];
    }
  }

  std::size_t length_;
  std::size_t at_;
  std::size_t full_at_ = length_;
  bool begun_ = false;
  Buffer block_;  // as in SlidingSum: the source and its tails' sums, then the volume and its
  double pivot_ = 0;
  GrowingSum head_;
  GrowingSum head_volume_;
};

}  // namespace cw::indicators
