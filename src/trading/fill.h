#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>

#include "base/time.h"
#include "trading/commission.h"
#include "trading/order.h"
#include "trading/refusal.h"

namespace cw::trading {

/// When a market order fills that was made of a closed bar: at the next bar's open, or at that same close.
enum class FillTime : std::uint8_t { next_open, close };
constexpr std::string_view name(FillTime time) { return time == FillTime::close ? "close" : "next_open"; }

/// Which way the price is taken to have gone inside a bar, of which only four prices are known.
///
/// pessimistic  against the position first; of a position that opens inside the bar too, as if all of the bar that can hurt
///              it came afterwards
/// adaptive     to the extreme that is nearer to the open first; pessimistic where both are as near
/// magnifier    as the bars of a lower timeframe went, each of them pessimistic; without such bars pessimistic
enum class Intrabar : std::uint8_t { pessimistic, adaptive, magnifier };
constexpr std::string_view name(Intrabar intrabar) {
  return intrabar == Intrabar::pessimistic ? "pessimistic" : intrabar == Intrabar::adaptive ? "adaptive" : "magnifier";
}

struct FillPolicy {
  FillTime time = FillTime::next_open;
  Intrabar intrabar = Intrabar::pessimistic;
  double participation =
      0;  // the most of a bar's volume that orders may fill in it; the rest waits. 0: all of an order

  friend bool operator==(const FillPolicy&, const FillPolicy&) = default;
};

/// One trade of the account: all or a part of an order. An order that turns a position over gives two at one price.
struct Fill {
  Timestamp bar;            // open time of the bar it is in; of a magnified bar, of the lower bar
  std::uint64_t order = 0;  // its number; of a bracket's exit a number of its own
  std::uint64_t entry =
      0;  // the order that opened what this closes where a bracket knows it, else 0; of an entry its own
  std::uint64_t position = 0;  // counted from 1: all fills from flat to flat have one number
  std::uint32_t instrument = 0;
  Side side = Side::buy;
  Reason reason = Reason::entry;
  Liquidity liquidity = Liquidity::taker;
  bool opens = false;     // it opens or adds; else it closes
  bool at_close = false;  // at the bar's close, not inside it
  Lots lots{};
  Ticks price{};
  Ticks reference{};  // before slippage
  Money commission{};
  Money slippage{};
  Money realised{};  // of what it closed, without commissions
  Lots held{};       // the position after it, negative: short
};

/// What happened besides fills.
struct BrokerCounts {
  std::uint64_t ambiguous_bars = 0;    // the order of prices inside the bar decided what filled
  std::uint64_t magnified_bars = 0;    // walked by lower bars
  std::uint64_t unmagnified_bars = 0;  // the magnifier was asked and had none
  std::uint64_t ambiguous_lower_bars = 0;
  std::uint64_t over_volume = 0;  // fills over `Slippage::warn_share` of their bar's volume
  std::uint64_t cut = 0;          // entries made smaller by the exposure caps
  std::uint64_t expired = 0;      // orders whose bars were over
  std::array<std::uint64_t, kRefusals> refused{};

  std::uint64_t refused_for(Refusal refusal) const { return refused[static_cast<std::size_t>(refusal)]; }
};

}  // namespace cw::trading
