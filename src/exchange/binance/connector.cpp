#include "exchange/binance/connector.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "exchange/binance/bar_keeper.h"
#include "exchange/binance/feed_shard.h"
#include "net/wakeup.h"

namespace cw::exchange::binance {
namespace {

constexpr Millis kTick{1'000};
constexpr Millis kClockEvery = std::chrono::hours{1};
constexpr Millis kClockRetry{10'000};
constexpr Millis kClockFirst{5'000};
constexpr Millis kFetchFirstWait{1'000};
constexpr Millis kFetchLongestWait{30'000};
constexpr Millis kReplaceSilentEvery = std::chrono::minutes{10};

std::vector<std::string> names_of(const std::vector<FollowedSymbol>& followed) {
  std::vector<std::string> names;
  for (const FollowedSymbol& one : followed) names.push_back(one.symbol);
  return names;
}

}  // namespace

struct BinanceFeed::Impl {
  Impl(net::Runtime& owner, FeedOptions given, FeedSink& to, RestShared& common, Metrics& registry, std::uint64_t seed)
      : runtime(owner),
        metrics(registry),
        options(std::move(given)),
        sink(to),
        shared(common),
        random(seed),
        symbols(names_of(options.followed)),
        router(symbols, sink, shared.clock, runtime.logger(), metrics,
               [this](FollowedIndex i, const market::Candle& bar) { on_closed(i, bar); }),
        tasks(owner),
        woken(owner.loop()),
        backfilled(metrics.counter("candlewick_feed_backfilled_bars_total", "Closed bars brought by REST")),
        gaps(metrics.counter("candlewick_feed_gaps_total", "Stretches of bars given up")),
        revised(metrics.counter("candlewick_feed_revised_bars_total", "Bars that came or changed after their place")),
        in_order(metrics.counter("candlewick_feed_bars_total", "Closed bars passed on in order")),
        duplicates(metrics.gauge("candlewick_feed_duplicate_bars", "Closed bars left out as seen before, so far")),
        dropped(metrics.gauge("candlewick_feed_dropped_bars", "Bars and gaps that found no room to wait, so far")) {}

  net::Runtime& runtime;
  Metrics& metrics;
  FeedOptions options;
  FeedSink& sink;
  RestShared& shared;
  Random random;
  std::vector<std::string> symbols;
  EventRouter router;
  net::TaskGroup tasks;
  net::Wakeup woken;  // the supervisor
  std::unique_ptr<net::Alarm> alarm;
  std::vector<std::unique_ptr<RestClient>> clients;
  std::vector<std::unique_ptr<FeedShard>> shards;
  std::vector<BarKeeper> keepers;
  std::vector<bool> fetching;
  std::vector<Timestamp> replaced_for;  // when a silent instrument last cost its connection
  std::vector<std::unique_ptr<net::Wakeup>> idle;
  std::vector<market::BarEvent> events;
  FeedStatus status;
  std::optional<Error> rest_refusal;
  Timestamp began{};
  Timestamp clock_due{};
  bool measuring_clock = false;
  bool stopping = false;
  Counter &backfilled, &gaps, &revised, &in_order;
  Gauge &duplicates, &dropped;

  Timestamp venue_now() { return shared.clock.at(runtime.now()); }

  // ---- bars

  void on_closed(FollowedIndex i, const market::Candle& bar) {
    keepers[i].on_live(bar, venue_now(), events);
    emit(i);
  }

  void emit(FollowedIndex i) {
    for (const market::BarEvent& event : events) {
      if (event.kind == market::BarEvent::Kind::closed) in_order.add();
      if (event.kind == market::BarEvent::Kind::gap) gaps.add();
      if (event.kind == market::BarEvent::Kind::revised) revised.add();
      sink.on_bar(i, event);
    }
    events.clear();
  }

  std::optional<FollowedIndex> next_to_fetch() {
    const Timestamp now = venue_now();
    for (FollowedIndex i = 0; i < keepers.size(); ++i) {
      if (!fetching[i] && keepers[i].wanted(now)) return i;
    }
    return std::nullopt;
  }

  net::Task<void> fetch(std::size_t worker) {
    Backoff backoff(kFetchFirstWait, kFetchLongestWait);
    while (!stopping) {
      const auto i = next_to_fetch();
      if (!i) {
        co_await idle[worker]->wait();
        continue;
      }
      fetching[*i] = true;
      const BarRange range = *keepers[*i].wanted(venue_now());
      auto bars = co_await clients[worker]->klines(symbols[*i], market::Timeframe::m1, range.from, range.to);
      fetching[*i] = false;
      if (stopping) co_return;
      if (bars) {
        backoff = Backoff(kFetchFirstWait, kFetchLongestWait);
        backfilled.add(bars->size());
        rest_refusal.reset();
        keepers[*i].fetched(range, *bars, venue_now(), events);
        emit(*i);
      } else {
        const bool refused = bars.error().code == Errc::refused || bars.error().code == Errc::bad_parameter;
        if (refused) rest_refusal = bars.error();
        const Millis wait = refused ? FeedShard::kRefusedWait : backoff.failed(runtime.now(), random);
        keepers[*i].fetch_failed(venue_now() + wait);
      }
      woken.notify();
    }
  }

  net::Task<void> measure_clock() {
    const auto venue = co_await clients.back()->time();
    measuring_clock = false;
    const bool refused = !venue && venue.error().code == Errc::refused;
    clock_due = runtime.now() + (venue ? kClockEvery : refused ? FeedShard::kRefusedWait : kClockRetry);
  }

  // ---- supervision

  void begin() {
    const Timestamp now = runtime.now();
    began = now;
    for (const FollowedSymbol& one : options.followed) {
      keepers.emplace_back(one.last_bar, venue_now(), options.catch_up_most);
    }
    fetching.assign(keepers.size(), false);
    replaced_for.assign(keepers.size(), Timestamp{});
    const ShardRules rules{options.ws_url + "/stream", options.connection_life, options.connection_life_spread,
                           options.silent_most};
    for (ConnectionPlan& plan : plan_streams(symbols, options.streams_a_connection)) {
      shards.push_back(std::make_unique<FeedShard>(
          runtime, tasks, rules, std::move(plan), router, random, metrics,
          [this](const ConnectionPlan& live, bool took_over) { on_live(live, took_over); },
          [this] { woken.notify(); }));
    }
    for (std::size_t worker = 0; worker + 1 < clients.size(); ++worker) {
      idle.push_back(std::make_unique<net::Wakeup>(runtime.loop()));
      tasks.spawn("feed back-fill", fetch(worker));
    }
  }

  // A successor took over without a break: what it says again is known. After a break ids may begin anew.
  void on_live(const ConnectionPlan& plan, bool took_over) {
    for (const FollowedIndex i : plan.instruments) {
      if (!took_over) router.forget(i);
      keepers[i].catch_up(venue_now());
    }
  }

  void tick() {
    const Timestamp now = runtime.now();
    for (auto& shard : shards) shard->on_time(now);
    replace_for_silent_instruments(now);
    for (FollowedIndex i = 0; i < keepers.size(); ++i) {
      keepers[i].on_time(venue_now(), events);
      emit(i);
    }
    for (auto& worker : idle) {
      if (worker->has_waiter() && next_to_fetch()) worker->notify();
    }
    if (!measuring_clock && now >= clock_due) {
      measuring_clock = true;
      tasks.spawn("feed clock", measure_clock());
    }
    count();
    tell_state(now);
  }

  void count() {
    std::uint64_t twice = 0, lost = 0;
    for (const BarKeeper& keeper : keepers) {
      twice += keeper.counters().duplicate;
      lost += keeper.dropped() + keeper.counters().overflow;
    }
    duplicates.set(static_cast<double>(twice));
    dropped.set(static_cast<double>(lost));
  }

  bool is_silent(FollowedIndex i, Timestamp now) const {
    return now - std::max(router.heard(i), began) >= options.instrument_silent_most;
  }

  void replace_for_silent_instruments(Timestamp now) {
    for (auto& shard : shards) {
      if (!shard->is_live() || shard->is_silent(now)) continue;
      for (const FollowedIndex i : shard->plan().instruments) {
        if (!is_silent(i, now) || now - replaced_for[i] < kReplaceSilentEvery) continue;
        replaced_for[i] = now;
        shard->replace(now);
      }
    }
  }

  // ---- the state, for people

  void tell(FeedState state, std::string detail) {
    if (state == status.state && detail == status.detail && status.since != Timestamp{}) return;
    const bool changed = state != status.state || status.since == Timestamp{};
    status = {state, changed ? runtime.now() : status.since, std::move(detail)};
    runtime.logger().info("feed_state", {{"state", name(state)}, {"detail", std::string_view(status.detail)}});
    sink.on_state(status);
  }

  void tell_state(Timestamp now) {
    const auto down = std::ranges::find_if(shards, [](const auto& shard) { return !shard->is_live(); });
    if (down != shards.end()) return tell_down(**down, now);
    for (const auto& shard : shards) {
      if (shard->is_silent(now)) {
        return tell(FeedState::stale,
                    fmt::format("connected, but nothing was heard for {}", format_duration(options.silent_most)));
      }
      for (const FollowedIndex i : shard->plan().instruments) {
        if (is_silent(i, now)) {
          return tell(FeedState::stale, fmt::format("{} has been silent for {} while others speak", symbols[i],
                                                    format_duration(options.instrument_silent_most)));
        }
      }
    }
    if (rest_refusal) return tell(FeedState::backfilling, "missed bars cannot be fetched: " + rest_refusal->message);
    if (std::ranges::any_of(keepers, &BarKeeper::is_behind)) {
      return tell(FeedState::backfilling, "fetching bars that were missed");
    }
    tell(FeedState::live, "");
  }

  void tell_down(const FeedShard& shard, Timestamp now) {
    const Error& why = shard.why();
    if (why.message.empty()) return;  // the first attempt is under way
    const FeedState state = why.code == Errc::refused ? FeedState::refused : FeedState::down;
    const bool is_trying = shard.retry_at() <= now;
    if (is_trying && state == status.state) return;  // what was said of the attempt before stands until this one ends
    tell(state, is_trying ? why.message
                          : fmt::format("{}; the next try is at {}", why.message, format_time(shard.retry_at())));
  }

  net::Task<void> run() {
    tell(FeedState::connecting, "connecting to the exchange");
    // Where a series begins is a question to the venue's clock; without an answer this machine's must do.
    const auto venue = co_await runtime.within(kClockFirst, clients.back()->time());
    clock_due = runtime.now() + (venue ? kClockEvery : kClockRetry);
    begin();
    alarm = runtime.make_alarm([this] { woken.notify(); });
    while (!stopping) {
      tick();
      alarm->set(kTick);
      co_await woken.wait();
    }
    alarm->clear();
    for (auto& shard : shards) shard->stop();
    tasks.cancel();
    co_await tasks.join();
    tell(FeedState::stopped, "");
  }
};

Result<std::unique_ptr<BinanceFeed>> BinanceFeed::make(net::Runtime& runtime, FeedOptions options, FeedSink& sink,
                                                       RestShared& shared, Metrics& metrics, std::uint64_t seed) {
  if (options.followed.empty()) return fail(Errc::bad_parameter, "no instrument to follow");
  std::set<std::string> seen;
  for (const FollowedSymbol& one : options.followed) {
    if (!seen.insert(one.symbol).second) return fail(Errc::bad_parameter, one.symbol + " is followed twice");
  }
  if (options.ws_url.ends_with('/')) options.ws_url.pop_back();
  if (const auto url = net::parse_url(options.ws_url); !url) return pass_on(url);
  auto impl = std::make_unique<Impl>(runtime, std::move(options), sink, shared, metrics, seed);
  // One client more than fetchers: the clock must not wait behind a long answer.
  for (std::size_t i = 0; i <= impl->options.fetchers; ++i) {
    auto client = RestClient::make(runtime, impl->options.rest_url, shared, metrics, kLiveShare);
    if (!client) return pass_on(client);
    impl->clients.push_back(std::move(*client));
  }
  return std::unique_ptr<BinanceFeed>(new BinanceFeed(std::move(impl)));
}

BinanceFeed::BinanceFeed(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BinanceFeed::~BinanceFeed() = default;

net::Task<void> BinanceFeed::run() { return impl_->run(); }

void BinanceFeed::stop() {
  impl_->stopping = true;
  impl_->woken.notify();
}

const FeedStatus& BinanceFeed::status() const { return impl_->status; }

}  // namespace cw::exchange::binance
