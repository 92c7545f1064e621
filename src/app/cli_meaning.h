#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli.h"
#include "base/error.h"
#include "base/time.h"
#include "market/timeframe.h"

namespace cw::app {

/// A fault of the command line: bad_parameter, the sentence ending in which help to read. `command` is empty or
/// "candles list".
std::unexpected<Error> usage(std::string message, std::string_view command);

// What a flag's text means; nothing where the text is empty, because the flag is absent.
// Errors  bad_parameter naming the flag
Result<std::optional<market::Timeframe>> timeframe_of_flag(const std::string& text, std::string_view command);
Result<std::optional<Timestamp>> time_of_flag(const std::string& text, std::string_view flag, std::string_view command);
Result<std::optional<std::int64_t>> limit_of_flag(const std::string& text, std::string_view command);

/// The arguments of an import with what they mean: a venue in small letters, one in front of the symbol
/// (`kraken:BTC-USD`) taken for the venue.
/// Errors  bad_parameter for a venue or a symbol that can be none, for two different venues, for over 10,000 files
Result<ImportArgs> checked_import(ImportArgs args);

/// The flags of `serve`: what to play (--replay) asks for a replay.
/// Errors  bad_parameter where another market is asked for beside it
Result<void> ask_for_replay(std::vector<FlagSetting>& flags);

}  // namespace cw::app
