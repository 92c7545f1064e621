#include "exchange/practice/live_tape.h"

#include <algorithm>

#include "base/number.h"
#include "base/require.h"
#include "exchange/practice/hashed.h"

namespace cw::exchange::practice {
namespace {

Millis stretched(Millis at_least, Millis at_speed_one, double speed) {
  return std::max(at_least, Millis{static_cast<std::int64_t>(static_cast<double>(at_speed_one.count()) * speed)});
}

}  // namespace

LiveTape::LiveTape(MarketSource& source, double speed)
    : source_(source),
      history_(source),
      kline_every_(stretched(Millis{1'000}, Millis{250}, speed)),
      leap_after_(stretched(kLeapAfter, kLeapAfter, speed)),
      lines_(source.instruments().size()) {
  for (const market::Instrument& one : source.instruments()) {
    ticks_.push_back(parse_double(one.tick_size).value_or(1e-8));
    lots_.push_back(parse_double(one.lot_size).value_or(1e-8));
  }
}

Result<void> LiveTape::load_minute(std::size_t instrument, Timestamp minute) {
  Line& line = lines_[instrument];
  line.minute = minute;
  line.trades.clear();
  line.next_trade = 0;
  line.so_far = Bar::empty_at(minute);
  const auto whole = history_.minute(instrument, minute, minute + kMinute);
  if (!whole) return pass_on(whole);
  line.whole = *whole;
  return source_.trades(instrument, minute, line.trades);
}

Result<void> LiveTape::place(std::size_t instrument, Timestamp now) {
  if (auto loaded = load_minute(instrument, std::chrono::floor<std::chrono::minutes>(now)); !loaded) return loaded;
  Line& line = lines_[instrument];
  while (line.next_trade < line.trades.size() && line.trades[line.next_trade].time <= now) {
    line.so_far.add(line.trades[line.next_trade++]);
  }
  line.told_at = now;
  line.changed = false;
  for (auto& [timeframe, forming] : line.forming) {
    if (auto begun = start_forming(instrument, timeframe, forming); !begun) return begun;
  }
  return {};
}

Result<void> LiveTape::start_forming(std::size_t instrument, market::Timeframe timeframe, Forming& forming) {
  const Timestamp minute = lines_[instrument].minute;
  const Timestamp open = open_of(timeframe, minute);
  forming.closed_part = Bar::empty_at(open);
  if (open == minute) return {};
  const auto bars = history_.ask({instrument, timeframe, open, open, 1, minute - Millis{1}});
  if (!bars) return pass_on(bars);
  if (!bars->empty()) forming.closed_part = bars->front();
  return {};
}

Result<void> LiveTape::follow(const StreamId& stream, Timestamp now) {
  Line& line = lines_[stream.instrument];
  if (line.listeners == 0) {
    if (auto placed = place(stream.instrument, now); !placed) return placed;
  }
  if (stream.kind == StreamKind::kline) {
    Forming& forming = line.forming[stream.timeframe];
    if (forming.listeners++ == 0) {
      if (auto begun = start_forming(stream.instrument, stream.timeframe, forming); !begun) {
        line.forming.erase(stream.timeframe);
        return begun;
      }
    }
  }
  ++line.listeners;
  line.mini_tickers += stream.kind == StreamKind::mini_ticker;
  return {};
}

void LiveTape::unfollow(const StreamId& stream) {
  Line& line = lines_[stream.instrument];
  if (line.listeners == 0) return;  // it was left out after an error
  --line.listeners;
  line.mini_tickers -= stream.kind == StreamKind::mini_ticker;
  if (stream.kind != StreamKind::kline) return;
  const auto forming = line.forming.find(stream.timeframe);
  if (forming != line.forming.end() && --forming->second.listeners == 0) line.forming.erase(forming);
}

void LiveTape::tell_trade(std::size_t instrument, Timestamp now, TapeSink& sink) {
  Line& line = lines_[instrument];
  const market::Trade& trade = line.trades[line.next_trade++];
  line.so_far.add(trade);
  line.changed = true;
  sink.on_trade(instrument, trade, now);
  // The taker hit one side of the book, so that side stands at the price and the other a tick away.
  const std::uint64_t bits = hashed(static_cast<std::uint64_t>(trade.trade_id), instrument);
  const double lot = lots_[instrument];
  const double tick = ticks_[instrument];
  const auto size = [&](std::uint64_t draw) {
    return on_grid(static_cast<double>(1 + (draw & 0xfff)) * 16 * lot, lot);
  };
  market::Quote quote{trade.time, trade.price, size(bits), trade.price, size(bits >> 16)};
  if (trade.taker_sold) {
    quote.ask = on_grid(trade.price + tick, tick);
  } else {
    quote.bid = on_grid(trade.price - tick, tick);
  }
  if (quote.bid > 0) sink.on_quote(instrument, trade.trade_id, quote);
}

void LiveTape::tell_forming(std::size_t instrument, Timestamp now, TapeSink& sink) {
  Line& line = lines_[instrument];
  line.told_at = now;
  line.changed = false;
  for (const auto& [timeframe, forming] : line.forming) {
    Bar bar = forming.closed_part;
    bar.add(line.so_far);
    if (!bar.is_empty()) sink.on_kline({instrument, StreamKind::kline, timeframe}, bar, false, now);
  }
}

void LiveTape::close_minute(std::size_t instrument, Timestamp now, TapeSink& sink) {
  Line& line = lines_[instrument];
  const Timestamp end = line.minute + kMinute;
  for (auto& [timeframe, forming] : line.forming) {
    if (line.whole) forming.closed_part.add(*line.whole);
    const Timestamp bar_end = forming.closed_part.candle.open_time + duration(timeframe);
    if (end < bar_end) continue;
    if (!forming.closed_part.is_empty()) {
      sink.on_kline({instrument, StreamKind::kline, timeframe}, forming.closed_part, true, now);
    }
    forming.closed_part = Bar::empty_at(bar_end);
  }
}

Result<void> LiveTape::tell_mini_ticker(std::size_t instrument, Timestamp now, TapeSink& sink) {
  Bar day = Bar::empty_at(now - kDay);
  for (std::int64_t at = day_of(now - kDay); at <= day_of(now); ++at) {
    const auto minutes = source_.day(instrument, at);
    if (!minutes) return pass_on(minutes);
    for (const Bar& minute : **minutes) {
      if (minute.candle.open_time < now - kDay) continue;
      if (minute.candle.open_time >= lines_[instrument].minute) break;
      day.add(minute);
    }
  }
  day.add(lines_[instrument].so_far);
  if (!day.is_empty()) sink.on_mini_ticker(instrument, day, now);
  return {};
}

Result<void> LiveTape::advance_line(std::size_t instrument, Timestamp now, TapeSink& sink) {
  Line& line = lines_[instrument];
  if (now - line.minute > leap_after_ + kMinute) {
    ++leaps_;
    return place(instrument, now);
  }
  for (;;) {
    while (line.next_trade < line.trades.size() && line.trades[line.next_trade].time <= now) {
      tell_trade(instrument, now, sink);
    }
    if (line.minute + kMinute > now) break;
    close_minute(instrument, now, sink);
    line.told_at = now;
    line.changed = false;
    if (auto loaded = load_minute(instrument, line.minute + kMinute); !loaded) return loaded;
  }
  if (!line.changed || now - line.told_at < kline_every_) return {};
  tell_forming(instrument, now, sink);
  return line.mini_tickers > 0 ? tell_mini_ticker(instrument, now, sink) : Result<void>{};
}

Result<void> LiveTape::advance(Timestamp now, TapeSink& sink) {
  Result<void> answer;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (lines_[i].listeners == 0) continue;
    if (auto done = advance_line(i, now, sink); !done) {
      lines_[i] = Line{};
      answer = std::move(done);
    }
  }
  return answer;
}

Timestamp LiveTape::next_of(const Line& line) const {
  Timestamp at = line.minute + kMinute;
  if (line.next_trade < line.trades.size()) at = std::min(at, line.trades[line.next_trade].time);
  if (line.changed) at = std::min(at, line.told_at + kline_every_);
  return at;
}

std::optional<Timestamp> LiveTape::next() const {
  std::optional<Timestamp> soonest;
  for (const Line& line : lines_) {
    if (line.listeners > 0) soonest = std::min(soonest.value_or(next_of(line)), next_of(line));
  }
  if (const auto end = source_.end(); soonest && end && *soonest > *end) return std::nullopt;
  return soonest;
}

}  // namespace cw::exchange::practice
