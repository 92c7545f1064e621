#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cw::trading {

/// Why an order that was well-formed did not open what it asked for when its moment came.
enum class Refusal : std::uint8_t {
  none,
  below_minimum,    // less than a lot, or than the least worth of an order
  no_equity,        // the account has nothing left
  no_stop,          // sizing by risk, and no stop to measure it by
  no_volatility,    // sizing by volatility, and none is known
  no_edge,          // Kelly's fraction of the trades so far is not above zero
  exposure,         // the exposure caps leave no room, or less than a hundredth of what was wanted
  max_positions,    // as many positions as may be open
  pyramiding,       // as many entries as a position may have
  cool_down,        // a losing trade is too fresh
  stop_loss_guard,  // too many stops of late
  drawdown_halt,    // the account fell too far from its peak
  daily_loss_halt,  // the account lost too much today
  wrong_side,       // the stop would be beyond the entry's own price
  not_countable     // a value beyond what the ledger counts
};

inline constexpr std::size_t kRefusals = static_cast<std::size_t>(Refusal::not_countable) + 1;

/// The snake_case word of reports: `below_minimum`.
constexpr std::string_view name(Refusal refusal) {
  constexpr std::string_view kNames[kRefusals] = {"none",
                                                  "below_minimum",
                                                  "no_equity",
                                                  "no_stop",
                                                  "no_volatility",
                                                  "no_edge",
                                                  "exposure",
                                                  "max_positions",
                                                  "pyramiding",
                                                  "cool_down",
                                                  "stop_loss_guard",
                                                  "drawdown_halt",
                                                  "daily_loss_halt",
                                                  "wrong_side",
                                                  "not_countable"};
  return kNames[static_cast<std::size_t>(refusal)];
}

}  // namespace cw::trading
