#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "base/error.h"
#include "evaluation/bar_source.h"
#include "evaluation/program.h"
#include "expr/named_series.h"

namespace cw::evaluation {

/// Takes the answered rows of one portion and their values, a column a plot; false: that is enough.
using RowSink = std::function<bool(const market::CandleSpan& rows, std::span<const double* const> values)>;

struct EvaluationSummary {
  std::optional<Timestamp> first_bar;  // open time of the bar that the plan began with: recursive averages remember it
  std::uint64_t rows = 0;              // how many went to the sink
  std::uint64_t warm_up_rows = 0;      // how many were run before them
};

/// What a program works with besides its bars.
struct EvaluationContext {
  StoreOf store_of{};                  // of other symbols' bars; none: they are not known
  expr::NamedSeries* named = nullptr;  // ai.*, signal.* of the program's symbol (SignalLibrary::series)
  std::function<bool()> cancelled{};   // asked between portions; none: never
};

/// Runs a program over all bars of `bars`, those that `named` knows, and hands those that open at or after `from` to `sink`. Memory is bounded,
/// however long the history.
///
/// Errors  those of the bars; Errc::unsupported (Plan::make); Errc::cancelled
Result<EvaluationSummary> evaluate(const Program& program, BarSource& bars, Timestamp from, const RowSink& sink,
                                   const EvaluationContext& context = {});

}  // namespace cw::evaluation
