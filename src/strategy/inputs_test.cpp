#include "strategy/inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "strategy/testing.h"

namespace cw::strategy {
namespace {

using ::testing::HasSubstr;

Document document() {
  return testing::parsed(R"(
name: x
timeframe: 1h
inputs:
  fast: {type: int, default: 12, min: 2, max: 200}
  factor: {type: float, default: 1.5, min: 0.5}
  filter: {type: bool, default: true}
  kind: {type: choice, default: ema, options: [ema, sma, "2"]}
  source: {type: source, default: hlc3}
  trend: {type: timeframe, default: 1d}
long: {entry: close > open}
)");
}

std::string refusal(const GivenInputs& given) {
  const auto bound = bind_inputs(document(), given);
  return bound ? std::string{} : error_of(bound.error()).message;
}

TEST(Inputs, AreTheirDefaultsWhereNothingIsGiven) {
  const auto bound = bind_inputs(document(), {});
  ASSERT_TRUE(bound);
  const BoundInputs expected{{"fast", 12.0},  {"factor", 1.5},    {"filter", 1.0},
                             {"kind", "ema"}, {"source", "hlc3"}, {"trend", "1d"}};
  EXPECT_EQ(*bound, expected);
}

TEST(Inputs, TakeValuesAndTextsThatSayThem) {
  const auto bound = bind_inputs(
      document(),
      {{"fast", "10"}, {"factor", 2.0}, {"filter", "false"}, {"kind", 2.0}, {"source", "close"}, {"trend", "4h"}});
  ASSERT_TRUE(bound);
  const BoundInputs expected{{"fast", 10.0}, {"factor", 2.0},     {"filter", 0.0},
                             {"kind", "2"},  {"source", "close"}, {"trend", "4h"}};
  EXPECT_EQ(*bound, expected);
}

TEST(Inputs, SayWhatIsWrongWithAValue) {
  EXPECT_EQ(refusal({{"fast", 500.0}}), "inputs.fast: must be at most 200, not 500");
  EXPECT_EQ(refusal({{"fast", 1.0}}), "inputs.fast: must be at least 2, not 1");
  EXPECT_EQ(refusal({{"fast", 2.5}}), "inputs.fast: must be a whole number, not 2.5");
  EXPECT_EQ(refusal({{"fast", "many"}}), "inputs.fast: must be a whole number, not 'many'");
  EXPECT_EQ(refusal({{"factor", std::nan("")}}), "inputs.factor: must be a number, not nan");
  EXPECT_EQ(refusal({{"factor", 1e300}}).substr(0, 44), "inputs.factor: must be a number within 10000");
  EXPECT_EQ(refusal({{"filter", "yes"}}), "inputs.filter: must be true or false, not 'yes'");
  EXPECT_EQ(refusal({{"kind", "emma"}}), "inputs.kind: must be one of ema, sma, 2, not 'emma'");
  EXPECT_THAT(refusal({{"source", "closed"}}), HasSubstr("must be one of open, high, low, close"));
  EXPECT_EQ(refusal({{"trend", "90m"}}), "inputs.trend: must be a timeframe as 4h, not '90m'");
  EXPECT_EQ(refusal({{"fest", 10.0}}),
            "inputs.fest: the strategy has no such input: it has fast, factor, filter, kind, source, trend");
  const auto bound = bind_inputs(document(), {{"fest", 10.0}, {"kind", "emma"}});
  ASSERT_FALSE(bound);
  ASSERT_EQ(bound.error().size(), 2U) << "each fault is told";
  EXPECT_EQ(bound.error()[0].suggestions.front(), "fast");
  EXPECT_EQ(bound.error()[0].code, Errc::bad_parameter);
  EXPECT_EQ(bound.error()[1].suggestions.front(), "ema");
}

}  // namespace
}  // namespace cw::strategy
