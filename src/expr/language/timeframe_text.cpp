#include "expr/language/timeframe_text.h"

#include <chrono>
#include <cstdint>

#include "base/number.h"

namespace cw::expr {

namespace {

std::int64_t minutes(market::Timeframe timeframe) {
  return std::chrono::duration_cast<std::chrono::minutes>(market::duration(timeframe)).count();
}

}  // namespace

Result<market::Timeframe> read_timeframe(std::string_view text) {
  if (text == "D" || text == "1D") return market::Timeframe::d1;
  if (text == "W" || text == "1W") return market::Timeframe::w1;
  if (const auto wanted = parse_int(text)) {
    for (const market::Timeframe timeframe : market::kTimeframes) {
      if (timeframe != market::Timeframe::w1 && minutes(timeframe) == *wanted) return timeframe;
    }
  }
  return market::parse_timeframe(text);
}

std::string pine_timeframe(market::Timeframe timeframe) {
  if (timeframe == market::Timeframe::d1) return "1D";
  if (timeframe == market::Timeframe::w1) return "1W";
  return std::to_string(minutes(timeframe));
}

}  // namespace cw::expr
