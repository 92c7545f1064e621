#include "market/fold.h"

#include <bit>
#include <cmath>
#include <limits>
#include <map>

#include <gtest/gtest.h>

#include "base/random.h"

namespace cw::market {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Timestamp at(std::string_view text) { return parse_time(text).value(); }

Candle minute(std::string_view time, double open, double high, double low, double close, double volume) {
  return {at(time), open, high, low, close, volume};
}

CandleColumns columns(std::initializer_list<Candle> bars) {
  CandleColumns made;
  for (const auto& bar : bars) made.push_back(bar);
  return made;
}

/// A walk of one-minute bars from `start`, with holes of random length and a random first minute.
CandleColumns random_walk(Random& random, std::size_t bars, double hole_chance) {
  CandleColumns made;
  auto t = at("2024-02-28T22:00") + std::chrono::minutes{random.below(3'000)};
  double price = 100;
  for (std::size_t i = 0; i < bars; ++i) {
    const double open = price;
    price *= std::exp(0.001 * random.normal());
    const double high = std::max(open, price) * (1 + 0.001 * random.uniform());
    const double low = std::min(open, price) * (1 - 0.001 * random.uniform());
    made.push_back({t, open, high, low, price, random.uniform() * 10});
    t += std::chrono::minutes{1};
    if (random.chance(hole_chance)) t += std::chrono::minutes{1 + random.below(random.chance(0.1) ? 9'000 : 9)};
  }
  return made;
}

/// The definition, said slowly: bars by the span that they open in; missing ones counted minute by minute.
FoldedColumns slow_fold(const CandleColumns& bars, Timeframe source, Timeframe target) {
  std::map<Timestamp, std::vector<Candle>> spans;
  std::map<Timestamp, bool> there;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    spans[open_of(target, bars[i].open_time)].push_back(bars[i]);
    there[bars[i].open_time] = true;
  }
  FoldedColumns out;
  const Timestamp first = bars[0].open_time;
  const Timestamp last = bars[bars.size() - 1].open_time;
  for (const auto& [open_time, parts] : spans) {
    FoldedCandle folded{
        {open_time, parts.front().open, parts.front().high, parts.front().low, parts.back().close, 0}, {}, 0};
    for (const auto& part : parts) {
      if (part.high > folded.bar.high) folded.bar.high = part.high;
      if (part.low < folded.bar.low) folded.bar.low = part.low;
      folded.bar.volume = folded.source_bars == 0 ? part.volume : folded.bar.volume + part.volume;
      ++folded.source_bars;
    }
    for (auto t = open_time; t < open_time + duration(target); t += duration(source)) {
      if (there.contains(t)) continue;
      (t < first ? folded.marks.starts_late : t > last ? folded.marks.ends_early : folded.marks.gap) = true;
    }
    out.push_back(folded);
  }
  return out;
}

void expect_same(const FoldedColumns& got, const FoldedColumns& wanted, const std::string& what) {
  ASSERT_EQ(got.size(), wanted.size()) << what;
  for (std::size_t i = 0; i < got.size(); ++i) {
    ASSERT_EQ(got[i], wanted[i]) << what << ", bar " << i << " of " << format_time(wanted[i].bar.open_time)
                                 << ", marks " << int{got[i].marks.bits()} << " wanted " << int{wanted[i].marks.bits()};
  }
}

// 10:00 is missing its first minute because the series begins at 10:01; 10:03 is whole; 10:06 lacks 10:07.
TEST(Folder, FollowsTheHandWorkedSeries) {
  Folder folder{Timeframe::m1, Timeframe::m3};
  EXPECT_EQ(folder.step(minute("2024-08-05T10:01", 10, 12, 9, 11, 1)), FoldedBars{});
  const auto first = folder.step(minute("2024-08-05T10:02", 11, 11.5, 8, 9, 2));
  ASSERT_TRUE(first.complete);
  EXPECT_EQ(first.complete->bar, minute("2024-08-05T10:00", 10, 12, 8, 9, 3));
  EXPECT_TRUE(first.complete->marks.starts_late);
  EXPECT_FALSE(first.complete->marks.gap);
  EXPECT_EQ(first.complete->source_bars, 2u);

  folder.step(minute("2024-08-05T10:03", 9, 9, 9, 9, 0));
  folder.step(minute("2024-08-05T10:04", 9, 10, 9, 10, 4));
  const auto whole = folder.step(minute("2024-08-05T10:05", 10, 10, 7, 8, 5));
  ASSERT_TRUE(whole.complete);
  EXPECT_EQ(whole.complete->bar, minute("2024-08-05T10:03", 9, 10, 7, 8, 9));
  EXPECT_TRUE(whole.complete->marks.whole());

  folder.step(minute("2024-08-05T10:06", 8, 8, 8, 8, 1));
  const auto holed = folder.step(minute("2024-08-05T10:08", 8, 9, 8, 9, 1));
  ASSERT_TRUE(holed.complete);
  EXPECT_TRUE(holed.complete->marks.gap);
  EXPECT_EQ(holed.complete->source_bars, 2u);
}

TEST(Folder, OneSourceBarMayCloseTheBarBeforeAndItsOwn) {
  Folder folder{Timeframe::m1, Timeframe::m3};
  folder.step(minute("2024-08-05T10:00", 1, 1, 1, 1, 1));
  const auto closed = folder.step(minute("2024-08-05T10:11", 2, 2, 2, 2, 2));
  ASSERT_TRUE(closed.earlier);
  ASSERT_TRUE(closed.complete);
  EXPECT_EQ(closed.earlier->bar.open_time, at("2024-08-05T10:00"));
  EXPECT_TRUE(closed.earlier->marks.gap);
  EXPECT_EQ(closed.complete->bar.open_time, at("2024-08-05T10:09")) << "nothing is invented for 10:03 and 10:06";
  EXPECT_TRUE(closed.complete->marks.gap);
  EXPECT_FALSE(closed.complete->marks.starts_late);
}

TEST(Folder, TheEndOfTheSeriesIsMarkedApartFromAGap) {
  Folder folder{Timeframe::m1, Timeframe::m5};
  folder.step(minute("2024-08-05T10:00", 1, 1, 1, 1, 1));
  folder.step(minute("2024-08-05T10:01", 1, 1, 1, 1, 1));
  auto last = folder.finish();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->marks, (FoldMarks{.gap = false, .starts_late = false, .ends_early = true}));
  EXPECT_FALSE(folder.finish());

  folder.step(minute("2024-08-05T10:01", 1, 1, 1, 1, 1));
  folder.step(minute("2024-08-05T10:03", 1, 1, 1, 1, 1));
  last = folder.finish();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->marks, (FoldMarks{.gap = true, .starts_late = true, .ends_early = true}));
}

TEST(Folder, WeeksBeginOnMonday) {
  const auto folded = fold(columns({minute("2024-08-04", 1, 1, 1, 1, 1), minute("2024-08-05", 2, 2, 2, 2, 2)}).view(),
                           Timeframe::d1, Timeframe::w1);
  ASSERT_EQ(folded.size(), 2u);
  EXPECT_EQ(folded[0].bar.open_time, at("2024-07-29"));
  EXPECT_EQ(folded[1].bar.open_time, at("2024-08-05"));
}

// 0.1 + 0.2 + 0.3 in this order is 0.6000000000000001, in the other 0.6.
TEST(Folder, AddsVolumeInTimeOrder) {
  const auto folded =
      fold(columns({minute("2024-08-05T10:00", 1, 1, 1, 1, 0.1), minute("2024-08-05T10:01", 1, 1, 1, 1, 0.2),
                    minute("2024-08-05T10:02", 1, 1, 1, 1, 0.3)})
               .view(),
           Timeframe::m1, Timeframe::m3);
  EXPECT_EQ(folded[0].bar.volume, 0x1.3333333333334p-1);
}

TEST(Folder, NanPassesThroughAsStated) {
  const auto folded =
      fold(columns({minute("2024-08-05T10:00", 1, 5, 1, 1, 1), minute("2024-08-05T10:01", kNan, kNan, kNan, 2, kNan),
                    minute("2024-08-05T10:02", 1, 3, 0.5, kNan, 1)})
               .view(),
           Timeframe::m1, Timeframe::m3);
  EXPECT_EQ(folded[0].bar.high, 5);
  EXPECT_EQ(folded[0].bar.low, 0.5);
  EXPECT_TRUE(std::isnan(folded[0].bar.close));
  EXPECT_TRUE(std::isnan(folded[0].bar.volume));
}

TEST(Folder, EqualsTheSlowDefinitionForEveryTimeframeAndAnyHoles) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Random random{seed};
    const auto bars = random_walk(random, 4'000, seed % 3 == 0 ? 0 : 0.02);
    for (const auto target : kTimeframes) {
      if (target == Timeframe::m1) continue;
      expect_same(fold(bars.view(), Timeframe::m1, target), slow_fold(bars, Timeframe::m1, target),
                  "seed " + std::to_string(seed) + " to " + std::string{name(target)});
    }
  }
}

TEST(Folder, AnyMixtureOfStepsAndColumnsAndRestartsGivesTheSameBars) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Random random{seed};
    const auto bars = random_walk(random, 1'500, 0.03);
    const auto target = kTimeframes[1 + random.below(12)];
    FoldedColumns got;
    Folder folder{Timeframe::m1, target};
    for (std::size_t i = 0; i < bars.size();) {
      if (random.chance(0.3)) folder = Folder{Timeframe::m1, target, FoldState{folder.state()}};
      if (random.chance(0.5)) {
        const auto n = std::min<std::size_t>(random.below(200), bars.size() - i);
        folder.run(bars.view().subspan(i, n), got);
        i += n;
      } else {
        const auto closed = folder.step(bars[i++]);
        if (closed.earlier) got.push_back(*closed.earlier);
        if (closed.complete) got.push_back(*closed.complete);
      }
    }
    if (const auto last = folder.finish()) got.push_back(*last);
    expect_same(got, fold(bars.view(), Timeframe::m1, target), "seed " + std::to_string(seed));
  }
}

TEST(Folder, AFormingBarIsTheClosedBarsOfItsSpanAndTheFormingOneOnTop) {
  Folder folder{Timeframe::m1, Timeframe::m5};
  const FormingCandle forming{at("2024-08-05T10:01"), 3, 9, 2, 4, 7, at("2024-08-05T10:01:30")};
  folder.step(minute("2024-08-05T10:00", 5, 6, 4, 3, 1));
  const auto shown = folder.peek(forming);
  ASSERT_TRUE(shown);
  EXPECT_EQ(*shown, (FormingCandle{at("2024-08-05T10:00"), 5, 9, 2, 4, 8, at("2024-08-05T10:01:30")}));

  folder.step(minute("2024-08-05T10:01", 5, 6, 4, 3, 1));
  EXPECT_FALSE(folder.peek(forming)) << "it is closed by now";
  const FormingCandle next{at("2024-08-05T10:05"), 3, 9, 2, 4, 7, at("2024-08-05T10:05:30")};
  EXPECT_EQ(*folder.peek(next), next) << "nothing of its span is closed";
}

TEST(FolderDeathTest, SourceBarsOutOfOrderBreakTheContract) {
  Folder folder{Timeframe::m1, Timeframe::m5};
  folder.step(minute("2024-08-05T10:01", 1, 1, 1, 1, 1));
  EXPECT_DEATH(folder.step(minute("2024-08-05T10:01", 1, 1, 1, 1, 1)), "contract broken");
  FoldedColumns out;
  EXPECT_DEATH(folder.run(columns({minute("2024-08-05T10:00", 1, 1, 1, 1, 1)}).view(), out), "contract broken");
  EXPECT_DEATH((Folder{Timeframe::h6, Timeframe::h8}), "contract broken");
}

}  // namespace
}  // namespace cw::market
