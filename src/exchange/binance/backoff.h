#pragma once

#include <algorithm>
#include <optional>

#include "base/random.h"
#include "base/time.h"

namespace cw::exchange::binance {

/// How long to wait before the next attempt: a random time between nothing and a bound that doubles with each failure
/// (full jitter), so that many clients cut at once do not come back at once. Pure: time comes as an argument.
/// The bound falls back to `first` only after the connection has held for `kStable`.
/// Source  M. Brooker, Exponential Backoff And Jitter, 2015
class Backoff {
 public:
  static constexpr Millis kStable{30'000};

  Backoff(Millis first, Millis most) : first_(first), most_(most), bound_(first) {}

  void connected(Timestamp now) { connected_at_ = now; }

  /// The attempt failed, or the connection ended: the wait until the next one.
  Millis failed(Timestamp now, Random& random) {
    if (connected_at_ && now - *connected_at_ >= kStable) bound_ = first_;
    connected_at_.reset();
    const Millis wait{static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(bound_.count()) + 1))};
    bound_ = std::min(bound_ * 2, most_);
    return wait;
  }

  Millis bound() const { return bound_; }

 private:
  Millis first_;
  Millis most_;
  Millis bound_;
  std::optional<Timestamp> connected_at_;
};

}  // namespace cw::exchange::binance
