#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lab/run.h"

namespace cw::lab {

/// How a strategy stands in one instrument after its newest closed bar.
struct Stand {
  std::optional<Timestamp> as_of{};       // close of that bar; none: there is no bar
  std::optional<backtest::Trade> open{};  // what it holds, marked at that close; none: flat
  trading::Broker::Exits exits{};         // of what it holds
};

/// An entry or an exit.
struct StandEvent {
  bool is_entry = false;
  backtest::TradeSide side{};
  std::int64_t time_ms = 0;
  double price = 0;
  trading::Reason reason{};    // of an exit
  std::size_t instrument = 0;  // its place among the run's

  /// Equal for the same event of the same run.
  std::string key() const;
};

/// A strategy that is followed bar by bar: each time the run is made anew from its first bar, so what it does live is what a
/// backtest of the same bars does.
struct StandRun {
  std::vector<Stand> stands;       // one for each of the run's instruments
  std::vector<StandEvent> events;  // at or after the time that was asked for, oldest first
};

/// A run up to its newest bars, `markets` as load_run() takes them. Errors  those of make_run, but for a period without bars; cancelled
Result<StandRun> stand_of(const PreparedRun& run, std::span<const RunMarket> markets, std::int64_t events_from_ms,
                          const std::function<bool()>& cancelled);

/// `{"name":…,"position":"long","since":…,"entry_price":…,"stop":…,"target":…}`
std::string stand_json(std::string_view strategy, const Stand& stand);

}  // namespace cw::lab
