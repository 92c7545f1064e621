#include "app/cli_meaning.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "base/number.h"
#include "base/printable.h"
#include "market/instrument.h"

namespace cw::app {
namespace {

constexpr std::size_t kFilesMost = 10'000;

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::unexpected<Error> bad_venue(std::string_view flag, std::string_view venue) {
  return usage(fmt::format("{}: '{}' is not a venue's name: letters and digits, at most 20, as in binance", flag,
                           printable(venue)),
               "import");
}

}  // namespace

std::unexpected<Error> usage(std::string message, std::string_view command) {
  const std::string full = command.empty() ? "candlewick" : fmt::format("candlewick {}", command);
  return fail(Errc::bad_parameter, fmt::format("{}; '{} --help' tells more", message, full));
}

Result<std::optional<market::Timeframe>> timeframe_of_flag(const std::string& text, std::string_view command) {
  if (text.empty()) return std::optional<market::Timeframe>{};
  const auto timeframe = market::parse_timeframe(text);
  if (!timeframe) return usage("--timeframe: " + timeframe.error().message, command);
  return std::optional{*timeframe};
}

Result<std::optional<Timestamp>> time_of_flag(const std::string& text, std::string_view flag,
                                              std::string_view command) {
  if (text.empty()) return std::optional<Timestamp>{};
  const auto time = parse_time(text);
  if (!time) return usage(fmt::format("{}: {}", flag, time.error().message), command);
  return std::optional{*time};
}

Result<std::optional<std::int64_t>> limit_of_flag(const std::string& text, std::string_view command) {
  if (text.empty()) return std::optional<std::int64_t>{};
  const auto limit = parse_int(text);
  if (!limit || *limit < 1)
    return usage(fmt::format("--limit takes a whole number of at least 1, not '{}'", printable(text)), command);
  return limit;
}

Result<ImportArgs> checked_import(ImportArgs args) {
  if (args.files.size() > kFilesMost) {
    return usage(fmt::format("{} files are given; one import takes at most {}", args.files.size(), kFilesMost),
                 "import");
  }
  if (args.venue) {
    const std::string venue = lower_case(*args.venue);
    if (!market::is_venue_name(venue)) return bad_venue("--venue", *args.venue);
    args.venue = venue;
  }
  if (!args.symbol) return args;
  if (const std::size_t colon = args.symbol->find(':'); colon != std::string::npos) {
    const std::string venue = lower_case(args.symbol->substr(0, colon));
    if (!market::is_venue_name(venue)) return bad_venue("--symbol", args.symbol->substr(0, colon));
    if (args.venue && *args.venue != venue)
      return usage(fmt::format("--symbol says the venue '{}' and --venue '{}'", venue, *args.venue), "import");
    args.venue = venue;
    args.symbol->erase(0, colon + 1);
  }
  if (const auto parts = market::split_symbol(*args.symbol); !parts)
    return usage("--symbol: " + parts.error().message, "import");
  return args;
}

Result<void> ask_for_replay(std::vector<FlagSetting>& flags) {
  if (std::ranges::find(flags, "--replay", &FlagSetting::flag) == flags.end()) return {};
  // The last flag that sets a key is the one that counts.
  const auto mode =
      std::find_if(flags.rbegin(), flags.rend(), [](const FlagSetting& flag) { return flag.key == "market.mode"; });
  if (mode == flags.rend()) {
    flags.push_back({"market.mode", "replay", "--replay"});
  } else if (mode->value != "replay") {
    return usage(fmt::format("--replay asks for a replay and {} for the market '{}'; leave one of them out", mode->flag,
                             printable(mode->value)),
                 "serve");
  }
  return {};
}

}  // namespace cw::app
