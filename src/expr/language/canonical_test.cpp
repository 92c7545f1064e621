// One spelling for all that mean the same, and a text like any other.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"
#include "expr/language/testing.h"

namespace cw::expr {
namespace {

TEST(Canonical, IsOneSpellingOfSpacingParenthesesAndArguments) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"close+open", "close + open"},
      {"((close))", "close"},
      {"+close", "close"},
      {"not(close>open)", "not (close > open)"},
      {"- ( close )", "-close"},
      {"(close*2)+(open*3)", "close * 2 + open * 3"},
      {"(close>1)?1:((open>1)?2:3)", "close > 1 ? 1 : open > 1 ? 2 : 3"},
      {"(close[1])[2]", "close[1][2]"},
      {"ta.sma( length = 5 , source = close )", "ta.sma(close, 5)"},
      {"ta.sma(close)", "ta.sma(close, 14)"},
      {"hour()", "hour"},
      {"ta.tr()", "ta.tr"},
      {"ta.tr(handle_na=false)", "ta.tr"},
      {"ta.tr(true)", "ta.tr(true)"},
      {"ta.highest(20)", "ta.highest(20)"},
      {"ta.stdev(close, 20, true)", "ta.stdev(close, 20)"},
      {"ta.atr(14, seed='talib')", "ta.atr(14)"},
      {"ta.atr(seed='pine', length=9)", "ta.atr(9, seed=\"pine\")"},
      {"//@seed=pine\nta.atr(9) + ta.sma(close, 9) + ta.atr(9, seed='talib')",
       "ta.atr(9, seed=\"pine\") + ta.sma(close, 9) + ta.atr(9)"},
      {"1.50", "1.5"},
      {"2.0", "2.0"},
      {"1e3", "1000.0"},
      {"1e300", "1e+300"},
      {".5", "0.5"},
      {"'text' == \"text\"", "\"text\" == \"text\""},
      {"request.security(syminfo.tickerid,'240',close)", "request.security(\"4h\", close)"},
      {"request.security('','D',close)", "request.security(\"1d\", close)"},
      {"request.security('','',close)", "request.security(timeframe.period, close)"},
      {"plot(close)", "close"},
      {"plot(close,'close')", "close"},
      {"plot(close,'Price',color=color.red)", "plot(close, \"Price\")"},
      {"indicator('T',overlay=true)\nclose", "indicator(\"T\", overlay=true)\nclose"},
      {"indicator('')\nclose", "close"},
      {"study(title='T')\nclose", "indicator(\"T\")\nclose"},
      {"input(14,'L')", "input.int(14, \"L\")"},
      {"input.int(14,'L',1,99,2,'tip')", "input.int(14, \"L\", minval=1, maxval=99, step=2)"},
      {"f(x)=>x*2\nf(x=close)", "f(x) => x * 2\nf(close)"},
      {"f(x,simple int n=3)=>ta.sma(x,n)\nf(n=4,x=open)", "f(x, simple int n = 3) => ta.sma(x, n)\nf(open, 4)"},
      {"f(x,y=1,z=2)=>x+y+z\nf(close,z=4)", "f(x, y = 1, z = 2) => x + y + z\nf(close, z=4)"},
  };
  for (const auto& [text, wanted] : cases) {
    EXPECT_EQ(canonical(text), wanted) << text;
    EXPECT_EQ(canonical(wanted), wanted);
  }
}

/// Texts that are right by construction, written in any way: blanks, parentheses and names of arguments at random.
class Writer {
 public:
  explicit Writer(std::uint64_t seed) : random_(seed) {}

  std::string text() {
    std::string out;
    names_.clear();
    const std::size_t bindings = below(4);
    for (std::size_t i = 0; i < bindings; ++i) {
      const std::string name = "v" + std::to_string(i);
      out += name + blank() + "=" + blank() + number(3) + "\n";
      names_.push_back(name);
    }
    return out + (below(2) == 0 ? number(4) : condition(4));
  }

 private:
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_.below(n)); }
  std::string pick(const std::vector<std::string>& from) { return from[below(from.size())]; }
  std::string blank() { return pick({"", " ", "  ", "\t", "\n  "}); }
  std::string around(const std::string& inner) { return below(4) == 0 ? "(" + blank() + inner + blank() + ")" : inner; }

  std::string leaf() {
    if (!names_.empty() && below(3) == 0) return pick(names_);
    return pick({"close", "open", "high", "low", "volume", "hl2", "bar_index", "hour", "1", "2.5", "1e3", ".5", "14",
                 "math.pi"});
  }

  std::string number(int depth) {
    if (depth == 0) return around(leaf());
    switch (below(9)) {
      case 0:
        return around(number(depth - 1) + blank() + pick({"+", "-", "*", "/", "%"}) + blank() + number(depth - 1));
      case 1: return "(" + number(depth - 1) + ")" + blank() + "[" + pick({"0", "1", "7", "2 + 1"}) + "]";
      case 2: return around(pick({"-", "+", "- "}) + number(depth - 1));
      case 3: return "(" + condition(depth - 1) + blank() + "?" + number(depth - 1) + ":" + number(depth - 1) + ")";
      case 4: return "ta.sma(" + blank() + series(depth - 1) + pick({",5)", ", length = 14)", ")"});
      case 5: return "math.max(" + number(depth - 1) + "," + number(depth - 1) + ")";
      case 6:
        return "request.security(" + pick({"\"4h\"", "'D'", "syminfo.tickerid, '240'", "'ETHUSDT', 'W'"}) + "," +
               pick({"close", "ta.ema(hl2, 9)", "-high"}) + ")";
      case 7: return "ta.ema(length=" + pick({"3", "9"}) + ",source=" + series(depth - 1) + ")";
      default: return around(leaf());
    }
  }

  /// What an indicator takes as its source: no number that never changes.
  std::string series(int depth) { return "close" + blank() + "+ (" + number(depth) + ")"; }

  std::string condition(int depth) {
    if (depth == 0) return pick({"true", "false", "(close>open)"});
    switch (below(5)) {
      case 0:
        return around(condition(depth - 1) + " " + pick({"and", "or", "==", "!="}) + " (" + condition(depth - 1) + ")");
      case 1: return around("not(" + condition(depth - 1) + ")");
      case 2: return "na(" + number(depth - 1) + ")";
      case 3: return "(" + condition(depth - 1) + "?" + condition(depth - 1) + ":" + condition(depth - 1) + ")";
      default:
        return "(" + number(depth - 1) + blank() + pick({"<", "<=", ">", ">=", "==", "!="}) + blank() +
               number(depth - 1) + ")";
    }
  }

  Random random_;
  std::vector<std::string> names_;
};

TEST(Canonical, OfTheCanonicalFormIsItselfAndMeansTheSame) {
  constexpr std::uint64_t kTexts = 2'000;
  for (std::uint64_t seed = 1; seed <= kTexts; ++seed) {
    Writer writer{seed};
    const std::string text = writer.text();
    Graph graph = test_graph();
    const Expression first = compiled(text, graph);
    const Expression second = compiled(first.canonical, graph);
    ASSERT_EQ(second.canonical, first.canonical) << "seed " << seed << ": " << text;
    ASSERT_EQ(second.plots.size(), first.plots.size());
    ASSERT_EQ(second.plots[0].node, first.plots[0].node) << "seed " << seed << ": " << text << "\n" << first.canonical;
    ASSERT_EQ(second.plots[0].type, first.plots[0].type);
    ASSERT_EQ(second.plots[0].qualifier, first.plots[0].qualifier);
  }
}

}  // namespace
}  // namespace cw::expr
