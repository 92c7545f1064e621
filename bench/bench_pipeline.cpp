// One instrument's way from trades to bars of thirteen timeframes, in a single pass: events a second and allocations an
// event, beside a plain recomputation of every timeframe from the trades. Equal results are checked first.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <map>
#include <new>
#include <vector>

#include <fmt/format.h>

#include "base/random.h"
#include "market/pipeline.h"

namespace {
std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using namespace cw;          // NOLINT: a program of one file
using namespace cw::market;  // NOLINT

constexpr std::size_t kTrades = 10'000'000;
constexpr std::size_t kMinutes = 20'000;
constexpr std::size_t kRuns = 3;
using Bars = std::array<CandleColumns, kTimeframes.size()>;

/// Trades of two weeks, 500 a minute; quantities are multiples of 1/1024, so that sums do not depend on their order.
std::vector<Trade> tape() {
  Random random{1};
  std::vector<Trade> trades;
  trades.reserve(kTrades);
  double price = 100;
  for (std::size_t i = 0; i < kTrades; ++i) {
    price *= 1 + 0.0001 * (random.uniform() - 0.5);
    const auto ms = static_cast<std::int64_t>(i * kMinutes * 60'000 / kTrades);
    trades.push_back({static_cast<std::int64_t>(i + 1), from_ms(1'722'816'000'000 + ms), price,
                      static_cast<double>(1 + random.below(4'096)) / 1'024, random.chance(0.5)});
  }
  return trades;
}

void reserve(Bars& bars) {
  for (const auto timeframe : kTimeframes) {
    const auto minutes = static_cast<std::size_t>(duration(timeframe) / duration(Timeframe::m1));
    bars[static_cast<std::size_t>(timeframe)].reserve(kMinutes / minutes + 2);
  }
}

/// Feeds the trades; at the turn of each minute the venue's closed candle comes, made of the same trades.
std::size_t run_pipeline(const std::vector<Trade>& trades, Bars& bars) {
  Pipeline pipeline{std::nullopt};
  const auto on_event = [](const BarEvent&) {};
  const auto emit = [&](Timeframe timeframe, const FoldedCandle& folded) {
    bars[static_cast<std::size_t>(timeframe)].push_back(folded.bar);
  };
  std::size_t events = 0;
  for (const auto& trade : trades) {
    ++events;
    if (pipeline.on_trade(trade) != TradeOutcome::opened) continue;
    if (const auto over = pipeline.trades().waiting()) {
      ++events;
      pipeline.on_venue_candle({*over, 0, true}, trade.time, on_event, emit);
    }
  }
  if (const auto last = pipeline.trades().forming()) {
    pipeline.on_venue_candle({*last, 0, true}, last->updated_at, on_event, emit);
  }
  return events;
}

/// The peer: groups the trades anew for every timeframe, as a resampling library does.
void recompute(const std::vector<Trade>& trades, Bars& bars) {
  for (const auto timeframe : kTimeframes) {
    std::map<Timestamp, Candle> grouped;
    for (const auto& trade : trades) {
      const auto open_time = open_of(timeframe, trade.time);
      const auto [at, is_new] =
          grouped.try_emplace(open_time, Candle{open_time, trade.price, trade.price, trade.price, trade.price, 0});
      auto& bar = at->second;
      bar.high = std::max(bar.high, trade.price);
      bar.low = std::min(bar.low, trade.price);
      bar.close = trade.price;
      bar.volume += trade.quantity;
    }
    for (const auto& [open_time, bar] : grouped) bars[static_cast<std::size_t>(timeframe)].push_back(bar);
  }
}

template <class Work>
double best_seconds(Work&& work) {
  double best = 1e9;
  for (std::size_t run = 0; run < kRuns; ++run) {
    const auto begun = std::chrono::steady_clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count());
  }
  return best;
}

/// Bars of the pipeline that are closed: the peer also shows the one under way.
bool same(const Bars& closed, const Bars& all) {
  for (std::size_t i = 0; i < closed.size(); ++i) {
    const auto n = closed[i].size();
    if (n + 1 < all[i].size() || n > all[i].size()) return false;
    for (std::size_t k = 0; k < n; ++k) {
      if (closed[i][k] != all[i][k]) return false;
    }
  }
  return true;
}

}  // namespace

int main() {
  const auto trades = tape();
  Bars bars;
  Bars peers;
  reserve(bars);
  reserve(peers);
  const auto before = allocations;
  const auto events = run_pipeline(trades, bars);
  const auto during = allocations - before;
  // Setting up takes a few; what counts is that they do not grow with the events.
  constexpr std::size_t kSetUpMost = 8;
  recompute(trades, peers);
  if (!same(bars, peers)) {
    fmt::print("the pipeline and the recomputation disagree\n");
    return 1;
  }
  const double ours = best_seconds([&] {
    for (auto& columns : bars) columns.clear();
    run_pipeline(trades, bars);
  });
  const double theirs = best_seconds([&] {
    for (auto& columns : peers) columns.clear();
    recompute(trades, peers);
  });
  const auto count = static_cast<double>(events);
  fmt::print("{} trades and their closed candles to 13 timeframes; results are equal\n\n", kTrades);
  fmt::print("{:<44} {:>14} {:>12}\n", "", "events/s", "ns an event");
  fmt::print("{:<44} {:>14.0f} {:>12.1f}\n", "one pass (forming, closed, higher bars)", count / ours,
             ours / count * 1e9);
  fmt::print("{:<44} {:>14.0f} {:>12.1f}\n", "peer: every timeframe grouped anew", count / theirs,
             theirs / count * 1e9);
  fmt::print("\nallocations an event: {} (set-up: {} in all; asked: 0)\n",
             during <= kSetUpMost ? 0. : static_cast<double>(during) / count, during);
  return during <= kSetUpMost ? 0 : 1;
}
