#pragma once

#include <cstdint>
#include <optional>

#include "base/time.h"

namespace cw::exchange::binance {

/// Keeps REST requests under the venue's limit of request weight a minute, and silent when it says so.
///
/// The venue counts weight by address in whole minutes of its own clock and states the count in every answer
/// (`X-MBX-USED-WEIGHT-1M`), other programs on the same address included. The larger of its count and ours counts here.
/// After 429 and 418 nothing is sent before `Retry-After` has passed; 418 is a ban that grows with every violation.
/// Pure: time (this machine's; the venue's own count levels out the difference) comes as an argument. Not thread-safe.
/// Source  binance-spot-api-docs, rest-api.md, "IP Limits"
class WeightLimiter {
 public:
  static constexpr std::int64_t kDefaultLimit = 6'000;  // until exchangeInfo states one

  explicit WeightLimiter(std::int64_t limit_per_minute = kDefaultLimit);

  void set_limit(std::int64_t limit_per_minute);

  /// When a request of `weight` may be sent that must leave the count at or under `share` (0..1] of the limit: `now`,
  /// or a later time to ask again at. A request heavier than the whole share may go when the minute is fresh.
  Timestamp may_send_at(Timestamp now, std::int64_t weight, double share) const;

  /// Counts a request that is about to be sent.
  void sent(Timestamp now, std::int64_t weight);

  /// What an answer's header says.
  void answered(Timestamp now, std::int64_t used_weight);

  /// 429 or 418. `retry_after`: its header; absent, 60 s for a 429, 5 min for a 418. At least 1 s and at most 3 days.
  void told_to_wait(Timestamp now, bool banned, std::optional<Millis> retry_after);

  std::int64_t used(Timestamp now) const;
  std::int64_t limit() const { return limit_; }
  /// Until when nothing may be sent; in the past where the venue does not mind.
  Timestamp blocked_until() const { return blocked_until_; }
  bool banned(Timestamp now) const { return banned_ && now < blocked_until_; }

 private:
  void enter_minute(Timestamp now);

  std::int64_t limit_;
  Timestamp minute_{};
  std::int64_t used_ = 0;
  Timestamp blocked_until_{};
  bool banned_ = false;
};

}  // namespace cw::exchange::binance
