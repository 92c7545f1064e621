#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace cw::backtest {

/// What a run's drawdowns were. A drawdown begins at the newest bar at the highest equity so far and ends with the first bar
/// that reaches it again. Instants are those as of which equity was: the close of a bar; for the starting capital the open
/// of the first.
struct DrawdownFacts {
  double depth = 0;  // of the deepest: (peak - trough) / peak; 0: equity never fell under its peak
  std::int64_t peak_at_ms = 0;
  std::int64_t trough_at_ms = 0;
  std::optional<std::int64_t> recovered_at_ms;  // none: not by the end
  std::uint64_t bars = 0;                       // of the deepest: from its peak to its recovery, or to the end
  std::uint64_t bars_to_trough = 0;

  std::uint64_t count = 0;         // drawdowns, the one at the end with them
  double sum_of_depths = 0;        // over the drawdowns
  std::uint64_t sum_of_bars = 0;   // over the drawdowns
  std::uint64_t longest_bars = 0;  // the longest from peak to recovery, or to the end
  double sum_of_squares = 0;       // of (peak - equity) / peak, over all bars
  double peak = 0;                 // the highest equity
};

/// Finds the drawdowns of an equity column that comes in blocks.
///
/// Shape   blocks of kBlock rows in order, at last one of fewer: the same blocks give the same bits
/// Units   equity in any one unit; the starting capital above zero
/// Errors  none; equity must be finite; equity below zero makes a depth above 1
/// Cost    a few operations on four rows at once where a block stays under its peak or stands still at it, some ns a row where
///         it makes new peaks
class DrawdownPass {
 public:
  static constexpr std::size_t kBlock = 64;

  DrawdownPass(double capital, std::int64_t begins_at_ms, std::int64_t bar_ms)
      : bar_ms_(bar_ms), peak_(capital), low_(capital), peak_at_ms_(begins_at_ms) {}

  /// `lowest` and `highest` are those of `equity`.
  void add_block(std::span<const std::int64_t> open_time_ms, std::span<const double> equity, double lowest,
                 double highest);

  /// Closes the drawdown that is open at the end. Once.
  DrawdownFacts finish();

 private:
  void add_row(std::int64_t open_ms, double equity);
  void fall(std::int64_t open_ms, double equity, std::uint64_t bar);
  void close(std::optional<std::int64_t> recovered_at_ms, std::uint64_t bar);

  DrawdownFacts facts_;
  std::int64_t bar_ms_;
  std::uint64_t bars_ = 0;  // rows seen
  double peak_;
  double low_;  // of the drawdown that is open; the peak where none is
  std::int64_t peak_at_ms_;
  std::int64_t low_at_ms_ = 0;
  std::uint64_t peak_bar_ = 0;  // rows seen with the peak's own; 0: the starting capital
  std::uint64_t low_bar_ = 0;
};

}  // namespace cw::backtest
