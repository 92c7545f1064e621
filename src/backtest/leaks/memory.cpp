#include <fmt/format.h>

#include "backtest/leaks/leak_check.h"

namespace cw::backtest {

// leak_check_test.cpp holds this against the table of functions: each one that is not here must answer the same from a
// later begin on.
bool remembers_all(std::string_view function) {
  static constexpr std::string_view kFunctions =
      " fixnan pattern.double_bottom pattern.double_top pattern.macd_divergence pattern.rsi_divergence "
      "pattern.structure rating.tradingview rating.tradingview_averages rating.tradingview_oscillators "
      "ta.accdist ta.adosc ta.adx ta.apo ta.atr ta.barssince ta.bbp ta.cmo ta.cum ta.dema ta.dmi ta.dx "
      "ta.ema ta.force ta.kama ta.kc ta.kcw ta.macd ta.mass ta.max ta.min ta.minus_di ta.natr ta.nvi ta.obv "
      "ta.plus_di ta.ppo ta.pvi ta.pvt ta.rma ta.rsi ta.sar ta.stochrsi ta.supertrend ta.tema ta.trix "
      "ta.tsi ta.valuewhen ta.vwap ta.wad ";
  return kFunctions.contains(fmt::format(" {} ", function));
}

}  // namespace cw::backtest
