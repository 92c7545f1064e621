#include <gtest/gtest.h>

#include "indicators/averages/exponential.h"
#include "indicators/averages/fixed_weights.h"
#include "indicators/averages/kama.h"
#include "indicators/averages/line.h"
#include "indicators/averages/vwma.h"
#include "indicators/testing_windows.h"

namespace cw::indicators {
namespace {

using namespace testing;

long double weighted_mean_of(Span window) {
  long double sum = 0;
  long double weights = 0;
  for (std::size_t j = 0; j < window.size(); ++j) {
    const auto weight = static_cast<long double>(j + 1);
    sum += weight * window[j];
    weights += weight;
  }
  return sum / weights;
}

TEST(Wma, KeepsTheKernelsPromisesAndIsTheWeightedMean) {
  for (const int length : {1, 2, 3, 14, 50, 399}) {
    expect_sound(Wma{length}, "c");
    expect_is(Wma{length}, "c", length, weighted_mean_of);
    expect_stays_where_flat(Wma{length});
  }
}

// (1 + 2 2 + 3 6) / 6, then (2 + 2 6 + 3 4) / 6.
TEST(Wma, FollowsTheHandWorkedSeries) {
  expect_answers(answers(Wma{3}, {1, 2, 6, 4}), {kNaN, kNaN, 23.0 / 6, 26.0 / 6});
}

TEST(Linreg, KeepsTheKernelsPromisesAndIsTheLeastSquaresLine) {
  for (const int length : {1, 2, 3, 14, 50}) {
    for (const int offset : {0, 1, -1, length - 1}) {
      const Linreg linreg(length, offset);
      expect_sound(linreg, "c");
      expect_is(linreg, "c", length, [offset](Span window) {
        const long double last = static_cast<long double>(window.size() - 1) / 2;
        return mean_of(window) + slope_of(window) * (last - offset);
      });
      expect_stays_where_flat(linreg);
    }
  }
}

TEST(Linreg, RunsThroughAStraightLineAtEachOffset) {
  expect_answers(answers(Linreg{3, 0}, {1, 3, 5, 7}), {kNaN, kNaN, 5, 7});
  expect_answers(answers(Linreg{3, 2}, {1, 3, 5, 7}), {kNaN, kNaN, 1, 3});
  expect_answers(answers(Linreg{3, -1}, {1, 3, 5, 7}), {kNaN, kNaN, 7, 9});
}

TEST(Hma, KeepsTheKernelsPromises) {
  for (const int length : {2, 3, 4, 9, 16, 50, 99}) {
    expect_sound(Hma{length}, "c");
    expect_stays_where_flat(Hma{length});
  }
}

// Length 4: twice the WMA of 2 less that of 4, smoothed by a WMA of 2. On 1 2 3 4 5 the first is x - 1/3, the second x - 1,
// so their difference is x + 1/3, and the smoothing takes 1/3 off again.
TEST(Hma, HasNoLagOnAStraightLine) {
  expect_answers(answers(Hma{4}, {1, 2, 3, 4, 5, 6}), {kNaN, kNaN, kNaN, kNaN, 5, 6});
}

TEST(Vwma, KeepsTheKernelsPromisesAndIsTheVolumeWeightedMean) {
  for (const int length : {1, 2, 14, 50}) {
    expect_sound(Vwma{length}, "cv");
    expect_is(Vwma{length}, "cv", length, [](Span close, Span volume) {
      long double sum = 0;
      long double total = 0;
      for (std::size_t j = 0; j < close.size(); ++j)
        sum += static_cast<long double>(close[j]) * volume[j], total += volume[j];
      return total == 0 ? static_cast<long double>(close.back()) : sum / total;
    });
  }
}

TEST(Vwma, AnswersTheSourceWhereNothingWasTraded) {
  Vwma vwma{2};
  (void)vwma.step(10, 1);
  EXPECT_DOUBLE_EQ(vwma.step(20, 3), 17.5);
  EXPECT_EQ(vwma.step(30, 0), 20);
  EXPECT_EQ(vwma.step(40, 0), 40);
  EXPECT_EQ(vwma.step(50, 1e-9), 50);
}

TEST(DoubleAndTriple, KeepTheKernelsPromises) {
  for (const int length : {1, 2, 14, 50}) {
    expect_sound(Dema{length}, "c");
    expect_sound(Tema{length}, "c");
    expect_sound(Trix{length}, "c");
    expect_stays_where_flat(Dema{length});
    expect_stays_where_flat(Tema{length});
  }
}

// Length 2, weight 2/3. EMA: - 2 4 6; EMA of it: - - 3 5; again: - - - 4 (values 1 3 5 7).
TEST(DoubleAndTriple, FollowTheHandWorkedSeries) {
  expect_answers(answers(Dema{2}, {1, 3, 5, 7}), {kNaN, kNaN, 5, 7});
  expect_answers(answers(Tema{2}, {1, 3, 5, 7}), {kNaN, kNaN, kNaN, 7});
  expect_answers(answers(Trix{2}, {1, 3, 5, 7, 9}), {kNaN, kNaN, kNaN, kNaN, 50});
}

TEST(Trix, IsZeroAfterAnAverageOfZero) { expect_answers(answers(Trix{1}, {0, 0, 5, 10}), {kNaN, 0, 0, 100}); }

TEST(Kama, KeepsTheKernelsPromises) {
  for (const int length : {1, 2, 10, 50}) {
    expect_sound(Kama{length, 2, 30}, "c");
    expect_stays_where_flat(Kama{length, 2, 30});
  }
  expect_sound(Kama{10, 3, 20}, "c");
}

// Length 2, fast 1 (weight 1), slow 3 (weight 1/2). Row 2: 1 2 3 is straight, weight 1: 3. Row 3: 2 3 2 goes nowhere over a
// way of 2: weight 1/4 from 3 to 2. Row 4: 3 2 4 gained 1 over a way of 3: root 1/2 + 1/6, weight 4/9 from 2.75 to 4.
TEST(Kama, FollowsTheHandWorkedSeries) {
  expect_answers(answers(Kama{2, 1, 3}, {1, 2, 3, 2, 4}), {kNaN, kNaN, 3, 2.75, 2.75 + 1.25 * 4 / 9});
}

TEST(Alma, KeepsTheKernelsPromisesAndIsTheGaussianMean) {
  for (const int length : {1, 2, 9, 21}) {
    for (const bool floor : {false, true}) {
      const Alma alma(length, 0.85, 6, floor);
      expect_sound(alma, "c");
      expect_stays_where_flat(alma);
      expect_is(alma, "c", length, [length, floor](Span window) {
        long double middle = 0.85L * (length - 1);
        if (floor) middle = std::floor(middle);
        const long double width = length / 6.0L;
        long double sum = 0;
        long double weights = 0;
        for (std::size_t j = 0; j < window.size(); ++j) {
          const long double z = (static_cast<long double>(j) - middle) / width;
          sum += std::exp(-z * z / 2) * window[j];
          weights += std::exp(-z * z / 2);
        }
        return sum / weights;
      });
    }
  }
}

TEST(Swma, KeepsTheKernelsPromisesAndWeighsTheMiddleTwice) {
  expect_sound(Swma{}, "c");
  expect_stays_where_flat(Swma{});
  expect_answers(answers(Swma{}, {6, 12, 18, 30, 0}), {kNaN, kNaN, kNaN, 16, 18});
}

}  // namespace
}  // namespace cw::indicators
