#include "exchange/practice/replay_market.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <limits>

#include "base/number.h"
#include "base/random.h"
#include "exchange/practice/testing.h"

namespace cw::exchange::practice {
namespace {

const Timestamp kStart = start_of_day(20'000);

/// What the trades of a minute fold to, by hand.
market::Candle fold(const std::vector<market::Trade>& trades, Timestamp open_time) {
  market::Candle folded{open_time, trades[0].price, trades[0].price, trades[0].price, 0, 0};
  for (const market::Trade& trade : trades) {
    folded.high = std::max(folded.high, trade.price);
    folded.low = std::min(folded.low, trade.price);
    folded.close = trade.price;
    folded.volume += trade.quantity;
  }
  return folded;
}

void expect_every_bar_back(const market::CandleColumns& rows, std::string tick) {
  ReplayMarket market(std::make_unique<MemoryCandles>("BTCUSDT", rows, std::move(tick)));
  std::size_t traded = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const market::Candle row = rows[i];
    std::vector<market::Trade> trades;
    ASSERT_TRUE(market.trades(0, row.open_time, trades));
    const DayBarsPtr day = *market.day(0, day_of(row.open_time));
    const auto bar = std::ranges::find_if(*day, [&](const Bar& b) { return b.candle.open_time == row.open_time; });
    ASSERT_NE(bar, day->end());
    ASSERT_EQ(bar->candle, row) << "row " << i;
    if (row.volume == 0) {
      EXPECT_TRUE(trades.empty());
      continue;
    }
    ++traded;
    ASSERT_EQ(trades.size(), static_cast<std::size_t>(ReplayMarket::kTradesABar));
    ASSERT_EQ(fold(trades, row.open_time), row) << "row " << i;
    for (std::size_t t = 0; t < trades.size(); ++t) {
      ASSERT_GT(trades[t].quantity, 0);
      ASSERT_GE(trades[t].time, row.open_time);
      ASSERT_LT(trades[t].time, row.open_time + kMinute);
      if (t > 0) {
        ASSERT_GE(trades[t].time, trades[t - 1].time);
        ASSERT_EQ(trades[t].trade_id, trades[t - 1].trade_id + 1);
      }
    }
  }
  EXPECT_GT(traded, 0U);
}

TEST(ReplayMarket, GivesRandomBarsBackToTheLastBit) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Random random(seed);
    market::CandleColumns rows;
    for (int i = 0; i < 1'500; ++i) {
      const double scale = std::pow(10.0, -6 + 10 * random.uniform());
      const auto price = [&] { return scale * (1 + 0.05 * random.uniform()); };
      const double open = price();
      const double close = price();
      const double high = std::max({open, close, price()});
      const double low = std::min({open, close, price()});
      const double volume = random.chance(0.05) ? 0 : std::pow(10.0, -9 + 20 * random.uniform());
      rows.push_back({kStart + kMinute * i, open, high, low, close, volume});
    }
    expect_every_bar_back(rows, "0.00000001");
  }
}

TEST(ReplayMarket, GivesFlatBarsAndTheSmallestVolumeBack) {
  market::CandleColumns rows;
  rows.push_back({kStart, 5, 5, 5, 5, 1e-8});
  rows.push_back({kStart + kMinute, 5, 5, 5, 5, std::numeric_limits<double>::min()});
  rows.push_back({kStart + kMinute * 2, 5, 7, 4, 5, 0.1 + 0.2});
  expect_every_bar_back(rows, "0.01");
}

TEST(ReplayMarket, LeavesUnsoundBarsWithoutTradesAndAsTheyAre) {
  const double nan = std::nan("");
  const std::array<market::Candle, 4> odd{{{kStart, 10, 9, 11, 10, 5},                 // high below low
                                           {kStart + kMinute, 10, 11, 9, 12, 5},       // close above high
                                           {kStart + kMinute * 2, 10, 11, 9, 10, -1},  // less than nothing
                                           {kStart + kMinute * 3, nan, 11, 9, 10, 5}}};
  for (const market::Candle& bar : odd) {
    market::CandleColumns rows;
    rows.push_back(bar);
    ReplayMarket market(std::make_unique<MemoryCandles>("BTCUSDT", rows));
    std::vector<market::Trade> trades;
    ASSERT_TRUE(market.trades(0, bar.open_time, trades));
    EXPECT_TRUE(trades.empty());
    const DayBarsPtr day = *market.day(0, day_of(bar.open_time));
    ASSERT_EQ(day->size(), 1U);
    EXPECT_EQ(day->front().candle.close, bar.close);
    EXPECT_EQ(day->front().trades, 0);
  }
}

TEST(ReplayMarket, KnowsNoMinuteThatWasNotStored) {
  market::CandleColumns rows;
  rows.push_back({kStart, 10, 11, 9, 10, 5});
  rows.push_back({kStart + kMinute * 5, 10, 11, 9, 10, 5});
  ReplayMarket market(std::make_unique<MemoryCandles>("BTCUSDT", rows));
  std::vector<market::Trade> trades;
  ASSERT_TRUE(market.trades(0, kStart + kMinute, trades));
  EXPECT_TRUE(trades.empty());
  EXPECT_EQ((*market.day(0, day_of(kStart)))->size(), 2U);
  EXPECT_TRUE((*market.day(0, day_of(kStart) + 1))->empty());
  EXPECT_EQ(market.end(), kStart + kMinute * 6);
}

TEST(ReplayMarket, GivesAMonthOfRealMinutesBackToTheLastBit) {
  const std::filesystem::path path = "../shared/data/candles/binance-BTC-USDT-1m.csv.gz";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "the candles of ../shared/data are not here";
  const gzFile file = gzopen(path.c_str(), "rb");
  ASSERT_NE(file, nullptr);
  market::CandleColumns rows;
  std::array<char, 512> line{};
  gzgets(file, line.data(), static_cast<int>(line.size()));  // the header
  while (rows.size() < 6'000 && gzgets(file, line.data(), static_cast<int>(line.size())) != nullptr) {
    std::string text(line.data());
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    std::array<double, 6> fields{};
    std::size_t begin = 0;
    for (double& field : fields) {
      const std::size_t end = text.find(',', begin);
      const auto value = parse_double(std::string_view(text).substr(begin, end - begin));
      ASSERT_TRUE(value) << text;
      field = *value;
      begin = end + 1;
    }
    rows.push_back(
        {from_ms(static_cast<std::int64_t>(fields[0])), fields[1], fields[2], fields[3], fields[4], fields[5]});
  }
  gzclose(file);
  ASSERT_EQ(rows.size(), 6'000U);
  expect_every_bar_back(rows, "0.01");
}

}  // namespace
}  // namespace cw::exchange::practice
