#include "exchange/binance/history_loader.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "base/require.h"
#include "exchange/binance/backoff.h"
#include "net/wakeup.h"

namespace cw::exchange::binance {
namespace {

using market::Candle;
using market::Timeframe;

constexpr Millis kFirstWait{1'000};
constexpr Millis kLongestWait{60'000};
constexpr Millis kRefusedWait{300'000};
constexpr Millis kRoomWait{5'000};
constexpr Millis kLogFailureEvery{60'000};

market::CandleColumns columns_of(std::span<const Candle> bars) {
  market::CandleColumns columns;
  columns.reserve(bars.size());
  for (const Candle& bar : bars) columns.push_back(bar);
  return columns;
}

struct Segment {  // open times [from, to) still to be fetched, from its end backwards
  Timestamp from;
  Timestamp to;
};

struct Series {
  FollowedIndex instrument;
  Timeframe timeframe;
  Timestamp goal;
  std::vector<Segment> segments;  // the newest last
  std::size_t pages = 0;
  bool given_up = false;
  Timestamp end{};          // of what is wanted
  bool was_stored = false;  // in part, when the fetching began

  std::optional<double> stored_share() const {
    if (!was_stored || given_up || end <= goal) return std::nullopt;
    Millis left{0};
    for (const Segment& segment : segments) left += segment.to - segment.from;
    return std::clamp(1 - static_cast<double>(left.count()) / static_cast<double>((end - goal).count()), 0.0, 1.0);
  }
};

struct Request {
  FollowedIndex instrument;
  Timeframe timeframe;
  Timestamp before;
};

}  // namespace

struct HistoryLoader::Impl {
  Impl(net::Runtime& owner, HistoryOptions given, HistorySink& to, RestShared& common, Metrics& metrics,
       std::uint64_t seed)
      : runtime(owner),
        options(std::move(given)),
        sink(to),
        shared(common),
        random(seed),
        tasks(owner),
        woken(owner.loop()),
        bars_fetched(metrics.counter("candlewick_history_bars_total", "Closed bars fetched from the exchange's past")),
        pages_left(metrics.gauge("candlewick_history_series_left", "Series whose history is not complete yet")) {}

  net::Runtime& runtime;
  HistoryOptions options;
  HistorySink& sink;
  RestShared& shared;
  Random random;
  std::unique_ptr<RestClient> client;
  net::TaskGroup tasks;
  net::Wakeup woken;
  std::vector<Series> series;
  std::deque<Request> requests;
  Counter& bars_fetched;
  Gauge& pages_left;
  bool planned = false;
  bool stopping = false;
  std::int64_t failures_unsaid = 0;
  std::optional<Timestamp> failure_logged_at;

  void tell(FollowedIndex instrument, Timeframe timeframe, HistoryStatus status) {
    const auto whose = std::ranges::find_if(
        series, [&](const Series& one) { return one.instrument == instrument && one.timeframe == timeframe; });
    if (whose != series.end()) status.stored_share = whose->stored_share();
    sink.on_history_status(instrument, timeframe, status);
  }

  // As the series stands while nothing of it is under way.
  void tell_rest(FollowedIndex instrument, Timeframe timeframe) {
    const auto same = [&](const auto& one) { return one.instrument == instrument && one.timeframe == timeframe; };
    const auto goal = std::ranges::find_if(series, same);
    const bool is_goal = goal != series.end() && !goal->segments.empty();
    if (std::ranges::any_of(requests, same)) {
      tell(instrument, timeframe, {.state = HistoryStatus::State::queued});
    } else if (is_goal) {
      tell(instrument, timeframe,
           {.state = goal->pages > 0 ? HistoryStatus::State::running : HistoryStatus::State::queued});
    } else if (goal == series.end() || !goal->given_up) {
      tell(instrument, timeframe, {.state = HistoryStatus::State::done});
    }
  }

  void plan() {
    const Timestamp now = shared.clock.at(runtime.now());
    for (const HistoryGoal& goal : options.goals) {
      const Timestamp from = goal.reach ? now - *goal.reach : from_ms(kEarliestMs);
      for (FollowedIndex i = 0; i < options.symbols.size(); ++i) {
        Series one{i, goal.timeframe, market::open_of(goal.timeframe, from), {}};
        one.end = now;
        const auto stored = options.coverage ? options.coverage(i, goal.timeframe) : std::nullopt;
        if (!stored) {
          one.segments.push_back({one.goal, now});
        } else {
          one.was_stored = true;
          if (one.goal < stored->first) one.segments.push_back({one.goal, stored->first});
          const Timestamp next = std::max(one.goal, stored->last + market::duration(goal.timeframe));
          if (next + market::duration(goal.timeframe) <= now) one.segments.push_back({next, now});
        }
        if (stored && !one.segments.empty())
          sink.on_history_progress(i, goal.timeframe, std::max(stored->first, one.goal), one.goal, false);
        series.push_back(std::move(one));
      }
    }
    planned = true;
    for (const Series& one : series) {
      if (one.segments.empty()) sink.on_history_progress(one.instrument, one.timeframe, one.goal, one.goal, true);
      tell_rest(one.instrument, one.timeframe);
    }
    count();
  }

  void count() {
    const auto left = std::ranges::count_if(series, [](const Series& one) { return !one.segments.empty(); });
    pages_left.set(static_cast<double>(left));
  }

  Series* next_series() {
    Series* best = nullptr;
    for (Series& one : series) {
      if (!one.segments.empty() && (!best || one.pages < best->pages)) best = &one;
    }
    return best;
  }

  net::Task<Result<void>> fetch_page(Series& one) {
    const Segment segment = one.segments.back();
    auto bars = co_await client->klines_before(options.symbols[one.instrument], one.timeframe, segment.to);
    if (!bars) co_return pass_on(bars);
    ++one.pages;
    const auto wanted = std::ranges::find_if(*bars, [&](const Candle& bar) { return bar.open_time >= segment.from; });
    const std::span<const Candle> rows(wanted, bars->end());
    if (!rows.empty()) {
      bars_fetched.add(rows.size());
      sink.on_history(one.instrument, one.timeframe, columns_of(rows).view());
      one.segments.back().to = rows.front().open_time;
    }
    // No row at all: the venue has nothing older. A row before the segment: the segment is whole.
    const bool whole = bars->empty() || rows.size() < bars->size() || one.segments.back().to <= segment.from;
    const Timestamp oldest = one.segments.back().to;
    if (whole) one.segments.pop_back();
    sink.on_history_progress(one.instrument, one.timeframe, oldest, one.goal, one.segments.empty());
    count();
    co_return Result<void>{};
  }

  net::Task<Result<void>> serve(Request request) {
    auto bars = co_await client->klines_before(options.symbols[request.instrument], request.timeframe, request.before);
    if (!bars) co_return pass_on(bars);
    bars_fetched.add(bars->size());
    if (!bars->empty()) sink.on_history(request.instrument, request.timeframe, columns_of(*bars).view());
    const Timestamp oldest = bars->empty() ? request.before : bars->front().open_time;
    sink.on_history_progress(request.instrument, request.timeframe, oldest, oldest, bars->empty());
    co_return Result<void>{};
  }

  net::Task<void> work() {
    if (!shared.clock.is_known()) (void)co_await client->time();
    plan();
    Backoff backoff(kFirstWait, kLongestWait);
    for (;;) {
      if (options.has_room && !options.has_room()) {
        co_await runtime.sleep_for(kRoomWait);
        continue;
      }
      Result<void> done;
      Series* one = requests.empty() ? next_series() : nullptr;
      if (!requests.empty()) {
        const Request request = requests.front();
        tell(request.instrument, request.timeframe, {.state = HistoryStatus::State::running});
        done = co_await serve(request);
        if (done) drop_served(request);
        if (done) tell_rest(request.instrument, request.timeframe);
      } else if (one) {
        tell(one->instrument, one->timeframe, {.state = HistoryStatus::State::running});
        done = co_await fetch_page(*one);
        if (done) tell_rest(one->instrument, one->timeframe);
      } else {
        co_await woken.wait();
        continue;
      }
      if (done) {
        backoff = Backoff(kFirstWait, kLongestWait);
        continue;
      }
      if (stopping) co_return;
      log_failure(done.error());
      const bool refused = done.error().code == Errc::refused;
      const Millis wait = refused ? kRefusedWait : backoff.failed(runtime.now(), random);
      tell_failed(one, done.error(), runtime.now() + wait);
      co_await runtime.sleep_for(wait);
    }
  }

  // The first at once, then at most one a minute: a venue that misbehaves must not fill the log.
  void log_failure(const Error& why) {
    ++failures_unsaid;
    const Timestamp now = runtime.now();
    if (failure_logged_at && now - *failure_logged_at < kLogFailureEvery) return;
    runtime.logger().warn("history_fetch_failed",
                          {{"why", std::string_view(why.message)}, {"failures", failures_unsaid}});
    failure_logged_at = now;
    failures_unsaid = 0;
  }

  void tell_failed(Series* one, const Error& why, Timestamp next_try) {
    const auto [instrument, timeframe] = one ? std::pair{one->instrument, one->timeframe}
                                             : std::pair{requests.front().instrument, requests.front().timeframe};
    const bool is_hopeless = why.code == Errc::bad_parameter;
    if (is_hopeless) give_up(one);
    tell(instrument, timeframe,
         {HistoryStatus::State::failed, why.message, is_hopeless ? std::nullopt : std::optional{next_try}});
  }

  // The venue turns the series down: the others go on. None: the request at the front.
  void give_up(Series* one) {
    if (one) {
      one->segments.clear();
      one->given_up = true;
    } else {
      requests.pop_front();
    }
    count();
  }

  // While it was served, the same series may have been asked for further back.
  void drop_served(const Request& request) {
    std::erase_if(requests, [&](const Request& other) {
      return other.instrument == request.instrument && other.timeframe == request.timeframe &&
             other.before == request.before;
    });
  }

  net::Task<void> run() {
    tasks.spawn("history", work());
    co_await tasks.join();
  }
};

Result<std::unique_ptr<HistoryLoader>> HistoryLoader::make(net::Runtime& runtime, HistoryOptions options,
                                                           HistorySink& sink, RestShared& shared, Metrics& metrics,
                                                           std::uint64_t seed) {
  auto client = RestClient::make(runtime, options.rest_url, shared, metrics, kHistoryShare);
  if (!client) return pass_on(client);
  auto impl = std::make_unique<Impl>(runtime, std::move(options), sink, shared, metrics, seed);
  impl->client = std::move(*client);
  return std::unique_ptr<HistoryLoader>(new HistoryLoader(std::move(impl)));
}

HistoryLoader::HistoryLoader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HistoryLoader::~HistoryLoader() = default;

net::Task<void> HistoryLoader::run() { return impl_->run(); }

void HistoryLoader::stop() {
  impl_->stopping = true;
  impl_->tasks.cancel();
}

bool HistoryLoader::request_older(FollowedIndex instrument, Timeframe timeframe, Timestamp before) {
  CW_REQUIRE(instrument < impl_->options.symbols.size());
  const auto same = std::ranges::find_if(impl_->requests, [&](const Request& request) {
    return request.instrument == instrument && request.timeframe == timeframe;
  });
  if (same != impl_->requests.end()) {
    same->before = std::min(same->before, before);
    return true;
  }
  if (impl_->requests.size() == kRequestsMost) return false;
  impl_->requests.push_back({instrument, timeframe, before});
  impl_->tell_rest(instrument, timeframe);
  impl_->woken.notify();
  return true;
}

bool HistoryLoader::is_complete() const {
  return impl_->planned && std::ranges::all_of(impl_->series, [](const Series& s) { return s.segments.empty(); });
}

}  // namespace cw::exchange::binance
