#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>

#include "base/require.h"
#include "indicators/lanes.h"
#include "indicators/ring.h"

namespace cw::indicators {

/// The last `length` values side by side in memory, oldest first, for what must look at each of them anyway. They walk through a
/// memory of more than twice their number and are moved back to its beginning when they reach the end.
///
/// Cost    O(1) a value, amortised; 2 `length` + 64 doubles
class Window {
 public:
  explicit Window(int length) : length_(static_cast<std::size_t>(length)), values_(2 * length_ + 64) {
    CW_REQUIRE(length >= 1);
  }

  [[gnu::always_inline]] void push(double x) {
    if (end_ == values_.size()) [[unlikely]]
      move_back();
    values_[end_++] = x;
  }
  /// Four values.
  [[gnu::always_inline]] void push(Lanes x) {
    if (end_ + 4 > values_.size()) [[unlikely]]
      move_back();
    put(&values_[end_], x);
    end_ += 4;
  }
  bool full() const { return end_ >= length_; }
  /// `size()` values, oldest first; once full.
  const double* oldest() const { return values_.data() + end_ - length_; }
  double* oldest() { return values_.data() + end_ - length_; }
  /// The same of the window as it was before the last three values. The next windows begin one place further each.
  const double* oldest_of_four() const { return oldest() - 3; }
  std::size_t size() const { return length_; }

 private:
  /// Four more than the window, for windows of a while ago.
  [[gnu::always_inline]] void move_back() {
    const std::size_t kept = std::min(end_, length_ + 4);
    std::copy(values_.data() + end_ - kept, values_.data() + end_, values_.data());
    end_ = kept;
  }

  std::size_t length_;
  std::size_t end_ = 0;
  Buffer values_;
};

/// The last `length` values in rising order.
///
/// Cost    O(length) a step: a search, then what lies between the value that leaves and the one that comes moves by one
///         place. At most 40 kB move at the longest length. Short windows are gone through whole, four values at a time.
class SortedWindow {
 public:
  explicit SortedWindow(int length)
      : length_(static_cast<std::size_t>(length)), arrivals_(length), sorted_(length_ + 8) {
    for (std::size_t i = 0; i < sorted_.size(); ++i) sorted_[i] = std::numeric_limits<double>::infinity();
  }

  /// Takes the next value, which is not NaN. True when the window is full.
  [[gnu::always_inline]] bool step(double x) {
    const double old = arrivals_.push(x);
    if (count_ == length_) [[likely]] {
      replace(sorted_.data(), length_, old, x);
      return true;
    }
    insert(sorted_.data(), count_, x);
    return ++count_ == length_;
  }

  /// The value of a rank, 0 the lowest; once full.
  double ranked(std::size_t rank) const { return sorted_[rank]; }
  const double* sorted() const { return sorted_.data(); }
  std::size_t size() const { return length_; }

 private:
  /// How many of `values` are below x; their number is a multiple of four.
  [[gnu::always_inline]] static std::size_t below(const double* values, std::size_t count, Lanes x) {
    LaneTruths n{};
    for (std::size_t i = 0; i < count; i += 4) n -= lanes_at(values + i) < x;
    return static_cast<std::size_t>((n[0] + n[1]) + (n[2] + n[3]));
  }

  [[gnu::noinline]] static void replace(double* sorted, std::size_t count, double old, double x) {
    if (count <= kShort) return replace_in_short(sorted, (count + 3) / 4 * 4, old, x);
    const auto from = static_cast<std::size_t>(std::lower_bound(sorted, sorted + count, old) - sorted);
    if (x >= old) {
      const auto to = static_cast<std::size_t>(std::lower_bound(sorted + from + 1, sorted + count, x) - sorted) - 1;
      std::copy(sorted + from + 1, sorted + to + 1, sorted + from);
      sorted[to] = x;
    } else {
      const auto to = static_cast<std::size_t>(std::upper_bound(sorted, sorted + from, x) - sorted);
      std::copy_backward(sorted + to, sorted + from, sorted + from + 1);
      sorted[to] = x;
    }
  }
  /// The same looking at all values, four at a time: there is no branch that could be guessed wrong.
  [[gnu::always_inline]] static void replace_in_short(double* sorted, std::size_t padded, double old, double x) {
    const auto from = static_cast<double>(below(sorted, padded, spread(old)));
    const auto above = static_cast<double>(below(sorted, padded, spread(x)));
    // What lay above the old value and below the new one comes one place down, or the other way round one place up.
    const double to = above > from ? above - 1 : above;
    Lanes place{0, 1, 2, 3};
    Lanes before = spread(sorted[0]);
    for (std::size_t i = 0; i < padded; i += 4) {
      const Lanes here = lanes_at(sorted + i);
      const Lanes next = lanes_at(sorted + i + 1);
      const Lanes previous = __builtin_shufflevector(before, here, 3, 4, 5, 6);
      const Lanes down = where((place >= from) & (place < to), next, here);
      const Lanes moved = where((place > to) & (place <= from), previous, down);
      put(sorted + i, where(place == to, spread(x), moved));
      before = here;
      place += 4;
    }
  }
  [[gnu::noinline]] static void insert(double* sorted, std::size_t count, double x) {
    const auto at = static_cast<std::size_t>(std::lower_bound(sorted, sorted + count, x) - sorted);
    std::copy_backward(sorted + at, sorted + count, sorted + count + 1);
    sorted[at] = x;
  }

  static constexpr std::size_t kShort = 64;

  std::size_t length_;
  std::size_t count_ = 0;
  Ring arrivals_;
  Buffer sorted_;  // then infinities, so that fours of it may be read
};

}  // namespace cw::indicators
