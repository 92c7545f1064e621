#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/worker_pool.h"
#include "app/serve/live_signals.h"
#include "base/log.h"
#include "base/metrics.h"
#include "evaluation/live_series.h"
#include "net/runtime.h"
#include "realtime/hub.h"
#include "realtime/market_channels.h"

namespace cw::app {

/// The values of expressions that somebody watches: `params.expr` of the market_data channel.
///
/// Each series (an instrument's bars of one timeframe) that has watchers has one plan for all their texts. When a text
/// joins, or stored history changes, a new plan is prepared on a worker from the series' first stored bar and takes over
/// where it stands; the old one goes on meanwhile. Values of closed bars go out at once, provisional ones, of the bar under
/// way, newest only with `tick`. Where a text of the series asks for signals, a bar that has closed waits for those of its instant:
/// `closed` here comes before that of LiveSignals. Of the server's loop.
///
/// Limits  kTextsMost texts in all and kTextsOfSeriesMost of one series: limit_exceeded
class LiveValues final : public realtime::ExpressionTopics, public SignalListener {
 public:
  static constexpr std::size_t kTextsMost = 2'000;
  static constexpr std::size_t kTextsOfSeriesMost = 200;
  static constexpr Millis kPrepareAgainAfter{2'000};  // history arrives in many pages

  struct Parts {
    net::Runtime& runtime;
    api::WorkerPool& workers;
    realtime::Hub& hub;
    const realtime::MarketBoard& board;
    std::function<const candle_store::CandleStore&(const market::InstrumentId&)> store_of;
    evaluation::SignalLibrary& signals;
    Logger& logger;
    Metrics& metrics;
  };
  explicit LiveValues(Parts parts);

  Result<realtime::Topic> open(realtime::BoardIndex instrument, market::Timeframe timeframe,
                               const realtime::Subscribe& subscribe) override;
  void left(const std::string& key) override;

  void closed(realtime::BoardIndex instrument, market::Timeframe timeframe, const market::Candle& bar);
  void forming(realtime::BoardIndex instrument, market::Timeframe timeframe, const market::FormingCandle& bar);
  void signals_settled(realtime::BoardIndex instrument, const signals::SymbolSignals& symbol,
                       const std::vector<std::size_t>& fresh) override;
  void signals_begun_anew(realtime::BoardIndex instrument) override;
  /// A stored bar was replaced, or older ones came: plans begin anew.
  void stored_changed(realtime::BoardIndex instrument);
  /// Sends provisional values; begins what waits to be prepared.
  void tick();

 private:
  struct SeriesKey {
    realtime::BoardIndex instrument;
    market::Timeframe timeframe;
    friend auto operator<=>(const SeriesKey&, const SeriesKey&) = default;
  };
  struct Watched {  // one text
    std::string key;
    realtime::SourceId source = 0;
    std::vector<std::string> titles{};
    std::string last_provisional{};  // what was sent, so that the same is not sent again
  };
  struct Series {
    evaluation::LiveSeries live;
    std::map<evaluation::LiveText, Watched> texts;
    std::optional<market::FormingCandle> forming{};
    bool wants_plan = false;  // a text joined, or history changed
    bool is_preparing = false;
    Timestamp prepare_from{};  // not before
  };
  Result<evaluation::LiveText> text_of(const SeriesKey& key, const realtime::Subscribe& subscribe,
                                       std::vector<std::string>& titles) const;
  /// Whether a new text may be watched beside those that are.
  std::optional<Error> refuse(const SeriesKey& key, const Series& series, const evaluation::LiveText& text) const;
  std::optional<market::InstrumentId> find_symbol(std::string_view name) const;
  evaluation::LiveRequest request_of(const SeriesKey& key, const Series& series) const;
  void begin_to_prepare(const SeriesKey& key, Series& series);
  net::Task<void> prepare(SeriesKey key);
  void want_plan(Series& series, Millis after);
  void publish(const SeriesKey& key, Series& series);
  void publish_provisional(const SeriesKey& key, Series& series);
  std::string snapshot(const SeriesKey& key, const Series& series, const evaluation::LiveText& text,
                       const Watched& watched) const;
  realtime::SourceId take_source();

  Parts parts_;
  std::map<SeriesKey, Series> series_;
  std::unordered_map<std::string, std::pair<SeriesKey, evaluation::LiveText>> by_key_;
  std::vector<realtime::SourceId> free_sources_;
  Gauge& texts_gauge_;
  Counter& prepared_;
};

}  // namespace cw::app
