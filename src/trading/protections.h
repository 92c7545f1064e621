#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "trading/refusal.h"

namespace cw::trading {

/// When an account stops opening positions for a while. On by default, with these values; 0 switches one off. What is held
/// keeps its exits, and a halt closes it only where `close_positions` says so.
struct Protections {
  int cool_down_bars = 2;          // after a losing position, in its instrument
  int guard_stops = 4;             // so many stops of one instrument …
  int guard_lookback_bars = 48;    // … within so many of its bars …
  int guard_bars = 24;             // … and it opens nothing for so many
  double drawdown_percent = 30;    // of the account from its highest equity; then
  int drawdown_days = 7;           // … nothing is opened for so long, and the highest equity is counted from there
  double daily_loss_percent = 10;  // of the equity that the UTC day began with; then nothing until the next
  bool close_positions = false;    // of the two halts of the account: close all at the next open

  static constexpr Protections none() { return {0, 0, 0, 0, 0, 0, 0, false}; }

  friend bool operator==(const Protections&, const Protections&) = default;
};

/// Errors  Errc::bad_parameter, field `protections.cool_down_bars` …: a negative number; more than 100000 bars, 16 stops, 3650
///         days or 100 percent; a guard of which one number is given and another is 0
Result<void> validate(const Protections& protections);

inline constexpr int kGuardStopsMost = 16;

/// Watches one account. Fed in order: bars of instruments, ends of positions, then the equity of the instant.
/// Cost: a few ns a bar, no allocation after `add`.
class ProtectionWatch {
 public:
  /// `equity`: what the account begins with.
  ProtectionWatch(const Protections& protections, double equity)
      : protections_(protections), peak_(equity), newest_(equity) {}

  /// An instrument more, numbered from 0.
  void add() { instruments_.emplace_back(); }

  /// So many bars of an instrument have closed.
  void on_bar(std::size_t instrument, std::int64_t bars = 1) { instruments_[instrument].bars += bars; }

  /// A position of it ended, in the bar that has not closed yet.
  void on_exit(std::size_t instrument, bool lost, bool stopped);

  /// All bars of this instant are in. True where a halt of the account begins now.
  bool on_equity(Timestamp at, double equity);

  /// Whether the account's equity is of any interest.
  bool watches_equity() const { return protections_.drawdown_percent > 0 || protections_.daily_loss_percent > 0; }

  /// on_equity() of bars in time order up to the first at which a halt begins: its place, or `bars` where there is none. A bar
  /// closes `length` after its open.
  std::size_t on_equities(const std::int64_t* open_time_ms, Millis length, const double* equity, std::size_t bars);

  /// What forbids to open in this instrument; Refusal::none where nothing does.
  Refusal forbids(std::size_t instrument) const;

 private:
  struct Watched {
    std::int64_t bars = 0;
    std::int64_t cool_until = 0;  // bar count at which it is over
    std::int64_t guard_until = 0;
    std::array<std::int64_t, kGuardStopsMost> stops{};  // bar counts of the newest, one more each
    std::int64_t stop_count = 0;
  };

  bool is_calm(const std::int64_t* open_time_ms, Millis length, const double* equity);
  bool starts_drawdown_halt(Timestamp at, double equity);
  bool starts_daily_halt(Timestamp at, double equity);

  Protections protections_;
  std::vector<Watched> instruments_;
  double peak_;
  bool drawn_down_ = false;
  Timestamp drawn_down_until_{};
  std::int64_t day_ = std::numeric_limits<std::int64_t>::min();  // since 1970
  double day_start_ = 0;
  double newest_;
  bool day_lost_ = false;
};

}  // namespace cw::trading
