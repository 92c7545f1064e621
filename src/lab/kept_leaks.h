#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "backtest/leaks/leak_check.h"
#include "db/database.h"

// What is remembered of leak checks that a program passed; one that leaks is looked at anew each time.
namespace cw::lab {

std::string passed_json(const backtest::LeakReport& report);
/// None where the text is none of ours.
std::optional<backtest::LeakReport> read_passed(std::string_view json);

/// What `look` finds at a program over so many bars, or what it found before where the program passed. Where too few bars were
/// looked at to tell what a later begin does, and there are more now, it is looked at anew.
/// Errors  those of `look` and of the records
Result<backtest::LeakReport> look_once(db::Database& records, std::string_view program, std::size_t bars,
                                       const std::function<Result<backtest::LeakReport>()>& look);
/// The same with check_leaks.
Result<backtest::LeakReport> look_once(db::Database& records, const backtest::LeakInput& input);

/// "The strategy knows what it cannot know", with what leaks: rule, line, bar.
Error leak_error(std::string_view what_leaks);

}  // namespace cw::lab
