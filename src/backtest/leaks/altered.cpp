#include "backtest/leaks/altered.h"

#include <algorithm>

#include "base/random.h"

namespace cw::backtest {
namespace {

constexpr std::int64_t kWeek = 7 * 86'400'000;
constexpr double kFarthest = 50;  // times the last close, either way: prices that any instrument can have

double mirrored(double price, double about, double factor) {
  return std::clamp(about / price * factor, 1 / kFarthest, kFarthest) * about;
}

}  // namespace

market::CandleColumns altered(const market::CandleSpan& bars, std::size_t from, Alteration how) {
  market::CandleColumns made;
  made.reserve(bars.size());
  made.append(bars.subspan(0, from));
  if (how == Alteration::cut) return made;
  Random random(mix64(from) + static_cast<std::uint64_t>(how));
  const double about = bars.close[from - 1];
  for (std::size_t i = from; i < bars.size(); ++i) {
    market::Candle bar = bars[i];
    const double factor = 0.6 + 0.8 * random.uniform();
    if (how == Alteration::mirror) {
      bar = {bar.open_time,
             mirrored(bar.open, about, factor),
             mirrored(bar.low, about, factor),
             mirrored(bar.high, about, factor),
             mirrored(bar.close, about, factor),
             bar.volume};
    } else {
      bar.open_time += Millis{kWeek};
      for (double* price : {&bar.open, &bar.high, &bar.low, &bar.close}) *price *= factor;
    }
    bar.volume = (bar.volume + 1) * (0.1 + 3 * random.uniform());
    made.push_back(bar);
  }
  return made;
}

}  // namespace cw::backtest
