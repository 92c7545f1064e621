#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/practice/history.h"
#include "market/instrument.h"
#include "net/http.h"

namespace cw::exchange::practice::rest {

/// Why a request is refused, with the exchange's own codes.
/// Source  Binance spot API documentation, errors.md
struct Refusal {
  int code;
  std::string message;
};

inline constexpr std::size_t kKlinesUsual = 500;
inline constexpr std::size_t kKlinesMost = 1'000;

/// Weight of a path in the minute's limit; 0 for a path that does not exist.
int weight_of(std::string_view path);

/// Reads `/api/v3/klines`' parameters: symbol, interval, startTime, endTime, limit (over 1,000 counts as 1,000),
/// timeZone (only 0).
std::expected<History::Question, Refusal> klines_question(const net::HttpRequest& request,
                                                          std::span<const market::Instrument> instruments,
                                                          Timestamp now);

/// Reads `/api/v3/exchangeInfo`'s: `symbol=BTCUSDT` or `symbols=["BTCUSDT","ETHUSDT"]` or none of them for all.
std::expected<std::vector<market::Instrument>, Refusal> exchange_info_question(
    const net::HttpRequest& request, std::span<const market::Instrument> instruments);

net::HttpResponse json(int status, std::string body);
net::HttpResponse refuse(int status, const Refusal& refusal);

}  // namespace cw::exchange::practice::rest
