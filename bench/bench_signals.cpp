// The signals of 500 symbols and six timeframes, fed as a market feeds them: every minute 500 closes back to back, at midnight
// all six timeframes of each. Asked for: an update at most 20 us, the minute's burst in 15 ms, midnight's in 100 ms, under 100 MB
// of state; the first answer about a symbol under 5 ms; a track record of seven years of hours under 2 s.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>

#include "api/signal_json.h"
#include "base/random.h"
#include "market/fold.h"
#include "signal_market.h"
#include "signals/symbol_signals.h"
#include "signals/track_record.h"

namespace {

using namespace cw;  // NOLINT: a program of one file
using bench::Walk;
using market::Candle;
using market::Timeframe;

constexpr std::size_t kSymbols = 500;
constexpr int kWarmUp = 260;  // bars of each timeframe before the clock runs: every component has its look-back
constexpr std::int64_t kMidnight = 1'767'225'600'000;
constexpr int kMinutes = 60;
constexpr int kMidnights = 5;

class Watch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count(); }

 private:
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

/// What this process has in memory, in MB.
double resident() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t all = 0;
  std::uint64_t pages = 0;
  statm >> all >> pages;
  return static_cast<double>(pages) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

/// The look-backs first, then a day minute by minute: all signals whose outcomes are open are there, as on a desk that runs.
void warm_up(signals::SymbolSignals& symbol, Walk& walk) {
  constexpr int kMinutesOfDay = 1'440;
  const Timestamp begin = from_ms(kMidnight - kMinutesOfDay * 60'000LL);
  for (const auto timeframe : signals::kSignalTimeframes) {
    const auto length = market::duration(timeframe);
    for (int i = kWarmUp; i > 0; --i) symbol.closed(timeframe, walk.next(begin - i * length));
  }
  symbol.settle(begin, walk.price, {});
  for (int minute = 1; minute <= kMinutesOfDay; ++minute) {
    const Timestamp now = begin + Millis{minute * 60'000LL};
    Candle bar = walk.next(now);
    for (const auto timeframe : signals::kSignalTimeframes) {
      bar.open_time = now - market::duration(timeframe);
      if (market::is_open_time(timeframe, now)) symbol.closed(timeframe, bar);
    }
    symbol.settle(now, bar.close, {});
  }
}

void line(std::string_view what, double figure, std::string_view unit, std::string_view asked) {
  fmt::print("{:<58} {:>10.3f} {:<4} {}\n", what, figure, unit, asked);
}

double percentile(std::vector<double>& values, double share) {
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

/// Runs bursts of closes that arrive together; `timeframes` of them close for each symbol.
struct Bursts {
  std::vector<double> whole;   // seconds of a burst
  std::vector<double> update;  // seconds of one symbol's closes
  std::uint64_t signals = 0;

  void run(std::vector<std::unique_ptr<signals::SymbolSignals>>& symbols, std::vector<Walk>& walks, Timestamp now,
           std::size_t timeframes) {
    const signals::SymbolSignals::Sink sink{[this](const signals::Signal&) { ++signals; }, {}};
    std::vector<Candle> bars;
    for (auto& walk : walks) bars.push_back(walk.next(now));
    const Watch burst;
    for (std::size_t s = 0; s < symbols.size(); ++s) {
      const Watch one;
      for (std::size_t t = 0; t < timeframes; ++t) {
        const auto timeframe = signals::kSignalTimeframes[t];
        bars[s].open_time = now - market::duration(timeframe);
        symbols[s]->closed(timeframe, bars[s]);
      }
      symbols[s]->settle(now, bars[s].close, sink);
      update.push_back(one.seconds() / static_cast<double>(timeframes));
    }
    whole.push_back(burst.seconds());
  }
};

void measure_bursts(const signals::SignalRules& rules) {
  const double before = resident();
  std::vector<std::unique_ptr<signals::SymbolSignals>> symbols;
  std::vector<Walk> walks;
  for (std::size_t s = 0; s < kSymbols; ++s) {
    symbols.push_back(std::make_unique<signals::SymbolSignals>(rules));
    walks.push_back({Random{s + 1}});
    warm_up(*symbols.back(), walks.back());
  }
  line("state of 500 symbols x 6 timeframes", resident() - before, "MB", "asked: under 100");
  Bursts minutes;
  for (int i = 1; i <= kMinutes; ++i) minutes.run(symbols, walks, from_ms(kMidnight + i * 60'000), 1);
  Bursts midnights;
  for (int i = 1; i <= kMidnights; ++i) midnights.run(symbols, walks, from_ms(kMidnight + i * 86'400'000LL), 6);
  line("one update, mean", 1e6 * percentile(minutes.whole, 0.5) / kSymbols, "us", "asked: at most 20");
  line("one update, p99", 1e6 * percentile(minutes.update, 0.99), "us", "");
  line("the minute's burst, 500 closes, median", 1e3 * percentile(minutes.whole, 0.5), "ms", "asked: 15");
  line("the minute's burst, longest", 1e3 * percentile(minutes.whole, 1), "ms", "");
  line("midnight's burst, 3,000 closes, median", 1e3 * percentile(midnights.whole, 0.5), "ms", "asked: 100");
  line("midnight's burst, longest", 1e3 * percentile(midnights.whole, 1), "ms", "");
  fmt::print("{} signals emitted\n", minutes.signals + midnights.signals);

  std::vector<double> answers;
  std::size_t bytes = 0;
  for (std::size_t s = 0; s < kSymbols; ++s) {
    const Watch one;
    bytes =
        api::signal_json(*symbols[s],
                         {{"binance", "BTCUSDT"}, false, {0, 1, 2, 3, 4, 5}, signals::Horizon::h4, from_ms(kMidnight)})
            .size();
    answers.push_back(one.seconds());
  }
  line(fmt::format("an answer about a symbol, made anew, {} bytes, p99", bytes), 1e3 * percentile(answers, 0.99), "ms",
       "asked: under 5");
}

void measure_record(const signals::SignalRules& rules) {
  constexpr int kHours = 7 * 365 * 24;
  Walk walk{Random{7}};
  std::vector<Candle> hours;
  for (int i = 0; i < kHours; ++i) hours.push_back(walk.next(from_ms(kMidnight + i * 3'600'000LL)));
  const Watch watch;
  signals::SymbolSignals symbol(rules);
  market::Folder four{Timeframe::h1, Timeframe::h4};
  market::Folder day{Timeframe::h1, Timeframe::d1};
  std::vector<signals::Judged> judged;
  std::size_t known = 0;
  const signals::SymbolSignals::Sink sink{
      [&](const signals::Signal& signal) {
        if (signal.score.timeframe != Timeframe::h1) return;
        judged.push_back({signal.emitted_at, signal.score.score, signal.score.confidence, signal.tradingview,
                          std::nan(""), signal.probability[1]});
      },
      [&](const signals::Outcome& outcome) {
        if (outcome.timeframe == Timeframe::h1 && outcome.horizon == signals::Horizon::h4)
          judged[known++].change = outcome.change;
      }};
  for (const auto& bar : hours) {
    symbol.closed(Timeframe::h1, bar);
    if (const auto closed = four.step(bar); closed.complete) symbol.closed(Timeframe::h4, closed.complete->bar);
    if (const auto closed = day.step(bar); closed.complete) symbol.closed(Timeframe::d1, closed.complete->bar);
    symbol.settle(bar.open_time + market::duration(Timeframe::h1), bar.close, sink);
  }
  const auto record = signals::judge(std::move(judged), signals::Horizon::h4, rules.round_trip_cost);
  line(fmt::format("a track record of 7 years of hours, {} signals", record.signals), watch.seconds(), "s",
       "asked: under 2");
}

}  // namespace

int main() {
  const auto rules = bench::shipped_rules();
  measure_bursts(rules);
  measure_record(rules);
  return 0;
}
