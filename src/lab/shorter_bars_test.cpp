#include "lab/shorter_bars.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "base/random.h"
#include "candle_store/store_story.h"

namespace cw::lab {
namespace {

using candle_store::kMinute;
using candle_store::kStart;
using market::Timeframe;

const market::InstrumentId kId{"binance", "BTCUSDT"};
constexpr std::array kShorter{Timeframe::m1, Timeframe::m5, Timeframe::m30};

/// The bars of one series, each with a mark of its timeframe as volume; with a hole or two, or late, or ending early.
market::CandleColumns with_holes(Random& random, Timeframe timeframe, std::int64_t minutes) {
  const std::int64_t step = market::duration(timeframe).count() / kMinute;
  const std::int64_t first =
      random.below(3) == 0 ? static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(minutes / 2))) : 0;
  const std::int64_t rare = static_cast<std::int64_t>(random.below(3)) * 400 / step + 4;
  market::CandleColumns bars;
  for (std::int64_t m = 0; m < minutes; m += step) {
    if (m < first || random.below(static_cast<std::uint64_t>(rare)) == 0) continue;
    auto bar = candle_store::bar_at(m);
    bar.volume = static_cast<double>(step);
    bars.push_back(bar);
  }
  return bars;
}

std::vector<std::pair<std::int64_t, double>> rows_of(const market::CandleSpan& bars) {
  std::vector<std::pair<std::int64_t, double>> rows;
  for (std::size_t i = 0; i < bars.size(); ++i) rows.emplace_back(bars.open_time_ms[i], bars.volume[i]);
  return rows;
}

/// The rule said once more, one bar of `timeframe` after the other.
std::vector<std::pair<std::int64_t, double>> expected(const std::vector<market::CandleColumns>& series,
                                                      Timeframe timeframe, std::int64_t from, std::int64_t to) {
  const std::int64_t length = market::duration(timeframe).count();
  std::vector<std::pair<std::int64_t, double>> all;
  for (std::int64_t open = from; open < to; open += length) {
    std::vector<std::pair<std::int64_t, double>> best;
    bool is_whole = false;
    for (std::size_t k = 0; k < series.size() && !is_whole; ++k) {
      std::vector<std::pair<std::int64_t, double>> inside;
      for (const auto& row : rows_of(series[k].view()))
        if (row.first >= open && row.first < open + length) inside.push_back(row);
      if (inside.empty() || inside.front().first != open) continue;
      is_whole = static_cast<std::int64_t>(inside.size()) == length / market::duration(kShorter[k]).count();
      if (is_whole || best.empty()) best = inside;
    }
    all.insert(all.end(), best.begin(), best.end());
  }
  return all;
}

std::vector<std::pair<std::int64_t, double>> taken(evaluation::BarSource& source) {
  std::vector<std::pair<std::int64_t, double>> all;
  market::CandleColumns rows;
  for (;;) {
    const auto more = source.next(rows);
    EXPECT_TRUE(more);
    if (!more || !*more) return all;
    const auto some = rows_of(rows.view());
    EXPECT_FALSE(some.empty());
    all.insert(all.end(), some.begin(), some.end());
  }
}

TEST(ShorterBars, AreThoseOfTheFinestSeriesThatHasAllOfABar) {
  std::set<double> steps_seen;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Random random(seed);
    candle_store::StoreStory store;
    const std::int64_t minutes = seed % 20 == 0 ? 40'000 : 3'000;  // the first are read in several stretches
    std::vector<market::CandleColumns> series;
    for (const auto timeframe : kShorter) {
      auto& bars = series.emplace_back(with_holes(random, timeframe, minutes));
      ASSERT_TRUE(store->put_history({kId, timeframe}, bars.view()));
    }
    const std::int64_t from = kStart + static_cast<std::int64_t>(random.below(20)) * 60 * kMinute;
    const std::int64_t to = kStart + (minutes / 60 - static_cast<std::int64_t>(random.below(20))) * 60 * kMinute;
    const auto source = shorter_bars(*store, kId, Timeframe::h1, from_ms(from), from_ms(to));
    ASSERT_TRUE(source);
    const auto rows = taken(*source);
    ASSERT_EQ(rows, expected(series, Timeframe::h1, from, to)) << seed;
    for (const auto& row : rows) steps_seen.insert(row.second);
  }
  EXPECT_EQ(steps_seen, (std::set<double>{1, 5, 30}));
}

TEST(ShorterBars, AreNoneWhereNothingShorterIsStored) {
  candle_store::StoreStory store;
  EXPECT_FALSE(has_shorter_bars(*store, kId, Timeframe::h1));
  Random random(1);
  ASSERT_TRUE(store->put_history({kId, Timeframe::m30}, with_holes(random, Timeframe::m30, 3'000).view()));
  EXPECT_TRUE(has_shorter_bars(*store, kId, Timeframe::h1));
  EXPECT_FALSE(has_shorter_bars(*store, kId, Timeframe::m30));
  EXPECT_FALSE(has_shorter_bars(*store, {"binance", "ETHUSDT"}, Timeframe::h1));
  EXPECT_EQ(shorter_bars(*store, kId, Timeframe::m15, {}, from_ms(kStart)), nullptr);
}

/// A bar that opens before the end is walked to its own end.
TEST(ShorterBars, OfTheLastBarAreWhole) {
  candle_store::StoreStory store;
  ASSERT_TRUE(store->put_history({kId, Timeframe::m1}, candle_store::bars(0, 240).view()));
  const auto source =
      shorter_bars(*store, kId, Timeframe::h1, from_ms(kStart + 60 * kMinute), from_ms(kStart + 121 * kMinute));
  const auto rows = taken(*source);
  ASSERT_EQ(rows.size(), 120U);
  EXPECT_EQ(rows.front().first, kStart + 60 * kMinute);
}

}  // namespace
}  // namespace cw::lab
