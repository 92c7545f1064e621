#pragma once

#include <algorithm>
#include <optional>

#include "base/time.h"

namespace cw::exchange::binance {

/// The venue's clock as seen from here: whether a bar is closed is a question to it, not to this machine's clock.
class VenueClock {
 public:
  Timestamp at(Timestamp local) const { return local + skew_; }
  Millis skew() const { return skew_; }
  bool is_known() const { return known_; }

  /// `time` was asked at `sent` and answered at `received`, both by this machine's clock.
  void measured(Timestamp sent, Timestamp received, Timestamp venue) {
    skew_ = venue - (sent + (received - sent) / 2);
    known_ = true;
  }

  /// A message that the venue sent at `venue` was here at `local`: its clock cannot be behind that.
  void heard(Timestamp local, Timestamp venue) { skew_ = std::max(skew_, venue - local); }

 private:
  Millis skew_{0};
  bool known_ = false;
};

}  // namespace cw::exchange::binance
