#include "signals/timeframes.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/nearest.h"

namespace cw::signals {

using market::Timeframe;

std::optional<std::size_t> place_of(Timeframe timeframe) {
  const auto* const at = std::ranges::find(kSignalTimeframes, timeframe);
  if (at == kSignalTimeframes.end()) return std::nullopt;
  return static_cast<std::size_t>(at - kSignalTimeframes.begin());
}

Result<Timeframe> parse_signal_timeframe(std::string_view text) {
  const auto timeframe = market::parse_timeframe(text);
  if (!timeframe) return pass_on(timeframe);
  if (place_of(*timeframe)) return *timeframe;
  // The scored ones on both sides of it.
  const auto* const above = std::ranges::find_if(
      kSignalTimeframes, [&](Timeframe scored) { return market::duration(scored) > market::duration(*timeframe); });
  std::vector<std::string> near;
  if (above != kSignalTimeframes.begin()) near.emplace_back(market::name(*(above - 1)));
  if (above != kSignalTimeframes.end()) near.emplace_back(market::name(*above));
  return std::unexpected(Error{
      Errc::unknown_timeframe,
      fmt::format("there are no signals of {}; there are of 1m, 5m, 15m, 1h, 4h and 1d", market::name(*timeframe)),
      std::move(near), "timeframe"});
}

std::string_view name(Horizon horizon) {
  switch (horizon) {
    case Horizon::h1: return "1h";
    case Horizon::h4: return "4h";
    case Horizon::d1: return "1d";
  }
  return {};
}

Millis duration(Horizon horizon) {
  switch (horizon) {
    case Horizon::h1: return market::duration(Timeframe::h1);
    case Horizon::h4: return market::duration(Timeframe::h4);
    case Horizon::d1: return market::duration(Timeframe::d1);
  }
  return {};
}

Result<Horizon> parse_horizon(std::string_view text) {
  for (const auto horizon : kHorizons) {
    if (name(horizon) == text) return horizon;
  }
  return std::unexpected(Error{Errc::bad_parameter,
                               fmt::format("there is no horizon '{}'; there are 1h, 4h and 1d", text),
                               {"1h", "4h", "1d"},
                               "horizon"});
}

Horizon default_horizon(Timeframe timeframe) {
  if (market::duration(timeframe) <= market::duration(Timeframe::m15)) return Horizon::h1;
  return timeframe == Timeframe::h1 ? Horizon::h4 : Horizon::d1;
}

}  // namespace cw::signals
