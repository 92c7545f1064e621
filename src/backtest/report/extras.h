#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "backtest/leaks/leak_check.h"
#include "backtest/metrics_as.h"
#include "backtest/report/what_if.h"
#include "backtest/robustness/assess.h"

namespace cw::backtest {

/// A run's figures as another backtester would print them.
struct PeerFigures {
  Peer peer{};
  std::vector<PeerFigure> figures{};
};

/// What is told of a run besides itself, as far as it was asked for.
struct RunExtras {
  std::optional<LeakReport> leaks{};
  std::optional<std::vector<PolicyRun>> policies{};
  std::optional<CostCurve> costs{};
  std::optional<Assessment> robustness{};
  std::optional<PeerFigures> peer{};
};

/// Appends the members `leaks`, `policies`, `cost_curve`, `break_even_bps`, `robustness` and `metrics_as` to an object
/// that has members already; one that was not asked for is left out.
void append_extras(std::string& out, const RunExtras& extras);

/// The members of a Monte Carlo's answer, for reports that draw its bands.
void append_monte_carlo(std::string& out, const MonteCarlo& paths);

}  // namespace cw::backtest
