#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "backtest/drawdown.h"
#include "backtest/result.h"
#include "market/timeframe.h"

namespace cw::backtest {

/// The end of one UTC day of a run, or of one bar where bars are longer than a day. A bar belongs to the day that holds its last
/// millisecond; a day without bars is not there.
struct PeriodEnd {
  std::int64_t day = 0;  // days since 1970-01-01
  double equity = 0;     // at its last close
  double benchmark = 0;  // likewise
};

/// What one pass over a run's rows leaves: all that the metrics of equity are made of.
struct EquityFacts {
  double capital = 0;      // at the start
  double first_price = 0;  // what the benchmark is bought at
  market::Timeframe timeframe{};
  std::uint64_t bars = 0;
  std::int64_t begins_at_ms = 0;  // open of the first bar
  std::int64_t ends_at_ms = 0;    // close of the last
  double final_equity = 0;
  double mean_equity = 0;  // over bars
  DrawdownFacts drawdown;
  std::vector<PeriodEnd> periods;

  bool exposure_known = false;
  std::uint64_t bars_in_market = 0;  // with a position at the close
  double sum_of_exposure = 0;        // of |position value| / equity, over bars with equity above zero
  double largest_exposure = 0;

  /// Years of 365 days from the first open to the last close.
  double years() const;

  /// How many periods a year has: 365, of weekly bars 365/7.
  double periods_a_year() const;

  /// Return of each period, the first on the starting capital: as many as `periods`. Fewer where equity was not above
  /// zero any more: the last is then the loss of everything, and `ruined` is set.
  std::vector<double> returns(bool* ruined = nullptr) const;

  /// Return of the benchmark in each period, the first on `first_price`.
  std::vector<double> benchmark_returns() const;
};

/// Reads a run's rows once, in portions of any size.
///
/// Shape   any portions of the same rows give the same bits
/// Units   as EquityRows; `capital` and `first_price` above zero
/// Errors  none; times must rise; every portion has the position values, or none has
/// Cost    about 1 ns a row, 16 bytes of memory a day of the run
class EquityPass {
 public:
  EquityPass(double capital, double first_price, market::Timeframe timeframe);

  void add(const EquityRows& rows);

  /// Once. Of no rows: a run of no length.
  EquityFacts finish();

 private:
  static constexpr std::size_t kBlock = DrawdownPass::kBlock;
  static constexpr std::size_t kLanes = 8;

  void add_block(const EquityRows& rows);
  void add_exposure(const EquityRows& rows);
  void add_periods(const EquityRows& rows);
  void keep(const EquityRows& rows);
  EquityRows kept() const;

  EquityFacts facts_;
  std::int64_t bar_ms_;
  DrawdownPass drawdown_;
  std::array<double, kLanes> equity_sum_{};
  std::array<double, kLanes> exposure_sum_{};
  std::int64_t last_of_day_ms_ = 0;  // the latest open of a bar that belongs to the newest period

  // Rows of a block that is not whole yet.
  std::size_t kept_ = 0;
  std::array<std::int64_t, kBlock> time_{};
  std::array<double, kBlock> equity_{};
  std::array<double, kBlock> position_{};
};

}  // namespace cw::backtest
