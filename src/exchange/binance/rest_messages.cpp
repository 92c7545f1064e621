#include "exchange/binance/rest_messages.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>

#include "base/number.h"
#include "exchange/binance/messages.h"

namespace cw::exchange::binance {
namespace {

namespace dom = simdjson::dom;

std::unexpected<Error> bad(std::string_view what, std::string_view why) {
  return fail(Errc::bad_input, fmt::format("{}: {}", what, why));
}

Result<dom::element> parse(dom::parser& parser, std::string_view body, std::string_view what) {
  dom::element root;
  if (const auto error = parser.parse(body.data(), body.size()).get(root); error != simdjson::SUCCESS) {
    return bad(what, simdjson::error_message(error));
  }
  return root;
}

std::optional<Timestamp> time_in(dom::element element) {
  std::int64_t number = 0;
  if (element.get_int64().get(number) != simdjson::SUCCESS) return std::nullopt;
  return time_of(number);
}

std::optional<double> decimal_in(dom::element element) {
  std::string_view text;
  if (element.get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
  return parse_double(text);
}

Result<RestKline> kline_in(dom::element row) {
  constexpr std::array kNames{"open time", "open", "high", "low", "close", "volume", "close time", "", "trades"};
  dom::array cells;
  if (row.get_array().get(cells) != simdjson::SUCCESS) return fail(Errc::bad_input, "not an array");
  RestKline out{};
  const std::array<double*, 5> numbers{&out.bar.open, &out.bar.high, &out.bar.low, &out.bar.close, &out.bar.volume};
  std::size_t index = 0;
  for (const dom::element cell : cells) {
    bool good = true;
    if (index == 0 || index == 6) {
      const auto at = time_in(cell);
      (index == 0 ? out.bar.open_time : out.close_time) = at.value_or(Timestamp{});
      good = at.has_value();
    } else if (index < 6) {
      const auto number = decimal_in(cell);
      *numbers[index - 1] = number.value_or(0);
      good = number && (index == 5 ? *number >= 0 : *number > 0);
    } else if (index == 8) {
      good = cell.get_int64().get(out.trades) == simdjson::SUCCESS;
    }
    if (!good) return fail(Errc::bad_input, fmt::format("bad {} {}", kNames[index], simdjson::minify(cell)));
    ++index;
  }
  if (index < 9) return fail(Errc::bad_input, fmt::format("{} cells, at least 9 wanted", index));
  if (out.close_time < out.bar.open_time) return fail(Errc::bad_input, "closes before it opens");
  return out;
}

bool is_writable(std::string_view symbol) {
  const auto allowed = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'; };
  return !symbol.empty() && symbol.size() <= 30 && std::all_of(symbol.begin(), symbol.end(), allowed);
}

// "0.01000000" is 0.01; a filter that is switched off says 0. The product's steps are plain decimals: an exponent, which
// the venue never sends, leaves the default.
void read_step(dom::element filter, const char* key, std::string& step) {
  std::string_view text;
  if (filter[key].get_string().get(text) != simdjson::SUCCESS) return;
  const auto value = parse_double(text);
  if (!value || *value <= 0 || text.find_first_not_of("0123456789.") != text.npos) return;
  if (text.find('.') != text.npos) {
    while (text.ends_with('0')) text.remove_suffix(1);
    if (text.ends_with('.')) text.remove_suffix(1);
  }
  step = text;
}

Result<Listing> listing_in(dom::element entry, std::string_view venue, std::string_view symbol) {
  std::string_view base, quote, status;
  if (entry["baseAsset"].get_string().get(base) != simdjson::SUCCESS) return fail(Errc::bad_input, "no baseAsset");
  if (entry["quoteAsset"].get_string().get(quote) != simdjson::SUCCESS) return fail(Errc::bad_input, "no quoteAsset");
  if (entry["status"].get_string().get(status) != simdjson::SUCCESS) return fail(Errc::bad_input, "no status");
  Listing out{{{std::string(venue), std::string(symbol)}, std::string(base), std::string(quote)}, status == "TRADING"};
  dom::array filters;
  if (entry["filters"].get_array().get(filters) != simdjson::SUCCESS) return out;
  for (const dom::element filter : filters) {
    std::string_view type;
    if (filter["filterType"].get_string().get(type) != simdjson::SUCCESS) continue;
    if (type == "PRICE_FILTER") read_step(filter, "tickSize", out.instrument.tick_size);
    if (type == "LOT_SIZE") read_step(filter, "stepSize", out.instrument.lot_size);
  }
  return out;
}

std::optional<std::int64_t> weight_per_minute(dom::element root) {
  dom::array limits;
  if (root["rateLimits"].get_array().get(limits) != simdjson::SUCCESS) return std::nullopt;
  for (const dom::element limit : limits) {
    std::string_view type, interval;
    std::int64_t count = 0, most = 0;
    if (limit["rateLimitType"].get_string().get(type) == simdjson::SUCCESS && type == "REQUEST_WEIGHT" &&
        limit["interval"].get_string().get(interval) == simdjson::SUCCESS && interval == "MINUTE" &&
        limit["intervalNum"].get_int64().get(count) == simdjson::SUCCESS && count == 1 &&
        limit["limit"].get_int64().get(most) == simdjson::SUCCESS && most > 0) {
      return most;
    }
  }
  return std::nullopt;
}

}  // namespace

Result<std::vector<RestKline>> decode_klines(std::string_view body) {
  dom::parser parser;
  const auto root = parse(parser, body, "klines");
  if (!root) return pass_on(root);
  dom::array rows;
  if (root->get_array().get(rows) != simdjson::SUCCESS) return bad("klines", "not an array");
  std::vector<RestKline> out;
  out.reserve(rows.size());
  for (const dom::element row : rows) {
    auto kline = kline_in(row);
    if (!kline) return std::unexpected(with_place(kline.error(), fmt::format("klines: row {}", out.size() + 1)));
    if (!out.empty() && kline->bar.open_time <= out.back().bar.open_time) {
      return bad("klines", fmt::format("row {} does not open after the row before it", out.size() + 1));
    }
    out.push_back(*kline);
  }
  return out;
}

Result<Timestamp> decode_time(std::string_view body) {
  dom::parser parser;
  const auto root = parse(parser, body, "time");
  if (!root) return pass_on(root);
  dom::element number;
  if (root->at_key("serverTime").get(number) != simdjson::SUCCESS) return bad("time", "field 'serverTime' is missing");
  const auto at = time_in(number);
  if (!at) return bad("time", "field 'serverTime' is not a time in 2000..2099");
  return *at;
}

Result<ExchangeInfo> decode_exchange_info(std::string_view body, std::string_view venue) {
  dom::parser parser;
  const auto root = parse(parser, body, "exchangeInfo");
  if (!root) return pass_on(root);
  ExchangeInfo out;
  dom::element number;
  if (root->at_key("serverTime").get(number) != simdjson::SUCCESS) {
    return bad("exchangeInfo", "field 'serverTime' is missing");
  }
  const auto at = time_in(number);
  if (!at) return bad("exchangeInfo", "field 'serverTime' is not a time in 2000..2099");
  out.server_time = *at;
  out.weight_per_minute = weight_per_minute(*root);

  dom::array symbols;
  if (root->at_key("symbols").get_array().get(symbols) != simdjson::SUCCESS) {
    return bad("exchangeInfo", "field 'symbols' is no array");
  }
  for (const dom::element entry : symbols) {
    std::string_view symbol;
    if (entry["symbol"].get_string().get(symbol) != simdjson::SUCCESS) {
      return bad("exchangeInfo", fmt::format("symbol {} has no name", out.listings.size() + out.left_out + 1));
    }
    if (!is_writable(symbol)) {
      ++out.left_out;
      continue;
    }
    auto listing = listing_in(entry, venue, symbol);
    if (!listing) return std::unexpected(with_place(listing.error(), fmt::format("exchangeInfo: {}", symbol)));
    out.listings.push_back(std::move(*listing));
  }
  return out;
}

std::optional<ApiError> decode_api_error(std::string_view body) {
  dom::parser parser;
  const auto root = parse(parser, body, "error");
  std::int64_t code = 0;
  std::string_view message;
  if (!root || !root->is_object() || root->at_key("code").get_int64().get(code) != simdjson::SUCCESS ||
      root->at_key("msg").get_string().get(message) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return ApiError{code, std::string(message)};
}

}  // namespace cw::exchange::binance
