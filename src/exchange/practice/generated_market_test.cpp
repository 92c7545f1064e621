#include "exchange/practice/generated_market.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <vector>

namespace cw::exchange::practice {
namespace {

constexpr std::int64_t kFirstDay = 20'210;  // 2025-05-02
constexpr std::size_t kBtc = 0;

GeneratedMarket market_of(std::uint64_t seed) { return GeneratedMarket(seed, start_of_day(kFirstDay)); }

double mean(const std::vector<double>& x) {
  return std::accumulate(x.begin(), x.end(), 0.0) / static_cast<double>(x.size());
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const double mean_a = mean(a);
  const double mean_b = mean(b);
  double ab = 0;
  double aa = 0;
  double bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - mean_a) * (b[i] - mean_b);
    aa += (a[i] - mean_a) * (a[i] - mean_a);
    bb += (b[i] - mean_b) * (b[i] - mean_b);
  }
  return ab / std::sqrt(aa * bb);
}

double autocorrelation(const std::vector<double>& x, std::size_t lag) {
  return correlation({x.begin(), x.end() - static_cast<std::ptrdiff_t>(lag)},
                     {x.begin() + static_cast<std::ptrdiff_t>(lag), x.end()});
}

double kurtosis(const std::vector<double>& x) {
  const double center = mean(x);
  double second = 0;
  double fourth = 0;
  for (const double value : x) {
    const double square = (value - center) * (value - center);
    second += square;
    fourth += square * square;
  }
  return fourth / (second * second) * static_cast<double>(x.size());
}

std::vector<double> absolute(std::vector<double> x) {
  for (double& value : x) value = std::abs(value);
  return x;
}

/// Log returns over `minutes`, of `days` days.
std::vector<double> returns(GeneratedMarket& market, std::size_t symbol, int days, int minutes) {
  std::vector<double> found;
  double before = 0;
  for (int d = 0; d < days; ++d) {
    const DayBarsPtr bars = *market.day(symbol, kFirstDay + d);
    for (std::size_t i = 0; i < bars->size(); ++i) {
      if ((i + 1) % static_cast<std::size_t>(minutes) != 0) continue;
      const double close = (*bars)[i].candle.close;
      if (before > 0) found.push_back(std::log(close / before));
      before = close;
    }
  }
  return found;
}

TEST(GeneratedMarket, HasTwelveSymbolsWithStepsThatAreDecimalText) {
  const GeneratedMarket market = market_of(1);
  ASSERT_EQ(market.instruments().size(), 12U);
  EXPECT_EQ(market.instruments()[0].id.text(), "practice:BTCUSDT");
  EXPECT_EQ(market.instruments()[0].tick_size, "0.01");
  EXPECT_EQ(market.instruments()[0].lot_size, "0.00001");
  EXPECT_EQ(market.instruments()[5].id.symbol, "DOGEUSDT");
  EXPECT_EQ(market.instruments()[5].lot_size, "1");
  std::set<std::string> names;
  for (const market::Instrument& one : market.instruments()) names.insert(one.id.symbol);
  EXPECT_EQ(names.size(), 12U);
}

TEST(GeneratedMarket, IsTheSameForTheSameSeedAndAnotherForAnother) {
  GeneratedMarket one = market_of(7);
  GeneratedMarket same = market_of(7);
  GeneratedMarket other = market_of(8);
  EXPECT_EQ(**one.day(3, kFirstDay + 5), **same.day(3, kFirstDay + 5));
  EXPECT_NE(**one.day(3, kFirstDay + 5), **other.day(3, kFirstDay + 5));
}

TEST(GeneratedMarket, MakesADayOnDemandExactlyAsItDoesInSequence) {
  GeneratedMarket sequential = market_of(11);
  std::map<std::pair<std::size_t, int>, DayBarsPtr> in_order;
  for (int d = 0; d < 140; ++d) {  // over a border of the 256-day blocks
    for (const std::size_t symbol : {std::size_t{0}, std::size_t{9}}) {
      const DayBarsPtr bars = *sequential.day(symbol, kFirstDay + d);
      if (d % 23 == 0) in_order[{symbol, d}] = bars;
    }
  }
  for (auto at = in_order.rbegin(); at != in_order.rend();
       ++at) {  // backwards, each by a market that saw nothing before
    GeneratedMarket fresh = market_of(11);
    EXPECT_EQ(**fresh.day(at->first.first, kFirstDay + at->first.second), *at->second) << "day " << at->first.second;
  }
}

TEST(GeneratedMarket, ShowsNothingBeforeItsFirstMinute) {
  GeneratedMarket market(3, start_of_day(kFirstDay) + kMinute * 90);
  EXPECT_TRUE((*market.day(kBtc, kFirstDay - 1))->empty());
  const DayBarsPtr bars = *market.day(kBtc, kFirstDay);
  ASSERT_EQ(bars->size(), 1'350U);
  EXPECT_EQ(bars->front().candle.open_time, start_of_day(kFirstDay) + kMinute * 90);
  GeneratedMarket earlier = market_of(3);
  EXPECT_EQ(bars->front(), (**earlier.day(kBtc, kFirstDay))[90]) << "how far back it is shown does not change it";
}

TEST(GeneratedMarket, FoldsItsTradesToExactlyItsMinutes) {
  GeneratedMarket market = market_of(21);
  for (std::size_t symbol = 0; symbol < GeneratedMarket::kSymbols; ++symbol) {
    const DayBarsPtr bars = *market.day(symbol, kFirstDay + 40);
    ASSERT_EQ(bars->size(), 1'440U);
    for (std::size_t m = 0; m < bars->size(); m += 7) {
      const Bar& bar = (*bars)[m];
      std::vector<market::Trade> trades;
      ASSERT_TRUE(market.trades(symbol, bar.candle.open_time, trades));
      ASSERT_GE(trades.size(), 2U);
      // Folded by hand, not by Bar.
      market::Candle folded{bar.candle.open_time, trades[0].price, trades[0].price, trades[0].price, 0, 0};
      for (const market::Trade& trade : trades) {
        folded.high = std::max(folded.high, trade.price);
        folded.low = std::min(folded.low, trade.price);
        folded.close = trade.price;
        folded.volume += trade.quantity;
      }
      ASSERT_EQ(folded, bar.candle) << "symbol " << symbol << " minute " << m;
      EXPECT_EQ(bar.trades, static_cast<std::int64_t>(trades.size()));
      EXPECT_LE(bar.taker_buy_volume, bar.candle.volume);
    }
  }
}

TEST(GeneratedMarket, NumbersTradesWithoutAHoleAndKeepsThemInTime) {
  GeneratedMarket market = market_of(5);
  std::int64_t last_id = 0;
  Timestamp last_time{};
  const Timestamp from = start_of_day(kFirstDay + 3) - kMinute * 200;  // over midnight
  for (int m = 0; m < 400; ++m) {
    std::vector<market::Trade> trades;
    ASSERT_TRUE(market.trades(4, from + kMinute * m, trades));
    for (const market::Trade& trade : trades) {
      if (last_id > 0) EXPECT_EQ(trade.trade_id, last_id + 1);
      EXPECT_GE(trade.time, last_time);
      EXPECT_GE(trade.time, from + kMinute * m);
      EXPECT_LT(trade.time, from + kMinute * (m + 1));
      last_id = trade.trade_id;
      last_time = trade.time;
    }
  }
}

TEST(GeneratedMarket, PutsPricesOnTheTickAndQuantitiesOnTheLot) {
  GeneratedMarket market = market_of(9);
  for (std::size_t symbol = 0; symbol < GeneratedMarket::kSymbols; ++symbol) {
    const double tick = std::stod(market.instruments()[symbol].tick_size);
    const double lot = std::stod(market.instruments()[symbol].lot_size);
    std::vector<market::Trade> trades;
    for (int m = 0; m < 60; ++m) ASSERT_TRUE(market.trades(symbol, start_of_day(kFirstDay) + kMinute * m, trades));
    for (const market::Trade& trade : trades) {
      // On the grid: the double nearest to a whole number of steps, up to the rounding of step itself.
      EXPECT_NEAR(trade.price / tick, std::round(trade.price / tick), 1e-6);
      EXPECT_NEAR(trade.quantity / lot, std::round(trade.quantity / lot), 1e-4);
      EXPECT_GT(trade.price, 0);
      EXPECT_GE(trade.quantity, lot * 0.999);
    }
  }
}

TEST(GeneratedMarket, OpensEachDayWhereTheDayBeforeClosed) {
  GeneratedMarket market = market_of(13);
  for (std::size_t symbol = 0; symbol < GeneratedMarket::kSymbols; symbol += 3) {
    double close = 0;
    for (int d = 40; d < 60; ++d) {
      const DayBarsPtr bars = *market.day(symbol, kFirstDay + d);
      if (close > 0) EXPECT_EQ(bars->front().candle.open, close) << "day " << d;
      close = bars->back().candle.close;
    }
  }
}

TEST(GeneratedMarket, MovesNoMoreThanIsPlausibleInADayOverTwoYears) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    GeneratedMarket market = market_of(seed);
    for (std::size_t symbol = 0; symbol < GeneratedMarket::kSymbols; ++symbol) {
      double before = market.opening_price(symbol, kFirstDay);
      double largest = 0;
      double lowest = before;
      double highest = before;
      for (int d = 1; d <= 730; ++d) {
        const double price = market.opening_price(symbol, kFirstDay + d);
        largest = std::max(largest, std::abs(price / before - 1));
        lowest = std::min(lowest, price);
        highest = std::max(highest, price);
        before = price;
      }
      const auto where = testing::Message() << "seed " << seed << " symbol " << symbol;
      EXPECT_LT(largest, 0.35) << where;
      EXPECT_GT(largest, 0.03) << where;
      EXPECT_GT(lowest, 0) << where;
      EXPECT_LT(highest / lowest, 80) << where;
    }
  }
}

TEST(GeneratedMarket, MakesSoundCandles) {
  for (const std::uint64_t seed : {1U, 2U}) {
    GeneratedMarket market = market_of(seed);
    for (std::size_t symbol = 0; symbol < GeneratedMarket::kSymbols; ++symbol) {
      for (int d = 0; d < 730; d += 104) {
        const DayBarsPtr bars = *market.day(symbol, kFirstDay + d);
        EXPECT_EQ(bars->front().candle.open, market.opening_price(symbol, kFirstDay + d));
        for (const Bar& bar : *bars) {
          ASSERT_GT(bar.candle.low, 0);
          ASSERT_LE(bar.candle.low, std::min(bar.candle.open, bar.candle.close));
          ASSERT_GE(bar.candle.high, std::max(bar.candle.open, bar.candle.close));
          ASSERT_GT(bar.candle.volume, 0);
        }
      }
    }
  }
}

// R. Cont, Empirical properties of asset returns, 2001: no linear memory, heavy tails, clusters of volatility.
TEST(GeneratedMarket, HasTheStylisedFactsOfRealReturns) {
  for (const std::uint64_t seed : {1U, 2U}) {
    GeneratedMarket market = market_of(seed);
    for (const std::size_t symbol : {std::size_t{6}, std::size_t{9}}) {
      const std::vector<double> minutes = returns(market, symbol, 20, 1);
      const std::vector<double> hours = returns(market, symbol, 200, 60);
      const auto where = testing::Message() << "seed " << seed << " symbol " << symbol;
      EXPECT_GT(kurtosis(minutes), 3.5) << where;
      EXPECT_GT(kurtosis(hours), 3.5) << where;
      for (const std::size_t lag : {1, 2, 5}) {
        // Twice the standard error of an estimate under fat tails and clusters, about 0.03 for 4,800 hours.
        EXPECT_NEAR(autocorrelation(hours, lag), 0, 0.06) << where << " lag " << lag;
        EXPECT_NEAR(autocorrelation(minutes, lag), 0, 0.05) << where << " lag " << lag;
      }
      for (const std::size_t lag : {1, 5, 20, 60}) {
        EXPECT_GT(autocorrelation(absolute(minutes), lag), 0.04) << where << " lag " << lag;
      }
      for (const std::size_t lag : {1, 6, 24}) {
        EXPECT_GT(autocorrelation(absolute(hours), lag), 0.02) << where << " lag " << lag;
      }
    }
  }
}

TEST(GeneratedMarket, MovesItsSymbolsTogetherButNotAsOne) {
  GeneratedMarket market = market_of(4);
  const std::vector<double> btc = returns(market, kBtc, 40, 60);
  for (std::size_t symbol = 1; symbol < GeneratedMarket::kSymbols; ++symbol) {
    const double with_btc = correlation(btc, returns(market, symbol, 40, 60));
    EXPECT_GT(with_btc, 0.4) << symbol;
    EXPECT_LT(with_btc, 0.9) << symbol;
  }
}

TEST(GeneratedMarket, TradesMoreAtBusyHoursAndOnWorkdays) {
  GeneratedMarket market = market_of(6);
  double afternoon = 0;
  double night = 0;
  double weekend = 0;
  double workdays = 0;
  for (int d = 0; d < 70; ++d) {
    const std::int64_t day = kFirstDay + d;
    const DayBarsPtr bars = *market.day(9, day);
    double all = 0;
    for (const Bar& bar : *bars) all += bar.candle.volume;
    for (int m = 14 * 60; m < 16 * 60; ++m) afternoon += (*bars)[m].candle.volume;
    for (int m = 4 * 60; m < 6 * 60; ++m) night += (*bars)[m].candle.volume;
    const auto weekday = std::chrono::weekday(std::chrono::sys_days{std::chrono::days{day}});
    (weekday == std::chrono::Saturday || weekday == std::chrono::Sunday ? weekend : workdays) += all;
  }
  EXPECT_GT(afternoon / night, 1.8);
  EXPECT_LT((weekend / 20) / (workdays / 50), 0.85);
}

TEST(GeneratedMarket, HasEveryMoodAndMovesAsItSays) {
  std::array<int, 5> days{};
  std::array<double, 5> up_and_down{};
  std::array<double, 5> size{};
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    FactorPath path(seed, {0.025, 0.4, 0.007, 0.02, 0.035, 0.13});
    for (std::int64_t day = kFirstDay; day < kFirstDay + 730; ++day) {
      const auto mood = static_cast<std::size_t>(path.regime(day));
      const double move = path.level(day + 1) - path.level(day);
      ++days[mood];
      up_and_down[mood] += move;
      size[mood] += move * move;
    }
  }
  const auto drift = [&](Regime r) { return up_and_down[static_cast<int>(r)] / days[static_cast<int>(r)]; };
  const auto volatility = [&](Regime r) { return std::sqrt(size[static_cast<int>(r)] / days[static_cast<int>(r)]); };
  for (const int count : days) EXPECT_GT(count, 300);
  EXPECT_GT(drift(Regime::up), 0.003);
  EXPECT_LT(drift(Regime::down), -0.003);
  EXPECT_GT(volatility(Regime::wild), 1.4 * volatility(Regime::range));
  EXPECT_LT(volatility(Regime::quiet), 0.8 * volatility(Regime::range));
}

TEST(FactorPath, IsOnePathWhereBlocksMeetAndBefore1970) {
  FactorPath path(99, {0.025, 0.4, 0.007, 0.02, 0.035, 0.13});
  auto day = std::make_unique<FactorPath::Day>();
  auto next = std::make_unique<FactorPath::Day>();
  for (const std::int64_t at : {-257, -256, -1, 0, 255, 256, 20'223}) {
    path.fill(at, *day);
    path.fill(at + 1, *next);
    EXPECT_EQ(day->level.back(), next->level.front()) << at;
    EXPECT_EQ(day->level.front(), path.level(at));
    EXPECT_LT(std::abs(day->level.back() - day->level.front()), 0.25) << at;
  }
}

TEST(Busyness, HasMeanOne) {
  double day = 0;
  for (int m = 0; m < kMinutesADay; ++m) day += busyness(m);
  EXPECT_NEAR(day / kMinutesADay, 1, 1e-9);
  double week = 0;
  for (int d = 0; d < 7; ++d) week += busyness_of_day(d);
  EXPECT_NEAR(week / 7, 1, 1e-9);
  EXPECT_EQ(busyness_of_day(2), 0.76) << "1970-01-03 was a Saturday";
}

}  // namespace
}  // namespace cw::exchange::practice
