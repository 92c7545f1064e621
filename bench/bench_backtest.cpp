// A backtest over 10 M one-minute bars in memory, from columns to all metrics, beside a loop that a hand would write for that
// one rule; and a sweep over 200,000 bars, in one thread, in two, and in two processes side by side. bench/backtest.py runs the
// same beside other engines: bench_backtest --walk COLUMNS BARS, --file COLUMNS BARS, --sweep COLUMNS BARS SETS THREADS.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <ctime>

#include "backtest/metrics.h"
#include "backtest_floor.h"
#include "backtest_runs.h"
#include "backtest_sweep.h"

namespace {

using namespace cw;            // NOLINT: a program of one file
using namespace cw::backtest;  // NOLINT

constexpr std::size_t kBars = 10'000'000;
constexpr int kFast = 20, kSlow = 50;
constexpr int kTurns = 5;
constexpr double kCapital = 10'000;

/// Time of this process: others at work on the machine do not count.
double seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

struct Outcome {
  double seconds = 1e9;
  double final_equity = 0;
  std::size_t closed = 0;
  std::size_t targets = 0;
  bool is_open = false;
  Metrics metrics;

  void judge(double took, double equity, const std::vector<Trade>& trades, Metrics&& found) {
    seconds = std::min(seconds, took);
    final_equity = equity;
    is_open = !trades.empty() && trades.back().is_open();
    closed = trades.size() - (is_open ? 1 : 0);
    targets = static_cast<std::size_t>(std::ranges::count(trades, trading::Reason::target, &Trade::exit_reason));
    metrics = std::move(found);
  }
};

void run_ours(const strategy::Program& program, const expr::Graph& graph, const market::CandleSpan& bars, bool costs,
              Outcome& out) {
  const double begun = seconds();
  const auto result = run(program, graph, bars, runs::settings(costs));
  if (!result) runs::give_up(result.error().message);
  Metrics metrics = measure(result->facts, result->trades);
  out.judge(seconds() - begun, result->final_equity, result->trades, std::move(metrics));
}

template <bool Exits>
void run_floor(const market::CandleSpan& bars, const floor_of::Costs& costs, Outcome& out) {
  const double begun = seconds();
  const auto result = floor_of::Loop<Exits>(kCapital, kFast, kSlow, costs).run(bars);
  Metrics metrics = measure(result.facts, result.trades);
  out.judge(seconds() - begun, result.facts.final_equity, result.trades, std::move(metrics));
}

bool is_near(double a, double b, double tolerance) {
  return a == b || (std::isnan(a) && std::isnan(b)) ||
         std::abs(a - b) <= tolerance * std::max({std::abs(a), std::abs(b), 1e-3});
}

/// Every figure of both, which are made of money in whole units on one side and of doubles on the other.
bool are_equal(const Outcome& ours, const Outcome& floor) {
  bool equal = ours.closed == floor.closed && is_near(ours.final_equity, floor.final_equity, 1e-6);
  for (const auto& info : figures()) {
    const auto a = ours.metrics.figures[info.figure], b = floor.metrics.figures[info.figure];
    if (is_near(a.value, b.value, 1e-5) && a.n == b.n) continue;
    fmt::print(stderr, "{}: {} of {} here, {} of {} by the loop\n", info.key, a.value, a.n, b.value, b.n);
    equal = false;
  }
  return equal;
}

/// Both in turns. False where the results differ or the time is over what is asked.
bool measure_pair(std::string_view what, const market::CandleSpan& bars, bool exits, bool as_json) {
  expr::Graph graph(market::Timeframe::m1);
  const auto program = runs::compiled(runs::rule(kFast, kSlow, exits), graph);
  const floor_of::Costs costs = exits ? floor_of::Costs{0.05e-4, 0.05e-4, 0.004, 0.006} : floor_of::Costs{};
  Outcome ours, floor;
  for (int i = 0; i < kTurns; ++i) {
    run_ours(program, graph, bars, exits, ours);
    exits ? run_floor<true>(bars, costs, floor) : run_floor<false>(bars, costs, floor);
  }
  if (!are_equal(ours, floor)) {
    fmt::print(stderr, "{}: not what the plain loop gives\n", what);
    return false;
  }
  const double ratio = ours.seconds / floor.seconds;
  if (as_json) {
    fmt::print(R"({{"what":"{}","seconds":{},"floor_seconds":{},"final_equity":{},"closed":{},"targets":{},)", what,
               ours.seconds, floor.seconds, ours.final_equity, ours.closed, ours.targets);
    fmt::print(R"("sharpe":{},"max_drawdown":{}}})"
               "\n",
               ours.metrics.figures[Figure::sharpe].value, ours.metrics.figures[Figure::max_drawdown].value);
  } else {
    fmt::print("{:<44} {:>9} {:>9.1f} {:>9.1f} {:>7.2f} {:>7}\n", what, ours.closed, ours.seconds * 1e3,
               floor.seconds * 1e3, ratio, exits ? "-" : "2");
    std::fflush(stdout);
  }
  return exits || as_json || ratio <= 2;
}

bool single_runs(const market::CandleSpan& bars, bool as_json) {
  const bool plain = measure_pair("cross", bars, false, as_json);
  return measure_pair("cross with costs, stop and target", bars, true, as_json) && plain;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view mode = count > 1 ? arguments[1] : "";
  const auto number = [&](int at) { return at < count ? std::strtoull(arguments[at], nullptr, 10) : 0; };
  if (mode == "--file") {
    const auto bars = runs::from_file(arguments[2], number(3));
    return single_runs(bars.view(), true) ? 0 : 1;
  }
  if (mode == "--walk") return runs::write(runs::walk(number(3), 1), arguments[2]);
  if (mode == "--profile") {  // ours alone, for perf
    const auto bars = runs::walk(kBars, 1);
    expr::Graph graph(market::Timeframe::m1);
    const auto program = runs::compiled(runs::rule(kFast, kSlow, number(2) != 0), graph);
    Outcome out;
    for (int i = 0; i < 10; ++i) run_ours(program, graph, bars.view(), number(2) != 0, out);
    fmt::print("{:.1f} ms\n", out.seconds * 1e3);
    return 0;
  }
  if (mode == "--sweep") {
    const auto bars = runs::from_file(arguments[2], number(3));
    return runs::sweep_as_json(bars.view(), number(4), number(5));
  }
  fmt::print("{:<44} {:>9} {:>9} {:>9} {:>7} {:>7}\n", "10 M one-minute bars, all metrics", "trades", "ms", "by hand",
             "ratio", "asked");
  bool good = single_runs(runs::walk(kBars, 1).view(), false);
  good = runs::sweep_table(runs::walk(200'000, 2).view()) && good;
  return good ? 0 : 1;
}
