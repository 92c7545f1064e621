#include "api/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace cw::api {
namespace {
// Fractions of a token add up with rounding errors; so little is never what is missing.
constexpr double kDust = 1e-9;
}  // namespace

double RateLimit::tokens_at(const Bucket& bucket, Timestamp now) const {
  if (now <= bucket.at) return bucket.tokens;  // the clock was set back: nothing is won, nothing lost
  return std::min(burst_, bucket.tokens + static_cast<double>((now - bucket.at).count()) * per_second_ / 1000);
}

Millis RateLimit::take(std::string_view address, Timestamp now) {
  if (buckets_.size() >= kAddressesMost && !buckets_.contains(std::string{address})) forget_resting(now);
  Bucket& bucket = buckets_.try_emplace(std::string{address}, Bucket{burst_, now}).first->second;
  bucket = {tokens_at(bucket, now), now};
  if (bucket.tokens >= 1 - kDust) {
    bucket.tokens -= 1;
    return Millis{0};
  }
  return Millis{static_cast<std::int64_t>(std::ceil((1 - bucket.tokens - kDust) * 1000 / per_second_))};
}

void RateLimit::forget_resting(Timestamp now) {
  std::erase_if(buckets_, [&](const auto& item) { return tokens_at(item.second, now) >= burst_; });
  if (buckets_.size() >= kAddressesMost) buckets_.clear();
}

}  // namespace cw::api
