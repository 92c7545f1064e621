#include <cmath>

#include <fmt/format.h>

#include "app/commands/backtest_told.h"
#include "app/commands/progress.h"

// A backtest for a terminal.
namespace cw::app {
namespace {

using backtest::Figure;

constexpr std::pair<Figure, std::string_view> kLines[] = {{Figure::net_profit, "net profit"},
                                                          {Figure::total_return, "return"},
                                                          {Figure::buy_and_hold_return, "buy and hold"},
                                                          {Figure::cagr, "CAGR"},
                                                          {Figure::volatility, "volatility a year"},
                                                          {Figure::sharpe, "Sharpe"},
                                                          {Figure::sortino, "Sortino"},
                                                          {Figure::calmar, "Calmar"},
                                                          {Figure::max_drawdown, "deepest drawdown"},
                                                          {Figure::trades, "trades"},
                                                          {Figure::win_rate, "won"},
                                                          {Figure::profit_factor, "profit factor"},
                                                          {Figure::expectancy, "expectancy"},
                                                          {Figure::sqn, "SQN"},
                                                          {Figure::time_in_market, "time in market"},
                                                          {Figure::fees_paid, "fees"},
                                                          {Figure::slippage_paid, "slippage"}};

void append_line(std::string& out, std::string_view label, std::string_view shown, std::string_view rest) {
  out += fmt::format("{:<22} {:>16}   {}\n", label, shown, rest);
}

/// One line a figure: `sharpe   1.23   n = 400 periods`.
void append_figure(std::string& out, const backtest::Figures& all, Figure figure, std::string_view label) {
  const auto& info = backtest::info(figure);
  const auto& value = all[figure];
  std::string shown = fmt::format("n/a ({})", backtest::name(value.missing));
  if (value.told()) {
    switch (info.unit) {
      case backtest::Unit::fraction: shown = fmt::format("{:.2f} %", 100 * value.value); break;
      case backtest::Unit::money:
      case backtest::Unit::ratio:
      case backtest::Unit::bars: shown = fmt::format("{:.2f}", value.value); break;
      case backtest::Unit::count: shown = fmt::format("{:.0f}", value.value); break;
      case backtest::Unit::time_ms: shown = fmt::format("{:.1f} h", value.value / 3'600'000); break;
    }
  }
  append_line(out, label, shown, fmt::format("n = {} {}", value.n, backtest::name(info.sample)));
}

/// Never 100 %: nothing of this is certain.
std::string chance(double share) {
  return share > 0.999 ? "> 99.9 %" : share < 0.001 ? "< 0.1 %" : fmt::format("{:.1f} %", 100 * share);
}

void append_worth(std::string& out, const backtest::RunExtras& extras) {
  if (extras.robustness) {
    const auto& sharpe = extras.robustness->sharpe;
    append_line(out, "PSR / DSR", sharpe ? chance(sharpe->probabilistic) + " / " + chance(sharpe->deflated) : "n/a",
                sharpe ? fmt::format("n = {} returns, {:.0f} trials", sharpe->n, sharpe->trials)
                       : extras.robustness->sharpe_verdict.text);
  }
  if (extras.costs) {
    const auto& even = extras.costs->break_even_bps;
    append_line(out, "break-even cost", even ? fmt::format("{:.2f} bps", *even) : "n/a",
                even ? "of a fill, commission and slippage together" : extras.costs->why_none);
  }
}

/// A line for each of several instruments.
void append_instruments(std::string& out, const backtest::RunFacts& facts, const backtest::RunResult& result) {
  if (result.funding != 0)
    append_line(out, "funding paid", fmt::format("{:.2f}", result.funding), "in the net profit, in no trade");
  if (facts.instruments.size() == 1) return;
  const auto summaries = backtest::summaries_of(result.trades, facts.instruments.size());
  for (std::size_t i = 0; i < summaries.size(); ++i)
    append_line(
        out, facts.instruments[i].symbol, fmt::format("{:.2f}", summaries[i].net_profit),
        fmt::format("{} trades, {} won, fees {:.2f}", summaries[i].trades, summaries[i].won, summaries[i].fees));
  const auto& limits = facts.limits;
  const std::string most = limits.positions_most > 0 ? fmt::format("at most {} positions", limits.positions_most)
                                                     : std::string("as many positions as symbols");
  append_line(out, "shared account", most,
              fmt::format("{:.4g} % of equity in all, {:.4g} % in one", limits.exposure_percent,
                          limits.symbol_exposure_percent));
}

void append_policies(std::string& out, const std::vector<backtest::PolicyRun>& runs) {
  out += fmt::format("\n{:<11} {:<12} {:>14} {:>11} {:>8} {:>10} {:>8}\n", "fills at", "in a bar", "net profit",
                     "return", "Sharpe", "drawdown", "trades");
  const auto shown = [](const backtest::FigureValue& value, double times, std::string_view unit) {
    return value.told() ? fmt::format("{:.2f}{}", times * value.value, unit) : std::string("n/a");
  };
  for (const auto& run : runs) {
    if (!run.is_run) continue;
    const auto& summary = run.summary;
    out += fmt::format("{:<11} {:<12} {:>14} {:>11} {:>8} {:>10} {:>8}{}\n", trading::name(run.policy.time),
                       trading::name(run.policy.intrabar), shown(summary.net_profit, 1, ""),
                       shown(summary.total_return, 100, " %"), shown(summary.sharpe, 1, ""),
                       shown(summary.max_drawdown, 100, " %"), summary.trades, run.is_asked ? "  (this run)" : "");
  }
}

}  // namespace

std::string backtest_table(const backtest::RunFacts& facts, const backtest::RunResult& result,
                           const backtest::Metrics& metrics, const backtest::RunExtras& extras) {
  const auto& times = result.rows.open_time_ms;
  std::string out =
      fmt::format("{} on {} {}, {} to {}, {} bars ({} before them to warm up)\n", facts.strategy,
                  backtest::instruments_text(facts), market::name(facts.timeframe), format_time(from_ms(times.front())),
                  format_time(from_ms(times.back())), times.size(), result.warm_up_bars);
  out += fmt::format("fills: {}, {} within a bar; commission {}, slippage {}, funding {}\n\n",
                     trading::name(facts.fills.time), trading::name(facts.fills.intrabar), facts.commission,
                     facts.slippage, facts.funding);
  for (const auto& [figure, label] : kLines) append_figure(out, metrics.figures, figure, label);
  append_instruments(out, facts, result);
  append_line(out, "ambiguous bars", fmt::to_string(result.counts.ambiguous_bars),
              fmt::format("n = {} bars", times.size()));
  append_worth(out, extras);
  out += fmt::format("\n{:.2f} became {:.2f}\n", result.initial_capital, result.final_equity);
  if (extras.robustness) out += extras.robustness->overall().text + '\n';
  out += extras.leaks ? extras.leaks->text() + '\n' : std::string("Leaks were not looked for.\n");
  for (const auto& warning : backtest::warnings_of(facts, result)) out += "! " + warning + '\n';
  if (extras.policies && result.counts.ambiguous_bars > 0) append_policies(out, *extras.policies);
  if (extras.peer) {
    out += fmt::format("\nas {} {} would print it\n", backtest::name(extras.peer->peer),
                       backtest::version(extras.peer->peer));
    for (const auto& figure : extras.peer->figures) out += fmt::format("{:<32} {:>18.6g}\n", figure.key, figure.value);
  }
  return out;
}

}  // namespace cw::app
