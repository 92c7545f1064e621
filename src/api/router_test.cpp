#include "api/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/api_handler.h"

namespace cw::api {
namespace {

class RouterTest : public testing::Test {
 protected:
  std::variant<Router::Match, Router::Refusal> find(std::string target, std::string method = "GET") {
    request.method = std::move(method);
    request.target = std::move(target);
    return router.find(request);
  }
  Router::Refusal refusal(std::string target, std::string method = "GET") {
    return std::get<Router::Refusal>(find(std::move(target), std::move(method)));
  }
  net::HttpRequest request;
  Router router{{{"/api/symbols", {}, {}}, {"/api/candles/{symbol}", {"timeframe", "from"}, {}}}};
};

TEST_F(RouterTest, TakesParametersApartAndDecodesThem) {
  const auto answer = find("/api/candles/binance%3ABTC?timeframe=1m&from=%31");
  const auto& match = std::get<Router::Match>(answer);
  EXPECT_EQ(match.call.path.at("symbol"), "binance:BTC");
  EXPECT_EQ(*match.call.query_value("from"), "1");
  EXPECT_EQ(match.call.query_value("to"), nullptr);
}

TEST_F(RouterTest, NamesTheNearestPath) {
  EXPECT_EQ(refusal("/api/symbol").problem.code, "not_found");
  EXPECT_THAT(refusal("/api/symbol").problem.suggestions, testing::Contains("/api/symbols"));
  EXPECT_EQ(refusal("/api/candles/").problem.code, "not_found");
}

TEST_F(RouterTest, RefusesOtherMethodsAndSaysWhichThereAre) {
  EXPECT_EQ(refusal("/api/symbols", "POST").problem.code, "method_not_allowed");
  EXPECT_EQ(refusal("/api/symbols", "POST").allow, "GET, HEAD");
  EXPECT_TRUE(std::holds_alternative<Router::Match>(find("/api/symbols", "HEAD")));
}

TEST_F(RouterTest, RefusesWhatTheQueryMayNotHold) {
  EXPECT_EQ(refusal("/api/symbols?x=1").problem.field, "x");
  EXPECT_EQ(refusal("/api/candles/A?from=1&from=2").problem.field, "from");
  EXPECT_EQ(refusal("/api/candles/A?from=%4").problem.code, "bad_request");
  EXPECT_EQ(refusal("/api/candles/%zz").problem.code, "bad_request");
}

TEST(OwnOrigin, IsTheHostItselfOrNone) {
  EXPECT_TRUE(is_own_origin("", "127.0.0.1:8080"));
  EXPECT_TRUE(is_own_origin("http://127.0.0.1:8080", "127.0.0.1:8080"));
  EXPECT_FALSE(is_own_origin("http://127.0.0.1:9000", "127.0.0.1:8080"));
  EXPECT_FALSE(is_own_origin("https://127.0.0.1:8080", "127.0.0.1:8080"));
  EXPECT_FALSE(is_own_origin("null", "127.0.0.1:8080"));
}

}  // namespace
}  // namespace cw::api
