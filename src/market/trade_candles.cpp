#include "market/trade_candles.h"

#include <algorithm>
#include <cmath>

namespace cw::market {
namespace {

bool sound(const Trade& trade) {
  const auto ms = to_ms(trade.time);
  return std::isfinite(trade.price) && trade.price > 0 && std::isfinite(trade.quantity) && trade.quantity > 0 &&
         ms >= kEarliestMs && ms < kLatestMs && trade.trade_id >= 0;
}

template <class Building>
std::optional<FormingCandle> candle_of(const std::optional<Building>& building) {
  return building ? std::optional{building->candle} : std::nullopt;
}

}  // namespace

TradeOutcome TradeCandles::on_trade(const Trade& trade) {
  if (!sound(trade)) return ++counters_.invalid, TradeOutcome::invalid;
  if (trade.trade_id != 0 && seen_before(trade)) return ++counters_.duplicate, TradeOutcome::duplicate;
  newest_time_ = std::max(newest_time_, trade.time);

  const auto open_time = open_of(base_, trade.time);
  if (closed_ && open_time <= *closed_) return ++counters_.late, TradeOutcome::late;
  if (forming_ && open_time == forming_->candle.open_time) {
    const bool in_order = Place{trade.time, trade.trade_id} >= forming_->last;
    add(*forming_, trade);
    if (in_order) return ++counters_.updated, TradeOutcome::updated;
    return ++counters_.reordered, TradeOutcome::reordered;
  }
  if (forming_ && open_time < forming_->candle.open_time) {
    if (!waiting_ || waiting_->candle.open_time != open_time) return ++counters_.late, TradeOutcome::late;
    add(*waiting_, trade);
    return ++counters_.waiting, TradeOutcome::waiting;
  }
  if (forming_) waiting_ = forming_;
  const Place place{trade.time, trade.trade_id};
  forming_ = Building{
      {open_time, trade.price, trade.price, trade.price, trade.price, trade.quantity, trade.time}, place, place};
  return ++counters_.opened, TradeOutcome::opened;
}

void TradeCandles::on_venue_candle(const VenueCandle& candle) {
  if (forming_ && forming_->candle.open_time >= candle.bar.open_time + 2 * duration(base_)) {
    ++counters_.from_future;
    forming_.reset();
    waiting_.reset();
    newest_time_ = candle.bar.updated_at;
  }
  if (candle.closed) close(candle.bar.open_time);
}

void TradeCandles::close(Timestamp open_time) {
  if (!closed_ || open_time > *closed_) closed_ = open_time;
  if (forming_ && forming_->candle.open_time <= *closed_) forming_.reset();
  if (waiting_ && waiting_->candle.open_time <= *closed_) waiting_.reset();
}

std::optional<FormingCandle> TradeCandles::forming() const { return candle_of(forming_); }
std::optional<FormingCandle> TradeCandles::waiting() const { return candle_of(waiting_); }

void TradeCandles::add(Building& building, const Trade& trade) {
  const Place place{trade.time, trade.trade_id};
  auto& candle = building.candle;
  candle.high = std::max(candle.high, trade.price);
  candle.low = std::min(candle.low, trade.price);
  candle.volume += trade.quantity;
  candle.updated_at = std::max(candle.updated_at, trade.time);
  if (place >= building.last) {
    candle.close = trade.price;
    building.last = place;
  } else if (place < building.first) {
    candle.open = trade.price;
    building.first = place;
  }
}

/// Whether the trade's id came before; takes note of the id and of the ids it jumps over.
bool TradeCandles::seen_before(const Trade& trade) {
  const auto id = trade.trade_id;
  if (newest_id_ == 0 || id == newest_id_ + 1) {
    newest_id_ = id;
  } else if (id > newest_id_) {
    open_hole(newest_id_ + 1, id);
    newest_id_ = id;
  } else if (!fill_hole(id)) {
    if (trade.time <= newest_time_) return true;
    ++counters_.renumbered;
    hole_count_ = 0;
    newest_id_ = id;
  }
  return false;
}

void TradeCandles::open_hole(std::int64_t from, std::int64_t to) {
  ++counters_.holes;
  counters_.missing_ids += static_cast<std::uint64_t>(to - from);
  if (hole_count_ == kHolesMost) {
    ++counters_.forgotten_holes;
    std::shift_left(holes_.begin(), holes_.end(), 1);
    --hole_count_;
  }
  holes_[hole_count_++] = {from, to};
}

bool TradeCandles::fill_hole(std::int64_t id) {
  const auto end = holes_.begin() + static_cast<std::ptrdiff_t>(hole_count_);
  const auto at = std::find_if(holes_.begin(), end, [id](const Hole& hole) { return hole.from <= id && id < hole.to; });
  if (at == end) return false;
  --counters_.missing_ids;
  const Hole hole = *at;
  std::shift_left(at, end, 1);
  --hole_count_;
  // What is left of it on either side; with no room for both, the ids before `id` are forgotten.
  const auto put = [this](std::int64_t from, std::int64_t to) {
    if (from < to && hole_count_ < kHolesMost) holes_[hole_count_++] = {from, to};
  };
  put(id + 1, hole.to);
  put(hole.from, id);
  return true;
}

}  // namespace cw::market
