#include "market/timeframe.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/nearest.h"
#include "base/number.h"
#include "base/printable.h"

namespace cw::market {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

struct Row {
  std::string_view name;
  Millis duration;
};
constexpr std::array<Row, 13> kRows{{{"1m", minutes{1}},
                                     {"3m", minutes{3}},
                                     {"5m", minutes{5}},
                                     {"15m", minutes{15}},
                                     {"30m", minutes{30}},
                                     {"1h", hours{1}},
                                     {"2h", hours{2}},
                                     {"4h", hours{4}},
                                     {"6h", hours{6}},
                                     {"8h", hours{8}},
                                     {"12h", hours{12}},
                                     {"1d", days{1}},
                                     {"1w", days{7}}}};
static_assert(kRows.size() == kTimeframes.size());

// 1970-01-01 was a Thursday; the first Monday came four days later.
constexpr Timestamp kFirstDay{};
constexpr Timestamp kFirstMonday{days{4}};

constexpr Timestamp anchor(Timeframe timeframe) { return timeframe == Timeframe::w1 ? kFirstMonday : kFirstDay; }

/// Names that other tools use and that mean something here, but are not offered.
struct Refused {
  std::string_view name;
  std::string_view why;
  std::string_view instead;
};
constexpr std::array<Refused, 5> kRefused{{{"1s", "bars shorter than a minute are not kept", "1m"},
                                           {"3d", "three days do not divide a week", "1d"},
                                           {"1mo", "months differ in length", "1w"},
                                           {"1M", "it is read as a month, and months differ in length", "1w"},
                                           {"M", "it is read as a month, and months differ in length", "1w"}}};

constexpr std::size_t kShownMost = 20;

struct Unit {
  std::string_view name;
  double minutes;
};
constexpr std::array<Unit, 25> kUnits{
    {{"", 1},           {"s", 1. / 60},  {"sec", 1. / 60},  {"second", 1. / 60}, {"seconds", 1. / 60},
     {"m", 1},          {"min", 1},      {"mins", 1},       {"minute", 1},       {"minutes", 1},
     {"h", 60},         {"hr", 60},      {"hour", 60},      {"hours", 60},       {"d", 1'440},
     {"day", 1'440},    {"days", 1'440}, {"w", 10'080},     {"wk", 10'080},      {"week", 10'080},
     {"weeks", 10'080}, {"mo", 43'200},  {"month", 43'200}, {"months", 43'200},  {"y", 525'600}}};

/// How many minutes `90m`, `1.5h`, `240` (minutes, as charts write it) or `D` (one day) say. Letter case is forgiven.
std::optional<double> minutes_of(std::string_view text) {
  if (text.empty() || text.size() > kShownMost) return std::nullopt;
  const std::size_t unit_at = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto count = unit_at == 0 ? std::optional{1.0} : parse_double(text.substr(0, unit_at));
  std::string unit{text.substr(unit_at)};
  if (unit_at > 0 && unit.starts_with(' ')) unit.erase(0, 1);
  std::ranges::transform(unit, unit.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto known = std::ranges::find(kUnits, unit, &Unit::name);
  if (!count || *count <= 0 || known == kUnits.end()) return std::nullopt;
  return *count * known->minutes;
}

/// The timeframe that is as long as `text` says, else the next shorter and the next longer one; none where it says no
/// duration.
std::vector<std::string> nearest_by_duration(std::string_view text) {
  const auto wanted = minutes_of(text);
  if (!wanted) return {};
  std::vector<std::string> around;
  for (const auto& row : kRows) {
    const auto length = static_cast<double>(std::chrono::duration_cast<minutes>(row.duration).count());
    if (length == *wanted) return {std::string{row.name}};
    if (length < *wanted) {
      around.assign(1, std::string{row.name});
    } else {
      around.emplace_back(row.name);
      break;
    }
  }
  return around;
}

}  // namespace

std::string_view name(Timeframe timeframe) { return kRows[static_cast<std::size_t>(timeframe)].name; }

Millis duration(Timeframe timeframe) { return kRows[static_cast<std::size_t>(timeframe)].duration; }

Result<Timeframe> parse_timeframe(std::string_view text) {
  for (const auto timeframe : kTimeframes) {
    if (name(timeframe) == text) return timeframe;
  }
  for (const auto& refused : kRefused) {
    if (refused.name != text) continue;
    const std::string instead{refused.instead};
    auto message = fmt::format("the timeframe '{}' is not offered: {}; the nearest is {}", text, refused.why, instead);
    return std::unexpected(Error{Errc::unknown_timeframe, std::move(message), {instead}, "timeframe"});
  }
  std::vector<std::string> known;
  for (const auto& row : kRows) known.emplace_back(row.name);
  auto nearest = nearest_by_duration(text);
  if (nearest.empty()) nearest = nearest_names(text.substr(0, kShownMost), known);
  const std::string shown = printable(text, kShownMost);
  auto message =
      fmt::format("'{}' is not a timeframe{}; there are {}", shown, did_you_mean(nearest), fmt::join(known, " "));
  return std::unexpected(Error{Errc::unknown_timeframe, std::move(message), std::move(nearest), "timeframe"});
}

Timestamp open_of(Timeframe timeframe, Timestamp t) {
  const auto length = duration(timeframe);
  const auto since = t - anchor(timeframe);
  const auto into = since % length;
  return t - (into < Millis{0} ? into + length : into);
}

bool is_open_time(Timeframe timeframe, Timestamp t) {
  return (t - anchor(timeframe)) % duration(timeframe) == Millis{0};
}

bool folds_into(Timeframe fine, Timeframe coarse) {
  return fine < coarse && duration(coarse) % duration(fine) == Millis{0};
}

}  // namespace cw::market
