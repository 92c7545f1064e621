#include "api/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  /// What is wrong with the query of a path that is there.
  std::optional<Problem> query_fault(std::string target) {
    auto found = find(std::move(target));
    return Router::take_query(std::get<Router::Match>(found));
  }
  /// The access of the route that is found.
  accounts::Access access(std::string target, std::string method) {
    return std::get<Router::Match>(find(std::move(target), std::move(method))).route->access;
  }
  net::HttpRequest request;
  Router router{{{"/api/symbols", {}, {}},
                 {"/api/candles/{symbol}", {"timeframe", "from"}, {}},
                 {"/api/users/{id}", {}, {}, accounts::Access::admin, "GET"},
                 {"/api/users/{id}", {}, {}, accounts::Access::session, "PUT"},
                 {"/api/users", {}, {}, accounts::Access::write, "POST"},
                 {"/api/screen", {"sort"}, {}, accounts::Access::read, "GET", {"expr"}}}};
};

TEST_F(RouterTest, TakesParametersApartAndDecodesThem) {
  auto answer = find("/api/candles/binance%3ABTC?timeframe=1m&from=%31");
  auto& match = std::get<Router::Match>(answer);
  EXPECT_TRUE(match.call.query.empty()) << "not before it is known who asks";
  EXPECT_FALSE(Router::take_query(match));
  EXPECT_EQ(match.call.path.at("symbol"), "binance:BTC");
  EXPECT_EQ(*match.call.query_value("from"), "1");
  EXPECT_EQ(match.call.query_value("to"), nullptr);
}

TEST_F(RouterTest, APathThatIsNamedInFullIsNoParameter) {
  const Router two{{{"/api/runs/{id}", {}, {}, accounts::Access::write, "DELETE"}, {"/api/runs/all", {}, {}}}};
  request.method = "DELETE";
  request.target = "/api/runs/all";
  const auto refused = two.find(request);
  ASSERT_TRUE(std::holds_alternative<Router::Refusal>(refused));
  EXPECT_EQ(std::get<Router::Refusal>(refused).allow, "GET, HEAD");
  request.target = "/api/runs/some";
  EXPECT_TRUE(std::holds_alternative<Router::Match>(two.find(request)));
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

TEST_F(RouterTest, TellsMethodsOfOnePathApart) {
  EXPECT_EQ(access("/api/users/7", "GET"), accounts::Access::admin);
  EXPECT_EQ(access("/api/users/7", "HEAD"), accounts::Access::admin) << "HEAD asks like GET";
  EXPECT_EQ(access("/api/users/7", "PUT"), accounts::Access::session);
  EXPECT_EQ(refusal("/api/users/7", "DELETE").allow, "GET, HEAD, PUT");
  EXPECT_EQ(refusal("/api/users", "HEAD").allow, "POST") << "no GET, so no HEAD";
  EXPECT_EQ(refusal("/api/users/7", "get").problem.code, "method_not_allowed");
  EXPECT_EQ(refusal("/api/users/7", std::string(5'000, 'X')).problem.detail.find(std::string(33, 'X')),
            std::string::npos);
}

TEST_F(RouterTest, ARouteWithoutARuleIsForWhoMayRead) {
  EXPECT_EQ(access("/api/symbols", "GET"), accounts::Access::read);
}

TEST_F(RouterTest, RefusesWhatTheQueryMayNotHold) {
  EXPECT_EQ(query_fault("/api/symbols?x=1")->field, "x");
  EXPECT_EQ(query_fault("/api/candles/A?from=1&from=2")->field, "from");
  EXPECT_EQ(query_fault("/api/candles/A?from=%4")->code, "bad_request");
  EXPECT_FALSE(query_fault("/api/candles/A?"));
  EXPECT_FALSE(query_fault("/api/candles/A?&&from=1&"));
  EXPECT_EQ(refusal("/api/candles/%zz").problem.code, "bad_request");
}

TEST_F(RouterTest, TakesSomeParametersSeveralTimesInTheirOrder) {
  auto answer = find("/api/screen?expr=b&sort=1&expr=a%26c&expr=");
  auto& match = std::get<Router::Match>(answer);
  EXPECT_FALSE(Router::take_query(match));
  EXPECT_EQ(match.call.query_values("expr"), (std::vector<std::string>{"b", "a&c", ""}));
  EXPECT_TRUE(match.call.query_values("sort").empty());
  EXPECT_EQ(match.call.query_value("expr"), nullptr);
  EXPECT_EQ(*match.call.query_value("sort"), "1");
}

TEST_F(RouterTest, ReadsAPlusInTheQueryAsABlankAndItsEscapeAsAPlus) {
  auto answer = find("/api/screen?expr=close+%3E+a+%2B+b");
  auto& match = std::get<Router::Match>(answer);
  EXPECT_FALSE(Router::take_query(match));
  EXPECT_EQ(match.call.query_values("expr"), std::vector<std::string>{"close > a + b"});
}

TEST_F(RouterTest, AParameterThatMayBeRepeatedMakesNoOtherOneSo) {
  EXPECT_EQ(query_fault("/api/screen?expr=a&sort=1&sort=2")->field, "sort");
  EXPECT_THAT(query_fault("/api/screen?exprs=a")->suggestions, testing::Contains("expr"));
  EXPECT_EQ(query_fault("/api/symbols?expr=a")->field, "expr");
}

TEST(Call, TellsWhereItCameFrom) {
  net::HttpRequest request{.method = "GET", .target = "/api/x"};
  request.request_id = "r1";
  request.fields.add("User-Agent", "a browser");
  Call call{.request = request,
            .path = {},
            .query = {},
            .visitor = {"2001:db8::7", "2001:db8::/64", false, true, "https://desk.example"}};
  auto origin = call.origin();
  EXPECT_EQ(origin.actor, "stranger");
  EXPECT_EQ(origin.address, "2001:db8::7");
  EXPECT_EQ(origin.network, "2001:db8::/64");
  EXPECT_EQ(origin.user_agent, "a browser");
  EXPECT_EQ(origin.request_id, "r1");
  call.principal.emplace().user = std::make_shared<const records::User>(records::User{.id = "u_1"});
  EXPECT_EQ(call.origin().actor, "u_1");
}

}  // namespace
}  // namespace cw::api
