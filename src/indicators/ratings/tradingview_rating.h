#pragma once

#include <array>
#include <type_traits>

#include "indicators/averages/ema.h"
#include "indicators/averages/line.h"
#include "indicators/averages/sma.h"
#include "indicators/averages/vwma.h"
#include "indicators/kernel.h"
#include "indicators/momentum/ao.h"
#include "indicators/momentum/cci.h"
#include "indicators/momentum/macd.h"
#include "indicators/momentum/mom.h"
#include "indicators/momentum/rsi.h"
#include "indicators/momentum/stoch.h"
#include "indicators/momentum/stoch_rsi.h"
#include "indicators/momentum/uo.h"
#include "indicators/momentum/wpr.h"
#include "indicators/trend/directional_movement.h"
#include "indicators/trend/ichimoku.h"

namespace cw::indicators {

/// The mean of the votes that exist: NaN where none does.
class Votes {
 public:
  /// A vote of +1, 0 or -1; one that cannot be cast yet is left out.
  void add(bool can_vote, bool buy, bool sell) {
    if (!can_vote) return;
    sum_ += buy ? 1 : (sell ? -1 : 0);
    ++count_;
  }
  void add_average(double average, double close) { add(!is_nan(average), average<close, average> close); }
  double mean() const { return count_ > 0 ? static_cast<double>(sum_) / count_ : kNaN; }

 private:
  int sum_ = 0;
  int count_ = 0;
};

/// Which of the three figures of TradingView's rating.
enum class RatingPart : unsigned char { all, averages, oscillators };

/// The fifteen votes on averages: whether the close is above them.
class RatingOfAverages {
 public:
  double step(double high, double low, double close, double volume) {
    Votes votes;
    for (auto& average : simple_) votes.add_average(average.step(close), close);
    for (auto& average : exponential_) votes.add_average(average.step(close), close);
    votes.add_average(hull_.step(close), close);
    votes.add_average(by_volume_.step(close, volume), close);
    const auto [conversion, base, lead1, lead2, lagging] = cloud_.step(high, low, close);
    const bool has_span = bars_ >= kSpan - 1;
    if (!has_span) ++bars_;
    votes.add(has_span, lead1 > lead2 && base > lead1 && conversion > base && close > conversion,
              lead1 < lead2 && base < lead1 && conversion < base && close < conversion);
    return votes.mean();
  }

 private:
  static constexpr int kSpan = 52;

  std::array<Sma, 6> simple_{Sma{10}, Sma{20}, Sma{30}, Sma{50}, Sma{100}, Sma{200}};
  std::array<Ema, 6> exponential_{Ema{10}, Ema{20}, Ema{30}, Ema{50}, Ema{100}, Ema{200}};
  Hma hull_{9};
  Vwma by_volume_{20};
  Ichimoku cloud_{9, 26, kSpan, 26};
  int bars_ = 0;  // up to the one that fills the cloud's span
};

/// A value and the two before it.
class Recent {
 public:
  void push(double x) {
    before_last_ = last_;
    last_ = now_;
    now_ = x;
  }
  double now() const { return now_; }
  double last() const { return last_; }
  double before_last() const { return before_last_; }
  bool has_last() const { return !is_nan(last_); }
  bool rises() const { return now_ > last_; }
  bool falls() const { return now_ < last_; }

 private:
  double now_ = kNaN;
  double last_ = kNaN;
  double before_last_ = kNaN;
};

/// The eleven votes of oscillators.
class RatingOfOscillators {
 public:
  double step(double high, double low, double close) {
    Votes votes;
    votes_of_ranges(votes, high, low, close);
    votes_of_trend(votes, high, low, close);
    return votes.mean();
  }

 private:
  void votes_of_ranges(Votes& votes, double high, double low, double close) {
    rsi_.push(rsi_kernel_.step(close));
    votes.add(rsi_.has_last(), rsi_.now() < 30 && rsi_.rises(), rsi_.now() > 70 && rsi_.falls());
    const bool had_d = !is_nan(stoch_d_);
    const auto [k, d] = stoch_kernel_.step(high, low, close);
    stoch_d_ = d;
    votes.add(had_d, k < 20 && d < 20 && k > d, k > 80 && d > 80 && k < d);
    cci_.push(cci_kernel_.step(close));
    votes.add(cci_.has_last(), cci_.now() < -100 && cci_.rises(), cci_.now() > 100 && cci_.falls());
    percent_range_.push(wpr_kernel_.step(high, low, close));
    votes.add(percent_range_.has_last(), percent_range_.now() < -80 && percent_range_.rises(),
              percent_range_.now() > -20 && percent_range_.falls());
    const double uo = uo_kernel_.step(high, low, close);
    votes.add(!is_nan(uo), uo > 70, uo < 30);
  }

  void votes_of_trend(Votes& votes, double high, double low, double close) {
    const auto [plus, minus, adx] = dmi_kernel_.step(high, low, close);
    adx_.push(adx);
    votes.add(!is_nan(adx), adx > 20 && adx_.rises() && plus > minus, adx > 20 && adx_.rises() && plus < minus);
    ao_.push(ao_kernel_.step(high, low));
    votes.add(ao_.has_last(), (ao_.last() <= 0 && ao_.now() > 0) || is_saucer(1),
              (ao_.last() >= 0 && ao_.now() < 0) || is_saucer(-1));
    mom_.push(mom_kernel_.step(close));
    votes.add(mom_.has_last(), mom_.rises(), mom_.falls());
    const auto [macd, signal, histogram] = macd_kernel_.step(close);
    votes.add(!is_nan(signal), macd > signal, macd < signal);

    const double trend = trend_kernel_.step(close);
    const bool has_trend = !is_nan(trend);
    const auto [k, d] = stoch_rsi_kernel_.step(close);
    votes.add(has_trend, close < trend && k < 20 && d < 20 && k > d, close > trend && k > 80 && d > 80 && k < d);
    const double middle = power_kernel_.step(close);
    bull_.push(high - middle);
    bear_.push(low - middle);
    votes.add(has_trend, close > trend && bear_.now() < 0 && bear_.rises(),
              close < trend && bull_.now() > 0 && bull_.falls());
  }

  /// Three values on one side of zero, the middle one nearest to it.
  bool is_saucer(double side) const {
    const double now = side * ao_.now();
    const double last = side * ao_.last();
    return now > 0 && last > 0 && now > last && side * ao_.before_last() > last;
  }

  Rsi rsi_kernel_{14, Seed::pine};
  StochFull stoch_kernel_{14, 3, 3};
  Cci cci_kernel_{20};
  Wpr wpr_kernel_{14};
  Uo uo_kernel_{7, 14, 28};
  Dmi dmi_kernel_{14, 14, Seed::pine};
  Ao ao_kernel_{5, 34};
  Mom mom_kernel_{10};
  Macd macd_kernel_{12, 26, 9, Seed::pine};
  StochRsi stoch_rsi_kernel_{14, 14, 3, 3, Seed::pine};
  Ema trend_kernel_{50};
  Ema power_kernel_{13};
  Recent rsi_, cci_, percent_range_, adx_, ao_, mom_, bull_, bear_;
  double stoch_d_ = kNaN;
};

/// TradingView's technical rating: 15 votes on averages and 11 of oscillators, each +1 (buy), 0 or -1 (sell), a group's figure
/// the mean of its votes that can be cast, the whole the mean of the two groups. Below -0.5 it is called strong sell, below
/// -0.1 sell, above 0.1 buy, above 0.5 strong buy. docs/signals.md has the rules.
///
/// Shape   high, low, close, volume in, one out; look-back 9 (all, averages), 11 (oscillators)
/// Units   -1 to 1
/// 0/0     as the functions it is made of have them
/// Cost    O(1) a step, amortised; about 30 kernels
/// Source  TradingView's Pine library TechnicalRating, version 3 of 2024-11-29; its help page Technical Ratings
template <RatingPart part>
class TradingViewRating {
 public:
  double step(double high, double low, double close, double volume) {
    if (any_nan(high, low, close, volume)) return kNaN;
    if constexpr (part == RatingPart::averages) {
      return averages_.step(high, low, close, volume);
    } else if constexpr (part == RatingPart::oscillators) {
      return oscillators_.step(high, low, close);
    } else {
      const double averages = averages_.step(high, low, close, volume);
      const double oscillators = oscillators_.step(high, low, close);
      return is_nan(oscillators) ? averages : (averages + oscillators) / 2;
    }
  }

  int lookback() const { return part == RatingPart::oscillators ? 11 : 9; }

 private:
  struct None {};
  [[no_unique_address]] std::conditional_t<part == RatingPart::oscillators, None, RatingOfAverages> averages_;
  [[no_unique_address]] std::conditional_t<part == RatingPart::averages, None, RatingOfOscillators> oscillators_;
};

}  // namespace cw::indicators
