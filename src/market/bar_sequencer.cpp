#include "market/bar_sequencer.h"

#include <algorithm>
#include <ranges>

namespace cw::market {

BarSequencer::BarSequencer(Timeframe base, std::optional<Timestamp> last)
    : base_(base), length_(duration(base)), last_(last) {
  recent_.reserve(2 * kRemembered);
}

void BarSequencer::on_bar(const Candle& bar, Timestamp now, std::vector<BarEvent>& out) {
  on_time(now, out);
  if (!is_open_time(base_, bar.open_time)) {
    ++counters_.misaligned;
  } else if (bar.open_time + length_ > now + kFutureMost) {
    ++counters_.from_future;
  } else if (!last_ || bar.open_time == *last_ + length_) {
    ++counters_.in_order;
    emit(bar, out);
    if (!held_.empty()) drain(out);
  } else if (bar.open_time <= *last_) {
    revise(bar, out);
  } else {
    hold(bar, now);
    if (held_.size() > kHeldMost) {
      ++counters_.overflow;
      give_up(*last_ + length_, held_.begin()->first, out);
    }
  }
}

void BarSequencer::on_time(Timestamp now, std::vector<BarEvent>& out) {
  while (!held_.empty() && now - hole_seen_ >= kHoleWait) give_up(*last_ + length_, held_.begin()->first, out);
}

void BarSequencer::no_more(const Hole& hole, Timestamp now, std::vector<BarEvent>& out) {
  on_time(now, out);
  const auto open = open_hole();
  if (!open || hole.from > open->from || hole.to <= open->from) return;
  give_up(open->from, std::min(open->to, hole.to), out);
}

std::optional<BarSequencer::Hole> BarSequencer::open_hole() const {
  if (held_.empty()) return std::nullopt;
  return Hole{*last_ + length_, held_.begin()->first};
}

// The newest bars are remembered twice over before the older half goes: nothing is moved for a bar in order but rarely.
void BarSequencer::emit(const Candle& bar, std::vector<BarEvent>& out) {
  last_ = bar.open_time;
  if (recent_.size() == 2 * kRemembered) recent_.erase(recent_.begin(), recent_.begin() + kRemembered);
  recent_.push_back(bar);
  out.push_back({BarEvent::Kind::closed, bar, {}, {}});
}

void BarSequencer::revise(const Candle& bar, std::vector<BarEvent>& out) {
  const auto at = remembered(bar.open_time);
  const bool known = at != recent_.end() && at->open_time == bar.open_time;
  if (known && *at == bar) {
    ++counters_.duplicate;
    return;
  }
  ++counters_.late;
  out.push_back({BarEvent::Kind::revised, bar, {}, {}});
  if (known) {
    *at = bar;
  } else if (recent_.size() < 2 * kRemembered) {
    recent_.insert(at, bar);
  } else if (at != recent_.begin()) {
    // Full: the oldest makes room.
    std::rotate(recent_.begin(), recent_.begin() + 1, at);
    *(at - 1) = bar;
  }
}

void BarSequencer::hold(const Candle& bar, Timestamp now) {
  if (held_.empty()) hole_seen_ = now;
  const auto [at, is_new] = held_.try_emplace(bar.open_time, Held{bar, now});
  if (is_new) {
    ++counters_.ahead;
  } else if (at->second.bar == bar) {
    ++counters_.duplicate;
  } else {
    ++counters_.replaced;
    at->second.bar = bar;
  }
}

void BarSequencer::give_up(Timestamp from, Timestamp to, std::vector<BarEvent>& out) {
  ++counters_.gaps;
  last_ = to - length_;
  out.push_back({BarEvent::Kind::gap, {}, from, to});
  drain(out);
}

void BarSequencer::drain(std::vector<BarEvent>& out) {
  while (!held_.empty() && held_.begin()->first == *last_ + length_) {
    emit(held_.begin()->second.bar, out);
    held_.erase(held_.begin());
  }
  // The next hole has been known of since the first of the bars behind it came.
  if (!held_.empty()) hole_seen_ = std::ranges::min(std::views::values(held_), {}, &Held::arrived).arrived;
}

std::vector<Candle>::iterator BarSequencer::remembered(Timestamp open_time) {
  return std::ranges::lower_bound(recent_, open_time, {}, &Candle::open_time);
}

}  // namespace cw::market
