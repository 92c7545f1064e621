#include "backtest/robustness/sharpe_chance.h"

#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"

namespace cw::backtest {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<double> noise(std::size_t n, Random& random, double mean = 0) {
  std::vector<double> returns(n);
  for (double& r : returns) r = mean + 0.01 * random.normal();
  return returns;
}

TEST(Normal, QuantileAndChanceUndoEachOther) {
  for (double p = 1e-15; p < 0.5; p *= 1.7) {
    EXPECT_NEAR(normal_cdf(normal_quantile(p)) / p, 1, 1e-11) << p;
    EXPECT_NEAR(normal_quantile(0.5 - p / 2), -normal_quantile(1 - (0.5 - p / 2)), 1e-12) << p;
  }
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-12);
  EXPECT_NEAR(normal_quantile(0.5), 0, 1e-15);
  EXPECT_TRUE(std::isinf(normal_quantile(0)));
  EXPECT_TRUE(std::isnan(normal_quantile(1.5)));
}

TEST(Moments, FollowTheHandWorkedSample) {  // mean 2, deviations -2 -1 0 3
  const auto found = moments(std::vector{0.0, 1.0, 2.0, 5.0});
  EXPECT_DOUBLE_EQ(found.mean, 2);
  EXPECT_DOUBLE_EQ(found.m2, 14.0 / 4);
  EXPECT_DOUBLE_EQ(found.m3, 18.0 / 4);
  EXPECT_DOUBLE_EQ(found.m4, 98.0 / 4);
  EXPECT_DOUBLE_EQ(found.deviation(), std::sqrt(14.0 / 3));
}

TEST(Quantile, IsLinearBetweenTheValues) {
  const std::vector<double> sorted{1, 2, 4, 8};
  EXPECT_DOUBLE_EQ(quantile_of_sorted(sorted, 0), 1);
  EXPECT_DOUBLE_EQ(quantile_of_sorted(sorted, 0.5), 3);
  EXPECT_DOUBLE_EQ(quantile_of_sorted(sorted, 0.9), 4 + 0.7 * 4);
  EXPECT_DOUBLE_EQ(quantile_of_sorted(sorted, 1), 8);
}

// Sharpe .1, skew -1, kurtosis 5, 101 returns: spread 1 + .1 + .01 = 1.11; z = 10 * .1 / sqrt(1.11).
TEST(ProbabilisticSharpe, FollowsTheHandWorkedMoments) {
  Moments returns;
  returns.n = 101;
  returns.m2 = 0.01 * 100 / 101;  // so that the deviation is .1
  returns.mean = 0.01;
  returns.m3 = -1 * std::pow(returns.m2, 1.5);
  returns.m4 = 5 * returns.m2 * returns.m2;
  returns.largest = 1;
  EXPECT_DOUBLE_EQ(sharpe_of(returns), 0.1);
  EXPECT_NEAR(probabilistic_sharpe(returns, 0), normal_cdf(1 / std::sqrt(1.11)), 1e-12);
  EXPECT_NEAR(probabilistic_sharpe(returns, 0.1), 0.5, 1e-12);
  EXPECT_NEAR(least_track_record(returns, 0, 0.95), 1 + 1.11 * std::pow(1.6448536269514722 / 0.1, 2), 1e-8);
  EXPECT_TRUE(std::isinf(least_track_record(returns, 0.2, 0.95)));
  EXPECT_NEAR(deflated_sharpe(returns, 1, kNaN), probabilistic_sharpe(returns, 0), 1e-15);
}

TEST(ProbabilisticSharpe, OfNoiseIsUniform) {
  Random random(11);
  constexpr int kRuns = 2000;
  double sum = 0;
  int high = 0;
  for (int run = 0; run < kRuns; ++run) {
    const double chance = probabilistic_sharpe(moments(noise(250, random)), 0);
    sum += chance;
    high += chance > 0.95 ? 1 : 0;
  }
  EXPECT_NEAR(sum / kRuns, 0.5, 4 * std::sqrt(1.0 / 12 / kRuns));
  EXPECT_NEAR(high / static_cast<double>(kRuns), 0.05, 4 * std::sqrt(0.05 * 0.95 / kRuns));
}

TEST(ProbabilisticSharpe, IsNotToldOfFewOrFlatReturns) {
  Random random(5);
  EXPECT_TRUE(std::isnan(probabilistic_sharpe(moments(noise(29, random)), 0)));
  EXPECT_TRUE(std::isnan(probabilistic_sharpe(moments(std::vector<double>(100, 0.001)), 0)));
  EXPECT_TRUE(std::isnan(deflated_sharpe(moments(noise(29, random)), 10, kNaN)));
}

TEST(DeflatedSharpe, ExpectsOfTheBestOfNoiseWhatItShows) {
  Random random(3);
  constexpr int kRuns = 300;
  for (const int trials : {10, 50}) {
    double best_sum = 0;
    double deflated_sum = 0;
    for (int run = 0; run < kRuns; ++run) {
      Moments best;
      double best_sharpe = -1e9;
      for (int trial = 0; trial < trials; ++trial) {
        const auto found = moments(noise(100, random));
        if (sharpe_of(found) > best_sharpe) best = found, best_sharpe = sharpe_of(found);
      }
      best_sum += best_sharpe;
      deflated_sum += deflated_sharpe(best, trials, kNaN);
    }
    const double expected = expected_best_sharpe(trials, 1.0 / 99);
    EXPECT_NEAR(best_sum / kRuns / expected, 1, 0.06) << trials;
    EXPECT_NEAR(deflated_sum / kRuns, 0.5, 0.06) << trials;  // the best of nothing deflates to a coin's toss
  }
}

TEST(DeflatedSharpe, FallsWithTheNumberOfTrials) {
  Random random(9);
  const auto found = moments(noise(500, random, 0.001));
  double before = probabilistic_sharpe(found, 0);
  for (const double trials : {2.0, 10.0, 1000.0, 1e6}) {
    const double now = deflated_sharpe(found, trials, kNaN);
    EXPECT_LT(now, before);
    before = now;
  }
  EXPECT_LT(deflated_sharpe(found, 100, 0.1), deflated_sharpe(found, 100, 0.001));
}

}  // namespace
}  // namespace cw::backtest
