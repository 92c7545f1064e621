#include "exchange/binance/listing_check.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "exchange/binance/stub_exchange.h"

namespace cw::exchange::binance {
namespace {

// A venue that lists BTCUSDT, ETHUSDT and, no longer traded, OLDUSDT.
class ListingCheckTest : public testing::Test {
 protected:
  ListingCheckTest() {
    exchange.answer = [this](const net::HttpRequest& request) { return info(request); };
  }

  net::HttpResponse info(const net::HttpRequest& request) const {
    const std::string wanted = request.query("symbols").value_or("");
    const auto names_bad = [&](std::string_view name) { return wanted.find(name) != std::string::npos; };
    if (names_bad("BTCUSD\"") || names_bad("NOPE")) {
      return {.status = 400, .body = R"({"code":-1121,"msg":"Invalid symbol."})"};
    }
    std::string symbols;
    for (const std::string base : {"BTC", "ETH", "OLD"}) {
      if (!wanted.empty() && wanted.find('"' + base + "USDT\"") == std::string::npos) continue;
      symbols += fmt::format(R"({}{{"symbol":"{}USDT","baseAsset":"{}","quoteAsset":"USDT","status":"{}"}})",
                             symbols.empty() ? "" : ",", base, base, base == "OLD" ? "BREAK" : "TRADING");
    }
    return {.body = fmt::format(R"({{"serverTime":1700000000000,"symbols":[{}]}})", symbols)};
  }
  Result<ListingCheck> check(std::vector<std::string> symbols) {
    return *runtime.run(check_listings(*rest, "binance", std::move(symbols)));
  }
  static std::vector<std::string> names(const ListingCheck& check) {
    std::vector<std::string> names;
    for (const auto& one : check.listed) names.push_back(one.id.symbol);
    return names;
  }

  NullLogger logger;
  net::SimRuntime runtime{logger, {}};
  Metrics metrics;
  RestShared shared;
  StubExchange exchange{runtime};
  std::unique_ptr<RestClient> rest = std::move(*RestClient::make(runtime, "http://exchange:80", shared, metrics, 1));
};

TEST_F(ListingCheckTest, OneRequestDoesWhereAllNamesAreListed) {
  const auto answer = check({"ETHUSDT", "BTCUSDT"});
  ASSERT_TRUE(answer);
  EXPECT_EQ(names(*answer), (std::vector<std::string>{"ETHUSDT", "BTCUSDT"}));
  EXPECT_TRUE(answer->unknown.empty());
  EXPECT_EQ(exchange.asked.size(), 1u);
}

TEST_F(ListingCheckTest, ABadNameIsNamedWithWhatWasMeantAndTheOthersStay) {
  const auto answer = check({"BTCUSD", "ETHUSDT", "NOPE"});
  ASSERT_TRUE(answer);
  EXPECT_EQ(names(*answer), (std::vector<std::string>{"ETHUSDT"}));
  ASSERT_EQ(answer->unknown.size(), 2u);
  EXPECT_EQ(answer->unknown[0].symbol, "BTCUSD");
  ASSERT_FALSE(answer->unknown[0].nearest.empty());
  EXPECT_EQ(answer->unknown[0].nearest[0], "BTCUSDT");
  EXPECT_EQ(answer->unknown[1].symbol, "NOPE");
  EXPECT_EQ(exchange.asked.size(), 2u);
}

TEST_F(ListingCheckTest, ANameThatIsSilentlyLeftOutOfTheAnswerIsUnknownToo) {
  const auto answer = check({"BTCUSDT", "OLDUSD"});
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->unknown.size(), 1u);
  EXPECT_TRUE(std::ranges::find(answer->unknown[0].nearest, "OLDUSDT") == answer->unknown[0].nearest.end())
      << "what is no longer traded is nothing to point at";
  EXPECT_EQ(names(*check({"OLDUSDT"})), (std::vector<std::string>{"OLDUSDT"}));
}

TEST_F(ListingCheckTest, AVenueThatCannotAnswerSaysNothingOfNames) {
  exchange.answer = [](const net::HttpRequest&) { return net::HttpResponse{.status = 503}; };
  const auto answer = check({"BTCUSDT"});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::disconnected);
}

}  // namespace
}  // namespace cw::exchange::binance
