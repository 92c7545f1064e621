#include "exchange/practice/rest.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <initializer_list>

#include "base/number.h"
#include "exchange/practice/wire.h"

namespace cw::exchange::practice::rest {
namespace {

using Parameters = std::vector<std::pair<std::string, std::string>>;

std::unexpected<Refusal> refused(int code, std::string message) {
  return std::unexpected(Refusal{code, std::move(message)});
}

std::unexpected<Refusal> missing(std::string_view name) {
  return refused(-1102, fmt::format("Mandatory parameter '{}' was not sent, was empty/null, or malformed.", name));
}

std::unexpected<Refusal> illegal(std::string_view name, std::string_view legal) {
  return refused(-1100, fmt::format("Illegal characters found in parameter '{}'; legal range is '{}'.", name, legal));
}

// Only known parameters, none twice.
std::expected<Parameters, Refusal> read_parameters(const net::HttpRequest& request,
                                                   std::initializer_list<std::string_view> known) {
  Parameters sent = request.query_items();
  std::size_t read = 0;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    read += std::ranges::find(known, std::string_view(sent[i].first)) != known.end();
    for (std::size_t j = 0; j < i; ++j) {
      if (sent[i].first == sent[j].first) return refused(-1101, "Duplicate values for a parameter detected.");
    }
  }
  if (read == sent.size()) return sent;
  return refused(-1104, fmt::format("Not all sent parameters were read; read '{}' parameter(s) but was sent '{}'.",
                                    read, sent.size()));
}

std::string value_of(const Parameters& parameters, std::string_view name) {
  const auto found = std::ranges::find(parameters, name, &Parameters::value_type::first);
  return found == parameters.end() ? std::string() : found->second;
}

bool is_symbol(std::string_view text) {
  return text.size() <= 20 && std::ranges::all_of(text, [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
         });
}

std::expected<std::size_t, Refusal> find_symbol(std::string_view text,
                                                std::span<const market::Instrument> instruments) {
  if (text.empty()) return missing("symbol");
  if (!is_symbol(text)) return illegal("symbol", "^[A-Z0-9-_.]{1,20}$");
  const auto found = std::ranges::find_if(instruments, [&](const auto& one) { return one.id.symbol == text; });
  if (found == instruments.end()) return refused(-1121, "Invalid symbol.");
  return static_cast<std::size_t>(found - instruments.begin());
}

std::expected<std::optional<std::int64_t>, Refusal> read_number(const Parameters& parameters, std::string_view name) {
  const std::string text = value_of(parameters, name);
  if (text.empty()) return std::nullopt;
  const auto number = parse_int(text);
  if (!number || *number < 0) return illegal(name, "^[0-9]{1,20}$");
  return number;
}

// Any time that a client may send, within what the calendar here can say.
std::optional<Timestamp> to_time(std::optional<std::int64_t> ms) {
  if (!ms) return std::nullopt;
  return from_ms(std::clamp(*ms, std::int64_t{0}, kLatestMs));
}

}  // namespace

int weight_of(std::string_view path) {
  if (path == "/api/v3/ping" || path == "/api/v3/time") return 1;
  if (path == "/api/v3/klines") return 2;
  if (path == "/api/v3/exchangeInfo") return 20;
  return 0;
}

std::expected<History::Question, Refusal> klines_question(const net::HttpRequest& request,
                                                          std::span<const market::Instrument> instruments,
                                                          Timestamp now) {
  const auto sent = read_parameters(request, {"symbol", "interval", "startTime", "endTime", "limit", "timeZone"});
  if (!sent) return std::unexpected(sent.error());
  const auto symbol = find_symbol(value_of(*sent, "symbol"), instruments);
  if (!symbol) return std::unexpected(symbol.error());
  const std::string interval = value_of(*sent, "interval");
  if (interval.empty()) return missing("interval");
  const auto timeframe = market::parse_timeframe(interval);
  if (!timeframe) return refused(-1120, "Invalid interval.");
  const auto from = read_number(*sent, "startTime");
  if (!from) return std::unexpected(from.error());
  const auto to = read_number(*sent, "endTime");
  if (!to) return std::unexpected(to.error());
  const auto limit = read_number(*sent, "limit");
  if (!limit) return std::unexpected(limit.error());
  if (*limit == 0) return refused(-1130, "Data sent for parameter 'limit' is not valid.");
  if (const std::string zone = value_of(*sent, "timeZone"); !zone.empty() && zone != "0") {
    return refused(-1130, "Data sent for parameter 'timeZone' is not valid.");
  }
  const auto most = static_cast<std::int64_t>(kKlinesMost);
  const auto wanted = limit->value_or(static_cast<std::int64_t>(kKlinesUsual));
  return History::Question{
      *symbol, *timeframe, to_time(*from), to_time(*to), static_cast<std::size_t>(std::min(wanted, most)), now};
}

std::expected<std::vector<market::Instrument>, Refusal> exchange_info_question(
    const net::HttpRequest& request, std::span<const market::Instrument> instruments) {
  auto sent = read_parameters(request, {"symbol", "symbols", "showPermissionSets"});
  if (!sent) return std::unexpected(sent.error());
  // There are no permission sets here to be shown or not.
  std::erase_if(*sent, [](const auto& one) { return one.first == "showPermissionSets"; });
  if (sent->empty()) return std::vector<market::Instrument>(instruments.begin(), instruments.end());
  if (sent->size() > 1) return refused(-1101, "Too many parameters; expected 'symbol' or 'symbols'.");

  std::vector<std::string> names;
  if (sent->front().first == "symbol") {
    names.push_back(sent->front().second);
  } else {
    const auto list = nlohmann::json::parse(sent->front().second, nullptr, false);
    const bool is_list = list.is_array() && std::ranges::all_of(list, [](const auto& one) { return one.is_string(); });
    if (!is_list) return illegal("symbols", R"(^\[(\"[A-Z0-9-_.]{1,20}\")(,\"[A-Z0-9-_.]{1,20}\"){0,}\]$)");
    for (const auto& one : list) names.push_back(one.get<std::string>());
  }
  std::vector<market::Instrument> found;
  for (const std::string& name : names) {
    const auto symbol = find_symbol(name, instruments);
    if (!symbol) return std::unexpected(symbol.error());
    found.push_back(instruments[*symbol]);
  }
  return found;
}

net::HttpResponse json(int status, std::string body) {
  net::HttpResponse response;
  response.status = status;
  response.fields.set("Content-Type", "application/json;charset=UTF-8");
  response.body = std::move(body);
  return response;
}

net::HttpResponse refuse(int status, const Refusal& refusal) {
  return json(status, wire::error(refusal.code, refusal.message));
}

}  // namespace cw::exchange::practice::rest
