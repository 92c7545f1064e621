#include "expr/graph.h"

#include <cmath>

#include <gtest/gtest.h>

#include "expr/arithmetic.h"

namespace cw::expr {
namespace {

using market::Timeframe;

struct GraphTest : testing::Test {
  Graph graph{Timeframe::h1};

  NodeId add(Node node) { return graph.add(std::move(node)).value(); }
  NodeId constant(double number, ContextId context = 0) {
    return add({.op = Op::Constant, .context = context, .number = number});
  }
  NodeId close(ContextId context = 0) { return add({.op = Op::Bar, .context = context, .field = BarField::Close}); }
  NodeId binary(Op op, NodeId a, NodeId b) {
    return add({.op = op, .context = graph.node(a).context, .inputs = {a, b}});
  }
  NodeId sma(NodeId input, double length) {
    return add({.op = Op::Call,
                .context = graph.node(input).context,
                .inputs = {input},
                .function = &overloads("ta.sma")[0],
                .numbers = {length},
                .texts = {""}});
  }
  NodeId history(NodeId input, double bars) {
    return add({.op = Op::History, .context = graph.node(input).context, .inputs = {input}, .number = bars});
  }
};

TEST_F(GraphTest, GivesEqualNodesOneNumber) {
  EXPECT_EQ(close(), close());
  EXPECT_EQ(sma(close(), 20), sma(close(), 20));
  EXPECT_NE(sma(close(), 20), sma(close(), 21));
  EXPECT_EQ(binary(Op::Add, close(), constant(1)), binary(Op::Add, close(), constant(1)));
  EXPECT_NE(binary(Op::Subtract, close(), constant(1)), binary(Op::Subtract, constant(1), close()));
}

TEST_F(GraphTest, ComparesNumbersByTheirBits) {
  EXPECT_EQ(constant(indicators::kNaN), constant(-std::nan("7")));
  EXPECT_NE(constant(0.0), constant(-0.0));
}

TEST_F(GraphTest, FoldsAStatelessOperationOnConstants) {
  const NodeId sum = binary(Op::Add, constant(2), binary(Op::Multiply, constant(3), constant(4)));
  EXPECT_EQ(graph.node(sum).op, Op::Constant);
  EXPECT_EQ(graph.node(sum).number, 14);
  EXPECT_EQ(sum, constant(14));
  EXPECT_EQ(graph.node(binary(Op::Add, close(), constant(1))).op, Op::Add);
}

TEST_F(GraphTest, DoesNotFoldWhatRemembers) {
  EXPECT_EQ(graph.node(sma(constant(7), 3)).op, Op::Call);
  EXPECT_EQ(graph.node(history(constant(7), 3)).op, Op::History) << "the first three bars are NaN";
}

TEST_F(GraphTest, AnswersTheInputOfWhatChangesNothing) {
  EXPECT_EQ(history(close(), 0), close());
  EXPECT_EQ(add({.op = Op::Security, .inputs = {close()}}), close());
  const NodeId yes = add({.op = Op::Constant, .type = Type::Bool, .number = 1});
  EXPECT_EQ(add({.op = Op::Select, .inputs = {yes, close(), constant(1)}}), close());
}

TEST_F(GraphTest, AddsLookbacksAlongTheLongestWay) {
  const NodeId ten = sma(close(), 10);
  const NodeId five = sma(ten, 5);
  EXPECT_EQ(graph.lookback(close()), 0);
  EXPECT_EQ(graph.lookback(ten), 9);
  EXPECT_EQ(graph.lookback(five), 13);
  EXPECT_EQ(graph.lookback(history(five, 2)), 15);
  EXPECT_EQ(graph.lookback(binary(Op::Add, five, ten)), 13);
}

TEST_F(GraphTest, CountsNoBarsOfAnotherContext) {
  const ContextId four_hours = graph.context({.symbol = {}, .timeframe = Timeframe::h4}).value();
  const NodeId there = sma(close(four_hours), 200);
  const NodeId here = add({.op = Op::Security, .inputs = {there}});
  EXPECT_EQ(graph.lookback(here), 199);
  EXPECT_EQ(graph.lookback(sma(here, 10)), 9);
  EXPECT_NE(close(four_hours), close());
}

TEST_F(GraphTest, KnowsAContextAgain) {
  const Context wanted{.symbol = "binance:ETHUSDT", .timeframe = Timeframe::h1};
  EXPECT_EQ(graph.context({.symbol = {}, .timeframe = Timeframe::h1}).value(), 0U);
  const ContextId id = graph.context(wanted).value();
  EXPECT_EQ(id, 1U);
  EXPECT_EQ(graph.context(wanted).value(), id);
}

TEST_F(GraphTest, RefusesMoreContextsThanTheLimit) {
  for (std::size_t i = 1; i < Graph::kContextsMost; ++i) {
    ASSERT_TRUE(graph.context({.symbol = "binance:S" + std::to_string(i), .timeframe = Timeframe::h1}));
  }
  const auto refused = graph.context({.symbol = "binance:ONEMORE", .timeframe = Timeframe::h1});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::limit_exceeded);
  EXPECT_NE(refused.error().message.find("32"), std::string::npos) << refused.error().message;
}

TEST_F(GraphTest, RefusesMoreNodesThanTheLimit) {
  for (std::size_t i = 0; i < Graph::kNodesMost; ++i) constant(static_cast<double>(i));
  EXPECT_EQ(constant(5), 5U) << "what is there already costs nothing";
  const auto refused = graph.add({.op = Op::Constant, .number = -1});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::limit_exceeded);
}

TEST_F(GraphTest, RefusesALookbackOverTheLimit) {
  NodeId node = close();
  for (int i = 0; i < 20; ++i) node = history(node, 5'000);
  EXPECT_EQ(graph.lookback(node), 100'000);
  const auto refused = graph.add({.op = Op::History, .inputs = {node}, .number = 1});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::limit_exceeded);
  EXPECT_NE(refused.error().message.find("100000"), std::string::npos) << refused.error().message;
}

TEST(Evaluate, FollowsPineWhereArithmeticsDiffer) {
  EXPECT_EQ(evaluate(Op::Modulo, -7, 3), -1);
  EXPECT_EQ(evaluate(Op::Modulo, 7, -3), 1);
  EXPECT_TRUE(std::isnan(evaluate(Op::Modulo, 7, 0)));
  EXPECT_EQ(evaluate(Op::Divide, 1, 2), 0.5);
  EXPECT_TRUE(std::isnan(evaluate(Op::Divide, 1, 0)));
  EXPECT_TRUE(std::isnan(evaluate(Op::Divide, 0, 0)));
}

TEST(Evaluate, ComparesNanAsFalse) {
  for (const Op op : {Op::Less, Op::LessEqual, Op::Greater, Op::GreaterEqual, Op::Equal, Op::NotEqual}) {
    EXPECT_EQ(evaluate(op, indicators::kNaN, 1), 0);
    EXPECT_EQ(evaluate(op, 1, indicators::kNaN), 0);
    EXPECT_EQ(evaluate(op, indicators::kNaN, indicators::kNaN), 0);
  }
  EXPECT_EQ(evaluate(Op::Or, indicators::kNaN, 1), 1);
  EXPECT_EQ(evaluate(Op::Not, indicators::kNaN), 1);
  EXPECT_EQ(evaluate(Op::Select, indicators::kNaN, 1, 2), 2);
}

}  // namespace
}  // namespace cw::expr
