#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/random.h"
#include "desk/desk.h"

/// What tests of the desk and of its journal share.
namespace cw::desk::testing {

inline constexpr Timestamp kStart = from_ms(1'722'816'000'000);  // 2024-08-05T00:00Z, a Monday
inline Timestamp minute(std::int64_t i) { return kStart + std::chrono::minutes{i}; }

inline market::Candle bar(std::int64_t i, double price = 100, double volume = 1) {
  return {minute(i), price, price, price, price, volume};
}
inline Event closed(InstrumentNumber number, const market::Candle& candle) {
  return BarArrived{number, {market::BarEvent::Kind::closed, candle, {}, {}}};
}
inline Event gap(InstrumentNumber number, std::int64_t from, std::int64_t to) {
  return BarArrived{number, {market::BarEvent::Kind::gap, {}, minute(from), minute(to)}};
}
inline Event revised(InstrumentNumber number, const market::Candle& candle) {
  return BarArrived{number, {market::BarEvent::Kind::revised, candle, {}, {}}};
}
inline Event followed(const char* symbol) { return Followed{{"binance", symbol}}; }

/// A market of `instruments` with gaps, revisions and changes of what is followed.
inline std::vector<Event> random_market(std::uint64_t seed, std::size_t instruments, std::size_t events) {
  Random random{seed};
  std::vector<Event> made;
  std::vector<std::int64_t> next(instruments, 0);
  std::vector<double> price(instruments, 100);
  for (std::size_t i = 0; i < instruments; ++i) made.push_back(Followed{{"binance", "S" + std::to_string(i) + "USDT"}});
  while (made.size() < events) {
    const auto i = random.below(instruments);
    const auto number = static_cast<InstrumentNumber>(i);
    if (random.chance(0.01)) {
      const auto missing = 1 + static_cast<std::int64_t>(random.below(random.chance(0.1) ? 3'000 : 20));
      made.push_back(gap(number, next[i], next[i] + missing));
      next[i] += missing;
    } else if (random.chance(0.01)) {
      made.push_back(revised(number, bar(next[i] - 1, price[i])));
    } else if (random.chance(0.002)) {
      made.push_back(Unfollowed{number});
      made.push_back(Followed{{"binance", "S" + std::to_string(i) + "USDT"}});
    } else {
      const double open = price[i];
      price[i] *= std::exp(0.001 * random.normal());
      made.push_back(closed(number, {minute(next[i]++), open, std::max(open, price[i]), std::min(open, price[i]),
                                     price[i], random.uniform()}));
    }
  }
  return made;
}

/// The bytes of all outputs of `events`, fed to `desk` one after the other.
inline std::string output_bytes(Desk& desk, const std::vector<Event>& events) {
  std::string bytes;
  std::vector<Output> out;
  for (const auto& event : events) {
    desk.on(event, out);
    for (const auto& output : out) append_bytes(output, bytes);
    out.clear();
  }
  return bytes;
}

}  // namespace cw::desk::testing
