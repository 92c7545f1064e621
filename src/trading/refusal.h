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

/// The same for people, as the end of a sentence: "the account has nothing left".
constexpr std::string_view reason_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::none: return "nothing forbade them";
    case Refusal::below_minimum: return "they came to less than a lot, or than the least worth of an order";
    case Refusal::no_equity: return "the account had nothing left";
    case Refusal::no_stop: return "they are sized by their risk and have no stop";
    case Refusal::no_volatility: return "they are sized by volatility, and none was known";
    case Refusal::no_edge:
      return "Kelly's fraction of the trades so far was not above zero, which only a new trade could change";
    case Refusal::exposure: return "the exposure limits left no room";
    case Refusal::max_positions: return "as many positions as allowed were open";
    case Refusal::pyramiding: return "the position had as many entries as it may";
    case Refusal::cool_down: return "a loss was too fresh";
    case Refusal::stop_loss_guard: return "too many stops were hit of late";
    case Refusal::drawdown_halt: return "the account had fallen too far from its peak";
    case Refusal::daily_loss_halt: return "the account had lost too much that day";
    case Refusal::wrong_side: return "their stop or target was on the wrong side of the price";
    case Refusal::not_countable: return "the amounts were beyond what is counted";
  }
  return "";
}

}  // namespace cw::trading
