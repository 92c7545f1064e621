#include "api/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace cw::api {

void RateLimit::refill(Bucket& bucket, Timestamp now) const {
  if (now <= bucket.at) return;
  bucket.tokens = std::min(burst_, bucket.tokens + static_cast<double>((now - bucket.at).count()) * per_second_ / 1000);
  bucket.at = now;
}

Millis RateLimit::take(std::string_view address, Timestamp now) {
  if (buckets_.size() >= kAddressesMost && !buckets_.contains(std::string{address})) forget_resting(now);
  Bucket& bucket = buckets_.try_emplace(std::string{address}, Bucket{burst_, now}).first->second;
  refill(bucket, now);
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return Millis{0};
  }
  return Millis{static_cast<std::int64_t>(std::ceil((1 - bucket.tokens) * 1000 / per_second_))};
}

void RateLimit::forget_resting(Timestamp now) {
  std::erase_if(buckets_, [&](auto& item) {
    refill(item.second, now);
    return item.second.tokens >= burst_;
  });
  if (buckets_.size() >= kAddressesMost) buckets_.clear();
}

}  // namespace cw::api
