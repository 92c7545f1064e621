#include "app/serve/feed_host.h"

#include <boost/asio/post.hpp>

#include <utility>

namespace cw::app {
namespace {

namespace binance = exchange::binance;

constexpr Millis kLearnAgain{30'000};

}  // namespace

FeedHost::FeedHost(Settings settings, Owners owners, std::optional<net::TlsContext> tls)
    : settings_(std::move(settings)),
      owners_(std::move(owners)),
      runtime_(tls ? net::SystemRuntime{owners_.logger, std::move(*tls)} : net::SystemRuntime{owners_.logger}) {}

Result<std::unique_ptr<FeedHost>> FeedHost::make(Settings settings, Owners owners, std::optional<net::TlsContext> tls) {
  std::unique_ptr<FeedHost> host{new FeedHost{std::move(settings), std::move(owners), std::move(tls)}};
  if (const auto built = host->build(); !built) return pass_on(built);
  return host;
}

Result<void> FeedHost::build() {
  auto rest = binance::RestClient::make(runtime_, settings_.rest_url, shared_, owners_.metrics, binance::kLiveShare);
  if (!rest) return pass_on(rest);
  rest_ = std::move(*rest);
  binance::FeedOptions options;
  options.ws_url = settings_.ws_url;
  options.rest_url = settings_.rest_url;
  options.followed = settings_.followed;
  auto feed =
      binance::BinanceFeed::make(runtime_, std::move(options), owners_.feed, shared_, owners_.metrics, settings_.seed);
  if (!feed) return pass_on(feed);
  feed_ = std::move(*feed);
  tasks_ = std::make_unique<net::TaskGroup>(runtime_);
  if (settings_.goals.empty()) return {};
  binance::HistoryOptions wanted;
  wanted.rest_url = settings_.rest_url;
  wanted.goals = settings_.goals;
  std::vector<market::InstrumentId> ids;
  for (const auto& followed : settings_.followed) {
    wanted.symbols.push_back(followed.symbol);
    ids.push_back({settings_.venue, followed.symbol});
  }
  wanted.coverage = [&store = owners_.store, ids](
                        exchange::FollowedIndex i,
                        market::Timeframe timeframe) -> std::optional<binance::HistoryCoverage> {
    const auto info = store.info({ids[i], timeframe});
    if (!info) return std::nullopt;
    return binance::HistoryCoverage{info->first, info->last};
  };
  wanted.has_room = [&store = owners_.store] { return store.disk_state() != candle_store::DiskState::full; };
  auto history = binance::HistoryLoader::make(runtime_, std::move(wanted), owners_.history, shared_, owners_.metrics,
                                              settings_.seed + 1);
  if (!history) return pass_on(history);
  history_ = std::move(*history);
  return {};
}

FeedHost::~FeedHost() { stop(); }

void FeedHost::start() {
  thread_ = std::thread{[this] {
    runtime_.spawn("feed", feed_->run());
    if (history_) runtime_.spawn("history", history_->run());
    tasks_->spawn("instruments", learn_instruments());
    runtime_.run();
  }};
}

void FeedHost::stop() {
  if (!thread_.joinable()) return;
  boost::asio::post(runtime_.loop(), [this] {
    feed_->stop();
    if (history_) history_->stop();
    tasks_->cancel();
  });
  thread_.join();
}

void FeedHost::request_older(exchange::FollowedIndex instrument, market::Timeframe timeframe, Timestamp before) {
  if (!history_) return;
  boost::asio::post(runtime_.loop(),
                    [this, instrument, timeframe, before] { history_->request_older(instrument, timeframe, before); });
}

net::Task<void> FeedHost::learn_instruments() {
  std::vector<std::string> symbols;
  for (const auto& followed : settings_.followed) symbols.push_back(followed.symbol);
  for (;;) {
    auto info = co_await rest_->exchange_info(settings_.venue, symbols);
    if (info) {
      std::vector<market::Instrument> instruments;
      for (const auto& listing : info->listings) instruments.push_back(listing.instrument);
      owners_.instruments_known(instruments);
      co_return;
    }
    owners_.logger.warn("instruments unknown", {{"reason", std::string_view{info.error().message}}});
    co_await runtime_.sleep_for(kLearnAgain);
  }
}

Result<void> ask_exchange(const std::string& rest_url, Millis patience, std::optional<net::TlsContext> tls,
                          Logger& logger, Metrics& metrics) {
  net::SystemRuntime runtime = tls ? net::SystemRuntime{logger, std::move(*tls)} : net::SystemRuntime{logger};
  binance::RestShared shared;
  const auto client = binance::RestClient::make(runtime, rest_url, shared, metrics, binance::kLiveShare);
  if (!client) return pass_on(client);
  Result<void> answered = fail(Errc::timed_out, "the exchange did not answer");
  const auto ask = [&]() -> net::Task<void> {
    const auto time = co_await runtime.within(patience, (*client)->time());
    answered = time ? Result<void>{} : Result<void>{pass_on(time)};
    runtime.stop();
  };
  runtime.spawn("ask the exchange", ask());
  runtime.run();
  return answered;
}

}  // namespace cw::app
