// What texts mean: types, names, functions of their own, inputs, other bars, outputs.
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "expr/language/testing.h"

namespace cw::expr {
namespace {

TEST(Nodes, OfEqualExpressionsAreOneAcrossTexts) {
  Graph graph = test_graph();
  const NodeId first = compiled("ta.ema(close, 12)", graph).plots[0].node;
  const std::size_t before = graph.nodes().size();
  EXPECT_EQ(compiled("fast = ta.ema(length=12, source=close)\nfast", graph).plots[0].node, first);
  EXPECT_EQ(compiled("n = input.int(12)\n(ta.ema(close, n))", graph).plots[0].node, first);
  EXPECT_EQ(compiled("f(x) => ta.ema(x, 3 * 4)\nf(close)", graph).plots[0].node, first);
  EXPECT_EQ(graph.nodes().size(), before + 2) << "the constants 3 and 4";
}

TEST(Nodes, OfConstantsAreFolded) {
  Graph graph = test_graph();
  EXPECT_EQ(node_of("1 + 2 * 3", graph).number, 7);
  EXPECT_EQ(node_of("1 / 2", graph).number, 0.5) << "ints divide as floats, as in Pine 6";
  EXPECT_EQ(node_of("-7 % 3", graph).number, -1);
  EXPECT_EQ(node_of("math.max(3, 1, 2)", graph).number, 3);
  EXPECT_EQ(node_of("math.avg(1, 2, 6)", graph).number, 3);
  EXPECT_EQ(node_of("int(-1.7)", graph).number, -1);
  EXPECT_EQ(node_of("bool(2) ? 5 : 6", graph).number, 5);
  EXPECT_EQ(node_of("\"a\" + 'b' == \"ab\" ? 1 : 0", graph).number, 1);
  EXPECT_EQ(node_of("timeframe.in_seconds(\"4h\") / 60", graph).number, 240);
  EXPECT_EQ(node_of("timeframe.period == \"60\" and timeframe.isintraday ? 1 : 0", graph).number, 1);
  EXPECT_TRUE(same_nodes("ta.sma(close, math.round(4.6))", "ta.sma(close, 5)"));
}

TEST(Types, FollowFromThePartsOfAnExpression) {
  const auto plot_of = [](std::string_view text) {
    Graph graph = test_graph();
    return compiled(text, graph).plots[0];
  };
  EXPECT_EQ(plot_of("1 + 2").type, Type::Int);
  EXPECT_EQ(plot_of("1 / 2").type, Type::Float);
  EXPECT_EQ(plot_of("1 + 2.0").type, Type::Float);
  EXPECT_EQ(plot_of("close > open ? 1 : 2").type, Type::Int);
  EXPECT_EQ(plot_of("close > open ? 1 : na").type, Type::Int);
  EXPECT_EQ(plot_of("close > open ? 1 : 2.5").type, Type::Float);
  EXPECT_EQ(plot_of("bar_index[1]").type, Type::Int);
  EXPECT_EQ(plot_of("float(bar_index)").type, Type::Float);
  EXPECT_EQ(plot_of("math.max(bar_index, 3)").type, Type::Int);
  EXPECT_EQ(plot_of("na(close)").type, Type::Bool);
  EXPECT_EQ(plot_of("float x = 3\nx").type, Type::Float);
  EXPECT_EQ(plot_of("3").qualifier, Qualifier::Const);
  EXPECT_EQ(plot_of("input.int(3) + 1").qualifier, Qualifier::Simple);
  EXPECT_EQ(plot_of("close + 1").qualifier, Qualifier::Series);
  EXPECT_EQ(plot_of("series int x = 3\nx").qualifier, Qualifier::Series);
  EXPECT_EQ(plot_of("input.bool(true) ? 3 : close").qualifier, Qualifier::Series);
}

TEST(Names, MeanTheBarsColumnsAndTheirMeans) {
  EXPECT_TRUE(same_nodes("hl2", "(high + low) / 2"));
  EXPECT_TRUE(same_nodes("hlc3", "(high + low + close) / 3"));
  EXPECT_TRUE(same_nodes("ohlc4", "(open + high + low + close) / 4"));
  EXPECT_TRUE(same_nodes("hlcc4", "(high + low + close + close) / 4"));
  EXPECT_TRUE(same_nodes("time_close", "time + 3600000"));
  EXPECT_TRUE(same_nodes("dayofweek == dayofweek.monday", "dayofweek == 2"));
  EXPECT_TRUE(same_nodes("hour", "hour()")) << "variables of the table may be called";
}

TEST(Functions, AreWrittenOutWhereTheyAreUsed) {
  EXPECT_TRUE(same_nodes("f(x, n) => ta.sma(x, n) * 2\nf(close, 5) + f(open, 6)",
                         "ta.sma(close, 5) * 2 + ta.sma(open, 6) * 2"));
  EXPECT_TRUE(same_nodes("f(float x, simple int n = 5) => ta.sma(x, n)\nf(n=6, x=close) + f(open)",
                         "ta.sma(close, 6) + ta.sma(open, 5)"));
  EXPECT_TRUE(same_nodes("k = 3\nf(x) => x + k\ng(k2) => f(k2) * k\ng(close)", "(close + 3) * 3"));
  EXPECT_TRUE(same_nodes("f(x) => [x, x + 1]\n[a, b] = f(close)\na * b", "close * (close + 1)"));
  EXPECT_TRUE(same_nodes("f(close2) => close2 + 1\nf(open)", "open + 1"));
}

TEST(Tuples, AreTakenApartAndLeftOutByAnUnderscore) {
  EXPECT_TRUE(same_nodes("[a, _, b] = request.security(\"4h\", [open, high, low])\na - b",
                         "request.security(\"4h\", open) - request.security(\"4h\", low)"));
  Graph graph = test_graph();
  const Expression made = compiled("[open, close > 1]", graph);
  ASSERT_EQ(made.plots.size(), 2U);
  EXPECT_EQ(made.plots[0].title, "open");
  EXPECT_EQ(made.plots[1].title, "close > 1");
  EXPECT_EQ(made.plots[1].type, Type::Bool);
}

TEST(Security, ReadsBindingsOverTheOtherBars) {
  EXPECT_TRUE(same_nodes("fast = ta.ema(close, 12)\nrequest.security(syminfo.tickerid, \"240\", fast - open)",
                         "request.security(\"4h\", ta.ema(close, 12) - open)"));
  EXPECT_TRUE(same_nodes("f(tf, x) => request.security(syminfo.tickerid, tf, x)\nf(\"D\", ta.sma(close, 9))",
                         "request.security(\"1d\", ta.sma(close, 9))"));
  Graph graph = test_graph();
  const Node& seen = node_of("request.security(\"ETHUSDT\", \"W\", close)", graph);
  EXPECT_EQ(seen.op, Op::Security);
  EXPECT_EQ(seen.context, 0U);
  const Context& there = graph.contexts()[graph.node(seen.inputs[0]).context];
  EXPECT_EQ(there.symbol, "binance:ETHUSDT");
  EXPECT_EQ(there.timeframe, market::Timeframe::w1);
}

TEST(Security, OfTheChartsOwnBarsIsTheExpressionItself) {
  EXPECT_TRUE(same_nodes("request.security(\"60\", ta.sma(close, 9))", "ta.sma(close, 9)"));
  EXPECT_TRUE(same_nodes("request.security(syminfo.tickerid, timeframe.period, close)", "close"));
  EXPECT_TRUE(same_nodes("request.security(\"BINANCE:BTCUSDT\", \"\", close)", "close"));
  Graph graph = test_graph();
  EXPECT_EQ(node_of("request.security(\"ETHUSDT\", \"60\", close)", graph).op, Op::Security);
}

TEST(Security, KnowsBothSpellingsOfATimeframe) {
  for (const auto& [pine, ours] : std::vector<std::pair<std::string, std::string>>{{"60", "1h"},
                                                                                   {"120", "2h"},
                                                                                   {"240", "4h"},
                                                                                   {"360", "6h"},
                                                                                   {"480", "8h"},
                                                                                   {"720", "12h"},
                                                                                   {"D", "1d"},
                                                                                   {"1D", "1d"},
                                                                                   {"1440", "1d"},
                                                                                   {"W", "1w"},
                                                                                   {"1W", "1w"}}) {
    EXPECT_TRUE(same_nodes("request.security(\"" + pine + "\", close)", "request.security(\"" + ours + "\", close)"));
  }
}

TEST(Security, AcceptsWhatItDoesAnyhow) {
  EXPECT_EQ(canonical("request.security(syminfo.tickerid, \"240\", close, barmerge.gaps_off, "
                      "lookahead=barmerge.lookahead_off)"),
            "request.security(\"4h\", close)");
  EXPECT_EQ(canonical("request.security(syminfo.tickerid, \"240\", close, false, false, ignore_invalid_symbol=true)"),
            "request.security(\"4h\", close)");
  EXPECT_EQ(canonical("request.security(timeframe=\"240\", symbol=\"ETHUSDT\", expression=close)"),
            "request.security(\"binance:ETHUSDT\", \"4h\", close)");
  EXPECT_EQ(canonical("request.security(\"240\", expression=close)"), "request.security(\"4h\", close)");
}

TEST(Inputs, AreListedWithWhatAFormNeeds) {
  Graph graph = test_graph();
  const Expression made = compiled(
      "len = input.int(14, \"Length\", minval=1, maxval=99, step=2, tooltip=\"how long\")\n"
      "kind = input.string(\"EMA\", \"Kind\", options=[\"EMA\", \"SMA\"], group=\"More\")\n"
      "src = input.source(hl2, \"Source\")\ntf = input.timeframe(\"240\")\n"
      "mult = input.float(2.5)\non = input(true)\n"
      "avg = kind == \"EMA\" ? ta.ema(src, len) : ta.sma(src, len)\n"
      "on ? request.security(tf, avg) * mult : input.int(7)",
      graph);
  ASSERT_EQ(made.inputs.size(), 7U);
  const Input& length = made.inputs[0];
  EXPECT_EQ(length.name, "len");
  EXPECT_EQ(length.title, "Length");
  EXPECT_EQ(length.type, Type::Int);
  EXPECT_EQ(std::get<double>(length.value), 14);
  EXPECT_EQ(length.min, 1);
  EXPECT_EQ(length.max, 99);
  EXPECT_EQ(length.step, 2);
  EXPECT_EQ(made.inputs[1].options, (std::vector<std::string>{"EMA", "SMA"}));
  EXPECT_EQ(std::get<std::string>(made.inputs[2].value), "hl2");
  EXPECT_EQ(made.inputs[2].type, Type::Float);
  EXPECT_EQ(made.inputs[5].type, Type::Bool);
  EXPECT_EQ(made.inputs[6].name, "input7");
  EXPECT_TRUE(same_nodes(made.canonical, "request.security(\"4h\", ta.ema(hl2, 14)) * 2.5"));
}

TEST(Inputs, TakeGivenValuesByNameOrTitle) {
  Graph graph = test_graph();
  CompileOptions options = test_options();
  options.inputs = {{"len", 20.0}, {"Source", std::string{"open"}}};
  const Expression made =
      compiled("len = input.int(14)\nsrc = input.source(close, \"Source\")\nta.sma(src, len)", graph, options);
  EXPECT_EQ(made.plots[0].node, compiled("ta.sma(open, 20)", graph).plots[0].node);
  EXPECT_EQ(std::get<double>(made.inputs[0].value), 20);
  EXPECT_EQ(std::get<double>(made.inputs[0].default_value), 14);
}

TEST(Outputs, ArePlotsAndTheLastExpression) {
  Graph graph = test_graph();
  const Expression made = compiled(
      "//@version=5\nindicator(\"Two lines\", shorttitle=\"2\")\nfast = ta.ema(close, 12)\n"
      "plot(fast, color=color.new(color.red, 10), linewidth=2)\nplot(volume, \"Vol\", style=plot.style_columns)\n"
      "plotshape(close > fast, title=\"Above\", location=location.belowbar)\nalertcondition(close < fast)\nclose - "
      "open",
      graph);
  ASSERT_EQ(made.plots.size(), 5U);
  EXPECT_EQ(made.title, "Two lines");
  EXPECT_EQ(made.plots[0].title, "fast");
  EXPECT_TRUE(made.plots[0].overlay);
  EXPECT_EQ(made.plots[1].title, "Vol");
  EXPECT_FALSE(made.plots[1].overlay);
  EXPECT_EQ(made.plots[2].title, "Above");
  EXPECT_EQ(made.plots[2].type, Type::Bool);
  EXPECT_EQ(made.plots[3].title, "close < fast");
  EXPECT_EQ(made.plots[4].title, "close - open");
  EXPECT_FALSE(made.plots[4].overlay) << "a difference of prices is no price";
  EXPECT_EQ(made.lookback, 11);
}

TEST(Drawings, AreReadOver) {
  const char* text =
      "up = input(#2962FF, \"Up\")\ncolor down = na\nshade(x) => x ? color.new(up, 80) : down\n"
      "p1 = plot(close, \"Close\", color=up, offset=0)\np2 = plot(open, color=shade(close > open))\n"
      "top = hline(70, \"Top\", color=#787B86)\nfill(p1, p2, color=color.rgb(33, 150, 243, 95))\n"
      "bgcolor(no_such_name > 1 ? shade(true) : na)";
  EXPECT_EQ(canonical(text), "plot(close, \"Close\")\nplot(open)");
  Graph graph = test_graph();
  const Expression made = compiled(text, graph);
  ASSERT_EQ(made.plots.size(), 2U);
  EXPECT_TRUE(made.inputs.empty()) << "a colour is no setting";
  ASSERT_EQ(made.notes.size(), 3U);
  EXPECT_EQ(made.notes[0].message, "'hline' is not drawn here");
  EXPECT_EQ(made.notes[0].line, 6U);
  EXPECT_EQ(made.notes[0].column, 7U);
  EXPECT_EQ(made.notes[2].message, "'bgcolor' is not drawn here");
  EXPECT_EQ(canonical("ta.rsi(close, 14)\nhline(70)\nhline(30)"), "ta.rsi(close, 14)");
  EXPECT_EQ(canonical("fill(x) => x + 1\nfill(close)"), "fill(x) => x + 1\nfill(close)") << "a name of the text's own";
}

TEST(Names, MayBeWordsThatAreStatementsOnlyBeforeAnotherName) {
  EXPECT_TRUE(same_nodes("type = close > 1\nmethod = type and true\nmethod", "close > 1 and true"));
}

TEST(Choices, AreTheTernariesThatSayTheSame) {
  EXPECT_TRUE(
      same_nodes("kind = input.string(\"EMA\")\nf(x, type) =>\n    switch type\n        \"SMA\" => ta.sma(x, 5)\n"
                 "        \"EMA\" => ta.ema(x, 5)\nf(close, kind)",
                 "ta.ema(close, 5)"));
  EXPECT_TRUE(same_nodes("x = switch\n    close > 2 => 5\n    close > 1 => 6\n    => 7\nx + 1",
                         "(close > 2 ? 5 : close > 1 ? 6 : 7) + 1"));
  EXPECT_TRUE(same_nodes("switch hour\n  1 => close\n  2 => open", "hour == 1 ? close : hour == 2 ? open : na"));
}

TEST(Outputs, AreDrawnOverTheCandlesWhereTheyArePrices) {
  const auto is_overlay = [](std::string_view text) {
    Graph graph = test_graph();
    return compiled(text, graph).plots[0].overlay;
  };
  for (const char* text : {"close", "hl2", "ta.sma(close, 5)[2]", "close * 1.02", "close + 2 * ta.sma(high - low, 9)",
                           "close > open ? high : na", "request.security(\"4h\", close)", "math.max(open, close)"}) {
    EXPECT_TRUE(is_overlay(text)) << text;
  }
  for (const char* text : {"volume", "ta.sma(volume, 5)", "close / open", "close > open", "50", "bar_index",
                           "request.security(\"ETHUSDT\", \"4h\", close)"}) {
    EXPECT_FALSE(is_overlay(text)) << text;
  }
  EXPECT_TRUE(is_overlay("indicator(\"x\", overlay=true)\nvolume"));
  EXPECT_FALSE(is_overlay("indicator(\"x\", overlay=false)\nclose"));
}

TEST(Lookback, IsOfEachPlotAndOfAllTheLongest) {
  Graph graph = test_graph();
  const Expression made =
      compiled("plot(close)\n[line, signal, hist] = ta.macd(close, 12, 26, 9)\nplot(line)\nplot(hist[1])", graph);
  EXPECT_EQ(made.plots[0].lookback, 0);
  EXPECT_EQ(made.plots[2].lookback, 34);
  EXPECT_EQ(made.lookback, 34);
  const Expression squeeze = compiled("pattern.squeeze(20, 2, 1.5)", graph);
  EXPECT_EQ(squeeze.plots[0].lookback, 19);
  EXPECT_EQ(squeeze.plots[1].lookback, 38);
  EXPECT_EQ(squeeze.lookback, 38);
}

TEST(Lookback, CountsTheChartsBarsAlone) {
  const auto lookback = [](std::string_view text) {
    Graph graph = test_graph();
    return compiled(text, graph).lookback;
  };
  EXPECT_EQ(lookback("close"), 0);
  EXPECT_EQ(lookback("ta.sma(ta.ema(close, 10), 5)[3]"), 16);
  EXPECT_EQ(lookback("request.security(\"4h\", ta.sma(close, 200))"), 0);
  EXPECT_EQ(lookback("request.security(\"4h\", ta.sma(close, 200)) - ta.sma(close, 9)"), 8);
}

struct Outside final : NamedSeries {
  bool has(std::string_view name) const override {
    return name == "ai.probability_up" || name == "signal.score" || name == "signal.direction";
  }
  Result<void> check(const NamedRequest& request) const override {
    if (request.texts[0] != "30m") return {};
    return std::unexpected(Error{Errc::unknown_timeframe, "there are no signals of 30m", {"15m", "1h"}});
  }
  Result<std::unique_ptr<Operator>> make(const NamedRequest&) override { return fail(Errc::unsupported, "no data"); }
};

CompileOptions outside_options() {
  static const Outside outside;
  CompileOptions options = test_options();
  options.named = &outside;
  return options;
}

TEST(NamedSeries, AreNodesWhereTheyAreThere) {
  Graph graph = test_graph();
  const Expression made = compiled("ai.probability_up(\"240\") > 0.6", graph, outside_options());
  const Node& named = graph.node(graph.node(made.plots[0].node).inputs[0]);
  EXPECT_EQ(named.op, Op::Named);
  EXPECT_EQ(named.name, "ai.probability_up");
  EXPECT_EQ(named.texts, std::vector<std::string>{"4h"});
  ASSERT_EQ(named.inputs.size(), 1U);
  EXPECT_EQ(graph.node(named.inputs[0]).field, BarField::Time);
  EXPECT_EQ(made.canonical, "ai.probability_up(\"4h\") > 0.6");
}

TEST(NamedSeries, SignalsHaveOneTimeframeTheChartsWhereNoneIsGiven) {
  Graph graph = test_graph();  // of 1h
  const auto node_of = [&](std::string_view text) { return compiled(text, graph, outside_options()).plots[0].node; };
  const NodeId own = node_of("signal.score()");
  EXPECT_EQ(graph.node(own).texts, std::vector<std::string>{"1h"});
  for (const char* same : {"signal.score(\"60\")", "signal.score(timeframe = \"1h\")", "signal.score(timeframe.period)",
                           "signal.score(\"\")", "tf = input.timeframe(\"60\")\nsignal.score(tf)",
                           "request.security(\"1h\", signal.score())"})
    EXPECT_EQ(node_of(same), own) << same;
  EXPECT_NE(node_of("signal.direction()"), own);
  EXPECT_EQ(graph.node(node_of("signal.score(\"1\")")).texts, std::vector<std::string>{"1m"}) << "a shorter one too";
  // In the context of a longer timeframe: that one's.
  const NodeId inside = graph.node(node_of("request.security(\"4h\", signal.score())")).inputs[0];
  EXPECT_EQ(graph.node(inside).texts, std::vector<std::string>{"4h"});
  EXPECT_NE(inside, node_of("signal.score(\"4h\")")) << "it is seen by other bars";

  const auto canonical = [&](std::string_view text) { return compiled(text, graph, outside_options()).canonical; };
  EXPECT_EQ(canonical("signal.score()"), "signal.score()");
  EXPECT_EQ(canonical("signal.score(timeframe = \"240\") > 60"), "signal.score(\"4h\") > 60");
  EXPECT_EQ(compiled("signal.score()", graph, outside_options()).plots[0].type, Type::Float);
  EXPECT_EQ(compiled("signal.direction()", graph, outside_options()).plots[0].type, Type::Int);
  EXPECT_EQ(compiled("signal.score(\"4h\")", graph, outside_options()).lookback, 0);
}

TEST(NamedSeries, WhatIsWrongWithASignalIsToldAtItsPlace) {
  struct Wrong {
    std::string text;
    std::string code;
    std::size_t column;
    std::size_t length;
  };
  const std::vector<Wrong> all{{"1 + signal.score(\"30\")", "unknown_timeframe", 18, 4},
                               {"signal.score(\"45\")", "unknown_timeframe", 14, 4},
                               {"signal.score(close)", "wrong_type", 14, 5},
                               {"signal.score(4)", "wrong_type", 14, 1},
                               {"signal.score(\"1h\", \"4h\")", "too_many_arguments", 20, 4},
                               {"signal.score(length = \"4h\")", "unknown_argument", 14, 6},
                               {"request.security(\"ETHUSDT\", \"1h\", signal.score())", "not_supported", 35, 12}};
  for (const Wrong& wrong : all) {
    const Diagnostic told = refusal(wrong.text, outside_options());
    EXPECT_EQ(told.code, wrong.code) << wrong.text;
    EXPECT_EQ(told.column, wrong.column) << wrong.text;
    EXPECT_EQ(told.length, wrong.length) << wrong.text;
  }
  EXPECT_EQ(refusal("signal.score(\"30m\")", outside_options()).suggestions, (std::vector<std::string>{"15m", "1h"}));
  // Nobody gives them: said by name, and why.
  const Diagnostic none = refusal("signal.direction()");
  EXPECT_EQ(none.code, "not_available_yet");
  EXPECT_NE(none.message.find("what is stored of a symbol"), std::string::npos);
  EXPECT_EQ(refusal("signal.nonsense()", outside_options()).code, "unknown_name");
}

}  // namespace
}  // namespace cw::expr
