#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/commands/sweep_told.h"
#include "backtest/run_json.h"

namespace cw::app {
namespace {

using backtest::CellFigures;
using backtest::CellResult;
using backtest::Figure;
using backtest::SweepPlan;

constexpr std::size_t kCellsShown = 10;
constexpr std::size_t kRowsMost = 40;

std::string number(Figure figure, double value) {
  if (std::isnan(value)) return "n/a";
  switch (backtest::info(figure).unit) {
    case backtest::Unit::fraction: return fmt::format("{:.2f} %", 100 * value);
    case backtest::Unit::count: return fmt::format("{:.0f}", value);
    default: return fmt::format("{:.3f}", value);
  }
}

std::string inputs_text(const SweepPlan& plan, std::uint64_t cell) {
  const auto places = plan.space.places(cell);
  std::string out;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto& axis = plan.space.axes()[i];
    out += fmt::format("{}{} {}", i == 0 ? "" : ", ", axis.name, backtest::axis_value_text(axis, places[i]));
  }
  return out;
}

std::string axes_text(const SweepPlan& plan) {
  std::string out;
  for (const auto& axis : plan.space.axes()) {
    out += fmt::format("{}{} ", out.empty() ? "" : ", ", axis.name);
    if (axis.is_ordered() && axis.values.size() > 4) {
      out += fmt::format("{} to {} ({} values)", backtest::axis_value_text(axis, 0),
                         backtest::axis_value_text(axis, axis.values.size() - 1), axis.values.size());
    } else {
      out += backtest::axis_text(axis);
    }
  }
  return out;
}

/// Lines of cells in columns that are as wide as what is in them.
std::string in_columns(const std::vector<std::vector<std::string>>& lines) {
  std::vector<std::size_t> widths;
  for (const auto& line : lines) {
    widths.resize(std::max(widths.size(), line.size()));
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  std::string out;
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) out += fmt::format("{:>{}}", line[i], widths[i] + 2);
    out += '\n';
  }
  return out;
}

std::string best_cells(const backtest::Sweep& sweep) {
  const auto& plan = sweep.plan();
  auto cells = sweep.finished(0);
  std::erase_if(cells, [](const CellResult* one) { return one->why != backtest::WhyNot::none; });
  const auto rank = [&](const CellResult* one) {
    return std::pair{-plan.objective.worth(one->objective), one->trial.cell};
  };
  const auto shown = std::min(kCellsShown, cells.size());
  std::ranges::partial_sort(cells, cells.begin() + static_cast<std::ptrdiff_t>(shown), {}, rank);
  std::vector<Figure> figures{plan.objective.figure};
  for (const auto figure :
       {Figure::sharpe, Figure::total_return, Figure::max_drawdown, Figure::profit_factor, Figure::trades}) {
    if (figure != plan.objective.figure) figures.push_back(figure);
  }
  std::vector<std::vector<std::string>> lines(1);
  for (const auto& axis : plan.space.axes()) lines[0].push_back(axis.name);
  for (const auto figure : figures) lines[0].emplace_back(backtest::info(figure).key);
  for (std::size_t i = 0; i < shown; ++i) {
    auto& line = lines.emplace_back();
    const auto places = plan.space.places(cells[i]->trial.cell);
    for (std::size_t k = 0; k < places.size(); ++k)
      line.push_back(backtest::axis_value_text(plan.space.axes()[k], places[k]));
    for (const auto figure : figures) line.push_back(number(figure, cells[i]->figures[figure]));
  }
  return fmt::format("the {} cells with the {} {}, in sample: chosen among {}, so better than they will do again\n{}\n",
                     shown, plan.objective.worth(1) > 0 ? "most" : "least", plan.objective.name(), cells.size(),
                     in_columns(lines));
}

std::string belief(const backtest::Sweep& sweep, const backtest::SweepReport& report) {
  const auto best = backtest::best_cell(sweep);
  if (!best) return {};
  const auto& plan = sweep.plan();
  const Figure figure = plan.objective.figure;
  std::string out = fmt::format("the best cell: {}: {} {}\n", inputs_text(plan, best->cell), plan.objective.name(),
                                number(figure, best->objective));
  out += fmt::format("  {}\n", backtest::verdict_text(*best));
  if (report.overfitting) {
    out += fmt::format("  probability of overfitting {:.1f} % ({} cells in {} splits, by Sharpe)\n",
                       100 * report.overfitting->pbo, report.overfitting->variants, report.overfitting->splits);
  }
  if (report.stability && report.stability->neighbours > 0) {
    const auto& around = *report.stability;
    out += fmt::format("  one step away: {} on average, {} at worst, of {} cells{}\n", number(figure, around.mean),
                       number(figure, around.worst), around.neighbours,
                       std::isnan(around.kept) ? std::string{} : fmt::format("; {:.0f} % is kept", 100 * around.kept));
  }
  return out + '\n';
}

std::string walk_forward_text(const backtest::Sweep& sweep, const backtest::SweepData& data,
                              const backtest::SweepReport& report) {
  if (!report.walk_forward) return {};
  const auto& plan = sweep.plan();
  const auto& found = *report.walk_forward;
  const Figure figure = plan.objective.figure;
  std::vector<std::vector<std::string>> lines{
      {"test from", "to", "chosen in training", fmt::format("{} in", plan.objective.name()), "out", "return out"}};
  for (const auto& fold : found.folds) {
    const auto day = [&](std::size_t bar) { return format_time(from_ms(data.times()[bar])).substr(0, 10); };
    lines.push_back({day(fold.window.test_from), day(fold.window.test_to - 1),
                     fold.is_chosen ? inputs_text(plan, fold.cell) : "nothing", number(figure, fold.in_sample),
                     number(figure, fold.out_of_sample),
                     number(Figure::total_return, fold.out_of_sample_figures[Figure::total_return])});
  }
  const auto all = CellFigures::of(found.figures);
  std::string out =
      fmt::format("walk-forward, {}, purge {}, embargo {} bars\n{}", plan.folds.anchored ? "anchored" : "rolling",
                  plan.folds.purge, plan.folds.embargo, in_columns(lines));
  out += fmt::format("  all tests as one account: {:.2f} became {:.2f}; Sharpe {}, return {}, deepest drawdown {}\n",
                     found.initial_capital, found.final_equity, number(Figure::sharpe, all[Figure::sharpe]),
                     number(Figure::total_return, all[Figure::total_return]),
                     number(Figure::max_drawdown, all[Figure::max_drawdown]));
  if (!std::isnan(found.efficiency))
    out += fmt::format("  efficiency {:.0f} %: growth a bar in the tests beside that in the trainings\n",
                       100 * found.efficiency);
  return out + '\n';
}

/// What several instruments share.
std::string account_text(const trading::Limits& limits) {
  const std::string most = limits.positions_most > 0 ? fmt::format("at most {} positions", limits.positions_most)
                                                     : std::string("as many positions as symbols");
  return fmt::format("each cell is one shared account: {}, {:.4g} % of equity in all, {:.4g} % in one\n\n", most,
                     limits.exposure_percent, limits.symbol_exposure_percent);
}

}  // namespace

std::string heat_map_text(const backtest::Sweep& sweep, const backtest::HeatMap& map, int columns) {
  static constexpr std::array<std::string_view, 5> kShades{"·", "░", "▒", "▓", "█"};
  const auto& plan = sweep.plan();
  const auto& across = plan.space.axes()[map.x];
  const auto& down = plan.space.axes()[map.y];
  const std::size_t width = across.values.size();
  const std::size_t height = down.values.size();
  std::size_t label = 0;
  for (std::size_t y = 0; y < height; ++y) label = std::max(label, backtest::axis_value_text(down, y).size());
  const auto room = static_cast<std::size_t>(std::max(8, columns - static_cast<int>(label) - 6));
  // A place of the picture is the best of those that fall into it.
  const std::size_t wide = std::min(width, room / 2);
  const std::size_t high = std::min(height, kRowsMost);
  std::vector<double> seen(wide * high, std::nan(""));
  for (std::size_t y = 0; y < height; ++y) {
    for (std::size_t x = 0; x < width; ++x) {
      const double worth = plan.objective.worth(map.values[y * width + x]);
      if (std::isnan(worth)) continue;
      double& place = seen[y * high / height * wide + x * wide / width];
      place = std::fmax(place, worth);
    }
  }
  auto sorted = seen;
  std::erase_if(sorted, [](double worth) { return std::isnan(worth); });
  if (sorted.empty()) return {};
  std::ranges::sort(sorted);
  const auto told = [&](double worth) { return number(plan.objective.figure, plan.objective.worth(worth)); };
  std::string out = fmt::format(
      "{} by {} (down) and {} (across), the {} over the rest: {} is the worst fifth, from {}; {} the best, to {}\n",
      plan.objective.name(), down.name, across.name, map.of == backtest::HeatMap::Of::best ? "best" : "mean",
      kShades.front(), told(sorted.front()), kShades.back(), told(sorted.back()));
  for (std::size_t row = 0; row < high; ++row) {
    const std::size_t y = (row * height + high - 1) / high;
    out += fmt::format("  {:>{}} |", backtest::axis_value_text(down, y), label);
    for (std::size_t x = 0; x < wide; ++x) {
      const double worth = seen[row * wide + x];
      const auto below = static_cast<std::size_t>(std::ranges::lower_bound(sorted, worth) - sorted.begin());
      const auto shade = std::isnan(worth) ? std::string_view{" "} : kShades[below * kShades.size() / sorted.size()];
      out += fmt::format("{}{}", shade, shade);
    }
    out += "|\n";
  }
  const auto first = backtest::axis_value_text(across, 0);
  const auto last = backtest::axis_value_text(across, width - 1);
  const std::size_t gap = 2 * wide > first.size() + last.size() ? 2 * wide - first.size() - last.size() : 1;
  return out + fmt::format("  {:>{}}  {}{}{}\n\n", "", label, first, std::string(gap, ' '), last);
}

std::string sweep_table(const backtest::SweepFacts& facts, const backtest::Sweep& sweep,
                        const backtest::SweepData& data, const backtest::SweepReport& report, int columns) {
  const auto& plan = sweep.plan();
  const auto times = data.times();
  const auto first = sweep.shape().first;
  const auto progress = sweep.progress();
  std::string out =
      fmt::format("{} on {} {}, {} to {}, {} bars ({} before them to warm up)\n", plan.document.name,
                  backtest::instruments_text(facts.instruments), market::name(facts.timeframe),
                  format_time(from_ms(times[first])), format_time(from_ms(times.back())), times.size() - first, first);
  out += fmt::format("{} of {}: {} cells{}, {} skipped; commission {}, slippage {}{}\n\n", backtest::name(plan.search),
                     axes_text(plan), plan.trials,
                     plan.trials < plan.space.cells() ? fmt::format(" of {}", plan.space.cells()) : "",
                     progress.skipped, facts.commission, facts.slippage,
                     facts.funding == "none" ? "" : ", funding " + facts.funding);
  if (facts.instruments.size() > 1) out += account_text(plan.settings.account.limits);
  if (backtest::best_cell(sweep)) out += best_cells(sweep);
  out += belief(sweep, report);
  for (const auto& map : report.heat_maps) out += heat_map_text(sweep, map, columns);
  out += walk_forward_text(sweep, data, report);
  for (const auto& warning : facts.warnings) out += "! " + warning + '\n';
  for (const auto& warning : report.warnings) out += "! " + warning + '\n';
  return out;
}

}  // namespace cw::app
