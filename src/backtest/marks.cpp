#include "backtest/marks.h"

#include "base/require.h"

namespace cw::backtest {

void RunRows::append(const EquityRows& rows) {
  open_time_ms.insert(open_time_ms.end(), rows.open_time_ms.begin(), rows.open_time_ms.end());
  close.insert(close.end(), rows.benchmark.begin(), rows.benchmark.end());
  equity.insert(equity.end(), rows.equity.begin(), rows.equity.end());
  position_value.insert(position_value.end(), rows.position_value.begin(), rows.position_value.end());
}

void Marks::add(const EquityRows& rows) {
  if (!pass_) pass_.emplace(capital_, rows.benchmark.front(), timeframe_);
  pass_->add(rows);
  if (keeps_rows_) rows_.append(rows);
}

void Marks::take(const market::CandleSpan& bars) {
  const std::size_t n = bars.size();
  CW_REQUIRE(n <= kRowsMost);
  if (n == 0) return;
  bars_ += n;
  if (newest_) add(newest_->view());
  const EquityRows rows{bars.open_time_ms, {equity_.data(), n}, bars.close, {value_.data(), n}};
  if (n > 1) add(rows.subspan(0, n - 1));
  newest_ = {bars.open_time_ms.back(), bars.close.back(), equity_[n - 1], value_[n - 1]};
}

void Marks::close_at_end(double equity) {
  newest_->equity = equity;
  newest_->value = 0;
}

EquityFacts Marks::finish(RunRows& rows) {
  if (newest_) add(newest_->view());
  newest_.reset();
  rows = std::move(rows_);
  if (!pass_) pass_.emplace(capital_, 1.0, timeframe_);  // of no bars nothing is bought
  return pass_->finish();
}

}  // namespace cw::backtest
