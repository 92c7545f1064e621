// The limits of a text, and how a refusal shows itself.
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "expr/language/testing.h"

namespace cw::expr {
namespace {

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

TEST(Limits, AreEachRefusedByTheirNumber) {
  const auto message_of = [](const std::string& text) {
    const Diagnostic found = refusal(text);
    EXPECT_EQ(found.code, "limit_exceeded") << found.message;
    return found.message;
  };
  EXPECT_NE(message_of("close // " + std::string(kTextMost, 'x')).find("16384 bytes"), std::string::npos);
  EXPECT_NE(message_of("1" + repeated("+1", 2048)).find("4096 words"), std::string::npos);
  EXPECT_NE(message_of(repeated("(", 64) + "1" + repeated(")", 64)).find("64 levels"), std::string::npos);
  EXPECT_NE(message_of(repeated("-", 70) + "1").find("64 levels"), std::string::npos);
  EXPECT_NE(message_of("close" + repeated("[(1", 70)).find("64 levels"), std::string::npos);
  std::string plots;
  for (int i = 0; i < 33; ++i) plots += "plot(close + " + std::to_string(i) + ")\n";
  EXPECT_NE(message_of(plots).find("32 values"), std::string::npos);
  std::string inputs;
  for (int i = 0; i < 33; ++i) inputs += "n" + std::to_string(i) + " = input.int(1)\n";
  EXPECT_NE(message_of(inputs + "n1").find("32 inputs"), std::string::npos);
  std::string deep = "x = close";
  for (int i = 0; i < 21; ++i) deep += "[5000]";
  EXPECT_NE(message_of(deep + "\nx").find("100000 bars"), std::string::npos);
}

TEST(Limits, BoundWhatFunctionsAreWrittenOutTo) {
  std::string text = "f0(x) => x + 1\n";
  for (int i = 1; i < 40; ++i) {
    const std::string before = "f" + std::to_string(i - 1);
    text += "f" + std::to_string(i) + "(x) => " + before + "(x) + " + before + "(x + 1)\n";
  }
  const Diagnostic found = refusal(text + "f39(close)");
  EXPECT_EQ(found.code, "limit_exceeded");
  EXPECT_NE(found.message.find("50000"), std::string::npos) << found.message;
}

TEST(Limits, BoundHowDeepFunctionsNest) {
  std::string text = "f0(x) => (x + 1) * 2\n";
  for (int i = 1; i < 180; ++i) {
    const std::string before = "f" + std::to_string(i - 1);
    text += "f" + std::to_string(i) + "(x) => -" + before + "(ta.sma(x, 2)) + 1\n";
  }
  EXPECT_EQ(refusal(text + "f179(close)").code, "limit_exceeded");
  Graph graph = test_graph();
  EXPECT_EQ(compiled(text + "f60(close)", graph).plots.size(), 1U);
}

TEST(Limits, OfAGraphAreSaidWhereTheyAreReached) {
  Graph graph = test_graph();
  std::string text;
  for (int part = 0; part < 11; ++part) {
    text = "close";
    for (int i = 0; i < 1'000; ++i) text += " + " + std::to_string(part * 1'000 + i) + ".5";
    if (!compile(text, test_options(), graph)) break;
  }
  const auto refused = compile(text, test_options(), graph);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "limit_exceeded");
  EXPECT_GT(refused.error().length, 1U);
  EXPECT_NE(refused.error().message.find("10000"), std::string::npos) << refused.error().message;
}

TEST(Limits, BoundTexts) {
  std::string text = "s0 = \"" + std::string(200, 'x') + "\"\n";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "s" + std::to_string(i - 1);
    text += "s" + std::to_string(i) + " = " + before + " + " + before + "\n";
  }
  EXPECT_EQ(refusal(text + "close").code, "limit_exceeded");
}

TEST(Limits, DoNotReachLongTextsThatAreFlat) {
  Graph graph = test_graph();
  EXPECT_EQ(compiled("close" + repeated(" + 1", 1000), graph).plots.size(), 1U);
  EXPECT_EQ(compiled("true ? 1" + repeated(" : close > 1 ? 2", 500) + " : 3", graph).plots.size(), 1U);
  std::string chain = "a0 = close\n";
  for (int i = 1; i < 500; ++i) chain += "a" + std::to_string(i) + " = a" + std::to_string(i - 1) + " + 1\n";
  EXPECT_EQ(compiled(chain + "request.security(\"4h\", a499)", graph).plots.size(), 1U);
}

TEST(Diagnostics, ShowTheLineAndCaretsUnderThePlace) {
  const Diagnostic found = refusal("x = 1\ny = x + ta.sma(closee, 12)");
  EXPECT_EQ(found.text(),
            "2:16: there is no 'closee' (did you mean 'close'?) [unknown_name]\n"
            "y = x + ta.sma(closee, 12)\n"
            "               ^^^^^^");
}

TEST(Diagnostics, CountCharactersAndNotBytes) {
  const Diagnostic found = refusal("plot(close, \"\xc3\xa4\xc3\xb6\xe2\x82\xac\") + nope");
  EXPECT_EQ(found.code, "misplaced");
  const Diagnostic later = refusal("x = \"\xc3\xa4\xc3\xb6\xe2\x82\xac\" == nope");
  EXPECT_EQ(later.column, 14U);
  EXPECT_EQ(later.length, 4U);
}

TEST(Diagnostics, KeepTabsUnderTabs) {
  const Diagnostic found = refusal("\tclose + nope");
  EXPECT_TRUE(found.text().ends_with("\n\t        ^^^^")) << found.text();
}

TEST(Diagnostics, ShowOfALongLineWhatIsAroundThePlace) {
  const std::string before = repeated("close + ", 50);
  const Diagnostic middle = refusal(before + "nope" + repeated(" + open", 50));
  EXPECT_EQ(middle.column, 401U);
  EXPECT_EQ(middle.line_text.size(), 400U + 4 + 350);
  const std::string text = middle.text();
  const std::size_t line = text.find('\n') + 1;
  const std::size_t carets = text.find('\n', line) + 1;
  EXPECT_EQ(carets - 1 - line, 106U) << text;
  EXPECT_TRUE(text.substr(line).starts_with("...")) << text;
  EXPECT_TRUE(text.substr(0, carets - 1).ends_with("...")) << text;
  EXPECT_EQ(text.find('^') - carets, text.find("nope", line) - line) << text;
  EXPECT_TRUE(text.ends_with(" ^^^^")) << text;

  const std::string huge = refusal("nope" + std::string(20'000, ' ')).text();
  EXPECT_LT(huge.size(), 300U) << huge;
  EXPECT_NE(huge.find("16384 bytes, and this one has 20004"), std::string::npos) << huge;
  const std::string wide = refusal("close + " + std::string(500, 'x')).text();
  EXPECT_LT(wide.size(), 400U) << wide;
}

TEST(Diagnostics, AdviseNothingThatIsWrittenAlreadyAndNothingTwice) {
  EXPECT_EQ(refusal("True").suggestions, std::vector<std::string>{"true"});
  EXPECT_EQ(refusal("close > open AND true").suggestions, std::vector<std::string>{"and"});
  EXPECT_EQ(refusal("close > open\n  and and true").suggestions, std::vector<std::string>{}) << "it is written already";
  EXPECT_EQ(refusal("CLOSE").suggestions, std::vector<std::string>{"close"});
  EXPECT_EQ(refusal("NaN").suggestions, std::vector<std::string>{"na"});
  EXPECT_EQ(refusal("na2").suggestions, (std::vector<std::string>{"na", "hl2", "nz"}));
  EXPECT_EQ(refusal("close ** 2").suggestions, std::vector<std::string>{"math.pow"});
  EXPECT_EQ(refusal("close <> 2").suggestions, std::vector<std::string>{"!="});
  EXPECT_EQ(refusal("(close = open) ? 1 : 2").suggestions, std::vector<std::string>{"=="});
  EXPECT_EQ(refusal("request.security(\"45\", close)").suggestions, (std::vector<std::string>{"30m", "1h"}));
  EXPECT_EQ(refusal("request.security(\"3D\", close)").suggestions, (std::vector<std::string>{"1d", "1w"}));
  const std::string shown = refusal("request.security(\"2D\", close)").text();
  EXPECT_EQ(shown.find("did you mean"), shown.rfind("did you mean")) << shown;
}

TEST(Diagnostics, NameWhatCannotBeSeen) {
  EXPECT_NE(refusal("clos\u0435").message.find("U+0435"), std::string::npos);
  EXPECT_EQ(refusal("clos\u0435").suggestions, std::vector<std::string>{"e"});
  EXPECT_NE(refusal("close\u200b").message.find("invisible character, U+200B"), std::string::npos);
  EXPECT_NE(refusal("signal.score").message.find("write signal.score()"), std::string::npos);
  EXPECT_NE(refusal("request.security(\"W\")").message.find("'expression'"), std::string::npos);
  EXPECT_NE(refusal("request.security(\"W\", close[1], lookahead=barmerge.lookahead_on)")
                .message.find("write request.security(\"W\", close), the last closed bar"),
            std::string::npos);
}

TEST(Diagnostics, NameInputsByTitleAndName) {
  CompileOptions options = test_options();
  options.inputs = {{"Length", 0.0}};
  const char* text = "len = input.int(14, \"Length\", minval=1)\nsrc = input.source(close)\nta.sma(src, len)";
  EXPECT_EQ(refusal(text, options).message, "the value given for 'Length' (len) must be at least 1, not 0");
  options.inputs = {{"period", 9.0}};
  EXPECT_EQ(refusal(text, options).message,
            "a value is given for 'period', and the text has no such input: it has 'Length' (len), 'src'");
  EXPECT_EQ(refusal("close", options).message,
            "a value is given for 'period', and the text has no such input: it has none");
  EXPECT_EQ(refusal("n = input.int(0, \"Bars\", minval=1)\nn").message,
            "the default value of 'Bars' (n) must be at least 1, not 0");
}

TEST(Diagnostics, NameTheNearestAndTheSignature) {
  EXPECT_EQ(refusal("clsoe").suggestions, std::vector<std::string>{"close"});
  EXPECT_EQ(refusal("ema(close, 3)").suggestions, std::vector<std::string>{"ta.ema"});
  EXPECT_EQ(refusal("max(close, 3)").suggestions, (std::vector<std::string>{"math.max", "ta.max"}));
  EXPECT_EQ(refusal("average = 1\navergae").suggestions, std::vector<std::string>{"average"});
  EXPECT_EQ(refusal("ta.sma(close, lenght=3)").suggestions, std::vector<std::string>{"length"});
  EXPECT_EQ(refusal("close && open").suggestions, std::vector<std::string>{"and"});
  EXPECT_EQ(refusal("ta.sma(close, true)").signature,
            "ta.sma(series float source, simple int length = 14) \u2192 float");
}

}  // namespace
}  // namespace cw::expr
