#include "exchange/binance/event_router.h"

#include <utility>

namespace cw::exchange::binance {
namespace {

constexpr std::size_t kUsualBytes = 4'096;
constexpr std::size_t kUsualLevels = 64;
constexpr Millis kLogEvery{60'000};

Counter& messages(Metrics& metrics, const char* kind) {
  return metrics.counter("candlewick_feed_messages_total", "Messages from the exchange's sockets, by kind",
                         {{"kind", kind}});
}

}  // namespace

EventRouter::Counters::Counters(Metrics& metrics)
    : trades(messages(metrics, "trade")),
      quotes(messages(metrics, "quote")),
      candles(messages(metrics, "candle")),
      answers(messages(metrics, "answer")),
      others(messages(metrics, "not_asked")),
      unknown(messages(metrics, "unknown")),
      malformed(messages(metrics, "malformed")),
      stale(metrics.counter("candlewick_feed_stale_events_total",
                            "Trades, quotes and forming candles that were not newer than what was shown")) {}

EventRouter::EventRouter(std::span<const std::string> symbols, FeedSink& sink, VenueClock& clock, Logger& logger,
                         Metrics& metrics, OnClosed on_closed)
    : table_(symbols),
      shown_(symbols.size()),
      sink_(sink),
      clock_(clock),
      logger_(logger),
      counters_(metrics),
      on_closed_(std::move(on_closed)) {
  decoder_.reserve(kUsualBytes, kUsualLevels);
}

Signal EventRouter::take(std::string_view text, Timestamp now) {
  const Message message = decoder_.decode(text, clock_.at(now));
  return std::visit([&](const auto& m) { return on(m, now); }, message);
}

Signal EventRouter::on(const TradeMessage& message, Timestamp now) {
  const auto index = table_.find(message.symbol);
  if (!index || message.aggregate) return counters_.others.add(), Signal::none;
  counters_.trades.add();
  clock_.heard(now, message.sent_at);
  Shown& shown = shown_[*index];
  shown.heard = now;
  if (message.trade.trade_id <= shown.trade_id) return counters_.stale.add(), Signal::none;
  shown.trade_id = message.trade.trade_id;
  sink_.on_trade(*index, message.trade);
  return Signal::none;
}

Signal EventRouter::on(const QuoteMessage& message, Timestamp now) {
  const auto index = table_.find(message.symbol);
  if (!index) return counters_.others.add(), Signal::none;
  counters_.quotes.add();
  Shown& shown = shown_[*index];
  shown.heard = now;
  if (message.update_id <= shown.update_id) return counters_.stale.add(), Signal::none;
  shown.update_id = message.update_id;
  sink_.on_quote(*index, message.quote);
  return Signal::none;
}

Signal EventRouter::on(const KlineMessage& message, Timestamp now) {
  const auto index = table_.find(message.symbol);
  if (!index || message.interval != market::name(market::Timeframe::m1)) return counters_.others.add(), Signal::none;
  counters_.candles.add();
  const market::FormingCandle& bar = message.candle.bar;
  clock_.heard(now, bar.updated_at);
  Shown& shown = shown_[*index];
  shown.heard = now;
  if (message.candle.closed) {
    on_closed_(*index, {bar.open_time, bar.open, bar.high, bar.low, bar.close, bar.volume});
    return Signal::none;
  }
  if (bar.updated_at < shown.forming_at || bar.open_time < shown.forming_open) {
    return counters_.stale.add(), Signal::none;
  }
  shown.forming_at = bar.updated_at;
  shown.forming_open = bar.open_time;
  sink_.on_forming(*index, bar);
  return Signal::none;
}

Signal EventRouter::on(const AckMessage&, Timestamp) {
  counters_.answers.add();
  return Signal::acknowledged;
}

Signal EventRouter::on(const RefusalMessage& message, Timestamp) {
  counters_.answers.add();
  refusal_ = message.message;
  return Signal::refused;
}

Signal EventRouter::on(const ShutdownMessage&, Timestamp) {
  counters_.answers.add();
  return Signal::shutting_down;
}

Signal EventRouter::on(const TickerMessage&, Timestamp) { return counters_.others.add(), Signal::none; }
Signal EventRouter::on(const BookMessage&, Timestamp) { return counters_.others.add(), Signal::none; }

Signal EventRouter::on(const UnknownMessage& message, Timestamp now) {
  counters_.unknown.add();
  warn("feed_unknown_message", message.name.substr(0, 100), unknown_logged_, now);
  return Signal::none;
}

Signal EventRouter::on(const MalformedMessage& message, Timestamp now) {
  counters_.malformed.add();
  warn("feed_malformed_message", message.reason, malformed_logged_, now);
  return Signal::none;
}

void EventRouter::warn(std::string_view event, std::string_view what, Timestamp& last, Timestamp now) {
  if (now - last < kLogEvery) return;
  last = now;
  logger_.warn(event, {{"what", what}});
}

}  // namespace cw::exchange::binance
