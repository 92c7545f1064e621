#include "market/quality.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "base/random.h"

namespace cw::market {
namespace {

constexpr Timestamp kStart = from_ms(1'722'816'000'000);  // 2024-08-05T00:00Z
Timestamp minute(int i) { return kStart + std::chrono::minutes{i}; }
Candle bar(int i) { return {minute(i), 100, 101, 99, 100.5, 1}; }

QualityReport scan(const std::vector<Candle>& bars) {
  QualityScan scan{Timeframe::m1};
  for (const auto& candle : bars) scan.add(candle);
  return scan.report();
}

/// A calm walk with moves of about 0.1 %, in which the close before minute 100 is 100.
std::vector<Candle> calm(std::uint64_t seed) {
  Random random{seed};
  std::vector<Candle> bars;
  double price = 100;
  for (int i = 0; i < 200; ++i) {
    const double open = price;
    price = i == 99 ? 100 : price * std::exp(0.001 * random.normal());
    bars.push_back({minute(i), open, std::max(open, price), std::min(open, price), price, 1});
  }
  return bars;
}

TEST(QualityScan, FindsNothingInSoundBars) {
  const auto report = scan({bar(0), bar(1), bar(2)});
  EXPECT_EQ(report.rows, 3u);
  EXPECT_EQ(report.first, minute(0));
  EXPECT_EQ(report.last, minute(2));
  for (const auto& kind : report.kinds) EXPECT_EQ(kind.count, 0u);
}

TEST(QualityScan, CountsGapsAndTheirBars) {
  const auto report = scan({bar(0), bar(1), bar(5), bar(6), bar(8)});
  EXPECT_EQ(report[Finding::gap].count, 2u);
  EXPECT_EQ(report[Finding::gap].bars, 4u);
  EXPECT_EQ(report[Finding::gap].first.at(0), (FindingPlace{minute(2), 3, 0}));
  EXPECT_EQ(report[Finding::gap].first.at(1), (FindingPlace{minute(7), 1, 0}));
  EXPECT_EQ(report.longest_gap, (FindingPlace{minute(2), 3, 0}));
}

TEST(QualityScan, FindsEveryKindOfBrokenBar) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto only = [](Finding finding, Candle broken) {
    const auto report = scan({bar(0), broken, bar(2)});
    for (std::size_t k = 0; k < kFindings; ++k) {
      EXPECT_EQ(report.kinds[k].count, k == static_cast<std::size_t>(finding) ? 1u : 0u)
          << name(static_cast<Finding>(k)) << " where " << name(finding) << " is the matter";
    }
    EXPECT_EQ(report[finding].first.at(0).open_time, broken.open_time);
  };
  only(Finding::zero_volume, {minute(1), 100, 101, 99, 100, 0});
  only(Finding::flat, {minute(1), 100, 100, 100, 100, 1});
  only(Finding::high_low, {minute(1), 100, 99, 101, 100, 1});
  only(Finding::outside, {minute(1), 102, 101, 99, 100, 1});
  only(Finding::outside, {minute(1), 100, 101, 99, 98, 1});
  only(Finding::not_a_price, {minute(1), 0, 101, 99, 100, 1});
  only(Finding::not_a_price, {minute(1), 100, nan, 99, 100, 1});
  only(Finding::not_a_price, {minute(1), 100, 101, 99, 100, -1});
  only(Finding::not_a_price, {minute(1), 100, 101, 99, 100, nan});
  only(Finding::misaligned, {minute(1) + Millis{1}, 100, 101, 99, 100, 1});
}

TEST(QualityScan, FindsRepeatsAndDisorder) {
  const auto report = scan({bar(0), bar(1), bar(1), bar(0), bar(1)});
  EXPECT_EQ(report[Finding::duplicate].count, 1u);
  EXPECT_EQ(report[Finding::disorder].count, 1u);
  EXPECT_EQ(report[Finding::gap].count, 0u);
}

TEST(QualityScan, AnExcursionThatIsGoneABarLaterIsASpike) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    auto bars = calm(seed);
    EXPECT_EQ(scan(bars)[Finding::spike].count, 0u) << "seed " << seed;

    auto wick = bars;
    wick[100].high = 110;
    const auto report = scan(wick);
    ASSERT_EQ(report[Finding::spike].count, 1u) << "seed " << seed;
    EXPECT_EQ(report[Finding::spike].first.at(0).open_time, minute(100));
    EXPECT_NEAR(report[Finding::spike].first.at(0).value, std::log(1.1), 0.005);

    auto bad_close = bars;
    bad_close[100].close = bad_close[100].low = 80;
    EXPECT_EQ(scan(bad_close)[Finding::spike].count, 1u) << "seed " << seed;
  }
}

TEST(QualityScan, AMoveThatStaysIsNoSpike) {
  auto bars = calm(1);
  for (std::size_t i = 100; i < bars.size(); ++i) {
    for (double* price : {&bars[i].open, &bars[i].high, &bars[i].low, &bars[i].close}) *price *= 0.7;
  }
  bars[100].open = bars[100].high = 100;
  EXPECT_EQ(scan(bars)[Finding::spike].count, 0u);
}

TEST(QualityScan, BesideAGapNoBarIsJudged) {
  auto bars = calm(1);
  bars[100].high = 110;
  bars.erase(bars.begin() + 101);
  EXPECT_EQ(scan(bars)[Finding::spike].count, 0u);
}

TEST(QualityScan, KeepsTheFirstPlacesAndCountsAll) {
  std::vector<Candle> bars;
  for (int i = 0; i < 100; ++i) bars.push_back({minute(i), 100, 100, 100, 100, 0});
  const auto report = scan(bars);
  EXPECT_EQ(report[Finding::flat].count, 100u);
  EXPECT_EQ(report[Finding::flat].first.size(), QualityReport::kPlacesMost);
}

CandleColumns minutes(int from, int to) {
  CandleColumns bars;
  for (int i = from; i < to; ++i) bars.push_back({minute(i), 100. + i, 101. + i, 99. + i, 100.5 + i, 0.1});
  return bars;
}

TEST(SeriesComparison, TwoSeriesThatAgreeDifferNowhere) {
  SeriesComparison comparison{Timeframe::m1, Timeframe::m15};
  const auto fine = minutes(0, 60);
  comparison.add_fine(fine.view());
  CandleColumns coarse;
  for (int i = 0; i < 60; i += 15) coarse.push_back({minute(i), 100. + i, 115. + i, 99. + i, 114.5 + i, 1.5});
  comparison.add_coarse(coarse.view());
  const auto report = comparison.finish();
  EXPECT_EQ(report.compared, 4u);
  EXPECT_EQ(report.different, 0u) << "15 times 0.1 is 1.5 but for the last bits";
}

TEST(SeriesComparison, CountsWhatDiffersAndWhatHasNoPartner) {
  SeriesComparison comparison{Timeframe::m1, Timeframe::m15};
  auto fine = minutes(0, 100);
  fine.append(minutes(101, 151).view());  // minute 100 is missing: 90..104 is not whole
  CandleColumns coarse;
  for (const int i : {0, 15, 45, 90, 105, 120})
    coarse.push_back({minute(i), 100. + i, 115. + i, 99. + i, 114.5 + i, 1.5});
  coarse.close[1] += 1;     // 15
  coarse.volume[4] += 0.1;  // 105
  for (std::size_t i = 0; i < fine.size(); i += 10) {
    comparison.add_fine(fine.view().subspan(i, std::min<std::size_t>(10, fine.size() - i)));
    if (i / 10 < coarse.size()) comparison.add_coarse(coarse.view().subspan(i / 10, 1));
  }
  const auto report = comparison.finish();
  EXPECT_EQ(report.compared, 5u);
  EXPECT_EQ(report.different, 2u);
  ASSERT_EQ(report.first.size(), 2u);
  EXPECT_EQ(report.first[0].folded.open_time, minute(15));
  EXPECT_EQ(report.first[0].stored.close, report.first[0].folded.close + 1);
  EXPECT_EQ(report.not_whole, 2u) << "90 has a gap, 150 ends early";
  EXPECT_EQ(report.only_folded, 3u) << "30, 60 and 75";
  EXPECT_EQ(report.only_stored, 0u);
}

/// Compares minutes folded to 3m with stored 3m bars as a command does: 30,000 minutes at a time.
SeriesComparison::Report compare_in_ranges(const CandleColumns& fine, const CandleColumns& coarse) {
  SeriesComparison comparison{Timeframe::m1, Timeframe::m3};
  const auto rows_of = [](const CandleColumns& all, Timestamp from, Timestamp to) {
    const auto at = [&](Timestamp t) {
      return std::ranges::lower_bound(all.open_time_ms, to_ms(t)) - all.open_time_ms.begin();
    };
    return all.view().subspan(static_cast<std::size_t>(at(from)), static_cast<std::size_t>(at(to) - at(from)));
  };
  const Timestamp end = std::max(fine[fine.size() - 1].open_time, coarse[coarse.size() - 1].open_time) + Millis{1};
  for (Timestamp from = minute(0); from < end; from += Millis{60'000} * 30'000) {
    const Timestamp to = std::min(end, from + Millis{60'000} * 30'000);
    comparison.add_fine(rows_of(fine, from, to));
    comparison.add_coarse(rows_of(coarse, from, to));
    comparison.fed_until(to);
  }
  return comparison.finish();
}

CandleColumns threes(int from, int to) {
  CandleColumns bars;
  for (int i = from; i < to; i += 3) bars.push_back({minute(i), 100. + i, 103. + i, 99. + i, 102.5 + i, 0.3});
  return bars;
}

// More bars of one series alone than may wait for a partner.
constexpr int kLongAlone = 3 * static_cast<int>(SeriesComparison::kAheadMost) + 30'000;

TEST(SeriesComparison, OneSeriesMayBeginLongBeforeTheOther) {
  const auto report = compare_in_ranges(minutes(0, kLongAlone + 30), threes(kLongAlone, kLongAlone + 30));
  EXPECT_EQ(report.compared, 10u);
  EXPECT_EQ(report.different, 0u);
  EXPECT_EQ(report.only_folded, 0u) << "before the first bar that both have";
}

TEST(SeriesComparison, OneSeriesMayEndLongBeforeTheOther) {
  const auto fine_goes_on = compare_in_ranges(minutes(0, kLongAlone), threes(0, 30));
  EXPECT_EQ(fine_goes_on.compared, 10u);
  EXPECT_EQ(fine_goes_on.only_folded, 0u) << "after the end of the stored series";
  const auto stored_goes_on = compare_in_ranges(minutes(0, 30), threes(0, kLongAlone));
  EXPECT_EQ(stored_goes_on.compared, 10u);
  EXPECT_EQ(stored_goes_on.only_stored, 0u) << "after the end of the folded series";
}

TEST(SeriesComparison, CountsALongHoleInEitherSeries) {
  auto coarse = threes(0, 30);
  coarse.append(threes(kLongAlone, kLongAlone + 30).view());
  const auto hole_in_stored = compare_in_ranges(minutes(0, kLongAlone + 30), coarse);
  EXPECT_EQ(hole_in_stored.compared, 20u);
  EXPECT_EQ(hole_in_stored.only_folded, static_cast<std::uint64_t>(kLongAlone / 3 - 10));
  auto fine = minutes(0, 29);  // the bar at 27 is not whole, and known only when the series goes on
  fine.append(minutes(kLongAlone, kLongAlone + 30).view());
  const auto hole_in_fine = compare_in_ranges(fine, threes(0, kLongAlone + 30));
  EXPECT_EQ(hole_in_fine.compared, 19u);
  EXPECT_EQ(hole_in_fine.not_whole, 1u);
  EXPECT_EQ(hole_in_fine.only_stored, static_cast<std::uint64_t>(kLongAlone / 3 - 10));
}

}  // namespace
}  // namespace cw::market
