#include "exchange/binance/rest_messages.h"

#include <gtest/gtest.h>

namespace cw::exchange::binance {
namespace {

constexpr std::string_view kRow = R"([1700000040000,"10.5","12","10","11","7.5",1700000099999,"80.1",3,"1","2","0"])";

TEST(RestKlines, AreReadWithTheirCloseTime) {
  const auto rows = decode_klines("[" + std::string(kRow) + "]");
  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_EQ(rows->size(), 1u);
  const market::Candle expected{from_ms(1'700'000'040'000), 10.5, 12, 10, 11, 7.5};
  EXPECT_EQ(rows->front().bar, expected);
  EXPECT_EQ(rows->front().close_time, from_ms(1'700'000'099'999));
  EXPECT_EQ(rows->front().trades, 3);
}

TEST(RestKlines, MayBeNone) {
  const auto rows = decode_klines("[]");
  ASSERT_TRUE(rows);
  EXPECT_TRUE(rows->empty());
}

TEST(RestKlines, NameTheRowAndTheCellAtFault) {
  const auto message = [](std::string body) {
    const auto rows = decode_klines(body);
    return rows ? std::string("accepted") : rows.error().message;
  };
  const std::string row(kRow);
  EXPECT_EQ(message("[" + row + "," + row + "]"), "klines: row 2 does not open after the row before it");
  EXPECT_EQ(message(R"([[1700000040000,"abc","12","10","11","7.5",1700000099999,"80.1",3]])"),
            "klines: row 1: bad open \"abc\"");
  EXPECT_EQ(message(R"([[1700000040000,"1","12","10","0","7.5",1700000099999,"80.1",3]])"),
            "klines: row 1: bad close \"0\"");
  EXPECT_EQ(message(R"([[17,"1","12","10","1","7.5",1700000099999,"80.1",3]])"), "klines: row 1: bad open time 17");
  EXPECT_EQ(message(R"([[1700000040000,"1"]])"), "klines: row 1: 2 cells, at least 9 wanted");
  EXPECT_EQ(message("[7]"), "klines: row 1: not an array");
  EXPECT_EQ(message(R"({"code":-1121,"msg":"Invalid symbol."})"), "klines: not an array");
  EXPECT_TRUE(message("[[").starts_with("klines: "));
}

TEST(RestExchangeInfo, GivesStepsWithoutTrailingZerosAndTheWeightLimit) {
  const auto info = decode_exchange_info(
      R"({"timezone":"UTC","serverTime":1700000000000,)"
      R"("rateLimits":[{"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":100},)"
      R"({"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":6000}],"symbols":[)"
      R"({"symbol":"AAAUSDT","status":"TRADING","baseAsset":"AAA","quoteAsset":"USDT","filters":[)"
      R"({"filterType":"PRICE_FILTER","tickSize":"0.01000000"},{"filterType":"LOT_SIZE","stepSize":"1.00000000"}]},)"
      R"({"symbol":"BBBUSDT","status":"BREAK","baseAsset":"BBB","quoteAsset":"USDT","filters":[)"
      R"({"filterType":"PRICE_FILTER","tickSize":"0.00000000"},{"filterType":"LOT_SIZE","stepSize":"0.010e0"}]},)"
      R"({"symbol":"币USDT","status":"TRADING","baseAsset":"币","quoteAsset":"USDT","filters":[]}]})",
      "binance");
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->server_time, from_ms(1'700'000'000'000));
  EXPECT_EQ(info->weight_per_minute, 6'000);
  EXPECT_EQ(info->left_out, 1u);
  ASSERT_EQ(info->listings.size(), 2u);
  const Listing& first = info->listings[0];
  EXPECT_EQ(first.instrument.id.text(), "binance:AAAUSDT");
  EXPECT_EQ(first.instrument.tick_size, "0.01");
  EXPECT_EQ(first.instrument.lot_size, "1");
  EXPECT_TRUE(first.trading);
  EXPECT_FALSE(info->listings[1].trading);
  EXPECT_EQ(info->listings[1].instrument.tick_size, "0.00000001");
  EXPECT_EQ(info->listings[1].instrument.lot_size, "0.00000001");  // an exponent is no plain step
}

TEST(RestExchangeInfo, NamesWhatIsMissing) {
  const auto message = [](std::string_view body) {
    const auto info = decode_exchange_info(body, "binance");
    return info ? std::string("accepted") : info.error().message;
  };
  EXPECT_EQ(message("{}"), "exchangeInfo: field 'serverTime' is missing");
  EXPECT_EQ(message(R"({"serverTime":1700000000000})"), "exchangeInfo: field 'symbols' is no array");
  EXPECT_EQ(message(R"({"serverTime":1700000000000,"symbols":[{"symbol":"A"}]})"), "exchangeInfo: A: no baseAsset");
}

TEST(RestTime, IsTheVenuesClock) {
  EXPECT_EQ(decode_time(R"({"serverTime":1700000000000})").value(), from_ms(1'700'000'000'000));
  EXPECT_FALSE(decode_time(R"({"serverTime":17})"));
  EXPECT_FALSE(decode_time("[]"));
  EXPECT_FALSE(decode_time(""));
}

TEST(RestError, IsReadWhereThereIsOne) {
  const auto error = decode_api_error(R"({"code":-1003,"msg":"Too much request weight used."})");
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, -1003);
  EXPECT_EQ(error->message, "Too much request weight used.");
  EXPECT_FALSE(decode_api_error("<html>nginx</html>"));
  EXPECT_FALSE(decode_api_error("[]"));
}

}  // namespace
}  // namespace cw::exchange::binance
