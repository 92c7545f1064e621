#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace cw {

using Millis = std::chrono::milliseconds;
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;  // always UTC, exchange clock

/// Milliseconds since 1970-01-01T00:00:00Z, the form times have in JSON, CSV and the store.
constexpr std::int64_t to_ms(Timestamp t) { return t.time_since_epoch().count(); }
constexpr Timestamp from_ms(std::int64_t ms) { return Timestamp{Millis{ms}}; }

/// Times outside [2000-01-01, 2100-01-01) are refused at the edges: they are always a wrong unit.
constexpr std::int64_t kEarliestMs = 946'684'800'000;
constexpr std::int64_t kLatestMs = 4'102'444'800'000;

/// Reads a point in time: milliseconds since 1970, `2024-08-05`, `2024-08-05T14:22`, `2024-08-05 14:22:07.123`,
/// with an optional `Z`. Always UTC.
///
/// Errors  Errc::bad_input with the offending text and the accepted forms; a time outside 2000..2099
Result<Timestamp> parse_time(std::string_view text);

/// `2024-08-05T14:22:07.123Z`; the milliseconds are left out where they are zero.
std::string format_time(Timestamp t);

/// `2 d 3 h`, `5 m 10 s`, `250 ms`: at most two units, for people.
std::string format_duration(Millis d);

/// Where time comes from at the edges. The desk never sees a clock: time reaches it as events.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

/// The machine's UTC clock.
class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
};

/// A clock that tests move by hand. Not thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start) : now_(start) {}
  Timestamp now() const override { return now_; }
  void set(Timestamp t) { now_ = t; }
  void advance(Millis by) { now_ += by; }

 private:
  Timestamp now_;
};

}  // namespace cw
