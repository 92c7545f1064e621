#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "strategy/document.h"

namespace cw::strategy {

inline constexpr std::array kInputKinds{InputKind::Int,    InputKind::Float,  InputKind::Bool,
                                        InputKind::Choice, InputKind::Source, InputKind::Timeframe};

/// Values that somebody gives for inputs, by name. A text that says a number, or `true`, is taken for one where the input
/// wants it: `fast=10` on a command line.
using GivenInputs = std::map<std::string, InputValue, std::less<>>;
/// Every input of a document with its value in effect, in the document's order.
using BoundInputs = std::vector<std::pair<std::string, InputValue>>;

/// The value as the input takes it.
/// Errors  Errc::bad_parameter: "must be at most 200, not 500"
Result<InputValue> check_value(const Input& input, const InputValue& given);

/// Errors  bad_parameter, of field "inputs.fast", for a value that the input does not take and for an input that there is not
Checked<BoundInputs> bind_inputs(const Document& document, const GivenInputs& given);

/// What may be chosen of a Choice, a Source and a Timeframe; of the others nothing.
std::vector<std::string> words_of(const Input& input);

/// As a person writes it: `10`, `true`, `hl2`.
std::string value_text(const Input& input, const InputValue& value);

}  // namespace cw::strategy
