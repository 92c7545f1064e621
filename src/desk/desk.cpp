#include "desk/desk.h"

#include <algorithm>
#include <cmath>

#include "base/require.h"

namespace cw::desk {
namespace {

using market::BarEvent;
using market::Candle;
using market::FormingCandle;
using market::Timeframe;

constexpr Millis kBase{60'000};
constexpr Millis kDay{86'400'000};

bool is_price(double value) { return std::isfinite(value) && value > 0; }

bool is_sound(const Candle& bar) {
  const auto ms = to_ms(bar.open_time);
  return ms >= kEarliestMs && ms < kLatestMs && market::is_open_time(Timeframe::m1, bar.open_time) &&
         is_price(bar.open) && is_price(bar.high) && is_price(bar.low) && is_price(bar.close) &&
         std::isfinite(bar.volume) && bar.volume >= 0;
}

}  // namespace

void Desk::on(const Event& event, std::vector<Output>& out) {
  if (const auto* arrived = std::get_if<BarArrived>(&event)) return arrive(*arrived, out);
  if (const auto* followed = std::get_if<Followed>(&event)) return follow(*followed);
  unfollow(std::get<Unfollowed>(event));
}

void Desk::follow(const Followed& followed) {
  const auto known = number_of(followed.instrument);
  if (known) {
    auto& entry = entries_[*known];
    if (!entry.series) entry.series = Series{};
  } else if (entries_.size() < kInstrumentsMost) {
    entries_.push_back({followed.instrument, Series{}});
  } else {
    ++counters_.too_many;
  }
}

void Desk::unfollow(const Unfollowed& unfollowed) {
  if (find(unfollowed.instrument) != nullptr) entries_[unfollowed.instrument].series.reset();
}

void Desk::arrive(const BarArrived& arrived, std::vector<Output>& out) {
  Series* series = find(arrived.instrument);
  if (series == nullptr) return;
  const auto& event = arrived.event;
  switch (event.kind) {
    case BarEvent::Kind::closed: close(arrived.instrument, *series, event.bar, out); break;
    case BarEvent::Kind::revised: ++series->record.revised; break;
    case BarEvent::Kind::gap:
      if (event.gap_to <= event.gap_from) {
        ++counters_.out_of_order;
        break;
      }
      ++series->record.gaps;
      out.emplace_back(GapPassed{arrived.instrument, event.gap_from, event.gap_to});
      break;
  }
}

void Desk::close(InstrumentNumber number, Series& series, const Candle& bar, std::vector<Output>& out) {
  auto& record = series.record;
  if (!is_sound(bar)) {
    ++counters_.unsound;
    return;
  }
  if (record.last_bar && bar.open_time <= *record.last_bar) {
    ++counters_.out_of_order;
    return;
  }
  if (!record.first_bar) record.first_bar = bar.open_time;
  record.last_bar = bar.open_time;
  ++record.bars;
  series.price = bar.close;
  series.day.add(bar);
  series.ladder.step(bar, [&](Timeframe timeframe, const market::FoldedCandle& candle) {
    out.emplace_back(BarClosed{number, timeframe, candle});
  });
  out.emplace_back(TickerChanged{number, ticker_of(series)});
}

std::optional<InstrumentNumber> Desk::number_of(const market::InstrumentId& instrument) const {
  const auto at = std::ranges::find(entries_, instrument, &Entry::instrument);
  if (at == entries_.end()) return std::nullopt;
  return static_cast<InstrumentNumber>(at - entries_.begin());
}

const market::InstrumentId& Desk::instrument(InstrumentNumber number) const {
  CW_REQUIRE(number < entries_.size());
  return entries_[number].instrument;
}

bool Desk::is_followed(InstrumentNumber number) const { return number < entries_.size() && entries_[number].series; }

const SeriesRecord& Desk::series(InstrumentNumber number) const {
  CW_REQUIRE(is_followed(number));
  return entries_[number].series->record;
}

Ticker Desk::ticker(InstrumentNumber number) const {
  CW_REQUIRE(is_followed(number));
  return ticker_of(*entries_[number].series);
}

std::optional<market::Provisional<Preview>> Desk::peek(InstrumentNumber number, const FormingCandle& forming) const {
  if (!is_followed(number)) return std::nullopt;
  const auto& series = *entries_[number].series;
  const Candle as_if_closed{forming.open_time, forming.open, forming.high, forming.low, forming.close, forming.volume};
  if (!is_sound(as_if_closed) || (series.record.last_bar && forming.open_time <= *series.record.last_bar))
    return std::nullopt;
  Preview preview;
  for (const auto timeframe : market::kTimeframes) {
    preview.bars[static_cast<std::size_t>(timeframe)] = series.ladder.peek(timeframe, forming).value();
  }
  // The figures as they will be if the bar closes as it stands.
  Series shown = series;
  shown.record.last_bar = forming.open_time;
  if (!shown.record.first_bar) shown.record.first_bar = forming.open_time;
  shown.price = forming.close;
  shown.day.add(as_if_closed);
  preview.ticker = ticker_of(shown);
  preview.ticker.time = forming.updated_at;
  return market::Provisional{preview};
}

Desk::Series* Desk::find(InstrumentNumber number) {
  if (is_followed(number)) return &*entries_[number].series;
  ++counters_.unknown_instrument;
  return nullptr;
}

Ticker Desk::ticker_of(const Series& series) {
  const auto& record = series.record;
  if (!record.last_bar) return {};
  Ticker ticker;
  ticker.price = series.price;
  ticker.change_24h = (series.price - series.day.oldest_open()) / series.day.oldest_open();
  ticker.volume_24h = series.day.volume();
  ticker.time = *record.last_bar + kBase;
  ticker.window_from = series.day.oldest_time();
  ticker.whole_day = ticker.time - *record.first_bar >= kDay;
  return ticker;
}

}  // namespace cw::desk
