#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "api/problem.h"
#include "base/error.h"
#include "evaluation/program.h"
#include "expr/compile.h"

namespace cw::api {

/// The document of GET /api/language/functions.
std::string functions_json();

/// The document of POST /api/language/check.
std::string check_json(const expr::Compiled<expr::Expression>& compiled);

/// The refusal of texts that do not compile: bad_expression with the place.
Problem problem_of(const evaluation::Refusal& refusal);

/// `"title":…,"type":…,"overlay":…,"event":…`
void append_plot_members(std::string& out, const expr::Plot& plot);

/// Values for `input.*` from a JSON object of numbers, booleans and texts; empty: none.
/// Errors  bad_parameter (field `inputs`)
Result<std::map<std::string, std::variant<double, std::string>>> read_inputs(std::string_view json);

/// `talib`, `pine`. Errors  bad_parameter (field `seed`)
Result<indicators::Seed> read_seed(std::string_view text);

}  // namespace cw::api
