// Signals as series of the language: of history, of a live desk, and of all symbols, to the same bits.
#include "evaluation/signal_series.h"

#include <cmath>
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "evaluation/evaluate.h"
#include "evaluation/live_series.h"
#include "evaluation/screen.h"
#include "evaluation/signal_history.h"
#include "evaluation/signal_library.h"
#include "evaluation/signal_story.h"
#include "indicators/testing.h"
#include "market/fold_ladder.h"

namespace cw::evaluation {
namespace {

using candle_store::kMinute;
using candle_store::kStart;
using indicators::testing::same_bits;
using market::Candle;
using market::Timeframe;
using signals::Signal;
using testing::kSymbol;
using testing::minutes;
using testing::rules;

constexpr std::int64_t kHour = 60 * kMinute;

/// Rows of values by the open time of their bar.
using Rows = std::map<std::int64_t, std::vector<double>>;

void expect_same(const Rows& got, const Rows& wanted, const std::string& what) {
  ASSERT_EQ(got.size(), wanted.size()) << what;
  for (auto a = got.begin(), b = wanted.begin(); a != got.end(); ++a, ++b) {
    ASSERT_EQ(a->first, b->first) << what;
    for (std::size_t i = 0; i < b->second.size(); ++i)
      ASSERT_TRUE(same_bits(a->second[i], b->second[i])) << what << ", value " << i << " of the bar at " << a->first
                                                         << ": " << a->second[i] << ", not " << b->second[i];
  }
}

std::size_t known(const Rows& rows, std::size_t column = 0) {
  std::size_t count = 0;
  for (const auto& [time, values] : rows) count += std::isnan(values[column]) ? 0 : 1;
  return count;
}

struct SignalSeriesTest : ::testing::Test {
  void put(const std::vector<Candle>& bars, Timeframe timeframe, const market::InstrumentId& id = kSymbol) {
    market::CandleColumns rows;
    for (const auto& bar : bars) rows.push_back(bar);
    ASSERT_TRUE(story->put_history({id, timeframe}, rows.view()));
  }
  static std::vector<Candle> hours(std::int64_t from, int count) {
    Random random{23};
    std::vector<Candle> bars;
    double price = 100;
    for (int i = 0; i < count; ++i) {
      const double open = price;
      price *= 1 + 0.01 * (static_cast<double>(random.below(2'001)) / 1'000 - 1) + (i / 90 % 2 == 0 ? 6e-4 : -6e-4);
      bars.push_back({from_ms(from + i * kHour), open, std::max(open, price) * 1.001, std::min(open, price) * 0.999,
                      price, 1 + static_cast<double>(random.below(9))});
    }
    return bars;
  }
  /// As a text says, by `evaluate` with a library's signals.
  Rows evaluated(SignalLibrary& of, Timeframe timeframe, const std::vector<std::string>& texts) {
    Rows rows;
    const auto program = compile_program(texts, timeframe, {.symbol = kSymbol, .named = &of.names()});
    EXPECT_TRUE(program) << program.error().diagnostic.text();
    const auto series = of.series(kSymbol, program->graph);
    EXPECT_TRUE(series) << series.error().message;
    const auto bars = stored_bars(*story, kSymbol, timeframe, Timestamp{}, from_ms(kLatestMs));
    const auto done = evaluate(*program, *bars, Timestamp{},
                               [&](const market::CandleSpan& span, std::span<const double* const> values) {
                                 for (std::size_t row = 0; row < span.size(); ++row) {
                                   for (const double* column : values)
                                     rows[span.open_time_ms[row]].push_back(column[row]);
                                 }
                                 return true;
                               },
                               {.store_of = store_of, .named = series->get()});
    EXPECT_TRUE(done) << done.error().message;
    return rows;
  }
  /// Every signal of everything stored, as run_signal_history tells them.
  std::vector<Signal> history() {
    signals::SymbolSignals symbol(rules());
    std::vector<Signal> told;
    const auto finest = finest_scored(*story, kSymbol);
    EXPECT_TRUE(run_signal_history(*story, kSymbol, *finest, symbol,
                                   {[&](const Signal& signal) { told.push_back(signal); }, {}}));
    return told;
  }
  /// The same by its definition, looking through all signals for each bar: score and direction.
  Rows defined(const std::vector<Signal>& told, Timeframe chart, Timeframe timeframe) {
    std::vector<Signal> of_it;
    for (const auto& signal : told) {
      if (signal.score.timeframe == timeframe) of_it.push_back(signal);
    }
    Rows rows;
    const auto bars = stored_bars(*story, kSymbol, chart, Timestamp{}, from_ms(kLatestMs));
    market::CandleColumns columns;
    while (bars->next(columns).value()) {
      for (std::size_t i = 0; i < columns.size(); ++i) {
        const Timestamp opens = from_ms(columns.open_time_ms[i]);
        const Signal* newest = nullptr;
        for (const auto& signal : of_it) {
          const bool is_own = chart == timeframe && signal.score.bar_time <= opens;
          if (signal.emitted_at <= opens + market::duration(chart) || is_own) newest = &signal;
        }
        const double score = newest != nullptr ? newest->score.score : std::nan("");
        const double direction = newest == nullptr ? std::nan("")
                                 : score < 20      ? -2
                                 : score < 40      ? -1
                                 : score <= 60     ? 0
                                 : score <= 80     ? 1
                                                   : 2;
        rows[columns.open_time_ms[i]] = {score, direction};
      }
    }
    return rows;
  }

  candle_store::StoreStory story;
  StoreOf store_of = [this](const market::InstrumentId&) -> const candle_store::CandleStore& { return *story; };
  SignalLibrary library{store_of, rules()};
};

std::vector<std::string> of(Timeframe timeframe) {
  return {fmt::format("signal.score(\"{}\")", market::name(timeframe)),
          fmt::format("signal.direction(\"{}\")", market::name(timeframe))};
}

struct Definition : SignalSeriesTest, ::testing::WithParamInterface<bool> {};
INSTANTIATE_TEST_SUITE_P(Holes, Definition, ::testing::Values(false, true));

TEST_P(Definition, OfEveryChartAndTimeframe) {
  put(minutes(4'000, GetParam()), Timeframe::m1);
  const auto told = history();
  for (const auto chart : {Timeframe::m1, Timeframe::m5, Timeframe::m15, Timeframe::m30}) {
    for (const auto timeframe : {Timeframe::m1, Timeframe::m5, Timeframe::m15}) {
      const auto rows = evaluated(library, chart, of(timeframe));
      expect_same(rows, defined(told, chart, timeframe),
                  fmt::format("{} of {}", market::name(timeframe), market::name(chart)));
      EXPECT_GT(known(rows), 3U);
      EXPECT_LT(known(rows), rows.size()) << "none before the first signal";
    }
  }
}

TEST_F(SignalSeriesTest, LongerTimeframesAreThoseOfTheDefinitionToo) {
  put(hours(kStart - 5'000 * kHour, 5'200), Timeframe::h1);
  const auto told = history();
  for (const auto chart : {Timeframe::h1, Timeframe::h4, Timeframe::d1, Timeframe::w1}) {
    for (const auto timeframe : {Timeframe::h1, Timeframe::h4, Timeframe::d1}) {
      const auto rows = evaluated(library, chart, of(timeframe));
      expect_same(rows, defined(told, chart, timeframe),
                  fmt::format("{} of {}", market::name(timeframe), market::name(chart)));
      EXPECT_GT(known(rows), 0U);
    }
  }
  // Of what nothing is stored there has never been a signal.
  EXPECT_EQ(known(evaluated(library, Timeframe::h1, {"signal.score(\"1m\")"})), 0U);
  // In the context of four hours they are those of its bars, seen as they close.
  expect_same(evaluated(library, Timeframe::h1, {"request.security(\"4h\", signal.score())"}),
              evaluated(library, Timeframe::h1, {"signal.score(\"4h\")"}), "of the context");
}

TEST_F(SignalSeriesTest, WhatIsGoneOnWithIsWhatIsRunAtOnce) {
  const auto bars = minutes(3'500, true);
  const std::vector<std::string> texts{"signal.score(\"1m\")", "signal.score(\"5m\")", "signal.direction(\"15m\")"};
  put({bars.begin(), bars.begin() + 1'000}, Timeframe::m1);
  (void)evaluated(library, Timeframe::m5, {"signal.score(\"15m\")"});  // only the longer ones at first
  Random random{7};
  for (std::size_t at = 1'000; at < bars.size();) {
    const std::size_t next = std::min(bars.size(), at + 1 + static_cast<std::size_t>(random.below(300)));
    put({bars.begin() + static_cast<std::ptrdiff_t>(at), bars.begin() + static_cast<std::ptrdiff_t>(next)},
        Timeframe::m1);
    at = next;
    (void)evaluated(library, Timeframe::m1, texts);
  }
  SignalLibrary anew{store_of, rules()};
  expect_same(evaluated(library, Timeframe::m1, texts), evaluated(anew, Timeframe::m1, texts), "gone on with");
}

TEST_F(SignalSeriesTest, ARunThatWasEndedGoesOn) {
  put(minutes(9'000, true), Timeframe::m1);
  const auto program = compile_program(std::vector<std::string>{"signal.score(\"1m\")"}, Timeframe::m1,
                                       {.symbol = kSymbol, .named = &library.names()});
  ASSERT_TRUE(program);
  for (int ends = 0; ends < 2; ++ends) {
    const auto ended = library.series(kSymbol, program->graph, [] { return true; });
    ASSERT_FALSE(ended) << "it is asked every few thousand instants, and goes on from there";
    EXPECT_EQ(ended.error().code, Errc::cancelled);
    EXPECT_GT(library.work(kSymbol, program->graph), 0U) << "it is not whole";
  }
  ASSERT_TRUE(library.series(kSymbol, program->graph, [] { return true; })) << "the rest is short";
  SignalLibrary anew{store_of, rules()};
  expect_same(evaluated(library, Timeframe::m1, {"signal.score(\"1m\")"}),
              evaluated(anew, Timeframe::m1, {"signal.score(\"1m\")"}), "after its end");
}

TEST_F(SignalSeriesTest, AChangedStoreIsRunAnew) {
  const auto bars = minutes(2'000, false);
  const std::vector<std::string> texts{"signal.score(\"1m\")"};
  put({bars.begin() + 300, bars.end()}, Timeframe::m1);
  const auto before = evaluated(library, Timeframe::m1, texts);
  put({bars.begin(), bars.begin() + 300}, Timeframe::m1);  // older bars show by themselves
  SignalLibrary anew{store_of, rules()};
  expect_same(evaluated(library, Timeframe::m1, texts), evaluated(anew, Timeframe::m1, texts), "with older bars");

  auto revised = bars;
  for (std::size_t i = 500; i < 600; ++i) revised[i].close *= 1.01, revised[i].high *= 1.02;
  put(revised, Timeframe::m1);
  library.forget(kSymbol);  // a revised bar is told
  SignalLibrary again{store_of, rules()};
  const auto now = evaluated(library, Timeframe::m1, texts);
  expect_same(now, evaluated(again, Timeframe::m1, texts), "with revised bars");
  EXPECT_NE(now.at(to_ms(bars[620].open_time)), before.at(to_ms(bars[620].open_time)));
}

TEST_F(SignalSeriesTest, BarsThatCameAfterTheSignalsWait) {
  const auto bars = minutes(1'000, false);
  put({bars.begin(), bars.begin() + 900}, Timeframe::m1);
  const std::vector<std::string> texts{"signal.score(\"1m\")"};
  const auto program = compile_program(texts, Timeframe::m1, {.symbol = kSymbol, .named = &library.names()});
  ASSERT_TRUE(program);
  const auto series = library.series(kSymbol, program->graph);
  ASSERT_TRUE(series);
  put({bars.begin() + 900, bars.end()}, Timeframe::m1);
  const auto stored = stored_bars(*story, kSymbol, Timeframe::m1, Timestamp{}, from_ms(kLatestMs));
  Timestamp last{};
  const auto done = evaluate(*program, *stored, Timestamp{},
                             [&](const market::CandleSpan& rows, std::span<const double* const>) {
                               last = from_ms(rows.open_time_ms.back());
                               return true;
                             },
                             {.store_of = store_of, .named = series->get()});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->rows, 900U);
  EXPECT_EQ(last, bars[899].open_time);
}

TEST_F(SignalSeriesTest, WhatIsKeptCostsNothing) {
  const auto bars = minutes(3'000, false);
  put({bars.begin(), bars.begin() + 2'990}, Timeframe::m1);
  const auto graph_of = [&](const std::string& text) {
    return compile_program(std::vector{text}, Timeframe::m1, {.symbol = kSymbol, .named = &library.names()})->graph;
  };
  const auto minute = graph_of("signal.score(\"1m\")");
  const auto hour = graph_of("signal.score(\"1h\")");
  EXPECT_EQ(library.work(kSymbol, graph_of("close")), 0U);
  EXPECT_GE(library.work(kSymbol, minute), 3'500 * kSignalWork) << "minutes, fives, fifteens, …";
  EXPECT_LE(library.work(kSymbol, hour), 100 * kSignalWork) << "hours alone";
  ASSERT_TRUE(library.series(kSymbol, hour));
  EXPECT_GE(library.work(kSymbol, minute), 3'500 * kSignalWork) << "finer than what was run";
  ASSERT_TRUE(library.series(kSymbol, minute));
  EXPECT_EQ(library.work(kSymbol, minute), 0U);
  EXPECT_EQ(library.work(kSymbol, hour), 0U);
  put({bars.begin() + 2'990, bars.end()}, Timeframe::m1);
  EXPECT_EQ(library.work(kSymbol, minute), 12 * kSignalWork) << "ten minutes and two fives";
  library.forget(kSymbol);
  EXPECT_GE(library.work(kSymbol, minute), 3'500 * kSignalWork);

  const auto program = compile_program(std::vector<std::string>{"signal.score(\"1m\")"}, Timeframe::m1,
                                       {.symbol = kSymbol, .named = &library.names()});
  const auto refused = check_work(3'000, *program, 1'000'000, library.work(kSymbol, minute));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::limit_exceeded);
  EXPECT_NE(refused.error().message.find("scored for the signals"), std::string::npos) << refused.error().message;
  EXPECT_TRUE(check_work(3'000, *program, 1'000'000, 0));
}

TEST_F(SignalSeriesTest, AScreenSaysOfEachSymbolWhatIsSaidOfItAlone) {
  std::vector<market::Instrument> instruments;
  std::map<std::string, double> scores;
  const auto all = hours(kStart, 900);
  for (int i = 0; i < 6; ++i) {
    const market::InstrumentId id{"binance", fmt::format("S{}USDT", i)};
    put({all.begin() + 100 * i, all.begin() + 100 * i + (i == 5 ? 120 : 350)}, Timeframe::h1, id);
    instruments.push_back({id, {}, {}});
    signals::SymbolSignals symbol(rules());
    ASSERT_TRUE(run_signal_history(*story, id, Timeframe::h1, symbol, {}));
    if (const auto& signal = symbol.reading(3).signal) scores[id.symbol] = signal->score.score;
  }
  ASSERT_EQ(scores.size(), 5U) << "one has not bars enough";
  double middle = 0;
  for (const auto& [symbol, score] : scores) middle += score / 5;
  ScreenContext context{.store_of = store_of, .find_symbol = {}, .signals = &library};
  const ScreenRequest request{.timeframe = Timeframe::h1,
                              .texts = {fmt::format("signal.score() > {}", middle), "signal.score()"},
                              .sort = "expr2"};
  const auto answer = screen(context, instruments, request);
  ASSERT_TRUE(answer) << answer.error().error.message;
  std::size_t above = 0;
  for (const auto& [symbol, score] : scores) above += score > middle ? 1 : 0;
  ASSERT_EQ(answer->rows.size(), above);
  for (std::size_t i = 0; i < above; ++i) {
    EXPECT_TRUE(same_bits(answer->rows[i].values[0], scores.at(answer->rows[i].instrument.symbol)));
    if (i > 0) EXPECT_LE(answer->rows[i].values[0], answer->rows[i - 1].values[0]);
  }
  // The bound counts what would have to be scored, before anything is.
  library.forget_all();
  context.work_most = 500'000;
  const auto refused = screen(context, instruments, request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().error.code, Errc::limit_exceeded);
}

/// A desk that tells bars and signals as the server does: an instant's bars one by one, then what they mean.
class LiveSignalSeries : public SignalSeriesTest {
 protected:
  static constexpr std::size_t kStored = 1'300;
  static constexpr std::size_t kAll = 1'520;  // past midnight, at 1440

  LiveSignalSeries() {
    put(hours(kStart - 4'900 * kHour, 4'900), Timeframe::h1);  // so that there are signals of days
    put({bars.begin(), bars.begin() + kStored}, Timeframe::m1);
    for (std::size_t i = 0; i < kStored; ++i) ladder.step(bars[i], [](Timeframe, const market::FoldedCandle&) {});
    EXPECT_TRUE(run_signal_history(*story, kSymbol, Timeframe::m1, desk, {}));
    for (const auto chart : charts) {
      series[chart].expect_plan();
      EXPECT_TRUE(series[chart].adopt(prepare(chart)));
    }
  }
  LivePlan prepare(Timeframe chart) {
    auto plan = prepare_live(
        store_of, {.instrument = kSymbol, .timeframe = chart, .texts = texts, .find_symbol = {}, .signals = &library});
    EXPECT_TRUE(plan) << plan.error().message;
    return std::move(*plan);
  }
  /// A minute closes: stored first, then told with the bars that it completes, then come its signals.
  void close(std::size_t at) {
    ASSERT_TRUE(story->append({kSymbol, Timeframe::m1}, std::vector{bars[at]}));
    ladder.step(bars[at], [&](Timeframe timeframe, const market::FoldedCandle& folded) {
      if (const auto of_it = series.find(timeframe); of_it != series.end())
        EXPECT_FALSE(of_it->second.closed(folded.bar)) << "nothing is said before the signals are";
      desk.closed(timeframe, folded.bar);
    });
    std::vector<std::size_t> fresh;
    desk.settle(bars[at].open_time + Millis{kMinute}, bars[at].close,
                {[&](const Signal& signal) { fresh.push_back(*signals::place_of(signal.score.timeframe)); }, {}});
    for (auto& [chart, live] : series) {
      for (const std::size_t place : fresh) live.signal_told(place, ToldSignal::of(*desk.reading(place).signal));
      (void)live.signals_settled();
    }
  }
  void expect_history(Timeframe chart) {
    std::vector<std::string> plain;
    for (const auto& text : texts) plain.push_back(text.text);
    const auto rows = evaluated(library, chart, plain);
    const auto& plan = series.at(chart).plan();
    ASSERT_EQ(to_ms(*plan.last_bar), rows.rbegin()->first) << market::name(chart);
    for (std::size_t i = 0; i < plan.values.size(); ++i) {
      EXPECT_TRUE(same_bits(plan.values[i], rows.rbegin()->second[i]))
          << market::name(chart) << " value " << i << ": " << plan.values[i] << ", not " << rows.rbegin()->second[i];
      if (chart != Timeframe::d1) EXPECT_FALSE(std::isnan(plan.values[i])) << market::name(chart) << " value " << i;
    }
  }

  const std::vector<Timeframe> charts{Timeframe::m1, Timeframe::m5, Timeframe::h1, Timeframe::d1};
  std::vector<LiveText> texts{{"signal.score(\"1m\")"},
                              {"signal.score(\"1h\")"},
                              {"signal.score(\"1d\")"},
                              {"ta.ema(signal.score(\"5m\"), 2)"},
                              {"signal.direction(\"4h\")"}};
  std::vector<Candle> bars = minutes(kAll, false);
  market::FoldLadder ladder;
  signals::SymbolSignals desk{rules()};
  std::map<Timeframe, LiveSeries> series;
};

TEST_F(LiveSignalSeries, AreThoseOfHistoryAtMinutesHoursAndMidnight) {
  for (std::size_t at = kStored; at < kAll; ++at) {
    close(at);
    expect_history(Timeframe::m1);
    if ((at + 1) % 60 != 0) continue;
    for (const auto chart : charts) expect_history(chart);
  }
}

TEST_F(LiveSignalSeries, APlanThatIsPreparedMeanwhileTakesOverInStep) {
  for (const auto chart : charts) series[chart].expect_plan();
  std::size_t at = kStored;
  for (; at < kStored + 30; ++at) close(at);
  std::map<Timeframe, LivePlan> plans;
  for (const auto chart : charts) plans.emplace(chart, prepare(chart));
  for (; at < kStored + 145; ++at) close(at);  // over midnight
  for (const auto chart : charts) {
    ASSERT_TRUE(series[chart].adopt(std::move(plans.at(chart))));
    expect_history(chart);
  }
  for (; at < kAll; ++at) close(at);
  for (const auto chart : charts) expect_history(chart);
}

TEST_F(LiveSignalSeries, BarsWhoseSignalsAreNotToldYetStillWaitForThemInTheNewPlan) {
  auto& live = series[Timeframe::m1];
  live.expect_plan();
  auto plan = prepare(Timeframe::m1);
  close(kStored);
  ASSERT_TRUE(story->append({kSymbol, Timeframe::m1}, std::vector{bars[kStored + 1]}));
  EXPECT_FALSE(live.closed(bars[kStored + 1]));
  ASSERT_TRUE(live.adopt(std::move(plan)));
  EXPECT_EQ(live.plan().last_bar, bars[kStored].open_time);
  desk.closed(Timeframe::m1, bars[kStored + 1]);
  desk.settle(bars[kStored + 1].open_time + Millis{kMinute}, bars[kStored + 1].close, {});
  live.signal_told(0, ToldSignal::of(*desk.reading(0).signal));
  EXPECT_TRUE(live.signals_settled());
  expect_history(Timeframe::m1);
}

TEST_F(LiveSignalSeries, SignalsThatBeganAnewAreWaitedForWithANewPlan) {
  auto& live = series[Timeframe::m1];
  live.expect_plan();
  auto stale = prepare(Timeframe::m1);
  EXPECT_TRUE(live.signals_begun_anew());
  close(kStored);
  EXPECT_EQ(live.plan().last_bar, bars[kStored - 1].open_time) << "whose signals were told nobody knows";
  EXPECT_FALSE(live.adopt(std::move(stale))) << "it was asked for before";
  close(kStored + 1);
  EXPECT_EQ(live.plan().last_bar, bars[kStored - 1].open_time);
  live.expect_plan();
  ASSERT_TRUE(live.adopt(prepare(Timeframe::m1)));
  expect_history(Timeframe::m1);
  close(kStored + 2);
  expect_history(Timeframe::m1);
}

TEST_F(LiveSignalSeries, ASeriesWithoutSignalsWaitsForNothing) {
  LiveSeries live;
  live.expect_plan();
  texts = {{"close"}};
  ASSERT_TRUE(live.adopt(prepare(Timeframe::m1)));
  EXPECT_TRUE(live.closed(bars[kStored]));
  EXPECT_FALSE(live.signals_settled());
  EXPECT_FALSE(live.signals_begun_anew());
}

TEST_F(LiveSignalSeries, APlanHoldsOnlyWhatLiesAhead) {
  SignalFeed feed;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(SignalFeed::kKeptMost) + 10; ++i) feed.told(0, {i, i, 50});
  EXPECT_EQ(feed.after(0, -1)->bar_time_ms, 10);
  EXPECT_EQ(feed.after(0, 500)->bar_time_ms, 501);
  EXPECT_EQ(feed.after(0, static_cast<std::int64_t>(SignalFeed::kKeptMost) + 9), nullptr);
  EXPECT_EQ(feed.after(1, -1), nullptr);
}

}  // namespace
}  // namespace cw::evaluation
