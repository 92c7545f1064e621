#include "candle_store/file_name.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace cw::candle_store {
namespace {

std::vector<std::string_view> split(std::string_view text, char mark) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = text.find(mark);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Whether it looks like a timeframe, valid or not: digits and a unit.
bool looks_like_timeframe(std::string_view text) {
  const auto unit = std::find_if_not(text.begin(), text.end(), is_digit);
  const std::string_view name = text.substr(static_cast<std::size_t>(unit - text.begin()));
  constexpr std::string_view kUnits[] = {"s", "m", "h", "d", "w", "mo", "M"};
  return unit != text.begin() && std::find(std::begin(kUnits), std::end(kUnits), name) != std::end(kUnits);
}

bool is_venue(std::string_view text) {
  return !text.empty() && !is_digit(text[0]) &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c); });
}

}  // namespace

Result<FileNameHints> hints_of(const std::filesystem::path& path) {
  const auto name = path.filename().string();
  const auto stem = std::string_view(name).substr(0, name.find('.'));
  const auto parts = split(stem, '-');
  const auto at = std::find_if(parts.begin() + 1, parts.end(), looks_like_timeframe);
  FileNameHints hints;
  if (at == parts.end()) return hints;
  const auto timeframe = market::parse_timeframe(*at);
  if (!timeframe) return pass_on(timeframe);
  hints.timeframe = *timeframe;

  auto front = std::vector(parts.begin(), at);
  if (front.size() > 1 && is_venue(front[0])) {
    hints.venue = std::string(front[0]);
    front.erase(front.begin());
  }
  std::string symbol;
  for (const auto part : front) symbol += (symbol.empty() ? "" : "-") + std::string(part);
  std::replace(symbol.begin(), symbol.end(), '_', '-');
  if (const auto split_up = market::split_symbol(symbol)) hints.symbol = *split_up;
  return hints;
}

}  // namespace cw::candle_store
