#include <algorithm>
#include <cmath>
#include <memory>
#include <set>

#include <gtest/gtest.h>

#include <fmt/format.h>
#include "backtest/lower_bars.h"
#include "backtest/random_runs.h"
#include "backtest/sweep/block.h"
#include "backtest/sweep/leaks.h"
#include "backtest/sweep/report.h"
#include "backtest/sweep/state_json.h"
#include "backtest/sweep/testing.h"
#include "backtest/sweep/walk_forward_result.h"

// Sweeps over several instruments in one account.
namespace cw::backtest {
namespace {

using testing::Cut;
using testing::expect_same;
using testing::RunSweep;
using testing::SweepStory;

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

market::CandleColumns stretch(const market::CandleColumns& bars, std::size_t from, std::size_t to) {
  market::CandleColumns out;
  out.append(bars.view().subspan(from, to - from));
  return out;
}

/// Four shorter bars in each bar, of a few bars none: from its open to its close, by its high and low in either order.
market::CandleColumns quarters_of(Random& random, const market::CandleColumns& bars, market::Timeframe timeframe) {
  market::CandleColumns out;
  const Millis quarter = market::duration(timeframe) / 4;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    if (random.chance(0.05)) continue;
    const auto bar = bars[i];
    const bool rises_first = random.chance(0.5);
    const double corners[] = {bar.open, rises_first ? bar.high : bar.low, rises_first ? bar.low : bar.high, bar.close};
    double open = bar.open;
    for (int k = 0; k < 4; ++k) {
      const double close = corners[k];
      out.push_back(
          {bar.open_time + k * quarter, open, std::max(open, close), std::min(open, close), close, bar.volume / 4});
      open = close;
    }
  }
  return out;
}

/// Rules and accounts at random, over two or three instruments that begin and end when they like, with holes.
SweepStory random_story(Random& random) {
  SweepStory story;
  std::string text = testing::random_document(random);
  replace_all(text, "ta.sma(close, 3)", "ta.sma(close, quick)");
  for (const auto* number : {", 7)", ", 11)", ", 20)", ", 30)"}) replace_all(text, number, ", wait)");
  text +=
      "inputs:\n  quick: {type: int, default: 3, min: 1, max: 8}\n  wait: {type: int, default: 9, min: 5, max: 60}\n";
  story.document = strategy::testing::parsed(text);
  story.settings = testing::random_settings(random);
  auto& limits = story.settings.account.limits;
  limits.positions_most = static_cast<int>(random.below(3));
  if (random.chance(0.5)) limits.symbol_exposure_percent = 40;
  story.bars = testing::random_bars(random, 900 + random.below(600));
  for (std::size_t i = random.below(3); i > 0; --i) {
    const auto all = testing::random_bars(random, 1'500);
    const std::size_t from = random.below(700);
    story.others.push_back({stretch(all, from, all.size() - random.below(500)), {}, {}});
    if (random.chance(0.5)) story.others.back().rules.lot_steps = 1'000;
  }
  if (story.settings.account.fills.intrabar == trading::Intrabar::magnifier) {
    story.lower = quarters_of(random, story.bars, story.document.timeframe);
    for (auto& other : story.others) other.lower = quarters_of(random, other.bars, story.document.timeframe);
  }
  story.request = {.grid = {{"quick", "1:8"}, {"wait", "5:60"}},
                   .search = "random",
                   .trials = 5,
                   .seed = random.below(1'000),
                   .folds = static_cast<std::int64_t>(2 * random.below(2))};
  if (story.request.folds > 0) story.request.purge = static_cast<std::int64_t>(random.below(20));
  return story;
}

/// The run of all instruments with the inputs of a cell, by plans of its own, over moments before `end`, of which those
/// before `from` warm up.
RunResult run_of_all(const SweepStory& story, const SweepPlan& plan, std::uint64_t cell, std::size_t from,
                     std::size_t end) {
  struct One {
    expr::Graph graph;
    strategy::Program program{};
    std::optional<expr::Plan> plan{};
  };
  const auto data = story.data();
  auto given = plan.space.inputs(cell);
  given.insert(plan.fixed.begin(), plan.fixed.end());
  std::vector<std::unique_ptr<One>> each;
  std::vector<RunPart> parts;
  for (std::size_t i = 0; i < data.parts.size(); ++i) {
    auto& one = *each.emplace_back(std::make_unique<One>(expr::Graph{data.timeframe}));
    one.program = strategy::testing::compiled(story.document, one.graph, given, data.parts[i].language);
    one.plan.emplace(expr::Plan::make(one.graph, one.program.nodes).value());
    const auto& bars = data.parts[i].bars;
    std::size_t rows = 0;
    while (rows < bars.size() && (end == data.times().size() || bars.open_time_ms[rows] < data.times()[end])) ++rows;
    parts.push_back({.program = one.program,
                     .plan = *one.plan,
                     .instrument = data.parts[i].rules,
                     .bars = bars.subspan(0, rows),
                     .name = data.parts[i].name,
                     .lower_bars = data.parts[i].lower.empty() ? trading::LowerBars{}
                                                               : lower_bars_of(data.parts[i].lower, data.timeframe)});
  }
  RunSettings settings = plan.settings;
  settings.from = from_ms(data.times()[from]);
  auto result = run_parts(parts, settings);
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

void expect_is(const CellResult& cell, const RunResult& run, const SweepPlan& plan) {
  const auto figures = measure(run.facts, run.trades).figures;
  for (const auto figure : kCellFigures) {
    const auto& value = figures[figure];
    if (value.told()) ASSERT_EQ(cell.figures[figure], value.value) << info(figure).key;
    if (!value.told()) ASSERT_TRUE(std::isnan(cell.figures[figure])) << info(figure).key;
  }
  const auto& objective = figures[plan.objective.figure];
  ASSERT_EQ(cell.why, objective.told() ? WhyNot::none : WhyNot::untold);
  if (cell.returns.n > 0) {
    ASSERT_EQ(cell.returns.n, run.facts.periods.size());
    ASSERT_EQ(cell.returns.mean, moments(run.facts.returns()).mean);
    ASSERT_EQ(cell.returns.m2, moments(run.facts.returns()).m2);
  }
}

TEST(SweepOfSeveral, GivesEachCellTheRunOfAllWithItsInputs) {
  std::size_t cells = 0;
  std::size_t trades = 0;
  std::size_t magnified = 0;
  for (std::uint64_t seed = 1; seed <= 40 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Random random(seed);
    const SweepStory story = random_story(random);
    RunSweep sweep(story);
    const auto results = sweep.run({.trials_most = 3}).results();
    const auto& shape = sweep.shape();
    const std::size_t end = sweep.data().times().size();
    for (const auto& one : results) {
      if (!has_run(one.why)) continue;
      const auto whole = run_of_all(story, sweep.plan(), one.trial.cell, shape.first, end);
      expect_is(one, whole, sweep.plan());
      ASSERT_EQ(shape.periods, whole.facts.periods.size());
      for (std::size_t k = 0; k < shape.folds.size(); ++k) {
        const auto& fold = shape.folds[k];
        const auto trained = run_of_all(story, sweep.plan(), one.trial.cell, fold.train_from, fold.train_to);
        const auto value = measure(trained.facts, trained.trades).figures[sweep.plan().objective.figure];
        if (value.told()) ASSERT_EQ(one.train[k], value.value) << "fold " << k;
        if (!value.told()) ASSERT_TRUE(std::isnan(one.train[k])) << "fold " << k;
      }
      ++cells;
      trades += whole.trades.size();
      magnified += whole.counts.magnified_bars;
    }
  }
  EXPECT_GT(cells, 100U);
  EXPECT_GT(trades, 5'000U);
  EXPECT_GT(magnified, 100U);
}

/// Three instruments, of which one begins late, one ends early, and each has holes of its own.
SweepStory three() {
  SweepStory story;
  story.request = {.grid = {{"fast", "2:14:2"}, {"slow", "6:40:4"}}};
  story.settings.account.limits.positions_most = 2;
  story.settings.account.limits.symbol_exposure_percent = 50;
  const auto holey = [](std::uint64_t seed, std::size_t from, std::size_t to, std::size_t hole) {
    const auto all = strategy::testing::walk(seed, 900, market::Timeframe::h4);
    market::CandleColumns bars;
    for (std::size_t i = from; i < to; ++i) {
      if (i % hole != 3) bars.push_back(all.view()[i]);
    }
    return bars;
  };
  story.bars = holey(11, 0, 900, 41);
  story.others = {{holey(12, 200, 900, 29), {}, {}}, {holey(13, 0, 700, 53), {}, {}}};
  return story;
}

TEST(SweepOfSeveral, IsTheSameHoweverItIsCutUp) {
  for (const char* search : {"grid", "random", "tpe"}) {
    SCOPED_TRACE(search);
    SweepStory story = three();
    story.request.search = search;
    story.request.folds = 2;
    if (story.request.search != "grid") story.request.trials = 30;
    RunSweep whole(story);
    const auto expected = whole.run().results();
    for (const Cut cut : {Cut{.trials_most = 1}, Cut{.trials_most = 5, .bytes_most = 1},
                          Cut{.trials_most = 7, .bytes_most = 2'300 * 8 * 9, .open_most = 3, .seed = 1}}) {
      RunSweep parts(story);
      expect_same(parts.run(cut).results(), expected);
    }
    // It stops in the middle, and goes on from what is kept as text.
    RunSweep first(story);
    first.run({.trials_most = 4, .stop_after = 5});
    EXPECT_FALSE(first.sweep().is_done());
    std::vector<CellResult> kept;
    for (const auto& one : first.results()) kept.push_back(read_result_line(result_line(one)).value());
    RunSweep second(story);
    ASSERT_TRUE(second.sweep().restore(std::move(kept)));
    expect_same(second.run({.trials_most = 4}).results(), expected);
  }
}

TEST(SweepOfSeveral, CountsMomentsAtWhichAnyOfThemHasABar) {
  const SweepStory story = three();
  const auto data = story.data();
  std::set<std::int64_t> moments;
  for (const auto& part : data.parts) moments.insert(part.bars.open_time_ms.begin(), part.bars.open_time_ms.end());
  EXPECT_TRUE(std::ranges::equal(data.times(), moments));
  for (std::size_t part = 0; part < 3; ++part) {
    const auto& own = data.parts[part].bars.open_time_ms;
    for (const auto& [from, to] : {std::pair{0UZ, 100UZ}, {150UZ, 300UZ}, {690UZ, moments.size()}}) {
      const auto rows = data.rows_of(part, from, to);
      for (std::size_t i = 0; i < own.size(); ++i) {
        const bool inside = own[i] >= data.times()[from] && (to == moments.size() || own[i] < data.times()[to]);
        ASSERT_EQ(inside, i >= rows.from && i < rows.to);
      }
    }
  }
  // Of one instrument nothing is kept beside its bars.
  EXPECT_TRUE(SweepStory{}.data().moments.empty());
}

TEST(SweepOfSeveral, KeepsTheColumnsOfAllWithinTheirBound) {
  const SweepStory story = three();
  const auto plan = story.plan();
  const auto data = story.data();
  for (const std::size_t most : {1UZ, 200'000UZ, 400'000UZ, 64UZ << 20}) {
    Block::Memory memory;
    Block block(plan, data, most, memory);
    std::size_t cells = 0;
    for (CellResult why; cells < plan.space.cells(); ++cells) {
      if (block.add(cells, why) == Block::Added::full) break;
    }
    ASSERT_TRUE(block.run(data.times().size(), {}).value());
    std::size_t bytes = 0;
    for (const auto& columns : memory) {
      for (const auto& one : columns) bytes += one.size() * sizeof(double);
    }
    if (cells > 1) EXPECT_LE(bytes, most);
    EXPECT_EQ(cells == 1, most == 1);
    EXPECT_EQ(cells == plan.space.cells(), most == 64UZ << 20);
  }
}

TEST(SweepOfSeveral, JudgesAWalkForwardByRunsOfAll) {
  for (const char* search : {"grid", "tpe"}) {
    SCOPED_TRACE(search);
    SweepStory story = three();
    story.request.folds = 3;
    story.request.purge = 6;
    story.request.search = search;
    if (story.request.search == "tpe") story.request.trials = 25;
    RunSweep sweep(story);
    sweep.run();
    const auto found = judge_walk_forward(sweep.sweep(), sweep.data());
    ASSERT_TRUE(found) << found.error().message;
    double equity = 10'000;
    for (const auto& fold : found->folds) {
      ASSERT_TRUE(fold.is_chosen);
      auto plan = story.plan();
      const auto trained = run_of_all(story, plan, fold.cell, fold.window.train_from, fold.window.train_to);
      EXPECT_EQ(fold.in_sample, measure(trained.facts, trained.trades).figures[Figure::sharpe].value);
      plan.settings.account.capital = trading::money_of_steps(nearest_steps(equity).value());
      plan.settings.close_at_end = true;
      const auto tested = run_of_all(story, plan, fold.cell, fold.window.test_from, fold.window.test_to);
      const auto out = measure(tested.facts, tested.trades).figures;
      if (out[Figure::sharpe].told()) EXPECT_EQ(fold.out_of_sample, out[Figure::sharpe].value);
      EXPECT_EQ(fold.out_of_sample_figures[Figure::total_return], out[Figure::total_return].value);
      equity = tested.final_equity;
    }
    EXPECT_EQ(found->final_equity, equity);
    // The basket over all tests: as much of each, bought at its first close in them.
    const auto data = story.data();
    const std::size_t from = found->folds.front().window.test_from;
    double basket = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      const auto rows = data.rows_of(i, from, data.times().size());
      basket += data.parts[i].bars.close[rows.to - 1] / data.parts[i].bars.close[rows.from] / 3;
    }
    EXPECT_NEAR(found->figures[Figure::buy_and_hold_return].value, basket - 1, 1e-12);
  }
}

TEST(SweepOfSeveral, IsReportedWhole) {
  SweepStory story = three();
  story.request.folds = 2;
  RunSweep sweep(story);
  sweep.run();
  const SweepFacts facts{.instruments = {{"made", "UP"}, {"made", "UP1"}, {"made", "UP2"}},
                         .timeframe = market::Timeframe::h4};
  const auto report = report_of(sweep.sweep(), sweep.data());
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->overfitting && report->stability && report->walk_forward);
  const auto text = sweep_json(facts, sweep.sweep(), sweep.data(), *report);
  EXPECT_TRUE(text.contains(R"("symbol":"UP,UP1,UP2","venue":"made")")) << text.substr(0, 300);
  EXPECT_TRUE(text.contains(R"("limits":{"max_positions":2,"exposure_percent":100,"symbol_exposure_percent":50})"));
}

TEST(SweepOfSeveral, IsAnotherQuestionWithOtherSymbolsLimitsOrBars) {
  const SweepFacts facts{.instruments = {{"made", "UP"}, {"made", "UP1"}, {"made", "UP2"}}, .timeframe = {}};
  const SweepStory story = three();
  const auto question = question_json(facts, story.plan(), story.data());
  const auto differs = [&](const SweepFacts& by, const SweepStory& now) {
    std::string text;
    for (const auto& one : differences(question, question_json(by, now.plan(), now.data())).value())
      text += one.substr(0, one.find(' ')) + ' ';
    return text;
  };
  EXPECT_EQ(differs(facts, story), "");
  auto turned = facts;
  std::swap(turned.instruments[1], turned.instruments[2]);
  EXPECT_EQ(differs(turned, story), "symbol ");
  auto limited = three();
  limited.settings.account.limits.positions_most = 1;
  EXPECT_EQ(differs(facts, limited), "limits ");
  auto moved = three();
  moved.others[1].bars.close[5] += 1e-9;
  EXPECT_EQ(differs(facts, moved), "candles ");
  auto charged = facts;
  charged.funding = "perpetual:0.01";
  EXPECT_EQ(differs(charged, story), "funding ");
  // Where nothing is said of them a question is the one that earlier versions kept.
  const auto plain =
      question_json({.instruments = {{"made", "UP"}}, .timeframe = {}}, SweepStory{}.plan(), SweepStory{}.data());
  EXPECT_FALSE(plain.contains("limits") || plain.contains("funding"));
}

TEST(SweepOfSeveral, IsLookedAtForLeaksOnEachOfThem) {
  const SweepStory story = three();
  std::vector<std::size_t> looks;
  const auto look = [&](const LeakInput& input) {
    looks.push_back(input.bars.size());
    return check_leaks(input);
  };
  ASSERT_TRUE(check_sweep_leaks(story.plan(), story.data(), look));
  std::vector<std::size_t> expected;
  for (const auto& part : story.data().parts) expected.insert(expected.end(), 2, part.bars.size());
  EXPECT_EQ(looks, expected);

  SweepStory counting;
  counting.document = strategy::testing::parsed(
      "name: lk\ntimeframe: 4h\ninputs:\n  n: {type: int, default: 10, min: 2, max: 50}\nlong:\n"
      "  entry: bar_index % n == 0\n  exit: bar_index % n == 1\n");
  counting.request.grid = {{"n", "5:8"}};
  counting.bars = stretch(counting.bars, 0, 2);  // too few to look at
  counting.others = {{strategy::testing::walk(3, 6'000, market::Timeframe::h4), {}, {}}};
  const auto sound = check_sweep_leaks(counting.plan(), counting.data(), look);
  ASSERT_FALSE(sound);
  EXPECT_EQ(sound.error().code, Errc::bad_input);
  EXPECT_TRUE(sound.error().message.starts_with("UP1: ")) << sound.error().message;
}

TEST(SweepOfSeveral, NamesTheSymbolOfARunThatStopsAtAnError) {
  SweepStory story = three();
  story.document = strategy::testing::parsed(
      "name: wide\ntimeframe: 4h\ninputs: {off: {type: int, default: 1, min: 1, max: 100000}}\nlong:\n"
      "  entry: close > close[1]\n  stop: {expression: close - off}\n");
  story.request.grid = {{"off", "1,100000"}};
  RunSweep sweep(story);
  const auto results = sweep.run().results();
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[1].why, WhyNot::failed);
  EXPECT_TRUE(results[1].text.starts_with("UP: the bar of ")) << results[1].text;
}

TEST(SweepOfSeveral, RefusesAPeriodWithoutBars) {
  SweepStory story = three();
  story.settings.from = from_ms(story.bars.open_time_ms.back() + 86'400'000);
  const auto shape = shape_of(story.plan(), story.data());
  ASSERT_FALSE(shape);
  EXPECT_EQ(shape.error().code, Errc::not_found);
}

}  // namespace
}  // namespace cw::backtest
