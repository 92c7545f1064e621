// Common Pine scripts, each beside what becomes of it (pine/NAME.pine, pine/NAME.expected), and the page of errors, whose
// examples are refused as it says. Read for binance:BTCUSDT on a chart of one hour, with ETHUSDT as the other symbol.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "expr/language/testing.h"
#include "expr/language/value.h"
#include "expr/plan.h"
#include "indicators/testing.h"

namespace cw::expr {
namespace {

const std::filesystem::path kScripts{"tests/parity/pine"};
const std::filesystem::path kErrors{"docs/language/errors.md"};

std::string content(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  EXPECT_TRUE(in.good()) << file << " is missing; this test runs from the root of the repository";
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::vector<std::string> scripts() {
  std::vector<std::string> names;
  if (!std::filesystem::exists(kScripts)) return names;
  for (const auto& entry : std::filesystem::directory_iterator{kScripts}) {
    if (entry.path().extension() == ".pine") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

/// What becomes of a text, as the .expected files say it.
std::string outcome(std::string_view text) {
  Graph graph = test_graph();
  const auto made = compile(text, test_options(), graph);
  if (!made) {
    const Diagnostic& found = made.error();
    const std::size_t line_end = found.text().find('\n');
    return fmt::format("refused {}\n{}\n", found.code, found.text().substr(0, line_end));
  }
  std::string out = fmt::format("look-back {}\n", made->lookback);
  for (const Plot& plot : made->plots) {
    out += fmt::format("{} {}: {}\n", word_of(plot.qualifier), word_of(plot.type), plot.title);
  }
  return out + "\n" + made->canonical + "\n";
}

class PineScript : public testing::TestWithParam<std::string> {};

TEST_P(PineScript, BecomesWhatIsExpected) {
  EXPECT_EQ(outcome(content(kScripts / (GetParam() + ".pine"))), content(kScripts / (GetParam() + ".expected")));
}
INSTANTIATE_TEST_SUITE_P(Corpus, PineScript, testing::ValuesIn(scripts()), [](const auto& info) { return info.param; });

/// What each plot of a text answers, on a made-up market.
std::vector<std::vector<double>> answers(std::string_view text) {
  Graph graph = test_graph();
  std::vector<NodeId> outputs;
  for (const Plot& plot : compiled(text, graph).plots) outputs.push_back(plot.node);
  const auto bars = indicators::testing::walk("walk", 500, 1, 0.01, 7);
  market::CandleColumns rows;
  for (std::size_t i = 0; i < bars.close.size(); ++i) {
    const Timestamp opens = from_ms(1'700'438'400'000 + static_cast<std::int64_t>(i) * 3'600'000);
    rows.push_back({opens, bars.open[i], bars.high[i], bars.low[i], bars.close[i], bars.volume[i]});
  }
  std::vector<std::vector<double>> columns(outputs.size(), std::vector<double>(rows.size()));
  std::vector<double*> out;
  for (auto& column : columns) out.push_back(column.data());
  Plan::make(graph, outputs).value().run(rows.view(), out);
  return columns;
}

/// The built-in scripts of TradingView beside what the functions of their names answer.
TEST(PineCorpus, OfBuiltInScriptsAnswersWhatTheFunctionsDo) {
  const std::map<std::string, std::string> functions{
      {"tv_rsi", "[ta.rsi(close, 14), ta.sma(ta.rsi(close, 14), 14)]"},
      {"tv_macd", "[_a, _b, hist] = ta.macd(close, 12, 26, 9)\nplot(hist[1] >= 0 and hist < 0)\nplot(hist)"},
      {"tv_bollinger", "ta.bb(close, 20, 2)"},
      {"tv_stochastic", "[ta.stoch(close, high, low, 14), ta.sma(ta.stoch(close, high, low, 14), 3)]"},
      {"tv_ichimoku", "[(ta.highest(9) + ta.lowest(9)) / 2, (ta.highest(26) + ta.lowest(26)) / 2]"},
      {"tv_supertrend", "[line, side] = ta.supertrend(3, 10)\nplot(side < 0 ? line : na)\nplot(side < 0 ? na : line)"}};
  for (const auto& [name, text] : functions) {
    // Pine's first bars: a script that is written out begins as it does, and the functions in it too.
    const auto script = answers("//@seed=pine\n" + content(kScripts / (name + ".pine")));
    const auto wanted = answers("//@seed=pine\n" + text);
    ASSERT_GE(script.size(), wanted.size());
    for (std::size_t o = 0; o < wanted.size(); ++o) {
      for (std::size_t row = 0; row < wanted[o].size(); ++row) {
        ASSERT_EQ(std::isnan(script[o][row]), std::isnan(wanted[o][row])) << name << ", plot " << o << " row " << row;
        if (!std::isnan(wanted[o][row])) ASSERT_NEAR(script[o][row], wanted[o][row], 1e-8) << name << ", plot " << o;
      }
    }
  }
}

TEST(PineCorpus, HasThirtyScriptsAndMore) { EXPECT_GE(scripts().size(), 30U); }

TEST(PineCorpus, IsTheSameReadAgainFromItsCanonicalForm) {
  for (const std::string& name : scripts()) {
    Graph graph = test_graph();
    const auto made = compile(content(kScripts / (name + ".pine")), test_options(), graph);
    if (!made) continue;
    const Expression again = compiled(made->canonical, graph);
    EXPECT_EQ(again.canonical, made->canonical) << name;
    ASSERT_EQ(again.plots.size(), made->plots.size()) << name;
    for (std::size_t i = 0; i < again.plots.size(); ++i) {
      EXPECT_EQ(again.plots[i].node, made->plots[i].node) << name << ": " << again.plots[i].title;
    }
  }
}

struct Section {
  std::string code;
  std::string example;  // empty: it cannot be written down
};

/// The sections of the page: `## `code``, then sentences, then lines indented by four blanks.
std::vector<Section> sections() {
  std::vector<Section> made;
  std::ifstream in{kErrors};
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("## `")) made.push_back({.code = line.substr(4, line.rfind('`') - 4), .example = {}});
    if (!made.empty() && line.starts_with("    ")) made.back().example += line.substr(4) + "\n";
  }
  return made;
}

TEST(PageOfErrors, ListsEveryCodeInOrder) {
  std::vector<std::string> listed;
  for (const Section& section : sections()) listed.push_back(section.code);
  const auto codes = diagnostic_codes();
  EXPECT_EQ(listed, (std::vector<std::string>{codes.begin(), codes.end()}));
}

TEST(PageOfErrors, HasExamplesThatAreRefusedAsItSays) {
  std::size_t examples = 0;
  for (const Section& section : sections()) {
    if (section.example.empty()) continue;
    ++examples;
    EXPECT_EQ(refusal(section.example).code, section.code) << section.example;
  }
  EXPECT_GE(examples, 30U);
}

}  // namespace
}  // namespace cw::expr
