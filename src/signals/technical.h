#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "signals/component_plan.h"

namespace cw::signals {

enum class Regime : unsigned char { trend, range };
std::string_view name(Regime regime);

/// What a component says at a bar.
struct Vote {
  double value = 0;         // in the component's own units; may be NaN
  double vote = 0;          // -1 (sell) to 1 (buy); NaN: it says nothing, and its weight goes to the others
  double weight = 0;        // its share of all weight, 0 to 1; they add up to 1
  double contribution = 0;  // score points: 50 * weight * vote
};

/// What the components of one timeframe say at one closed bar.
struct Technical {
  Regime regime = Regime::range;
  double adx = 0;
  double efficiency = 0;
  std::vector<Vote> votes;  // as ComponentDocument::components
  double rating = 0;        // -1 to 1: the votes by their weights
  double tradingview = 0;   // TradingView's rating, NaN before its look-back
};

/// Reads a row of the plan's outputs. The weight of a family is that of the regime; within it the components share by
/// their own weights. False where no component votes; `out` is then without meaning.
bool read_technical(const ComponentPlan& plan, std::span<const double> row, Technical& out);

/// The sentence of a component, its numbers put in.
std::string reason_text(const ComponentPlan& plan, std::size_t component, const Vote& vote,
                        std::span<const double> row);

/// The names of the patterns that a row shows, in the order of the document.
std::vector<std::string> patterns_of(const ComponentPlan& plan, std::span<const double> row);

}  // namespace cw::signals
