#include "lab/other_symbols.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "backtest/leaks/leak_check.h"
#include "candle_store/store_story.h"
#include "lab/run.h"
#include "lab/stand.h"

namespace cw::lab {
namespace {

using candle_store::bar_at;
using candle_store::kBtc1m;
using candle_store::kEth1m;
using candle_store::kMinute;
using candle_store::kStart;

constexpr std::int64_t kBars = 3'000;
const market::Instrument kBtc{kBtc1m.instrument, "BTC", "USDT"};

std::optional<market::InstrumentId> find_symbol(std::string_view name) {
  return name == "ETHUSDT" ? std::optional{kEth1m.instrument} : std::nullopt;
}

/// A minute's bars of two symbols with holes of their own.
struct TwoSymbols {
  TwoSymbols() {
    for (std::int64_t minute = 0; minute < kBars; ++minute) {
      if (minute % 53 != 7) btc.push_back(bar_at(minute, 1));
      if (minute % 41 != 3 && minute > 100) eth.push_back(bar_at(minute, 2));
    }
    EXPECT_TRUE(store->put_history(kBtc1m, btc.view()));
    EXPECT_TRUE(store->put_history(kEth1m, eth.view()));
  }

  evaluation::StoreOf store_of() {
    return [this](const market::InstrumentId&) -> const candle_store::CandleStore& { return *store; };
  }
  RunMarket market(std::int64_t until_ms) {
    RunMarket made;
    made.bars = [this, until_ms]() -> Result<std::unique_ptr<evaluation::BarSource>> {
      return evaluation::stored_bars(*store, kBtc1m.instrument, market::Timeframe::m1, Timestamp{}, from_ms(until_ms));
    };
    made.others = std::make_shared<OtherSymbols>(store_of(), from_ms(until_ms), RunLimits{}.bars);
    return made;
  }

  candle_store::StoreStory store;
  market::CandleColumns btc;
  market::CandleColumns eth;
};

PreparedRun prepared(const std::string& rules) {
  auto document = strategy::parse_document("name: a\ntimeframe: 1m\n" + rules);
  EXPECT_TRUE(document);
  RunRequest request;
  request.protections = false;
  auto run = prepare(std::move(request), std::move(*document), {&kBtc, 1}, {.find_symbol = find_symbol});
  if (!run) {
    ADD_FAILURE() << run.error().error.message;
    std::abort();
  }
  return std::move(*run);
}

const auto kGoOn = [](double) { return true; };

constexpr const char* kLooksAtEth =
    "let: {eth: 'request.security(\"ETHUSDT\", \"5\", close)'}\n"
    "long: {entry: 'eth > close', exit: 'eth < close', stop: {percent: 1}}\n";

/// The same rule over one symbol whose volume is what may be known of the other: the close of its newest five minutes that
/// had closed when the bar opened.
market::CandleColumns with_other_as_volume(const TwoSymbols& both) {
  market::CandleColumns made = both.btc;
  for (std::size_t row = 0; row < made.size(); ++row) {
    constexpr std::int64_t kFive = 5 * kMinute;
    double seen = std::nan("");
    for (std::size_t i = 0; i < both.eth.size(); ++i) {
      const std::int64_t closes = both.eth.open_time_ms[i] / kFive * kFive + kFive;
      if (closes > made.open_time_ms[row]) break;
      seen = both.eth.close[i];
    }
    made.volume[row] = seen;
  }
  return made;
}

TEST(OtherSymbols, ARunSeesOfThemWhatHadClosedWhenTheBarOpened) {
  TwoSymbols both;
  const auto run = prepared(kLooksAtEth);
  const auto market = both.market(kLatestMs);
  const auto made = make_run(run, {&market, 1}, {}, kGoOn);
  ASSERT_TRUE(made) << made.error().message;

  auto oracle = prepared("long: {entry: 'volume > close', exit: 'volume < close', stop: {percent: 1}}\n");
  const auto bars = with_other_as_volume(both);
  expr::Graph& graph = *oracle.parts.front().graph;
  auto settings = oracle.settings;
  const auto expected = backtest::run(oracle.first().program, graph, bars.view(), settings);
  ASSERT_TRUE(expected);
  ASSERT_GT(expected->trades.size(), 500U);
  ASSERT_EQ(made->result.trades.size(), expected->trades.size());
  for (std::size_t i = 0; i < expected->trades.size(); ++i) {
    EXPECT_EQ(made->result.trades[i].entry_time, expected->trades[i].entry_time);
    EXPECT_EQ(made->result.trades[i].exit_time, expected->trades[i].exit_time);
    EXPECT_EQ(made->result.trades[i].pnl, expected->trades[i].pnl);
  }
  EXPECT_EQ(made->result.final_equity, expected->final_equity);
}

TEST(OtherSymbols, LiveIsTheBacktest) {
  TwoSymbols both;
  const auto run = prepared(kLooksAtEth);
  const auto whole = both.market(kStart + 400 * kMinute);
  const auto made = make_run(run, {&whole, 1}, {}, kGoOn);
  ASSERT_TRUE(made);
  ASSERT_GT(made->result.trades.size(), 40U);
  // What stands after each bar is what the run of the whole had open there.
  for (std::int64_t minute = 200; minute < 400; ++minute) {
    const auto market = both.market(kStart + minute * kMinute);
    const auto stand = stand_of(run, {&market, 1}, 0, {});
    ASSERT_TRUE(stand);
    const auto as_of = to_ms(*stand->stands.front().as_of);
    const auto open = std::ranges::find_if(made->result.trades, [&](const backtest::Trade& trade) {
      return trade.entry_time < as_of && (trade.is_open() || trade.exit_time >= as_of);
    });
    ASSERT_EQ(stand->stands.front().open.has_value(), open != made->result.trades.end()) << minute;
    if (stand->stands.front().open) EXPECT_EQ(stand->stands.front().open->entry_time, open->entry_time);
  }
}

TEST(OtherSymbols, LeaksAreLookedForWithThem) {
  TwoSymbols both;
  const auto run = prepared(kLooksAtEth);
  const auto market = both.market(kLatestMs);
  const auto loaded = load_run(run, {&market, 1}, {}, kGoOn);
  ASSERT_TRUE(loaded);
  const auto& others = loaded->plans.front().kept_others();
  ASSERT_EQ(others.size(), 1U);
  backtest::LeakInput input{.program = run.first().program,
                            .graph = *run.first().graph,
                            .plan = backtest::plans_of(*run.first().graph, nullptr, others),
                            .bars = loaded->bars.front().view(),
                            .settings = run.settings};
  const auto report = backtest::check_leaks(input);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->passed()) << report->whole_text();
  EXPECT_TRUE(report->begin_told);

  input.plan = backtest::plans_of(*run.first().graph);
  EXPECT_EQ(backtest::check_leaks(input).error().code, Errc::unsupported);
}

TEST(OtherSymbols, SeriesAreReadOnceAndBounded) {
  TwoSymbols both;
  const auto run = prepared(kLooksAtEth);
  OtherSymbols others(both.store_of(), from_ms(kLatestMs), RunLimits{}.bars);
  auto one = expr::Plan::make(*run.first().graph, run.first().program.nodes);
  auto two = expr::Plan::make(*run.first().graph, run.first().program.nodes);
  ASSERT_TRUE(others.give(*one) && others.give(*two));
  EXPECT_EQ(one->kept_others().front().get(), two->kept_others().front().get());

  OtherSymbols few(both.store_of(), from_ms(kLatestMs), 100);
  EXPECT_EQ(few.give(*one).error().code, Errc::limit_exceeded);
  OtherSymbols early(both.store_of(), from_ms(kStart), RunLimits{}.bars);
  const auto none = early.give(*one);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::not_found);
  EXPECT_NE(none.error().message.find("binance:ETHUSDT"), std::string::npos) << none.error().message;
  EXPECT_EQ(OtherSymbols(both.store_of(), from_ms(kLatestMs), 100'000).give(*one, [] { return true; }).error().code,
            Errc::cancelled);
}

TEST(OtherSymbols, AreNotKnownBesideAFile) {
  TwoSymbols both;
  const auto run = prepared(kLooksAtEth);
  auto market = both.market(kLatestMs);
  market.others.reset();
  const auto refused = make_run(run, {&market, 1}, {}, kGoOn);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::unsupported);
  EXPECT_NE(refused.error().message.find("binance:ETHUSDT"), std::string::npos);
}

}  // namespace
}  // namespace cw::lab
