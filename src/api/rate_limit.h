#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"

namespace cw::api {

/// So many requests a second from one address, after a burst of its own (a token bucket each). Remembers at most
/// `kAddressesMost`; beyond, those that rest with a full bucket are forgotten, and where none rests, all are.
/// Not thread-safe; time comes as an argument.
class RateLimit {
 public:
  static constexpr std::size_t kAddressesMost = 10'000;

  RateLimit(double per_second, double burst) : per_second_(per_second), burst_(burst) {}

  /// Takes one request. Zero where it may pass, else how long until the next may.
  Millis take(std::string_view address, Timestamp now);

 private:
  struct Bucket {
    double tokens;
    Timestamp at;
  };
  double tokens_at(const Bucket& bucket, Timestamp now) const;
  void forget_resting(Timestamp now);

  double per_second_;
  double burst_;
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace cw::api
