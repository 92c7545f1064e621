#include "evaluation/screen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "candle_store/store_story.h"

namespace cw::evaluation {
namespace {

using candle_store::kMinute;
using candle_store::kStart;
using market::Timeframe;

/// Symbols whose closes a test chooses, a minute each.
struct Screened : ::testing::Test {
  void put(const std::string& symbol, const std::vector<double>& prices, Timeframe timeframe = Timeframe::m1) {
    const market::InstrumentId id{"binance", symbol};
    market::CandleColumns rows;
    const auto step = market::duration(timeframe).count();
    for (std::size_t i = 0; i < prices.size(); ++i) {
      rows.push_back({from_ms(kStart + static_cast<std::int64_t>(i) * step), prices[i], prices[i], prices[i], prices[i],
                      static_cast<double>(i)});
    }
    ASSERT_TRUE(story->put_history({id, timeframe}, rows.view()));
    instruments.push_back({id, {}, {}});
  }
  ScreenContext context() {
    return {.store_of = [this](const market::InstrumentId&) -> const candle_store::CandleStore& { return *story; },
            .find_symbol = {}};
  }
  std::expected<ScreenAnswer, ScreenFault> ask(std::vector<std::string> texts, std::string sort = {}) {
    return screen(context(), instruments,
                  {.timeframe = Timeframe::m1, .texts = std::move(texts), .sort = std::move(sort)});
  }
  /// The symbols that are left, in order.
  std::vector<std::string> left(std::vector<std::string> texts, std::string sort = {}) {
    std::vector<std::string> symbols;
    const auto answer = ask(std::move(texts), std::move(sort));
    EXPECT_TRUE(answer) << answer.error().error.message;
    if (answer) {
      for (const auto& row : answer->rows) symbols.push_back(row.instrument.symbol);
    }
    return symbols;
  }
  std::string fault(std::vector<std::string> texts, std::string sort = {}) {
    const auto answer = ask(std::move(texts), std::move(sort));
    return answer ? "none" : std::string{code_name(answer.error().error.code)} + ' ' + answer.error().error.field;
  }

  candle_store::StoreStory story;
  std::vector<market::Instrument> instruments;
};

TEST_F(Screened, ABoolFiltersAndANumberIsAColumn) {
  put("AAA", {1, 2, 3});
  put("BBB", {3, 2, 1});
  put("CCC", {2, 2, 5});
  const auto answer = ask({"close > close[1]", "close * 10"});
  ASSERT_TRUE(answer) << answer.error().error.message;
  ASSERT_EQ(answer->rows.size(), 2U);
  EXPECT_EQ(answer->rows[0].instrument.symbol, "AAA") << "by symbol where nothing sorts";
  EXPECT_EQ(answer->rows[0].values, (std::vector<double>{30}));
  EXPECT_EQ(answer->rows[0].price, 3);
  EXPECT_EQ(answer->rows[0].time, from_ms(kStart + 2 * kMinute));
  EXPECT_EQ(answer->rows[1].values, (std::vector<double>{50}));
  EXPECT_EQ(answer->screened, 3U);
  EXPECT_EQ(answer->newest_bar, from_ms(kStart + 2 * kMinute));
  ASSERT_EQ(answer->filters.size(), 1U);
  ASSERT_EQ(answer->columns.size(), 1U);
  EXPECT_EQ(answer->columns[0].text, 1U);
}

TEST_F(Screened, SortsByANumberATitleOrAText) {
  put("AAA", {1, 5});
  put("BBB", {1, 7});
  put("CCC", {1, 6});
  EXPECT_THAT(left({"close"}, "1"), ::testing::ElementsAre("BBB", "CCC", "AAA"));
  EXPECT_THAT(left({"close"}, "1 desc"), ::testing::ElementsAre("BBB", "CCC", "AAA"));
  EXPECT_THAT(left({"close"}, "1 asc"), ::testing::ElementsAre("AAA", "CCC", "BBB"));
  EXPECT_THAT(left({"close > 5", "plot(close, \"last price\")"}, "last price asc"),
              ::testing::ElementsAre("CCC", "BBB"));
  EXPECT_THAT(left({"close > 5", "close"}, "expr2 asc"), ::testing::ElementsAre("CCC", "BBB"));
  EXPECT_THAT(left({"close"}), ::testing::ElementsAre("AAA", "BBB", "CCC"));
}

TEST_F(Screened, WhatHasNoValueComesLastAndEqualsBySymbol) {
  put("AAA", {1});
  put("BBB", {1, 3});
  put("CCC", {1, 2});
  put("DDD", {1});
  for (const char* way : {"1 asc", "1 desc"}) {
    const auto symbols = left({"close - close[1]"}, way);
    EXPECT_THAT(std::vector(symbols.begin() + 2, symbols.end()), ::testing::ElementsAre("AAA", "DDD")) << way;
  }
  EXPECT_TRUE(left({"close > close[1]"}) == (std::vector<std::string>{"BBB", "CCC"})) << "no value is not true";
}

TEST_F(Screened, LeavesOutSymbolsWithoutSuchBarsAndSaysWhy) {
  put("AAA", {1, 2});
  put("DAILY", {1, 2}, Timeframe::d1);
  const auto answer = ask({"close"});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->rows.size(), 1U);
  ASSERT_EQ(answer->skipped.size(), 1U);
  EXPECT_EQ(answer->skipped[0].instrument.symbol, "DAILY");
  EXPECT_THAT(answer->skipped[0].reason, ::testing::HasSubstr("1m"));
}

TEST_F(Screened, RefusesATextThatCompilesForNoSymbolWithItsPlace) {
  put("AAA", {1, 2});
  const auto answer = ask({"close", "clsoe > 1"});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().error.code, Errc::bad_expression);
  ASSERT_TRUE(answer.error().refusal);
  EXPECT_EQ(answer.error().refusal->expression, 1U);
  EXPECT_EQ(answer.error().refusal->diagnostic.column, 1U);
}

TEST_F(Screened, RefusesWhatItCannotSortByAndTooMuch) {
  put("AAA", {1, 2});
  EXPECT_EQ(fault({"close"}, "2"), "bad_parameter sort");
  EXPECT_EQ(fault({"close"}, "nothing desc"), "bad_parameter sort");
  EXPECT_EQ(fault({"close > 1"}, "1"), "bad_parameter sort") << "a filter is no column";
  EXPECT_EQ(fault({}), "bad_parameter expr");
  EXPECT_EQ(fault(std::vector<std::string>(kExpressionsMost + 1, "close")), "bad_parameter expr");
}

TEST_F(Screened, IsBoundedByItsWorkBeforeAnyBarIsRead) {
  put("AAA", std::vector<double>(100, 1.0));
  auto bounded = context();
  bounded.work_most = 50;
  const auto answer = screen(bounded, instruments, {.timeframe = Timeframe::m1, .texts = {"close"}});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().error.code, Errc::limit_exceeded);
}

TEST_F(Screened, EndsWhenItIsCancelled) {
  put("AAA", {1, 2});
  put("BBB", {1, 2});
  auto asked = context();
  asked.cancelled = [count = 0]() mutable { return ++count > 1; };
  const auto answer = screen(asked, instruments, {.timeframe = Timeframe::m1, .texts = {"close"}});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().error.code, Errc::cancelled);
}

TEST_F(Screened, NoSymbolsGiveNoRows) {
  const auto answer = ask({"close"});
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->rows.empty());
  EXPECT_EQ(answer->screened, 0U);
  EXPECT_FALSE(answer->newest_bar);
  EXPECT_EQ(fault({"clsoe"}), "bad_expression expr") << "also where there is nothing to look at";
}

}  // namespace
}  // namespace cw::evaluation
