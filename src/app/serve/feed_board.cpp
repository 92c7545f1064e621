#include "app/serve/feed_board.h"

#include <algorithm>
#include <cctype>

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

/// A sentence of what a feed or a loader says in passing: `fetching bars that were missed`.
std::string sentence(std::string_view said) {
  std::string out{said};
  if (out.empty()) return out;
  // A name of a machine or a stream stays as it is written.
  const bool is_name = std::string_view{out}.substr(0, out.find(' ')).find_first_of(".:/@") != std::string_view::npos;
  if (!is_name) out.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(out.front())));
  if (out.back() != '.' && out.back() != '!' && out.back() != '?') out += '.';
  return out;
}

/// Of a state that says nothing more of itself.
std::string plain_words(exchange::FeedState state, std::size_t followed) {
  const std::string instruments = fmt::format("{} instrument{}", followed, followed == 1 ? "" : "s");
  switch (state) {
    case exchange::FeedState::connecting: return "The feed connects to the exchange.";
    case exchange::FeedState::live: return fmt::format("The feed follows {} and hears from the exchange.", instruments);
    case exchange::FeedState::backfilling:
      return fmt::format("The feed follows {} and fetches bars that were missed.", instruments);
    case exchange::FeedState::stale: return "The feed is connected, but the exchange is silent.";
    case exchange::FeedState::down: return "The feed is not connected and tries again.";
    case exchange::FeedState::refused: return "The exchange does not serve this address.";
    case exchange::FeedState::stopped: return "The feed was stopped.";
  }
  return "The feed was stopped.";
}

std::string words(const exchange::HistoryStatus& status) {
  if (status.state != exchange::HistoryStatus::State::failed) return {};
  return sentence(status.detail) + (status.next_try
                                        ? fmt::format(" The next try is at {}.", format_time(*status.next_try))
                                        : " It is not tried again before the next start.");
}

}  // namespace

bool FeedBoard::is_connected() const {
  using exchange::FeedState;
  const FeedState state = status_.state;
  return state == FeedState::live || state == FeedState::backfilling || state == FeedState::stale;
}

Timestamp FeedBoard::since() const { return was_connected_ ? status_.since : last_message_.value_or(status_.since); }

void FeedBoard::progress(exchange::FollowedIndex instrument, Timeframe timeframe, Timestamp oldest, Timestamp goal,
                         bool done) {
  Item& item = items_[{timeframe, instrument}];
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
  items_[{timeframe, instrument}].asked = true;
}

void FeedBoard::history(exchange::FollowedIndex instrument, Timeframe timeframe,
                        const exchange::HistoryStatus& status) {
  Item& item = items_[{timeframe, instrument}];
  item.status = status;
  // A request of a chart that the venue turned down will not be answered.
  if (status.state == exchange::HistoryStatus::State::failed && !status.next_try) item.asked = false;
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
  const auto found = items_.find({fetched_for(timeframe), instrument});
  if (found == items_.end()) return is_down ? api::BackfillState::none : api::BackfillState::running;
  const Item& item = found->second;
  if (item.venue_has_no_more) return api::BackfillState::done;
  const bool given_up = item.status.state == exchange::HistoryStatus::State::failed && !item.status.next_try;
  if (is_down || given_up) return api::BackfillState::none;
  return item.asked || !item.goal_done ? api::BackfillState::running : api::BackfillState::idle;
}

double FeedBoard::share(const Item& item) const {
  if (item.goal_done) return 1;
  if (item.status.stored_share) return *item.status.stored_share;
  if (!item.oldest || !item.began_at || *item.began_at <= item.goal) return 0;
  const auto whole = static_cast<double>((*item.began_at - item.goal).count());
  return std::clamp(static_cast<double>((*item.began_at - *item.oldest).count()) / whole, 0.0, 1.0);
}

std::string FeedBoard::detail() const {
  const std::size_t followed = followed_.size() - std::min(unknown_.size(), followed_.size());
  std::string out = status_.detail.empty() ? plain_words(status_.state, followed) : sentence(status_.detail);
  for (const std::string& one : unknown_) out += ' ' + one;
  return out;
}

std::string FeedBoard::status_json(std::string_view market, std::string_view venue, Timestamp now) const {
  std::string out =
      fmt::format(R"({{"market":"{}","venue":"{}","server_time":{},"feed":{{"state":"{}","since":{},"detail":)", market,
                  venue, to_ms(now), shown_state(status_.state), to_ms(since()));
  append_json_string(out, detail());
  out += fmt::format(R"(,"last_message":{}}},"history":[)", time_or_null(last_message_));
  for (const auto& [key, item] : items_) {
    if (out.back() == '}') out += ',';
    const market::InstrumentId& id = followed_[key.second];
    out += R"({"symbol":)";
    append_json_string(out, id.symbol);
    out += R"(,"venue":)";
    append_json_string(out, id.venue);
    out += fmt::format(R"(,"timeframe":"{}","state":"{}","progress":)", market::name(key.first),
                       exchange::name(item.status.state));
    append_double(out, share(item));
    out += fmt::format(R"(,"oldest":{},"detail":)", time_or_null(item.oldest));
    if (const std::string said = words(item.status); said.empty()) {
      out += "null}";
    } else {
      append_json_string(out, said);
      out += '}';
    }
  }
  return out + "]}";
}

}  // namespace cw::app
