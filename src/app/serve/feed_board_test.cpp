#include "app/serve/feed_board.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <chrono>
#include <string>

namespace cw::app {
namespace {

using api::BackfillState;
using exchange::FeedState;
using exchange::HistoryStatus;
using market::Timeframe;
using nlohmann::json;
using std::chrono::days;
using std::chrono::minutes;

constexpr Timestamp kNow = from_ms(1'700'000'000'000);

class FeedBoardTest : public testing::Test {
 protected:
  json document() const { return json::parse(board.status_json("live", "binance", kNow)); }
  json only_item() const {
    const auto history = document()["history"];
    EXPECT_EQ(history.size(), 1u);
    return history.at(0);
  }
  void live() { board.state({FeedState::live, kNow - minutes{5}, {}}); }

  FeedBoard board{{{"binance", "BTCUSDT"}, {"binance", "ETHUSDT"}}};
};

TEST_F(FeedBoardTest, EveryStateHasASentence) {
  for (const FeedState state : {FeedState::connecting, FeedState::live, FeedState::backfilling, FeedState::stale,
                                FeedState::down, FeedState::refused, FeedState::stopped}) {
    for (const std::string& said : {std::string{}, std::string{"no answer within 5 s"}}) {
      board.state({state, kNow, said});
      const auto feed = document()["feed"];
      const std::string detail = feed["detail"];
      ASSERT_FALSE(detail.empty()) << exchange::name(state);
      EXPECT_TRUE(std::isupper(static_cast<unsigned char>(detail.front()))) << detail;
      EXPECT_EQ(detail.back(), '.') << detail;
      EXPECT_EQ(feed["since"], to_ms(kNow));
    }
  }
}

TEST_F(FeedBoardTest, SaysOfALiveFeedOnlyWhatStaysTrue) {
  live();
  EXPECT_EQ(board.detail(), "The feed follows 2 instruments and hears from the exchange.");
  EXPECT_EQ(document()["feed"]["last_message"], nullptr);
  board.heard(kNow);
  EXPECT_EQ(document()["feed"]["last_message"], to_ms(kNow));
  EXPECT_EQ(board.detail(), "The feed follows 2 instruments and hears from the exchange.");
}

TEST_F(FeedBoardTest, AFeedThatIsDownSinceAnEarlierRunSaysWhenItWasHeardLast) {
  board.heard(kNow - minutes{15});
  board.state({FeedState::connecting, kNow, {}});
  EXPECT_EQ(document()["feed"]["since"], to_ms(kNow - minutes{15}));
  board.state({FeedState::down, kNow + minutes{1}, "nobody listens there"});
  EXPECT_EQ(document()["feed"]["since"], to_ms(kNow - minutes{15}));
  EXPECT_EQ(document()["feed"]["last_message"], to_ms(kNow - minutes{15}));
  board.state({FeedState::live, kNow + minutes{2}, {}});
  EXPECT_EQ(document()["feed"]["since"], to_ms(kNow + minutes{2}));
  board.state({FeedState::down, kNow + minutes{3}, "gone"});
  EXPECT_EQ(document()["feed"]["since"], to_ms(kNow + minutes{3})) << "this process saw it alive until then";
}

TEST_F(FeedBoardTest, MakesASentenceOfWhatTheFeedSays) {
  board.state({FeedState::down, kNow, "the exchange ended the connection (1006)"});
  EXPECT_EQ(board.detail(), "The exchange ended the connection (1006).");
  EXPECT_EQ(document()["feed"]["state"], "down");
  board.state({FeedState::down, kNow, "localhost:18401: the certificate is not trusted"});
  EXPECT_EQ(board.detail(), "localhost:18401: the certificate is not trusted.") << "a host is written as it is";
  board.state({FeedState::refused, kNow, "Not here."});
  EXPECT_EQ(board.detail(), "Not here.");
  EXPECT_EQ(document()["feed"]["state"], "down") << "the contract has no word for a refusal but its detail";
}

TEST_F(FeedBoardTest, NamesWhatTheVenueDoesNotListAndCountsItNot) {
  live();
  board.unknown({"'ETHUSDT' is not listed at binance and not followed."});
  EXPECT_EQ(board.detail(),
            "The feed follows 1 instrument and hears from the exchange. 'ETHUSDT' is not listed at binance and not "
            "followed.");
}

TEST_F(FeedBoardTest, ASeriesWaitsRunsFailsAndIsDone) {
  live();
  board.history(0, Timeframe::m1, {.state = HistoryStatus::State::queued});
  EXPECT_EQ(only_item()["state"], "queued");
  EXPECT_EQ(only_item()["oldest"], nullptr);
  EXPECT_EQ(only_item()["progress"], 0);

  board.history(0, Timeframe::m1, {.state = HistoryStatus::State::running});
  // The first page tells where the series begins: from then on the share of the way to the goal is known.
  board.progress(0, Timeframe::m1, kNow, kNow - days{10}, false);
  board.progress(0, Timeframe::m1, kNow - days{4}, kNow - days{10}, false);
  EXPECT_EQ(only_item()["state"], "running");
  EXPECT_DOUBLE_EQ(only_item()["progress"], 0.4);
  EXPECT_EQ(only_item()["detail"], nullptr);

  board.history(0, Timeframe::m1,
                {HistoryStatus::State::failed, "the exchange answered HTTP 500", from_ms(1'700'000'060'000)});
  EXPECT_EQ(only_item()["state"], "failed");
  EXPECT_EQ(only_item()["detail"], "The exchange answered HTTP 500. The next try is at 2023-11-14T22:14:20Z.");
  EXPECT_DOUBLE_EQ(only_item()["progress"], 0.4) << "what was fetched stays";
  EXPECT_EQ(board.backfill(0, Timeframe::m1), BackfillState::running) << "it is tried again";

  board.history(0, Timeframe::m1, {.state = HistoryStatus::State::running});
  EXPECT_EQ(only_item()["detail"], nullptr);
  board.progress(0, Timeframe::m1, kNow - days{10}, kNow - days{10}, true);
  board.history(0, Timeframe::m1, {.state = HistoryStatus::State::done});
  EXPECT_EQ(only_item()["state"], "done");
  EXPECT_EQ(only_item()["progress"], 1);
  EXPECT_EQ(board.backfill(0, Timeframe::m1), BackfillState::idle);
}

TEST_F(FeedBoardTest, ProgressBeginsWithWhatIsStored) {
  live();
  board.progress(0, Timeframe::m1, kNow - days{4}, kNow - days{10}, false);
  board.history(0, Timeframe::m1, {.state = HistoryStatus::State::queued, .stored_share = 0.3});
  EXPECT_DOUBLE_EQ(only_item()["progress"], 0.3);
  EXPECT_EQ(only_item()["oldest"], to_ms(kNow - days{4}));
}

TEST_F(FeedBoardTest, ASeriesThatWasGivenUpIsFetchedByNobody) {
  live();
  board.history(1, Timeframe::h1, {.state = HistoryStatus::State::failed, .detail = "code -1121: Invalid symbol."});
  EXPECT_EQ(only_item()["symbol"], "ETHUSDT");
  EXPECT_EQ(only_item()["state"], "failed");
  EXPECT_EQ(only_item()["detail"], "Code -1121: Invalid symbol. It is not tried again before the next start.");
  EXPECT_EQ(board.backfill(1, Timeframe::h1), BackfillState::none);
}

TEST_F(FeedBoardTest, AChartsRequestRunsUntilItsPageCame) {
  live();
  const Timestamp goal = kNow - days{730};
  board.progress(0, Timeframe::h1, goal, goal, true);
  EXPECT_EQ(board.backfill(0, Timeframe::h4), BackfillState::idle) << "4h is folded from 1h";
  board.asked(0, Timeframe::h1);
  EXPECT_EQ(board.backfill(0, Timeframe::h4), BackfillState::running);
  board.progress(0, Timeframe::h1, goal - days{40}, goal - days{40}, false);
  EXPECT_EQ(board.backfill(0, Timeframe::h4), BackfillState::idle);
  board.asked(0, Timeframe::h1);
  board.progress(0, Timeframe::h1, goal - days{40}, goal - days{40}, true);  // the venue has no more
  EXPECT_EQ(board.backfill(0, Timeframe::h4), BackfillState::done);
}

TEST_F(FeedBoardTest, NobodyFetchesWhileTheFeedIsDown) {
  board.state({FeedState::down, kNow, {}});
  EXPECT_EQ(board.backfill(0, Timeframe::m1), BackfillState::none);
  live();
  EXPECT_EQ(board.backfill(0, Timeframe::m1), BackfillState::running) << "its turn will come";
}

TEST_F(FeedBoardTest, ListsSeriesInTheOrderInWhichTheyAreFetched) {
  board.history(1, Timeframe::h1, {});
  board.history(0, Timeframe::h1, {});
  board.history(1, Timeframe::m1, {});
  board.history(0, Timeframe::m1, {});
  std::string order;
  for (const auto& item : document()["history"]) {
    order += item["symbol"].get<std::string>().substr(0, 3) + " " + item["timeframe"].get<std::string>() + ", ";
  }
  EXPECT_EQ(order, "BTC 1m, ETH 1m, BTC 1h, ETH 1h, ");
}

}  // namespace
}  // namespace cw::app
