#include "api/market.h"

#include <fmt/format.h>

#include "base/json_text.h"
#include "base/number.h"
#include "net/compress.h"
#include "net/etag.h"
#include "realtime/market_json.h"

namespace cw::api {
namespace {

Error bad(std::string_view field, std::string message) {
  return {Errc::bad_parameter, std::move(message), {}, std::string{field}};
}

std::string to_json(const SymbolView& view) {
  std::string out = R"({"symbol":)";
  append_json_string(out, view.instrument.id.symbol);
  out += R"(,"venue":)";
  append_json_string(out, view.instrument.id.venue);
  out += R"(,"base":)";
  append_json_string(out, view.instrument.base);
  out += R"(,"quote":)";
  append_json_string(out, view.instrument.quote);
  out += R"(,"tick_size":)";
  append_json_string(out, view.instrument.tick_size);
  out += R"(,"lot_size":)";
  append_json_string(out, view.instrument.lot_size);
  out += R"(,"timeframes":[)";
  for (std::size_t i = 0; i < view.timeframes.size(); ++i) {
    out += fmt::format(R"({}"{}")", i > 0 ? "," : "", market::name(view.timeframes[i]));
  }
  return out + fmt::format(R"(],"practice":{},"followed":{}}})", view.practice, view.followed);
}

net::HttpResponse refusal(const Error& error, const Call& call) {
  return problem_answer(problem_of(error), call.request.path(), call.request.request_id);
}

net::Task<net::HttpResponse> get_symbols(MarketView& view, const Call& call) {
  if (!view.is_serving()) co_return not_serving(call);
  std::string body = R"({"symbols":[)";
  for (const SymbolView& symbol : view.symbols()) {
    if (body.back() == '}') body += ',';
    body += to_json(symbol);
  }
  co_return tagged(json_answer(body + "]}", "no-cache"));
}

net::Task<net::HttpResponse> get_candles(MarketView& view, const Call& call) {
  if (!view.is_serving()) co_return not_serving(call);
  const auto index = find_symbol(view, call);
  if (!index) co_return refusal(index.error(), call);
  auto request = read_candle_request(call, view.board().instrument(*index).id);
  if (!request) co_return refusal(request.error(), call);
  // Text, tag and compression are made where the page is read. The router's finishing touch then finds nothing to do.
  auto response = co_await view.candles(std::move(*request), [sent = call.request](const CandlePage& page) {
    auto made = tagged(json_answer(to_json(page), "no-cache"));
    net::finish_response(sent, made);
    return made;
  });
  if (!response) co_return refusal(response.error(), call);
  co_return std::move(*response);
}

net::Task<net::HttpResponse> get_ticker(MarketView& view, const Call& call) {
  if (!view.is_serving()) co_return not_serving(call);
  const auto index = find_symbol(view, call);
  if (!index) co_return refusal(index.error(), call);
  co_return json_answer(realtime::ticker_json(view.board().instrument(*index), view.board().ticker(*index)),
                        "no-store");
}

net::Task<net::HttpResponse> get_status(MarketView& view, const Call& call) {
  if (!view.is_serving()) co_return not_serving(call);
  co_return json_answer(view.status_json(), "no-store");
}

}  // namespace

Result<std::optional<std::int64_t>> read_whole(const Call& call, std::string_view name, std::int64_t least,
                                               std::int64_t most) {
  const std::string* const text = call.query_value(name);
  if (text == nullptr) return std::optional<std::int64_t>{};
  const auto value = parse_int(*text);
  if (!value || *value < least || *value > most) {
    return std::unexpected(
        bad(name, fmt::format("'{}' must be a whole number from {} to {}; '{}' is not.", name, least, most, *text)));
  }
  return value;
}

net::HttpResponse json_answer(std::string body, const char* cache_control) {
  net::HttpResponse response;
  response.fields.set("Content-Type", "application/json");
  response.fields.set("Cache-Control", cache_control);
  response.body = std::move(body);
  return response;
}

net::HttpResponse tagged(net::HttpResponse response) {
  response.fields.set("ETag", "W/" + net::strong_etag(response.body));
  return response;
}

net::HttpResponse not_serving(const Call& call) {
  return problem_answer(
      {"not_ready",
       "The server is starting or shutting down. Try again in 2 s; /health/ready says what it waits for.",
       {},
       {},
       2},
      call.request.path(), call.request.request_id);
}

Result<realtime::BoardIndex> find_symbol(const MarketView& view, const Call& call) {
  const std::string& symbol = call.path.at("symbol");
  auto found = view.board().resolve(symbol);
  if (found) return found;
  Error error = found.error();
  if (error.code == Errc::bad_input) error.code = Errc::unknown_symbol;
  error.field = "symbol";
  return std::unexpected(std::move(error));
}

std::string_view name(BackfillState state) {
  switch (state) {
    case BackfillState::none: return "none";
    case BackfillState::idle: return "idle";
    case BackfillState::running: return "running";
    case BackfillState::done: return "done";
  }
  return "none";
}

std::string to_json(const CandlePage& page) {
  std::string out = fmt::format(R"({{"symbol":"{}","venue":"{}","timeframe":"{}","source":[)", page.instrument.symbol,
                                page.instrument.venue, market::name(page.timeframe));
  out.reserve(out.size() + 80 * page.candles.size() + 512);
  for (std::size_t i = 0; i < page.source.size(); ++i) {
    out += fmt::format(R"({}{{"timeframe":"{}","from":{},"to":{}}})", i > 0 ? "," : "",
                       market::name(page.source[i].timeframe), to_ms(page.source[i].from), to_ms(page.source[i].to));
  }
  out += R"(],"candles":[)";
  for (std::size_t i = 0; i < page.candles.size(); ++i) {
    if (i > 0) out += ',';
    realtime::append_candle_json(out, page.candles[i]);
  }
  out += R"(],"gaps":[)";
  for (std::size_t i = 0; i < page.gaps.size(); ++i) {
    out += fmt::format("{}[{},{}]", i > 0 ? "," : "", to_ms(page.gaps[i].first), to_ms(page.gaps[i].second));
  }
  out += R"(],"gapped":[)";
  for (std::size_t i = 0; i < page.gapped.size(); ++i)
    out += fmt::format("{}{}", i > 0 ? "," : "", to_ms(page.gapped[i]));
  out += fmt::format(R"(],"backfill":{{"state":"{}","oldest":)", name(page.backfill));
  out += page.oldest ? fmt::to_string(to_ms(*page.oldest)) : "null";
  return out + "}}";
}

Result<market::Timeframe> read_timeframe(const Call& call) {
  const std::string* const timeframe = call.query_value("timeframe");
  if (timeframe == nullptr)
    return std::unexpected(
        bad("timeframe", "'timeframe' is missing; give one of 1m 3m 5m 15m 30m 1h 2h 4h 6h 8h 12h 1d 1w."));
  auto parsed = market::parse_timeframe(*timeframe);
  if (!parsed) parsed.error().field = "timeframe";
  return parsed;
}

Result<CandleRequest> read_candle_request(const Call& call, const market::InstrumentId& instrument) {
  CandleRequest request{instrument, {}, {}, {}};
  const auto timeframe = read_timeframe(call);
  if (!timeframe) return pass_on(timeframe);
  request.timeframe = *timeframe;
  const auto from = read_whole(call, "from", 0, kTimeMost);
  if (!from) return pass_on(from);
  const auto to = read_whole(call, "to", 0, kTimeMost);
  if (!to) return pass_on(to);
  const auto limit = read_whole(call, "limit", 1, kCandlesMost);
  if (!limit) return pass_on(limit);
  if (*from && *to && **from >= **to) {
    return std::unexpected(bad("from", fmt::format("'from' ({}) must be less than 'to' ({}).", **from, **to)));
  }
  if (*from) request.from = from_ms(**from);
  if (*to) request.to = from_ms(**to);
  request.limit = static_cast<std::size_t>(limit->value_or(kCandlesDefault));
  return request;
}

std::vector<Route> market_routes(MarketView& view) {
  return {
      {"/api/market/symbols", {}, [&view](const Call& call) { return get_symbols(view, call); }},
      {"/api/market/candles/{symbol}",
       {"timeframe", "from", "to", "limit"},
       [&view](const Call& call) { return get_candles(view, call); }},
      {"/api/market/ticker/{symbol}", {}, [&view](const Call& call) { return get_ticker(view, call); }},
      {"/api/market/status", {}, [&view](const Call& call) { return get_status(view, call); }},
  };
}

}  // namespace cw::api
