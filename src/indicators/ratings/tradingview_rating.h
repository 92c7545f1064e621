#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

#include "indicators/averages/ema.h"
#include "indicators/kernel.h"
#include "indicators/momentum/macd.h"
#include "indicators/momentum/rsi.h"
#include "indicators/ratings/recent_bars.h"
#include "indicators/rounding.h"
#include "indicators/trend/directional_movement.h"
#include "indicators/volatility/true_range.h"

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
  /// Of an average that lies so far above the close.
  void add_distance(double distance) { add(true, distance < 0, distance > 0); }
  double mean() const { return count_ > 0 ? static_cast<double>(sum_) / count_ : kNaN; }

 private:
  int sum_ = 0;
  int count_ = 0;
};

/// Which of the three figures of TradingView's rating.
enum class RatingPart : unsigned char { all, averages, oscillators };

/// The fifteen votes on averages: whether the close is above them. What an average is, nobody asks, so a window's is judged by
/// the sum of its distances from the close.
class RatingOfAverages {
 public:
  double step(const RecentBars& bars) {
    Votes votes;
    const double close = bars.closes().back(0);
    vote_of_simple(votes, bars, close);
    for (auto& average : exponential_) votes.add_average(average.step(close), close);
    vote_of_hull(votes, bars, close);
    if (bars.volumes().has(20)) votes.add_distance(distance_by_volume(bars, close));
    vote_of_cloud(votes, bars, close);
    return votes.mean();
  }

 private:
  static constexpr std::array<std::size_t, 6> kLengths{10, 20, 30, 50, 100, 200};
  static constexpr std::size_t kConversion = 9;
  static constexpr std::size_t kBase = 26;
  static constexpr std::size_t kSpan = 52;
  static constexpr std::size_t kDisplacement = 26;

  static void vote_of_simple(Votes& votes, const RecentBars& bars, double close) {
    double distance = 0;
    std::size_t before = 0;
    for (const std::size_t length : kLengths) {
      if (!bars.closes().has(length)) return;
      distance += sum_from(bars.closes().newest(length), length - before, close);
      before = length;
      votes.add_distance(distance);
    }
  }

  /// HMA 9: the WMA 3 of 2 WMA 4 - WMA 9.
  void vote_of_hull(Votes& votes, const RecentBars& bars, double close) {
    if (!bars.closes().has(9)) return;
    const auto distance = [&](std::size_t length) {
      const double* const values = bars.closes().newest(length);
      double sum = 0;
      for (std::size_t i = 0; i < length; ++i) sum += static_cast<double>(i + 1) * (values[i] - close);
      return sum * 2 / static_cast<double>(length * (length + 1));
    };
    const double now = close + (2 * distance(4) - distance(9));
    if (hulls_ == 2) {
      votes.add_average(now + (2 * (hull_[0] - now) + (hull_[1] - now)) / 6, close);
    } else {
      ++hulls_;
    }
    hull_ = {now, hull_[0]};
  }

  /// VWMA 20 less the close, but for a positive factor.
  static double distance_by_volume(const RecentBars& bars, double close) {
    const double* const closes = bars.closes().newest(20);
    const double* const volumes = bars.volumes().newest(20);
    return sum_over(20, [=](std::size_t i, auto t) { return (at(closes + i, t) - close) * at(volumes + i, t); });
  }

  void vote_of_cloud(Votes& votes, const RecentBars& bars, double close) {
    const auto middle = [&](std::size_t length) {
      return bars.highs().has(length) ? (bars.highest(length) + bars.lowest(length)) / 2 : kNaN;
    };
    const double conversion = middle(kConversion);
    const double base = middle(kBase);
    const double span = middle(kSpan);
    auto& [lead1, lead2] = leads_[lead_at_];
    votes.add(!is_nan(span), lead1 > lead2 && base > lead1 && conversion > base && close > conversion,
              lead1 < lead2 && base < lead1 && conversion < base && close < conversion);
    lead1 = (conversion + base) / 2;
    lead2 = span;
    lead_at_ = lead_at_ + 1 == kDisplacement ? 0 : lead_at_ + 1;
  }

  struct Leads {
    double lead1 = kNaN;
    double lead2 = kNaN;
  };
  std::array<Ema, 6> exponential_{Ema{10}, Ema{20}, Ema{30}, Ema{50}, Ema{100}, Ema{200}};
  std::array<double, 2> hull_{};  // before it is smoothed: of the last bar and the one before
  int hulls_ = 0;                 // how many of them there are
  std::array<Leads, kDisplacement> leads_{};
  std::size_t lead_at_ = 0;  // where those of kDisplacement bars ago are
};

/// A value and the two before it.
class RecentThree {
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

/// The mean of the last three values; equal ones give it exactly.
class MeanOfThree {
 public:
  /// NaN before the third.
  double step(double x) {
    const double sum = (last_ - x) + (before_last_ - x);
    before_last_ = last_;
    last_ = x;
    return std::fma(sum, 1.0 / 3, x);
  }

 private:
  double last_ = kNaN;
  double before_last_ = kNaN;
};

/// The eleven votes of oscillators.
class RatingOfOscillators {
 public:
  double step(const RecentBars& bars) {
    Votes votes;
    const double high = bars.highs().back(0);
    const double low = bars.lows().back(0);
    const double close = bars.closes().back(0);
    const double rsi = rsi_kernel_.step(close);
    rsi_.push(rsi);
    votes.add(rsi_.has_last(), rsi < 30 && rsi_.rises(), rsi > 70 && rsi_.falls());
    votes_of_range(votes, bars, close);
    vote_of_deviation(votes, bars, close);
    vote_of_pressure(votes, high, low, close);
    votes_of_trend(votes, bars, high, low, close);
    votes_beside_trend(votes, rsi, high, low, close);
    return votes.mean();
  }

 private:
  static constexpr std::size_t kLength = 14;

  /// The stochastic 14, 3, 3 and Williams %R 14: one range serves both.
  void votes_of_range(Votes& votes, const RecentBars& bars, double close) {
    if (!bars.highs().has(kLength)) return;
    const double highest = bars.highest(kLength);
    const double lowest = bars.lowest(kLength);
    const double range = highest - lowest;
    const bool had_d = !is_nan(stoch_d_);
    const double k = k_.step(range != 0 ? 100 * ((close - lowest) / range) : 0);
    if (!is_nan(k)) stoch_d_ = d_.step(k);
    votes.add(had_d, k < 20 && stoch_d_ < 20 && k > stoch_d_, k > 80 && stoch_d_ > 80 && k < stoch_d_);
    percent_range_.push(range != 0 ? 100 * ((close - highest) / range) : 0);
    votes.add(percent_range_.has_last(), percent_range_.now() < -80 && percent_range_.rises(),
              percent_range_.now() > -20 && percent_range_.falls());
  }

  /// CCI 20 of the close.
  void vote_of_deviation(Votes& votes, const RecentBars& bars, double close) {
    if (!bars.closes().has(20)) return;
    const double* const closes = bars.closes().newest(20);
    const double mean = close + sum_from(closes, 20, close) / 20;
    const double deviation =
        sum_over(20, [=](std::size_t i, auto t) { return absolute(at(closes + i, t) - mean); }) / 20;
    cci_.push(is_rounding(deviation, mean) ? 0 : (close - mean) / (0.015 * deviation));
    votes.add(cci_.has_last(), cci_.now() < -100 && cci_.rises(), cci_.now() > 100 && cci_.falls());
  }

  /// The ultimate oscillator 7, 14, 28.
  void vote_of_pressure(Votes& votes, double high, double low, double close) {
    const double before = std::exchange(last_close_, close);
    if (is_nan(before)) return;
    pressures_.push(close - (before < low ? before : low));
    ranges_.push(true_range_after(high, low, before));
    if (!pressures_.has(28)) return;
    const auto share = [this](std::size_t length) {
      const auto total = [length](const Recent<28>& all) {
        const double* const values = all.newest(length);
        return sum_over(length, [=](std::size_t i, auto t) { return at(values + i, t); });
      };
      const double range = total(ranges_);
      return range == 0 ? 0 : total(pressures_) / range;
    };
    const double uo = (4 * share(7) + 2 * share(14) + share(28)) * (100.0 / 7);
    votes.add(true, uo > 70, uo < 30);
  }

  void votes_of_trend(Votes& votes, const RecentBars& bars, double high, double low, double close) {
    const auto [plus, minus, adx] = dmi_kernel_.step(high, low, close);
    adx_.push(adx);
    votes.add(!is_nan(adx), adx > 20 && adx_.rises() && plus > minus, adx > 20 && adx_.rises() && plus < minus);
    if (bars.highs().has(34)) {
      const double middle = 0.5 * (high + low);
      const auto mean = [&](std::size_t length) {  // of the middles, less the newest
        const double* const highs = bars.highs().newest(length);
        const double* const lows = bars.lows().newest(length);
        const double sum = sum_over(
            length, [=](std::size_t i, auto t) { return 0.5 * (at(highs + i, t) + at(lows + i, t)) - middle; });
        return sum / static_cast<double>(length);
      };
      ao_.push(mean(5) - mean(34));
    }
    votes.add(ao_.has_last(), (ao_.last() <= 0 && ao_.now() > 0) || is_saucer(1),
              (ao_.last() >= 0 && ao_.now() < 0) || is_saucer(-1));
    if (bars.closes().has(11)) mom_.push(close - bars.closes().back(10));
    votes.add(mom_.has_last(), mom_.rises(), mom_.falls());
    const auto [macd, signal, histogram] = macd_kernel_.step(close);
    votes.add(!is_nan(signal), macd > signal, macd < signal);
  }

  /// The stochastic RSI 14, 14, 3, 3 and the bull and bear power 13, which look at the EMA 50 as well.
  void votes_beside_trend(Votes& votes, double rsi, double high, double low, double close) {
    const double trend = trend_kernel_.step(close);
    const bool has_trend = !is_nan(trend);
    double k = kNaN;
    double d = kNaN;
    if (!is_nan(rsi)) rsis_.push(rsi);
    if (rsis_.has(kLength)) {
      const auto [lowest, highest] = std::minmax_element(rsis_.newest(kLength), rsis_.newest(0));
      // The RSI of a price that stands still moves by rounding alone.
      k = rsi_k_.step(*highest - *lowest > 1e-10 ? 100 * ((rsi - *lowest) / (*highest - *lowest)) : 0);
      if (!is_nan(k)) d = rsi_d_.step(k);
    }
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
  Dmi dmi_kernel_{14, 14, Seed::pine};
  Macd macd_kernel_{12, 26, 9, Seed::pine};
  Ema trend_kernel_{50};
  Ema power_kernel_{13};
  MeanOfThree k_, d_, rsi_k_, rsi_d_;
  Recent<kLength> rsis_;
  Recent<28> pressures_;
  Recent<28> ranges_;
  RecentThree rsi_, cci_, percent_range_, adx_, ao_, mom_, bull_, bear_;
  double stoch_d_ = kNaN;
  double last_close_ = kNaN;
};

/// TradingView's technical rating: 15 votes on averages and 11 of oscillators, each +1 (buy), 0 or -1 (sell), a group's figure
/// the mean of its votes that can be cast, the whole the mean of the two groups. Below -0.5 it is called strong sell, below
/// -0.1 sell, above 0.1 buy, above 0.5 strong buy. docs/signals.md has the rules.
///
/// Shape   high, low, close, volume in, one out; look-back 9 (all, averages), 11 (oscillators)
/// Units   -1 to 1
/// 0/0     as the functions it is made of have them
/// Cost    O(1) a step: some 700 additions; 5 kB
/// Source  TradingView's Pine library TechnicalRating, version 3 of 2024-11-29; its help page Technical Ratings
template <RatingPart part>
class TradingViewRating {
 public:
  double step(double high, double low, double close, double volume) {
    if (any_nan(high, low, close, volume)) return kNaN;
    bars_.push(high, low, close, volume);
    if constexpr (part == RatingPart::averages) {
      return averages_.step(bars_);
    } else if constexpr (part == RatingPart::oscillators) {
      return oscillators_.step(bars_);
    } else {
      const double averages = averages_.step(bars_);
      const double oscillators = oscillators_.step(bars_);
      return is_nan(oscillators) ? averages : (averages + oscillators) / 2;
    }
  }

  int lookback() const { return part == RatingPart::oscillators ? 11 : 9; }

 private:
  struct None {};
  RecentBars bars_;
  [[no_unique_address]] std::conditional_t<part == RatingPart::oscillators, None, RatingOfAverages> averages_;
  [[no_unique_address]] std::conditional_t<part == RatingPart::averages, None, RatingOfOscillators> oscillators_;
};

}  // namespace cw::indicators
