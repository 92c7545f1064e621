#pragma once

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "backtest/score_run.h"
#include "backtest_runs.h"

/// A sweep of the two lengths of a cross of means, block by block: one plan for as many sets as share its columns, then each
/// set's engine takes the block. Its memory is that of one such group, however many sets there are.
namespace runs {

struct Cell {
  int fast = 0;
  int slow = 0;
  double final_equity = 0;
  double sharpe = 0;
  std::size_t closed = 0;
};

inline constexpr int kSide = 100;      // 100 fast lengths with 100 slow ones
inline constexpr int kGroupSide = 10;  // so many of each in one plan
inline constexpr std::size_t kBlock = 1'024;

/// The sets in the order of groups that share columns.
inline std::vector<Cell> cells(std::size_t count) {
  std::vector<Cell> made;
  for (int a = 0; a < kSide; a += kGroupSide) {
    for (int b = 0; b < kSide; b += kGroupSide) {
      for (int i = 0; i < kGroupSide * kGroupSide; ++i) {
        if (made.size() < count) made.push_back({5 + a + i / kGroupSide, 120 + 10 * (b + i % kGroupSide), 0, 0, 0});
      }
    }
  }
  return made;
}

/// Runs the sets of one group.
inline void sweep_group(const market::CandleSpan& bars, std::span<Cell> group, backtest::ScoreScratch& scratch) {
  expr::Graph graph(market::Timeframe::m1);
  std::vector<strategy::Program> programs;
  std::vector<expr::NodeId> nodes;
  for (const auto& cell : group) {
    programs.push_back(compiled(rule(cell.fast, cell.slow, false), graph));
    nodes.insert(nodes.end(), programs.back().nodes.begin(), programs.back().nodes.end());
  }
  auto plan = expr::Plan::make(graph, nodes);
  if (!plan) give_up(plan.error().message);
  std::vector<double> memory(nodes.size() * kBlock);
  std::vector<double*> columns;
  for (std::size_t i = 0; i < nodes.size(); ++i) columns.push_back(memory.data() + i * kBlock);
  std::vector<backtest::Engine> engines;
  for (const auto& program : programs) engines.emplace_back(program, settings(false));
  for (std::size_t at = 0; at < bars.size(); at += kBlock) {
    const auto block = bars.subspan(at, std::min(kBlock, bars.size() - at));
    plan->run(block, columns);
    for (std::size_t i = 0, first = 0; i < engines.size(); first += programs[i++].nodes.size()) {
      const std::span<const double* const> own{columns.data() + first, programs[i].nodes.size()};
      if (auto done = engines[i].take(block, own); !done) give_up(done.error().message);
    }
  }
  for (std::size_t i = 0; i < engines.size(); ++i) {
    const auto score = score_of(engines[i].finish(), scratch);
    group[i].final_equity = score.final_equity;
    group[i].sharpe = score.figures[backtest::Figure::sharpe].value;
    group[i].closed = score.trades - static_cast<std::size_t>(score.figures[backtest::Figure::open_trades].value);
  }
}

/// Every `step`th group from number `first` on.
inline void sweep_part(const market::CandleSpan& bars, std::span<Cell> all, std::size_t first, std::size_t step) {
  backtest::ScoreScratch scratch;
  constexpr std::size_t kGroup = kGroupSide * kGroupSide;
  for (std::size_t at = first * kGroup; at < all.size(); at += step * kGroup)
    sweep_group(bars, all.subspan(at, std::min(kGroup, all.size() - at)), scratch);
}

inline double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

inline double sweep_in_threads(const market::CandleSpan& bars, std::vector<Cell>& all, std::size_t threads) {
  const double begun = now();
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back([&, i] { sweep_part(bars, all, i, threads); });
    sweep_part(bars, all, 0, threads);
  }
  return now() - begun;
}

/// The same halves in two processes that know nothing of each other: until the later one is done.
inline double sweep_in_two_processes(const market::CandleSpan& bars, std::vector<Cell>& all) {
  const double begun = now();
  std::array<pid_t, 2> children{};
  for (std::size_t i = 0; i < 2; ++i) {
    children[i] = fork();
    if (children[i] == 0) {
      sweep_part(bars, all, i, 2);
      _exit(0);
    }
  }
  for (const pid_t child : children) {
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) give_up("a process of the sweep ended badly");
  }
  return now() - begun;
}

inline double peak_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

inline int sweep_as_json(const market::CandleSpan& bars, std::size_t sets, std::size_t threads) {
  const double before = peak_mb();
  auto all = cells(sets);
  const double took = sweep_in_threads(bars, all, threads);
  fmt::print(R"({{"what":"sweep","seconds":{},"peak_mb":{},"before_mb":{},"cells":[)", took, peak_mb(), before);
  for (std::size_t i = 0; i < all.size(); ++i)
    fmt::print("{}[{},{},{},{}]", i > 0 ? "," : "", all[i].fast, all[i].slow, all[i].closed, all[i].final_equity);
  fmt::print("]}}\n");
  return 0;
}

/// Of a thousand sets. False where two threads do not do what two processes do.
inline bool sweep_table(const market::CandleSpan& bars) {
  constexpr std::size_t kSets = 1'000;
  constexpr int kTurns = 3;
  double one = 1e9, two = 1e9, processes = 1e9;
  auto all = cells(kSets);
  for (int i = 0; i < kTurns; ++i) {
    one = std::min(one, sweep_in_threads(bars, all, 1));
    two = std::min(two, sweep_in_threads(bars, all, 2));
    processes = std::min(processes, sweep_in_two_processes(bars, all));
  }
  const double bars_run = static_cast<double>(kSets) * static_cast<double>(bars.size());
  fmt::print("\n{:<44} {:>9} {:>12}\n", "sweep: 1,000 sets of 200,000 bars", "s", "ns a bar");
  fmt::print("{:<44} {:>9.2f} {:>12.2f}\n", "one thread", one, one * 1e9 / bars_run);
  fmt::print("{:<44} {:>9.2f} {:>12.2f}\n", "two threads", two, two * 1e9 / bars_run);
  fmt::print("{:<44} {:>9.2f} {:>12.2f}\n", "two processes side by side", processes, processes * 1e9 / bars_run);
  fmt::print("two threads do {:.2f}x of what two processes do (asked: at least 0.9)\n", processes / two);
  return processes / two >= 0.9;
}

}  // namespace runs
