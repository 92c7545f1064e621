#include "backtest/report/csv.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "base/time.h"

// No field needs quotes: they are numbers, times, symbols and words of ours.
namespace cw::backtest {

std::string trades_csv(std::span<const Trade> trades, std::span<const market::InstrumentId> instruments) {
  std::string out =
      "id,symbol,side,entry_time,entry_price,exit_time,exit_price,quantity,pnl,pnl_pct,fees,slippage,mae,mfe,bars,exit_"
      "reason\r\n";
  for (const auto& trade : trades) {
    fmt::format_to(std::back_inserter(out), "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\r\n", trade.id,
                   instruments[trade.instrument].symbol, trade.side == TradeSide::long_side ? "long" : "short",
                   format_time(from_ms(trade.entry_time)), trade.entry_price, format_time(from_ms(trade.exit_time)),
                   trade.exit_price, trade.quantity, trade.pnl, trade.pnl_pct, trade.fees, trade.slippage, trade.mae,
                   trade.mfe, trade.bars, trading::name(trade.exit_reason));
  }
  return out;
}

std::string equity_csv(const RunRows& rows) {
  std::string out = "time,equity,drawdown,close,position_value\r\n";
  double peak = 0;
  for (std::size_t i = 0; i < rows.equity.size(); ++i) {
    peak = std::max(peak, rows.equity[i]);
    fmt::format_to(std::back_inserter(out), "{},{},{},{},{}\r\n", format_time(from_ms(rows.open_time_ms[i])),
                   rows.equity[i], peak > 0 ? 1 - rows.equity[i] / peak : 0, rows.close[i], rows.position_value[i]);
  }
  return out;
}

}  // namespace cw::backtest
