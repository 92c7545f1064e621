// The broker over 5 M one-minute bars in memory: what a bar costs that nothing waits for, one under a position with a stop and
// a target, and an entry with its exits.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <string_view>

#include <fmt/format.h>

#include "base/random.h"
#include "trading/broker.h"

namespace {

using namespace cw;           // NOLINT: a program of one file
using namespace cw::trading;  // NOLINT

constexpr std::size_t kRows = 5'000'000;
constexpr int kRuns = 5;
constexpr std::size_t kNever = kRows + 1;

market::CandleColumns walk() {
  Random random{1};
  market::CandleColumns bars;
  bars.reserve(kRows);
  double price = 100;
  auto t = from_ms(kEarliestMs);
  for (std::size_t i = 0; i < kRows; ++i) {
    const double open = price;
    price = 100 + (price - 100) * 0.9999 + 0.1 * (random.uniform() - 0.5);
    bars.push_back({t, open, std::max(open, price) + 0.02, std::min(open, price) - 0.02, price, 1'000});
    t += std::chrono::minutes{1};
  }
  return bars;
}

struct Outcome {
  double seconds;
  std::uint64_t fills;
  Broker broker;
};

/// A run that enters every `every` bars where it holds nothing, with exits `percent` away.
Outcome run(const market::CandleSpan& bars, std::size_t every, double percent) {
  AccountSettings settings;
  settings.costs.commission = parse_commission("percent:0.001").value();
  settings.protections = Protections::none();
  Outcome out{0, 0, Broker{settings}};
  out.broker.add({1'000'000, 1, {}}, {SizingKind::percent_of_equity, 50});
  OrderRequest entry;
  entry.bracket.stop = {DistanceKind::percent, percent};
  entry.bracket.ladder[0] = {{DistanceKind::percent, percent}, 1};
  entry.bracket.targets = 1;
  // Time of this thread: others at work on the machine do not count.
  const std::clock_t begun = std::clock();
  for (std::size_t i = 0; i < bars.size(); ++i) {
    out.broker.on_bar(0, bars[i]);
    if (!out.broker.fills().empty()) {
      out.fills += out.broker.fills().size();
      out.broker.clear_fills();
    }
    if (i % every == every - 1 && out.broker.waiting(0) == 0 && !out.broker.submit(0, entry)) std::abort();
  }
  out.seconds = static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
  return out;
}

}  // namespace

int main() {
  const auto bars = walk();
  fmt::print("{:<52} {:>10} {:>12} {:>10}\n", "5 M one-minute bars", "fills", "best ns/bar", "asked");
  bool good = true;
  const auto measure = [&](std::string_view what, std::size_t every, double percent, double asked_ns) {
    double best = 1e9;
    std::uint64_t fills = 0;
    for (int i = 0; i < kRuns; ++i) {
      const auto out = run(bars.view(), every, percent);
      if (!out.broker.ledger().is_balanced()) std::abort();
      best = std::min(best, out.seconds);
      fills = out.fills;
    }
    const double ns = best * 1e9 / static_cast<double>(kRows);
    good = good && ns <= asked_ns;
    fmt::print("{:<52} {:>10} {:>12.1f} {:>10.0f}\n", what, fills, ns, asked_ns);
  };
  measure("nothing waits", kNever, 1, 15);
  measure("one position with a stop and a target that hold", 100, 90, 60);
  measure("an entry with its exits every 10 bars where flat", 10, 0.1, 400);
  return good ? 0 : 1;
}
