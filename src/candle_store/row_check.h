#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "market/candle.h"
#include "market/timeframe.h"

namespace cw::candle_store {

/// The rules that rows of every file format are held to, one row after the other.
class RowCheck {
 public:
  /// `unit` is what rows are counted in, for messages: "line" or "row".
  RowCheck(market::Timeframe timeframe, std::string_view unit)
      : timeframe_(timeframe), unit_(unit), step_(market::duration(timeframe).count()) {}

  enum class Verdict { take, duplicate, bad };

  /// Judges the row of `line` (counted in `unit`); for `bad`, `why` says it in words that follow "line 5:".
  Verdict judge(std::uint64_t line, const market::Candle& row) {
    const auto time = to_ms(row.open_time);
    const bool sound = row.open > 0 && row.high > 0 && row.low > 0 && row.close > 0 && row.volume >= 0;
    const bool in_order = line_ > 0 && time > last_.open_time.time_since_epoch().count() &&
                          (time - to_ms(last_.open_time)) % step_ == 0 && time < kLatestMs;
    if (!sound || !in_order) return judge_closely(line, row);
    line_ = line;
    last_ = row;
    return Verdict::take;
  }

  const std::string& why() const { return why_; }
  std::uint64_t duplicates() const { return duplicates_; }
  bool any() const { return line_ > 0; }

 private:
  Verdict judge_closely(std::uint64_t line, const market::Candle& row);

  market::Timeframe timeframe_;
  std::string_view unit_;
  std::int64_t step_;
  std::uint64_t line_ = 0;  // of `last_`; 0 before the first row
  market::Candle last_{};
  std::uint64_t duplicates_ = 0;
  std::string why_;
};

/// The text as it can be shown in a message: at most 40 bytes, what cannot be printed as `?`.
std::string shown(std::string_view text);

}  // namespace cw::candle_store
