#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backtest/sweep/sweep_json.h"
#include "base/json_text.h"

/// What the JSON of a sweep's result and of its kept state share.
namespace cw::backtest::json_parts {

/// `,"name":value`, null for what is not finite.
void append_member(std::string& out, std::string_view name, double value);
void append_member(std::string& out, std::string_view name, std::string_view value);

/// A list of texts.
void append_values(std::string& out, const std::vector<std::string>& texts);

/// A value of an axis: a number, true or false, a text.
void append_value(std::string& out, const Axis& axis, std::size_t place);

/// The members that say what was asked, each with a comma before it: strategy … axes, folds, fills_policy.
void append_question(std::string& out, const SweepFacts& facts, const SweepPlan& plan, const SweepData& data);
/// `,"axes":[…]`: each with its type and values.
void append_axes(std::string& out, const SweepPlan& plan);
/// `,"costs":{…}`: what its fills cost, and what holding does.
void append_costs(std::string& out, const SweepFacts& facts, bool with_funding);

}  // namespace cw::backtest::json_parts
