#include "backtest/robustness/overfitting.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"

namespace cw::backtest {
namespace {

std::vector<double> noise(std::size_t n, Random& random, double mean = 0) {
  std::vector<double> returns(n);
  for (double& r : returns) r = mean + 0.01 * random.normal();
  return returns;
}

TEST(Overfitting, OfNoiseIsAHalf) {
  Random random(5);
  constexpr int kRuns = 150;
  double sum = 0;
  double square = 0;
  for (int run = 0; run < kRuns; ++run) {
    auto table = OverfittingTable::make(400, 8).value();
    for (int variant = 0; variant < 20; ++variant) table.add(noise(400, random));
    const double pbo = table.measure().value().pbo;
    sum += pbo;
    square += pbo * pbo;
  }
  const double mean = sum / kRuns;
  EXPECT_NEAR(mean, 0.5, 4 * std::sqrt((square / kRuns - mean * mean) / kRuns));
}

TEST(Overfitting, OfOneThatIsReallyBetterIsNearlyNone) {
  Random random(6);
  auto table = OverfittingTable::make(1600).value();
  for (int variant = 0; variant < 19; ++variant) table.add(noise(1600, random));
  table.add(noise(1600, random, 0.005));
  const auto found = table.measure().value();
  EXPECT_EQ(found.splits, 12870U);
  EXPECT_EQ(found.variants, 20U);
  EXPECT_LT(found.pbo, 0.01);
  EXPECT_LT(found.chance_of_loss, 0.01);
  EXPECT_EQ(found.logits.size(), found.splits);
}

// Each variant earns in one half of the time what it loses in the other: the best one is the worst next.
TEST(Overfitting, OfVariantsThatTurnIsCertain) {
  Random random(8);
  auto table = OverfittingTable::make(400, 4).value();
  for (int variant = 0; variant < 10; ++variant) {
    std::vector<double> returns = noise(400, random);
    double sums[4] = {};
    for (std::size_t i = 0; i < 400; ++i) sums[i / 100] += returns[i];
    const double mean = (sums[0] + sums[1] + sums[2] + sums[3]) / 400;
    for (double& r : returns) r -= mean;
    table.add(returns);
  }
  const auto found = table.measure().value();
  EXPECT_EQ(found.splits, 6U);
  EXPECT_EQ(found.pbo, 1);
  EXPECT_EQ(found.chance_of_loss, 1);
}

TEST(Overfitting, KnowsVariantsThatNeverTrade) {
  auto table = OverfittingTable::make(100, 4).value();
  for (int variant = 0; variant < 3; ++variant) table.add(std::vector<double>(100, 0.0));
  const auto found = table.measure().value();
  EXPECT_EQ(found.pbo, 1);  // all are equal: the one picked is in the middle, no better than the median
  EXPECT_EQ(found.chance_of_loss, 0);
  EXPECT_TRUE(std::isnan(found.slope));
}

TEST(Overfitting, NamesWhatIsOutOfBounds) {
  EXPECT_EQ(OverfittingTable::make(1000, 7).error().field, "blocks");
  EXPECT_EQ(OverfittingTable::make(1000, 22).error().field, "blocks");
  EXPECT_EQ(OverfittingTable::make(159, 16).error().field, "blocks");
  auto table = OverfittingTable::make(40, 4).value();
  table.add(std::vector<double>(40, 0.0));
  EXPECT_EQ(table.measure().error().code, Errc::bad_input);
}

}  // namespace
}  // namespace cw::backtest
