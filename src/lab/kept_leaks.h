#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "backtest/leaks/leak_check.h"

// What is remembered of leak checks that a program passed; one that leaks is looked at anew each time.
namespace cw::lab {

std::string passed_json(const backtest::LeakReport& report);
/// None where the text is none of ours.
std::optional<backtest::LeakReport> read_passed(std::string_view json);

}  // namespace cw::lab
