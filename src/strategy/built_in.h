#pragma once

#include <span>
#include <string_view>

#include "strategy/document.h"

namespace cw::strategy {

/// A strategy that the product ships: a document as a user would write one.
struct BuiltIn {
  std::string_view text;  // YAML, as it is shown and copied
  Document document;
};

/// All of them, in the order in which they are listed: trends, breakouts, returns to the mean, the score, the baseline. Read once.
std::span<const BuiltIn> built_ins();

/// The one of a name; null: there is none.
const BuiltIn* find_built_in(std::string_view name);

/// Their texts, by the file they stand in.
std::span<const std::string_view> trend_texts();
std::span<const std::string_view> breakout_texts();
std::span<const std::string_view> reversion_texts();

}  // namespace cw::strategy
