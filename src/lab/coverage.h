#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lab/run.h"

// What the candles lack of the time that a test is over.
namespace cw::lab {

/// Whether each of several instruments has a bar that opens at `from` or later: one without any would hold its share of the
/// account idle, and of buy and hold as well. Of one instrument nothing is said.
/// Errors  not_found, field `symbol`, naming the first that has none and where its bars end
Result<void> check_bars(std::span<const std::string_view> names, std::span<const market::CandleSpan> bars,
                        Timestamp from, market::Timeframe timeframe);

/// What is asked of the candles: those of a period at a timeframe.
struct AskedBars {
  market::Timeframe timeframe{};
  Timestamp acted_from{};           // the first moment that is acted on
  std::optional<Timestamp> from{};  // of the period, where it was asked for
  std::optional<Timestamp> to{};
};

/// In sentences: bars that end before the period does or begin after it, of all instruments; and those of one that begin or end
/// otherwise than the others'. What is shorter than a day, or two bars, is nothing to speak of.
std::vector<std::string> coverage_of(const AskedBars& asked, std::span<const std::string_view> names,
                                     std::span<const market::CandleSpan> bars);

/// In sentences, for a run's warnings: bars of an instrument, or of a symbol that its rules look at, that begin after the run
/// does or end before it. What is shorter than a day, or two bars, is nothing to speak of.
std::vector<std::string> coverage_of(const PreparedRun& run, const LoadedRun& loaded);

}  // namespace cw::lab
