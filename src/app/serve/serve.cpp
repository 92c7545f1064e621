#include "app/serve/serve.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <random>
#include <thread>

#include <fmt/format.h>

#include "accounts/one_time_links.h"
#include "app/commands/commands.h"
#include "app/commands/lookup.h"
#include "app/commands/practice.h"
#include "app/config_door.h"
#include "app/control/server.h"
#include "app/folder_accounts.h"
#include "app/folder_program.h"
#include "app/folder_records.h"
#include "app/market_follow.h"
#include "app/serve/feed_host.h"
#include "app/serve/housekeeper.h"
#include "app/serve/json_log.h"
#include "app/serve/market_choice.h"
#include "app/serve/market_writer.h"
#include "app/serve/practice_host.h"
#include "app/serve/server_host.h"
#include "app/signal_rules.h"
#include "app/version.h"
#include "base/masked_url.h"
#include "base/nearest.h"
#include "net/ip_address.h"

namespace cw::app {
namespace {

constexpr auto kLockPatience = std::chrono::seconds{3};  // a command that is just ending frees the folder meanwhile
constexpr auto kLookEvery = std::chrono::milliseconds{50};

/// Everything a server is made of, in the order in which it is built; the end goes the other way round.
class Server {
 public:
  Server(const DataFolder& folder, const Config& config, const ConfigInputs& inputs, Console& console)
      : folder_(folder), config_(config), inputs_(inputs), console_(console) {}

  Result<void> start();
  void stop();

 private:
  Result<void> open_log();
  Result<void> open_tls();
  Result<void> open_accounts();
  Result<void> offer_set_up();
  Result<void> open_store();
  Result<void> choose();
  Result<void> start_practice();
  Result<void> make_server();
  Result<void> make_feed();
  Result<void> open_control();
  void say_unknown(const std::vector<exchange::binance::ListingCheck::Unknown>& unknown);
  std::optional<net::TlsContext> tls();
  Result<std::unique_ptr<exchange::practice::CandleSource>> open_replay();
  /// Where the followed market is stored. A replay stores nothing in the folder's own series.
  candle_store::CandleStore& market_store() { return replay_store_ ? *replay_store_ : *store_; }
  Timestamp practice_start() const;
  std::vector<market::InstrumentId> followed() const;
  int run_for(Console& whose, const std::vector<std::string>& arguments);

  const DataFolder& folder_;
  const Config& config_;
  const ConfigInputs& inputs_;  // what a restart makes its configuration of
  Console& console_;
  Metrics metrics_;
  std::unique_ptr<JsonLogger> logger_;
  std::unique_ptr<candle_store::CandleStore> store_;
  std::unique_ptr<candle_store::CandleStore> replay_store_;  // of a replay alone, made anew at each start
  std::string replayed_;                                     // the symbol of a replay
  bool replays_practice_ = false;                            // the replayed prices were invented
  std::int64_t seed_ = 0;                                    // of the practice market
  MarketMode mode_ = MarketMode::live;
  std::string venue_;
  std::unique_ptr<PracticeHost> practice_;
  std::unique_ptr<MarketWriter> writer_;
  std::unique_ptr<ServerTls> tls_;
  SystemClock clock_;
  std::unique_ptr<accounts::Accounts> accounts_;
  std::unique_ptr<FolderRecords> records_;
  std::unique_ptr<ServerHost> server_;
  std::unique_ptr<FeedHost> feed_;
  std::optional<FolderMarket> to_note_;  // what this start decides about the folder
  std::unique_ptr<Housekeeper> housekeeper_;
  std::unique_ptr<ControlServer> control_;
  std::uint16_t port_ = 0;
};

LogLevel log_level(const std::string& text) {
  if (text == "debug") return LogLevel::debug;
  if (text == "warn") return LogLevel::warn;
  return text == "error" ? LogLevel::error : LogLevel::info;
}

/// Where a browser on this machine finds the server, and whether others find it too.
std::string address_text(const Config& config, std::uint16_t port) {
  const auto literal = net::parse_ip_address(listen_address(config));
  const bool is_all = literal && literal->is_unspecified();
  return listening_address(config, port) + (is_all ? " on all addresses" : "");
}

Result<void> Server::start() {
  for (const auto step :
       {&Server::open_log, &Server::open_tls, &Server::open_accounts, &Server::open_store, &Server::choose,
        &Server::start_practice, &Server::make_server, &Server::make_feed, &Server::open_control}) {
    if (const auto done = (this->*step)(); !done) return done;
    if (console_.cancelled()) return fail(Errc::cancelled, "stopped while starting");
  }
  server_->set_serving(true);
  const std::string address = address_text(config_, port_);
  logger_->info("serving",
                {{"address", std::string_view{address}}, {"market", name(mode_)}, {"venue", std::string_view{venue_}}});
  console_.out(fmt::format("Candlewick {} serves {} ({})\n", kVersion, address,
                           mode_ == MarketMode::live       ? "live market"
                           : mode_ == MarketMode::practice ? "practice market"
                                                           : "replay"));
  if (tls_) console_.out(tls_->announcement());
  return offer_set_up();
}

Result<void> Server::open_log() {
  LogSettings settings;
  settings.least = log_level(config_.text("log.level"));
  settings.file_bytes = static_cast<std::size_t>(config_.integer("log.file_bytes"));
  settings.files = static_cast<std::size_t>(config_.integer("log.files"));
  if (config_.boolean("log.file")) {
    std::error_code ignored;
    std::filesystem::create_directories(folder_.logs(), ignored);
    settings.file = folder_.logs() / "candlewick.log";
  }
  std::string failure;
  logger_ = JsonLogger::make(settings, metrics_, failure);
  if (!logger_)
    return fail(Errc::io_error,
                fmt::format("the log cannot be written: {}; log.file = false keeps it on stderr", failure));
  logger_->info("starting", {{"version", kVersion}, {"folder", std::string_view{folder_.root.native()}}});
  return {};
}

Result<void> Server::open_accounts() {
  auto opened = accounts::Accounts::open(folder_.root, account_settings(config_), clock_, *logger_, metrics_);
  if (!opened) return pass_on(opened);
  accounts_ = std::move(*opened);
  return {};
}

/// Without an administrator there is a link, good once, for whoever reads what this prints.
Result<void> Server::offer_set_up() {
  accounts::Origin system;
  system.actor = "system";
  const auto link = accounts::make_set_up_link(*accounts_, system);
  if (!link) return pass_on(link);
  if (!*link) return {};
  console_.out(
      fmt::format("There is no administrator yet. Within 30 minutes this link, good once, creates the first one:\n"
                  "  {}{}#{}\n",
                  dashboard_address(config_, port_), accounts::page_of(records::LinkKind::set_up), (*link)->token));
  return {};
}

Result<void> Server::open_tls() {
  auto tls = ServerTls::open(config_, folder_.tls(), SystemClock{}.now(), *logger_);
  if (!tls) return pass_on(tls);
  tls_ = std::move(*tls);
  return {};
}

Result<void> Server::open_store() {
  candle_store::StoreOptions options;
  options.map_bytes = static_cast<std::uint64_t>(config_.integer("store.map_gib")) << 30;
  auto store = candle_store::CandleStore::open(folder_.candles(), options, *logger_, metrics_);
  if (!store) return pass_on(store);
  store_ = std::move(*store);
  return {};
}

std::optional<net::TlsContext> Server::tls() {
  const std::string& extra = config_.text("binance.ca_file");
  if (extra.empty()) return std::nullopt;
  auto context = net::TlsContext::for_client(extra);
  if (!context) {
    logger_->error("certificates unusable", {{"reason", std::string_view{context.error().message}}});
    return std::nullopt;
  }
  return std::move(*context);
}

Result<void> Server::choose() {
  const auto noted = read_market_note(*store_);
  bool asked = false;
  const auto chosen = choose_market(config_.text("market.mode"), noted, [&] {
    asked = true;
    const std::string address = masked_url(config_.text("binance.rest_url"));
    logger_->info("asking the exchange", {{"address", std::string_view{address}}});
    const auto answered = ask_exchange(config_.text("binance.rest_url"), Millis{config_.integer("market.decide_ms")},
                                       tls(), *logger_, metrics_);
    if (!answered)
      logger_->warn("exchange gave no answer to use", {{"reason", std::string_view{answered.error().message}}});
    return answered.has_value();
  });
  if (!chosen) return pass_on(chosen);
  mode_ = *chosen;
  venue_ = mode_ == MarketMode::live ? "binance" : std::string{name(mode_)};
  logger_->info("market", {{"mode", name(mode_)}, {"asked", asked}});
  if (mode_ == MarketMode::live) {
    if (const auto checked = check_follow_live(config_); !checked) return checked;
  }
  if (mode_ == MarketMode::practice) {
    const bool is_given = config_.source("practice.seed").text != ConfigSource{}.text;
    const auto seed = choose_seed(config_.integer("practice.seed"), is_given, read_seed_note(*store_));
    if (!seed) return pass_on(seed);
    seed_ = *seed;
  }
  // A folder whose feed was forced to be live is a live folder only once that feed was heard.
  if (!noted && mode_ == MarketMode::practice) to_note_ = FolderMarket::practice;
  if (!noted && mode_ == MarketMode::live && asked) to_note_ = FolderMarket::live;
  return {};
}

/// The practice exchange's clock never goes back: after a run at a higher speed it goes on where that one ended.
Timestamp Server::practice_start() const {
  Timestamp start = SystemClock{}.now();
  for (const market::InstrumentId& id : followed()) {
    if (const auto info = store_->info({id, market::Timeframe::m1}))
      start = std::max(start, info->last + std::chrono::minutes{1});
  }
  return start;
}

Result<std::unique_ptr<exchange::practice::CandleSource>> Server::open_replay() {
  const std::string& wanted = config_.text("replay.symbol");
  if (wanted.empty()) {
    return fail(Errc::bad_parameter,
                "a replay needs to know what to play; give --replay SYMBOL, one of 'candlewick candles list'");
  }
  const auto instrument = find_instrument(config_, *store_, wanted);
  if (!instrument) return pass_on(instrument);
  replayed_ = instrument->id.symbol;
  replays_practice_ = instrument->id.venue == name(MarketMode::practice);
  std::error_code failed;
  std::filesystem::remove_all(folder_.root / "replay", failed);
  auto scratch = candle_store::CandleStore::open(folder_.root / "replay" / "candles", {}, *logger_, metrics_);
  if (!scratch) return pass_on(scratch);
  replay_store_ = std::move(*scratch);
  return stored_candles(*store_, *instrument);
}

Result<void> Server::start_practice() {
  if (mode_ == MarketMode::live) return {};
  exchange::practice::PracticeOptions options;
  options.port = 0;
  // A replay takes nothing from it but the jitter of its trades.
  options.seed = static_cast<std::uint64_t>(mode_ == MarketMode::practice ? seed_ : config_.integer("practice.seed"));
  options.speed = config_.number("practice.speed");
  std::unique_ptr<exchange::practice::CandleSource> stored;
  if (mode_ == MarketMode::replay) {
    auto opened = open_replay();
    if (!opened) return pass_on(opened);
    stored = std::move(*opened);
    options.replay = replayed_;
  } else {
    options.from = practice_start();
  }
  auto practice = PracticeHost::start(std::move(options), std::move(stored), *logger_, metrics_);
  if (!practice) return pass_on(practice);
  practice_ = std::move(*practice);
  return {};
}

std::vector<market::InstrumentId> Server::followed() const {
  if (mode_ == MarketMode::replay) return {{venue_, replayed_}};
  std::vector<market::InstrumentId> ids;
  for (const std::string& symbol : config_.list("market.follow")) {
    const std::string upper = followed_symbol(symbol);
    if (std::ranges::find(ids, upper, &market::InstrumentId::symbol) == ids.end()) ids.push_back({venue_, upper});
  }
  return ids;
}

Result<void> Server::make_server() {
  auto rules = signal_rules(config_);
  if (!rules) return std::unexpected(with_place(rules.error(), "signals"));
  records_ = std::make_unique<FolderRecords>(folder_.root, *logger_, metrics_);
  const auto records = records_->get();
  if (!records) return pass_on(records);
  ServerHost::Parts parts{config_,
                          *accounts_,
                          market_store(),
                          {std::string{kVersion}, std::string{name(mode_)}, venue_, replays_practice_},
                          followed(),
                          *logger_,
                          metrics_,
                          [this] { return writer_ ? writer_->health() : MarketWriter::Health{}; },
                          [this](exchange::FollowedIndex i, market::Timeframe timeframe, Timestamp before) {
                            if (feed_) feed_->request_older(i, timeframe, before);
                          },
                          replay_store_ ? store_.get() : nullptr,
                          tls_.get(),
                          std::move(*rules),
                          // What a replay says is of no market, and its store is made anew at each start.
                          replay_store_ ? nullptr : *records,
                          nullptr,
                          *records};
  server_ = std::make_unique<ServerHost>(std::move(parts));
  auto writer =
      MarketWriter::open({market_store(), replay_store_ ? folder_.root / "replay" / "journal" : folder_.journal(),
                          followed(), *server_, *logger_, metrics_});
  if (!writer) return pass_on(writer);
  writer_ = std::move(*writer);
  if (const auto heard = writer_->last_heard()) server_->heard_before(*heard);
  writer_->state_listener = [this](const exchange::FeedStatus& status) {
    if (mode_ == MarketMode::live && status.state == exchange::FeedState::live && !read_market_note(*store_)) {
      if (const auto noted = write_market_note(*store_, FolderMarket::live); !noted) {
        logger_->error("market not noted", {{"reason", std::string_view{noted.error().message}}});
      }
    }
    server_->feed_state(status);
  };
  writer_->progress_listener = [this](exchange::FollowedIndex i, market::Timeframe timeframe, Timestamp oldest,
                                      Timestamp goal,
                                      bool done) { server_->history_progress(i, timeframe, oldest, goal, done); };
  writer_->history_listener = [this](exchange::FollowedIndex i, market::Timeframe timeframe,
                                     const exchange::HistoryStatus& status) {
    server_->history_status(i, timeframe, status);
  };
  return {};
}

Result<void> Server::make_feed() {
  FeedHost::Settings settings;
  settings.venue = venue_;
  settings.rest_url = practice_ ? practice_->rest_url() : config_.text("binance.rest_url");
  settings.ws_url = practice_ ? practice_->ws_url() : config_.text("binance.ws_url");
  settings.seed = std::random_device{}();
  settings.goals = exchange::binance::HistoryOptions{}.goals;
  for (const market::InstrumentId& id : followed()) settings.followed.push_back({id.symbol, writer_->last_bar(id)});
  auto feed =
      FeedHost::make(std::move(settings),
                     {*writer_, *writer_, market_store(), *logger_, metrics_,
                      [this](const std::vector<market::Instrument>& instruments) {
                        for (const auto& instrument : instruments) {
                          if (const auto put = market_store().put_instrument(instrument); !put) {
                            logger_->warn("instrument not stored", {{"reason", std::string_view{put.error().message}}});
                          }
                        }
                        server_->instruments_known(instruments);
                      },
                      [this](const auto& unknown) { say_unknown(unknown); }},
                     tls());
  if (!feed) return pass_on(feed);
  const auto port = server_->start();
  if (!port) return pass_on(port);
  port_ = *port;
  // Chosen only now: a start that failed has decided nothing.
  if (to_note_) {
    if (const auto noted = write_market_note(*store_, *to_note_); !noted) return pass_on(noted);
  }
  if (mode_ == MarketMode::practice && !read_seed_note(*store_)) {
    if (const auto noted = write_seed_note(*store_, seed_); !noted) return pass_on(noted);
  }
  feed_ = std::move(*feed);
  writer_->start();
  feed_->start();
  const auto records = records_->get();
  if (!records) return pass_on(records);
  housekeeper_ = std::make_unique<Housekeeper>(market_store(), config_, followed(), replay_store_ ? nullptr : *records,
                                               *logger_, [this] { server_->stored_changed(); });
  return {};
}

void Server::say_unknown(const std::vector<exchange::binance::ListingCheck::Unknown>& unknown) {
  std::vector<std::string> symbols;
  std::vector<std::string> sentences;
  for (const auto& one : unknown) {
    symbols.push_back(one.symbol);
    sentences.push_back(
        fmt::format("'{}' is not listed at {} and not followed{}.", one.symbol, venue_, did_you_mean(one.nearest)));
    logger_->warn("name unknown", {{"reason", std::string_view{sentences.back()}}});
  }
  server_->names_unknown(std::move(symbols), std::move(sentences));
}

Result<void> Server::open_control() {
  auto control = ControlServer::start(
      folder_, [this](Console& whose, const std::vector<std::string>& arguments) { return run_for(whose, arguments); },
      *logger_);
  if (!control) return pass_on(control);
  control_ = std::move(*control);
  return {};
}

int Server::run_for(Console& whose, const std::vector<std::string>& arguments) {
  const auto asked = parse_command_line(arguments);
  if (!asked) return report(whose, asked.error());
  FolderCommand command{whose,
                        config_,
                        folder_,
                        *store_,
                        *logger_,
                        metrics_,
                        [this]() -> Result<accounts::Accounts*> { return accounts_.get(); },
                        dashboard_address(config_, port_),
                        [this] { return records_->get(); },
                        &inputs_};
  const int code = run_folder_command(command, *asked);
  if (std::holds_alternative<ImportArgs>(asked->args) || std::holds_alternative<CandlesPruneArgs>(asked->args))
    server_->stored_changed();
  return code;
}

void Server::stop() {
  if (logger_) logger_->info("stopping", {});
  if (server_) server_->set_serving(false);
  if (control_) control_->stop(true);
  housekeeper_.reset();
  if (feed_) feed_->stop();      // nothing comes any more
  if (writer_) writer_->stop();  // what came is on disk, the desk is saved
  if (server_) server_->stop();  // requests and sockets end
  if (practice_) practice_->stop();
  if (accounts_ && logger_) {
    if (const auto saved = accounts_->store().save_uses(); !saved)
      logger_->warn("last uses not saved", {{"reason", std::string_view{saved.error().message}}});
  }
  if (logger_) logger_->info("stopped", {});
}

}  // namespace

int run_serve(const Invocation& invocation, const DataFolder& folder, const Config& config, const ConfigInputs& inputs,
              Console& console) {
  if (const auto made = make_data_folder(folder); !made) return report(console, made.error());
  const auto deadline = std::chrono::steady_clock::now() + kLockPatience;
  auto lock = FolderLock::try_take(folder, invocation.name);
  while (lock && !*lock) {
    const auto owner = FolderLock::owner(folder);
    const bool is_server = owner && owner->what == "serve";
    if (is_server || std::chrono::steady_clock::now() >= deadline || console.cancelled())
      return report(console, folder_is_held(folder));
    std::this_thread::sleep_for(kLookEvery);
    lock = FolderLock::try_take(folder, invocation.name);
  }
  if (!lock) return report(console, lock.error());
  Server server{folder, config, inputs, console};
  const auto started = server.start();
  while (started && !console.cancelled()) std::this_thread::sleep_for(kLookEvery);
  server.stop();
  if (!started && started.error().code == Errc::cancelled) return kGood;
  return started ? kGood : report(console, started.error());
}

}  // namespace cw::app
