#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>

#include "base/require.h"

namespace cw::indicators {

/// A fixed number of doubles, all zero at first: the memory of a window. Copies are deep.
class Buffer {
 public:
  explicit Buffer(std::size_t size) : data_(std::make_unique<double[]>(size)), size_(size) {}
  Buffer(const Buffer& other) : Buffer(other.size_) { std::copy_n(other.data_.get(), size_, data_.get()); }
  Buffer(Buffer&&) noexcept = default;
  Buffer& operator=(Buffer other) noexcept {
    data_ = std::move(other.data_);
    size_ = other.size_;
    return *this;
  }
  ~Buffer() = default;

  double operator[](std::size_t i) const { return data_[i]; }
  double& operator[](std::size_t i) { return data_[i]; }
  double* data() { return data_.get(); }
  const double* data() const { return data_.get(); }
  std::size_t size() const { return size_; }

 private:
  std::unique_ptr<double[]> data_;
  std::size_t size_;
};

/// The last `size` values of a series.
class Ring {
 public:
  explicit Ring(int size) : values_(static_cast<std::size_t>(size)) { CW_REQUIRE(size >= 1); }

  /// Puts `x` in and answers the value that it pushes out: the one of `size` steps ago, 0 while there is none.
  [[gnu::always_inline]] double push(double x) {
    const double old = std::exchange(values_[at_], x);
    if (++at_ == values_.size()) at_ = 0;
    return old;
  }
  /// The value of `back` steps ago: 0 is the newest, at most size - 1.
  double back(std::size_t steps) const {
    return values_[at_ > steps ? at_ - 1 - steps : at_ + values_.size() - 1 - steps];
  }
  /// What the next push will push out.
  double oldest() const { return values_[at_]; }
  int size() const { return static_cast<int>(values_.size()); }

 private:
  Buffer values_;
  std::size_t at_ = 0;
};

}  // namespace cw::indicators
