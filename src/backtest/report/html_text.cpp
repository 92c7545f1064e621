#include "backtest/report/html_text.h"

#include <cmath>

#include <fmt/format.h>

#include "base/time.h"

namespace cw::backtest {
namespace {

/// Of a million nobody reads the cents.
int places(double value) { return std::abs(value) >= 1e6 ? 0 : 2; }

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += static_cast<unsigned char>(c) < 0x20 && c != '\n' ? ' ' : c;
    }
  }
  return out;
}

std::string grouped(double value, int places) {
  std::string digits = fmt::format("{:.{}f}", std::abs(value), places);
  const bool is_zero = digits.find_first_not_of("0.") == std::string::npos;
  const std::size_t whole = std::min(digits.find('.'), digits.size());
  for (std::size_t at = whole; at > 3;) digits.insert(at -= 3, 1, ',');
  return value < 0 && !is_zero ? "-" + digits : digits;
}

std::string signed_percent(double fraction, int places) {
  const std::string text = grouped(100 * fraction, places);
  return (fraction > 0 ? "+" : "") + text + " %";
}

std::string shown(const FigureValue& value, const FigureInfo& info) {
  if (!value.told()) {
    if (value.missing == Missing::too_few) return fmt::format("n/a: too few ({} of {})", value.n, info.least);
    std::string why{name(value.missing)};
    for (char& c : why) c = c == '_' ? ' ' : c;
    return "n/a: " + why;
  }
  switch (info.unit) {
    case Unit::money: return grouped(value.value, places(value.value));
    case Unit::fraction: return grouped(100 * value.value, places(100 * value.value)) + " %";
    case Unit::ratio: return grouped(value.value, 2);
    case Unit::count: return grouped(value.value, 0);
    case Unit::bars: return grouped(value.value, value.value == std::floor(value.value) ? 0 : 1);
    case Unit::time_ms: return format_duration(Millis{std::llround(value.value)});
  }
  return {};
}

std::string minute_text(std::int64_t ms) {
  std::string text = format_time(from_ms(ms)).substr(0, 16);
  text[10] = ' ';
  return text;
}

}  // namespace cw::backtest
