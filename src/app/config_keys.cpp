#include "app/config_keys.h"

#include <string>
#include <vector>

#include "market/timeframe.h"

namespace cw::app {
namespace {

using Texts = std::vector<std::string>;

std::int64_t whole(std::int64_t value) { return value; }

void add_server(std::vector<ConfigKey>& keys) {
  keys.push_back({.name = "server.host",
                  .fallback = std::string{"127.0.0.1"},
                  .help =
                      "The address to listen on: a literal one of this machine, localhost, or 0.0.0.0 or :: for all. "
                      "Other than loopback needs TLS or a trusted proxy."});
  keys.push_back({.name = "server.port",
                  .fallback = whole(8080),
                  .help = "The port to listen on; 0 takes any free one, which is printed.",
                  .least = 0,
                  .most = 65535});
  keys.push_back({.name = "server.web_dir",
                  .fallback = std::string{},
                  .help = "The folder of the built dashboard; empty: the one that came with the program."});
  keys.push_back({.name = "server.max_connections",
                  .fallback = whole(1024),
                  .help = "Open connections; over it a new one is answered 503.",
                  .least = 1,
                  .most = 100'000});
  keys.push_back({.name = "server.max_header_bytes",
                  .fallback = whole(16 * 1024),
                  .help = "All headers of a request together; over it 431.",
                  .unit = "bytes",
                  .least = 1024,
                  .most = 1024 * 1024});
  keys.push_back({.name = "server.max_body_bytes",
                  .fallback = whole(128 * 1024),
                  .help = "The body of a request; over it 413.",
                  .unit = "bytes",
                  .least = 0,
                  .most = 64 * 1024 * 1024});
  keys.push_back({.name = "server.request_timeout_ms",
                  .fallback = whole(10'000),
                  .help = "Time to send the headers, and again the body; over it 408.",
                  .unit = "ms",
                  .least = 100,
                  .most = 600'000});
  keys.push_back({.name = "server.idle_timeout_ms",
                  .fallback = whole(60'000),
                  .help = "A kept connection without a request is closed after so long.",
                  .unit = "ms",
                  .least = 100,
                  .most = 3'600'000});
  keys.push_back({.name = "server.requests_per_second",
                  .fallback = whole(50),
                  .help = "Reads (files and GET) from one address, of IPv6 from one /64, sustained; over it 429.",
                  .least = 1,
                  .most = 1'000'000});
  keys.push_back({.name = "server.request_burst",
                  .fallback = whole(200),
                  .help = "Reads that one address may send at once.",
                  .least = 1,
                  .most = 1'000'000});
  keys.push_back({.name = "server.write_requests_per_second",
                  .fallback = whole(20),
                  .help = "The same of requests that change something.",
                  .least = 1,
                  .most = 1'000'000});
  keys.push_back({.name = "server.write_request_burst",
                  .fallback = whole(100),
                  .help = "Changes that one address may send at once.",
                  .least = 1,
                  .most = 1'000'000});
  keys.push_back({.name = "server.auth_requests_per_second",
                  .fallback = whole(10),
                  .help = "The same of signing in and what belongs to it.",
                  .least = 1,
                  .most = 1'000'000});
  keys.push_back({.name = "server.auth_request_burst",
                  .fallback = whole(60),
                  .help = "Such requests that one address may send at once.",
                  .least = 1,
                  .most = 1'000'000});
  keys.push_back({.name = "server.drain_ms",
                  .fallback = whole(10'000),
                  .help = "At a stop, what is under way gets so long to finish.",
                  .unit = "ms",
                  .least = 0,
                  .most = 600'000});
}

/// Who may come in, by which name and how.
void add_door(std::vector<ConfigKey>& keys) {
  keys.push_back(
      {.name = "server.tls_cert",
       .fallback = std::string{},
       .help = "The certificate chain to speak TLS with (PEM); taken anew when the file changes. Empty: none."});
  keys.push_back({.name = "server.tls_key",
                  .fallback = std::string{},
                  .help = "The certificate's private key (PEM, no passphrase)."});
  keys.push_back({.name = "server.tls_self_signed",
                  .fallback = false,
                  .help =
                      "Whether to speak TLS with a certificate of the server's own making, kept in <data-dir>/tls; its "
                      "fingerprint is printed."});
  keys.push_back({.name = "server.public_url",
                  .fallback = std::string{},
                  .help =
                      "Where visitors find this server, as their browsers show it (https://desk.example.org); empty: "
                      "where it listens.",
                  .schemes = {"https", "http"}});
  keys.push_back({.name = "server.hosts",
                  .fallback = Texts{},
                  .help =
                      "Names of this server besides localhost and that of server.public_url; a request by any other is "
                      "refused. Literal addresses are taken too, unless it is plain HTTP on loopback.",
                  .items_most = 64});
  keys.push_back({.name = "server.trusted_proxies",
                  .fallback = Texts{},
                  .help =
                      "Addresses or networks (10.0.0.2, fd00::/8) of proxies in front of this server: what they say of "
                      "their visitors is believed, and plain HTTP is taken from them.",
                  .items_most = 64});
  keys.push_back({.name = "server.allowed_origins",
                  .fallback = Texts{},
                  .help = "Other sites whose pages may use the API with a token of yours and open the WebSocket: "
                          "https://tools.example.org. None: only the dashboard itself.",
                  .items_most = 64});
  keys.push_back(
      {.name = "server.metrics_token",
       .fallback = std::string{},
       .help = "What /metrics takes as a bearer token from other machines; empty: it answers this one alone.",
       .secret = true});
}

void add_accounts(std::vector<ConfigKey>& keys) {
  keys.push_back({.name = "accounts.registration",
                  .fallback = std::string{"invitation"},
                  .help = "Who may make an account: whoever has an invitation link, or anybody who finds the server.",
                  .choices = {"invitation", "open"}});
  keys.push_back({.name = "accounts.session_idle_days",
                  .fallback = whole(30),
                  .help = "A session that is not used for so long ends.",
                  .unit = "days",
                  .least = 1,
                  .most = 365});
  keys.push_back({.name = "accounts.session_days",
                  .fallback = whole(180),
                  .help = "Every session ends after so long, used or not.",
                  .unit = "days",
                  .least = 1,
                  .most = 730});
}

void add_realtime(std::vector<ConfigKey>& keys) {
  keys.push_back({.name = "realtime.max_sockets",
                  .fallback = whole(500),
                  .help = "Open WebSockets; over it a new one is answered 503.",
                  .least = 1,
                  .most = 100'000});
  keys.push_back({.name = "realtime.queue_bytes",
                  .fallback = whole(1024 * 1024),
                  .help = "What may wait for one slow client before messages are skipped and counted.",
                  .unit = "bytes",
                  .least = 64 * 1024,
                  .most = 64 * 1024 * 1024});
  keys.push_back({.name = "realtime.heartbeat_ms",
                  .fallback = whole(15'000),
                  .help = "How often a silent client is pinged; twice as long without an answer closes the connection.",
                  .unit = "ms",
                  .least = 1'000,
                  .most = 600'000});
}

void add_market(std::vector<ConfigKey>& keys) {
  keys.push_back({.name = "market.mode",
                  .fallback = std::string{"auto"},
                  .help =
                      "Which market this folder follows: a real exchange, the practice market, stored candles played "
                      "again, or auto: decided at the folder's first start.",
                  .choices = {"auto", "live", "practice", "replay"}});
  keys.push_back({.name = "market.follow",
                  .fallback = Texts{"BTCUSDT", "ETHUSDT", "BNBUSDT", "SOLUSDT", "XRPUSDT", "ADAUSDT", "DOGEUSDT",
                                    "TRXUSDT", "LINKUSDT", "AVAXUSDT", "LTCUSDT", "DOTUSDT"},
                  .help = "The instruments that are followed live: at least one, none twice; a venue may stand in "
                          "front (binance:BTCUSDT). As text: BTCUSDT,ETHUSDT or [\"BTCUSDT\", \"ETHUSDT\"].",
                  .items_most = 100});
  keys.push_back(
      {.name = "market.default_venue",
       .fallback = std::string{},
       .help = "Whose instrument a bare symbol means where several venues have it; empty: the venue of the feed."});
  keys.push_back({.name = "market.decide_ms",
                  .fallback = whole(5'000),
                  .help = "How long a folder's first start asks the real exchange before it becomes a practice folder.",
                  .unit = "ms",
                  .least = 100,
                  .most = 60'000});
  keys.push_back({.name = "binance.rest_url",
                  .fallback = std::string{"https://api.binance.com"},
                  .help = "Where Binance's REST interface is.",
                  .schemes = {"https", "http"}});
  keys.push_back({.name = "binance.ws_url",
                  .fallback = std::string{"wss://stream.binance.com:9443"},
                  .help = "Where Binance's market streams are.",
                  .schemes = {"wss", "ws"}});
  keys.push_back({.name = "binance.ca_file",
                  .fallback = std::string{},
                  .help = "Certificates to trust besides the machine's own (PEM); empty: none."});
  keys.push_back({.name = "practice.seed",
                  .fallback = whole(1),
                  .help = "The practice market's prices, past and future, follow from this number.",
                  .least = 0});
  keys.push_back({.name = "practice.speed",
                  .fallback = 1.0,
                  .help = "How many seconds of the practice market or a replay pass in one second.",
                  .least = 0.1,
                  .most = 3600});
  keys.push_back(
      {.name = "replay.symbol",
       .fallback = std::string{},
       .help =
           "What a replay plays, of which 1m candles are stored (BTCUSDT or binance:BTCUSDT); a replay needs one."});
}

void add_store(std::vector<ConfigKey>& keys) {
  for (const market::Timeframe timeframe : market::kTimeframes) {
    const std::string name{market::name(timeframe)};
    keys.push_back({.name = "store.keep_" + name + "_days",
                    .fallback = whole(timeframe == market::Timeframe::m1 ? 730 : 0),
                    .help = "How long stored " + name + " candles are kept; 0: for ever.",
                    .unit = "days",
                    .least = 0,
                    .most = 36'500});
  }
  keys.push_back({.name = "store.map_gib",
                  .fallback = whole(64),
                  .help = "Address space for the candle store: its largest size. Not disk space that is taken.",
                  .unit = "GiB",
                  .least = 1,
                  .most = 4096});
}

void add_log(std::vector<ConfigKey>& keys) {
  keys.push_back({.name = "log.level",
                  .fallback = std::string{"info"},
                  .help = "The least urgent lines that are written.",
                  .choices = {"debug", "info", "warn", "error"}});
  keys.push_back(
      {.name = "log.file", .fallback = true, .help = "Whether lines also go to <data-dir>/log/candlewick.log."});
  keys.push_back({.name = "log.file_bytes",
                  .fallback = whole(10 * 1024 * 1024),
                  .help = "The size at which the log file is rotated.",
                  .unit = "bytes",
                  .least = 64 * 1024,
                  .most = 1024.0 * 1024 * 1024});
  keys.push_back({.name = "log.files",
                  .fallback = whole(5),
                  .help = "How many rotated log files are kept besides the current one.",
                  .least = 1,
                  .most = 100});
}

void add_signals(std::vector<ConfigKey>& keys) {
  keys.push_back(
      {.name = "signals.components",
       .fallback = std::string{},
       .help = "A file with the components that scores are made of ('candlewick signals components' prints the shipped "
               "ones, which are taken where this is empty)."});
  keys.push_back({.name = "signals.round_trip_cost_percent",
                  .fallback = 0.2,
                  .help = "What a trade costs there and back, fees and slippage: signals are judged after it.",
                  .unit = "%",
                  .least = 0,
                  .most = 50});
  const auto keep = [&keys](const char* name, std::int64_t days, const char* timeframes) {
    keys.push_back(
        {.name = name,
         .fallback = whole(days),
         .help = std::string{"How long emitted signals of "} + timeframes +
                 " are kept, with what became of them; 0: for ever. One whose outcomes are not all known stays.",
         .unit = "days",
         .least = 0,
         .most = 36'500});
  };
  keep("signals.keep_fast_days", 30, "1m and 5m");
  keep("signals.keep_slow_days", 730, "15m, 1h, 4h and 1d");
  keys.push_back({.name = "signals.model_weight",
                  .fallback = 0.3,
                  .help = "How much of a score is the model's where there is one; the rest is the components'.",
                  .least = 0,
                  .most = 1});
  keys.push_back({.name = "lab.idle",
                  .fallback = true,
                  .help = "Backtests and sweeps take of the processor only what nothing else wants."});
}

std::vector<ConfigKey> make_keys() {
  std::vector<ConfigKey> keys;
  add_server(keys);
  add_door(keys);
  add_accounts(keys);
  add_realtime(keys);
  add_market(keys);
  add_store(keys);
  add_signals(keys);
  add_log(keys);
  return keys;
}

}  // namespace

std::span<const ConfigKey> config_keys() {
  static const std::vector<ConfigKey> keys = make_keys();
  return keys;
}

}  // namespace cw::app
