#include "lab/kept_rows.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/random.h"

namespace cw::lab {
namespace {

backtest::RunRows walk(std::size_t count) {
  Random random{5};
  backtest::RunRows rows;
  double equity = 1'000;
  for (std::size_t i = 0; i < count; ++i) {
    equity *= 1 + 0.02 * (random.uniform() - 0.5);
    rows.open_time_ms.push_back(static_cast<std::int64_t>(i) * 60'000);
    rows.equity.push_back(equity);
  }
  return rows;
}

TEST(KeptRows, EquityComesBackWithTheSameBits) {
  const auto rows = equity_rows(walk(100), 1'000);
  ASSERT_EQ(rows.size(), 100u);
  EXPECT_EQ(decode_equity(encode(rows, 0, 100)).value(), rows);
  const auto part = decode_equity(encode(rows, 40, 10)).value();
  EXPECT_EQ(part.front(), rows[40]);
  EXPECT_EQ(part.size(), 10u);
  EXPECT_EQ(decode_equity(encode(rows, 0, 2).substr(1)).error().code, Errc::corrupt);
}

TEST(KeptRows, ALongCurveKeepsItsEndsAndItsDepths) {
  const auto whole = walk(50'000);
  const auto kept = equity_rows(whole, 1'000);
  EXPECT_LE(kept.size(), 1'000u);
  EXPECT_EQ(kept.front().open_time_ms, whole.open_time_ms.front());
  EXPECT_EQ(kept.back().open_time_ms, whole.open_time_ms.back());
  const auto lowest = std::ranges::min(whole.equity);
  const auto highest = std::ranges::max(whole.equity);
  EXPECT_EQ(std::ranges::min(kept, {}, &EquityRow::equity).equity, lowest);
  EXPECT_EQ(std::ranges::max(kept, {}, &EquityRow::equity).equity, highest);
  double peak = 0;
  double deepest = 0;
  for (const double equity : whole.equity) {
    peak = std::max(peak, equity);
    deepest = std::max(deepest, 1 - equity / peak);
  }
  EXPECT_GT(deepest, 0.1);
  EXPECT_NEAR(std::ranges::max(kept, {}, &EquityRow::drawdown).drawdown, deepest, 0.01)
      << "of all rows, not of those kept";
}

TEST(KeptRows, TradesComeBackWithTheSameBits) {
  std::vector<backtest::Trade> trades(3);
  trades[1].id = 7;
  trades[1].side = backtest::TradeSide::short_side;
  trades[1].entry_time = 1'700'000'000'000;
  trades[1].exit_price = 0.1 + 0.2;
  trades[1].bars = 12;
  trades[1].exit_reason = trading::Reason::trailing_stop;
  const auto bytes = encode(trades, 0, 3);
  const auto back = decode_trades(bytes).value();
  ASSERT_EQ(back.size(), 3u);
  EXPECT_EQ(encode(back, 0, 3), bytes);
  EXPECT_EQ(back[1].exit_price, 0.1 + 0.2);
  EXPECT_EQ(back[1].exit_reason, trading::Reason::trailing_stop);
  EXPECT_EQ(decode_trades(bytes.substr(0, bytes.size() - 1)).error().code, Errc::corrupt);
  std::string wrong = bytes;
  wrong.back() = 99;
  EXPECT_EQ(decode_trades(wrong).error().code, Errc::corrupt);
}

}  // namespace
}  // namespace cw::lab
