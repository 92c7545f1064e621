#pragma once

// Random bars, rules and accounts, and what two runs of them must have alike. Of *_test.cpp alone.

#include <array>
#include <cmath>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>

#include <gtest/gtest.h>

#include <fmt/format.h>
#include "backtest/engine.h"
#include "backtest/metrics.h"
#include "base/random.h"

namespace cw::backtest::testing {

inline constexpr std::int64_t kHour = 3'600'000;
inline constexpr std::int64_t kRunStart = 1'704'067'200'000;

/// Calm stretches and wild ones, jumps at opens, holes in time, bars without volume.
inline market::CandleColumns random_bars(Random& random, std::size_t count) {
  market::CandleColumns bars;
  double price = 100;
  double step = 0.02;
  std::int64_t time = kRunStart;
  for (std::size_t i = 0; i < count; ++i) {
    if (random.chance(0.01)) step = 0.001 + 0.05 * random.uniform();
    const double open = random.chance(0.05) ? price * (1 + 3 * step * (random.uniform() - 0.5)) : price;
    // Drawn back to 100, so that no run ends at nothing.
    price = open * (1 + step * (random.uniform() - 0.5) + 0.001 * (100 - open) / 100);
    bars.push_back({from_ms(time), open, std::max(open, price) * (1 + 0.3 * step * random.uniform()),
                    std::min(open, price) * (1 - 0.3 * step * random.uniform()), price,
                    random.chance(0.02) ? 0 : 5'000 * random.uniform()});
    time += kHour * (random.chance(0.003) ? 60 : 1);
  }
  return bars;
}

inline std::string number(double value) { return fmt::format("{:.3f}", value); }

inline std::string distance(Random& random, double most) {
  switch (random.below(3)) {
    case 0: return fmt::format("{{percent: {}}}", number(0.3 + most * random.uniform()));
    case 1: return fmt::format("{{atr: {}, length: 14}}", number(0.5 + most * random.uniform()));
    default: return fmt::format("{{amount: {}}}", number(0.3 + most * random.uniform()));
  }
}

inline std::string random_side(Random& random, bool is_long) {
  // NaN at the beginning, and at times in the middle; rare events, and states that last.
  const std::array entries{std::string(is_long ? "ta.crossover(ta.sma(close, 3), ta.sma(close, 11))"
                                               : "ta.crossunder(ta.sma(close, 3), ta.sma(close, 11))"),
                           std::string(is_long ? "close > ta.sma(close, 20)" : "close < ta.sma(close, 20)"),
                           std::string(is_long ? "ta.rsi(close, 7) < 25" : "ta.rsi(close, 7) > 75"),
                           std::string("ta.sma(math.log(close - 98), 3) > 0.2")};
  const std::array exits{
      std::string(is_long ? "ta.crossunder(ta.sma(close, 3), ta.sma(close, 11))" : "close > ta.sma(close, 30)"),
      std::string("ta.rsi(close, 5) > 60"), std::string(is_long ? "close < open" : "close > open")};
  std::string out = fmt::format("  entry: {}\n", entries[random.below(entries.size())]);
  if (random.chance(0.6)) out += fmt::format("  exit: {}\n", exits[random.below(exits.size())]);
  if (random.chance(0.6)) out += fmt::format("  stop: {}\n", distance(random, 4));
  if (random.chance(0.3)) out += fmt::format("  trailing_stop: {}\n", distance(random, 4));
  if (random.chance(0.6)) {
    if (random.chance(0.4)) {
      out += fmt::format("  target:\n    - {{percent: {}, share: 50}}\n    - {{percent: {}, share: 30}}\n",
                         number(0.3 + random.uniform()), number(2 + 3 * random.uniform()));
    } else {
      out += fmt::format("  target: {}\n", distance(random, 5));
    }
  }
  if (random.chance(0.3)) out += fmt::format("  time_stop: {{bars: {}}}\n", 1 + random.below(60));
  if (random.chance(0.3)) {
    const bool is_limit = random.chance(0.5);
    out += fmt::format("  order: {{{}: close * {}, bars: {}}}\n", is_limit ? "limit" : "stop",
                       is_limit == is_long ? "0.99" : "1.01", 1 + random.below(20));
  }
  return out;
}

inline std::string random_document(Random& random) {
  std::string out = "name: made\ntimeframe: 1h\n";
  const bool both = random.chance(0.5);
  const bool is_long = both || random.chance(0.5);
  if (is_long) out += "long:\n" + random_side(random, true);
  if (both || !is_long) out += "short:\n" + random_side(random, false);
  constexpr std::array kSizings{"percent_of_equity: 90", "percent_of_equity: 25", "fixed: 900", "volatility_target: 40",
                                "kelly: 0.5"};
  out += fmt::format("sizing: {{{}}}\n", kSizings[random.below(kSizings.size())]);
  if (random.chance(0.3)) out += "pyramiding: 3\n";
  return out;
}

inline RunSettings random_settings(Random& random) {
  RunSettings made;
  auto& account = made.account;
  account.fills.time = random.chance(0.3) ? trading::FillTime::close : trading::FillTime::next_open;
  account.fills.intrabar = static_cast<trading::Intrabar>(random.below(3));
  account.fills.participation = random.chance(0.2) ? 0.02 : 0;
  constexpr std::array kCommissions{"none", "percent:0.1/0.2", "fixed:0.37", "kraken"};
  constexpr std::array kSlippages{"none", "fixed_bps:7", "spread:11", "volatility:0.2", "volume_share:1"};
  account.costs = {trading::parse_commission(kCommissions[random.below(4)]).value(),
                   trading::parse_slippage(kSlippages[random.below(5)]).value(),
                   trading::parse_funding(random.chance(0.3) ? "perpetual:0.03" : "none").value()};
  if (random.chance(0.5))
    account.limits.exposure_percent = account.limits.symbol_exposure_percent = 1'000;  // borrowed money, liquidations
  if (random.chance(0.4)) account.protections = trading::Protections::none();
  if (random.chance(0.4)) account.protections.daily_loss_percent = 2;
  if (random.chance(0.4)) account.protections.drawdown_percent = 6;
  account.protections.close_positions = random.chance(0.5);
  made.instrument.tick_steps = random.chance(0.5) ? 1'000'000 : 1;
  made.instrument.lot_steps = random.chance(0.5) ? 100'000 : 1;
  made.from = from_ms(kRunStart + static_cast<std::int64_t>(random.below(200)) * kHour);
  made.close_at_end = random.chance(0.5);
  return made;
}

inline void expect_same(const RunResult& a, const RunResult& b) {
  EXPECT_EQ(a.rows.open_time_ms, b.rows.open_time_ms);
  EXPECT_EQ(a.rows.close, b.rows.close);
  EXPECT_EQ(a.rows.equity, b.rows.equity);
  EXPECT_EQ(a.rows.position_value, b.rows.position_value);
  ASSERT_EQ(a.trades.size(), b.trades.size());
  for (std::size_t i = 0; i < a.trades.size(); ++i) {
    const Trade& x = a.trades[i];
    const Trade& y = b.trades[i];
    const auto all = [](const Trade& t) {
      return std::tuple(t.id, t.side, t.entry_time, t.entry_price, t.exit_time, t.exit_price, t.quantity, t.pnl,
                        t.pnl_pct, t.fees, t.slippage, t.mae, t.mfe, t.bars, t.instrument, t.exit_reason);
    };
    ASSERT_EQ(all(x), all(y)) << "trade " << i;
  }
  EXPECT_EQ(a.final_equity, b.final_equity);
  EXPECT_EQ(a.fees, b.fees);
  EXPECT_EQ(a.slippage, b.slippage);
  EXPECT_EQ(a.funding, b.funding);
  EXPECT_EQ(a.conflicts, b.conflicts);
  EXPECT_EQ(a.warm_up_bars, b.warm_up_bars);
  const auto counts = [](const trading::BrokerCounts& c) {
    return std::tuple(c.ambiguous_bars, c.magnified_bars, c.unmagnified_bars, c.ambiguous_lower_bars, c.over_volume,
                      c.cut, c.expired, c.refused);
  };
  EXPECT_EQ(counts(a.counts), counts(b.counts));
}

inline void expect_same_figures(const Figures& a, const Figures& b) {
  for (const auto& info : figures()) {
    const auto x = a[info.figure], y = b[info.figure];
    EXPECT_TRUE(x.value == y.value || (std::isnan(x.value) && std::isnan(y.value))) << info.key;
    EXPECT_EQ(x.n, y.n) << info.key;
    EXPECT_EQ(x.missing, y.missing) << info.key;
  }
}

/// One strategy over one instrument's bars.
struct Case {
  explicit Case(std::uint64_t seed) : random(seed), bars(random_bars(random, 3'000)), text(random_document(random)) {
    compile();
    by = random_settings(random);
  }
  Case(std::uint64_t seed, std::string rules) : random(seed), bars(random_bars(random, 3'000)), text(std::move(rules)) {
    compile();
  }

  void compile() {
    auto parsed = strategy::parse_document(text);
    if (!parsed) throw std::runtime_error(strategy::error_of(parsed.error()).message + text);
    auto compiled = strategy::compile(*parsed, {}, {.symbol = {"binance", "BTCUSDT"}}, graph);
    if (!compiled) throw std::runtime_error(strategy::error_of(compiled.error()).message + text);
    program = std::move(*compiled);
  }

  /// In portions of random sizes, up to about `most` bars.
  RunResult result(bool skips, std::size_t most) {
    RunSettings with = by;
    with.skips_bars = skips;
    Engine engine(program, expr::Plan::make(graph, program.nodes).value(), with);
    for (std::size_t at = 0; at < bars.size();) {
      const std::size_t count = std::min(bars.size() - at, 1 + random.below(most));
      const auto done = engine.take(bars.view().subspan(at, count));
      EXPECT_TRUE(done) << done.error().message;
      at += count;
    }
    return engine.finish();
  }

  Random random;
  market::CandleColumns bars;
  std::string text;
  expr::Graph graph{market::Timeframe::h1};
  strategy::Program program;
  RunSettings by;
};

}  // namespace cw::backtest::testing
