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

std::string_view name(HistoryStatus::State state) {
  switch (state) {
    case HistoryStatus::State::queued: return "queued";
    case HistoryStatus::State::running: return "running";
    case HistoryStatus::State::done: return "done";
    case HistoryStatus::State::failed: return "failed";
  }
  CW_REQUIRE(false);  // a State has one of the named values
  return {};
}

}  // namespace cw::exchange
