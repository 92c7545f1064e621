#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"
#include "market/bar_sequencer.h"
#include "market/instrument.h"

namespace cw::desk {

/// Number of an instrument in the desk: given at its first `Followed`, counted from 0, never given to another.
using InstrumentNumber = std::uint32_t;

/// From now on the desk keeps this instrument. Known ones keep their number and their series.
struct Followed {
  market::InstrumentId instrument;
  friend bool operator==(const Followed&, const Followed&) = default;
};

/// The desk lets go of an instrument's series. Followed again, it begins a new series with a new first bar.
struct Unfollowed {
  InstrumentNumber instrument = 0;
  friend bool operator==(const Unfollowed&, const Unfollowed&) = default;
};

/// Something happened to an instrument's one-minute bars.
struct BarArrived {
  InstrumentNumber instrument = 0;
  market::BarEvent event;
  friend bool operator==(const BarArrived&, const BarArrived&) = default;
};

/// All that the desk ever learns. Time comes with the bars.
using Event = std::variant<Followed, Unfollowed, BarArrived>;

/// Appends the event's bytes, as the journal keeps them: one byte for the kind, then its fields, little-endian.
void encode(const Event& event, std::string& out);

/// Reads what `encode` wrote.
/// Errors  Errc::corrupt for anything else
Result<Event> decode_event(std::string_view bytes);

}  // namespace cw::desk
