#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/time.h"

namespace cw::exchange::practice {

/// How much each peer has asked of the REST interface in the current minute, and who is refused for how long.
///
/// Over the limit a peer is refused (429) until the minute ends; one that goes on asking, `kPatience` times while it is
/// refused, is banned (418) for two minutes, then each time for twice as long, up to three days.
/// Bounded: at most `kPeersMost` peers are remembered, the one that asked longest ago is forgotten first.
/// Source  Binance spot API documentation, rest-api.md, "Limits": IP limits
class RequestWeights {
 public:
  static constexpr int kPatience = 10;
  static constexpr std::size_t kPeersMost = 1'024;

  explicit RequestWeights(int limit_a_minute) : limit_(limit_a_minute) {}

  struct Verdict {
    int status = 200;       // 200, 429 or 418
    int used = 0;           // weight of this minute, this request included
    Millis retry_after{0};  // where it is refused
  };
  /// A request of `weight` by the peer at an address (its port does not count), at a time that only rises.
  Verdict charge(std::string_view peer, int weight, Millis now);

  /// Refuses a peer (429) from now on for so long, whatever it used.
  void refuse(std::string_view peer, Millis now, Millis how_long);

  int limit() const { return limit_; }

 private:
  struct Account {
    std::int64_t minute = -1;
    int used = 0;
    Millis refused_until{0};
    int asked_while_refused = 0;
    Millis banned_until{0};
    Millis next_ban{120'000};
    Millis last_asked{0};
  };
  Account& account(std::string_view peer, Millis now);

  int limit_;
  std::map<std::string, Account, std::less<>> accounts_;
};

/// The address without its port: `127.0.0.1:5123` and `pipe:7` give `127.0.0.1` and `pipe`.
std::string_view host_of(std::string_view peer);

/// Whether a peer sits on this machine (or in a simulation).
bool is_local(std::string_view peer);

}  // namespace cw::exchange::practice
