#pragma once

#include <cmath>
#include <map>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"
#include "market/fold.h"
#include "signals/symbol_signals.h"

/// For tests of this room.
namespace cw::signals::testing {

inline std::shared_ptr<const ComponentDocument> shipped_document() {
  static const auto document =
      std::make_shared<const ComponentDocument>(parse_components(default_components()).value());
  return document;
}

inline const SignalRules& shipped_rules() {
  static const SignalRules rules = make_rules(shipped_document()).value();
  return rules;
}

/// A random walk of bars with trends in it.
inline std::vector<market::Candle> walk(std::uint64_t seed, std::size_t bars, market::Timeframe timeframe,
                                        Timestamp from = from_ms(1'700'006'400'000)) {
  Random random{seed};
  std::vector<market::Candle> made;
  double price = 100;
  double drift = 0;
  const auto unit = [&random] { return static_cast<double>(random.below(2'000'001)) / 1e6 - 1; };
  for (std::size_t i = 0; i < bars; ++i) {
    if (i % 97 == 0) drift = 0.004 * unit();
    const double open = price;
    price *= 1 + drift + 0.01 * unit();
    const double high = std::max(open, price) * (1 + 0.003 * std::abs(unit()));
    const double low = std::min(open, price) * (1 - 0.003 * std::abs(unit()));
    made.push_back({from + static_cast<std::int64_t>(i) * market::duration(timeframe), open, high, low, price,
                    1 + 10 * std::abs(unit())});
  }
  return made;
}

/// Everything that came out of a run.
struct Told {
  std::vector<Signal> signals;
  std::vector<Outcome> outcomes;

  SymbolSignals::Sink sink() {
    return {[this](const Signal& signal) { signals.push_back(signal); },
            [this](const Outcome& outcome) { outcomes.push_back(outcome); }};
  }
};

/// Runs base bars of `base` and folds of them to every longer scored timeframe.
inline void run(SymbolSignals& signals, const std::vector<market::Candle>& bars, market::Timeframe base, Told& told) {
  std::vector<market::Folder> folders;
  for (const auto timeframe : kSignalTimeframes) {
    if (market::duration(timeframe) > market::duration(base)) folders.emplace_back(base, timeframe);
  }
  const auto sink = told.sink();
  for (const auto& bar : bars) {
    signals.closed(base, bar);
    for (auto& folder : folders) {
      const auto closed = folder.step(bar);
      if (closed.earlier) signals.closed(folder.target(), closed.earlier->bar);
      if (closed.complete) signals.closed(folder.target(), closed.complete->bar);
    }
    signals.settle(bar.open_time + market::duration(base), bar.close, sink);
  }
}

}  // namespace cw::signals::testing
