// How texts are cut and read: precedence against the same text with all its parentheses, lines, literals.
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "expr/language/testing.h"

namespace cw::expr {
namespace {

TEST(Precedence, IsPines) {
  // Left: as written; right: what it means, with every parenthesis.
  const std::vector<std::pair<std::string, std::string>> cases{
      {"open + high * low", "open + (high * low)"},
      {"open - high - low", "(open - high) - low"},
      {"open / high * low % close", "((open / high) * low) % close"},
      {"open - high + low", "(open - high) + low"},
      {"-open * high", "(-open) * high"},
      {"-open[1]", "-(open[1])"},
      {"open + -high", "open + (-high)"},
      {"open * -high[2] - low", "(open * (-(high[2]))) - low"},
      {"open > high == low > close", "(open > high) == (low > close)"},
      {"open + high > low - close", "(open + high) > (low - close)"},
      {"not (open > high) and low > close", "(not (open > high)) and (low > close)"},
      {"not true == false", "(not true) == false"},
      {"open > high or low > close and close > open", "(open > high) or ((low > close) and (close > open))"},
      {"open > high and low > close or close > open", "((open > high) and (low > close)) or (close > open)"},
      {"open > high != low > close and true", "((open > high) != (low > close)) and true"},
      {"open > high or true ? low : close", "((open > high) or true) ? low : close"},
      {"open > 1 ? 1 : open > 2 ? 2 : 3", "(open > 1) ? 1 : ((open > 2) ? 2 : 3)"},
      {"open > 1 ? open > 2 ? 2 : 3 : 1", "(open > 1) ? ((open > 2) ? 2 : 3) : 1"},
      {"open > 1 ? 1 : 2 + high", "(open > 1) ? 1 : (2 + high)"},
      {"(open + high)[1]", "((open + high)[1])"},
      {"ta.sma(close, 5)[1] + 1", "((ta.sma(close, 5))[1]) + 1"},
  };
  for (const auto& [written, meant] : cases) EXPECT_TRUE(same_nodes(written, meant)) << written;
}

TEST(Precedence, OfParenthesesIsKeptWhereItMatters) {
  const std::vector<std::string> texts{"(open + high) * low",
                                       "open - (high - low)",
                                       "open / (high * low)",
                                       "-(open + high)",
                                       "(-open)[1]",
                                       "not (open > high and low > close)",
                                       "(open > high) == (low > close) == true",
                                       "(open > high ? open : high) + low",
                                       "((open > high ? open : high) + low)[3]",
                                       "(true ? open > high : low > close) ? 1 : 2"};
  for (const std::string& text : texts) EXPECT_TRUE(same_nodes(text, canonical(text))) << text;
  EXPECT_EQ(canonical("(open+high)*low"), "(open + high) * low");
  EXPECT_EQ(canonical("open-(high-low)"), "open - (high - low)");
  EXPECT_EQ(canonical("(open-high)-low"), "open - high - low");
  EXPECT_EQ(canonical("(true?open>high:low>close)?1:2"), "(true ? open > high : low > close) ? 1 : 2");
}

TEST(Literals, AreReadAsPineReadsThem) {
  Graph graph = test_graph();
  const std::vector<std::pair<std::string, double>> numbers{{"14", 14},
                                                            {"0.5", 0.5},
                                                            {".5", 0.5},
                                                            {"5.", 5},
                                                            {"1e3", 1000},
                                                            {"1.5e-3", 0.0015},
                                                            {"2E+2", 200},
                                                            {"1e-400", 0},
                                                            {"-7", -7},
                                                            {"true ? 1 : 2", 1},
                                                            {"9007199254740992", 9007199254740992.0}};
  for (const auto& [text, value] : numbers) EXPECT_EQ(node_of(text, graph).number, value) << text;
  EXPECT_EQ(compiled("14", graph).plots[0].type, Type::Int);
  EXPECT_EQ(compiled("14.0", graph).plots[0].type, Type::Float);
  EXPECT_EQ(compiled("1e1", graph).plots[0].type, Type::Float);
  EXPECT_EQ(compiled("close > 1", graph).plots[0].type, Type::Bool);
}

TEST(Literals, TextsHaveEitherQuotesAndEscapes) {
  Graph graph = test_graph();
  EXPECT_EQ(compiled(R"(plot(close, "a \"b\" \\ c"))", graph).plots[0].title, R"(a "b" \ c)");
  EXPECT_EQ(compiled(R"(plot(close, 'it\'s "so"'))", graph).plots[0].title, R"(it's "so")");
  EXPECT_EQ(canonical(R"(plot(close, 'it\'s "so" \\'))"), R"(plot(close, "it's \"so\" \\"))");
  EXPECT_EQ(compiled("plot(close, \"Schlusskurs \xc3\xa4\xe2\x82\xac\")", graph).plots[0].title,
            "Schlusskurs \xc3\xa4\xe2\x82\xac");
}

TEST(Lines, GoOnWhereTheyAreIndentedOrInBrackets) {
  EXPECT_EQ(canonical("close +\n  open"), "close + open");
  EXPECT_EQ(canonical("close\n  + open"), "close + open");
  EXPECT_EQ(canonical("ta.sma(\nclose,\n20\n)"), "ta.sma(close, 20)");
  EXPECT_EQ(canonical("x = close\n\n\n  + open // why\n\n// a line between\nx"), "x = close + open\nx");
  EXPECT_EQ(canonical("f(x) =>\n    x * 2\nf(close)"), "f(x) => x * 2\nf(close)");
  EXPECT_EQ(canonical("  x = close\r\n  x + 1\r\n"), "x = close\nx + 1") << "a text that is indented as a whole";
  EXPECT_EQ(canonical("a = 1, b = 2\na + b"), "a = 1\nb = 2\na + b");
}

TEST(Lines, MayBeginWithAByteOrderMarkAndHoldUnicodesBlanks) {
  EXPECT_EQ(canonical("\ufeffclose + 1"), "close + 1");
  EXPECT_EQ(canonical("close\u00a0+\u2003open\u3000"), "close + open");
  EXPECT_EQ(canonical("x = close\n\u00a0\u00a0+ open\nx"), "x = close + open\nx");
  EXPECT_EQ(refusal("\ufeffnope").column, 1U) << "an editor does not count the mark";
  EXPECT_EQ(refusal("close \ufeff+ 1").code, "unexpected_character") << "inside of a text it is not seen";
}

TEST(Lines, OfCommentsAndVersionsSayNothing) {
  EXPECT_EQ(canonical("//@version=5\n// an average\nta.sma(close, 20) // of twenty"), "ta.sma(close, 20)");
  EXPECT_EQ(canonical("//@description not a key of ours = x\nclose"), "close");
}

}  // namespace
}  // namespace cw::expr
