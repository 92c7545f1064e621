#include "app/serve/candle_page.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "candle_store/query.h"

namespace cw::app {
namespace {

using market::Timeframe;

std::vector<Timeframe> stored_timeframes(const candle_store::CandleStore& store, const market::InstrumentId& id) {
  std::vector<Timeframe> stored;
  for (const Timeframe timeframe : market::kTimeframes) {
    if (store.info({id, timeframe})) stored.push_back(timeframe);
  }
  return stored;
}

std::optional<Error> too_fine(const std::vector<Timeframe>& stored, const api::CandleRequest& request) {
  if (stored.empty()) return std::nullopt;
  const auto offered = offered_timeframes(stored, false);
  if (std::ranges::find(offered, request.timeframe) != offered.end()) return std::nullopt;
  std::vector<std::string> names;
  for (const Timeframe timeframe : offered) names.emplace_back(market::name(timeframe));
  Error error{Errc::unknown_timeframe, {}, names, "timeframe"};
  error.message = fmt::format("{} has no {} bars: it is stored in {}.", request.instrument.text(),
                              market::name(request.timeframe), fmt::join(names, " "));
  return error;
}

/// The oldest open time that a bar of `timeframe` can have: of the series that fold into it.
std::optional<Timestamp> oldest_answer(const candle_store::CandleStore& store, const market::InstrumentId& id,
                                       const std::vector<Timeframe>& stored, Timeframe timeframe) {
  std::optional<Timestamp> oldest;
  for (const Timeframe source : stored) {
    if (source != timeframe && !market::folds_into(source, timeframe)) continue;
    const auto info = store.info({id, source});
    if (!info) continue;
    const Timestamp open = market::open_of(timeframe, info->first);
    if (!oldest || open < *oldest) oldest = open;
  }
  return oldest;
}

}  // namespace

std::vector<Timeframe> offered_timeframes(const std::vector<Timeframe>& stored, bool followed) {
  std::vector<Timeframe> offered;
  for (const Timeframe timeframe : market::kTimeframes) {
    const bool can = followed || std::ranges::any_of(stored, [&](Timeframe source) {
                       return source == timeframe || market::folds_into(source, timeframe);
                     });
    if (can) offered.push_back(timeframe);
  }
  return offered;
}

std::optional<Timestamp> oldest_stored(const candle_store::CandleStore& store, const market::InstrumentId& id,
                                       Timeframe timeframe) {
  const auto info = store.info({id, timeframe});
  return info ? std::optional{info->first} : std::nullopt;
}

Result<api::CandlePage> read_candle_page(const candle_store::CandleStore& store, const api::CandleRequest& request) {
  api::CandlePage page;
  page.instrument = request.instrument;
  page.timeframe = request.timeframe;
  const auto stored = stored_timeframes(store, request.instrument);
  if (auto error = too_fine(stored, request)) return std::unexpected(std::move(*error));
  candle_store::CandleQuery query;
  query.instrument = request.instrument;
  query.timeframe = request.timeframe;
  query.limit = request.limit;
  query.pick = request.from ? candle_store::Pick::oldest : candle_store::Pick::newest;
  // Outside of what a bar can have as its time, the answer is the same as at the edge.
  query.from = std::clamp(request.from.value_or(Timestamp{}), Timestamp{}, from_ms(kLatestMs));
  query.to = std::clamp(request.to.value_or(from_ms(kLatestMs)), Timestamp{}, from_ms(kLatestMs));
  page.oldest = oldest_answer(store, request.instrument, stored, request.timeframe);
  if (query.from >= query.to) return page;
  auto answer = candle_store::query(store, query);
  if (!answer) return pass_on(answer);
  page.candles = std::move(answer->bars);
  const Millis length = market::duration(request.timeframe);
  for (std::size_t i = 0; i < page.candles.size(); ++i) {
    if (answer->gaps[i] != 0) page.gapped.push_back(from_ms(page.candles.open_time_ms[i]));
    if (i == 0) continue;
    const Timestamp end = from_ms(page.candles.open_time_ms[i - 1]) + length;
    if (const Timestamp open = from_ms(page.candles.open_time_ms[i]); open > end) page.gaps.emplace_back(end, open);
  }
  for (const auto& piece : answer->source) {
    if (!page.source.empty() && page.source.back().timeframe == piece.timeframe) {
      page.source.back().to = piece.to;
    } else {
      page.source.push_back({piece.timeframe, piece.from, piece.to});
    }
  }
  return page;
}

bool wants_older(const api::CandlePage& page, const api::CandleRequest& request) {
  if (request.from) return !page.oldest || *request.from < *page.oldest;
  return page.candles.size() < request.limit;
}

std::optional<realtime::Ticker> stored_ticker(const candle_store::CandleStore& store, const market::InstrumentId& id) {
  const auto stored = stored_timeframes(store, id);
  std::optional<realtime::Ticker> ticker;
  for (const Timeframe timeframe : stored) {
    const auto newest =
        store.scan_backward({id, timeframe}, Timestamp{}, from_ms(kLatestMs), [&](const market::CandleSpan& span) {
          const market::Candle bar = span[span.size() - 1];
          const Timestamp closed = bar.open_time + market::duration(timeframe);
          if (!ticker || closed > *ticker->time) ticker = realtime::Ticker{.price = bar.close, .time = closed};
          return false;
        });
    if (!newest) return std::nullopt;
  }
  return ticker;
}

}  // namespace cw::app
