#include "app/serve/bar_keeper.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace cw::app {
namespace {

bool passes_with_time(Errc code) { return code == Errc::disk_full || code == Errc::busy; }

}  // namespace

BarKeeper::BarKeeper(candle_store::CandleStore& store, const records::Journal& journal, const desk::Desk& desk,
                     Metrics& metrics)
    : store_(store),
      journal_(journal),
      desk_(desk),
      late_(metrics.counter("candlewick_market_stored_late_total",
                            "Bars that the candle store could not take at once; the journal keeps them until it can.")),
      unsound_(metrics.counter("candlewick_market_unsound_total", "Bars that the candle store refused for good.")) {}

Result<void> BarKeeper::append(const desk::BarArrived& arrived) {
  if (arrived.event.kind == market::BarEvent::Kind::gap) return {};
  const candle_store::SeriesId series{desk_.instrument(arrived.instrument), market::Timeframe::m1};
  const auto outcome = store_.append(series, std::span{&arrived.event.bar, 1});
  if (outcome) return {};
  if (outcome.error().code == Errc::bad_input) unsound_.add();
  return pass_on(outcome);
}

Result<void> BarKeeper::store_from(std::uint64_t offset) {
  behind_since_.reset();
  why_.reset();
  Result<void> failed;
  const auto replayed = journal_.replay(offset, [&](std::uint64_t at, const desk::Event& event) {
    const auto* arrived = std::get_if<desk::BarArrived>(&event);
    if (arrived == nullptr) return true;
    const auto done = append(*arrived);
    if (done || done.error().code == Errc::bad_input) return true;
    behind_since_ = at;
    why_ = done.error();
    if (!passes_with_time(done.error().code)) failed = done;
    return false;
  });
  if (!replayed) return pass_on(replayed);
  return failed;
}

Result<void> BarKeeper::store(std::span<const Record> records) {
  std::vector<candle_store::SeriesBar> bars;
  std::vector<std::uint64_t> offsets;
  for (const auto& [offset, arrived] : records) {
    if (arrived.event.kind == market::BarEvent::Kind::gap) continue;
    bars.push_back({{desk_.instrument(arrived.instrument), market::Timeframe::m1}, arrived.event.bar});
    offsets.push_back(offset);
  }
  Result<void> first_refusal;
  if (behind_since_) {
    late_.add(bars.size());
    if (!bars.empty()) first_refusal = std::unexpected(*why_);
    return first_refusal;
  }
  if (bars.empty()) return {};
  unsynced_since_ = unsynced_since_.value_or(offsets.front());
  const auto outcomes = store_.append_together(bars);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i]) continue;
    const Error& error = outcomes[i].error();
    if (first_refusal) first_refusal = std::unexpected(error);
    if (error.code == Errc::bad_input) {
      unsound_.add();
      continue;
    }
    late_.add();
    if (behind_since_) continue;
    behind_since_ = offsets[i];
    why_ = error;
  }
  return first_refusal;
}

Result<void> BarKeeper::sync() {
  if (!unsynced_since_) return {};
  const std::uint64_t since = *std::exchange(unsynced_since_, std::nullopt);
  auto done = store_.sync();
  if (done) return done;
  behind_since_ = std::min(since, behind_since_.value_or(since));
  why_ = done.error();
  return done;
}

Result<bool> BarKeeper::catch_up() {
  if (!behind_since_) return true;
  const std::uint64_t since = *behind_since_;
  if (auto done = store_from(since); !done) {
    if (!behind_since_) {
      behind_since_ = since;
      why_ = done.error();
    }
    return pass_on(done);
  }
  return !behind_since_;
}

std::optional<std::uint64_t> BarKeeper::behind_since() const { return behind_since_; }

}  // namespace cw::app
