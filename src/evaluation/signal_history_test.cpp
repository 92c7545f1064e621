#include "evaluation/signal_history.h"

#include <bit>
#include <cmath>

#include <gtest/gtest.h>

#include "evaluation/signal_story.h"
#include "market/fold_ladder.h"

namespace cw::evaluation {
namespace {

using candle_store::kStart;
using market::Candle;
using market::Timeframe;
using signals::Signal;
using testing::kSymbol;
using testing::minutes;
using testing::rules;

struct SignalHistory : ::testing::Test {
  void put(const std::vector<Candle>& bars, Timeframe timeframe) {
    market::CandleColumns rows;
    for (const auto& bar : bars) rows.push_back(bar);
    ASSERT_TRUE(story->put_history({kSymbol, timeframe}, rows.view()));
  }
  /// As the desk gives them: minute by minute, the longer bars folded.
  static std::vector<Signal> live(const std::vector<Candle>& bars) {
    signals::SymbolSignals symbol(rules());
    std::vector<Signal> told;
    const signals::SymbolSignals::Sink sink{[&](const Signal& signal) { told.push_back(signal); }, {}};
    market::FoldLadder ladder;
    for (const auto& bar : bars) {
      ladder.step(
          bar, [&](Timeframe timeframe, const market::FoldedCandle& folded) { symbol.closed(timeframe, folded.bar); });
      symbol.settle(bar.open_time + market::duration(Timeframe::m1), bar.close, sink);
    }
    return told;
  }
  std::vector<Signal> history(Timeframe finest) {
    signals::SymbolSignals symbol(rules());
    std::vector<Signal> told;
    const auto done = run_signal_history(*story, kSymbol, finest, symbol,
                                         {[&](const Signal& signal) { told.push_back(signal); }, {}});
    EXPECT_TRUE(done) << done.error().message;
    return told;
  }

  candle_store::StoreStory story;
};

void expect_same(const std::vector<Signal>& live, const std::vector<Signal>& history) {
  ASSERT_EQ(live.size(), history.size());
  for (std::size_t i = 0; i < live.size(); ++i) {
    const auto& a = live[i];
    const auto& b = history[i];
    ASSERT_EQ(a.score.timeframe, b.score.timeframe) << i;
    ASSERT_EQ(a.score.bar_time, b.score.bar_time) << i;
    ASSERT_EQ(a.emitted_at, b.emitted_at) << i;
    ASSERT_EQ(std::bit_cast<std::uint64_t>(a.score.score), std::bit_cast<std::uint64_t>(b.score.score)) << i;
    ASSERT_EQ(a.price, b.price) << i;
    for (std::size_t h = 0; h < a.probability.size(); ++h)
      ASSERT_TRUE(a.probability[h] == b.probability[h] ||
                  (std::isnan(a.probability[h]) && std::isnan(b.probability[h])))
          << i;
  }
}

struct LiveAndHistory : SignalHistory, ::testing::WithParamInterface<bool> {};
INSTANTIATE_TEST_SUITE_P(Holes, LiveAndHistory, ::testing::Values(false, true));

TEST_P(LiveAndHistory, AreTheSameBitForBit) {
  const auto bars = minutes(13'500, GetParam());
  put(bars, Timeframe::m1);
  const auto came = live(bars);
  EXPECT_GT(came.size(), bars.size());
  expect_same(came, history(Timeframe::m1));
  // Longer timeframes alone are the same ones.
  std::vector<Signal> hours;
  for (const auto& signal : came) {
    if (market::duration(signal.score.timeframe) >= market::duration(Timeframe::h1)) hours.push_back(signal);
  }
  EXPECT_FALSE(hours.empty());
  expect_same(hours, history(Timeframe::h1));
}

TEST_F(SignalHistory, JudgesEveryHourOfWhatIsStored) {
  Random random{5};
  std::vector<Candle> hours;
  double price = 50;
  for (int i = 0; i < 3'000; ++i) {
    const double open = price;
    price *= 1 + 0.01 * (static_cast<double>(random.below(2'001)) / 1'000 - 1) + (i / 80 % 2 == 0 ? 0.004 : -0.004);
    hours.push_back(
        {from_ms(kStart + i * std::int64_t{3'600'000}), open, std::max(open, price), std::min(open, price), price, 1});
  }
  put(hours, Timeframe::h1);
  const auto found = signal_record(*story, rules(), {kSymbol, Timeframe::h1, signals::Horizon::h4});
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->bars, 3'000U);
  EXPECT_EQ(found->record.signals, 3'000U - 199 - 4);
  std::uint64_t in_bands = 0;
  for (const auto& band : found->record.bands) in_bands += band.n;
  EXPECT_EQ(in_bands, found->record.signals);
  EXPECT_GT(found->record.all.n, 200U);

  const auto from = from_ms(kStart + 1'000 * std::int64_t{3'600'000});
  const auto later = signal_record(*story, rules(), {kSymbol, Timeframe::h1, signals::Horizon::h4, from});
  ASSERT_TRUE(later);
  EXPECT_EQ(later->record.first, from);
  EXPECT_EQ(later->newest->score.score, found->newest->score.score) << "where the judging begins changes no signal";
}

TEST_F(SignalHistory, MinutesOfAMonthDoNotHideYearsOfHours) {
  const auto hours_from = [](std::int64_t first, int count) {
    std::vector<Candle> hours;
    for (int i = 0; i < count; ++i) {
      const double price = 100 + 10 * std::sin(0.05 * i);
      hours.push_back({from_ms(first + i * std::int64_t{3'600'000}), price, price + 1, price - 1, price + 0.5, 1});
    }
    return hours;
  };
  const std::int64_t before = kStart - 400 * std::int64_t{3'600'000};
  put(hours_from(before, 1'000), Timeframe::h1);
  put(minutes(2'990, false), Timeframe::m1);  // 50 of the hours, in their middle; the last is not whole
  const auto found = signal_record(*story, rules(), {kSymbol, Timeframe::h1, signals::Horizon::h1});
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->bars, 1'000U);
  // The hour in which the minutes break off is known with the next one only, whose signal stands for both.
  EXPECT_EQ(found->record.signals, 1'000U - 199 - 1 - 1);
  EXPECT_EQ(found->newest->emitted_at, from_ms(before + 1'000 * std::int64_t{3'600'000}));
}

TEST_F(SignalHistory, SaysWhereNothingIsStored) {
  const auto none = signal_record(*story, rules(), {kSymbol, Timeframe::h1, signals::Horizon::h4});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::not_found);
}

}  // namespace
}  // namespace cw::evaluation
