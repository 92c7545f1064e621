#include "backtest/run_json.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "backtest/report/json_parts.h"
#include "backtest/report/thin.h"

namespace cw::backtest {
namespace {

/// Each figure by its key, with the sample that it rests on; one that is not told is null and says why.
void append_figures(std::string& out, const Figures& figures_of_run, bool of_trades_alone) {
  bool first = true;
  for (const auto& info : figures()) {
    if (of_trades_alone && info.figure < Figure::trades) continue;
    const auto& value = figures_of_run[info.figure];
    out += fmt::format(R"({}"{}":{{"value":)", std::exchange(first, false) ? "" : ",", info.key);
    append_json_number(out, value.told() ? value.value : std::nan(""));
    out += fmt::format(R"(,"n":{},"of":"{}","unit":"{}")", value.n, name(info.sample), name(info.unit));
    append_text(out, "formula", info.formula);
    if (info.year_days != 0) out += fmt::format(R"(,"year_days":{})", info.year_days);
    if (!value.told()) append_text(out, "why", name(value.missing));
    out += '}';
  }
}

void append_calendar(std::string& out, std::string_view name, const std::vector<CalendarRow>& rows) {
  out += fmt::format(",\"{}\":[", name);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out += fmt::format(R"({}{{"year":{},"month":{},"days":{})", i > 0 ? "," : "", rows[i].year,
                       rows[i].month == 0 ? "null" : fmt::to_string(rows[i].month), rows[i].days);
    append_number(out, "change", rows[i].change);
    out += '}';
  }
  out += ']';
}

void append_equity(std::string& out, const RunRows& rows, std::size_t points_most) {
  std::vector<double> peaks(rows.equity.size());
  double peak = 0;
  for (std::size_t i = 0; i < peaks.size(); ++i) peaks[i] = peak = std::max(peak, rows.equity[i]);
  append_list(out, "equity", thinned(rows.equity, points_most), [&](std::size_t i) {
    out += fmt::format(R"({{"time":{},"equity":)", rows.open_time_ms[i]);
    append_json_number(out, rows.equity[i]);
    append_number(out, "drawdown", peaks[i] > 0 ? 1 - rows.equity[i] / peaks[i] : 0);
    out += '}';
  });
}

/// What each instrument brought, and the limits that they shared.
void append_instruments(std::string& out, const RunFacts& facts, std::span<const Trade> trades) {
  const auto summaries = summaries_of(trades, facts.instruments.size());
  out += R"(,"symbols":[)";
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    out += i > 0 ? R"(,{"symbol":)" : R"({"symbol":)";
    append_json_string(out, facts.instruments[i].symbol);
    append_text(out, "venue", facts.instruments[i].venue);
    out += fmt::format(R"(,"trades":{},"won":{})", summaries[i].trades, summaries[i].won);
    append_number(out, "net_profit", summaries[i].net_profit);
    append_number(out, "fees", summaries[i].fees);
    append_number(out, "slippage", summaries[i].slippage);
    out += '}';
  }
  out += ']';
  append_limits(out, facts.limits);
}

/// What was not done as it was asked, by its name; nothing of what did not happen.
void append_refused(std::string& out, const trading::BrokerCounts& counts) {
  out += R"(,"refused":{)";
  bool first = true;
  for (std::size_t i = 1; i < trading::kRefusals; ++i) {
    if (counts.refused[i] == 0) continue;
    out += fmt::format(R"({}"{}":{})", std::exchange(first, false) ? "" : ",",
                       trading::name(static_cast<trading::Refusal>(i)), counts.refused[i]);
  }
  out += fmt::format(R"(}},"cut":{},"expired":{})", counts.cut, counts.expired);
}

}  // namespace

EquityFacts equity_facts_of(const RunResult& result, market::Timeframe) { return result.facts; }

Metrics metrics_of(const RunResult& result, market::Timeframe) { return measure(result.facts, result.trades); }

std::vector<std::string> warnings_of(const RunFacts& facts, const RunResult& result) {
  std::vector<std::string> out = facts.warnings;
  const auto& counts = result.counts;
  if (result.trades.empty()) out.emplace_back("It never traded in this period.");
  if (facts.fills.intrabar == trading::Intrabar::magnifier) {
    if (counts.unmagnified_bars + counts.ambiguous_lower_bars > 0)
      out.push_back(fmt::format(
          "{} bars were looked into: {} of them had no shorter bars to walk, and in {} shorter bars "
          "the order of prices decided what filled; there it was taken to be pessimistic.",
          counts.magnified_bars + counts.unmagnified_bars, counts.unmagnified_bars, counts.ambiguous_lower_bars));
  } else if (counts.ambiguous_bars > 0) {
    out.push_back(fmt::format("In {} bars the order of prices decided what filled; it was taken to be {}.",
                              counts.ambiguous_bars, trading::name(facts.fills.intrabar)));
  }
  if (counts.over_volume > 0)
    out.push_back(fmt::format("{} fills were large beside the volume of their bar.", counts.over_volume));
  if (result.conflicts > 0)
    out.push_back(fmt::format("At {} bars the rules contradicted themselves, and nothing was done.", result.conflicts));
  if (result.without_value > 0) {
    out.push_back(
        fmt::format("{} entries were not made: their stop, target or price had no value there, or none above 0.",
                    result.without_value));
  }
  if (counts.cut > 0) {
    out.push_back(fmt::format(
        "{} entries were made smaller by the exposure limits: {:.4g} % of equity in one symbol, {:.4g} % in all.",
        counts.cut, facts.limits.symbol_exposure_percent, facts.limits.exposure_percent));
  }
  for (std::size_t i = 1; i < trading::kRefusals; ++i) {
    const auto refusal = static_cast<trading::Refusal>(i);
    if (counts.refused[i] > 0)
      out.push_back(fmt::format("{} entries were refused: {} ({}).", counts.refused[i], trading::reason_of(refusal),
                                trading::name(refusal)));
  }
  return out;
}

void append_limits(std::string& out, const trading::Limits& limits) {
  out += fmt::format(R"(,"limits":{{"max_positions":{})", limits.positions_most);
  append_number(out, "exposure_percent", limits.exposure_percent);
  append_number(out, "symbol_exposure_percent", limits.symbol_exposure_percent);
  out += '}';
}

std::string symbols_text(std::span<const market::InstrumentId> instruments) {
  std::string out;
  for (const auto& id : instruments) out += (out.empty() ? "" : ",") + id.symbol;
  return out;
}

std::string venues_text(std::span<const market::InstrumentId> instruments) {
  const auto& first = instruments.front().venue;
  if (std::ranges::all_of(instruments, [&first](const auto& id) { return id.venue == first; })) return first;
  std::string out;
  for (const auto& id : instruments) out += (out.empty() ? "" : ",") + id.venue;
  return out;
}

std::string instruments_text(const RunFacts& facts) { return instruments_text(std::span{facts.instruments}); }

std::string instruments_text(std::span<const market::InstrumentId> all) {
  if (all.size() == 1) return all.front().text();
  constexpr std::size_t kNamed = 4;
  const auto named = all.first(all.size() > kNamed + 1 ? kNamed : all.size());
  std::string out;
  for (const auto& id : named) out += (out.empty() ? "" : ", ") + id.symbol;
  if (named.size() < all.size()) out += fmt::format(" and {} more", all.size() - named.size());
  return out + " (" + venues_text(all) + ")";
}

std::vector<InstrumentSummary> summaries_of(std::span<const Trade> trades, std::size_t count) {
  std::vector<InstrumentSummary> out(count);
  for (const Trade& trade : trades) {
    InstrumentSummary& one = out[trade.instrument];
    if (!trade.is_open()) {
      ++one.trades;
      if (trade.pnl > 0) ++one.won;
    }
    one.net_profit += trade.pnl;
    one.fees += trade.fees;
    one.slippage += trade.slippage;
  }
  return out;
}

void append_trade(std::string& out, const Trade& trade, std::span<const market::InstrumentId> instruments) {
  out += fmt::format(R"({{"id":{},"symbol":)", trade.id);
  append_json_string(out, instruments[trade.instrument].symbol);
  out += fmt::format(R"(,"side":"{}","entry_time":{},"exit_time":{},"bars":{},"exit_reason":"{}")",
                     trade.side == TradeSide::long_side ? "long" : "short", trade.entry_time, trade.exit_time,
                     trade.bars, trading::name(trade.exit_reason));
  append_number(out, "entry_price", trade.entry_price);
  append_number(out, "exit_price", trade.exit_price);
  append_number(out, "quantity", trade.quantity);
  append_number(out, "pnl", trade.pnl);
  append_number(out, "pnl_pct", trade.pnl_pct);
  append_number(out, "fees", trade.fees);
  append_number(out, "slippage", trade.slippage);
  append_number(out, "mae", trade.mae);
  append_number(out, "mfe", trade.mfe);
  out += '}';
}

void append_result(std::string& out, const RunFacts& facts, const RunResult& result, const Metrics& metrics,
                   const RunExtras& extras, std::size_t equity_points_most, std::size_t trades_most) {
  out += "\"inputs\":{";
  for (std::size_t i = 0; i < facts.inputs.size(); ++i) {
    if (i > 0) out += ',';
    append_json_string(out, facts.inputs[i].first);
    out += ':';
    append_json_string(out, facts.inputs[i].second);
  }
  out += fmt::format(R"(}},"warm_up_bars":{})", result.warm_up_bars);
  append_number(out, "initial_capital", result.initial_capital);
  append_number(out, "final_equity", result.final_equity);
  out += ",\"metrics\":{";
  append_figures(out, metrics.figures, false);
  out += "},\"long\":{";
  append_figures(out, metrics.long_side, true);
  out += "},\"short\":{";
  append_figures(out, metrics.short_side, true);
  out += '}';
  append_calendar(out, "months", metrics.months);
  append_calendar(out, "years", metrics.years);
  out += fmt::format(R"(,"fills_policy":{{"time":"{}","intrabar":"{}","ambiguous_bars":{},"magnified_bars":{},)"
                     R"("unmagnified_bars":{},"ambiguous_shorter_bars":{}}})",
                     trading::name(facts.fills.time), trading::name(facts.fills.intrabar), result.counts.ambiguous_bars,
                     result.counts.magnified_bars, result.counts.unmagnified_bars, result.counts.ambiguous_lower_bars);
  append_instruments(out, facts, result.trades);
  append_refused(out, result.counts);
  out += R"(,"costs":{"commission":)";
  append_json_string(out, facts.commission);
  append_text(out, "slippage_model", facts.slippage);
  append_text(out, "funding_model", facts.funding);
  append_number(out, "fees", result.fees);
  append_number(out, "slippage", result.slippage);
  append_number(out, "funding", result.funding);
  out += "},\"warnings\":[";
  const auto warnings = warnings_of(facts, result);
  for (std::size_t i = 0; i < warnings.size(); ++i) {
    if (i > 0) out += ',';
    append_json_string(out, warnings[i]);
  }
  out += ']';
  append_extras(out, extras);
  append_equity(out, result.rows, equity_points_most);
  out += R"(,"trades":[)";
  for (std::size_t i = 0; i < std::min(result.trades.size(), trades_most); ++i) {
    if (i > 0) out += ',';
    append_trade(out, result.trades[i], facts.instruments);
  }
  out += ']';
}

std::string run_json(const RunFacts& facts, const RunResult& result, const Metrics& metrics, const RunExtras& extras,
                     std::size_t equity_points_most) {
  std::string out = fmt::format(R"({{"status":"done","strategy":)");
  append_json_string(out, facts.strategy);
  append_text(out, "symbol", symbols_text(facts.instruments));
  append_text(out, "venue", venues_text(facts.instruments));
  append_text(out, "timeframe", market::name(facts.timeframe));
  const auto& times = result.rows.open_time_ms;
  out += fmt::format(R"(,"from":{},"to":{},"bars":{},)", times.front(),
                     times.back() + market::duration(facts.timeframe).count(), times.size());
  append_result(out, facts, result, metrics, extras, equity_points_most, result.trades.size());
  return out + "}";
}

}  // namespace cw::backtest
