#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>

#include "app/serve/live_signals.h"
#include "app/serve/market_writer.h"
#include "net/system_runtime.h"
#include "records/record_schema.h"
#include "signal_exchange.h"

// A signal's whole way on the parts that serve: the market thread journals and stores each close on a real disk, the server's
// loop makes the signal and sends it to a subscriber.
namespace cw::bench {

using Instant = std::chrono::steady_clock::time_point;

inline double ms_since(Instant begun, Instant end) {
  return std::chrono::duration<double, std::milli>(end - begun).count();
}

inline double at_share(std::vector<double> values, double share) {
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

/// A subscriber of every signal, as the hub sees one: notes of each what it says and when it came.
class Subscriber final : public realtime::Connection {
 public:
  struct Heard {
    Instant at;
    std::size_t digest;  // of what it says
  };
  static constexpr std::size_t kMost = 100'000;

  explicit Subscriber(Gauge& records_waiting) : records_waiting_(records_waiting) { heard_.reserve(kMost); }

  void deliver(const realtime::MessagePtr& message) override {
    const auto at = std::chrono::steady_clock::now();
    const std::string_view text = message->text;
    const auto signal = text.find(R"({"kind":"signal")");
    // What answers the subscription tells old ones.
    const bool is_news = message->delivery == realtime::Delivery::durable;
    if (!is_news || signal == text.npos || heard_.size() >= kMost) return;
    heard_.push_back({at, std::hash<std::string_view>{}(text.substr(signal))});
    // Its row has just been handed to record.db: it is now that the most of them wait.
    most_kept_waiting_ = std::max(most_kept_waiting_, records_waiting_.value());
    count_.fetch_add(1, std::memory_order_release);
    count_.notify_one();
  }
  void forget(std::string_view) override {}

  /// Waits until so many have come; when the last of them did.
  Instant wait_for(std::uint64_t count) const {
    for (auto now = count_.load(std::memory_order_acquire); now < count; now = count_.load(std::memory_order_acquire))
      count_.wait(now, std::memory_order_acquire);
    return heard_[count - 1].at;
  }
  std::uint64_t count() const { return count_.load(std::memory_order_acquire); }

  /// Of those that have come, once no more do.
  const std::vector<Heard>& heard() const { return heard_; }
  /// The most that waited for record.db since the last call, which comes while no signal does.
  double take_most_kept_waiting() { return std::exchange(most_kept_waiting_, 0); }

 private:
  Gauge& records_waiting_;
  std::vector<Heard> heard_;
  double most_kept_waiting_ = 0;
  std::atomic<std::uint64_t> count_{0};
};

/// The server's loop as ServerHost runs it: bars that the market thread tells are taken in together.
class Server final : public app::MarketOutput {
 public:
  Server(const candle_store::CandleStore& store, const signals::SignalRules& rules, db::Database* records,
         Logger& logger, Metrics& metrics)
      : subscriber(metrics.gauge("candlewick_db_jobs_waiting", {}, {{"file", "record.db"}})),
        runtime_(logger),
        hub_({"0", "live", "binance", "bench"}, {}, channels_, metrics),
        workers_("bench", 1, 2'000, metrics),
        signals_({runtime_, workers_, hub_, channels_.board(),
                  [held = &store](const market::InstrumentId&) -> const candle_store::CandleStore& { return *held; },
                  rules, records, logger, metrics}) {
    channels_.attach(hub_);
    channels_.set_signals(signals_);
    for (std::size_t i = 0; i < kSymbols; ++i)
      signals_.put(channels_.put({{"binance", symbol_of(i)}, symbol_of(i), "USDT"}, true));
    hub_.add(subscriber);
    runtime_.spawn("signals", tick());
    thread_ = std::thread([this] { runtime_.run(); });
  }
  ~Server() override {
    post([this] { runtime_.stop(); });
    thread_.join();
    hub_.remove(subscriber);
  }

  /// Onto the loop, from any thread.
  void post(std::function<void()> work) { boost::asio::post(runtime_.loop(), std::move(work)); }

  /// Until every symbol's history was run.
  void wait_until_ready() {
    for (bool ready = false; !ready; std::this_thread::sleep_for(std::chrono::milliseconds{20})) {
      std::promise<bool> all;
      post([&] {
        bool every = true;
        for (realtime::BoardIndex i = 0; i < kSymbols; ++i) every = every && signals_.symbol(i) != nullptr;
        all.set_value(every);
      });
      ready = all.get_future().get();
    }
  }
  void subscribe() {
    std::promise<void> done;
    post([&] {
      const auto request = realtime::parse_request(
          R"({"type":"subscribe","id":1,"channel":"signals","params":{"symbol":"*","timeframe":"1m"}})", hub_.limits());
      hub_.handle(subscriber, request, runtime_.now());
      done.set_value();
    });
    done.get_future().get();
  }

  void bar(exchange::FollowedIndex instrument, market::Timeframe timeframe, const market::Candle& bar, bool gapped,
           bool) override {
    const std::scoped_lock lock{mutex_};
    said_.push_back({instrument, timeframe, bar, gapped});
    most_said_ = std::max(most_said_, said_.size());
    if (!std::exchange(is_woken_, true)) post([this] { take_in(); });
  }
  void shown(exchange::FollowedIndex, const app::ShownInstrument&) override {}
  void history_stored(exchange::FollowedIndex) override {}

  /// Bars of all timeframes that wait for the loop.
  double said() const {
    const std::scoped_lock lock{mutex_};
    return static_cast<double>(said_.size());
  }
  /// The most of them since the last call.
  double take_most_said() {
    const std::scoped_lock lock{mutex_};
    return static_cast<double>(std::exchange(most_said_, 0));
  }

  Subscriber subscriber;

 private:
  struct Said {
    exchange::FollowedIndex instrument;
    market::Timeframe timeframe;
    market::Candle bar;
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
  mutable std::mutex mutex_;
  std::vector<Said> said_;
  std::size_t most_said_ = 0;
  bool is_woken_ = false;
  std::thread thread_;
};

/// All of it, in a folder whose `candles` are those of fill(), which answered `walks`.
class SignalPath {
 public:
  static Result<std::unique_ptr<SignalPath>> open(const std::filesystem::path& folder, const std::vector<Walk>& walks) {
    std::unique_ptr<SignalPath> made{new SignalPath};
    auto store = candle_store::CandleStore::open(folder / "candles", {}, made->logger, made->metrics);
    if (!store) return pass_on(store);
    made->store = std::move(*store);
    auto records = db::Database::open(folder / "record.db", records::record_schema(), made->logger, made->metrics);
    if (!records) return pass_on(records);
    made->records = std::move(*records);
    made->server =
        std::make_unique<Server>(*made->store, made->rules, made->records.get(), made->logger, made->metrics);
    auto writer = app::MarketWriter::open(
        {*made->store, folder / "journal", instruments(), *made->server, made->logger, made->metrics});
    if (!writer) return pass_on(writer);
    made->writer_ = std::move(*writer);
    made->exchange = std::make_unique<Exchange>(*made->writer_, walks, made->logger, made->metrics);
    made->begin();
    return made;
  }
  ~SignalPath() {
    if (writer_) writer_->stop();
  }

  NullLogger logger;
  Metrics metrics;
  const signals::SignalRules rules = shipped_rules();
  std::unique_ptr<candle_store::CandleStore> store;
  std::unique_ptr<db::Database> records;
  std::unique_ptr<Server> server;
  std::unique_ptr<Exchange> exchange;

 private:
  SignalPath() = default;
  void begin() {
    constexpr int kWarmMinutes = 2;
    server->wait_until_ready();
    server->subscribe();
    writer_->start();
    for (int warm = 1; warm <= kWarmMinutes; ++warm) {
      for (const auto& text : exchange->minute()) exchange->take(text);
      server->subscriber.wait_for(static_cast<std::uint64_t>(warm) * kSymbols);
    }
  }

  std::unique_ptr<app::MarketWriter> writer_;
};

}  // namespace cw::bench
