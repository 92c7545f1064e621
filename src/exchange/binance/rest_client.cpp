#include "exchange/binance/rest_client.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/number.h"

namespace cw::exchange::binance {
namespace {

// Weights: rest-api.md of the venue, under each request.
constexpr std::int64_t kTimeWeight = 1;
constexpr std::int64_t kKlinesWeight = 2;
constexpr std::int64_t kExchangeInfoWeight = 20;

constexpr Millis kTimeout{15'000};  // the venue itself gives up after 10 s

std::optional<Millis> retry_after(const net::HttpResponse& response) {
  const auto seconds = parse_int(response.fields.get("Retry-After"));
  if (!seconds || *seconds < 0 || *seconds > 1'000'000) return std::nullopt;
  return Millis{*seconds * 1'000};
}

}  // namespace

std::string explain_refusal(int status) {
  if (status == 451) {
    return "Binance does not serve this country or network (HTTP 451); set binance.rest_url and binance.ws_url to an "
           "address "
           "that serves yours, or use the practice market";
  }
  return "Binance's firewall turned the request away (HTTP 403), for the network it came from or for too many "
         "requests; "
         "wait some minutes, try without a VPN or proxy, or set binance.rest_url to another of its addresses";
}

Result<std::unique_ptr<RestClient>> RestClient::make(net::Runtime& runtime, std::string_view base_url,
                                                     RestShared& shared, Metrics& metrics, double share) {
  auto url = net::parse_url(base_url);
  if (!url) return pass_on(url);
  return std::unique_ptr<RestClient>(new RestClient(runtime, std::move(*url), shared, metrics, share));
}

RestClient::RestClient(net::Runtime& runtime, net::Url base, RestShared& shared, Metrics& metrics, double share)
    : runtime_(runtime),
      shared_(shared),
      http_(runtime, base.endpoint, kTimeout),
      path_(base.target.ends_with('/') ? base.target.substr(0, base.target.size() - 1) : base.target),
      share_(share),
      requests_(metrics.counter("candlewick_feed_rest_requests_total", "REST requests to the exchange")),
      failures_(metrics.counter("candlewick_feed_rest_failures_total", "REST requests without a usable answer")),
      limited_(metrics.counter("candlewick_feed_rest_limited_total", "REST answers 429 and 418")),
      used_weight_(metrics.gauge("candlewick_feed_weight_used", "Request weight used in the exchange's last minute")) {}

net::Task<Result<std::string>> RestClient::get(std::string target, std::int64_t weight) {
  for (;;) {
    const Timestamp now = runtime_.now();
    const Timestamp at = shared_.limiter.may_send_at(now, weight, share_);
    if (at <= now) break;
    co_await runtime_.sleep_for(at - now);
  }
  shared_.limiter.sent(runtime_.now(), weight);
  requests_.add();
  sent_at_ = runtime_.now();
  net::HttpRequest request{.method = "GET", .target = path_ + target};
  auto response = co_await http_.send(std::move(request));
  // Only 403 and 451 mean that the venue does not serve us; a port where nobody listens may be back in a moment.
  if (!response && response.error().code == Errc::refused) response.error().code = Errc::disconnected;
  auto body = response ? taken(std::move(*response)) : Result<std::string>(pass_on(response));
  if (!body) failures_.add();
  co_return body;
}

Result<std::string> RestClient::taken(net::HttpResponse response) {
  const Timestamp now = runtime_.now();
  if (const auto used = parse_int(response.fields.get("X-MBX-USED-WEIGHT-1M")); used && *used >= 0) {
    shared_.limiter.answered(now, *used);
  }
  used_weight_.set(static_cast<double>(shared_.limiter.used(now)));
  if (response.status / 100 == 2) return std::move(response.body);
  if (response.status == 429 || response.status == 418) {
    limited_.add();
    shared_.limiter.told_to_wait(now, response.status == 418, retry_after(response));
    return fail(Errc::rate_limited, fmt::format("the exchange answered {}: nothing is asked of it before {}",
                                                response.status, format_time(shared_.limiter.blocked_until())));
  }
  if (response.status == 403 || response.status == 451) return fail(Errc::refused, explain_refusal(response.status));
  if (const auto wait = retry_after(response)) shared_.limiter.told_to_wait(now, false, wait);
  const auto error = decode_api_error(response.body);
  const std::string said = error ? fmt::format(", code {}: {}", error->code, error->message) : std::string();
  const Errc code = response.status / 100 == 4 ? Errc::bad_parameter : Errc::disconnected;
  return fail(code, fmt::format("the exchange answered HTTP {}{}", response.status, said));
}

net::Task<Result<Timestamp>> RestClient::time() {
  auto body = co_await get("/api/v3/time", kTimeWeight);
  if (!body) co_return pass_on(body);
  auto venue = decode_time(*body);
  if (venue) shared_.clock.measured(sent_at_, runtime_.now(), *venue);
  co_return venue;
}

net::Task<Result<ExchangeInfo>> RestClient::exchange_info(std::string venue, std::vector<std::string> symbols) {
  std::string target = "/api/v3/exchangeInfo";
  if (!symbols.empty()) {
    std::string list;
    for (const std::string& symbol : symbols) list += (list.empty() ? "[\"" : ",\"") + symbol + '"';
    target += "?symbols=" + net::percent_encode(list + ']');
  } else {
    target += "?showPermissionSets=false";  // they are most of the whole list's bytes, and nobody reads them
  }
  auto body = co_await get(std::move(target), kExchangeInfoWeight);
  if (!body) co_return pass_on(body);
  auto info = decode_exchange_info(*body, venue);
  if (info && info->weight_per_minute) shared_.limiter.set_limit(*info->weight_per_minute);
  co_return info;
}

net::Task<Result<std::vector<market::Candle>>> RestClient::klines(std::string symbol, market::Timeframe timeframe,
                                                                  Timestamp from, Timestamp to) {
  co_return co_await klines_at(fmt::format("/api/v3/klines?symbol={}&interval={}&startTime={}&endTime={}&limit={}",
                                           net::percent_encode(symbol), market::name(timeframe), to_ms(from),
                                           to_ms(to) - 1, kKlinesMost));
}

net::Task<Result<std::vector<market::Candle>>> RestClient::klines_before(std::string symbol,
                                                                         market::Timeframe timeframe,
                                                                         Timestamp before) {
  co_return co_await klines_at(fmt::format("/api/v3/klines?symbol={}&interval={}&endTime={}&limit={}",
                                           net::percent_encode(symbol), market::name(timeframe), to_ms(before) - 1,
                                           kKlinesMost));
}

net::Task<Result<std::vector<market::Candle>>> RestClient::klines_at(std::string target) {
  auto body = co_await get(std::move(target), kKlinesWeight);
  if (!body) co_return pass_on(body);
  const auto rows = decode_klines(*body);
  if (!rows) co_return pass_on(rows);
  std::vector<market::Candle> closed;
  closed.reserve(rows->size());
  const Timestamp now = venue_now();
  for (const RestKline& row : *rows) {
    if (row.close_time + kSettle < now) closed.push_back(row.bar);
  }
  co_return closed;
}

}  // namespace cw::exchange::binance
