#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string_view>
#include <utility>

#include "exchange/practice/market_source.h"

namespace cw::exchange::practice {

/// The mood of the invented market, one for a stretch of about one to four weeks.
enum class Regime : std::uint8_t { up, down, range, quiet, wild };
std::string_view name(Regime regime);

struct FactorSettings {
  double daily_volatility;  // standard deviation of a day's log return in an ordinary mood
  double level_spread;      // standard deviation of the level at the anchors, in log
  double trend;             // log return a day in an up mood, and against it in a down mood; 0: no moods at all
  double jump_chance;       // of a day, three times as much in a wild mood
  double jump_size;         // log; a jump is 0.5 to 1.5 times as large
  double daily_limit;  // no day's own move passes it, in log, before the small corrections that tie days to anchors
};

/// One random path of log levels over minutes, for ever in both directions, made from a key: any day without the days
/// before it.
///
/// Shape   Anchors every 256 days; between them stretches of 6 to 35 days, each with a mood; in a stretch days whose
///         volatility wanders on scales of 2 to 32 days; in a day minutes whose volatility wanders on scales of 10 to
///         720 minutes, with the hours' seasonality, and now and then a jump. Each level is tied to the one above by a
///         bridge: the difference between what its steps add up to and where it must arrive is spread over the steps in
///         proportion to their variance, which leaves independent steps independent.
/// Cost    about 40 us a day; the first day of a 256-day block adds about 100 us
/// Source  the bridge: P. Glasserman, Monte Carlo Methods in Financial Engineering, 2003, 3.1; volatility as a product
///         of components of several durations: L. Calvet, A. Fisher, Multifractality in Asset Returns, 2002
class FactorPath {
 public:
  FactorPath(std::uint64_t key, FactorSettings settings);

  Regime regime(std::int64_t day);
  /// Log level at the start of a day, the same number as the end of the day before.
  double level(std::int64_t day);
  /// Standard deviation of the day's log return that the minutes share out.
  double day_volatility(std::int64_t day);

  struct Day {
    std::array<double, kMinutesADay + 1> level;   // at the minutes' borders; the last is the next day's first
    std::array<double, kMinutesADay> volatility;  // standard deviation of each minute's log return
  };
  void fill(std::int64_t day, Day& out);

  static constexpr int kBlockDays = 256;

 private:
  static constexpr int kStretches = 16;
  static constexpr std::size_t kBlocksKept = 6;
  struct Block {
    std::array<double, kBlockDays + 1> level;
    std::array<double, kBlockDays> volatility;
    std::array<double, kBlockDays> jump;
    std::array<Regime, kBlockDays> regime;
  };
  const Block& block_of(std::int64_t day);
  void make_block(std::int64_t index, Block& block) const;
  void make_days(std::int64_t index, Block& block, std::array<int, kStretches + 1>& cuts) const;
  Regime pick_regime(std::int64_t block, int stretch) const;
  double anchor(std::int64_t index) const;

  std::uint64_t key_;
  FactorSettings settings_;
  std::deque<std::pair<std::int64_t, Block>> blocks_;  // the newest used last, at most kBlocksKept
};

/// How busy the market is at a minute of a UTC day compared with the day's average: nights are calm, the hours when
/// Europe and America work are not. 0.55 to 1.9, mean 1.
double busyness(int minute_of_day);

/// The same for days of the week; weekends are calmer. Mean 1.
double busyness_of_day(std::int64_t day);

}  // namespace cw::exchange::practice
