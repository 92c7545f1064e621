#include "lab/sweep_request.h"

#include <gtest/gtest.h>

#include "strategy/built_in.h"

namespace cw::lab {
namespace {

/// What is wrong with axes of ema-cross; without a message: nothing.
Error refusal(const std::string& axes, const std::string& more = "") {
  auto ask = parse_sweep_request(R"({"strategy":"ema-cross","symbol":"AAAUSDT","axes":)" + axes + more + "}");
  if (!ask) return ask.error();
  const auto sweep = prepare_sweep(std::move(*ask), strategy::find_built_in("ema-cross")->document,
                                   {.id = {"binance", "AAAUSDT"}, .base = "AAA", .quote = "USDT"});
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

}  // namespace
}  // namespace cw::lab
