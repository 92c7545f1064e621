#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cw {

/// Reads all of `text` as a decimal number: `12`, `0.07`, `1.5e-8`. The nearest double, ties to even (as strtod in the
/// C locale), by a short exact path for up to 19 digits and small exponents, else std::from_chars.
/// No answer for an empty text, blanks, a leading '+', "inf" and "nan", or a value that is not finite.
/// Cost    about 10 ns for the lengths that exchanges send; no allocation
/// Source  W. D. Clinger, How to Read Floating Point Numbers Accurately, 1990 (the fast path)
std::optional<double> parse_double(std::string_view text);

/// Why `text`, which parse_double does not take, is none: "is too small" (nearer to 0 than any double) or "is too large",
/// else "is not a number".
std::string_view why_no_double(std::string_view text);

/// Reads all of `text` as a decimal integer with an optional leading '-'. No answer where it is not one or overflows.
std::optional<std::int64_t> parse_int(std::string_view text);

/// The shortest decimal text that reads back as the same double, never with an exponent: `0.00000001`, `67042.5`, `12`.
/// Meant for finite values; others give `nan`, `inf` or `-inf`, which no format of ours accepts.
std::string format_double(double value);

/// The same, appended to `out` without a temporary.
void append_double(std::string& out, double value);

}  // namespace cw
