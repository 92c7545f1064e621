#include "exchange/binance/bar_keeper.h"

#include <algorithm>
#include <chrono>

namespace cw::exchange::binance {
namespace {

using market::BarEvent;
using market::BarSequencer;

constexpr Millis kMinute{60'000};
constexpr Millis kFirstEmptyWait{15'000};
constexpr Millis kLongestEmptyWait{300'000};

Timestamp minute_of(Timestamp t) { return std::chrono::floor<std::chrono::minutes>(t); }

std::optional<Timestamp> begin_after(std::optional<Timestamp> last, Timestamp now, Millis reach) {
  if (!last) return minute_of(now) - 2 * kMinute;
  return std::max(*last, minute_of(now - reach));
}

}  // namespace

BarKeeper::BarKeeper(std::optional<Timestamp> last, Timestamp now, Millis reach)
    : sequencer_(market::Timeframe::m1, begin_after(last, now, reach)), progress_at_(now) {
  if (last && *sequencer_.last() > *last) out_of_reach_ = BarRange{*last + kMinute, *sequencer_.last() + kMinute};
}

Timestamp BarKeeper::due(Timestamp now) const { return minute_of(now - kOverdue); }

void BarKeeper::on_live(const market::Candle& bar, Timestamp now, std::vector<BarEvent>& out) {
  if (catching_up_ && bar.open_time > *sequencer_.last()) {
    if (waiting_.size() == kWaitingMost) {
      waiting_.pop_front();
      ++dropped_;
    }
    const auto place =
        std::ranges::upper_bound(waiting_, bar.open_time, {}, [](const Waiting& w) { return w.bar.open_time; });
    waiting_.insert(place, {bar, now});
    return on_time(now, out);
  }
  if (out_of_reach_) on_time(now, out);
  const std::size_t before = out.size();
  sequencer_.on_bar(bar, now, out);
  remember_gaps(std::span(out).subspan(before));
}

void BarKeeper::catch_up(Timestamp now) {
  catching_up_ = true;
  progress_at_ = now;
  retry_at_ = Timestamp{};
}

void BarKeeper::on_time(Timestamp now, std::vector<BarEvent>& out) {
  if (out_of_reach_) {
    out.push_back({BarEvent::Kind::gap, {}, out_of_reach_->from, out_of_reach_->to});
    out_of_reach_.reset();
  }
  const std::size_t before = out.size();
  if (catching_up_) {
    const bool all_here = *sequencer_.last() + kMinute >= due(now);
    const bool next_waits = !waiting_.empty() && waiting_.front().bar.open_time <= *sequencer_.last() + kMinute;
    const bool stalled =
        !waiting_.empty() && now - std::max(progress_at_, waiting_.front().arrived) >= BarSequencer::kHoleWait;
    if (all_here || next_waits || stalled) release(now, out);
  }
  sequencer_.on_time(now, out);
  remember_gaps(std::span(out).subspan(before));
}

std::optional<BarRange> BarKeeper::wanted(Timestamp now) const {
  if (now < retry_at_) return std::nullopt;
  const Timestamp next = *sequencer_.last() + kMinute;
  Timestamp end = due(now);
  if (const auto hole = sequencer_.open_hole()) end = hole->to;
  if (next < end) return BarRange{next, std::min(end, next + kRange)};
  if (owed_.empty()) return std::nullopt;
  const BarRange& oldest = owed_.front();
  return BarRange{oldest.from, std::min(oldest.to, oldest.from + kRange)};
}

void BarKeeper::fetched(const BarRange& range, std::span<const market::Candle> bars, Timestamp now,
                        std::vector<BarEvent>& out) {
  on_time(now, out);
  const std::size_t before = out.size();
  const std::optional<Timestamp> last_before = sequencer_.last();
  for (const market::Candle& bar : bars) {
    if (bar.open_time >= range.from && bar.open_time < range.to) sequencer_.on_bar(bar, now, out);
  }
  // Gaps up to here are for lack of time and stay owed; those below are certain: the venue has no such bars.
  remember_gaps(std::span(out).subspan(before));
  settle(range);
  while (const auto hole = sequencer_.open_hole()) {
    if (hole->from < range.from || hole->from >= range.to) break;
    sequencer_.no_more({hole->from, std::min(hole->to, range.to)}, now, out);
  }
  if (sequencer_.last() != last_before) {
    progress_at_ = now;
    empty_wait_ = Millis{0};
  } else if (range.from > *last_before) {
    // Nothing new where something was due: the venue stands still, or its history lags behind its stream.
    empty_wait_ = std::clamp(empty_wait_ * 2, kFirstEmptyWait, kLongestEmptyWait);
    retry_at_ = now + empty_wait_;
    if (!waiting_.empty() && range.to >= waiting_.front().bar.open_time) {
      sequencer_.on_bar(waiting_.front().bar, now, out);
      waiting_.pop_front();
      if (const auto hole = sequencer_.open_hole()) sequencer_.no_more(*hole, now, out);
    }
  }
  on_time(now, out);
}

// The bars behind what was caught up with: with the time they came at, so that their wait has been running since.
void BarKeeper::release(Timestamp now, std::vector<BarEvent>& out) {
  catching_up_ = false;
  for (const Waiting& waiting : waiting_) {
    sequencer_.on_bar(waiting.bar, std::max(waiting.arrived, progress_at_), out);
  }
  waiting_.clear();
  sequencer_.on_time(now, out);
}

void BarKeeper::remember_gaps(std::span<const BarEvent> events) {
  for (const BarEvent& event : events) {
    if (event.kind != BarEvent::Kind::gap) continue;
    if (owed_.size() == kOwedMost) {
      owed_.pop_front();
      ++dropped_;
    }
    owed_.push_back({event.gap_from, event.gap_to});
  }
}

void BarKeeper::settle(const BarRange& range) {
  for (BarRange& owed : owed_) {
    if (range.from <= owed.from && range.to > owed.from) owed.from = std::min(owed.to, range.to);
  }
  std::erase_if(owed_, [](const BarRange& owed) { return owed.from >= owed.to; });
}

}  // namespace cw::exchange::binance
