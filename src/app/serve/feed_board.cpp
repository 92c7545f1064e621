#include "app/serve/feed_board.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/json_text.h"
#include "base/number.h"

namespace cw::app {
namespace {

using market::Timeframe;

/// The contract's five words; a venue that refuses us is a feed that is down, and the detail says why.
std::string_view shown_state(exchange::FeedState state) {
  switch (state) {
    case exchange::FeedState::connecting: return "connecting";
    case exchange::FeedState::live: return "live";
    case exchange::FeedState::backfilling: return "backfilling";
    case exchange::FeedState::stale: return "stale";
    case exchange::FeedState::down:
    case exchange::FeedState::refused:
    case exchange::FeedState::stopped: return "down";
  }
  return "down";
}

std::string time_or_null(const std::optional<Timestamp>& time) { return time ? fmt::to_string(to_ms(*time)) : "null"; }

}  // namespace

void FeedBoard::progress(exchange::FollowedIndex instrument, Timeframe timeframe, Timestamp oldest, Timestamp goal,
                         bool done) {
  Item& item = items_[{instrument, timeframe}];
  const bool answers_chart = item.goal_done && oldest == goal && goal != item.goal;
  if (!item.oldest || oldest < *item.oldest) item.oldest = oldest;
  if (answers_chart || (item.asked && oldest == goal && goal != item.goal)) {
    item.asked = false;
    item.venue_has_no_more = item.venue_has_no_more || done;
    return;
  }
  item.goal = goal;
  if (!item.began_at) item.began_at = oldest;
  item.goal_done = item.goal_done || done;
  if (done && oldest > goal) item.venue_has_no_more = true;
}

void FeedBoard::asked(exchange::FollowedIndex instrument, Timeframe timeframe) {
  items_[{instrument, timeframe}].asked = true;
}

Timeframe FeedBoard::fetched_for(Timeframe timeframe) {
  const Millis length = market::duration(timeframe);
  if (length < market::duration(Timeframe::m15)) return Timeframe::m1;
  if (length < market::duration(Timeframe::h1)) return Timeframe::m15;
  if (length < market::duration(Timeframe::d1)) return Timeframe::h1;
  return Timeframe::d1;
}

api::BackfillState FeedBoard::backfill(exchange::FollowedIndex instrument, Timeframe timeframe) const {
  const bool is_down = shown_state(status_.state) == "down";
  const auto found = items_.find({instrument, fetched_for(timeframe)});
  if (found == items_.end()) return is_down ? api::BackfillState::none : api::BackfillState::running;
  const Item& item = found->second;
  if (item.venue_has_no_more) return api::BackfillState::done;
  if (is_down) return api::BackfillState::none;
  return item.asked || !item.goal_done ? api::BackfillState::running : api::BackfillState::idle;
}

double FeedBoard::share(const Item& item) const {
  if (item.goal_done) return 1;
  if (!item.oldest || !item.began_at || *item.began_at <= item.goal) return 0;
  const auto whole = static_cast<double>((*item.began_at - item.goal).count());
  return std::clamp(static_cast<double>((*item.began_at - *item.oldest).count()) / whole, 0.0, 1.0);
}

std::string FeedBoard::detail() const {
  if (!status_.detail.empty()) return status_.detail;
  return fmt::format("{} instruments; the feed is {}.", followed_.size(), exchange::name(status_.state));
}

std::string FeedBoard::status_json(std::string_view market, std::string_view venue, Timestamp now) const {
  std::string out =
      fmt::format(R"({{"market":"{}","venue":"{}","server_time":{},"feed":{{"state":"{}","since":{},"detail":)", market,
                  venue, to_ms(now), shown_state(status_.state), to_ms(status_.since));
  append_json_string(out, detail());
  out += fmt::format(R"(,"last_message":{}}},"history":[)", time_or_null(last_message_));
  for (const auto& [key, item] : items_) {
    if (out.back() == '}') out += ',';
    const market::InstrumentId& id = followed_[key.first];
    out += fmt::format(R"({{"symbol":"{}","venue":"{}","timeframe":"{}","state":"{}","progress":)", id.symbol, id.venue,
                       market::name(key.second), item.goal_done && !item.asked ? "done" : "running");
    append_double(out, share(item));
    out += fmt::format(R"(,"oldest":{},"detail":null}})", time_or_null(item.oldest));
  }
  return out + "]}";
}

}  // namespace cw::app
