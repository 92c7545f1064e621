#pragma once

#include <optional>
#include <string>
#include <variant>

#include "api/lab_desk.h"
#include "api/problem.h"

namespace cw::api {

/// POST /api/strategies/check, taken apart.
struct StrategyCheck {
  std::string text;
  strategy::GivenInputs inputs{};
  std::optional<market::Instrument> instrument{};  // run over it; none: only checked
  std::optional<market::Timeframe> timeframe{};
  std::size_t bars = 1'000;
  expr::CompileOptions language{};
};

/// Refusals: bad_parameter, unknown_symbol, ambiguous_symbol, with `field`
std::variant<StrategyCheck, Problem> read_strategy_check(LabDesk& desk, const Call& call);

/// The answer, made on a worker's thread.
Result<net::HttpResponse> strategy_checked(LabDesk& desk, const StrategyCheck& check, const net::HttpRequest& sent,
                                           const Cancelled& cancelled);

}  // namespace cw::api
