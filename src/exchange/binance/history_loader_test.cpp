#include "exchange/binance/history_loader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/number.h"
#include "exchange/binance/stub_exchange.h"

namespace cw::exchange::binance {
namespace {

using market::Timeframe;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr Timestamp kNow = from_ms(1'700'000'040'000 + 10'000);  // ten seconds into a minute

struct Kept final : HistorySink {
  struct Page {
    FollowedIndex instrument;
    Timeframe timeframe;
    Timestamp first, last;
    std::size_t rows;
  };
  std::vector<Page> pages;
  std::size_t done = 0;
  std::vector<std::pair<FollowedIndex, HistoryStatus>> said;
  void on_history(FollowedIndex instrument, Timeframe timeframe, const market::CandleSpan& rows) override {
    pages.push_back({instrument, timeframe, rows[0].open_time, rows[rows.size() - 1].open_time, rows.size()});
  }
  void on_history_progress(FollowedIndex, Timeframe, Timestamp, Timestamp, bool is_done) override { done += is_done; }
  void on_history_status(FollowedIndex instrument, Timeframe, const HistoryStatus& status) override {
    if (!said.empty() && said.back() == std::pair{instrument, status}) return;
    said.emplace_back(instrument, status);
  }
  /// The states that were said of an instrument, repeats left out.
  std::vector<HistoryStatus::State> states(FollowedIndex instrument) const {
    std::vector<HistoryStatus::State> states;
    for (const auto& [whose, status] : said) {
      if (whose == instrument && (states.empty() || states.back() != status.state)) states.push_back(status.state);
    }
    return states;
  }
};

struct CountingLogger final : Logger {
  int failures = 0;
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField>) override {
    failures += level >= LogLevel::warn && event == "history_fetch_failed";
  }
};

// A venue whose history begins at `first`, one bar for every step of a timeframe.
struct Story {
  CountingLogger logger;
  net::SimRuntime runtime{logger, {.start = kNow}};
  Metrics metrics;
  RestShared shared;
  Kept kept;
  Timestamp first = kNow - days{3'000};
  int used_weight = 0;
  std::unique_ptr<StubExchange> exchange;
  std::unique_ptr<HistoryLoader> loader;

  explicit Story(HistoryOptions options) {
    exchange = std::make_unique<StubExchange>(runtime);
    exchange->answer = [this](const net::HttpRequest& request) { return rows(request); };
    options.rest_url = "http://exchange:80";
    loader = std::move(*HistoryLoader::make(runtime, std::move(options), kept, shared, metrics, 7));
    runtime.spawn("history", loader->run());
  }

  ~Story() {
    loader->stop();
    runtime.run_for(Millis{5'000});
  }

  net::HttpResponse rows(const net::HttpRequest& request) {
    const Timeframe timeframe = *market::parse_timeframe(*request.query("interval"));
    const Millis step = market::duration(timeframe);
    const Timestamp end = from_ms(*parse_int(*request.query("endTime")));
    std::vector<std::string> newest_first;
    for (Timestamp open = market::open_of(timeframe, end); open >= first && newest_first.size() < 1'000; open -= step) {
      newest_first.push_back(
          fmt::format(R"([{0},"5","5","5","5","1",{1},"1",1,"1","1","0"])", to_ms(open), to_ms(open + step) - 1));
    }
    std::string body = "[";
    for (auto row = newest_first.rbegin(); row != newest_first.rend(); ++row)
      body += (body.size() > 1 ? "," : "") + *row;
    net::HttpResponse response{.body = body + "]"};
    response.fields.set("X-MBX-USED-WEIGHT-1M", std::to_string(used_weight));
    return response;
  }
};

TEST(HistoryLoader, FetchesTheNewestPageOfEverySeriesFirst) {
  Story story({.symbols = {"A", "B"}, .goals = {{Timeframe::m1, days{2}}, {Timeframe::h1, days{60}}}});
  story.runtime.run_for(minutes{1});
  const auto& pages = story.kept.pages;
  ASSERT_EQ(pages.size(), 2u * 3u + 2u * 2u);  // 2,880 minutes and 1,440 hours, 1,000 bars a page
  for (int i = 0; i < 4; ++i) EXPECT_GT(pages[i].last, kNow - hours{2}) << i;
  EXPECT_EQ(pages[0].last, market::open_of(Timeframe::m1, kNow) - minutes{1}) << "the bar under way is not history";
  EXPECT_EQ(pages[0].rows, 999u);
  for (const Kept::Page& page : pages) {
    EXPECT_GE(page.first, page.timeframe == Timeframe::m1 ? kNow - days{2} - minutes{1} : kNow - days{60} - hours{1});
  }
  EXPECT_EQ(story.kept.done, 4u);
  EXPECT_TRUE(story.loader->is_complete());
}

TEST(HistoryLoader, EndsWhereTheVenueHasNoMore) {
  Story story({.symbols = {"A"}, .goals = {{Timeframe::d1, std::nullopt}}});
  story.first = market::open_of(Timeframe::d1, kNow) - days{1'500};
  story.runtime.run_for(minutes{1});
  std::size_t rows = 0;
  for (const Kept::Page& page : story.kept.pages) rows += page.rows;
  EXPECT_EQ(rows, 1'500u);
  EXPECT_TRUE(story.loader->is_complete());
}

TEST(HistoryLoader, SkipsWhatIsStored) {
  const HistoryCoverage stored{market::open_of(Timeframe::h1, kNow - hours{40}),
                               market::open_of(Timeframe::h1, kNow - hours{5})};
  Story story({.symbols = {"A"}, .goals = {{Timeframe::h1, hours{50}}}, .coverage = [&](FollowedIndex, Timeframe) {
                 return stored;
               }});
  story.runtime.run_for(minutes{1});
  const auto& pages = story.kept.pages;
  ASSERT_EQ(pages.size(), 2u);
  EXPECT_EQ(pages[0].first, stored.last + hours{1});
  EXPECT_EQ(pages[1].last, stored.first - hours{1});
  EXPECT_EQ(pages[1].first, market::open_of(Timeframe::h1, kNow - hours{50}));
}

TEST(HistoryLoader, ServesAChartFirstAndMergesItsRequests) {
  Story story({.symbols = {"A"}, .goals = {{Timeframe::m1, days{30}}}});
  story.loader->request_older(0, Timeframe::h4, kNow - days{100});
  story.loader->request_older(0, Timeframe::h4, kNow - days{120});
  story.runtime.run_for(minutes{1});
  ASSERT_GT(story.kept.pages.size(), 2u);
  EXPECT_EQ(story.kept.pages[0].timeframe, Timeframe::h4);
  EXPECT_LT(story.kept.pages[0].last, kNow - days{120});
  EXPECT_EQ(story.kept.pages[1].timeframe, Timeframe::m1);
}

TEST(HistoryLoader, FetchesNothingWhileThereIsNoRoomForIt) {
  bool room = false;
  Story story({.symbols = {"A"}, .goals = {{Timeframe::h1, days{60}}}, .has_room = [&] { return room; }});
  story.runtime.run_for(minutes{10});
  EXPECT_TRUE(story.kept.pages.empty());
  EXPECT_FALSE(story.loader->is_complete());
  room = true;
  story.runtime.run_for(minutes{1});
  EXPECT_EQ(story.kept.pages.size(), 2u);
  EXPECT_TRUE(story.loader->is_complete());
}

TEST(HistoryLoader, BoundsTheRequestsThatWait) {
  std::vector<std::string> symbols;
  for (int i = 0; i < 100; ++i) symbols.push_back("S" + std::to_string(i));
  Story story({.symbols = symbols, .goals = {}});
  std::size_t taken = 0;
  for (FollowedIndex i = 0; i < 100; ++i) taken += story.loader->request_older(i, Timeframe::d1, kNow);
  EXPECT_EQ(taken, HistoryLoader::kRequestsMost);
}

TEST(HistoryLoader, LeavesHalfOfTheWeightToWhatIsLive) {
  Story story({.symbols = {"A"}, .goals = {{Timeframe::m1, days{30}}}});
  story.used_weight = 2'999;  // of 6,000: nothing more in this minute
  story.runtime.run_for(minutes{5});
  EXPECT_LE(story.exchange->asked.size(), 8u);
  for (std::size_t i = 3; i < story.exchange->asked.size(); ++i) {
    EXPECT_GE(story.exchange->asked[i].first - story.exchange->asked[i - 1].first, minutes{1});
  }
}

TEST(HistoryLoader, GoesOnWithoutASeriesThatTheVenueDoesNotKnow) {
  Story story({.symbols = {"A", "B"}, .goals = {{Timeframe::h1, hours{10}}}});
  story.exchange->answer = [&](const net::HttpRequest& request) {
    if (request.query("symbol") == "A") {
      return net::HttpResponse{.status = 400, .body = R"({"code":-1121,"msg":"Invalid symbol."})"};
    }
    return story.rows(request);
  };
  story.runtime.run_for(minutes{2});
  ASSERT_EQ(story.kept.pages.size(), 1u);
  EXPECT_EQ(story.kept.pages[0].instrument, 1u);
  EXPECT_TRUE(story.loader->is_complete());
}

TEST(HistoryLoader, TriesAgainAfterAFailure) {
  Story story({.symbols = {"A"}, .goals = {{Timeframe::h1, hours{10}}}});
  int failures = 3;
  story.exchange->answer = [&](const net::HttpRequest& request) {
    if (failures-- > 0) return net::HttpResponse{.status = 502};
    return story.rows(request);
  };
  story.runtime.run_for(minutes{2});
  EXPECT_TRUE(story.loader->is_complete());
  EXPECT_EQ(story.kept.pages.size(), 1u);
}

TEST(HistoryLoader, SaysOfEachSeriesWhetherItWaitsRunsOrIsDone) {
  using enum HistoryStatus::State;
  Story story({.symbols = {"A", "B"}, .goals = {{Timeframe::m1, days{1}}}});
  story.runtime.run_for(minutes{1});
  EXPECT_EQ(story.kept.states(0), (std::vector{queued, running, done}));
  EXPECT_EQ(story.kept.states(1), (std::vector{queued, running, done}));
  // Both wait at first: B is not said to run before A's first page has come.
  EXPECT_EQ(story.kept.said[0], (std::pair<FollowedIndex, HistoryStatus>{0, {queued, {}, {}}}));
  EXPECT_EQ(story.kept.said[1], (std::pair<FollowedIndex, HistoryStatus>{1, {queued, {}, {}}}));
  EXPECT_EQ(story.kept.said[2], (std::pair<FollowedIndex, HistoryStatus>{0, {running, {}, {}}}));
}

TEST(HistoryLoader, SaysWhyARequestFailedAndWhenItIsMadeAgain) {
  using enum HistoryStatus::State;
  Story story({.symbols = {"A"}, .goals = {{Timeframe::h1, hours{50}}}});
  int failures = 1;
  story.exchange->answer = [&](const net::HttpRequest& request) {
    if (request.path() == "/api/v3/klines" && failures-- > 0) return net::HttpResponse{.status = 500};
    return story.rows(request);
  };
  story.runtime.run_for(minutes{1});
  EXPECT_EQ(story.kept.states(0), (std::vector{queued, running, failed, running, done}));
  const HistoryStatus& failure = story.kept.said[2].second;
  EXPECT_EQ(failure.detail, "the exchange answered HTTP 500");
  ASSERT_TRUE(failure.next_try);
  EXPECT_GE(*failure.next_try, kNow);
  EXPECT_LE(*failure.next_try, kNow + Millis{2'000}) << "the first wait is at most a second";
}

TEST(HistoryLoader, SaysOfWhatIsStoredInPartHowMuchItIs) {
  // Wanted are 100 hours up to now; stored are those from 80 hours ago on until 20 hours ago: 60 of 100.
  const Timestamp now_hour = market::open_of(Timeframe::h1, kNow);
  HistoryOptions options{.symbols = {"A"}, .goals = {{Timeframe::h1, hours{100}}}};
  options.coverage = [&](FollowedIndex, Timeframe) {
    return HistoryCoverage{now_hour - hours{80}, now_hour - hours{21}};
  };
  Story story(std::move(options));
  story.exchange->answer = [](const net::HttpRequest&) { return net::HttpResponse{.status = 500}; };
  story.runtime.run_for(minutes{1});
  for (const auto& [whose, status] : story.kept.said) {
    ASSERT_TRUE(status.stored_share);
    EXPECT_NEAR(*status.stored_share, 0.6, 0.01);
  }
}

TEST(HistoryLoader, ARowOfFailuresIsLoggedAtMostOnceAMinuteAndAStopNotAtAll) {
  Story story({.symbols = {"A"}, .goals = {{Timeframe::h1, hours{50}}}});
  int asked = 0;
  story.exchange->answer = [&](const net::HttpRequest&) {
    ++asked;
    return net::HttpResponse{.status = 500};
  };
  story.runtime.run_for(Millis{50'000});
  EXPECT_GT(asked, 3);
  EXPECT_EQ(story.logger.failures, 1);
  story.runtime.run_for(minutes{10});
  EXPECT_GT(story.logger.failures, 4);
  EXPECT_LE(story.logger.failures, 11);
}

TEST(HistoryLoader, ASeriesThatTheVenueDoesNotKnowFailsForGood) {
  using enum HistoryStatus::State;
  Story story({.symbols = {"A", "B"}, .goals = {{Timeframe::h1, hours{50}}}});
  story.exchange->answer = [&](const net::HttpRequest& request) {
    if (request.query("symbol") != "A") return story.rows(request);
    return net::HttpResponse{.status = 400, .body = R"({"code":-1121,"msg":"Invalid symbol."})"};
  };
  story.runtime.run_for(minutes{1});
  EXPECT_EQ(story.kept.states(0), (std::vector{queued, running, failed}));
  EXPECT_EQ(story.kept.states(1).back(), done);
  EXPECT_EQ(story.kept.done, 1u) << "B alone: nothing of A was fetched";
  const auto failure = std::ranges::find(story.kept.said, failed, [](const auto& one) { return one.second.state; });
  EXPECT_EQ(failure->second.next_try, std::nullopt);
  EXPECT_EQ(failure->second.detail, "the exchange answered HTTP 400, code -1121: Invalid symbol.");
}

TEST(HistoryLoader, AChartsRequestWaitsRunsAndIsDone) {
  using enum HistoryStatus::State;
  Story story({.symbols = {"A"}, .goals = {}});
  story.runtime.run_for(minutes{1});
  EXPECT_TRUE(story.kept.said.empty());
  story.loader->request_older(0, Timeframe::h4, kNow - days{100});
  EXPECT_EQ(story.kept.states(0), (std::vector{queued}));
  story.runtime.run_for(minutes{1});
  EXPECT_EQ(story.kept.states(0), (std::vector{queued, running, done}));
}

}  // namespace
}  // namespace cw::exchange::binance
