#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "market/timeframe.h"
#include "strategy/inputs.h"
#include "trading/fill.h"

namespace cw::lab {

/// What somebody wants to have tested, as they say it: nothing of it is looked up yet. The members of BacktestRequest in
/// docs/openapi.yaml.
struct RunRequest {
  std::string strategy{};  // the name of a kept one; empty where only the document is given
  std::optional<std::int64_t> version{};
  std::string document{};                        // the text that is run
  std::string symbol{};                          // of several instruments with commas between them
  std::optional<market::Timeframe> timeframe{};  // none: the strategy's own
  std::optional<Timestamp> from{};
  std::optional<Timestamp> to{};
  strategy::GivenInputs inputs{};
  std::string capital = "10000";  // as trading reads it
  std::string commission = "bps:10";
  std::string slippage = "none";
  std::string funding = "none";
  trading::FillTime fill = trading::FillTime::next_open;
  trading::Intrabar intrabar = trading::Intrabar::pessimistic;
  bool protections = true;
  bool close_at_end = false;
  int max_positions = 0;                            // open at once; 0: as many as there are symbols
  double exposure_percent = 100;                    // of all positions, of equity; over 100: borrowed money
  std::optional<double> symbol_exposure_percent{};  // of one symbol; none: an equal share of what all may have
  std::string name{};

  friend bool operator==(const RunRequest&, const RunRequest&) = default;
};

inline constexpr std::size_t kRunNameMost = 100;  // bytes
inline constexpr std::size_t kSymbolsMost = 50;   // of one run

/// The symbols of a request, in its order. Errors  bad_parameter, field `symbol`: none, one that is empty or there twice, over
/// kSymbolsMost
Result<std::vector<std::string>> symbols_of(std::string_view list);

/// The names that a request of a run may have.
std::span<const std::string_view> run_request_members();

/// Reads a JSON object. `wait_ms`, where it is a member, is left alone: it is of the request and not of the run.
/// Errors  bad_parameter with the field: of a wrong kind, out of range, no member of a run
Result<RunRequest> parse_run_request(std::string_view json);

/// The request as parse_run_request reads it, everything told that it has.
std::string to_json(const RunRequest& request);

}  // namespace cw::lab
