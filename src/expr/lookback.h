#pragma once

#include <optional>
#include <vector>

#include "expr/function.h"

namespace cw::expr {

/// What a row's `lookback` says with these settings: how many first rows each output is without a value, one number an
/// output. An operator's own look-back is the smallest of them.
/// Errors  none where the text is no formula of the settings, or not one an output (which no row's is)
std::optional<std::vector<int>> lookbacks(const Function& function, const Settings& settings);

}  // namespace cw::expr
