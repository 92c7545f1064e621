// What clients and people send to the practice exchange: commands on a WebSocket, queries of its REST interface, lists
// of misbehaviours, stream names. The first byte says which; whatever comes, the answers keep to their forms.
#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/require.h"
#include "exchange/practice/history.h"
#include "exchange/practice/misbehaviour.h"
#include "exchange/practice/rest.h"
#include "exchange/practice/stream_name.h"
#include "exchange/practice/testing.h"
#include "exchange/practice/wire.h"
#include "exchange/practice/ws_command.h"

namespace cw::exchange::practice {
namespace {

const Timestamp kStart = start_of_day(20'000);

ReplayMarket& small_market() {
  static ReplayMarket market = [] {
    market::CandleColumns rows;
    for (int m = 0; m < 9; ++m) {
      if (m != 4) rows.push_back({kStart + kMinute * m * 400, 10.0 + m, 12.0 + m, 9.0 + m, 11.0 + m, m == 2 ? 0 : 0.3});
    }
    return ReplayMarket(std::make_unique<MemoryCandles>("BTCUSDT", rows));
  }();
  return market;
}

bool is_json(const std::string& text) { return !nlohmann::json::parse(text, nullptr, false).is_discarded(); }

void command(std::string_view text) {
  const auto command = parse_command(text);
  CW_REQUIRE(is_json(command ? ws_answer(command->streams, command->id) : ws_answer(command.error())));
}

void klines(std::string_view query) {
  net::HttpRequest request;
  request.target = "/api/v3/klines?" + std::string(query);
  static History history(small_market());
  const Timestamp now = kStart + kMinute * 3'000;
  const auto question = rest::klines_question(request, small_market().instruments(), now);
  if (!question) {
    CW_REQUIRE(is_json(rest::refuse(400, question.error()).body));
    return;
  }
  const auto bars = history.ask(*question);
  CW_REQUIRE(bars && bars->size() <= question->limit && question->limit <= rest::kKlinesMost);
  for (std::size_t i = 0; i < bars->size(); ++i) {
    const Timestamp at = (*bars)[i].candle.open_time;
    CW_REQUIRE(at <= now && is_open_time(question->timeframe, at));
    CW_REQUIRE(!question->from || at >= *question->from);
    CW_REQUIRE(!question->to || at <= *question->to);
    CW_REQUIRE(i == 0 || (*bars)[i - 1].candle.open_time < at);
  }
  CW_REQUIRE(is_json(wire::klines(*bars, question->timeframe)));
}

void exchange_info(std::string_view query) {
  net::HttpRequest request;
  request.target = "/api/v3/exchangeInfo?" + std::string(query);
  const auto asked = rest::exchange_info_question(request, small_market().instruments());
  CW_REQUIRE(is_json(asked ? wire::exchange_info(*asked, kStart, 6'000) : rest::refuse(400, asked.error()).body));
}

void misbehaviour(std::string_view text) {
  const auto asked = parse_misbehaviour(text);
  if (!asked) return;
  const auto again = parse_misbehaviour(to_text(*asked));
  CW_REQUIRE(again && *again == *asked);
}

void stream(std::string_view text) {
  const auto instruments = small_market().instruments();
  if (const auto id = parse_stream(text, instruments)) CW_REQUIRE(stream_name(*id, instruments) == text);
}

}  // namespace
}  // namespace cw::exchange::practice

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cw::exchange::practice;  // NOLINT: the whole of this file is about it
  if (size == 0) return 0;
  const std::string_view text{reinterpret_cast<const char*>(data) + 1, size - 1};
  switch (data[0]) {
    case 'k': klines(text); break;
    case 'e': exchange_info(text); break;
    case 'm': misbehaviour(text); break;
    case 's': stream(text); break;
    default: command(text);
  }
  return 0;
}
