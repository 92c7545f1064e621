#include "evaluation/live_series.h"

#include <gtest/gtest.h>

#include <cmath>

#include "candle_store/store_story.h"
#include "evaluation/evaluate.h"
#include "indicators/testing.h"

namespace cw::evaluation {
namespace {

using candle_store::bar_at;
using candle_store::bars;
using candle_store::kBtc1m;
using candle_store::kEth1m;
using indicators::testing::same_bits;
using market::Timeframe;

const expr::Context kEthMinutes{kEth1m.instrument.text(), Timeframe::m1};

/// A store with the first bars of both symbols, the texts that are watched, and what `evaluate` says over all bars.
class LiveSeriesTest : public testing::Test {
 protected:
  static constexpr std::int64_t kStored = 200;
  static constexpr std::int64_t kAll = 260;

  LiveSeriesTest() {
    EXPECT_TRUE(store->put_history(kBtc1m, bars(0, kStored).view()));
    EXPECT_TRUE(store->put_history(kEth1m, bars(0, kStored, 7).view()));
  }

  LiveRequest request() const {
    return {.instrument = kBtc1m.instrument, .timeframe = Timeframe::m1, .texts = texts, .find_symbol = find};
  }
  LivePlan prepare() {
    auto plan = prepare_live([this](const market::InstrumentId&) -> const candle_store::CandleStore& { return *store; },
                             request());
    EXPECT_TRUE(plan) << plan.error().message;
    return std::move(*plan);
  }
  /// The minutes [from, to) close, each of the other symbol before the one of its own.
  static void close(LiveSeries& live, std::int64_t from, std::int64_t to) {
    for (auto minute = from; minute < to; ++minute) {
      live.other_closed(kEthMinutes, bar_at(minute, 7));
      (void)live.closed(bar_at(minute));
    }
  }
  /// Values of all texts as of the last of all bars, by `evaluate` over a store that has them all.
  std::vector<double> truth() {
    candle_store::StoreStory whole;
    EXPECT_TRUE(whole->put_history(kBtc1m, bars(0, kAll).view()));
    EXPECT_TRUE(whole->put_history(kEth1m, bars(0, kAll, 7).view()));
    std::vector<double> values;
    for (const LiveText& text : texts) {
      const std::vector<std::string> one{text.text};
      const auto program =
          compile_program(one, Timeframe::m1,
                          {.symbol = kBtc1m.instrument, .seed = text.seed, .inputs = text.inputs, .find_symbol = find});
      EXPECT_TRUE(program);
      const auto rows = stored_bars(*whole, kBtc1m.instrument, Timeframe::m1, Timestamp{}, from_ms(kLatestMs));
      std::vector<double> last;
      const auto keep = [&](const market::CandleSpan& span, std::span<const double* const> columns) {
        last.clear();
        for (const double* column : columns) last.push_back(column[span.size() - 1]);
        return true;
      };
      EvaluationContext context;
      context.store_of = [&whole](const market::InstrumentId&) -> const candle_store::CandleStore& { return *whole; };
      EXPECT_TRUE(evaluate(*program, *rows, Timestamp{}, keep, context));
      values.insert(values.end(), last.begin(), last.end());
    }
    return values;
  }
  void expect_truth(const LiveSeries& live) {
    const auto wanted = truth();
    ASSERT_EQ(live.plan().values.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      EXPECT_TRUE(same_bits(live.plan().values[i], wanted[i]))
          << "value " << i << ": " << live.plan().values[i] << " and " << wanted[i];
    }
  }

  static std::optional<market::InstrumentId> find(std::string_view name) {
    return name == "ETHUSDT" ? std::optional{kEth1m.instrument} : std::nullopt;
  }
  candle_store::StoreStory store;
  std::vector<LiveText> texts{{"ta.ema(close, 9)"},
                              {"n = input.int(5, \"Length\")\nta.sma(close, n)", {{"Length", 12.0}}},
                              {"[m, s, h] = ta.macd(close, 5, 9, 3)\nplot(m)\nplot(h)", {}, indicators::Seed::pine},
                              {"close / request.security(\"ETHUSDT\", \"1\", ta.ema(close, 4))"},
                              {"request.security(\"15m\", ta.ema(close, 2))"}};
};

TEST_F(LiveSeriesTest, GoesOnFromTheStoreToTheBitsOfHistory) {
  LiveSeries live;
  live.expect_plan();
  ASSERT_TRUE(live.adopt(prepare()));
  EXPECT_EQ(live.plan().first_bar, bar_at(0).open_time);
  EXPECT_EQ(live.plan().last_bar, bar_at(kStored - 1).open_time);
  close(live, kStored, kAll);
  expect_truth(live);
}

TEST_F(LiveSeriesTest, TakesInWhatClosedWhileItsPlanWasPrepared) {
  LiveSeries live;
  live.expect_plan();
  auto plan = prepare();
  close(live, kStored - 5, kAll - 10);  // the first of them are stored already
  EXPECT_FALSE(live.has_plan());
  ASSERT_TRUE(live.adopt(std::move(plan)));
  close(live, kAll - 10, kAll);
  expect_truth(live);
}

// As in the server: a bar is stored before it is told, so what was told before the plan was wanted is in the store.
TEST_F(LiveSeriesTest, ANewPlanTakesOverFromTheOldOne) {
  LiveSeries live;
  live.expect_plan();
  const auto all = texts;
  texts.resize(1);
  ASSERT_TRUE(live.adopt(prepare()));
  ASSERT_TRUE(store->put_history(kBtc1m, bars(kStored, kStored + 20).view()));
  ASSERT_TRUE(store->put_history(kEth1m, bars(kStored, kStored + 20, 7).view()));
  close(live, kStored, kStored + 20);
  texts = all;
  live.expect_plan();
  auto plan = prepare();
  close(live, kStored + 20, kStored + 30);
  ASSERT_TRUE(live.adopt(std::move(plan)));
  close(live, kStored + 30, kAll);
  expect_truth(live);
}

TEST_F(LiveSeriesTest, PeeksWithoutATraceAndOnlyAhead) {
  LiveSeries live;
  live.expect_plan();
  ASSERT_TRUE(live.adopt(prepare()));
  const auto next = bar_at(kStored);
  const market::FormingCandle forming{next.open_time, 1, 2, 0.5, 1.5, 9, next.open_time};
  EXPECT_TRUE(live.peek(forming));
  EXPECT_FALSE(live.peek({bar_at(kStored - 1).open_time, 1, 2, 0.5, 1.5, 9, next.open_time}));
  close(live, kStored, kAll);
  expect_truth(live);
}

TEST_F(LiveSeriesTest, SaysWhenBarsThatItKeptWereTooMany) {
  LiveSeries live;
  live.expect_plan();
  auto plan = prepare();
  close(live, kStored, kStored + static_cast<std::int64_t>(LiveSeries::kKeptMost) + 1);
  EXPECT_FALSE(live.adopt(std::move(plan))) << "it has to be prepared again";
}

TEST_F(LiveSeriesTest, RefusesATextThatDoesNotCompile) {
  texts = {{"ta.emaa(close, 9)"}};
  const auto plan = prepare_live(
      [this](const market::InstrumentId&) -> const candle_store::CandleStore& { return *store; }, request());
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, Errc::bad_expression);
}

TEST_F(LiveSeriesTest, SaysOfTextsWhetherTheyGoTogether) {
  EXPECT_TRUE(assemble_live(request()));
  // Each is sound; together they are more outputs than a plan has.
  std::string many;
  for (int i = 0; i < 32; ++i) many += "plot(close + " + std::to_string(i) + ", \"p" + std::to_string(i) + "\")\n";
  texts.clear();
  for (int i = 0; i < 33; ++i) texts.push_back({many + "plot(open * " + std::to_string(i) + ")", {}});
  for (auto& text : texts) text.text.erase(0, text.text.find('\n') + 1);  // 32 plots each
  const auto plan = assemble_live(request());
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().code, Errc::limit_exceeded);
}

}  // namespace
}  // namespace cw::evaluation
