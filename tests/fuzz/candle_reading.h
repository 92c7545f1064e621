#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "base/printable.h"
#include "base/require.h"
#include "candle_store/candle_reader.h"

namespace cw::fuzz {

/// Hands out `step` bytes at a time.
class Trickle final : public candle_store::ByteSource {
 public:
  Trickle(std::string_view bytes, std::size_t step) : source_(candle_store::bytes_in_memory(bytes)), step_(step) {}
  Result<std::size_t> read(std::span<char> out) override {
    return source_->read(out.first(std::min(step_, out.size())));
  }
  std::uint64_t position() const override { return source_->position(); }
  std::uint64_t size() const override { return source_->size(); }

 private:
  std::unique_ptr<candle_store::ByteSource> source_;
  std::size_t step_;
};

struct Reading {
  market::CandleColumns rows;
  std::string error;
};

/// Reads what may be a candle file and holds every row that comes out to what the reader promises.
inline Reading read_all(std::string_view bytes, std::size_t step) {
  constexpr std::size_t kRowsMost = 200'000;  // a packed file can be far larger than the input
  Reading reading;
  auto reader = candle_store::read_candles(std::make_unique<Trickle>(bytes, step), market::Timeframe::m1);
  if (!reader) {
    reading.error = reader.error().message;
    return reading;
  }
  market::CandleColumns block;
  for (;;) {
    const auto more = (*reader)->next(block);
    if (!more) {
      reading.error = more.error().message;
      break;
    }
    if (!*more || reading.rows.size() > kRowsMost) break;
    CW_REQUIRE(!block.empty() && block.size() <= candle_store::CandleReader::kBlockRows);
    for (std::size_t i = 0; i < block.size(); ++i) {
      const auto row = block[i];
      CW_REQUIRE(market::is_open_time(market::Timeframe::m1, row.open_time));
      CW_REQUIRE(to_ms(row.open_time) >= kEarliestMs && to_ms(row.open_time) < kLatestMs);
      CW_REQUIRE(reading.rows.empty() || to_ms(row.open_time) > reading.rows.open_time_ms.back());
      for (const double price : {row.open, row.high, row.low, row.close}) CW_REQUIRE(price > 0 && price - price == 0);
      CW_REQUIRE(row.volume >= 0 && row.volume - row.volume == 0);
      reading.rows.push_back(row);
    }
  }
  return reading;
}

/// The same bytes give the same answer however they arrive, and an error is a sentence that can be shown.
inline void check_reading(std::string_view bytes) {
  const auto whole = read_all(bytes, 1 << 20);
  const auto pieces = read_all(bytes, 1 + bytes.size() % 7);
  CW_REQUIRE(whole.rows == pieces.rows);
  CW_REQUIRE(whole.error == pieces.error);
  CW_REQUIRE(whole.error.size() < 500);
  CW_REQUIRE(printable(whole.error, whole.error.size()) == whole.error);
}

}  // namespace cw::fuzz
