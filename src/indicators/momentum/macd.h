#pragma once

#include <array>

#include "base/require.h"
#include "indicators/averages/ema.h"
#include "indicators/kernel.h"

namespace cw::indicators {

/// Moving Average Convergence Divergence: the fast exponential average less the slow one, the exponential average of
/// that (the signal), and how far the two are apart.
///
/// Shape   one value in; [macd, signal, hist] out.
///         talib: all three from the same bar, look-back (slow - 1) + (signal - 1); the fast average is seeded with the
///         last `fast` bars of the slow one's first window, so that both seeds end on one bar.
///         pine: the fast average is seeded with the first `fast` bars; macd begins after slow - 1 bars, the other two
///         signal - 1 bars later
/// Units   those of the input
/// Cost    O(1) a step, no memory of the window
/// Source  TA-Lib MACD; Pine ta.macd; G. Appel
class Macd {
 public:
  /// fast <= slow.
  Macd(int fast, int slow, int signal, Seed seed = Seed::talib)
      : lookback_(slow - 1 + (seed == Seed::talib ? signal - 1 : 0)),
        together_(seed == Seed::talib),
        wait_(seed == Seed::talib ? slow - fast : 0),
        fast_(fast),
        slow_(slow),
        signal_(signal) {
    CW_REQUIRE(fast <= slow);
  }

  [[gnu::always_inline]] std::array<double, 3> step(double x) {
    if (is_nan(x)) return {kNaN, kNaN, kNaN};
    const double slow = slow_.step(x);
    if (wait_ > 0) [[unlikely]] {
      --wait_;
      return {kNaN, kNaN, kNaN};
    }
    const double macd = fast_.step(x) - slow;
    const double signal = signal_.step(macd);
    return {together_ && is_nan(signal) ? kNaN : macd, signal, macd - signal};
  }
  bool warm() const { return signal_.warm(); }
  [[gnu::always_inline]] std::array<double, 3> next(double x) {
    const double macd = fast_.next(x) - slow_.next(x);
    const double signal = signal_.next(macd);
    return {macd, signal, macd - signal};
  }

  int lookback() const { return lookback_; }

 private:
  int lookback_;
  bool together_;
  int wait_;
  Ema fast_;
  Ema slow_;
  Ema signal_;
};

/// Absolute Price Oscillator: the fast exponential average less the slow one, each seeded with the series' first bars
/// (unlike MACD's line in its first bars).
///
/// Shape   one value in, one out; look-back slow - 1
/// Units   those of the input
/// Source  TA-Lib APO with exponential averages
class Apo {
 public:
  /// fast <= slow.
  Apo(int fast, int slow) : fast_(fast), slow_(slow) { CW_REQUIRE(fast <= slow); }

  [[gnu::always_inline]] double step(double x) {
    const double fast = fast_.step(x);
    return fast - slow_.step(x);
  }
  bool warm() const { return slow_.warm(); }
  [[gnu::always_inline]] double next(double x) {
    const double fast = fast_.next(x);
    return fast - slow_.next(x);
  }

  int lookback() const { return slow_.lookback(); }

 private:
  Ema fast_;
  Ema slow_;
};

/// Percentage Price Oscillator: APO in percent of the slow average.
///
/// Shape   one value in, one out; look-back slow - 1
/// Units   percent
/// 0/0     a slow average of 0 answers 0
/// Source  TA-Lib PPO with exponential averages
class Ppo {
 public:
  /// fast <= slow.
  Ppo(int fast, int slow) : fast_(fast), slow_(slow) { CW_REQUIRE(fast <= slow); }

  [[gnu::always_inline]] double step(double x) {
    const double fast = fast_.step(x);
    return percent(fast, slow_.step(x));
  }
  bool warm() const { return slow_.warm(); }
  [[gnu::always_inline]] double next(double x) {
    const double fast = fast_.next(x);
    return percent(fast, slow_.next(x));
  }

  int lookback() const { return slow_.lookback(); }

 private:
  static double percent(double fast, double slow) { return slow != 0 ? 100 * ((fast - slow) / slow) : 0; }

  Ema fast_;
  Ema slow_;
};

}  // namespace cw::indicators
