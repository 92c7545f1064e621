#include "app/serve/shown_market.h"

#include <algorithm>
#include <chrono>

#include "candle_store/query.h"

namespace cw::app {
namespace {

using market::Timeframe;

constexpr Millis kDay = std::chrono::hours{24};

/// `bar` with the forming minute on top of it, as one forming bar that opens at `open_time`.
market::FormingCandle merged(const std::optional<market::Candle>& bar, const market::FormingCandle& minute,
                             Timestamp open_time) {
  if (!bar || bar->open_time != open_time) {
    return {open_time, minute.open, minute.high, minute.low, minute.close, minute.volume, minute.updated_at};
  }
  return {open_time,
          bar->open,
          std::max(bar->high, minute.high),
          std::min(bar->low, minute.low),
          minute.close,
          bar->volume + minute.volume,
          minute.updated_at};
}

}  // namespace

ShownMarket::ShownMarket(const candle_store::CandleStore& store, std::vector<market::InstrumentId> followed)
    : store_(store) {
  for (market::InstrumentId& id : followed) rows_.emplace_back().id = std::move(id);
}

void ShownMarket::refresh(exchange::FollowedIndex instrument) {
  Row& row = rows_[instrument];
  row.newest.reset();
  const auto scanned = store_.scan_backward({row.id, Timeframe::m1}, from_ms(0), from_ms(kLatestMs),
                                            [&](const market::CandleSpan& span) {
                                              row.newest = span[span.size() - 1];
                                              return false;
                                            });
  if (!scanned || !row.newest) return;
  read_day(row);
  read_under_way(row);
}

void ShownMarket::closed(exchange::FollowedIndex instrument, const market::Candle& bar) {
  Row& row = rows_[instrument];
  if (!row.newest || bar.open_time != row.newest->open_time + market::duration(Timeframe::m1))
    return refresh(instrument);
  go_on(row, bar);
  row.newest = bar;
  read_day(row);
}

/// The bars under way, one minute later.
void ShownMarket::go_on(Row& row, const market::Candle& minute) {
  const Timestamp next_minute = minute.open_time + market::duration(Timeframe::m1);
  for (const Timeframe timeframe : market::kTimeframes) {
    auto& under_way = row.under_way[static_cast<std::size_t>(timeframe)];
    const Timestamp open = market::open_of(timeframe, next_minute);
    if (open == next_minute) {
      under_way.reset();
    } else if (!under_way || under_way->open_time != open) {
      under_way = minute;
      under_way->open_time = open;
    } else {
      under_way->high = std::max(under_way->high, minute.high);
      under_way->low = std::min(under_way->low, minute.low);
      under_way->close = minute.close;
      under_way->volume += minute.volume;
    }
  }
}

void ShownMarket::read_day(Row& row) const {
  const Timestamp end = row.newest->open_time + market::duration(Timeframe::m1);
  row.day_open.reset();
  row.day_volume = 0;
  const auto scanned = store_.scan({row.id, Timeframe::m1}, end - kDay, end, [&](const market::CandleSpan& span) {
    if (!row.day_open) row.day_open = span.open[0];
    for (const double volume : span.volume) row.day_volume += volume;
    return true;
  });
  // A series that does not reach back a whole day has no price of 24 hours before.
  const auto info = store_.info({row.id, Timeframe::m1});
  if (info) row.first = info->first;
  row.has_day = scanned && info && info->first <= end - kDay;
}

void ShownMarket::read_under_way(Row& row) const {
  const Timestamp next_minute = row.newest->open_time + market::duration(Timeframe::m1);
  for (const Timeframe timeframe : market::kTimeframes) {
    auto& under_way = row.under_way[static_cast<std::size_t>(timeframe)];
    under_way.reset();
    const Timestamp open = market::open_of(timeframe, next_minute);
    if (open == next_minute) continue;
    const auto answer = candle_store::query(
        store_, {row.id, timeframe, open, open + market::duration(timeframe), 1, candle_store::Pick::newest, true});
    if (answer && !answer->bars.empty()) under_way = answer->bars[0];
  }
}

void ShownMarket::on_trade(exchange::FollowedIndex instrument, const market::Trade& trade) {
  rows_[instrument].trade = trade;
}
void ShownMarket::on_quote(exchange::FollowedIndex instrument, const market::Quote& quote) {
  rows_[instrument].quote = quote;
}
void ShownMarket::on_forming(exchange::FollowedIndex instrument, const market::FormingCandle& bar) {
  rows_[instrument].forming = bar;
}

ShownInstrument ShownMarket::shown(exchange::FollowedIndex instrument) const {
  const Row& row = rows_[instrument];
  ShownInstrument shown;
  if (row.newest) {
    shown.ticker.price = row.newest->close;
    shown.ticker.time = row.newest->open_time + market::duration(Timeframe::m1);
    shown.ticker.volume_24h = row.day_volume;
  }
  const bool is_newer = row.forming && (!row.newest || row.forming->open_time > row.newest->open_time);
  if (is_newer) {
    shown.ticker.price = row.forming->close;
    shown.ticker.time = row.forming->updated_at;
    if (shown.ticker.volume_24h) *shown.ticker.volume_24h += row.forming->volume;
    for (const Timeframe timeframe : market::kTimeframes) {
      const auto slot = static_cast<std::size_t>(timeframe);
      const Timestamp open = market::open_of(timeframe, row.forming->open_time);
      // Its beginning is not stored yet (history is still coming): open, high, low and volume would be wrong.
      if (open < row.first.value_or(row.forming->open_time)) continue;
      shown.forming[slot] = merged(row.under_way[slot], *row.forming, open);
    }
  }
  if (row.trade && (!shown.ticker.time || row.trade->time >= *shown.ticker.time)) {
    shown.ticker.price = row.trade->price;
    shown.ticker.time = row.trade->time;
  }
  if (row.quote) {
    shown.ticker.bid = row.quote->bid;
    shown.ticker.ask = row.quote->ask;
  }
  if (row.has_day && row.day_open && *row.day_open > 0 && shown.ticker.price) {
    shown.ticker.change_24h = *shown.ticker.price / *row.day_open - 1;
  }
  return shown;
}

}  // namespace cw::app
