#include <gtest/gtest.h>

#include "indicators/statistics/correlation.h"
#include "indicators/statistics/deviation.h"
#include "indicators/statistics/ranks.h"
#include "indicators/statistics/sums.h"
#include "indicators/testing_windows.h"

namespace cw::indicators {
namespace {

using namespace testing;

TEST(Deviations, KeepTheKernelsPromises) {
  for (const int length : {1, 2, 3, 20, 50}) {
    expect_sound(Variance{length, true}, "c");
    expect_sound(Stdev{length, true}, "c");
    expect_sound(ZScore{length}, "c");
    expect_sound(MeanDeviation{length}, "c");
  }
  expect_sound(Stdev{5, false}, "c");
  expect_sound(Variance{5, false}, "c");
}

// At 1e-8 and 1e8 alike, and where a price of 1e6 moves in its last digits.
TEST(Deviations, KeepTheirDigitsAtEveryPrice) {
  for (const int length : {2, 3, 20, 50}) {
    expect_is(Variance{length, true}, "c", length, variance_of);
    expect_is(Stdev{length, true}, "c", length, [](Span window) { return std::sqrt(variance_of(window)); });
    expect_is(Stdev{length, false}, "c", length, [](Span window) {
      const auto n = static_cast<long double>(window.size());
      return std::sqrt(variance_of(window) * n / (n - 1));
    });
    expect_is(
        ZScore{length}, "c", length,
        [](Span window) {
          const long double variance = variance_of(window);
          const bool flat = std::ranges::all_of(window, [&](double x) { return x == window[0]; });
          return flat ? 0.0L : (window.back() - mean_of(window)) / std::sqrt(variance);
        },
        [](Span) { return 1.0L; });
    expect_is(
        MeanDeviation{length}, "c", length,
        [](Span window) {
          long double sum = 0;
          for (const double x : window) sum += std::abs(x - mean_of(window));
          return sum / static_cast<long double>(window.size());
        },
        // The distance of a price from its mean is known to the price's last digit.
        [](Span window) { return 1e-6L * std::abs(window.back()); });
  }
}

// 2 4 4 4 5 5 7 9: mean 5, variance 4; from a sample 32 / 7.
TEST(Deviations, FollowTheHandWorkedSeries) {
  const std::vector<double> values{2, 4, 4, 4, 5, 5, 7, 9};
  EXPECT_DOUBLE_EQ(answers(Stdev{8, true}, values).back(), 2);
  EXPECT_DOUBLE_EQ(answers(Variance{8, false}, values).back(), 32.0 / 7);
  EXPECT_DOUBLE_EQ(answers(ZScore{8}, values).back(), 2);
  EXPECT_DOUBLE_EQ(answers(MeanDeviation{8}, values).back(), 1.5);
}

TEST(Deviations, AreExactlyZeroOnAFlatWindow) {
  for (const double level : {0.1, 1e-8 / 3, 1e8 / 7}) {
    const std::vector<double> flat(50, level);
    EXPECT_EQ(answers(Stdev{7, true}, flat).back(), 0);
    EXPECT_EQ(answers(ZScore{7}, flat).back(), 0);
    EXPECT_EQ(answers(MeanDeviation{7}, flat).back(), 0);
    EXPECT_EQ(answers(Slope{7}, flat).back(), 0);
    EXPECT_EQ(answers(CentreOfGravity{7}, flat).back(), -4);
  }
}

long double nearest_rank_of(Span window, long double percentage) {
  std::vector<double> sorted(window.begin(), window.end());
  std::ranges::sort(sorted);
  std::size_t rank = 0;
  while (100 * static_cast<long double>(rank + 1) < percentage * static_cast<long double>(sorted.size())) ++rank;
  return sorted[rank];
}

TEST(Ranks, KeepTheKernelsPromises) {
  for (const int length : {1, 2, 3, 20, 51, 100}) {
    expect_sound(Median{length}, "c");
    expect_sound(Mode{length}, "c");
    expect_sound(NearestRank{length, 30}, "c");
    expect_sound(InterpolatedRank{length, 30}, "c");
    expect_sound(PercentRank{length, Seed::talib}, "c");
    expect_sound(PercentRank{length, Seed::pine}, "c");
  }
}

TEST(Ranks, AreThoseOfTheSortedWindow) {
  for (const int length : {1, 2, 5, 20, 100}) {
    for (const double percentage : {0.0, 1.0, 25.0, 50.0, 90.0, 100.0}) {
      expect_is(NearestRank{length, percentage}, "c", length,
                [percentage](Span window) { return nearest_rank_of(window, percentage); });
    }
    expect_is(Median{length}, "c", length, [](Span window) {
      std::vector<double> sorted(window.begin(), window.end());
      std::ranges::sort(sorted);
      return (static_cast<long double>(sorted[(sorted.size() - 1) / 2]) + sorted[sorted.size() / 2]) / 2;
    });
    expect_is(Mode{length}, "c", length, [](Span window) {
      const auto times = [&](double x) { return std::ranges::count(window, x); };
      return *std::ranges::max_element(
          window, [&](double a, double b) { return times(a) != times(b) ? times(a) < times(b) : a > b; });
    });
    expect_is(PercentRank{length, Seed::pine}, "c", length + 1, [](Span window) {
      const auto before = window.first(window.size() - 1);
      const auto count = std::ranges::count_if(before, [&](double x) { return x <= window.back(); });
      return 100 * static_cast<long double>(count) / static_cast<long double>(before.size());
    });
  }
}

// Of four values the ranks stand at 12.5, 37.5, 62.5 and 87.5 per cent.
TEST(Ranks, InterpolateBetweenTheMiddlesOfTheRanks) {
  const std::vector<double> values{40, 10, 30, 20};
  EXPECT_DOUBLE_EQ(answers(InterpolatedRank{4, 0}, values).back(), 10);
  EXPECT_DOUBLE_EQ(answers(InterpolatedRank{4, 12.5}, values).back(), 10);
  EXPECT_DOUBLE_EQ(answers(InterpolatedRank{4, 30}, values).back(), 17);
  EXPECT_DOUBLE_EQ(answers(InterpolatedRank{4, 50}, values).back(), 25);
  EXPECT_DOUBLE_EQ(answers(InterpolatedRank{4, 62.5}, values).back(), 30);
  EXPECT_DOUBLE_EQ(answers(InterpolatedRank{4, 100}, values).back(), 40);
}

TEST(Ranks, CountEqualValuesWithThePineSeedAlone) {
  const std::vector<double> values{1, 2, 2, 3, 2};
  EXPECT_DOUBLE_EQ(answers(PercentRank{4, Seed::talib}, values).back(), 25);
  EXPECT_DOUBLE_EQ(answers(PercentRank{4, Seed::pine}, values).back(), 75);
}

TEST(Correlation, KeepsTheKernelsPromisesAndIsPearsons) {
  for (const int length : {1, 2, 3, 20, 50}) {
    expect_sound(Correlation{length}, "hl");
    expect_is(
        Correlation{length}, "hl", length,
        [](Span x, Span y) {
          const auto flat = [](Span w) { return std::ranges::all_of(w, [&](double v) { return v == w[0]; }); };
          if (flat(x) || flat(y)) return 0.0L;
          long double sum = 0;
          for (std::size_t j = 0; j < x.size(); ++j) sum += (x[j] - mean_of(x)) * (y[j] - mean_of(y));
          return sum / static_cast<long double>(x.size()) / std::sqrt(variance_of(x)) / std::sqrt(variance_of(y));
        },
        [](Span, Span) { return 1.0L; });
  }
}

TEST(Correlation, IsOneOfAStraightLineAndZeroOfAFlatOne) {
  Correlation up{3};
  Correlation down{3};
  Correlation flat{3};
  double ends[3] = {};
  for (const double x : {1.0, 5.0, 2.0, 9.0}) {
    ends[0] = up.step(x, 10 + 2 * x);
    ends[1] = down.step(x, 10 - 3 * x);
    ends[2] = flat.step(x, 0.1);
  }
  EXPECT_DOUBLE_EQ(ends[0], 1);
  EXPECT_DOUBLE_EQ(ends[1], -1);
  EXPECT_EQ(ends[2], 0);
}

TEST(Sums, KeepTheKernelsPromises) {
  for (const int length : {1, 2, 14, 50}) {
    expect_sound(Sum{length}, "c");
    expect_sound(CentreOfGravity{length}, "c");
    if (length > 1) expect_sound(Slope{length}, "c");
  }
  expect_sound(Cumulative{}, "v");
}

TEST(Sums, AreTheirDefinitions) {
  for (const int length : {2, 14, 50}) {
    expect_is(Sum{length}, "v", length, [](Span w) { return mean_of(w) * static_cast<long double>(w.size()); });
    expect_is(Slope{length}, "c", length, slope_of,
              [](Span w) { return std::sqrt(variance_of(w)) / static_cast<long double>(w.size()); });
    expect_is(CentreOfGravity{length}, "c", length, [](Span w) {
      long double above = 0;
      for (std::size_t j = 0; j < w.size(); ++j) above += static_cast<long double>(w.size() - j) * w[j];
      return -above / (mean_of(w) * static_cast<long double>(w.size()));
    });
  }
}

TEST(Sums, FollowTheHandWorkedSeries) {
  expect_answers(answers(Sum{2}, {1, 2, kNaN, 4}), {kNaN, 3, kNaN, 6});
  expect_answers(answers(Cumulative{}, {1, kNaN, 4}), {1, kNaN, 5});
  expect_answers(answers(Slope{3}, {1, 3, 5, 5}), {kNaN, kNaN, 2, 1});
  // -(1 6 + 2 2 + 3 1) / 9
  expect_answers(answers(CentreOfGravity{3}, {1, 2, 6}), {kNaN, kNaN, -13.0 / 9});
  EXPECT_EQ(answers(CentreOfGravity{2}, {-1, 1}).back(), -1.5);
}

}  // namespace
}  // namespace cw::indicators
