#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "backtest/equity_pass.h"
#include "backtest/result.h"
#include "market/candle.h"

namespace cw::backtest {

/// The columns of a run, one row a bar from `from` on; of several instruments one a moment at which any of them has a bar.
struct RunRows {
  std::vector<std::int64_t> open_time_ms;
  std::vector<double>
      close;  // of the instrument; of several the worth of as much of each, bought at its first close, in
              // shares of what was paid: a basket that begins at 1
  std::vector<double> equity;          // cash and positions, marked at the newest closes
  std::vector<double> position_value;  // shorts below zero; of several instruments the sum without signs

  EquityRows view() const { return {open_time_ms, equity, close, position_value}; }
  void append(const EquityRows& rows);
};

/// What a run is worth at each bar, a portion at a time: on its way into the facts that metrics are made of and, where they are
/// to be kept, into the run's rows. The portion lies in the cache from its marking to its reading.
class Marks {
 public:
  static constexpr std::size_t kRowsMost = 1'024;

  Marks(double capital, market::Timeframe timeframe, bool keeps_rows)
      : capital_(capital), timeframe_(timeframe), keeps_rows_(keeps_rows) {}

  /// Places for the rows of a portion: the position's value at the close, and the account's.
  double* value() { return value_.data(); }
  double* equity() { return equity_.data(); }

  /// The portion is marked: these are its bars, at most kRowsMost.
  void take(const market::CandleSpan& bars);

  /// The newest bar's close was not the last word: the position was closed at it, and the account is worth so much.
  void close_at_end(double equity);

  /// The run's end. Once.
  EquityFacts finish(RunRows& rows);

  std::uint64_t bars() const { return bars_; }

 private:
  struct Row {
    std::int64_t open_time_ms = 0;
    double close = 0;
    double equity = 0;
    double value = 0;

    EquityRows view() const { return {{&open_time_ms, 1}, {&equity, 1}, {&close, 1}, {&value, 1}}; }
  };
  void add(const EquityRows& rows);

  double capital_;
  market::Timeframe timeframe_;
  bool keeps_rows_;
  std::uint64_t bars_ = 0;
  std::optional<Row> newest_{};  // held back until it is known not to be the last
  std::optional<EquityPass> pass_{};
  RunRows rows_{};
  std::array<double, kRowsMost> value_{};
  std::array<double, kRowsMost> equity_{};
};

}  // namespace cw::backtest
