#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/random.h"
#include "candle_store/candle_store.h"
#include "exchange/binance/event_router.h"
#include "exchange/feed.h"
#include "signal_market.h"

// The market that the benches of a signal's whole way are fed by: 500 symbols of one exchange, in its own texts.
namespace cw::bench {

inline constexpr std::size_t kSymbols = 500;
inline constexpr std::size_t kStored = 260;  // bars of each timeframe: every component has its look-back
inline constexpr std::int64_t kMidnight = 1'767'225'600'000;
inline constexpr std::int64_t kMinute = 60'000;

inline std::string symbol_of(std::size_t i) { return fmt::format("S{:03}USDT", i); }

inline std::vector<std::string> symbols() {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < kSymbols; ++i) all.push_back(symbol_of(i));
  return all;
}

inline std::vector<market::InstrumentId> instruments() {
  std::vector<market::InstrumentId> all;
  for (std::size_t i = 0; i < kSymbols; ++i) all.push_back({"binance", symbol_of(i)});
  return all;
}

/// Makes a store of what came before the first message: kStored bars of each timeframe of each symbol, and `others`. Answers
/// where each symbol's prices go on from.
inline Result<std::vector<Walk>> fill(
    const std::filesystem::path& candles,
    const std::vector<std::pair<candle_store::SeriesId, market::CandleColumns>>& others = {}) {
  NullLogger logger;
  Metrics metrics;
  const auto store = candle_store::CandleStore::open(candles, {}, logger, metrics);
  if (!store) return pass_on(store);
  std::vector<Walk> walks;
  for (std::size_t i = 0; i < kSymbols; ++i) {
    walks.push_back({Random{i + 1}});
    for (const auto timeframe : signals::kSignalTimeframes) {
      market::CandleColumns rows;
      const auto length = market::duration(timeframe);
      for (std::size_t k = kStored; k > 0; --k)
        rows.push_back(walks[i].next(from_ms(kMidnight) - static_cast<int>(k) * length));
      const auto stored = (*store)->put_history({{"binance", symbol_of(i)}, timeframe}, rows.view());
      if (!stored) return pass_on(stored);
    }
  }
  for (const auto& [series, rows] : others) {
    if (const auto stored = (*store)->put_history(series, rows.view()); !stored) return pass_on(stored);
  }
  return walks;
}

inline std::string closing_message(const std::string& symbol, const market::Candle& bar) {
  const auto opens = to_ms(bar.open_time);
  return fmt::format(
      R"({{"stream":"{0}@kline_1m","data":{{"e":"kline","E":{2},"s":"{0}","k":{{"t":{1},"T":{3},"s":"{0}",)"
      R"("i":"1m","f":1,"L":3,"o":"{4}","c":"{5}","h":"{6}","l":"{7}","v":"{8}","n":3,"x":true,"q":"80",)"
      R"("V":"1","Q":"2","B":"0"}}}}}})",
      symbol, opens, opens + kMinute + 5, opens + kMinute - 1, bar.open, bar.close, bar.high, bar.low, bar.volume);
}

inline std::string trade_message(const std::string& symbol, std::int64_t id, Timestamp time, double price) {
  return fmt::format(R"({{"stream":"{0}@trade","data":{{"e":"trade","E":{2},"s":"{0}","t":{1},"p":"{3}","q":"0.25",)"
                     R"("T":{2},"m":true,"M":true}}}})",
                     symbol, id, to_ms(time), price);
}

/// The exchange: it sends, and the feed decodes on this thread, as the feed's loop does.
class Exchange {
 public:
  Exchange(exchange::FeedSink& sink, std::vector<Walk> walks, Logger& logger, Metrics& metrics)
      : sink_(sink),
        walks_(std::move(walks)),
        router_(symbols(), sink, clock_, logger, metrics, [this](auto index, const auto& bar) {
          sink_.on_bar(index, {market::BarEvent::Kind::closed, bar, {}, {}});
        }) {}

  /// The next minute's closing messages.
  std::vector<std::string> minute() {
    std::vector<std::string> texts;
    const Timestamp opens = from_ms(kMidnight + minute_++ * kMinute);
    for (std::size_t i = 0; i < kSymbols; ++i) texts.push_back(closing_message(symbol_of(i), walks_[i].next(opens)));
    return texts;
  }
  void take(const std::string& text) { router_.take(text, from_ms(kMidnight + minute_ * kMinute)); }
  void trade() {
    const std::size_t i = random_.below(kSymbols);
    take(trade_message(symbol_of(i), ++trade_id_, from_ms(kMidnight + minute_ * kMinute), walks_[i].price));
  }

 private:
  exchange::FeedSink& sink_;
  std::vector<Walk> walks_;
  exchange::binance::VenueClock clock_;
  exchange::binance::EventRouter router_;
  Random random_{9};
  std::int64_t minute_ = 0;
  std::int64_t trade_id_ = 0;
};

}  // namespace cw::bench
