#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cw {

/// How many single-letter insertions, deletions, replacements and swaps of neighbours lead from one text to the other,
/// letter case ignored. Cost: O(|a|·|b|) time.
/// Source  G. Boytsov's survey (2011) calls this the optimal string alignment distance
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The names in `known` that a person most likely meant by `text`, best first; none that is further than half the
/// length of `text` (at least 2), unless one begins with the other. For the sentence "did you mean …?".
std::vector<std::string> nearest_names(std::string_view text, std::span<const std::string> known, std::size_t most = 3);

/// ` (did you mean 'BTCUSDT' or 'BTCUSDC'?)`, or an empty text for no names.
std::string did_you_mean(std::span<const std::string> names);

}  // namespace cw
