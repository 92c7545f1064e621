#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backtest/sweep/plan.h"
#include "lab/prepared_run.h"

namespace cw::lab {

/// A sweep as somebody asks for it: the members of SweepRequest in docs/openapi.yaml.
struct SweepAsk {
  RunRequest run;
  backtest::SweepRequest sweep;
};

inline constexpr std::uint64_t kSweepCellsMost = 100'000;
inline constexpr std::uint64_t kSweepWorkMost = 20'000'000'000;  // bars of all symbols times cells

/// The names that a request of a sweep may have.
std::span<const std::string_view> sweep_request_members();

/// Errors  as parse_run_request
Result<SweepAsk> parse_sweep_request(std::string_view json);
std::string to_json(const SweepAsk& ask);

/// A sweep of which everything is known but the bars.
struct PreparedSweep {
  SweepAsk ask;
  std::vector<market::Instrument> instruments;  // at least one, in the order of the request
  market::Timeframe timeframe{};
  backtest::SweepPlan plan;
};

/// `instruments`: at least one. Refusals: those of settings_of and of plan_sweep, whose `grid` is `axes` here; limit_exceeded, field
/// `axes`: over kSweepCellsMost cells
Prepared<PreparedSweep> prepare_sweep(SweepAsk ask, strategy::Document document,
                                      std::span<const market::Instrument> instruments);

}  // namespace cw::lab
