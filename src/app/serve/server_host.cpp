#include "app/serve/server_host.h"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <cstdlib>
#include <future>
#include <utility>

#include <fmt/format.h>

#include "api/documents.h"
#include "api/market.h"
#include "api/operations.h"
#include "app/config_door.h"
#include "app/serve/candle_page.h"
#include "app/serve/disk_check.h"
#include "app/serve/web_files.h"
#include "candle_store/query.h"

namespace cw::app {
namespace {

using market::Timeframe;

constexpr std::size_t kWorkers = 2;
constexpr std::size_t kEvaluators = 2;
constexpr std::size_t kJobsWaiting = 256;

realtime::SocketLimits socket_limits(const Config& config) {
  realtime::SocketLimits limits;
  limits.queue_bytes = static_cast<std::size_t>(config.integer("realtime.queue_bytes"));
  limits.heartbeat = Millis{config.integer("realtime.heartbeat_ms")};
  return limits;
}

net::HttpLimits http_limits(const Config& config) {
  net::HttpLimits limits;
  limits.header_bytes = static_cast<std::size_t>(config.integer("server.max_header_bytes"));
  limits.body_bytes = static_cast<std::size_t>(config.integer("server.max_body_bytes"));
  limits.header_time = limits.body_time = Millis{config.integer("server.request_timeout_ms")};
  limits.idle_time = Millis{config.integer("server.idle_timeout_ms")};
  limits.connections = static_cast<std::size_t>(config.integer("server.max_connections"));
  return limits;
}

std::string new_epoch(net::Runtime& runtime) {
  std::array<unsigned char, 4> bytes{};
  runtime.fill_random(bytes);
  return fmt::format("{:02x}{:02x}{:02x}{:02x}", bytes[0], bytes[1], bytes[2], bytes[3]);
}

market::Instrument plain_instrument(const market::InstrumentId& id) {
  market::Instrument instrument{id, {}, {}};
  if (const auto parts = market::split_symbol(id.symbol)) {
    instrument.base = parts->base;
    instrument.quote = parts->quote;
  }
  return instrument;
}

}  // namespace

ServerHost::ServerHost(Parts parts)
    : parts_(std::move(parts)),
      runtime_(parts_.logger),
      channels_(parts_.config.text("market.default_venue").empty() ? parts_.identity.venue
                                                                   : parts_.config.text("market.default_venue")),
      hub_({parts_.identity.version, parts_.identity.market, parts_.identity.venue, new_epoch(runtime_)},
           socket_limits(parts_.config), channels_, parts_.metrics),
      accounts_({parts_.accounts, runtime_, parts_.metrics, door_settings(parts_.config),
                 parts_.config.text("server.metrics_token"), [this](std::string_view text) { return full_name(text); },
                 [this](const std::string& user_id) { sockets_.recheck(user_id); }}),
      sockets_(runtime_, hub_, accounts_, static_cast<std::size_t>(parts_.config.integer("realtime.max_sockets")),
               parts_.metrics),
      signal_library_(
          [this](const market::InstrumentId& id) -> const candle_store::CandleStore& { return store_of(id); },
          parts_.rules),
      workers_("candles", kWorkers, kJobsWaiting, parts_.metrics),
      language_{.view = *this,
                .runtime = runtime_,
                .workers = evaluators_,
                .quick = workers_,
                .store_of = [this](const market::InstrumentId& id) -> const candle_store::CandleStore& {
                  return store_of(id);
                },
                .stored_series = [this] { return stored_series(); },
                .signals = signal_library_},
      evaluators_("expressions", kEvaluators, kJobsWaiting, parts_.metrics),
      live_({runtime_, evaluators_, hub_, channels_.board(),
             [this](const market::InstrumentId& id) -> const candle_store::CandleStore& { return store_of(id); },
             signal_library_, parts_.logger, parts_.metrics}),
      signals_({runtime_, evaluators_, hub_, channels_.board(),
                [this](const market::InstrumentId& id) -> const candle_store::CandleStore& { return store_of(id); },
                parts_.rules, parts_.records, parts_.logger, parts_.metrics, &live_, parts_.predictions}),
      signal_desk_{
          .view = *this, .signals = signals_, .work = language_, .rules = parts_.rules, .records = parts_.records},
      strategies_({runtime_, evaluators_, hub_, channels_.board(),
                   [this](const market::InstrumentId& id) -> const candle_store::CandleStore& { return store_of(id); },
                   signal_library_, parts_.logger}),
      feed_(parts_.followed),
      phase_since_(runtime_.now()),
      shown_said_(parts_.followed.size()) {
  channels_.attach(hub_);
  channels_.set_expressions(live_);
  channels_.set_signals(signals_);
  if (parts_.backtests != nullptr) {
    lab_ = std::make_unique<LabHost>(LabHost::Parts{
        *this, parts_.accounts, language_, *parts_.backtests, hub_, clock_, parts_.logger, parts_.metrics,
        parts_.config.boolean("lab.idle"), fmt::format("Candlewick {}", parts_.identity.version),
        [this](std::function<void()> work) { post(std::move(work)); }, strategies_});
    signals_.set_strategies(strategies_);
    channels_.set_backtests(*lab_);
    signal_desk_.lab = &lab_->desk();
  }
  channels_.set_status([this] { return status_json(); });
  for (const market::InstrumentId& id : parts_.followed) channels_.put(plain_instrument(id), true);
  put_stored();
  feed_.state({exchange::FeedState::connecting, runtime_.now(), "The feed is starting."});
}

ServerHost::~ServerHost() { stop(); }

Result<std::uint16_t> ServerHost::start() {
  auto files = load_web_files(parts_.config.text("server.web_dir"), parts_.logger);
  if (!files) return pass_on(files);
  auto listener =
      runtime_.listen(listen_address(parts_.config), static_cast<std::uint16_t>(parts_.config.integer("server.port")),
                      parts_.tls ? std::optional{parts_.tls->context()} : std::nullopt);
  if (!listener) return pass_on(listener);
  const std::uint16_t port = (*listener)->port();
  std::vector<api::Route> routes = api::market_routes(*this);
  std::ranges::move(api::operations_routes(*this, parts_.metrics), std::back_inserter(routes));
  std::ranges::move(api::language_routes(language_), std::back_inserter(routes));
  std::ranges::move(api::signal_routes(signal_desk_), std::back_inserter(routes));
  if (lab_) std::ranges::move(lab_->routes(), std::back_inserter(routes));
  std::ranges::move(api::document_routes(), std::back_inserter(routes));
  std::ranges::move(accounts_.routes(), std::back_inserter(routes));
  handler_ = std::make_unique<api::ApiHandler>(runtime_, accounts_.door(), accounts_.gate(), std::move(routes),
                                               std::move(*files), *this, api_settings(parts_.config), parts_.metrics);
  handler_->is_serving = [this] { return is_serving(); };
  http_ = std::make_unique<net::HttpServer>(runtime_, *handler_, http_limits(parts_.config));
  runtime_.spawn("http", http_->serve(std::move(*listener)));
  runtime_.spawn("realtime", tick());
  runtime_.spawn("accounts", accounts_.keep_uses());
  if (parts_.tls) runtime_.spawn("tls", parts_.tls->follow(runtime_));
  if (lab_) {
    show_instruments();
    lab_->resume();
  }
  thread_ = std::thread{[this] { runtime_.run(); }};
  return port;
}

void ServerHost::set_serving(bool serving) {
  phase_ = serving ? Phase::serving : Phase::draining;
  post([this] { phase_since_ = runtime_.now(); });
}

void ServerHost::stop() {
  {
    const std::scoped_lock lock{said_mutex_};
    is_stopped_ = true;  // the market thread must not wait for a loop that is about to end
  }
  said_room_.notify_all();
  if (!thread_.joinable()) return;
  phase_ = Phase::draining;
  post([this] { runtime_.spawn("drain", drain()); });
  thread_.join();
}

net::Task<void> ServerHost::drain() {
  ending_ = true;
  sockets_.close_all();
  co_await http_->stop(Millis{parts_.config.integer("server.drain_ms")});
  runtime_.stop();
}

net::Task<void> ServerHost::tick() {
  while (!ending_) {
    co_await runtime_.sleep_for(realtime::MarketChannels::kTick);
    channels_.tick();
    live_.tick();
    signals_.tick();
  }
}

void ServerHost::post(std::function<void()> work) { boost::asio::post(runtime_.loop(), std::move(work)); }

/// What a person means by the name of an instrument, with its venue.
Result<std::string> ServerHost::full_name(std::string_view text) const {
  const auto index = board().resolve(text);
  if (!index) return pass_on(index);
  return board().instrument(*index).id.text();
}

net::Task<void> ServerHost::serve(net::HttpRequest request, net::StreamPtr stream, std::string already_read,
                                  std::optional<accounts::Principal> principal) {
  co_await sockets_.serve(std::move(request), std::move(stream), std::move(already_read), std::move(principal));
}

// --- what other threads say

void ServerHost::bar(exchange::FollowedIndex instrument, Timeframe timeframe, const market::Candle& bar, bool gapped,
                     bool revised) {
  std::unique_lock lock{said_mutex_};
  said_room_.wait(lock, [&] { return bars_said_.size() < kBarsWaitingMost || is_stopped_; });
  if (is_stopped_) return;
  bars_said_.push_back({instrument, timeframe, bar, gapped, revised});
  wake();
}

void ServerHost::shown(exchange::FollowedIndex instrument, const ShownInstrument& shown) {
  const std::scoped_lock lock{said_mutex_};
  if (is_stopped_) return;
  shown_said_[instrument] = shown;
  wake();
}

void ServerHost::wake() {
  if (!std::exchange(is_woken_, true)) post([this] { take_in(); });
}

void ServerHost::take_in() {
  std::vector<BarSaid> bars;
  std::vector<std::optional<ShownInstrument>> shown(parts_.followed.size());
  {
    const std::scoped_lock lock{said_mutex_};
    bars.swap(bars_said_);
    shown.swap(shown_said_);
    is_woken_ = false;
  }
  said_room_.notify_all();
  for (const BarSaid& said : bars) {
    if (said.revised) {
      channels_.revised(said.instrument, said.timeframe, said.bar, said.gapped);
      stored_changed(said.instrument);
    } else {
      channels_.closed(said.instrument, said.timeframe, said.bar, said.gapped);
      live_.closed(said.instrument, said.timeframe, said.bar);  // before its signals, which it may wait for
      signals_.closed(said.instrument, said.timeframe, said.bar);
      strategies_.closed(said.instrument, said.timeframe, said.bar);
    }
  }
  for (exchange::FollowedIndex i = 0; i < shown.size(); ++i) {
    if (!shown[i]) continue;
    channels_.ticker(i, shown[i]->ticker);
    for (const Timeframe timeframe : market::kTimeframes) {
      if (const auto& forming = shown[i]->forming[static_cast<std::size_t>(timeframe)]) {
        channels_.forming(i, timeframe, *forming);
        live_.forming(i, timeframe, *forming);
      }
    }
    // What was stored is shown at the start, before anything came.
    if (feed_.is_connected()) feed_.heard(runtime_.now());
  }
}

void ServerHost::history_stored(exchange::FollowedIndex instrument) {
  post([this, instrument] {
    if (const auto index = channels_.board().resolve(parts_.followed[instrument].text())) {
      show_stored(*index);
      stored_changed(*index);
    }
    channels_.status_changed();
  });
}

void ServerHost::feed_state(const exchange::FeedStatus& status) {
  post([this, status] {
    feed_.state(status);
    channels_.status_changed();
  });
}

void ServerHost::history_progress(exchange::FollowedIndex instrument, Timeframe timeframe, Timestamp oldest,
                                  Timestamp goal, bool done) {
  post([this, instrument, timeframe, oldest, goal, done] {
    feed_.progress(instrument, timeframe, oldest, goal, done);
    channels_.status_changed();
  });
}

void ServerHost::history_status(exchange::FollowedIndex instrument, Timeframe timeframe,
                                const exchange::HistoryStatus& status) {
  post([this, instrument, timeframe, status] {
    feed_.history(instrument, timeframe, status);
    channels_.status_changed();
  });
}

void ServerHost::instruments_known(const std::vector<market::Instrument>& instruments) {
  post([this, instruments] {
    for (const market::Instrument& instrument : instruments) {
      if (followed_index(instrument.id)) channels_.put(instrument, true);
    }
    show_instruments();
  });
}

void ServerHost::show_instruments() {
  if (!lab_) return;
  std::vector<market::Instrument> all;
  for (realtime::BoardIndex i = 0; i < board().size(); ++i) all.push_back(board().instrument(i));
  lab_->put_instruments(std::move(all));
}

void ServerHost::names_unknown(std::vector<std::string> symbols, std::vector<std::string> sentences) {
  post([this, symbols = std::move(symbols), sentences = std::move(sentences)]() mutable {
    unlisted_ = std::move(symbols);
    feed_.unknown(std::move(sentences));
    channels_.status_changed();
  });
}

void ServerHost::stored_changed() {
  post([this] {
    put_stored();
    show_instruments();
    for (realtime::BoardIndex i = 0; i < board().size(); ++i) stored_changed(i);
  });
}

/// A stored bar of an instrument was replaced, or older ones came.
void ServerHost::stored_changed(realtime::BoardIndex index) {
  signal_library_.forget(board().instrument(index).id);
  live_.stored_changed(index);
  signals_.stored_changed(index);
}

const candle_store::CandleStore& ServerHost::store_of(const market::InstrumentId& id) const {
  const bool is_here = parts_.archive == nullptr || std::ranges::find(parts_.followed, id) != parts_.followed.end();
  return is_here ? parts_.store : *parts_.archive;
}

std::vector<candle_store::SeriesInfo> ServerHost::stored_series() const {
  std::vector<candle_store::SeriesInfo> all = parts_.store.list();
  if (parts_.archive != nullptr) {
    auto archived = parts_.archive->list();
    std::erase_if(archived, [this](const auto& series) { return &store_of(series.id.instrument) != parts_.archive; });
    std::ranges::move(archived, std::back_inserter(all));
  }
  return all;
}

void ServerHost::put_stored() {
  std::map<market::InstrumentId, market::Instrument> known;
  for (auto& instrument : parts_.store.instruments()) known.emplace(instrument.id, instrument);
  if (parts_.archive != nullptr) {
    for (auto& instrument : parts_.archive->instruments()) known.emplace(instrument.id, instrument);
  }
  for (const auto& series : stored_series())
    known.try_emplace(series.id.instrument, plain_instrument(series.id.instrument));
  for (auto& [id, instrument] : known) channels_.put(std::move(instrument), followed_index(id).has_value());
  for (realtime::BoardIndex i = 0; i < channels_.board().size(); ++i) {
    show_stored(i);
    signals_.put(i);
    if (channels_.board().is_followed(i)) continue;
    const market::InstrumentId& id = channels_.board().instrument(i).id;
    if (const auto ticker = stored_ticker(store_of(id), id)) channels_.ticker(i, *ticker);
  }
}

/// Gives the board the newest stored bar of each timeframe that it knows none of.
void ServerHost::show_stored(realtime::BoardIndex index) {
  for (const Timeframe timeframe : market::kTimeframes) {
    if (channels_.board().closed(index, timeframe)) continue;
    candle_store::CandleQuery newest{channels_.board().instrument(index).id, timeframe};
    newest.limit = 1;
    const auto answer = candle_store::query(store_of(newest.instrument), newest);
    if (answer && !answer->bars.empty()) channels_.stored(index, timeframe, answer->bars[0]);
  }
}

std::optional<exchange::FollowedIndex> ServerHost::followed_index(const market::InstrumentId& id) const {
  const auto found = std::ranges::find(parts_.followed, id);
  if (found == parts_.followed.end() || std::ranges::find(unlisted_, id.symbol) != unlisted_.end()) return std::nullopt;
  return static_cast<exchange::FollowedIndex>(found - parts_.followed.begin());
}

// --- what the API asks

std::vector<api::SymbolView> ServerHost::symbols() {
  std::map<market::InstrumentId, std::vector<Timeframe>> stored;
  for (const auto& series : stored_series()) stored[series.id.instrument].push_back(series.id.timeframe);
  std::vector<api::SymbolView> views;  // the board begins with the names of the configuration, in its order
  std::vector<api::SymbolView> others;
  for (realtime::BoardIndex i = 0; i < board().size(); ++i) {
    const market::Instrument& instrument = board().instrument(i);
    const bool followed = followed_index(instrument.id).has_value();
    const bool practice =
        instrument.id.venue == "practice" || (instrument.id.venue == "replay" && parts_.identity.replays_practice);
    auto& list = followed ? views : others;
    list.push_back({instrument, offered_timeframes(stored[instrument.id], followed), practice, followed});
  }
  std::ranges::sort(others, {}, [](const auto& view) { return view.instrument.id; });
  std::ranges::move(others, std::back_inserter(views));
  return views;
}

net::Task<Result<net::HttpResponse>> ServerHost::candles(api::CandleRequest request, api::CandleAnswer answer) {
  struct Made {
    net::HttpResponse response;
    bool asks_older;
  };
  const auto index = followed_index(request.instrument);
  // As it stands before the page is read. A page that lies before what is stored asks for older bars.
  const auto backfill = index ? feed_.backfill(*index, request.timeframe) : api::BackfillState::none;
  const auto made = [&store = store_of(request.instrument), request, backfill,
                     answer = std::move(answer)]() -> Result<Made> {
    auto page = read_candle_page(store, request);
    if (!page) return pass_on(page);
    const bool asks_older = backfill == api::BackfillState::idle && wants_older(*page, request);
    page->backfill = asks_older ? api::BackfillState::running : backfill;
    return Made{answer(*page), asks_older};
  };
  auto done = co_await workers_.run<Made>(runtime_, made);
  if (!done) co_return pass_on(done);
  if (done->asks_older && parts_.request_older) {
    const Timeframe fetched = FeedBoard::fetched_for(request.timeframe);
    feed_.asked(*index, fetched);
    parts_.request_older(*index, fetched,
                         oldest_stored(parts_.store, request.instrument, fetched).value_or(runtime_.now()));
    channels_.status_changed();
  }
  co_return std::move(done->response);
}

std::string ServerHost::status_json() {
  return feed_.status_json(parts_.identity.market, parts_.identity.venue, runtime_.now());
}

std::vector<api::Check> ServerHost::checks() {
  api::Check server{"server", api::CheckStatus::pass, "Serving."};
  if (phase_ == Phase::starting) server = {"server", api::CheckStatus::fail, "The server is starting.", phase_since_};
  if (phase_ == Phase::draining)
    server = {"server", api::CheckStatus::fail, "The server is shutting down.", phase_since_};
  std::vector<api::Check> all{server, store_check(),
                              disk_check(parts_.store.disk_state(), parts_.store.disk_used_share()), journal_check(),
                              feed_check()};
  if (parts_.tls) all.push_back(parts_.tls->check(runtime_.now()));
  return all;
}

api::Check ServerHost::store_check() const {
  const auto health = parts_.market_health();
  // A full disk has its own check; a series under import takes its bars once that is over.
  const bool waits = health.store && (health.store->code == Errc::disk_full || health.store->code == Errc::busy);
  if (health.store && !waits) {
    return {"candle_store", api::CheckStatus::fail, health.store->message + ". Look at the log and at the disk."};
  }
  return {"candle_store", api::CheckStatus::pass, fmt::format("Open; {} series.", stored_series().size())};
}

api::Check ServerHost::journal_check() const {
  const auto health = parts_.market_health();
  if (health.journal)
    return {"journal", api::CheckStatus::fail, health.journal->message + ". Look at the log and at the disk."};
  if (health.journal_at == Timestamp{})
    return {"journal", api::CheckStatus::pass, "Open; nothing was appended since the start."};
  return {"journal", api::CheckStatus::pass,
          fmt::format("Last append {} ago.",
                      format_duration(const_cast<ServerHost*>(this)->runtime_.now() - health.journal_at))};
}

api::Check ServerHost::feed_check() const {
  const auto& status = feed_.status();
  const bool good = status.state == exchange::FeedState::live || status.state == exchange::FeedState::backfilling;
  const std::string detail = feed_.detail();
  if (good && feed_.unknown().empty()) return {"feed", api::CheckStatus::pass, detail};
  return {"feed", api::CheckStatus::warn, detail, feed_.since()};
}

}  // namespace cw::app
