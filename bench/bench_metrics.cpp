// All metrics of runs of 10 M one-minute bars, from columns in memory: what a row costs.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <vector>

#include <fmt/format.h>

#include "backtest/metrics.h"
#include "base/random.h"

namespace {

using namespace cw;            // NOLINT: a program of one file
using namespace cw::backtest;  // NOLINT

constexpr std::size_t kRows = 10'000'000;
constexpr std::size_t kPortion = 8'192;
constexpr int kRuns = 9;

struct Columns {
  std::vector<std::int64_t> time;
  std::vector<double> equity, close, position;
};

/// A position about half of the time; `drift` a bar of it.
Columns made(double drift, double noise) {
  Random random{1};
  Columns run;
  run.time.reserve(kRows);
  run.equity.reserve(kRows);
  run.close.reserve(kRows);
  run.position.reserve(kRows);
  double price = 100;
  double equity = 10'000;
  bool held = false;
  for (std::size_t i = 0; i < kRows; ++i) {
    if (random.chance(0.01)) held = !held;
    const double move = drift + noise * (random.uniform() - 0.5);
    price *= 1 + move;
    if (held) equity *= 1 + move;
    run.time.push_back(kEarliestMs + static_cast<std::int64_t>(i) * 60'000);
    run.equity.push_back(equity);
    run.close.push_back(price);
    run.position.push_back(held ? equity : 0);
  }
  return run;
}

double seconds(const Columns& run, bool positions, double* checked) {
  const auto begun = std::chrono::steady_clock::now();
  EquityPass pass(10'000, 100, market::Timeframe::m1);
  const EquityRows rows{run.time, run.equity, run.close,
                        positions ? std::span<const double>(run.position) : std::span<const double>()};
  for (std::size_t at = 0; at < kRows; at += kPortion) pass.add(rows.subspan(at, std::min(kPortion, kRows - at)));
  const auto metrics = measure(pass.finish(), {});
  *checked = metrics.figures[Figure::max_drawdown].value;
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

/// The deepest drawdown, said plainly.
double deepest(const Columns& run) {
  double peak = 10'000;
  double depth = 0;
  for (const double equity : run.equity) {
    peak = std::max(peak, equity);
    depth = std::max(depth, (peak - equity) / peak);
  }
  return depth;
}

}  // namespace

int main() {
  fmt::print("{:<44} {:>10} {:>12} {:>10}\n", "10 M one-minute bars", "best ms", "ns a bar", "asked ns");
  bool good = true;
  const auto line = [&](const char* title, const Columns& run, bool positions, double asked) {
    double best = 1e9;
    for (int i = 0; i < kRuns; ++i) {
      double depth = 0;
      best = std::min(best, seconds(run, positions, &depth));
      if (std::abs(depth - deepest(run)) > 1e-12) {
        fmt::print("{}: not the drawdown that the plain loop gives\n", title);
        good = false;
      }
    }
    fmt::print("{:<44} {:>10.1f} {:>12.2f} {:>10.1f}\n", title, best * 1e3, best * 1e9 / kRows, asked);
    good &= best * 1e9 / kRows < asked;
  };
  const auto walk = made(0, 0.001);
  line("a walk, equity alone", walk, false, 2);
  line("a walk, with positions", walk, true, 3);
  const auto rise = made(1e-5, 1e-5);
  line("nearly every bar a new peak, equity alone", rise, false, 4);
  line("nearly every bar a new peak, with positions", rise, true, 5);
  return good ? 0 : 1;
}
