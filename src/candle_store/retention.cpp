#include "candle_store/retention.h"

namespace cw::candle_store {
namespace {

std::size_t index_of(market::Timeframe timeframe) { return static_cast<std::size_t>(timeframe); }

}  // namespace

RetentionPolicy::RetentionPolicy() { keep(market::Timeframe::m1, std::chrono::days{730}); }

void RetentionPolicy::keep(market::Timeframe timeframe, std::optional<std::chrono::days> age) {
  age_[index_of(timeframe)] = age;
}

std::optional<std::chrono::days> RetentionPolicy::kept(market::Timeframe timeframe) const {
  return age_[index_of(timeframe)];
}

Result<std::vector<PrunedSeries>> apply_retention(CandleStore& store, const RetentionPolicy& policy, Timestamp now,
                                                  const std::function<bool(const SeriesId&)>& applies) {
  std::vector<PrunedSeries> pruned;
  for (const auto& info : store.list()) {
    const auto age = policy.kept(info.id.timeframe);
    if (!age || (applies && !applies(info.id))) continue;
    const auto removed = store.prune(info.id, std::chrono::floor<std::chrono::days>(now) - *age);
    if (!removed && removed.error().code == Errc::busy) continue;
    if (!removed) return pass_on(removed);
    if (*removed > 0) pruned.push_back({info.id, *removed});
  }
  return pruned;
}

}  // namespace cw::candle_store
