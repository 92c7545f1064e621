#include "candle_store/row_check.h"

#include <fmt/format.h>

#include "base/printable.h"

namespace cw::candle_store {

std::string shown(std::string_view text) { return printable(text, 40); }

RowCheck::Verdict RowCheck::judge_closely(std::uint64_t line, const market::Candle& row) {
  const auto bad = [&](std::string why) {
    why_ = std::move(why);
    return Verdict::bad;
  };
  const auto time = to_ms(row.open_time);
  if (time < kEarliestMs || time >= kLatestMs) {
    return bad(fmt::format("the time {} is not in milliseconds between the years 2000 and 2099", time));
  }
  if (!market::is_open_time(timeframe_, row.open_time)) {
    return bad(fmt::format("no {} bar opens at {} ({})", market::name(timeframe_), time, format_time(row.open_time)));
  }
  const struct {
    std::string_view name;
    double value;
  } prices[] = {{"open", row.open}, {"high", row.high}, {"low", row.low}, {"close", row.close}};
  for (const auto& [name, value] : prices) {
    if (!(value > 0)) return bad(fmt::format("the {} price {} is not above zero", name, value));
  }
  if (!(row.volume >= 0)) return bad(fmt::format("the volume {} is below zero", row.volume));
  if (line_ > 0 && row.open_time == last_.open_time) {
    if (row == last_) {
      ++duplicates_;
      return Verdict::duplicate;
    }
    return bad(
        fmt::format("the bar at {} stands in {} {} with other values", format_time(row.open_time), unit_, line_));
  }
  if (line_ > 0 && row.open_time < last_.open_time) {
    return bad(fmt::format("its time {} is before that of {} {} ({}): rows must be in time order",
                           format_time(row.open_time), unit_, line_, format_time(last_.open_time)));
  }
  line_ = line;
  last_ = row;
  return Verdict::take;
}

}  // namespace cw::candle_store
