#pragma once

#include "strategy/reading.h"

// What the numbers of a document may be, read from it or given by an input.
namespace cw::strategy {

inline constexpr Range kAtrLength{.min = 1, .max = 5'000, .is_whole = true};
inline constexpr Range kBars{.min = 1, .max = 1'000'000, .is_whole = true};
inline constexpr Range kShare{.min = 0, .max = 100, .is_above_min = true};
inline constexpr Range kMaxPercent{.min = 0, .max = 10'000, .is_above_min = true};
inline constexpr Range kPyramiding{.min = 1, .max = 100, .is_whole = true};
inline constexpr Range kVolatilityLength{.min = 2, .max = 5'000, .is_whole = true};
inline constexpr Range kKellyLength{.min = 10, .max = 5'000, .is_whole = true};

/// Of a stop, which a price falls to, or of a target, which may be further away than the price is high.
constexpr Range range_of(DistanceKind kind, bool is_target) {
  switch (kind) {
    case DistanceKind::Percent: return {.min = 0, .max = is_target ? 10'000.0 : 99.0, .is_above_min = true};
    case DistanceKind::Amount: return {.min = 0, .max = 1e12, .is_above_min = true};
    default: return {.min = 0, .max = 1'000, .is_above_min = true};
  }
}

constexpr Range range_of(SizingKind kind) {
  switch (kind) {
    case SizingKind::PercentOfEquity: return {.min = 0, .max = 10'000, .is_above_min = true};
    case SizingKind::Fixed: return {.min = 0, .max = 1e15, .is_above_min = true};
    case SizingKind::RiskPercent: return {.min = 0, .max = 100, .is_above_min = true};
    case SizingKind::VolatilityTarget: return {.min = 0, .max = 1'000, .is_above_min = true};
    case SizingKind::Kelly: return {.min = 0, .max = 1, .is_above_min = true};
  }
  return {};
}

}  // namespace cw::strategy
