#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "expr/language/syntax.h"
#include "expr/language/value.h"

namespace cw::expr {

/// One argument of a call with its value.
struct GivenArgument {
  std::string_view name{};  // empty: by its place
  Place name_place{};
  Place place{};
  ExprId expr = kNoExpr;
  Value value{};
};

/// A row of the table and which of the given arguments stands for each of its parameters; none: its default does.
struct CallMatch {
  const Function* function = nullptr;
  std::vector<std::optional<std::size_t>> arguments{};
};

struct PlacedComplaint {
  Place place{};
  Complaint complaint{};
};

/// The row of one name that a call means: of those that take the arguments, the one that converts the fewest ints to
/// floats, the first of them. Where none takes them, what is wrong with the one that comes nearest.
///
/// Errors  missing_argument, too_many_arguments, unknown_argument, repeated_argument, wrong_type, not_known, out_of_range,
///         bad_option; each with the signature
std::expected<CallMatch, PlacedComplaint> match_call(std::span<const Function> rows,
                                                     std::span<const GivenArgument> given, Place call);

}  // namespace cw::expr
