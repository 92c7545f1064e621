#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace cw::backtest {

/// Every single number that a run is judged by. `figures()` says what each means; docs/metrics.md is the same for people.
enum class Figure : std::uint8_t {
  // Of money and equity.
  net_profit,
  gross_profit,
  gross_loss,
  total_return,
  cagr,
  volatility,
  sharpe,
  sortino,
  calmar,
  omega,
  // Of drawdowns.
  max_drawdown,
  max_drawdown_bars,
  max_drawdown_recovery_bars,
  longest_drawdown_bars,
  average_drawdown,
  average_drawdown_bars,
  ulcer_index,
  // Beside the market.
  buy_and_hold_return,
  alpha,
  beta,
  // Of the distribution of returns.
  var_95,
  cvar_95,
  tail_ratio,
  skew,
  kurtosis,
  // Of what was held and traded.
  time_in_market,
  average_exposure,
  largest_exposure,
  turnover,
  turnover_a_year,
  fees_paid,
  slippage_paid,
  // Of trades: these are told of the long and the short ones apart, too.
  trades,
  open_trades,
  trades_profit,
  win_rate,
  profit_factor,
  expectancy,
  payoff,
  kelly,
  sqn,
  average_trade,
  best_trade,
  worst_trade,
  average_win,
  average_loss,
  average_mae,
  average_mfe,
  worst_mae,
  best_mfe,
  longest_winning_streak,
  longest_losing_streak,
  average_trade_bars,
  longest_trade_bars,
  average_trade_time,
  average_win_time,
  average_loss_time,
};

inline constexpr std::size_t kFigures = static_cast<std::size_t>(Figure::average_loss_time) + 1;

enum class Unit : std::uint8_t {
  money,     // quote currency
  fraction,  // 0.05 is 5 %
  ratio,     // of no unit
  count,     // a whole number
  bars,      // bars, on average or whole
  time_ms    // milliseconds
};

/// What a figure's sample size counts.
enum class Sample : std::uint8_t {
  bars,       // rows of equity
  periods,    // UTC days with bars; bars where these are longer than a day
  drawdowns,  // falls under the highest equity so far
  trades,     // closed trades; an open one is in no figure but open_trades, the costs and the turnover
  fills       // sides of trades, an open one's entry with them
};

struct FigureInfo {
  Figure figure;
  std::string_view key;      // snake_case, as in requests and reports
  std::string_view formula;  // its name or itself
  Unit unit;
  Sample sample;
  std::uint32_t least;      // of the sample; under it the figure is not told
  std::uint32_t year_days;  // days of the year that it is stretched to; 0: it is not
};

/// All figures, in the order of the enum.
std::span<const FigureInfo> figures();
const FigureInfo& info(Figure figure);

/// The snake_case words of reports.
std::string_view name(Unit unit);
std::string_view name(Sample sample);

/// Why a figure is not told.
enum class Missing : std::uint8_t {
  none,          // it is told
  no_data,       // what it is made of was not given
  too_few,       // a sample under the stated least
  no_variation,  // a deviation of nothing but rounding
  undefined,     // nothing to divide by: no losing trade, no drawdown
  ruined         // equity was not above zero at some day's end: there are no returns after it
};
std::string_view name(Missing missing);

/// A number and what it rests on.
struct FigureValue {
  double value = 0;  // NaN where it is not told
  std::uint64_t n = 0;
  Missing missing = Missing::no_data;

  bool told() const { return missing == Missing::none; }
};

/// One value a figure.
class Figures {
 public:
  Figures();

  const FigureValue& operator[](Figure figure) const { return values_[static_cast<std::size_t>(figure)]; }

  /// Keeps a value made of a sample of `n`. It is not told under the figure's least, nor where it is not finite: then for
  /// `why`.
  void put(Figure figure, std::uint64_t n, double value, Missing why = Missing::undefined);

 private:
  std::array<FigureValue, kFigures> values_;
};

}  // namespace cw::backtest
