#include "lab/sweep_request.h"

#include <gtest/gtest.h>

#include "strategy/built_in.h"

namespace cw::lab {
namespace {

/// What is wrong with axes of ema-cross; without a message: nothing.
Error refusal(const std::string& axes, const std::string& more = "") {
  auto ask = parse_sweep_request(R"({"strategy":"ema-cross","symbol":"AAAUSDT","axes":)" + axes + more + "}");
  if (!ask) return ask.error();
  const market::Instrument instrument{.id = {"binance", "AAAUSDT"}, .base = "AAA", .quote = "USDT"};
  const auto sweep = prepare_sweep(std::move(*ask), strategy::find_built_in("ema-cross")->document, {&instrument, 1});
  return sweep ? Error{} : sweep.error().error;
}

TEST(SweepRequest, IsRefusedByTheNamesThatItHas) {
  EXPECT_EQ(refusal(R"({"fast":"5:20:5"})").message, "");
  const auto unknown = refusal(R"({"foo":"1:2"})");
  EXPECT_EQ(unknown.field, "axes.foo");
  EXPECT_TRUE(unknown.message.starts_with("axes.foo: the strategy has no such input")) << unknown.message;
  EXPECT_EQ(refusal(R"({"fast":"x"})").field, "axes.fast");
  EXPECT_EQ(refusal(R"({"fast":"5,8"})", R"(,"objective":"joy")").field, "objective");
}

// 199 by 398 by 10 cells.
TEST(SweepRequest, StatesItsOwnLimitOfCells) {
  const std::string axes = R"({"fast":"2:200","slow":"3:400","stop":"1:10:1"})";
  const auto many = refusal(axes);
  EXPECT_EQ(many.code, Errc::limit_exceeded);
  EXPECT_EQ(many.field, "axes");
  EXPECT_TRUE(many.message.starts_with("axes: 792020 cells are over the limit of 100000")) << many.message;
  EXPECT_EQ(refusal(axes, R"(,"search":"random")").message, "");
}

TEST(SweepRequest, IsReadAsItIsWritten) {
  const auto read = parse_sweep_request(R"({"strategy":"ema-cross","symbol":"AAAUSDT","axes":{"fast":"5:20:5"},
      "search":"tpe","trials":40,"seed":7,"objective":"calmar","folds":3,"walk_forward":"anchored","purge":24,"embargo":12})");
  ASSERT_TRUE(read) << read.error().message;
  const backtest::SweepRequest expected{.grid = {{"fast", "5:20:5"}},
                                        .search = "tpe",
                                        .trials = 40,
                                        .seed = 7,
                                        .objective = "calmar",
                                        .folds = 3,
                                        .walk_forward = "anchored",
                                        .purge = 24,
                                        .embargo = 12};
  EXPECT_EQ(read->sweep, expected);
  const auto again = parse_sweep_request(to_json(*read));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->sweep, expected);
  EXPECT_EQ(again->run, read->run);
}

TEST(SweepRequest, TakesTheSymbolsAndLimitsOfARun) {
  const std::string asked = R"({"strategy":"ema-cross","symbol":"AAAUSDT, BBBUSDT,CCCUSDT","axes":{"fast":"5:20:5"})";
  std::vector<market::Instrument> all;
  for (const auto* name : {"AAA", "BBB", "CCC"})
    all.push_back({.id = {"binance", std::string{name} + "USDT"}, .base = name, .quote = "USDT"});
  const auto prepared = [&](const std::string& more) {
    auto ask = parse_sweep_request(asked + more + "}");
    EXPECT_TRUE(ask) << ask.error().message;
    return prepare_sweep(std::move(*ask), strategy::find_built_in("ema-cross")->document, all).value();
  };
  EXPECT_EQ(prepared("").instruments.size(), 3U);
  // Without a word each symbol has an equal share.
  EXPECT_EQ(prepared("").plan.settings.account.limits.symbol_exposure_percent, 100.0 / 3);
  const auto limits = prepared(R"(,"max_positions":2,"exposure_percent":150)").plan.settings.account.limits;
  EXPECT_EQ(limits.positions_most, 2);
  EXPECT_EQ(limits.symbol_exposure_percent, 75);
  for (const auto* symbols : {"AAAUSDT,AAAUSDT", "AAAUSDT,", ""}) {
    const auto ask = parse_sweep_request(std::string{R"({"strategy":"ema-cross","axes":{"fast":"5"},"symbol":")"} +
                                         symbols + R"("})");
    ASSERT_FALSE(ask) << symbols;
    EXPECT_EQ(ask.error().field, "symbol");
  }
}

TEST(SweepRequest, TakesGapsOnlyBetweenFolds) {
  const std::string axes = R"({"fast":"5:20:5"})";
  EXPECT_EQ(refusal(axes, R"(,"folds":3,"purge":24,"embargo":1000000)").message, "");
  EXPECT_EQ(refusal(axes, R"(,"purge":24)").field, "purge");
  EXPECT_EQ(refusal(axes, R"(,"embargo":1)").field, "embargo");
  for (const auto* field : {"purge", "embargo"}) {
    for (const auto* value : {"-1", "1.5", "1000001", "\"3\""})
      EXPECT_EQ(refusal(axes, std::string{R"(,"folds":3,")"} + field + R"(":)" + value).field, field) << value;
  }
}

}  // namespace
}  // namespace cw::lab
