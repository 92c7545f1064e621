#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "base/random.h"
#include "candle_store/store_story.h"
#include "signals/symbol_signals.h"

namespace cw::evaluation::testing {

inline const market::InstrumentId kSymbol{"binance", "BTCUSDT"};

/// Those that are shipped.
inline const signals::SignalRules& rules() {
  static const signals::SignalRules made = [] {
    auto document = signals::parse_components(signals::default_components()).value();
    return signals::make_rules(std::make_shared<const signals::ComponentDocument>(std::move(document))).value();
  }();
  return made;
}

/// Minutes of a market, some of them missing.
inline std::vector<market::Candle> minutes(std::size_t count, bool with_holes) {
  Random random{11};
  std::vector<market::Candle> bars;
  double price = 100;
  std::int64_t minute = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double open = price;
    price *= 1 + 0.002 * (static_cast<double>(random.below(2'001)) / 1'000 - 1) + (i / 300 % 2 == 0 ? 2e-4 : -2e-4);
    bars.push_back({from_ms(candle_store::kStart + minute * candle_store::kMinute), open,
                    std::max(open, price) * 1.0005, std::min(open, price) * 0.9995, price,
                    1 + static_cast<double>(random.below(50))});
    minute += with_holes && random.chance(0.004)
                  ? 1 + static_cast<std::int64_t>(random.below(random.chance(0.1) ? 400 : 20))
                  : 1;
  }
  return bars;
}

}  // namespace cw::evaluation::testing
