#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/error.h"
#include "candle_store/candle_store.h"

namespace cw::candle_store {

/// How long bars are kept, by timeframe; none is for ever.
class RetentionPolicy {
 public:
  /// 1m bars two years (730 days), all others for ever.
  RetentionPolicy();

  void keep(market::Timeframe timeframe, std::optional<std::chrono::days> age);
  std::optional<std::chrono::days> kept(market::Timeframe timeframe) const;

 private:
  std::array<std::optional<std::chrono::days>, market::kTimeframes.size()> age_{};
};

struct PrunedSeries {
  SeriesId id;
  std::uint64_t rows = 0;
};

/// Prunes every series whose bars are older at `now` than the policy keeps them, oldest bars first. A series under
/// import is passed over until the next time. Whole days: a bar goes when its day is out, so a series is cut at
/// midnight UTC.
///
/// `applies` says which series it is about; without it, all.
Result<std::vector<PrunedSeries>> apply_retention(CandleStore& store, const RetentionPolicy& policy, Timestamp now,
                                                  const std::function<bool(const SeriesId&)>& applies = {});

}  // namespace cw::candle_store
