#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "backtest/engine.h"
#include "base/random.h"
#include "market/candle.h"
#include "strategy/compile.h"

/// What the benches of backtests have in common: bars, a rule, an account.
namespace runs {

using namespace cw;  // NOLINT: of benches alone

[[noreturn]] inline void give_up(std::string_view why) {
  fmt::print(stderr, "bench_backtest: {}\n", why);
  std::exit(1);
}

/// Bars of one minute that walk at random; each opens where the one before closed. Prices have eight places.
inline market::CandleColumns walk(std::size_t count, std::uint64_t seed) {
  Random random{seed};
  market::CandleColumns bars;
  bars.reserve(count);
  const auto rounded = [](double price) { return std::round(price * 1e8) / 1e8; };
  double price = 100;
  for (std::size_t i = 0; i < count; ++i) {
    const double open = price;
    price = rounded(open * std::exp(0.0005 * random.normal()));
    bars.push_back({from_ms(1'577'836'800'000 + static_cast<std::int64_t>(i) * 60'000), open,
                    rounded(std::max(open, price) * (1 + 0.0002 * random.uniform())),
                    rounded(std::min(open, price) * (1 - 0.0002 * random.uniform())), price,
                    1'000 + 100 * random.uniform()});
  }
  return bars;
}

/// The columns that a file has one after the other: open times as whole numbers, open, high, low, close, volume as doubles.
inline market::CandleColumns from_file(const std::string& path, std::size_t count) {
  market::CandleColumns bars;
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) give_up("no such file: " + path);
  bars.open_time_ms.resize(count);
  if (std::fread(bars.open_time_ms.data(), 8, count, file) != count) give_up("the file is too short");
  for (auto* column : {&bars.open, &bars.high, &bars.low, &bars.close, &bars.volume}) {
    column->resize(count);
    if (std::fread(column->data(), 8, count, file) != count) give_up("the file is too short");
  }
  std::fclose(file);
  return bars;
}

inline int write(const market::CandleColumns& bars, const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) give_up("not to be written: " + path);
  bool good = std::fwrite(bars.open_time_ms.data(), 8, bars.size(), file) == bars.size();
  for (const auto* column : {&bars.open, &bars.high, &bars.low, &bars.close, &bars.volume})
    good = good && std::fwrite(column->data(), 8, bars.size(), file) == bars.size();
  return std::fclose(file) == 0 && good ? 0 : 1;
}

/// Long from a cross of two means to the cross back, with all of the equity; with `exits` a stop and a target too.
inline std::string rule(int fast, int slow, bool exits) {
  return fmt::format(
      "name: cross\ntimeframe: 1m\nlong:\n"
      "  entry: ta.crossover(ta.sma(close, {0}), ta.sma(close, {1}))\n"
      "  exit: ta.crossunder(ta.sma(close, {0}), ta.sma(close, {1}))\n{2}",
      fast, slow, exits ? "  stop: {percent: 0.4}\n  target: {percent: 0.6}\n" : "");
}

inline strategy::Program compiled(const std::string& text, expr::Graph& graph) {
  const auto document = strategy::parse_document(text);
  if (!document) give_up(strategy::error_of(document.error()).message);
  auto program = strategy::compile(*document, {}, {.symbol = {"binance", "BTCUSDT"}}, graph);
  if (!program) give_up(strategy::error_of(program.error()).message);
  return std::move(*program);
}

/// Without rows and protections. With costs: rates that an account survives a hundred thousand round trips on.
inline backtest::RunSettings settings(bool costs) {
  backtest::RunSettings made;
  made.account.protections = trading::Protections::none();
  made.keeps_rows = false;
  if (!costs) return made;
  made.account.costs.commission = trading::parse_commission("bps:0.05").value();
  made.account.costs.slippage = trading::parse_slippage("fixed_bps:0.05").value();
  return made;
}

}  // namespace runs
