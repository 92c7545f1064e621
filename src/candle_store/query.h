#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "candle_store/candle_store.h"
#include "market/fold.h"

namespace cw::candle_store {

/// Which bars of a range, when there are more than the limit.
enum class Pick { newest, oldest };

struct CandleQuery {
  market::InstrumentId instrument;
  market::Timeframe timeframe{};
  Timestamp from{};                   // bars that open at or after it ...
  Timestamp to = from_ms(kLatestMs);  // ... and before it
  std::size_t limit = 1'000;          // 1 to kQueryMost
  Pick pick = Pick::newest;
  bool with_unfinished = false;  // also a last bar whose span reaches beyond the stored data
};

/// Bars of one answer at most; who wants more asks again from where the answer ended.
inline constexpr std::size_t kQueryMost = 1'000'000;

/// Where a stretch of an answer comes from: the bars that open in [from, to) were folded from (or are) bars of
/// `timeframe`; `gap` says that in each of them some of those are missing.
struct SourcePiece {
  market::Timeframe timeframe{};
  Timestamp from{};
  Timestamp to{};
  bool gap = false;

  friend bool operator==(const SourcePiece&, const SourcePiece&) = default;
};

struct CandleAnswer {
  market::CandleColumns bars;            // in time order, whichever were picked
  std::vector<std::uint8_t> gaps;        // a bar: 1 where source bars are missing in it, else 0
  std::vector<market::FoldMarks> marks;  // a bar: why they are missing, at its place in the series that it comes from
  std::vector<SourcePiece> source;  // in time order; neighbours differ in timeframe or gap, or bars are missing between
};

/// Bars of an instrument at any timeframe, from whatever is stored of it.
///
/// Each bar comes from the finest stored series that has every bar of its span; where none has, from the finest that
/// has any, with its gap marked. A stored bar of the asked timeframe itself counts as whole. So one answer may be
/// stitched of several series. Folding runs straight from the source bars, in time order, in double (market/fold.h):
/// the same bits whatever the range. A span of which nothing is stored gives no bar. The last bar is left out while the
/// stored data ends inside its span, unless it is asked for: it is not closed.
///
/// Cost    one pass over the source rows of the range, per series that is needed; with a limit only over as many as it
/// takes Errors  bad_parameter (limit), those of CandleStore::scan. An instrument of which nothing is stored gives no
/// bars.
Result<CandleAnswer> query(const CandleStore& store, const CandleQuery& query);

}  // namespace cw::candle_store
