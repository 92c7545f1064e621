#pragma once

#include <span>
#include <string>
#include <string_view>

#include "exchange/practice/market_source.h"
#include "market/feed_events.h"
#include "market/instrument.h"
#include "market/timeframe.h"

namespace cw::exchange::practice {

/// The texts of Binance's spot interface, appended to `out`. Each is one JSON object without blanks.
/// Numbers are decimal text with eight places; a number that needs more to be read back as the same double (a volume
/// that was added up) has as many as it takes. Source  Binance spot API documentation: rest-api.md,
/// web-socket-streams.md
namespace wire {

void append_decimal(std::string& out, double value);

void trade(std::string& out, std::string_view symbol, const market::Trade& trade, Timestamp event_time);
void agg_trade(std::string& out, std::string_view symbol, const market::Trade& trade, Timestamp event_time);
void book_ticker(std::string& out, std::string_view symbol, std::int64_t update_id, const market::Quote& quote);
void mini_ticker(std::string& out, std::string_view symbol, const Bar& day, Timestamp event_time);
void kline(std::string& out, std::string_view symbol, market::Timeframe timeframe, const Bar& bar, bool closed,
           Timestamp event_time);
void server_shutdown(std::string& out, Timestamp event_time);

/// An array of arrays, oldest first.
std::string klines(std::span<const Bar> bars, market::Timeframe timeframe);
std::string exchange_info(std::span<const market::Instrument> instruments, Timestamp now, int weight_limit);
std::string server_time(Timestamp now);
/// `{"code":-1121,"msg":"Invalid symbol."}`; `message` is plain text without control characters.
std::string error(int code, std::string_view message);

}  // namespace wire
}  // namespace cw::exchange::practice
