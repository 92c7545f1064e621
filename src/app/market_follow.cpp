#include "app/market_follow.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/printable.h"

namespace cw::app {
namespace {

constexpr std::string_view kKey = "market.follow";

std::string upper_case(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out;
}

/// The venue in front of an entry in capitals, empty where it has none.
std::string venue_of(std::string_view entry) {
  const std::size_t colon = entry.find(':');
  return colon == entry.npos ? std::string{} : upper_case(entry.substr(0, colon));
}

bool is_word(std::string_view text, std::size_t most) {
  return !text.empty() && text.size() <= most && std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
}

bool is_sound(std::string_view entry) {
  const std::size_t colon = entry.find(':');
  if (colon == entry.npos) return is_word(entry, 30);
  return is_word(entry.substr(0, colon), 20) && is_word(entry.substr(colon + 1), 30);
}

std::string shown(std::string_view entry) { return fmt::format("'{}'", printable(entry)); }

std::unexpected<Error> fault(const Config& config, const std::string& what) {
  return std::unexpected(Error{
      Errc::bad_parameter, fmt::format("{}: {} {}", config.source(kKey).text, kKey, what), {}, std::string{kKey}});
}

}  // namespace

std::string followed_symbol(std::string_view entry) { return upper_case(entry.substr(entry.find(':') + 1)); }

Result<void> check_follow(const Config& config) {
  const std::vector<std::string>& list = config.list(kKey);
  if (list.empty()) return fault(config, "is empty; name at least one instrument, such as BTCUSDT");
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (!is_sound(list[i])) {
      return fault(
          config, fmt::format("entry {} ({}) is no symbol: letters and digits, as in BTCUSDT or binance:BTCUSDT", i + 1,
                              shown(list[i])));
    }
    if (const std::string venue = venue_of(list[i]); !venue.empty() && venue != "BINANCE" && venue != "PRACTICE") {
      return fault(config, fmt::format("entry {} ({}) is of a venue that cannot be followed; binance can", i + 1,
                                       shown(list[i])));
    }
    for (std::size_t earlier = 0; earlier < i; ++earlier) {
      // One market is followed at a time, so a venue in front makes no other instrument of the same symbol.
      if (followed_symbol(list[earlier]) == followed_symbol(list[i])) {
        return fault(config, fmt::format("entry {} ({}) names what entry {} names already; leave one out", i + 1,
                                         shown(list[i]), earlier + 1));
      }
    }
  }
  return {};
}

Result<void> check_follow_live(const Config& config) {
  const std::vector<std::string>& list = config.list(kKey);
  const auto practice = std::ranges::find(list, "PRACTICE", venue_of);
  if (practice == list.end()) return {};
  return fault(config, fmt::format("entry {} ({}) is of the practice market, and this folder follows the live one",
                                   practice - list.begin() + 1, shown(*practice)));
}

bool is_followed(const Config& config, const market::InstrumentId& id) {
  return std::ranges::any_of(config.list(kKey), [&](const std::string& entry) {
    const std::string venue = venue_of(entry);
    return followed_symbol(entry) == id.symbol && (venue.empty() || venue == upper_case(id.venue));
  });
}

}  // namespace cw::app
