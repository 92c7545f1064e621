#pragma once

#include <chrono>
#include <span>
#include <string>
#include <vector>

#include "app/console.h"
#include "backtest/sweep/state_json.h"
#include "lab/other_symbols.h"

namespace cw::app {

/// The file in which a sweep is kept while it runs: the question in its first line, the candles of
/// other symbols that were looked at in its second, where there are any, then a line a finished run. It is
/// replaced as a whole, so that what is there is always sound; of a file that was cut off all the same, an unfinished
/// last line is left.
class SweepState {
 public:
  static constexpr std::size_t kBytesMost = std::size_t{1} << 30;

  /// `name` as on the command line; empty: nothing is kept.
  SweepState(Console& console, std::string name, std::string question, lab::OtherSymbols* others)
      : console_(console), name_(std::move(name)), question_(std::move(question)), others_(others) {}

  /// What an earlier sitting finished; nothing where there is no such file.
  /// Errors  Errc::conflict: it is of another question, naming what differs; Errc::corrupt: it is no state of a sweep,
  ///         with the line; limit_exceeded over kBytesMost; those of the file
  Result<std::vector<backtest::CellResult>> load();

  /// `results`: what was finished, while others were looked at whose candles the next save keeps too.
  void add(const std::vector<backtest::CellResult>& results);

  /// Writes what was added, at once or where it is time: the more there is, the less often. Errors: those of the file
  Result<void> save(bool at_once);

 private:
  using Clock = std::chrono::steady_clock;
  Result<void> check(std::span<const backtest::OtherCandles> others) const;

  Console& console_;
  std::string name_;
  std::string question_;
  lab::OtherSymbols* others_;
  std::string lines_;
  bool is_new_ = false;  // something was added since it was written
  Clock::time_point next_ = Clock::now();
};

}  // namespace cw::app
