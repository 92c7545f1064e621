#pragma once

#include <utility>

namespace cw::market {

/// A value that rests on a bar that is not closed: to be shown, and for nothing else. It converts to nothing; what
/// reads it must say so.
template <class T>
class Provisional {
 public:
  explicit Provisional(T value) : value_(std::move(value)) {}
  const T& for_display() const { return value_; }

 private:
  T value_;
};

}  // namespace cw::market
