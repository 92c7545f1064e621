#include "signals/symbol_signals.h"

#include <bit>
#include <cmath>

#include <gtest/gtest.h>

#include "signals/testing.h"

namespace cw::signals {
namespace {

using market::Candle;
using market::Timeframe;
using testing::Told;

constexpr Millis kHour{3'600'000};

bool same_bits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

void expect_same(const Signal& a, const Signal& b) {
  ASSERT_EQ(a.score.timeframe, b.score.timeframe);
  ASSERT_EQ(a.score.bar_time, b.score.bar_time);
  ASSERT_TRUE(same_bits(a.score.score, b.score.score));
  ASSERT_TRUE(same_bits(a.score.confidence, b.score.confidence));
  ASSERT_EQ(a.emitted_at, b.emitted_at);
  ASSERT_EQ(a.price, b.price);
  ASSERT_TRUE(same_bits(a.tradingview, b.tradingview));
  for (std::size_t h = 0; h < kHorizons.size(); ++h) {
    ASSERT_TRUE(same_bits(a.probability[h], b.probability[h]) ||
                (std::isnan(a.probability[h]) && std::isnan(b.probability[h])));
  }
}

Told told_of(const std::vector<Candle>& bars, Timeframe base) {
  SymbolSignals signals(testing::shipped_rules());
  Told told;
  testing::run(signals, bars, base, told);
  return told;
}

TEST(SymbolSignals, BeginWhenAllComponentsHaveTheirBars) {
  const auto bars = testing::walk(1, 900, Timeframe::h1);
  const auto told = told_of(bars, Timeframe::h1);
  ASSERT_FALSE(told.signals.empty());
  EXPECT_EQ(told.signals.front().score.bar_time, bars[199].open_time);
  EXPECT_EQ(told.signals.front().emitted_at, bars[199].open_time + kHour);
  EXPECT_TRUE(told.signals.front().score.confirmation.higher.empty());
  std::size_t of_hours = 0;
  std::size_t of_four = 0;
  for (const auto& signal : told.signals) {
    of_hours += signal.score.timeframe == Timeframe::h1 ? 1 : 0;
    of_four += signal.score.timeframe == Timeframe::h4 ? 1 : 0;
  }
  EXPECT_EQ(of_hours, bars.size() - 199);
  EXPECT_EQ(of_four, 900 / 4 - 199);
}

TEST(SymbolSignals, AHigherBarIsSeenByTheBarThatClosesWithIt) {
  const auto bars = testing::walk(2, 1'000, Timeframe::h1);
  const auto told = told_of(bars, Timeframe::h1);
  std::size_t looked_at = 0;
  for (const auto& signal : told.signals) {
    if (signal.score.timeframe != Timeframe::h1) continue;
    for (const auto& higher : signal.score.confirmation.higher) {
      if (higher.timeframe != Timeframe::h4) continue;
      const Timestamp closes = higher.bar_time + 4 * kHour;
      EXPECT_LE(closes, signal.emitted_at) << "no bar from the future";
      EXPECT_GT(closes + 4 * kHour, signal.emitted_at) << "the newest one";
      ++looked_at;
    }
  }
  EXPECT_GT(looked_at, 100U);
}

TEST(SymbolSignals, TheFutureDoesNotChangeThePast) {
  const auto bars = testing::walk(3, 1'200, Timeframe::h1);
  const auto told = told_of(bars, Timeframe::h1);
  for (const std::size_t cut : {500U, 777U, 1'001U}) {
    auto mutated = bars;
    for (std::size_t i = cut; i < mutated.size(); ++i) {
      auto& bar = mutated[i];
      for (double* value : {&bar.open, &bar.high, &bar.low, &bar.close, &bar.volume}) *value *= 1e6;
    }
    const auto other = told_of(mutated, Timeframe::h1);
    const Timestamp known = bars[cut].open_time;
    std::size_t compared = 0;
    for (std::size_t i = 0; i < told.signals.size() && told.signals[i].emitted_at <= known; ++i, ++compared)
      expect_same(told.signals[i], other.signals[i]);
    EXPECT_GT(compared, 200U);
  }
}

TEST(SymbolSignals, AreTheSameWhereverARunIsCut) {
  const auto bars = testing::walk(4, 700, Timeframe::m15);
  const auto whole = told_of(bars, Timeframe::m15);
  SymbolSignals signals(testing::shipped_rules());
  Told told;
  // A second instance that runs between the steps of the first one shares nothing with it.
  SymbolSignals other(testing::shipped_rules());
  Told ignored;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    signals.closed(Timeframe::m15, bars[i]);
    other.closed(Timeframe::m15, bars[bars.size() - 1 - i]);
    if (i + 1 < bars.size()) other.settle({}, 1, ignored.sink());
    signals.settle(bars[i].open_time + market::duration(Timeframe::m15), bars[i].close, told.sink());
  }
  std::vector<Signal> wanted;
  for (const auto& signal : whole.signals) {
    if (signal.score.timeframe == Timeframe::m15 && signal.score.confirmation.higher.empty()) wanted.push_back(signal);
  }
  ASSERT_GT(wanted.size(), 400U);
  for (std::size_t i = 0; i < wanted.size(); ++i) expect_same(told.signals[i], wanted[i]);
}

TEST(SymbolSignals, OutcomesAreThePriceAtTheEndOfTheHorizon) {
  const auto bars = testing::walk(5, 600, Timeframe::h1);
  const auto told = told_of(bars, Timeframe::h1);
  std::size_t compared = 0;
  for (const auto& outcome : told.outcomes) {
    if (outcome.timeframe != Timeframe::h1) continue;
    const auto i = static_cast<std::size_t>((outcome.bar_time - bars[0].open_time) / kHour);
    const std::size_t later = outcome.horizon == Horizon::h1 ? 1 : outcome.horizon == Horizon::h4 ? 4 : 24;
    ASSERT_EQ(outcome.change, (bars[i + later].close - bars[i].close) / bars[i].close);
    ++compared;
  }
  const std::size_t signals = 600 - 199;
  EXPECT_EQ(compared, (signals - 1) + (signals - 4) + (signals - 24));
}

TEST(SymbolSignals, AHoleLeavesOutWhatCannotBeJudged) {
  auto bars = testing::walk(6, 300, Timeframe::h1);
  for (std::size_t i = 250; i < bars.size(); ++i) bars[i].open_time += 3 * kHour;  // three hours are missing before 250
  const auto told = told_of(bars, Timeframe::h1);
  std::size_t of_hour = 0;
  std::size_t of_four = 0;
  for (const auto& outcome : told.outcomes) {
    if (outcome.timeframe != Timeframe::h1 || outcome.bar_time != bars[249].open_time) continue;
    if (outcome.horizon == Horizon::h1) {
      EXPECT_TRUE(std::isnan(outcome.change)) << "an hour later nobody traded";
      ++of_hour;
    }
    if (outcome.horizon == Horizon::h4) {
      EXPECT_EQ(outcome.change, (bars[250].close - bars[249].close) / bars[249].close) << "the bar at its very end";
      ++of_four;
    }
  }
  EXPECT_EQ(of_hour, 1U);
  EXPECT_EQ(of_four, 1U);
}

TEST(SymbolSignals, AProbabilityKnowsOnlyWhatHadEnded) {
  const auto bars = testing::walk(8, 6'000, Timeframe::h1);
  const auto told = told_of(bars, Timeframe::h1);
  Calibration calibration;
  std::size_t next = 0;
  std::vector<Outcome> outcomes;
  for (const auto& outcome : told.outcomes) {
    if (outcome.timeframe == Timeframe::h1 && outcome.horizon == Horizon::h4) outcomes.push_back(outcome);
  }
  std::size_t told_probabilities = 0;
  for (const auto& signal : told.signals) {
    if (signal.score.timeframe != Timeframe::h1) continue;
    for (; next < outcomes.size() && outcomes[next].bar_time + kHour + 4 * kHour <= signal.emitted_at; ++next) {
      const int side = side_of(direction_of(outcomes[next].score));
      calibration.learn(outcomes[next].score, side * outcomes[next].change > testing::shipped_rules().round_trip_cost);
    }
    const double wanted = calibration.probability(signal.score.score);
    const double got = signal.probability[static_cast<std::size_t>(Horizon::h4)];
    ASSERT_TRUE(got == wanted || (std::isnan(got) && std::isnan(wanted)));
    told_probabilities += std::isnan(got) ? 0 : 1;
  }
  EXPECT_GT(told_probabilities, 50U);
}

/// The bar under way of a longer timeframe, as far as the base bars have come.
struct SoFar {
  Timeframe timeframe;
  std::optional<market::FormingCandle> bar{};

  void step(const Candle& base) {
    if (bar && base.open_time - bar->open_time >= market::duration(timeframe)) bar.reset();
    if (!bar) {
      const auto step = market::duration(timeframe).count();
      bar = {from_ms(to_ms(base.open_time) / step * step), base.open, base.high, base.low, base.close, 0, {}};
    }
    bar->high = std::max(bar->high, base.high);
    bar->low = std::min(bar->low, base.low);
    bar->close = base.close;
    bar->volume += base.volume;
  }
};

market::FormingCandle forming_of(const Candle& bar) {
  return {bar.open_time, bar.open, bar.high, bar.low, bar.close, bar.volume, {}};
}

// Before each quarter of an hour closes it is looked at as it will be, with every longer bar that closes with it.
TEST(SymbolSignals, WhatABarUnderWayWouldSayIsWhatItSaysWhenItClosesSo) {
  const auto bars = testing::walk(9, 4'200, Timeframe::m15);
  const auto untouched = told_of(bars, Timeframe::m15);
  SymbolSignals signals(testing::shipped_rules());
  Told told;
  std::vector<market::Folder> folders;
  std::vector<SoFar> so_far;
  for (const auto timeframe : {Timeframe::h1, Timeframe::h4, Timeframe::d1}) {
    folders.emplace_back(Timeframe::m15, timeframe);
    so_far.push_back({timeframe});
  }
  std::array<std::size_t, kTimeframes> compared{};
  std::size_t with_probability = 0;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    SymbolSignals::FormingBars forming;
    forming[2] = forming_of(bars[i]);
    std::vector<std::pair<Timeframe, Candle>> closing;
    for (std::size_t f = 0; f < folders.size(); ++f) {
      const auto closed = folders[f].step(bars[i]);
      ASSERT_FALSE(closed.earlier) << "there are no holes";
      so_far[f].step(bars[i]);
      const std::size_t place = *place_of(folders[f].target());
      forming[place] = closed.complete ? forming_of(closed.complete->bar) : *so_far[f].bar;
      if (closed.complete) closing.emplace_back(folders[f].target(), closed.complete->bar);
    }
    const bool is_looked_at = i > 3'000 && (i % 16 == 15 || i % 7 == 0);
    std::optional<market::Provisional<SymbolSignals::Peeked>> peeked;
    if (is_looked_at) peeked = signals.peek(forming);
    const std::size_t before = told.signals.size();
    signals.closed(Timeframe::m15, bars[i]);
    for (const auto& [timeframe, bar] : closing) signals.closed(timeframe, bar);
    signals.settle(bars[i].open_time + market::duration(Timeframe::m15), bars[i].close, told.sink());
    if (!is_looked_at) continue;
    for (std::size_t s = before; s < told.signals.size(); ++s) {
      const std::size_t place = *place_of(told.signals[s].score.timeframe);
      const auto& reading = *peeked->for_display()[place];
      ASSERT_TRUE(reading.signal);
      expect_same(*reading.signal, told.signals[s]);
      ASSERT_TRUE(same_bits(reading.signal->score.confirmation.effect, told.signals[s].score.confirmation.effect));
      for (std::size_t o = 0; o < reading.row.size(); ++o)
        ASSERT_TRUE(same_bits(reading.row[o], signals.reading(place).row[o]));
      ++compared[place];
      with_probability += std::isnan(told.signals[s].probability[0]) ? 0 : 1;
    }
  }
  EXPECT_GT(compared[2], 200U);
  EXPECT_GT(compared[3], 50U);
  EXPECT_GT(compared[4], 20U);
  EXPECT_GT(with_probability, 30U) << "what the last outcomes taught is in them";
  // Looking changes nothing.
  ASSERT_EQ(told.signals.size(), untouched.signals.size());
  for (std::size_t s = 0; s < told.signals.size(); ++s) expect_same(told.signals[s], untouched.signals[s]);
}

TEST(SymbolSignals, ALongerBarUnderWayHasNoSayBeforeItCloses) {
  const auto bars = testing::walk(10, 900, Timeframe::h1);
  SymbolSignals signals(testing::shipped_rules());
  Told told;
  testing::run(signals, {bars.begin(), bars.end() - 1}, Timeframe::h1, told);
  SymbolSignals::FormingBars forming;
  forming[3] = forming_of(bars.back());
  const auto alone = signals.peek(forming);
  forming[5] = forming_of(bars.back());
  forming[5]->open_time = from_ms(to_ms(bars.back().open_time) / 86'400'000 * 86'400'000);
  forming[5]->close *= 3;
  const auto beside = signals.peek(forming);
  expect_same(*alone.for_display()[3]->signal, *beside.for_display()[3]->signal);
  EXPECT_FALSE(alone.for_display()[5]);
  EXPECT_FALSE(beside.for_display()[5]->signal) << "900 hours are no 200 days";
  // A bar that has closed meanwhile is under way no longer.
  forming[3]->open_time = signals.reading(3).bar_time;
  EXPECT_FALSE(signals.peek(forming).for_display()[3]);
}

static_assert(!std::is_convertible_v<market::Provisional<SymbolSignals::Peeked>, SymbolSignals::Peeked>);

/// Runs bars with a model behind `ask`.
Told told_with(const std::vector<Candle>& bars, const SymbolSignals::Ask& ask,
               std::vector<std::string>* inputs = nullptr) {
  SymbolSignals signals(testing::shipped_rules());
  Told told;
  auto sink = told.sink();
  if (inputs != nullptr) {
    sink.signal = [&](const Signal& signal) {
      told.signals.push_back(signal);
      inputs->push_back(signals.inputs_of(*place_of(signal.score.timeframe)));
    };
  }
  for (const auto& bar : bars) {
    signals.closed(Timeframe::h1, bar);
    signals.settle(bar.open_time + kHour, bar.close, sink, ask);
  }
  return told;
}

TEST(SymbolSignals, WithoutAPredictionAreTechnicalToTheLastBit) {
  const auto bars = testing::walk(11, 600, Timeframe::h1);
  std::vector<std::string> inputs;
  const auto without = told_with(bars, {}, &inputs);
  for (const auto status : {ForecastStatus::no_model, ForecastStatus::no_forecast, ForecastStatus::stale}) {
    std::vector<std::string> again;
    const auto told = told_with(
        bars, [status](Timeframe, Timestamp) { return Forecast{status, Prediction{0.9, Horizon::h4, "old", {}}}; },
        &again);
    EXPECT_EQ(again, inputs);
    ASSERT_EQ(told.signals.size(), without.signals.size());
    for (std::size_t i = 0; i < told.signals.size(); ++i) {
      expect_same(told.signals[i], without.signals[i]);
      ASSERT_EQ(told.signals[i].score.model_effect, 0);
      ASSERT_EQ(told.signals[i].forecast.status, status);
    }
  }
}

TEST(SymbolSignals, APredictionIsInTheScoreAndInWhatItIsMadeOf) {
  const auto bars = testing::walk(12, 400, Timeframe::h1);
  const auto asks = [](double up, std::string id) -> SymbolSignals::Ask {
    return [up, id](Timeframe timeframe, Timestamp) {
      EXPECT_EQ(timeframe, Timeframe::h1);
      return Forecast{ForecastStatus::used, Prediction{up, Horizon::h4, id, {}}};
    };
  };
  std::vector<std::string> inputs;
  std::vector<std::string> others;
  const auto without = told_with(bars, {});
  const auto told = told_with(bars, asks(0.9, "a"), &inputs);
  (void)told_with(bars, asks(0.9, "b"), &others);
  ASSERT_EQ(told.signals.size(), without.signals.size());
  for (std::size_t i = 0; i < told.signals.size(); ++i) {
    const auto& score = told.signals[i].score;
    ASSERT_TRUE(same_bits(score.technical, without.signals[i].score.score));
    ASSERT_NEAR(score.score, 0.7 * score.technical + 0.3 * 90, 1e-9);
    ASSERT_NE(inputs[i], others[i]) << "the model's name is one of the inputs";
  }
}

}  // namespace
}  // namespace cw::signals
