#include "exchange/binance/stream_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/require.h"

namespace cw::exchange::binance {
namespace {

std::string small_letters(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

}  // namespace

std::vector<ConnectionPlan> plan_streams(std::span<const std::string> symbols, std::size_t streams_most) {
  CW_REQUIRE(streams_most >= kStreamsAnInstrument && streams_most <= 1'024);
  const std::size_t a_connection = streams_most / kStreamsAnInstrument;
  const std::size_t a_message = kStreamsAMessage / kStreamsAnInstrument;
  std::vector<ConnectionPlan> plans;
  for (std::size_t first = 0; first < symbols.size(); first += a_connection) {
    ConnectionPlan& plan = plans.emplace_back();
    const std::size_t end = std::min(symbols.size(), first + a_connection);
    for (std::size_t from = first; from < end; from += a_message) {
      std::string streams;
      for (std::size_t i = from; i < std::min(end, from + a_message); ++i) {
        const std::string symbol = small_letters(symbols[i]);
        streams += fmt::format(R"({}"{}@trade","{}@kline_1m","{}@bookTicker")", streams.empty() ? "" : ",", symbol,
                               symbol, symbol);
        plan.instruments.push_back(static_cast<FollowedIndex>(i));
      }
      plan.subscribes.push_back(
          fmt::format(R"({{"method":"SUBSCRIBE","params":[{}],"id":{}}})", streams, plan.subscribes.size() + 1));
    }
  }
  return plans;
}

}  // namespace cw::exchange::binance
