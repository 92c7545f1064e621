#include "market/timeframe.h"

#include <chrono>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/nearest.h"

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
constexpr std::array<Refused, 4> kRefused{{{"1s", "bars shorter than a minute are not kept", "1m"},
                                           {"3d", "three days do not divide a week", "1d"},
                                           {"1mo", "months differ in length", "1w"},
                                           {"1M", "it is read as a month, and months differ in length", "1w"}}};

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
  const std::string_view shown = text.substr(0, 20);
  auto nearest = nearest_names(shown, known);
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
