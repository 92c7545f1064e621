#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "market/candle.h"
#include "market/timeframe.h"

namespace cw::market {

/// Why a folded bar does not hold every source bar of its span. None set: it is whole.
struct FoldMarks {
  bool gap = false;          // source bars are missing between two that exist, or where the series had begun already
  bool starts_late = false;  // the series begins inside the span: its first bar opens after the span does
  bool ends_early = false;   // the series ends inside the span, so far: only `Folder::finish` gives such a bar

  bool whole() const { return !gap && !starts_late && !ends_early; }
  std::uint8_t bits() const { return static_cast<std::uint8_t>(gap | starts_late << 1 | ends_early << 2); }
  static FoldMarks of_bits(std::uint8_t bits) { return {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0}; }

  friend bool operator==(const FoldMarks&, const FoldMarks&) = default;
};

/// A bar of a higher timeframe, made of the source bars of its span and of nothing else: the first one's open, the
/// highest high, the lowest low, the last one's close, and the volumes added up one after the other in time order, in
/// double. Missing source bars are not invented; the marks say that some are missing.
struct FoldedCandle {
  Candle bar{};
  FoldMarks marks;
  std::uint32_t source_bars = 0;  // how many source bars are in it, at least 1

  friend bool operator==(const FoldedCandle&, const FoldedCandle&) = default;
};

/// Folded bars as columns.
struct FoldedColumns {
  CandleColumns bars;
  std::vector<FoldMarks> marks;
  std::vector<std::uint32_t> source_bars;

  std::size_t size() const { return bars.size(); }
  FoldedCandle operator[](std::size_t i) const { return {bars[i], marks[i], source_bars[i]}; }
  void reserve(std::size_t n);
  void push_back(const FoldedCandle& folded);

  friend bool operator==(const FoldedColumns&, const FoldedColumns&) = default;
};

/// What one source bar closes: at most the bar before it and the bar that it ends.
struct FoldedBars {
  std::optional<FoldedCandle> earlier;   // its span was over before the new source bar, which is the first to say so
  std::optional<FoldedCandle> complete;  // the new source bar is the last of its span

  friend bool operator==(const FoldedBars&, const FoldedBars&) = default;
};

/// Everything a Folder knows, as plain values, to be saved and put back bit for bit.
struct FoldState {
  bool begun = false;      // a source bar was seen
  bool under_way = false;  // `bar` holds source bars and is not closed
  bool first = false;      // the bar under way is the series' first
  std::uint32_t source_bars = 0;
  Candle bar{};              // open_time is that of the span
  Timestamp first_source{};  // open time of the first source bar in `bar`
  Timestamp last_source{};   // open time of the newest source bar

  friend bool operator==(const FoldState&, const FoldState&) = default;
};

/// Folds one series of bars to one higher timeframe, a bar at a time or column by column; both run the same kernel, and
/// any mixture of the two over the same bars gives the same bars to the last bit.
///
/// A bar is closed, once, by the last source bar of its span or by the first source bar of a later span, whichever
/// comes; never by time. Source bars come strictly in time order (a broken contract otherwise). A source bar that does
/// not open on its own grid counts where its open time lies. NaN: a NaN open or close passes through, a NaN volume
/// makes the volume NaN, a NaN high or low counts only in the first source bar (comparisons with it are false). Cost
/// O(1) a bar, no allocation; columns about 1.5 ns a row when in cache
class Folder {
 public:
  /// `source` must fold into `target` (see folds_into).
  Folder(Timeframe source, Timeframe target);
  /// Goes on from a saved state.
  Folder(Timeframe source, Timeframe target, const FoldState& state);

  FoldedBars step(const Candle& bar);

  /// The same for many bars in a row: appends what they close to `out`. The bar under way carries over to the next
  /// call.
  void run(const CandleSpan& rows, FoldedColumns& out);

  /// Ends the series: the bar under way, if any, marked `ends_early`. The folder is as new afterwards.
  std::optional<FoldedCandle> finish();

  /// The bar under way with `forming`, the unfinished source bar, on top: for display alone. None when `forming` is not
  /// newer than the newest closed source bar.
  std::optional<FormingCandle> peek(const FormingCandle& forming) const;

  Timeframe source() const { return source_; }
  Timeframe target() const { return target_; }
  const FoldState& state() const { return state_; }

 private:
  FoldedCandle close(bool series_ends);
  void begin(const Candle& bar);

  Timeframe source_;
  Timeframe target_;
  Millis source_length_;
  Millis target_length_;
  FoldState state_;
};

/// Folds a whole series at once, the last, unfinished bar included.
FoldedColumns fold(const CandleSpan& rows, Timeframe source, Timeframe target);

}  // namespace cw::market
