#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "market/fold.h"
#include "market/timeframe.h"

namespace cw::market {

/// The twelve timeframes above the base of one minute, finest first.
inline constexpr std::size_t kHigherTimeframes = kTimeframes.size() - 1;

/// All timeframes of one instrument, kept up from its one-minute bars, each folded straight from them.
/// Cost    twelve Folder steps a bar, no allocation
class FoldLadder {
 public:
  using States = std::array<FoldState, kHigherTimeframes>;

  FoldLadder();
  /// Goes on from saved states.
  explicit FoldLadder(const States& states);

  /// Takes the next one-minute bar and calls `emit(Timeframe, const FoldedCandle&)` for each bar that is closed by it:
  /// first those whose span was over before it, then the one-minute bar itself (no mark), then those that it completes;
  /// finest first in each group. Bars come strictly in time order (contract).
  template <class Emit>
  void step(const Candle& bar, Emit&& emit) {
    std::array<FoldedBars, kHigherTimeframes> closed;
    for (std::size_t i = 0; i < kHigherTimeframes; ++i) closed[i] = folders_[i].step(bar);
    for (std::size_t i = 0; i < kHigherTimeframes; ++i) {
      if (closed[i].earlier) emit(kTimeframes[i + 1], *closed[i].earlier);
    }
    emit(Timeframe::m1, FoldedCandle{bar, {}, 1});
    for (std::size_t i = 0; i < kHigherTimeframes; ++i) {
      if (closed[i].complete) emit(kTimeframes[i + 1], *closed[i].complete);
    }
  }

  /// The bar of `timeframe` under way, with the forming one-minute bar on top: for display alone. None when `forming`
  /// is not newer than the newest closed bar.
  std::optional<FormingCandle> peek(Timeframe timeframe, const FormingCandle& forming) const;

  /// Open time of the newest bar; none before the first.
  std::optional<Timestamp> last() const;
  States states() const;

 private:
  template <std::size_t... I>
  FoldLadder(const States& states, std::index_sequence<I...>)
      : folders_{Folder{Timeframe::m1, kTimeframes[I + 1], states[I]}...} {}

  std::array<Folder, kHigherTimeframes> folders_;
};

}  // namespace cw::market
