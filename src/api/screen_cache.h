#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>

#include "base/time.h"

namespace cw::api {

/// The newest screens' answers. Equal requests are answered alike while no symbol has a newer bar of the timeframe, and for
/// kGoodFor at most: revised and imported bars show after that. Thread-safe.
///
/// Limits  kKeptMost answers of at most kBytesMost each: the oldest goes, a longer one is not kept
class ScreenCache {
 public:
  static constexpr std::size_t kKeptMost = 32;
  static constexpr std::size_t kBytesMost = 256 * 1024;
  static constexpr Millis kGoodFor = std::chrono::minutes{1};

  /// `request`: everything that was asked; `bars`: which bars there are.
  std::optional<std::string> find(const std::string& request, const std::string& bars, Timestamp now);
  void put(std::string request, std::string bars, Timestamp now, std::string body);

 private:
  struct Kept {
    std::string request;
    std::string bars;
    Timestamp at;
    std::string body;
  };
  std::mutex mutex_;
  std::list<Kept> kept_;  // newest first, one a request
};

}  // namespace cw::api
