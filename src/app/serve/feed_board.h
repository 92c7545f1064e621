#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/market_view.h"
#include "exchange/feed.h"
#include "market/instrument.h"
#include "market/timeframe.h"

namespace cw::app {

/// The feed and its history as people see them: the document of /api/market/status, and who fetches older bars of what.
/// Single-threaded.
class FeedBoard {
 public:
  explicit FeedBoard(std::vector<market::InstrumentId> followed) : followed_(std::move(followed)) {}

  void state(const exchange::FeedStatus& status) {
    status_ = status;
    was_connected_ = was_connected_ || is_connected();
  }
  const exchange::FeedStatus& status() const { return status_; }
  /// Live, fetching what was missed, or connected and silent.
  bool is_connected() const;
  /// A price came.
  void heard(Timestamp at) { last_message_ = at; }
  /// When this state began. Of a feed that this process has not seen connected: when an earlier one heard it last.
  Timestamp since() const;

  /// Names of market.follow that the venue does not list; what each says is a sentence.
  void unknown(std::vector<std::string> sentences) { unknown_ = std::move(sentences); }
  const std::vector<std::string>& unknown() const { return unknown_; }

  void progress(exchange::FollowedIndex instrument, market::Timeframe timeframe, Timestamp oldest, Timestamp goal,
                bool done);
  /// Where the loader stands with a series.
  void history(exchange::FollowedIndex instrument, market::Timeframe timeframe, const exchange::HistoryStatus& status);
  /// A chart asked for older bars.
  void asked(exchange::FollowedIndex instrument, market::Timeframe timeframe);

  /// Which of the venue's own timeframes is fetched for a chart of `timeframe`.
  static market::Timeframe fetched_for(market::Timeframe timeframe);
  api::BackfillState backfill(exchange::FollowedIndex instrument, market::Timeframe timeframe) const;

  /// Why the feed is as it is, as sentences that stay true for as long as the state lasts; never empty.
  std::string detail() const;
  std::string status_json(std::string_view market, std::string_view venue, Timestamp now) const;

 private:
  struct Item {
    std::optional<Timestamp> oldest;
    Timestamp goal{};
    std::optional<Timestamp> began_at;  // the newest end of what the goal wants
    bool goal_done = false;
    bool venue_has_no_more = false;
    bool asked = false;
    exchange::HistoryStatus status{};
  };
  /// In the order in which the loader begins them: by timeframe, then by instrument.
  using Key = std::pair<market::Timeframe, exchange::FollowedIndex>;
  double share(const Item& item) const;

  std::vector<market::InstrumentId> followed_;
  exchange::FeedStatus status_{};
  bool was_connected_ = false;  // since this process began
  std::optional<Timestamp> last_message_;
  std::vector<std::string> unknown_;
  std::map<Key, Item> items_;
};

}  // namespace cw::app
