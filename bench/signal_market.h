#pragma once

#include <algorithm>
#include <memory>

#include "base/random.h"
#include "market/candle.h"
#include "signals/symbol_signals.h"

// What the benches of signals are fed with.
namespace cw::bench {

/// A market's next bar.
struct Walk {
  Random random;
  double price = 100;

  market::Candle next(Timestamp open_time) {
    const double open = price;
    price *= 1 + 0.004 * (random.uniform() - 0.5);
    return {open_time, open, std::max(open, price) * 1.0005, std::min(open, price) * 0.9995, price, random.uniform()};
  }
};

/// The rules that the product ships.
inline signals::SignalRules shipped_rules() {
  auto document = signals::parse_components(signals::default_components()).value();
  return signals::make_rules(std::make_shared<const signals::ComponentDocument>(std::move(document))).value();
}

}  // namespace cw::bench
