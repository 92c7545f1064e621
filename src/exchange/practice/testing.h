#pragma once

// Small vocabulary of this room's tests.

#include <memory>
#include <string>
#include <vector>

#include "exchange/practice/replay_market.h"

namespace cw::exchange::practice {

/// Candles in memory, as a replay reads them.
class MemoryCandles final : public CandleSource {
 public:
  MemoryCandles(const std::string& symbol, market::CandleColumns rows, std::string tick = "0.01")
      : rows_(std::move(rows)),
        series_{{{{"practice", symbol}, symbol.substr(0, 3), "USDT", std::move(tick), "0.00001"},
                 from_ms(rows_.open_time_ms.front()),
                 from_ms(rows_.open_time_ms.back()) + kMinute}} {}

  std::span<const Series> series() const override { return series_; }
  Result<void> read(std::size_t, Timestamp from, Timestamp to, market::CandleColumns& out) override {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].open_time >= from && rows_[i].open_time < to) out.push_back(rows_[i]);
    }
    return {};
  }

 private:
  market::CandleColumns rows_;
  std::vector<Series> series_;
};

}  // namespace cw::exchange::practice
