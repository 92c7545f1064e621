#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "backtest/equity_pass.h"
#include "backtest/result.h"
#include "base/random.h"

namespace cw::backtest::testing {

inline constexpr std::int64_t kStart = 1'704'067'200'000;  // 2024-01-01, a Monday

/// A made-up run as columns that EquityRows can show.
struct MadeRun {
  market::Timeframe timeframe = market::Timeframe::h1;
  double capital = 1000;
  double first_price = 100;
  std::vector<std::int64_t> time;
  std::vector<double> equity, benchmark, position;

  std::size_t size() const { return equity.size(); }
  EquityRows rows() const { return {time, equity, benchmark, position}; }
  EquityFacts facts() const {
    EquityPass pass(capital, first_price, timeframe);
    pass.add(rows());
    return pass.finish();
  }
  void push(double value, double price = 100, double held = 0) {
    const std::int64_t step = market::duration(timeframe).count();
    time.push_back(time.empty() ? kStart : time.back() + step);
    equity.push_back(value);
    benchmark.push_back(price);
    position.push_back(held);
  }
};

/// A run that walks at random, stands still now and then, and at times misses some bars.
inline MadeRun walk(std::size_t n, std::uint64_t seed, market::Timeframe timeframe = market::Timeframe::h1,
                    double drift = 0) {
  MadeRun run;
  run.timeframe = timeframe;
  Random random(seed);
  double equity = run.capital;
  double price = run.first_price;
  bool held = false;
  for (std::size_t i = 0; i < n; ++i) {
    if (random.chance(0.02)) held = !held;
    const double move = 0.01 * random.normal();
    price *= std::exp(move);
    if (held) equity *= std::exp(move + drift);
    run.push(equity, price, held ? equity * 0.9 : 0);
    if (random.chance(0.002)) run.time.back() += 30 * market::duration(timeframe).count();
  }
  return run;
}

/// A run of one bar a day with these equities.
inline MadeRun daily(std::vector<double> equity, double capital = 1000) {
  MadeRun run;
  run.timeframe = market::Timeframe::d1;
  run.capital = capital;
  for (const double value : equity) run.push(value);
  return run;
}

inline Trade trade(double pnl, double pnl_pct = 0, TradeSide side = TradeSide::long_side) {
  Trade made;
  made.side = side;
  made.entry_price = 100;
  made.exit_price = 100;
  made.quantity = 1;
  made.pnl = pnl;
  made.pnl_pct = pnl_pct;
  made.exit_reason = trading::Reason::signal;
  return made;
}

}  // namespace cw::backtest::testing
