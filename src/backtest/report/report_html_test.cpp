#include "backtest/report/report_html.h"

#include <cstdio>
#include <cstdlib>

#include <gtest/gtest.h>

#include "backtest/report/csv.h"
#include "backtest/report/html_text.h"
#include "strategy/testing.h"

namespace cw::backtest {
namespace {

using market::Timeframe;
using strategy::testing::walk;

constexpr std::string_view kBoth = R"(
name: both
timeframe: 1h
long:
  entry: ta.crossover(ta.sma(close, 3), ta.sma(close, 8))
  stop: {percent: 1}
short:
  entry: ta.crossunder(ta.sma(close, 3), ta.sma(close, 8))
  stop: {percent: 1}
)";

/// A run with everything that can be told of it.
struct Made {
  expr::Graph graph{Timeframe::h1};
  strategy::Document document;
  strategy::Program program;
  market::CandleColumns bars;
  RunSettings settings;
  RunResult result;
  Metrics metrics;
  RunExtras extras;
  RunFacts facts;

  explicit Made(std::size_t count, bool with_extras = true, std::string_view text = kBoth)
      : document(strategy::testing::parsed(text)),
        program(strategy::testing::compiled(document, graph)),
        bars(walk(31, count, Timeframe::h1)) {
    settings.account.protections = trading::Protections::none();
    result = run(program, graph, bars.view(), settings).value();
    metrics = metrics_of(result, Timeframe::h1);
    facts = {.instruments = {{"binance", "BTCUSDT"}}, .timeframe = Timeframe::h1, .strategy = "both"};
    facts.commission = "bps:10";
    facts.slippage = "none";
    if (!with_extras) return;
    const auto plan = expr::Plan::make(graph, program.nodes).value();
    const RunPart part{.program = program, .plan = plan, .instrument = settings.instrument, .bars = bars.view()};
    const Rerun rerun{.parts = {&part, 1}, .settings = settings};
    extras.policies = under_each_policy(rerun).value();
    extras.costs = cost_curve(rerun).value();
    extras.robustness = assess(result, equity_facts_of(result, Timeframe::h1), {}).value();
    extras.leaks =
        check_leaks({.program = program, .graph = graph, .plan = plans_of(graph), .bars = bars.view()}).value();
    extras.peer = PeerFigures{Peer::freqtrade, {{"<wins>", 3}}};
  }
  std::string page(std::string_view title = {}, std::string_view description = {}) const {
    const auto view = bars.view();
    return report_html({.facts = facts,
                        .result = result,
                        .metrics = metrics,
                        .extras = extras,
                        .bars = {&view, 1},
                        .title = title,
                        .description = description,
                        .made_by = "candlewick test"});
  }
};

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++n;
  return n;
}

TEST(ReportHtml, HoldsEveryPartAndLoadsNothing) {
  const std::string page = Made(3'000).page("Both ways", "Rides what moves.");
  for (const std::string_view part :
       {"<h1>Both ways", "Rides what moves.", "id=\"key\"", "id=\"equity\"", "id=\"price\"", "class=\"months\"",
        "id=\"distribution\"", "id=\"excursions\"", "id=\"costs\"", "id=\"fan\"", "id=\"policies\"",
        "id=\"robustness\"", "id=\"leaks\"", "id=\"trades\"", "id=\"figures\"", "&lt;wins&gt;",
        "No leak:", "candlewick test"}) {
    EXPECT_TRUE(page.contains(part)) << part;
  }
  for (const std::string_view from_elsewhere : {"http://", "https://", "src=", "href=", "@import", "url(", "fetch("}) {
    const std::size_t known = from_elsewhere == "http://" ? 1 : 0;  // the name of SVG's namespace
    EXPECT_EQ(count_of(page, from_elsewhere), known) << from_elsewhere;
  }
  EXPECT_EQ(count_of(page, "<script"), 2U);
  EXPECT_EQ(count_of(page, "</script>"), 2U);
  EXPECT_EQ(count_of(page, " style="), 0U) << "a strict policy would forbid them";
  EXPECT_EQ(count_of(page, " onclick="), 0U);
}

TEST(ReportHtml, LeavesOutWhatWasNotAskedFor) {
  const std::string page = Made(500, false).page();
  for (const std::string_view part :
       {"id=\"costs\"", "id=\"fan\"", "id=\"policies\"", "id=\"robustness\"", "id=\"leaks\""})
    EXPECT_FALSE(page.contains(part)) << part;
  EXPECT_TRUE(page.contains("<h1>both"));
}

TEST(ReportHtml, ShowsTextOfPeopleAsText) {
  const std::string evil = "</script><script>alert(1)</script><img src=x onerror=\"alert('2')\">&amp;<!--";
  Made made(400, false);
  made.facts.strategy = evil;
  made.facts.inputs = {{evil, evil}};
  made.facts.warnings = {evil};
  made.facts.commission = made.facts.slippage = evil;
  made.facts.instruments.front().symbol = evil;
  const std::string page = made.page(evil, evil);
  EXPECT_FALSE(page.contains("<script>alert"));
  EXPECT_FALSE(page.contains("<img"));
  EXPECT_FALSE(page.contains("onerror=\""));
  EXPECT_FALSE(page.contains("<!--"));
  EXPECT_EQ(count_of(page, "</script>"), 2U);
  EXPECT_GE(count_of(page, "&lt;/script&gt;&lt;script&gt;alert(1)"), 6U);
  EXPECT_TRUE(page.contains("&amp;amp;"));
}

TEST(ReportHtml, StaysSmallHoweverLongTheRunIs) {
  const Made made(60'000, false);
  ASSERT_GT(made.result.trades.size(), 4'000U);
  const std::string page = made.page();
  EXPECT_LT(page.size(), 700'000U);
  EXPECT_TRUE(page.contains("\"trades_all\":" + std::to_string(made.result.trades.size())));
}

TEST(ReportHtml, IsLoudAboutALeak) {
  Made made(400);
  made.extras.leaks->leaks.push_back({LeakKind::future, "long.entry", 5, 1'704'067'200'000, 1'704'070'800'000, 1, 0});
  const std::string page = made.page();
  EXPECT_TRUE(page.contains("<p class=\"loud\">LEAK"));
  EXPECT_TRUE(page.contains("long.entry (line 5) knew the future"));
  EXPECT_TRUE(page.contains("<li class=\"bad\"><b>Leaks</b>"));
}

TEST(ReportHtml, OfARunThatNeverTradedIsAPageToo) {
  const Made made(50, true, "name: idle\ntimeframe: 1h\nlong: {entry: close < 0}\n");
  const std::string page = made.page();
  EXPECT_TRUE(page.contains("It never traded"));
  EXPECT_TRUE(page.contains("n/a: too few"));
  for (const std::string_view nothing : {":nan", ">nan", ",nan", "inf,", ">inf"}) EXPECT_FALSE(page.contains(nothing));
}

TEST(HtmlText, SpellsNumbers) {
  EXPECT_EQ(grouped(1234567.891, 2), "1,234,567.89");
  EXPECT_EQ(grouped(-999.5, 1), "-999.5");
  EXPECT_EQ(grouped(-1000, 0), "-1,000");
  EXPECT_EQ(grouped(-0.001, 2), "0.00");
  EXPECT_EQ(signed_percent(0.1234), "+12.3 %");
  EXPECT_EQ(signed_percent(-0.5, 0), "-50 %");
  EXPECT_EQ(escaped("a<b>&\"'\x01"), "a&lt;b&gt;&amp;&quot;&#39; ");
  EXPECT_EQ(minute_text(1'704'070'800'000), "2024-01-01 01:00");
}

TEST(Csv, HasALineATradeAndALineARow) {
  const Made made(1'000, false);
  const std::string trades = trades_csv(made.result.trades, made.facts.instruments);
  EXPECT_EQ(count_of(trades, "\r\n"), made.result.trades.size() + 1);
  EXPECT_EQ(count_of(trades, "\n"), count_of(trades, "\r\n"));
  EXPECT_EQ(count_of(trades.substr(0, trades.find('\r')), ","), 15U);
  EXPECT_EQ(count_of(trades, ","), 15 * (made.result.trades.size() + 1));
  double pnl = 0;
  for (std::size_t at = trades.find("\r\n"); at + 2 < trades.size();) {
    const std::size_t end = trades.find("\r\n", at + 2);
    std::string line = trades.substr(at + 2, end - at - 2);
    for (int i = 0; i < 8; ++i) line = line.substr(line.find(',') + 1);
    pnl += std::strtod(line.c_str(), nullptr);
    at = end;
  }
  EXPECT_NEAR(pnl, made.result.final_equity - made.result.initial_capital, 1e-6);
  const std::string equity = equity_csv(made.result.rows);
  EXPECT_EQ(count_of(equity, "\r\n"), 1'001U);
  EXPECT_TRUE(equity.contains("\r\n2024-01-01T00:00:00Z,10000,0,")) << equity.substr(0, 120);
}

// For eyes: CW_REPORT_OUT=FILE writes the page.
TEST(ReportHtml, CanBeLookedAt) {
  const char* const path = std::getenv("CW_REPORT_OUT");
  if (path == nullptr) GTEST_SKIP() << "set CW_REPORT_OUT to a file";
  const std::string page = Made(20'000).page("Both ways", "Rides what moves, either way.");
  std::FILE* const file = std::fopen(path, "w");
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(std::fwrite(page.data(), 1, page.size(), file), page.size());
  EXPECT_EQ(std::fclose(file), 0);
}

}  // namespace
}  // namespace cw::backtest
