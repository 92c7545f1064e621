// Folding 10 M one-minute bars as columns in memory: how long a pass takes, warm.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "base/random.h"
#include "market/fold.h"

namespace {

using namespace cw;          // NOLINT: a program of one file
using namespace cw::market;  // NOLINT

constexpr std::size_t kRows = 10'000'000;
constexpr std::size_t kChunkRows = 8'192;
constexpr int kRuns = 5;

CandleColumns walk() {
  Random random{1};
  CandleColumns bars;
  bars.reserve(kRows);
  double price = 100;
  auto t = from_ms(kEarliestMs);
  for (std::size_t i = 0; i < kRows; ++i) {
    const double open = price;
    price *= 1 + 0.001 * (random.uniform() - 0.5);
    bars.push_back({t, open, std::max(open, price), std::min(open, price), price, random.uniform()});
    t += std::chrono::minutes{random.chance(0.0001) ? 30 : 1};
  }
  return bars;
}

FoldedColumns fold_chunks(const CandleSpan& bars, Timeframe target) {
  Folder folder{Timeframe::m1, target};
  FoldedColumns out;
  out.reserve(bars.size() / static_cast<std::size_t>(duration(target) / duration(Timeframe::m1)) + 100'000);
  for (std::size_t at = 0; at < bars.size(); at += kChunkRows) {
    folder.run(bars.subspan(at, std::min(kChunkRows, bars.size() - at)), out);
  }
  if (const auto last = folder.finish()) out.push_back(*last);
  return out;
}

/// The same said plainly, bar by bar: what the columns are held against before anything is measured.
bool is_right(const CandleColumns& bars, const FoldedColumns& folded, Timeframe target) {
  std::size_t n = 0;
  for (std::size_t i = 0; i < bars.size(); ++n) {
    Candle bar = bars[i];
    bar.open_time = open_of(target, bar.open_time);
    const auto end = bar.open_time + duration(target);
    for (++i; i < bars.size() && from_ms(bars.open_time_ms[i]) < end; ++i) {
      bar.high = std::max(bar.high, bars.high[i]);
      bar.low = std::min(bar.low, bars.low[i]);
      bar.close = bars.close[i];
      bar.volume += bars.volume[i];
    }
    if (n >= folded.size() || folded[n].bar != bar) return false;
  }
  return n == folded.size();
}

}  // namespace

int main() {
  const auto bars = walk();
  fmt::print("{:<44} {:>10} {:>12} {:>10}\n", "10 M one-minute bars, in chunks of 8,192", "best s", "million/s",
             "asked s");
  bool good = true;
  for (const auto target : {Timeframe::m3, Timeframe::m15, Timeframe::h1, Timeframe::h4, Timeframe::w1}) {
    if (!is_right(bars, fold_chunks(bars.view(), target), target)) {
      fmt::print("folded to {}: not what the plain loop gives\n", name(target));
      return 1;
    }
    double best = 1e9;
    for (int run = 0; run < kRuns; ++run) {
      const auto begun = std::chrono::steady_clock::now();
      const auto folded = fold_chunks(bars.view(), target);
      best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
      if (folded.size() == 0) return 1;
    }
    const bool asked = target == Timeframe::h4;
    fmt::print("{:<44} {:>10.4f} {:>12.0f} {:>10}\n", fmt::format("folded to {}", name(target)), best,
               kRows / best / 1e6, asked ? "0.15" : "");
    good &= !asked || best < 0.15;
  }
  return good ? 0 : 1;
}
