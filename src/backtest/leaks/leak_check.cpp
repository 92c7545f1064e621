#include "backtest/leaks/leak_check.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "backtest/leaks/leak_search.h"

namespace cw::backtest {
namespace {

constexpr std::size_t kLeastBars = 3;
constexpr std::size_t kEvenCuts = 4;
constexpr std::size_t kCutsAtEntries = 2;  // of each entry rule
constexpr std::size_t kCutsWithOrders = 3;
// A plan hands on its bars in blocks, so what lies further on than one cannot be seen but by a series that was made of
// it.
constexpr std::size_t kBeyond = expr::Plan::kBlockMost + 1;

bool same_trade(const Trade& a, const Trade& b) {
  return a.id == b.id && a.side == b.side && a.entry_time == b.entry_time && a.exit_time == b.exit_time &&
         a.entry_price == b.entry_price && a.exit_price == b.exit_price && a.quantity == b.quantity && a.pnl == b.pnl &&
         a.fees == b.fees && a.slippage == b.slippage && a.mae == b.mae && a.mfe == b.mfe && a.bars == b.bars &&
         a.exit_reason == b.exit_reason;
}

std::string place_of(const Leak& leak) {
  return leak.line == 0 ? leak.rule : fmt::format("{} (line {})", leak.rule, leak.line);
}

std::string shown(double value) { return std::isnan(value) ? "nothing yet" : fmt::format("{:.10g}", value); }

}  // namespace

std::string_view name(LeakKind kind) {
  return kind == LeakKind::future ? "future" : kind == LeakKind::stream ? "stream" : "begin";
}

PlanFactory plans_of(const expr::Graph& graph, expr::NamedSeries* named, expr::FeedBars others) {
  return [&graph, named, others = std::move(others)](const market::CandleSpan&,
                                                     std::span<const expr::NodeId> nodes) -> Result<expr::Plan> {
    auto plan = expr::Plan::make(graph, nodes, named);
    if (plan && plan->feeds().size() == others.size()) plan->keep_others(others);
    return plan;
  };
}

std::string Leak::text() const {
  const auto bar = format_time(from_ms(bar_ms));
  switch (kind) {
    case LeakKind::future:
      return fmt::format(
          "{} knew the future: at the bar of {} it was {}, and {} once the bars from {} on were changed.",
          place_of(*this), bar, shown(before), shown(after), format_time(from_ms(changed_ms)));
    case LeakKind::stream:
      return fmt::format(
          "{} needs bars that were not there yet: at the bar of {} it was {}, and {} where the bars came "
          "one at a time.",
          place_of(*this), bar, shown(before), shown(after));
    case LeakKind::begin: break;
  }
  return fmt::format("{} depends on where the data begin: at the bar of {} it was {}, and {} where they began at {}.",
                     place_of(*this), bar, shown(before), shown(after), format_time(from_ms(changed_ms)));
}

std::string LeakReport::text() const {
  if (!passed()) {
    return fmt::format("LEAK: {} of the strategy's rules know what they can not know. The result means nothing.",
                       leaks.size());
  }
  std::string out = fmt::format(
      "No leak: over {} bars no rule moved by a bit where the bars after {} places were changed, nor where they came "
      "one at a time.",
      bars, cuts);
  if (!begin_told)
    return out + fmt::format(" What a later begin does can not be told of so few bars (look-back {}).", look_back);
  if (settles_after == 0)
    return out + fmt::format(" A later begin changes nothing after the look-back of {} bars.", look_back);
  return out +
         fmt::format(" A later begin is forgotten {} bars after the look-back of {}: some averages remember all bars.",
                     settles_after, look_back);
}

std::string LeakReport::whole_text() const {
  std::string out = text();
  const std::size_t told = std::min(leaks.size(), kLeaksTold);
  for (const Leak& leak : std::span{leaks}.first(told)) out += "\n  " + leak.text();
  if (told < leaks.size()) out += fmt::format("\n  And {} more.", leaks.size() - told);
  return out;
}

/// The other symbols' bars of the time of `all`, from two of their bars before it on: what a run that begins there would need.
/// Changed are those that no bar before the cut may know: they close after the last of these opened.
expr::FeedBars LeakSearch::others_beside(const expr::Plan& plan, const market::CandleSpan& all, Change change) const {
  expr::FeedBars beside;
  for (std::size_t feed = 0; feed < plan.feeds().size(); ++feed) {
    const market::CandleColumns& kept = *plan.kept_others()[feed];
    const auto length = market::duration(plan.feeds()[feed].timeframe).count();
    const auto row_of = [&kept](std::int64_t open_ms) {
      return static_cast<std::size_t>(std::ranges::lower_bound(kept.open_time_ms, open_ms) - kept.open_time_ms.begin());
    };
    const std::size_t first = row_of(all.open_time_ms[0] - 2 * length);
    const auto window = kept.view().subspan(first, row_of(all.open_time_ms.back() + 1) - first);
    std::size_t known = window.size();
    if (change.cut > 0) known = std::min(known, row_of(bars.open_time_ms[change.cut - 1] - length + 1) - first);
    market::CandleColumns rows;
    if (known < window.size() && known > 0) {
      rows = altered(window, known, change.how);
    } else {
      rows.append(window.subspan(0, known));
    }
    beside.push_back(std::make_shared<const market::CandleColumns>(std::move(rows)));
  }
  return beside;
}

Result<expr::Plan> LeakSearch::fresh_plan(const market::CandleSpan& all, std::span<const expr::NodeId> nodes,
                                          Change change) const {
  if (input.cancelled && input.cancelled()) return fail(Errc::cancelled, "stopped");
  auto plan = input.plan(all, nodes);
  if (!plan || plan->feeds().empty()) return plan;
  if (plan->kept_others().empty())
    return fail(Errc::unsupported, "a strategy that looks at another symbol is not checked without its bars");
  plan->keep_others(others_beside(*plan, all, change));
  return plan;
}

Result<Columns> LeakSearch::run(const market::CandleSpan& all, std::size_t count, std::span<const expr::NodeId> nodes,
                                Change change) const {
  auto plan = fresh_plan(all, nodes, change);
  if (!plan) return pass_on(plan);
  Columns columns(nodes.size(), std::vector<double>(count));
  std::vector<double*> out;
  for (auto& column : columns) out.push_back(column.data());
  plan->run(all.subspan(0, count), out);
  return columns;
}

void LeakSearch::note(LeakKind kind, std::size_t column, std::size_t row, double after, std::int64_t changed_ms) {
  const std::string& rule = rules[column].rule;
  const std::int64_t bar = bars.open_time_ms[row];
  const auto known =
      std::ranges::find_if(report.leaks, [&](const Leak& leak) { return leak.kind == kind && leak.rule == rule; });
  Leak leak{kind, rule, line_of(input.places, rule), bar, changed_ms, base[column][row], after};
  if (known == report.leaks.end()) {
    report.leaks.push_back(std::move(leak));
  } else if (bar < known->bar_ms) {
    *known = std::move(leak);
  }
}

/// Bars from which on the future is changed: spread over the window, and right behind bars at which an entry holds,
/// where a rule that looks one bar ahead must be seen.
std::vector<std::size_t> LeakSearch::cuts() const {
  const std::size_t n = bars.size();
  std::vector<std::size_t> found;
  for (std::size_t i = 1; i <= kEvenCuts; ++i) found.push_back(1 + (n - 2) * i / (kEvenCuts + 1));
  for (std::size_t column = 0; column < rules.size(); ++column) {
    if (!rules[column].rule.ends_with(".entry")) continue;
    std::vector<std::size_t> held;
    for (std::size_t row = 0; row + 1 < n; ++row) {
      if (base[column][row] > 0) held.push_back(row);
    }
    for (std::size_t i = 1; i <= kCutsAtEntries && !held.empty(); ++i)
      found.push_back(held[(held.size() - 1) * i / (kCutsAtEntries + 1)] + 1);
  }
  std::ranges::sort(found);
  const auto twice = std::ranges::unique(found);
  found.erase(twice.begin(), twice.end());
  return found;
}

Result<void> LeakSearch::look_at_future() {
  const auto places = cuts();
  report.cuts = places.size();
  for (const std::size_t cut : places) {
    for (const Alteration how : {Alteration::mirror, Alteration::move, Alteration::cut}) {
      const auto other = altered(bars, cut, how);
      const auto answers = run(other.view(), std::min(other.size(), cut + kBeyond), input.program.nodes, {cut, how});
      if (!answers) return pass_on(answers);
      for (std::size_t column = 0; column < base.size(); ++column) {
        for (std::size_t row = 0; row < cut; ++row) {
          if (same_bits(base[column][row], (*answers)[column][row])) continue;
          note(LeakKind::future, column, row, (*answers)[column][row], bars.open_time_ms[cut]);
          break;
        }
      }
    }
  }
  return look_at_orders(places);
}

Result<RunResult> LeakSearch::run_orders(const market::CandleSpan& all, std::size_t count, Change change) const {
  auto plan = fresh_plan(all, input.program.nodes, change);
  if (!plan) return pass_on(plan);
  RunSettings settings = input.settings;
  settings.from = Timestamp{};
  settings.close_at_end = false;
  Engine engine(input.program, std::move(*plan), settings);
  if (auto done = engine.take(all.subspan(0, count)); !done) return pass_on(done);
  return engine.finish();
}

/// Whether equity or trades before `cut` differ; notes where.
bool LeakSearch::orders_differ(const RunResult& one, const RunResult& other, std::size_t cut) {
  for (std::size_t row = 0; row < cut; ++row) {
    if (one.rows.equity[row] == other.rows.equity[row]) continue;
    report.leaks.push_back({LeakKind::future, "trades", 0, bars.open_time_ms[row], bars.open_time_ms[cut],
                            one.rows.equity[row], other.rows.equity[row]});
    return true;
  }
  const std::int64_t changed = bars.open_time_ms[cut];
  for (std::size_t i = 0; i < one.trades.size() && one.trades[i].exit_time < changed; ++i) {
    if (i < other.trades.size() && same_trade(one.trades[i], other.trades[i])) continue;
    report.leaks.push_back({LeakKind::future, "trades", 0, one.trades[i].exit_time, changed, one.trades[i].pnl,
                            i < other.trades.size() ? other.trades[i].pnl : std::nan("")});
    return true;
  }
  return false;
}

Result<void> LeakSearch::look_at_orders(std::span<const std::size_t> cuts) {
  if (!report.passed()) return {};  // the rule is named already, and its orders follow it
  const auto one = run_orders(bars, bars.size());
  if (!one) return pass_on(one);
  for (std::size_t i = 1; i <= kCutsWithOrders; ++i) {
    const std::size_t cut = cuts[(cuts.size() - 1) * i / kCutsWithOrders];
    const auto other = altered(bars, cut, Alteration::mirror);
    const auto result = run_orders(other.view(), cut + 1, {cut, Alteration::mirror});
    if (!result) return pass_on(result);
    if (orders_differ(*one, *result, cut)) return {};
  }
  return {};
}

Result<void> LeakSearch::look_at_stream() {
  auto made = fresh_plan(bars, input.program.nodes, {});
  if (!made) return pass_on(made);
  auto plan = made->clone_for_steps();
  std::vector<double> answer(plan.outputs());
  std::vector<bool> differs(base.size());
  for (std::size_t row = 0; row < bars.size(); ++row) {
    plan.step(bars[row], answer);
    for (std::size_t column = 0; column < base.size(); ++column) {
      if (same_bits(base[column][row], answer[column]) || differs[column]) continue;
      differs[column] = true;
      note(LeakKind::stream, column, row, answer[column], 0);
    }
  }
  return {};
}

Result<LeakReport> check_leaks(const LeakInput& input) {
  const std::size_t count = std::min(input.bars.size(), input.bars_most);
  if (count < kLeastBars) return fail(Errc::bad_input, fmt::format("leaks can not be looked for in {} bars", count));
  LeakSearch search{
      .input = input,
      .bars = input.bars.subspan(input.bars.size() - count, count),
      .rules = rule_columns(input.program),
      .base = {},
      .report = {.bars = count,
                 .look_back = input.program.lookback + unstated_look_back(input.graph, input.program.nodes),
                 .remembers = remembers(input.graph, input.program.nodes)}};
  auto base = search.run(search.bars, count, input.program.nodes);
  if (!base) return pass_on(base);
  search.base = std::move(*base);
  for (const auto look : {&LeakSearch::look_at_future, &LeakSearch::look_at_stream, &LeakSearch::look_at_begin}) {
    if (auto done = (search.*look)(); !done) return pass_on(done);
  }
  return std::move(search.report);
}

}  // namespace cw::backtest
