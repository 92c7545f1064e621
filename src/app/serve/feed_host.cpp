#include "app/serve/feed_host.h"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace cw::app {
namespace {

namespace binance = exchange::binance;

constexpr Millis kLearnAgain{30'000};
constexpr Millis kAskAgainFirst{250};
constexpr Millis kAskAgainMost{1'000};

}  // namespace

/// Passes on what feed and loader say under the numbers that their owner knows, and keeps how far each series has come, so
/// that a feed that begins anew goes on there.
class FeedHost::Renumbered final : public exchange::FeedSink, public exchange::HistorySink {
 public:
  explicit Renumbered(FeedHost& host) : host_(host) {}

  void on_bar(exchange::FollowedIndex i, const market::BarEvent& event) override {
    auto& last_bar = host_.settings_.followed[ours(i)].last_bar;
    if (event.kind == market::BarEvent::Kind::closed) last_bar = event.bar.open_time;
    if (event.kind == market::BarEvent::Kind::gap) last_bar = event.gap_to - market::duration(market::Timeframe::m1);
    feed().on_bar(ours(i), event);
  }
  void on_trade(exchange::FollowedIndex i, const market::Trade& trade) override { feed().on_trade(ours(i), trade); }
  void on_forming(exchange::FollowedIndex i, const market::FormingCandle& bar) override {
    feed().on_forming(ours(i), bar);
  }
  void on_quote(exchange::FollowedIndex i, const market::Quote& quote) override { feed().on_quote(ours(i), quote); }
  void on_state(const exchange::FeedStatus& status) override { feed().on_state(status); }
  void on_history(exchange::FollowedIndex i, market::Timeframe timeframe, const market::CandleSpan& rows) override {
    history().on_history(ours(i), timeframe, rows);
  }
  void on_history_progress(exchange::FollowedIndex i, market::Timeframe timeframe, Timestamp oldest, Timestamp goal,
                           bool done) override {
    history().on_history_progress(ours(i), timeframe, oldest, goal, done);
  }
  void on_history_status(exchange::FollowedIndex i, market::Timeframe timeframe,
                         const exchange::HistoryStatus& status) override {
    history().on_history_status(ours(i), timeframe, status);
  }

 private:
  exchange::FollowedIndex ours(exchange::FollowedIndex i) const { return host_.listed_[i]; }
  exchange::FeedSink& feed() { return host_.owners_.feed; }
  exchange::HistorySink& history() { return host_.owners_.history; }

  FeedHost& host_;
};

FeedHost::FeedHost(Settings settings, Owners owners, std::optional<net::TlsContext> tls)
    : settings_(std::move(settings)),
      owners_(std::move(owners)),
      runtime_(tls ? net::SystemRuntime{owners_.logger, std::move(*tls)} : net::SystemRuntime{owners_.logger}),
      sinks_(std::make_unique<Renumbered>(*this)),
      changed_(runtime_.loop()) {
  for (exchange::FollowedIndex i = 0; i < settings_.followed.size(); ++i) listed_.push_back(i);
}

Result<std::unique_ptr<FeedHost>> FeedHost::make(Settings settings, Owners owners, std::optional<net::TlsContext> tls) {
  std::unique_ptr<FeedHost> host{new FeedHost{std::move(settings), std::move(owners), std::move(tls)}};
  auto rest = binance::RestClient::make(host->runtime_, host->settings_.rest_url, host->shared_, host->owners_.metrics,
                                        binance::kLiveShare);
  if (!rest) return pass_on(rest);
  host->rest_ = std::move(*rest);
  host->tasks_ = std::make_unique<net::TaskGroup>(host->runtime_);
  if (const auto built = host->build(); !built) return pass_on(built);
  return host;
}

Result<void> FeedHost::build() {
  binance::FeedOptions options;
  options.ws_url = settings_.ws_url;
  options.rest_url = settings_.rest_url;
  for (const exchange::FollowedIndex i : listed_) options.followed.push_back(settings_.followed[i]);
  auto feed =
      binance::BinanceFeed::make(runtime_, std::move(options), *sinks_, shared_, owners_.metrics, settings_.seed++);
  if (!feed) return pass_on(feed);
  feed_ = std::move(*feed);
  return build_history();
}

Result<void> FeedHost::build_history() {
  if (settings_.goals.empty()) return {};
  binance::HistoryOptions wanted;
  wanted.rest_url = settings_.rest_url;
  wanted.goals = settings_.goals;
  std::vector<market::InstrumentId> ids;
  for (const exchange::FollowedIndex i : listed_) {
    wanted.symbols.push_back(settings_.followed[i].symbol);
    ids.push_back({settings_.venue, settings_.followed[i].symbol});
  }
  wanted.coverage = [&store = owners_.store, ids](
                        exchange::FollowedIndex i,
                        market::Timeframe timeframe) -> std::optional<binance::HistoryCoverage> {
    const auto info = store.info({ids[i], timeframe});
    if (!info) return std::nullopt;
    return binance::HistoryCoverage{info->first, info->last};
  };
  wanted.has_room = [&store = owners_.store] { return store.disk_state() != candle_store::DiskState::full; };
  auto history =
      binance::HistoryLoader::make(runtime_, std::move(wanted), *sinks_, shared_, owners_.metrics, settings_.seed++);
  if (!history) return pass_on(history);
  history_ = std::move(*history);
  return {};
}

FeedHost::~FeedHost() { stop(); }

void FeedHost::start() {
  thread_ = std::thread{[this] {
    tasks_->spawn("instruments", learn_instruments());
    runtime_.spawn("feed host", work());
    runtime_.run();
  }};
}

void FeedHost::stop() {
  if (!thread_.joinable()) return;
  boost::asio::post(runtime_.loop(), [this] {
    stopping_ = true;
    end_feed();
    tasks_->cancel();
    changed_.notify();
  });
  thread_.join();
}

void FeedHost::end_feed() {
  feed_->stop();
  if (history_) history_->stop();
}

net::Task<void> FeedHost::work() {
  const auto patience = runtime_.make_alarm([this] {
    asked_ = true;
    changed_.notify();
  });
  patience->set(kLearnFirst);
  while (!asked_ && !stopping_) co_await changed_.wait();
  patience->clear();
  while (!stopping_ && !listed_.empty()) co_await follow_listed();
  if (stopping_) co_return;
  owners_.logger.info(
      "feed_state", {{"state", std::string_view{"down"}}, {"detail", std::string_view{"there is nothing to follow"}}});
  owners_.feed.on_state({exchange::FeedState::down, runtime_.now(), "there is nothing to follow"});
  while (!stopping_) co_await changed_.wait();
}

/// Until the end, or until it has turned out that a name is unknown.
net::Task<void> FeedHost::follow_listed() {
  std::erase_if(listed_, [this](exchange::FollowedIndex i) {
    return std::ranges::find(unlisted_, settings_.followed[i].symbol) != unlisted_.end();
  });
  if (listed_.empty()) co_return;
  if (const auto built = build(); !built) {
    owners_.logger.error("feed not built", {{"reason", std::string_view{built.error().message}}});
    listed_.clear();
    co_return;
  }
  net::TaskGroup running{runtime_};
  running.spawn("feed", feed_->run());
  if (history_) running.spawn("history", history_->run());
  co_await running.join();
}

void FeedHost::request_older(exchange::FollowedIndex instrument, market::Timeframe timeframe, Timestamp before) {
  if (settings_.goals.empty()) return;
  boost::asio::post(runtime_.loop(), [this, instrument, timeframe, before] {
    const auto found = std::ranges::find(listed_, instrument);
    if (found == listed_.end()) return;
    history_->request_older(static_cast<exchange::FollowedIndex>(found - listed_.begin()), timeframe, before);
  });
}

net::Task<void> FeedHost::learn_instruments() {
  std::vector<std::string> symbols;
  for (const auto& followed : settings_.followed) symbols.push_back(followed.symbol);
  for (;;) {
    const auto check = co_await binance::check_listings(*rest_, settings_.venue, symbols);
    asked_ = true;
    changed_.notify();
    if (check) {
      take_listings(*check);
      co_return;
    }
    owners_.logger.warn("instruments unknown", {{"reason", std::string_view{check.error().message}}});
    co_await runtime_.sleep_for(kLearnAgain);
  }
}

void FeedHost::take_listings(const binance::ListingCheck& check) {
  if (!check.unknown.empty()) {
    // Those that run are numbered by the old list until they have ended: `follow_listed` takes up the new one.
    end_feed();
    for (const auto& unknown : check.unknown) unlisted_.push_back(unknown.symbol);
    owners_.names_unknown(check.unknown);
  }
  owners_.instruments_known(check.listed);
}

Result<void> ask_exchange(const std::string& rest_url, Millis patience, std::optional<net::TlsContext> tls,
                          Logger& logger, Metrics& metrics) {
  net::SystemRuntime runtime = tls ? net::SystemRuntime{logger, std::move(*tls)} : net::SystemRuntime{logger};
  binance::RestShared shared;
  const auto client = binance::RestClient::make(runtime, rest_url, shared, metrics, binance::kLiveShare);
  if (!client) return pass_on(client);
  Result<void> answered = fail(Errc::timed_out, "the exchange did not answer");
  const auto ask = [&]() -> net::Task<void> {
    const Millis until = runtime.elapsed() + patience;
    Millis wait = kAskAgainFirst;
    bool knows_why = false;
    while (runtime.elapsed() < until) {
      const auto time = co_await runtime.within(until - runtime.elapsed(), (*client)->time());
      if (time) answered = {};
      // What cut the last attempt short is our own patience: the reason is what went wrong before.
      if (!time && !(knows_why && time.error().code == Errc::timed_out)) answered = pass_on(time);
      knows_why = !time;
      if (time || time.error().code == Errc::refused) break;
      co_await runtime.sleep_for(std::clamp(until - runtime.elapsed(), Millis{0}, wait));
      wait = std::min(2 * wait, kAskAgainMost);
    }
    runtime.stop();
  };
  runtime.spawn("ask the exchange", ask());
  runtime.run();
  return answered;
}

}  // namespace cw::app
