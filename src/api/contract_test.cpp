#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <map>
#include <string>

#include <fmt/format.h>

#include "api/access_story.h"
#include "api/account_desk.h"
#include "api/documents.h"
#include "api/lab_desk.h"
#include "api/language_desk.h"
#include "api/market.h"
#include "api/operations.h"
#include "api/signal_desk.h"
#include "db/testing.h"
#include "net/sim_runtime.h"
#include "realtime/requests.h"
#include "records/record_schema.h"

// The routes and the contract say the same of who may do what, both ways.
namespace cw::api {
namespace {

using Json = nlohmann::json;
using Operations = std::map<std::string, std::string>;  // `GET /api/auth/me` to its `x-access`

Json document(std::string_view path) {
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.path == path) return Json::parse(file.content);
  }
  ADD_FAILURE() << path << " is not built in";
  return Json::object();
}

class NoMarket final : public MarketView {
 public:
  const realtime::MarketBoard& board() const override { return board_; }
  std::vector<SymbolView> symbols() override { return {}; }
  net::Task<Result<net::HttpResponse>> candles(CandleRequest, CandleAnswer) override {
    co_return fail(Errc::not_found, "no market");
  }
  std::string status_json() override { return "{}"; }
  std::vector<Check> checks() override { return {}; }
  bool is_serving() const override { return true; }

 private:
  realtime::MarketBoard board_{"binance"};
};

class NoSignals final : public SignalView {
 public:
  const signals::SymbolSignals* symbol(realtime::BoardIndex) const override { return nullptr; }
  std::uint64_t version(realtime::BoardIndex) const override { return 0; }
  std::string why_not(realtime::BoardIndex) const override { return "there are none here"; }
  const Provisional& provisional(realtime::BoardIndex) override { return none_; }

 private:
  Provisional none_{market::Provisional(signals::SymbolSignals::Peeked{}), {}};
};

/// Every route that the server has, with everything that they need.
struct Contract : testing::Test {
  std::vector<Route> routes() {
    std::vector<Route> all;
    for (auto& some :
         {market_routes(market), operations_routes(market, metrics), document_routes(), sign_in_routes(desk),
          security_routes(desk), me_routes(desk), layout_routes(desk), admin_routes(desk), language_routes(language),
          signal_routes(signal_desk), strategy_routes(lab_desk), backtest_routes(lab_desk), sweep_routes(lab_desk)})
      all.insert(all.end(), some.begin(), some.end());
    return all;
  }

  NullLogger log;
  Metrics metrics;
  net::SimRuntime runtime{log, {}};
  NoMarket market;
  AccessStory access;
  Door door{{}};
  WorkerPool pool{"test", 1, 1, metrics};
  AccountDesk desk{*access.people.accounts, access.tickets, door, runtime, pool, pool, {}};
  signals::SignalRules rules;
  evaluation::SignalLibrary library{{}, rules};
  LanguageDesk language{.view = market,
                        .runtime = runtime,
                        .workers = pool,
                        .quick = pool,
                        .store_of = {},
                        .stored_series = {},
                        .signals = library};
  db::testing::TemporaryFolder folder;
  std::unique_ptr<db::Database> records =
      db::Database::open(folder / "record.db", records::record_schema(), log, metrics).value();
  SystemClock clock;
  lab::Lab lab{{.records = *records,
                .store_of = {},
                .signals = library,
                .find_instrument = {},
                .clock = clock,
                .logger = log,
                .metrics = metrics,
                .is_idle = true,
                .made_by = {},
                .tell = {}}};
  LabDesk lab_desk{market, *access.people.accounts, lab, language, *records};
  NoSignals no_signals;
  SignalDesk signal_desk{.view = market, .signals = no_signals, .work = language, .rules = rules};
};

TEST_F(Contract, EveryRouteHasTheAccessThatTheContractStatesAndTheOtherWayRound) {
  Operations served;
  for (const Route& route : routes()) {
    if (route.pattern.starts_with("/api/docs/")) {  // the page's own parts
      EXPECT_EQ(route.access, accounts::Access::open) << route.pattern;
      continue;
    }
    const std::string name = route.method + " " + route.pattern;
    EXPECT_TRUE(served.emplace(name, accounts::name(route.access)).second) << name << " is there twice";
  }
  served.emplace("GET /api/ws", accounts::name(accounts::Access::socket));  // no route: ApiHandler opens it
  Operations stated;
  for (const auto& [path, methods] : document("/api/openapi.json")["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      if (method == "parameters") continue;
      auto word = method;
      for (char& c : word) c = static_cast<char>(c - 'a' + 'A');
      stated.emplace(fmt::format("{} {}", word, path), operation.value("x-access", "none"));
    }
  }
  EXPECT_GT(stated.size(), 40U);
  EXPECT_EQ(served, stated);
}

TEST_F(Contract, EveryQueryParameterIsStated) {
  const Json contract = document("/api/openapi.json");
  for (const Route& route : routes()) {
    if (route.pattern.starts_with("/api/docs/")) continue;
    std::string method = route.method;
    for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
    std::vector<std::string> stated;
    std::vector<std::string> lists;  // those that may be repeated
    const Json& operation = contract["paths"][route.pattern][method];
    for (const Json& parameter : operation.value("parameters", Json::array())) {
      const Json& whole = parameter.contains("$ref")
                              ? contract.at(Json::json_pointer{parameter["$ref"].get<std::string>().substr(1)})
                              : parameter;
      if (whole["in"] != "query") continue;
      stated.push_back(whole["name"]);
      if (whole["schema"].value("type", "") == "array") lists.push_back(whole["name"]);
    }
    std::vector<std::string> taken = route.query;
    taken.insert(taken.end(), route.repeated.begin(), route.repeated.end());
    EXPECT_THAT(taken, testing::UnorderedElementsAreArray(stated)) << route.method << ' ' << route.pattern;
    EXPECT_THAT(route.repeated, testing::UnorderedElementsAreArray(lists)) << route.method << ' ' << route.pattern;
  }
}

TEST_F(Contract, EveryChannelHasTheAccessThatTheContractStates) {
  const Json contract = document("/api/asyncapi.json");
  std::map<std::string, std::string> stated = contract["components"]["schemas"]["Channel"]["x-access"];
  std::map<std::string, std::string> served;
  for (const auto channel : {realtime::Channel::market_data, realtime::Channel::tickers, realtime::Channel::feed_status,
                             realtime::Channel::signals, realtime::Channel::backtests})
    served.emplace(realtime::name(channel), accounts::name(realtime::access_of(channel)));
  EXPECT_EQ(served, stated);
}

TEST_F(Contract, WhatIsOpenIsAShortList) {
  std::vector<std::string> open;
  for (const Route& route : routes()) {
    if (route.access == accounts::Access::open) open.push_back(route.method + " " + route.pattern);
  }
  EXPECT_THAT(open,
              testing::UnorderedElementsAre("GET /health/live", "GET /health/ready", "GET /api/openapi.json",
                                            "GET /api/docs", "GET /api/docs/docs.js", "GET /api/docs/docs.css",
                                            "POST /api/auth/setup", "POST /api/auth/register", "POST /api/auth/login",
                                            "POST /api/auth/refresh", "POST /api/auth/reset"));
}

}  // namespace
}  // namespace cw::api
