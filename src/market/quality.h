#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "market/candle.h"
#include "market/fold.h"
#include "market/timeframe.h"

namespace cw::market {

/// What can be wrong, or worth knowing, about a stored series. Nothing is ever repaired.
enum class Finding : std::uint8_t {
  gap,          // bars missing between two that exist; `count` of the place is how many
  zero_volume,  // nothing was traded
  flat,         // open, high, low and close are one price
  high_low,     // high below low
  outside,      // open or close above the high or below the low
  not_a_price,  // a price that is not finite or not above zero, or a volume that is not finite or below zero
  misaligned,   // does not open on the grid of its timeframe
  duplicate,    // the open time of the bar before, once more
  disorder,     // opens before the bar before it
  spike,        // an excursion out of all proportion that was gone a bar later, see QualityScan
};
inline constexpr std::size_t kFindings = 10;
std::string_view name(Finding finding);      // "gap", "zero_volume", …
std::string_view sentence(Finding finding);  // what a person reads: "bars missing between two that exist"

/// Where one was found.
struct FindingPlace {
  Timestamp open_time;      // of the bar at fault; of the first missing bar for a gap
  std::uint64_t count = 1;  // missing bars for a gap, else 1
  double value = 0;         // the price, volume or size of the excursion that shows it; 0 where the kind says it all

  friend bool operator==(const FindingPlace&, const FindingPlace&) = default;
};

struct QualityReport {
  struct Kind {
    std::uint64_t count = 0;          // places
    std::uint64_t bars = 0;           // bars in them: for gaps how many are missing, else as many as `count`
    std::vector<FindingPlace> first;  // the first `kPlacesMost` of them
  };
  static constexpr std::size_t kPlacesMost = 20;

  std::uint64_t rows = 0;
  std::optional<Timestamp> first;  // open time of the first and the last row
  std::optional<Timestamp> last;
  FindingPlace longest_gap{{}, 0, 0};
  std::array<Kind, kFindings> kinds;

  const Kind& operator[](Finding finding) const { return kinds[static_cast<std::size_t>(finding)]; }
};

/// Looks one stored series over, a piece at a time, in time order.
///
/// Spikes: the excursion of a bar is how far its high lies above, or its low below, both the close before it and the
/// close after it, as a logarithm; so a move that stays is none, however large. It is a spike when it exceeds
/// `kSpikeScales` times the usual size of one bar's move: the median of |ln(close/close before)| over the last
/// `kSpikeWindow` bars that moved, times 1.4826 (which estimates the standard deviation for normal moves), and at least
/// `kQuietScale`. The median is not dragged along by the spike itself. No verdict before `kSpikeWarmup` moves, nor
/// beside a gap. Source  F. R. Hampel, The Influence Curve and its Role in Robust Estimation, 1974 (median and median
/// deviation in
///         place of mean and standard deviation); the factor is 20, not Hampel's 3, because returns have heavy tails
/// Cost    about 40 ns a row; memory bounded by the window and the places kept
class QualityScan {
 public:
  static constexpr double kSpikeScales = 20;
  static constexpr double kQuietScale = 0.0005;  // so that no excursion under 1 % is a spike
  static constexpr std::size_t kSpikeWindow = 256;
  static constexpr std::size_t kSpikeWarmup = 32;

  explicit QualityScan(Timeframe timeframe);
  void add(const CandleSpan& rows);
  void add(const Candle& bar);
  /// Everything found so far; the newest bar is judged for spikes only once its successor is known.
  const QualityReport& report() const { return report_; }

 private:
  void found(Finding finding, const FindingPlace& place);
  bool check_values(const Candle& bar);
  void check_order(const Candle& bar);
  void check_spike(const Candle& bar);
  void note_move(double move);

  Timeframe timeframe_;
  Millis length_;
  QualityReport report_;
  std::optional<Candle> before_;  // the two newest sound bars, when they follow one another
  std::optional<Candle> current_;
  std::deque<double> moves_;    // in order of time …
  std::vector<double> sorted_;  // … and of size
};

/// Holds bars of a fine series, folded, against a coarser series that was stored apart: do the two tell the same story?
/// Feed both in time order, range by range, and say after each range that it is over (`fed_until`): at most `kAheadMost`
/// bars of the coarse timeframe may wait for a partner (contract).
class SeriesComparison {
 public:
  static constexpr std::size_t kAheadMost = 100'000;
  static constexpr double kVolumeTolerance = 1e-9;  // relative: a venue adds decimals, a fold adds doubles

  struct Difference {
    Candle folded;
    Candle stored;
    friend bool operator==(const Difference&, const Difference&) = default;
  };
  struct Report {
    std::uint64_t compared = 0;   // whole folded bars that have a stored partner
    std::uint64_t different = 0;  // of these: a price differs at all, or the volume by more than the tolerance
    std::uint64_t not_whole = 0;  // folded bars with a mark: not comparable
    std::uint64_t only_folded =
        0;  // whole folded bars without a stored partner, between the first common bar and the end of either
    std::uint64_t only_stored = 0;  // stored bars without a folded partner, in the same range
    std::vector<Difference> first;  // the first `QualityReport::kPlacesMost` different ones
  };

  /// `fine` must fold into `coarse`.
  SeriesComparison(Timeframe fine, Timeframe coarse);
  void add_fine(const CandleSpan& rows);
  void add_coarse(const CandleSpan& rows);
  /// Both series are fed with all that opens before `until`: what still waits there has no partner and is let go.
  void fed_until(Timestamp until);
  /// Ends both series and answers.
  Report finish();

 private:
  void match();
  void compare(const FoldedCandle& folded, const Candle& stored);

  Folder folder_;
  std::deque<FoldedCandle> folded_;
  std::deque<Candle> stored_;
  FoldedColumns scratch_;
  bool both_begun_ = false;
  // Let go without a partner since the other series' newest bar: they count once that goes on.
  std::uint64_t lone_folded_ = 0;
  std::uint64_t lone_stored_ = 0;
  Report report_;
};

}  // namespace cw::market
