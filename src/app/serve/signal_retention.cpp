#include "app/serve/signal_retention.h"

#include "records/signal_pruning.h"

namespace cw::app {
namespace {

std::optional<std::chrono::days> days_of(const Config& config, std::string_view key) {
  const auto days = config.integer(key);
  return days > 0 ? std::optional{std::chrono::days{days}} : std::nullopt;
}

}  // namespace

std::optional<std::chrono::days> SignalRetention::of(market::Timeframe timeframe) const {
  return market::duration(timeframe) <= market::duration(market::Timeframe::m5) ? fast : slow;
}

SignalRetention signal_retention_of(const Config& config) {
  return {days_of(config, "signals.keep_fast_days"), days_of(config, "signals.keep_slow_days")};
}

Result<std::uint64_t> apply_signal_retention(db::Database& records, const SignalRetention& retention, Timestamp now,
                                             const std::function<bool()>& cancelled) {
  const auto all = records.read([](db::Connection& connection) { return records::signal_series(connection); });
  if (!all) return pass_on(all);
  std::uint64_t gone = 0;
  for (const auto& series : *all) {
    const auto age = retention.of(series.timeframe);
    if (!age) continue;
    const Timestamp before = std::chrono::floor<std::chrono::days>(now) - *age;
    for (;;) {
      if (cancelled()) return gone;
      const auto batch =
          records.write([&](db::Connection& connection) { return records::prune_signals(connection, series, before); });
      if (!batch) return pass_on(batch);
      gone += *batch;
      if (*batch < records::kPruneBatch) break;
    }
  }
  return gone;
}

}  // namespace cw::app
