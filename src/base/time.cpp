#include "base/time.h"

#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace cw {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

std::unexpected<Error> bad_time(std::string_view text) {
  return fail(
      Errc::bad_input,
      fmt::format("'{}' is not a time; write 2024-08-05, 2024-08-05T14:22:07Z or milliseconds since 1970", text));
}

/// Exactly `digits` decimal digits at the front of `text`, which is moved past them.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + digits, value);
  if (ec != std::errc{} || end != text.data() + digits || text[0] == '-') return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take_char(std::string_view& text, char wanted) {
  if (text.empty() || text[0] != wanted) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<sys_days> take_date(std::string_view& text) {
  const auto y = take_number(text, 4);
  if (!y || !take_char(text, '-')) return std::nullopt;
  const auto m = take_number(text, 2);
  if (!m || !take_char(text, '-')) return std::nullopt;
  const auto d = take_number(text, 2);
  if (!d) return std::nullopt;
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*m)}, day{static_cast<unsigned>(*d)}};
  if (!date.ok()) return std::nullopt;
  return sys_days{date};
}

/// `hh:mm[:ss[.mmm]]`, in milliseconds since midnight.
std::optional<Millis> take_time_of_day(std::string_view& text) {
  const auto h = take_number(text, 2);
  if (!h || !take_char(text, ':')) return std::nullopt;
  const auto m = take_number(text, 2);
  if (!m || *h > 23 || *m > 59) return std::nullopt;
  int seconds = 0;
  int millis = 0;
  if (take_char(text, ':')) {
    const auto s = take_number(text, 2);
    if (!s || *s > 59) return std::nullopt;
    seconds = *s;
    if (take_char(text, '.')) {
      const auto fraction = take_number(text, 3);
      if (!fraction) return std::nullopt;
      millis = *fraction;
    }
  }
  return std::chrono::hours{*h} + std::chrono::minutes{*m} + std::chrono::seconds{seconds} + Millis{millis};
}

bool in_range(std::int64_t ms) { return ms >= kEarliestMs && ms < kLatestMs; }

}  // namespace

Result<Timestamp> parse_time(std::string_view text) {
  std::int64_t ms = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), ms);
  if (ec == std::errc{} && end == text.data() + text.size()) {
    if (!in_range(ms)) {
      return fail(Errc::bad_input, fmt::format("'{}' is not a time in milliseconds between 2000 and 2100", text));
    }
    return from_ms(ms);
  }
  std::string_view rest = text;
  const auto date = take_date(rest);
  if (!date) return bad_time(text);
  Timestamp t = *date;
  if (!rest.empty() && (rest[0] == 'T' || rest[0] == ' ')) {
    rest.remove_prefix(1);
    const auto time_of_day = take_time_of_day(rest);
    if (!time_of_day) return bad_time(text);
    t += *time_of_day;
  }
  if (!rest.empty() && rest != "Z") return bad_time(text);
  if (!in_range(to_ms(t))) return bad_time(text);
  return t;
}

std::string format_time(Timestamp t) {
  const auto midnight = std::chrono::floor<std::chrono::days>(t);
  const year_month_day date{midnight};
  const std::chrono::hh_mm_ss clock{t - midnight};
  auto text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                          static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                          clock.minutes().count(), clock.seconds().count());
  if (clock.subseconds().count() != 0) text += fmt::format(".{:03}", clock.subseconds().count());
  return text + 'Z';
}

std::string format_duration(Millis d) {
  struct Unit {
    std::int64_t ms;
    const char* name;
  };
  static constexpr std::array kUnits{Unit{86'400'000, "d"}, Unit{3'600'000, "h"}, Unit{60'000, "m"}, Unit{1'000, "s"},
                                     Unit{1, "ms"}};
  std::int64_t rest = d.count();
  if (rest < 0) return "-" + format_duration(-d);
  if (rest == 0) return "0 s";
  for (std::size_t i = 0; i < kUnits.size(); ++i) {
    if (rest < kUnits[i].ms) continue;
    auto text = fmt::format("{} {}", rest / kUnits[i].ms, kUnits[i].name);
    rest %= kUnits[i].ms;
    // A second unit only where it still says something: never milliseconds beside minutes.
    if (i + 1 < kUnits.size() && rest >= kUnits[i + 1].ms) {
      text += fmt::format(" {} {}", rest / kUnits[i + 1].ms, kUnits[i + 1].name);
    }
    return text;
  }
  return "0 s";
}

Timestamp SystemClock::now() const { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }

}  // namespace cw
