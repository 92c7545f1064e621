#include "exchange/binance/messages.h"

#include <gtest/gtest.h>

#include <string>

#include "exchange/binance/symbol_table.h"

namespace cw::exchange::binance {
namespace {

constexpr Timestamp kNow = from_ms(1'700'000'000'000);

// Decodes one text and expects a message of type T, or says what came instead.
template <class T>
T decoded(MessageDecoder& decoder, std::string_view text) {
  const Message message = decoder.decode(text, kNow);
  if (const auto* found = std::get_if<T>(&message)) return *found;
  std::string other = "message kind " + std::to_string(message.index());
  if (const auto* bad = std::get_if<MalformedMessage>(&message)) other += ": " + std::string(bad->reason);
  ADD_FAILURE() << text << " came out as " << other;
  return T{};
}

constexpr std::string_view kTrade =
    R"({"stream":"ethusdt@trade","data":{"e":"trade","E":1700000000123,"s":"ETHUSDT","t":77,"p":"2001.50",)"
    R"("q":"0.25000000","T":1700000000120,"m":true,"M":true}})";
constexpr std::string_view kKline =
    R"({"e":"kline","E":1700000060005,"s":"ETHUSDT","k":{"t":1700000040000,"T":1700000099999,"s":"ETHUSDT","i":"1m",)"
    R"("f":1,"L":3,"o":"10.5","c":"11","h":"12","l":"10","v":"7.5","n":3,"x":true,"q":"80","V":"1","Q":"2","B":"0"}})";

TEST(MessageDecoder, ReadsATradeInAnEnvelope) {
  MessageDecoder decoder;
  const auto message = decoded<TradeMessage>(decoder, kTrade);
  EXPECT_EQ(message.symbol, "ETHUSDT");
  EXPECT_EQ(message.sent_at, from_ms(1'700'000'000'123));
  EXPECT_EQ(message.trade.trade_id, 77);
  EXPECT_EQ(message.trade.time, from_ms(1'700'000'000'120));
  EXPECT_EQ(message.trade.price, 2001.5);
  EXPECT_EQ(message.trade.quantity, 0.25);
  EXPECT_TRUE(message.trade.taker_sold);
  EXPECT_FALSE(message.aggregate);
}

TEST(MessageDecoder, GivesAnAggregateTheIdOfItsLastTrade) {
  MessageDecoder decoder;
  const auto message = decoded<TradeMessage>(
      decoder, R"({"e":"aggTrade","E":1700000000123,"s":"ETHUSDT","a":5,"p":"1","q":"2","f":100,"l":105,)"
               R"("T":1700000000120,"m":false,"M":true})");
  EXPECT_TRUE(message.aggregate);
  EXPECT_EQ(message.trade.trade_id, 105);
}

TEST(MessageDecoder, ReadsAClosedKline) {
  MessageDecoder decoder;
  const auto message = decoded<KlineMessage>(decoder, kKline);
  EXPECT_EQ(message.symbol, "ETHUSDT");
  EXPECT_EQ(message.interval, "1m");
  EXPECT_EQ(message.close_time, from_ms(1'700'000'099'999));
  const market::FormingCandle expected{from_ms(1'700'000'040'000), 10.5, 12, 10, 11, 7.5, from_ms(1'700'000'060'005)};
  EXPECT_EQ(message.candle.bar, expected);
  EXPECT_EQ(message.candle.trades, 3);
  EXPECT_TRUE(message.candle.closed);
}

TEST(MessageDecoder, TakesTheReceiptTimeForAQuoteThatHasNone) {
  MessageDecoder decoder;
  const std::string_view text = R"({"u":9,"s":"ETHUSDT","b":"1.5","B":"2","a":"1.75","A":"0"})";
  const auto message = decoded<QuoteMessage>(decoder, text);
  EXPECT_FALSE(message.has_time);
  EXPECT_EQ(message.quote.time, kNow);
  EXPECT_EQ(message.quote.bid, 1.5);
  EXPECT_EQ(message.quote.ask, 1.75);
  EXPECT_EQ(message.quote.ask_size, 0);
}

TEST(MessageDecoder, ReadsFieldsInAnyOrder) {
  MessageDecoder decoder;
  const auto message = decoded<TradeMessage>(
      decoder, R"({"data":{"M":true,"m":false,"T":1700000000120,"q":"1","p":"2","t":3,"s":"A","E":1700000000123,)"
               R"("e":"trade"},"stream":"a@trade"})");
  EXPECT_EQ(message.trade.price, 2);
}

TEST(MessageDecoder, TellsMicrosecondsFromMilliseconds) {
  MessageDecoder decoder;
  const auto message = decoded<TradeMessage>(
      decoder, R"({"e":"trade","E":1700000000123456,"s":"A","t":1,"p":"1","q":"1","T":1700000000120999,"m":true})");
  EXPECT_EQ(message.sent_at, from_ms(1'700'000'000'123));
  EXPECT_EQ(message.trade.time, from_ms(1'700'000'000'120));
}

TEST(MessageDecoder, TakesTheSymbolOfAPartialBookFromItsStream) {
  MessageDecoder decoder;
  const auto message = decoded<BookMessage>(
      decoder,
      R"({"stream":"btcusdt@depth5","data":{"lastUpdateId":160,"bids":[["0.0024","10"]],"asks":[["0.0026","100"]]}})");
  EXPECT_EQ(message.symbol, "BTCUSDT");
  EXPECT_TRUE(message.snapshot);
  EXPECT_EQ(message.last_id, 160);
  ASSERT_EQ(message.bids.size(), 1u);
  EXPECT_EQ(message.bids[0].price, 0.0024);
  EXPECT_EQ(message.asks[0].quantity, 100);
}

TEST(MessageDecoder, ReadsAcknowledgementsAndRefusals) {
  MessageDecoder decoder;
  EXPECT_EQ(decoded<AckMessage>(decoder, R"({"result":null,"id":5})").id, 5);
  EXPECT_EQ(decoded<AckMessage>(decoder, R"({"id":3,"result":["btcusdt@trade"]})").id, 3);
  const auto flat = decoded<RefusalMessage>(decoder, R"({"code":2,"msg":"Invalid request: \"x\"","id":7})");
  EXPECT_EQ(flat.code, 2);
  EXPECT_EQ(flat.id, 7);
  EXPECT_EQ(flat.message, "Invalid request: \"x\"");
  EXPECT_EQ(decoded<RefusalMessage>(decoder, R"({"error":{"code":3,"msg":"no"},"id":8})").code, 3);
}

TEST(MessageDecoder, ReadsTheShutdownNoticeBareAndInAnEnvelope) {
  MessageDecoder decoder;
  const Timestamp sent = from_ms(1'770'123'456'789);
  EXPECT_EQ(decoded<ShutdownMessage>(decoder, R"({"e":"serverShutdown","E":1770123456789})").sent_at, sent);
  EXPECT_EQ(decoded<ShutdownMessage>(decoder,
                                     R"({"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1770123456789}})")
                .sent_at,
            sent);
}

TEST(MessageDecoder, NamesWhatItDoesNotKnow) {
  MessageDecoder decoder;
  EXPECT_EQ(decoded<UnknownMessage>(decoder, R"({"e":"referencePrice","s":"A"})").name, "referencePrice");
  EXPECT_EQ(decoded<UnknownMessage>(decoder, R"({"subscriptionId":0,"event":{"e":"listStatus"}})").name, "listStatus");
  EXPECT_EQ(decoded<UnknownMessage>(decoder, R"({"stream":"!ticker@arr","data":[{"e":"24hrTicker"}]})").name,
            "!ticker@arr");
  EXPECT_EQ(decoded<UnknownMessage>(decoder, R"({"id":1,"status":200,"result":[]})").name,
            "answer of the WebSocket API");
  EXPECT_EQ(decoded<UnknownMessage>(decoder, "{}").name, "object without an event type");
  EXPECT_EQ(decoded<UnknownMessage>(decoder, "[]").name, "array");
}

struct BadCase {
  std::string_view text;
  std::string_view reason;
};

TEST(MessageDecoder, SaysWhatIsWrong) {
  MessageDecoder decoder;
  const BadCase cases[] = {
      {"", "empty text"},
      {"hello", "not"},
      {"7", "not a JSON object"},
      {R"({"e":"trade","E":1700000000123,"s":"A","t":1,"p":"abc","q":"1","T":1700000000120,"m":true})",
       "field 'p' ('abc') is not a number"},
      {R"({"e":"trade","E":1700000000123,"s":"A","t":1,"p":"0","q":"1","T":1700000000120,"m":true})",
       "field 'p' ('0') must be above zero"},
      {R"({"e":"trade","E":1700000000123,"s":"A","t":1,"p":"1","q":"-1","T":1700000000120,"m":true})",
       "field 'q' ('-1') must be above zero"},
      {R"({"e":"trade","E":1700000000123,"s":"A","t":1,"q":"1","T":1700000000120,"m":true})", "field 'p' is missing"},
      {R"({"e":"trade","E":170000,"s":"A","t":1,"p":"1","q":"1","T":1700000000120,"m":true})",
       "field 'E' (170000) is not a time in 2000..2099"},
      {R"({"e":"trade","E":1700000000123,"s":"A","t":1,"p":"1","q":"1","T":1700000000120,"m":1})",
       "field 'm' ('1') is neither true nor false"},
      {R"({"e":"trade","E":1700000000123,"s":7,"t":1,"p":"1","q":"1","T":1700000000120,"m":true})",
       "field 's' ('7') is not a name"},
      {R"({"e":"kline","E":1700000000123,"s":"A"})", "field 'k' is missing"},
      {R"({"e":"depthUpdate","E":1700000000123,"s":"A","U":1,"u":2,"b":[["x","1"]],"a":[]})",
       "a book level holds '\"x\"', not a number"},
      {R"({"e":"depthUpdate","E":1700000000123,"s":"A","U":1,"u":2,"b":[]})", "a side of the book is missing"},
      {R"({"e":"serverShutdown"} {})", "text goes on after the message"},
  };
  for (const BadCase& bad : cases) {
    const auto message = decoded<MalformedMessage>(decoder, bad.text);
    EXPECT_TRUE(message.reason.starts_with(bad.reason)) << bad.text << "\n" << message.reason;
  }
}

TEST(MessageDecoder, TakesNoPrefixOfAMessageForAMessage) {
  MessageDecoder decoder;
  for (const std::string_view whole : {kTrade, kKline}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const Message message = decoder.decode(whole.substr(0, size), kNow);
      EXPECT_TRUE(std::holds_alternative<MalformedMessage>(message)) << whole.substr(0, size);
    }
  }
}

TEST(MessageDecoder, RefusesTextsOverItsBound) {
  MessageDecoder decoder;
  const std::string text = R"({"a":")" + std::string(MessageDecoder::kBytesMost, 'x') + "\"}";
  EXPECT_NE(decoded<MalformedMessage>(decoder, text).reason.find("over the limit"), std::string_view::npos);
}

TEST(SymbolTable, FindsEveryNameAndNothingElse) {
  std::vector<std::string> names;
  for (int i = 0; i < 500; ++i) names.push_back("SYM" + std::to_string(i) + "USDT");
  const SymbolTable table(names);
  for (FollowedIndex i = 0; i < names.size(); ++i) EXPECT_EQ(table.find(names[i]), i);
  EXPECT_EQ(table.find("SYM500USDT"), std::nullopt);
  EXPECT_EQ(table.find(""), std::nullopt);
  EXPECT_EQ(SymbolTable({}).find("BTCUSDT"), std::nullopt);
}

}  // namespace
}  // namespace cw::exchange::binance
