#include "exchange/binance/weight_limiter.h"

#include <algorithm>
#include <chrono>

#include "base/require.h"

namespace cw::exchange::binance {
namespace {

constexpr Millis kShortestWait{1'000};
constexpr Millis kLongestWait = std::chrono::days{3};  // the longest ban
constexpr Millis kNoHeader{60'000};
constexpr Millis kNoHeaderBanned{300'000};

Timestamp minute_of(Timestamp t) { return std::chrono::floor<std::chrono::minutes>(t); }

}  // namespace

WeightLimiter::WeightLimiter(std::int64_t limit_per_minute) : limit_(limit_per_minute) {
  CW_REQUIRE(limit_per_minute > 0);
}

void WeightLimiter::set_limit(std::int64_t limit_per_minute) {
  CW_REQUIRE(limit_per_minute > 0);
  limit_ = limit_per_minute;
}

Timestamp WeightLimiter::may_send_at(Timestamp now, std::int64_t weight, double share) const {
  if (now < blocked_until_) return blocked_until_;
  const auto most = static_cast<std::int64_t>(share * static_cast<double>(limit_));
  const std::int64_t used_now = used(now);
  if (used_now == 0 || used_now + weight <= most) return now;
  // A second into the next minute: the venue's clock and ours agree to less than that.
  return minute_of(now) + std::chrono::minutes{1} + kShortestWait;
}

void WeightLimiter::sent(Timestamp now, std::int64_t weight) {
  enter_minute(now);
  used_ += weight;
}

void WeightLimiter::answered(Timestamp now, std::int64_t used_weight) {
  enter_minute(now);
  used_ = std::max(used_, used_weight);
}

void WeightLimiter::told_to_wait(Timestamp now, bool banned, std::optional<Millis> retry_after) {
  const Millis wait = retry_after.value_or(banned ? kNoHeaderBanned : kNoHeader);
  const Timestamp until = now + std::clamp(wait, kShortestWait, kLongestWait);
  banned_ = banned || (banned_ && now < blocked_until_);
  blocked_until_ = std::max(blocked_until_, until);
}

std::int64_t WeightLimiter::used(Timestamp now) const { return minute_of(now) == minute_ ? used_ : 0; }

void WeightLimiter::enter_minute(Timestamp now) {
  if (minute_of(now) == minute_) return;
  minute_ = minute_of(now);
  used_ = 0;
}

}  // namespace cw::exchange::binance
