// A closing message's way to the published score, on the parts that serve: the exchange's text is decoded, journaled and stored
// on a real disk by the market thread, and the server's loop makes the signal and sends it to a subscriber. 500 symbols of six
// timeframes. Asked for: p99 under 1 ms between the bursts, a minute's burst of 500 closes in 15 ms.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>
#include <boost/asio/post.hpp>

#include <fmt/format.h>

#include "app/serve/live_signals.h"
#include "app/serve/market_writer.h"
#include "base/random.h"
#include "exchange/binance/event_router.h"
#include "net/system_runtime.h"
#include "records/record_schema.h"
#include "signal_market.h"

namespace {

using namespace cw;  // NOLINT: a program of one file
using bench::Walk;
using market::Candle;
using market::Timeframe;
using Instant = std::chrono::steady_clock::time_point;

constexpr std::size_t kSymbols = 500;
constexpr std::size_t kStored = 260;  // bars of each timeframe: every component has its look-back
constexpr std::int64_t kMidnight = 1'767'225'600'000;
constexpr std::int64_t kMinute = 60'000;
constexpr int kSpacedMinutes = 6;
constexpr int kBursts = 12;
constexpr std::chrono::microseconds kSpace{2'000};
constexpr std::size_t kTradesBetween = 8;  // of other symbols, with each close: some 4,000 a second

std::string symbol_of(std::size_t i) { return fmt::format("S{:03}USDT", i); }

std::string closing_message(const std::string& symbol, const Candle& bar) {
  const auto opens = to_ms(bar.open_time);
  return fmt::format(
      R"({{"stream":"{0}@kline_1m","data":{{"e":"kline","E":{2},"s":"{0}","k":{{"t":{1},"T":{3},"s":"{0}",)"
      R"("i":"1m","f":1,"L":3,"o":"{4}","c":"{5}","h":"{6}","l":"{7}","v":"{8}","n":3,"x":true,"q":"80",)"
      R"("V":"1","Q":"2","B":"0"}}}}}})",
      symbol, opens, opens + kMinute + 5, opens + kMinute - 1, bar.open, bar.close, bar.high, bar.low, bar.volume);
}

std::string trade_message(const std::string& symbol, std::int64_t id, Timestamp time, double price) {
  return fmt::format(R"({{"stream":"{0}@trade","data":{{"e":"trade","E":{2},"s":"{0}","t":{1},"p":"{3}","q":"0.25",)"
                     R"("T":{2},"m":true,"M":true}}}})",
                     symbol, id, to_ms(time), price);
}

/// A subscriber of every signal, as the hub sees one: counts what reaches it and when the newest did.
class Subscriber final : public realtime::Connection {
 public:
  void deliver(const realtime::MessagePtr&) override {
    at_ = std::chrono::steady_clock::now();
    count_.fetch_add(1, std::memory_order_release);
  }
  void forget(std::string_view) override {}

  /// Waits until so many have come; when the last of them did.
  Instant wait_for(std::uint64_t count) const {
    while (count_.load(std::memory_order_acquire) < count) std::this_thread::yield();
    return at_;
  }
  std::uint64_t count() const { return count_.load(std::memory_order_acquire); }

 private:
  Instant at_{};
  std::atomic<std::uint64_t> count_{0};
};

/// The server's loop as ServerHost runs it: bars that the market thread tells are taken in together.
class Server final : public app::MarketOutput {
 public:
  Server(const candle_store::CandleStore& store, const signals::SignalRules& rules, db::Database* records,
         Logger& logger, Metrics& metrics)
      : runtime_(logger),
        hub_({"0", "live", "binance", "bench"}, {}, channels_, metrics),
        workers_("bench", 1, 2'000, metrics),
        signals_({runtime_, workers_, hub_, channels_.board(),
                  [&store](const market::InstrumentId&) -> const candle_store::CandleStore& { return store; }, rules,
                  records, logger, metrics}) {
    channels_.attach(hub_);
    channels_.set_signals(signals_);
    for (std::size_t i = 0; i < kSymbols; ++i)
      signals_.put(channels_.put({{"binance", symbol_of(i)}, symbol_of(i), "USDT"}, true));
    hub_.add(subscriber);
    runtime_.spawn("signals", tick());
    thread_ = std::thread([this] { runtime_.run(); });
  }
  ~Server() override {
    boost::asio::post(runtime_.loop(), [this] { runtime_.stop(); });
    thread_.join();
    hub_.remove(subscriber);
  }

  /// Until every symbol's history was run.
  void wait_until_ready() {
    for (bool ready = false; !ready; std::this_thread::sleep_for(std::chrono::milliseconds{20})) {
      std::promise<bool> all;
      boost::asio::post(runtime_.loop(), [&] {
        bool every = true;
        for (realtime::BoardIndex i = 0; i < kSymbols; ++i) every = every && signals_.symbol(i) != nullptr;
        all.set_value(every);
      });
      ready = all.get_future().get();
    }
  }
  void subscribe() {
    std::promise<void> done;
    boost::asio::post(runtime_.loop(), [&] {
      const auto request = realtime::parse_request(
          R"({"type":"subscribe","id":1,"channel":"signals","params":{"symbol":"*","timeframe":"1m"}})", hub_.limits());
      hub_.handle(subscriber, request, runtime_.now());
      done.set_value();
    });
    done.get_future().get();
  }

  void bar(exchange::FollowedIndex instrument, Timeframe timeframe, const Candle& bar, bool gapped, bool) override {
    const std::scoped_lock lock{mutex_};
    said_.push_back({instrument, timeframe, bar, gapped});
    if (!std::exchange(is_woken_, true)) boost::asio::post(runtime_.loop(), [this] { take_in(); });
  }
  void shown(exchange::FollowedIndex, const app::ShownInstrument&) override {}
  void history_stored(exchange::FollowedIndex) override {}

  Subscriber subscriber;

 private:
  struct Said {
    exchange::FollowedIndex instrument;
    Timeframe timeframe;
    Candle bar;
    bool gapped;
  };
  void take_in() {
    std::vector<Said> bars;
    {
      const std::scoped_lock lock{mutex_};
      bars.swap(said_);
      is_woken_ = false;
    }
    for (const auto& said : bars) {
      channels_.closed(said.instrument, said.timeframe, said.bar, said.gapped);
      signals_.closed(said.instrument, said.timeframe, said.bar);
    }
  }
  net::Task<void> tick() {
    for (;;) {
      co_await runtime_.sleep_for(realtime::MarketChannels::kTick);
      signals_.tick();
    }
  }

  net::SystemRuntime runtime_;
  realtime::MarketChannels channels_{"binance"};
  realtime::Hub hub_;
  api::WorkerPool workers_;
  app::LiveSignals signals_;
  std::mutex mutex_;
  std::vector<Said> said_;
  bool is_woken_ = false;
  std::thread thread_;
};

bool fill(candle_store::CandleStore& store, std::vector<Walk>& walks) {
  for (std::size_t i = 0; i < kSymbols; ++i) {
    for (const auto timeframe : signals::kSignalTimeframes) {
      market::CandleColumns rows;
      const auto length = market::duration(timeframe);
      for (std::size_t k = kStored; k > 0; --k)
        rows.push_back(walks[i].next(from_ms(kMidnight) - static_cast<int>(k) * length));
      if (!store.put_history({{"binance", symbol_of(i)}, timeframe}, rows.view())) return false;
    }
  }
  return true;
}

void line(std::string_view what, double figure, std::string_view asked) {
  fmt::print("{:<66} {:>10.3f} ms   {}\n", what, figure, asked);
}

double at_share(std::vector<double> values, double share) {
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

double ms_since(Instant begun, Instant end) { return std::chrono::duration<double, std::milli>(end - begun).count(); }

/// The exchange: it sends, and the feed decodes on this thread, as the feed's loop does.
class Exchange {
 public:
  Exchange(exchange::FeedSink& sink, std::vector<Walk>& walks, Logger& logger, Metrics& metrics)
      : sink_(sink),
        walks_(walks),
        router_(names(), sink, clock_, logger, metrics, [this](auto index, const auto& bar) {
          sink_.on_bar(index, {market::BarEvent::Kind::closed, bar, {}, {}});
        }) {}

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
  static std::vector<std::string> names() {
    std::vector<std::string> all;
    for (std::size_t i = 0; i < kSymbols; ++i) all.push_back(symbol_of(i));
    return all;
  }
  exchange::FeedSink& sink_;
  std::vector<Walk>& walks_;
  exchange::binance::VenueClock clock_;
  exchange::binance::EventRouter router_;
  Random random_{9};
  std::int64_t minute_ = 0;
  std::int64_t trade_id_ = 0;
};

void measure_spaced(Exchange& exchange, const Subscriber& subscriber, std::string_view name) {
  std::vector<double> way;
  for (int m = 0; m < kSpacedMinutes; ++m) {
    for (const auto& text : exchange.minute()) {
      for (std::size_t k = 0; k < kTradesBetween; ++k) exchange.trade();
      std::this_thread::sleep_for(kSpace);
      const auto before = subscriber.count();
      const auto begun = std::chrono::steady_clock::now();
      exchange.take(text);
      way.push_back(ms_since(begun, subscriber.wait_for(before + 1)));
    }
  }
  line(fmt::format("{}: one close, message to published score, median", name), at_share(way, 0.5), "");
  line(fmt::format("{}: one close, message to published score, p99", name), at_share(way, 0.99), "asked: under 1");
}

void measure_bursts(Exchange& exchange, const Subscriber& subscriber, std::string_view name) {
  std::vector<double> whole;
  for (int m = 0; m < kBursts; ++m) {
    const auto texts = exchange.minute();
    const auto before = subscriber.count();
    const auto begun = std::chrono::steady_clock::now();
    for (const auto& text : texts) exchange.take(text);
    whole.push_back(ms_since(begun, subscriber.wait_for(before + kSymbols)));
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  }
  line(fmt::format("{}: the minute's burst, 500 closes, median", name), at_share(whole, 0.5), "asked: 15");
  line(fmt::format("{}: the minute's burst, 500 closes, longest", name), at_share(whole, 1), "");
}

int measure(const std::filesystem::path& folder, std::string_view name) {
  NullLogger logger;
  Metrics metrics;
  const auto rules = bench::shipped_rules();
  std::vector<Walk> walks;
  for (std::size_t i = 0; i < kSymbols; ++i) walks.push_back({Random{i + 1}});
  const auto failed = [](const Error& error) { return fmt::print("{}\n", error.message), 1; };
  auto store = candle_store::CandleStore::open(folder / "candles", {}, logger, metrics);
  if (!store) return failed(store.error());
  if (!fill(**store, walks)) return fmt::print("the store refused the bench's bars\n"), 1;
  auto records = db::Database::open(folder / "record.db", records::record_schema(), logger, metrics);
  if (!records) return failed(records.error());

  Server server(**store, rules, records->get(), logger, metrics);
  std::vector<market::InstrumentId> followed;
  for (std::size_t i = 0; i < kSymbols; ++i) followed.push_back({"binance", symbol_of(i)});
  auto writer = app::MarketWriter::open({**store, folder / "journal", followed, server, logger, metrics});
  if (!writer) return failed(writer.error());
  server.wait_until_ready();
  server.subscribe();
  (*writer)->start();
  Exchange exchange(**writer, walks, logger, metrics);
  for (int warm = 0; warm < 2; ++warm) {
    const auto before = server.subscriber.count();
    for (const auto& text : exchange.minute()) exchange.take(text);
    server.subscriber.wait_for(before + kSymbols);
  }
  measure_spaced(exchange, server.subscriber, name);
  measure_bursts(exchange, server.subscriber, name);
  (*writer)->stop();
  return 0;
}

int measure_in(const std::filesystem::path& parent, std::string_view name) {
  const auto folder = parent / fmt::format("bench-signal-path-{}", ::getpid());
  std::filesystem::create_directories(folder);
  const int code = measure(folder, name);
  std::filesystem::remove_all(folder);
  return code;
}

}  // namespace

int main() {
  fmt::print(
      "{} symbols x 6 timeframes, market thread and server's loop; each close is journaled and stored before it is "
      "told\n\n",
      kSymbols);
  // In memory a sync costs nothing: what the program itself takes.
  if (const int code = measure_in("/dev/shm", "in memory"); code != 0) return code;
  return measure_in(std::filesystem::temp_directory_path(), "on disk");
}
