#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "exchange/feed.h"

namespace cw::exchange::binance {

/// What one connection carries: its instruments, and the SUBSCRIBE texts that ask for them, with ids 1, 2, …
struct ConnectionPlan {
  std::vector<FollowedIndex> instruments;
  std::vector<std::string> subscribes;
};

/// Shares the instruments out over connections: for each its trades, its 1m klines and its best bid and ask.
/// Limits  `streams_most` a connection (the venue's own limit is 1,024) and `kStreamsAMessage` a SUBSCRIBE
/// Source  binance-spot-api-docs, web-socket-streams.md, "WebSocket Limits"
inline constexpr std::size_t kStreamsAMessage = 150;
inline constexpr std::size_t kStreamsAnInstrument = 3;
std::vector<ConnectionPlan> plan_streams(std::span<const std::string> symbols, std::size_t streams_most);

}  // namespace cw::exchange::binance
