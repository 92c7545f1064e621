#include "base/number.h"

#include <array>
#include <charconv>
#include <cmath>

namespace cw {
namespace {

// Powers of ten that a double holds exactly.
constexpr std::array<double, 23> kExactPowers{1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                              1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr std::uint64_t kExactMantissa = std::uint64_t{1} << 53;

/// Plain digits with at most one point and no exponent whose mantissa fits 53 bits: one correctly rounded division.
std::optional<double> parse_short(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  std::size_t i = negative ? 1 : 0;
  std::uint64_t mantissa = 0;
  std::size_t digits = 0;
  std::size_t decimals = 0;
  bool point = false;
  for (; i < text.size(); ++i) {
    const auto digit = static_cast<unsigned>(text[i] - '0');
    if (digit <= 9) {
      mantissa = mantissa * 10 + digit;
      ++digits;
      decimals += point ? 1 : 0;
    } else if (text[i] == '.' && !point && digits > 0) {
      point = true;
    } else {
      return std::nullopt;
    }
  }
  if (digits == 0 || digits > 19 || mantissa > kExactMantissa || decimals >= kExactPowers.size()) return std::nullopt;
  if (point && decimals == 0) return std::nullopt;
  const double value = static_cast<double>(mantissa) / kExactPowers[decimals];
  return negative ? -value : value;
}

}  // namespace

std::optional<double> parse_double(std::string_view text) {
  if (const auto value = parse_short(text)) return value;
  // from_chars also takes "inf", "nan", "1." and ".5": only texts that begin and end with a digit are numbers here.
  if (text.empty()) return std::nullopt;
  const char first = text[0] == '-' && text.size() > 1 ? text[1] : text[0];
  if (first < '0' || first > '9' || text.back() < '0' || text.back() > '9') return std::nullopt;
  if (const auto point = text.find('.');
      point != std::string_view::npos && point + 1 < text.size() && (text[point + 1] < '0' || text[point + 1] > '9')) {
    return std::nullopt;
  }
  double value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::string_view why_no_double(std::string_view text) {
  constexpr std::string_view kNone = "is not a number";
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || digits[0] < '0' || digits[0] > '9' || text.back() < '0' || text.back() > '9') return kNone;
  double value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc::result_out_of_range || end != text.data() + text.size()) return kNone;
  const auto exponent = text.find_first_of("eE");
  const bool small = exponent == text.npos ? digits.starts_with("0") : text[exponent + 1] == '-';
  return small ? "is too small" : "is too large";
}

std::optional<std::int64_t> parse_int(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void append_double(std::string& out, double value) {
  // The longest fixed form: 309 digits before the point, or 0.000…(324 places) with 17 digits.
  std::array<char, 400> text;
  const auto [end, ec] = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  out.append(text.data(), end);
}

std::string format_double(double value) {
  std::string text;
  append_double(text, value);
  return text;
}

}  // namespace cw
