#include "backtest/robustness/resampling.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"

namespace cw::backtest {
namespace {

std::vector<double> noise(std::size_t n, std::uint64_t seed, double mean = 0) {
  Random random(seed);
  std::vector<double> returns(n);
  for (double& r : returns) r = mean + 0.01 * random.normal();
  return returns;
}

bool same(const Spread& a, const Spread& b) { return a.quantile == b.quantile && a.mean == b.mean; }

TEST(MonteCarlo, IsTheSameFromTheSameSeedAndAnotherFromAnother) {
  const auto returns = noise(300, 1);
  MonteCarloOptions options;
  const auto one = monte_carlo(returns, options).value();
  const auto again = monte_carlo(returns, options).value();
  EXPECT_TRUE(same(one.total_return, again.total_return));
  EXPECT_TRUE(same(one.max_drawdown, again.max_drawdown));
  options.seed = 2;
  EXPECT_FALSE(same(one.total_return, monte_carlo(returns, options).value().total_return));
}

TEST(MonteCarlo, OfAConstantReturnIsOnePath) {
  const std::vector<double> returns(100, 0.01);
  const auto made = monte_carlo(returns, {}).value();
  for (const double end : made.total_return.quantile) EXPECT_NEAR(end, std::pow(1.01, 100) - 1, 1e-10);
  EXPECT_EQ(made.max_drawdown.quantile.back(), 0);
  EXPECT_EQ(made.chance_of_loss, 0);
  ASSERT_EQ(made.growth.size(), 100U);
  EXPECT_EQ(made.after.back(), 100U);
  EXPECT_NEAR(made.growth[49].quantile[2], std::pow(1.01, 50), 1e-10);
}

// The log of a path's end has the mean of n log returns and, of single returns, n times their variance.
TEST(MonteCarlo, SpreadsAsTheReturnsDo) {
  const auto returns = noise(400, 7, 0.001);
  double mean = 0;
  double square = 0;
  for (const double r : returns) mean += std::log1p(r), square += std::log1p(r) * std::log1p(r);
  const double n = 400;
  const double deviation = std::sqrt(square / n - mean * mean / n / n) * std::sqrt(n);
  MonteCarloOptions options;
  options.block = 1;
  options.paths = 4000;
  const auto made = monte_carlo(returns, options).value();
  const double z = 1.6448536;
  EXPECT_NEAR(std::log1p(made.total_return.quantile[2]), mean, 5 * deviation / std::sqrt(4000.0));
  EXPECT_NEAR(std::log1p(made.total_return.quantile[4]), mean + z * deviation, 10 * deviation / std::sqrt(4000.0));
  EXPECT_NEAR(std::log1p(made.total_return.quantile[0]), mean - z * deviation, 10 * deviation / std::sqrt(4000.0));
}

TEST(MonteCarlo, KeepsStreaksTogetherWhereBlocksAreLong) {
  std::vector<double> returns(400);
  for (std::size_t i = 0; i < returns.size(); ++i) returns[i] = (i / 20) % 2 == 0 ? 0.01 : -0.01;
  MonteCarloOptions options;
  options.block = 1;
  const auto single = monte_carlo(returns, options).value();
  options.block = 20;
  const auto blocks = monte_carlo(returns, options).value();
  EXPECT_GT(blocks.max_drawdown.quantile[2], 1.5 * single.max_drawdown.quantile[2]);
}

TEST(MonteCarlo, HasBandsInOrderAndEndsAtNothingWhereAllIsLost) {
  auto returns = noise(200, 4);
  returns[50] = -1;
  const auto made = monte_carlo(returns, {}).value();
  for (const auto& band : made.growth) EXPECT_TRUE(std::ranges::is_sorted(band.quantile));
  EXPECT_EQ(made.total_return.quantile[0], -1);
  EXPECT_EQ(made.max_drawdown.quantile[4], 1);
}

TEST(MonteCarlo, NamesTheOptionThatIsOutOfBounds) {
  const auto returns = noise(200, 4);
  MonteCarloOptions options;
  options.paths = 99;
  EXPECT_EQ(monte_carlo(returns, options).error().field, "paths");
  options = {};
  options.points = 201;
  EXPECT_EQ(monte_carlo(returns, options).error().field, "points");
  options = {};
  options.block = 0.5;
  EXPECT_EQ(monte_carlo(returns, options).error().field, "block");
  options = {};
  EXPECT_EQ(monte_carlo(std::span(returns).first(29), options).error().code, Errc::bad_input);
}

TEST(TradeShuffle, FindsTheDrawdownsOfAllOrdersOfFewTrades) {
  // Nine of +100 and one of -500 on 1000: where k wins come first the fall is 500 / (1000 + 100 k).
  std::vector<double> pnl(9, 100);
  pnl.push_back(-500);
  const auto made = shuffle_trades(pnl, 1000, 10'000, 1).value();
  EXPECT_DOUBLE_EQ(made.observed, 500.0 / 1900);
  EXPECT_EQ(made.chance_deeper, 1);
  double mean = 0;
  for (int k = 0; k < 10; ++k) mean += 500.0 / (1000 + 100 * k) / 10;
  EXPECT_NEAR(made.max_drawdown.mean, mean, 0.004);
  EXPECT_DOUBLE_EQ(made.max_drawdown.quantile[4], 0.5);
}

TEST(TradeShuffle, OfARandomOrderIsAsDeepAsAny) {
  Random random(2);
  double sum = 0;
  for (int run = 0; run < 200; ++run) {
    std::vector<double> pnl(60);
    for (double& profit : pnl) profit = 10 * random.normal();
    sum += shuffle_trades(pnl, 1000, 200, static_cast<std::uint64_t>(run)).value().chance_deeper;
  }
  EXPECT_NEAR(sum / 200, 0.5, 4 * std::sqrt(1.0 / 12 / 200));
}

TEST(TradeShuffle, OfSharesCompounds) {
  // Twelve losses of a tenth in a row, between twelve gains: the deepest order loses 1 - 0.9^12, none loses more.
  std::vector<double> shares;
  for (int i = 0; i < 12; ++i) shares.push_back(-0.1), shares.push_back(0.1 / 0.9);
  const auto made = shuffle_shares(shares, 5'000, 1).value();
  EXPECT_NEAR(made.observed, 0.1, 1e-12);
  EXPECT_EQ(made.chance_deeper, 1);
  EXPECT_GT(made.max_drawdown.quantile.front(), 0.1);
  EXPECT_LT(made.max_drawdown.quantile.back(), 1 - std::pow(0.9, 12));
  // Of small profits it is the sum.
  std::vector<double> small;
  Random random(3);
  for (int i = 0; i < 60; ++i) small.push_back(1e-6 * random.normal());
  const auto shares_of = shuffle_shares(small, 500, 7).value();
  const auto sums_of = shuffle_trades(small, 1, 500, 7).value();
  for (std::size_t i = 0; i < kSpreadAt.size(); ++i)
    EXPECT_NEAR(shares_of.max_drawdown.quantile[i], sums_of.max_drawdown.quantile[i], 1e-9);
  EXPECT_EQ(shuffle_shares(std::vector<double>(9, 0.1), 1000, 1).error().code, Errc::bad_input);
}

TEST(TradeShuffle, AsksForTenTrades) {
  EXPECT_EQ(shuffle_trades(std::vector<double>(9, 1.0), 1000, 1000, 1).error().code, Errc::bad_input);
  EXPECT_EQ(shuffle_trades(std::vector<double>(10, 1.0), 1000, 99, 1).error().field, "orders");
}

}  // namespace
}  // namespace cw::backtest
