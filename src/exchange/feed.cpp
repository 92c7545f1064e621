#include "exchange/feed.h"

#include "base/require.h"

namespace cw::exchange {

std::string_view name(FeedState state) {
  switch (state) {
    case FeedState::connecting: return "connecting";
    case FeedState::live: return "live";
    case FeedState::backfilling: return "backfilling";
    case FeedState::stale: return "stale";
    case FeedState::down: return "down";
    case FeedState::refused: return "refused";
    case FeedState::stopped: return "stopped";
  }
  CW_REQUIRE(false);  // a FeedState has one of the named values
  return {};
}

}  // namespace cw::exchange
