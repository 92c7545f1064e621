#include "app/serve/housekeeper.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

namespace cw::app {
namespace {
constexpr auto kFirst = std::chrono::minutes{1};
constexpr auto kEvery = std::chrono::hours{1};
}  // namespace

candle_store::RetentionPolicy retention_of(const Config& config) {
  candle_store::RetentionPolicy policy;
  for (const market::Timeframe timeframe : market::kTimeframes) {
    const auto days = config.integer(fmt::format("store.keep_{}_days", market::name(timeframe)));
    policy.keep(timeframe, days > 0 ? std::optional{std::chrono::days{days}} : std::nullopt);
  }
  return policy;
}

Housekeeper::Housekeeper(candle_store::CandleStore& store, const Config& config,
                         std::vector<market::InstrumentId> followed, db::Database* records, Logger& logger,
                         std::function<void()> on_change)
    : store_(store),
      policy_(retention_of(config)),
      followed_(std::move(followed)),
      records_(records),
      signals_(signal_retention_of(config)),
      logger_(logger),
      on_change_(std::move(on_change)),
      thread_([this] { run(); }) {}

Housekeeper::~Housekeeper() {
  {
    const std::scoped_lock lock{mutex_};
    is_ending_ = true;
  }
  ending_.notify_all();
  thread_.join();
}

void Housekeeper::run() {
  std::chrono::milliseconds wait = kFirst;
  std::unique_lock lock{mutex_};
  while (!ending_.wait_for(lock, wait, [this] { return is_ending_; })) {
    lock.unlock();
    keep_house();
    prune_signals();
    lock.lock();
    wait = kEvery;
  }
}

bool Housekeeper::is_ending() {
  const std::scoped_lock lock{mutex_};
  return is_ending_;
}

void Housekeeper::prune_signals() {
  if (records_ == nullptr) return;
  const auto pruned = apply_signal_retention(*records_, signals_, SystemClock{}.now(), [this] { return is_ending(); });
  if (!pruned) {
    logger_.warn("signals could not be pruned", {{"reason", std::string_view{pruned.error().message}}});
  } else if (*pruned > 0) {
    logger_.info("signals pruned", {{"rows", static_cast<std::int64_t>(*pruned)}});
  }
}

void Housekeeper::keep_house() {
  const auto pruned =
      candle_store::apply_retention(store_, policy_, SystemClock{}.now(), [this](const candle_store::SeriesId& series) {
        return std::ranges::find(followed_, series.instrument) != followed_.end();
      });
  if (!pruned) {
    logger_.warn("retention failed", {{"reason", std::string_view{pruned.error().message}}});
    return;
  }
  for (const auto& series : *pruned) {
    logger_.info("pruned",
                 {{"series", std::string_view{series.id.text()}}, {"rows", static_cast<std::int64_t>(series.rows)}});
  }
  if (!pruned->empty()) on_change_();
}

}  // namespace cw::app
