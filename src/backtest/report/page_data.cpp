#include <algorithm>
#include <cmath>
#include <iterator>

#include "backtest/report/html_sections.h"
#include "backtest/report/json_parts.h"
#include "backtest/report/thin.h"
#include "backtest/statistics.h"

// The columns of the drawings, thinned, with as many digits as a screen can show.
namespace cw::backtest {
namespace {

constexpr std::size_t kBucketsMost = 1'500;  // of all charts
constexpr std::size_t kBucketsLeast = 300;   // of one
constexpr std::size_t kHistogramBins = 41;   // an odd number: the middle one holds what is neither won nor lost

void append_short(std::string& out, double value) {
  if (std::isfinite(value)) {
    fmt::format_to(std::back_inserter(out), "{:.7g}", value);
  } else {
    out += "null";
  }
}

template <class Rows, class Value>
void append_column(std::string& out, std::string_view name, const Rows& rows, const Value& value) {
  append_list(out, name, rows, [&](const auto& row) { append_short(out, value(row)); });
}

void append_times(std::string& out, std::string_view name, std::span<const std::int64_t> times,
                  const std::vector<std::size_t>& rows) {
  append_list(out, name, rows, [&](std::size_t row) { out += fmt::to_string(times[row]); });
}

void append_equity(std::string& out, const ReportInput& input) {
  const auto& rows = input.result.rows;
  std::vector<double> drawdown(rows.equity.size());
  double peak = input.result.initial_capital;
  for (std::size_t i = 0; i < drawdown.size(); ++i) {
    peak = std::max(peak, rows.equity[i]);
    drawdown[i] = peak > 0 ? rows.equity[i] / peak - 1 : 0;
  }
  // The market's own spikes are drawn too, so rows are chosen by both columns.
  auto shown = thinned(rows.equity, kReportPointsMost / 2);
  const auto of_market = thinned(rows.close, kReportPointsMost / 2);
  shown.insert(shown.end(), of_market.begin(), of_market.end());
  std::ranges::sort(shown);
  const auto twice = std::ranges::unique(shown);
  shown.erase(twice.begin(), twice.end());
  const double units = input.result.initial_capital / rows.close.front();
  append_times(out, "time", rows.open_time_ms, shown);
  append_column(out, "equity", shown, [&](std::size_t row) { return rows.equity[row]; });
  append_column(out, "hold", shown, [&](std::size_t row) { return rows.close[row] * units; });
  append_column(out, "drawdown", shown, [&](std::size_t row) { return drawdown[row]; });
}

/// Bars folded by number, so that a chart of any length has at most so many.
void append_chart(std::string& out, std::string_view symbol, const market::CandleSpan& bars, std::size_t buckets_most) {
  const std::size_t each = std::max<std::size_t>(1, (bars.size() + buckets_most - 1) / buckets_most);
  std::vector<std::size_t> buckets;
  for (std::size_t from = 0; from < bars.size(); from += each) buckets.push_back(from);
  const auto count = [&](std::size_t from) { return std::min(each, bars.size() - from); };
  out += R"({"symbol":)";
  append_json_string(out, symbol);
  out += fmt::format(",\"each\":{}", each);
  append_times(out, "bar_time", bars.open_time_ms, buckets);
  append_column(out, "open", buckets, [&](std::size_t from) { return bars.open[from]; });
  append_column(out, "high", buckets,
                [&](std::size_t from) { return std::ranges::max(bars.high.subspan(from, count(from))); });
  append_column(out, "low", buckets,
                [&](std::size_t from) { return std::ranges::min(bars.low.subspan(from, count(from))); });
  append_column(out, "close", buckets, [&](std::size_t from) { return bars.close[from + count(from) - 1]; });
  out += '}';
}

/// A chart of each instrument that has a bar in the period; `chart_of` says which is whose.
std::vector<std::size_t> append_charts(std::string& out, const ReportInput& input) {
  const auto& rows = input.result.rows;
  const std::size_t instruments = input.facts.instruments.size();
  const market::CandleSpan closes{rows.open_time_ms, rows.close, rows.close, rows.close, rows.close, rows.close};
  std::vector<std::size_t> chart_of(instruments);
  std::size_t charts = 0;
  out += R"(,"charts":[)";
  for (std::size_t i = 0; i < instruments; ++i) {
    market::CandleSpan bars = i < input.bars.size() && !input.bars[i].empty() ? input.bars[i] : market::CandleSpan{};
    if (bars.empty() && instruments == 1) bars = closes;
    const auto first = std::ranges::lower_bound(bars.open_time_ms, rows.open_time_ms.front());
    const auto skipped = static_cast<std::size_t>(first - bars.open_time_ms.begin());
    bars = bars.subspan(skipped, bars.size() - skipped);
    if (bars.empty()) continue;
    if (charts > 0) out += ',';
    chart_of[i] = charts++;
    append_chart(out, input.facts.instruments[i].symbol, bars, std::max(kBucketsLeast, kBucketsMost / instruments));
  }
  out += ']';
  return chart_of;
}

void append_trades(std::string& out, std::span<const Trade> trades, const std::vector<std::size_t>& chart_of) {
  out += fmt::format(",\"trades_all\":{}", trades.size());
  const auto shown = trades.last(std::min(trades.size(), kReportTradesMost));
  append_list(out, "trades", shown, [&](const Trade& trade) {
    out += fmt::format("[{},{},{},", trade.id, trade.side == TradeSide::long_side ? 1 : -1, trade.entry_time);
    append_short(out, trade.entry_price);
    out += fmt::format(",{},", trade.exit_time);
    for (const double value : {trade.exit_price, trade.quantity, trade.pnl, trade.pnl_pct, trade.fees, trade.slippage,
                               trade.mae, trade.mfe}) {
      append_short(out, value);
      out += ',';
    }
    out += fmt::format("{},\"{}\",{}]", trade.bars, trading::name(trade.exit_reason), chart_of[trade.instrument]);
  });
}

/// How often trades returned how much, in percent: equal bins about 0 that hold all but the farthest of either side.
void append_histogram(std::string& out, std::span<const Trade> trades) {
  std::vector<double> returns;
  for (const auto& trade : trades) {
    if (!trade.is_open()) returns.push_back(trade.pnl_pct);
  }
  if (returns.empty()) return;
  std::vector<double> sizes;
  for (const double one : returns) sizes.push_back(std::abs(one));
  std::ranges::sort(sizes);
  const double widest = std::max(quantile_of_sorted(sizes, 0.98), 1e-6);
  const double width = 2 * widest / static_cast<double>(kHistogramBins);
  std::vector<std::uint32_t> counts(kHistogramBins);
  for (const double one : returns) {
    const double at = std::clamp(std::floor((one + widest) / width), 0.0, static_cast<double>(kHistogramBins - 1));
    ++counts[static_cast<std::size_t>(at)];
  }
  append_number(out, "bin_from", -widest);
  append_number(out, "bin_width", width);
  append_list(out, "bins", counts, [&out](std::uint32_t one) { out += fmt::to_string(one); });
}

void append_costs(std::string& out, const CostCurve& curve) {
  append_list(out, "costs", curve.points, [&out](const CostPoint& point) {
    out += fmt::format("[{},", point.bps);
    append_short(out, point.summary.total_return.told() ? point.summary.total_return.value : std::nan(""));
    out += ']';
  });
  append_number(out, "break_even", curve.break_even_bps.value_or(std::nan("")));
}

}  // namespace

std::string page_data(const ReportInput& input) {
  std::string out = fmt::format("{{\"bar_ms\":{}", market::duration(input.facts.timeframe).count());
  append_number(out, "capital", input.result.initial_capital);
  append_equity(out, input);
  const auto chart_of = append_charts(out, input);
  append_trades(out, input.result.trades, chart_of);
  append_histogram(out, input.result.trades);
  if (input.extras.costs) append_costs(out, *input.extras.costs);
  if (input.extras.robustness && input.extras.robustness->monte_carlo) {
    out += ",\"fan\":{\"is\":true";
    append_monte_carlo(out, *input.extras.robustness->monte_carlo);
    out += '}';
  }
  out += '}';
  // Nothing in it may end the script element that holds it.
  std::string safe;
  safe.reserve(out.size());
  for (const char c : out) {
    if (c == '<')
      safe += "\\u003c";
    else
      safe += c;
  }
  return safe;
}

}  // namespace cw::backtest
