#include "lab/run_request.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace cw::lab {
namespace {

std::string field_of(const std::string& json) {
  const auto read = parse_run_request(json);
  return read ? "none" : read.error().field;
}

TEST(RunRequest, HasTheDefaultsOfTheContract) {
  const auto read = parse_run_request(R"({"strategy":"ema-cross","symbol":"BTCUSDT","wait_ms":5})");
  ASSERT_TRUE(read) << read.error().message;
  RunRequest expected;
  expected.strategy = "ema-cross";
  expected.symbol = "BTCUSDT";
  EXPECT_EQ(*read, expected);
  EXPECT_EQ(read->commission, "bps:10");
}

TEST(RunRequest, IsReadAsItIsWritten) {
  RunRequest request;
  request.strategy = "mine";
  request.version = 4;
  request.document = "name: mine\n\"quoted\"\n";
  request.symbol = "binance:ETHUSDT";
  request.timeframe = market::Timeframe::h4;
  request.from = from_ms(1'600'000'000'000);
  request.to = from_ms(1'700'000'000'000);
  request.inputs = {{"fast", 12.5}, {"source", "hl2"}};
  request.capital = "2500.5";
  request.commission = "binance";
  request.slippage = "fixed_bps:5";
  request.funding = "perpetual:0.01";
  request.fill = trading::FillTime::close;
  request.intrabar = trading::Intrabar::magnifier;
  request.protections = false;
  request.close_at_end = true;
  request.max_positions = 3;
  request.exposure_percent = 150.5;
  request.symbol_exposure_percent = 33.25;
  request.name = "a \\ name";
  const auto read = parse_run_request(to_json(request));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, request);
  EXPECT_EQ(to_json(*read), to_json(request));
}

TEST(RunRequest, NamesTheFieldAtFault) {
  EXPECT_EQ(field_of(R"({"strategy":"a"})"), "symbol");
  EXPECT_EQ(field_of(R"({"symbol":"A"})"), "strategy");
  EXPECT_EQ(field_of(R"({"symbol":"A","strategy":"a","capital":"x"})"), "capital");
  EXPECT_EQ(field_of(R"({"symbol":"A","strategy":"a","from":-1})"), "from");
  EXPECT_EQ(field_of(R"({"symbol":"A","strategy":"a","from":1.5})"), "from");
  EXPECT_EQ(field_of(R"({"symbol":"A","strategy":"a","to":18446744073709551615})"), "to");
  EXPECT_EQ(field_of(R"({"symbol":"A","strategy":"a","timeframe":"7m"})"), "timeframe");
  EXPECT_EQ(field_of(R"({"symbol":"A","strategy":"a","inputs":[1]})"), "inputs");
  EXPECT_EQ(field_of(R"({"symbol":"A","strategy":"a","inputs":{"x":[]}})"), "inputs.x");
  EXPECT_EQ(field_of(R"({"symbol":"A","strategy":"a","fill":"soon"})"), "fill");
  EXPECT_EQ(field_of(R"({"symbol":"A","strategy":"a","close_at_end":1})"), "close_at_end");
  EXPECT_EQ(field_of(R"({"symbol":"A","strategy":"a","comission":"x"})"), "comission");
  EXPECT_EQ(parse_run_request("[]").error().code, Errc::bad_input);
  EXPECT_EQ(parse_run_request("{").error().code, Errc::bad_input);
}

TEST(RunRequest, TakesSeveralSymbols) {
  using Symbols = std::vector<std::string>;
  EXPECT_EQ(symbols_of("BTCUSDT").value(), (Symbols{"BTCUSDT"}));
  EXPECT_EQ(symbols_of("BTCUSDT, binance:ETHUSDT ,SOLUSDT").value(),
            (Symbols{"BTCUSDT", "binance:ETHUSDT", "SOLUSDT"}));
  for (const std::string_view wrong : {"", ",", "A,", ",A", "A,,B", "A, ,B", "A,B,A"}) {
    const auto read = symbols_of(wrong);
    ASSERT_FALSE(read) << wrong;
    EXPECT_EQ(read.error().field, "symbol");
  }
  std::string many = "S0";
  for (std::size_t i = 1; i < kSymbolsMost; ++i) many += fmt::format(",S{}", i);
  EXPECT_EQ(symbols_of(many).value().size(), kSymbolsMost);
  EXPECT_FALSE(symbols_of(many + ",one-more"));
  EXPECT_EQ(field_of(R"({"symbol":"A,A","strategy":"a"})"), "symbol");
  EXPECT_EQ(field_of(R"({"symbol":"A","strategy":"a","max_positions":-1})"), "max_positions");
}

TEST(RunRequest, SuggestsTheNearestMember) {
  const auto read = parse_run_request(R"({"symbol":"A","strategy":"a","comission":"x"})");
  ASSERT_FALSE(read);
  ASSERT_FALSE(read.error().suggestions.empty());
  EXPECT_EQ(read.error().suggestions.front(), "commission");
}

}  // namespace
}  // namespace cw::lab
