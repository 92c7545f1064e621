#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace cw::realtime {

/// How many messages a client may send: an allowance of five seconds' worth, full at first, that fills up again at the
/// permitted rate; each message takes one. At twice the rate it is used up after five seconds, at the rate never.
class MessageAllowance {
 public:
  MessageAllowance(std::size_t messages_per_second, Millis now)
      : per_second_(static_cast<std::int64_t>(messages_per_second)), left_(most()), counted_at_(now) {}

  /// Takes one; false where less than one is left. `now` never goes back.
  bool take(Millis now) {
    // No longer than it takes to fill from nothing, so that the product stays small.
    const Millis passed = std::min(now - counted_at_, kFillsIn);
    left_ = std::min(most(), left_ + passed.count() * per_second_);
    counted_at_ = now;
    if (left_ < kOne) return false;
    left_ -= kOne;
    return true;
  }

 private:
  static constexpr std::int64_t kOne = 1'000;  // counted in thousandths of a message: exact at every millisecond
  static constexpr Millis kFillsIn{5'000};
  std::int64_t most() const { return kFillsIn.count() * per_second_; }

  std::int64_t per_second_;
  std::int64_t left_;
  Millis counted_at_;
};

}  // namespace cw::realtime
