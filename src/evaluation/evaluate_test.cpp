#include "evaluation/evaluate.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "candle_store/store_story.h"

namespace cw::evaluation {
namespace {

using candle_store::bar_at;
using candle_store::kBtc1m;
using candle_store::kEth1m;
using candle_store::kMinute;
using candle_store::kStart;
using market::Timeframe;

/// What came out of an evaluation.
struct Told {
  std::vector<std::int64_t> times;
  std::vector<std::vector<double>> values;
  EvaluationSummary summary;
};

Program program_of(const std::vector<std::string>& texts, Timeframe timeframe = Timeframe::m1) {
  const expr::CompileOptions options{.symbol = kBtc1m.instrument,
                                     .find_symbol = [](std::string_view name) -> std::optional<market::InstrumentId> {
                                       return name == "ETHUSDT" ? std::optional{kEth1m.instrument} : std::nullopt;
                                     }};
  auto program = compile_program(texts, timeframe, options);
  if (!program) {
    ADD_FAILURE() << program.error().diagnostic.text();
    std::abort();
  }
  return std::move(*program);
}

/// Bars that come in portions of so many.
class Portions final : public BarSource {
 public:
  Portions(market::CandleColumns rows, std::size_t size) : rows_(std::move(rows)), size_(size) {}
  Result<bool> next(market::CandleColumns& rows) override {
    rows.clear();
    const auto count = std::min(size_, rows_.size() - at_);
    rows.append(rows_.view().subspan(at_, count));
    at_ += count;
    return count > 0;
  }

 private:
  market::CandleColumns rows_;
  std::size_t size_;
  std::size_t at_ = 0;
};

/// Bars that close at these prices, a minute each.
market::CandleColumns closes(const std::vector<double>& prices) {
  market::CandleColumns rows;
  for (std::size_t i = 0; i < prices.size(); ++i) {
    rows.push_back(
        {from_ms(kStart + static_cast<std::int64_t>(i) * kMinute), prices[i], prices[i], prices[i], prices[i], 1});
  }
  return rows;
}

Told run(const Program& program, BarSource& bars, Timestamp from = {}, const EvaluationContext& context = {}) {
  Told told;
  told.values.resize(program.outputs().size());
  const auto done = evaluate(
      program, bars, from,
      [&](const market::CandleSpan& rows, std::span<const double* const> values) {
        told.times.insert(told.times.end(), rows.open_time_ms.begin(), rows.open_time_ms.end());
        for (std::size_t i = 0; i < values.size(); ++i)
          told.values[i].insert(told.values[i].end(), values[i], values[i] + rows.size());
        return true;
      },
      context);
  EXPECT_TRUE(done) << done.error().message;
  if (done) told.summary = *done;
  return told;
}

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return std::ranges::equal(
      a, b, [](double x, double y) { return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y); });
}

// Closes 1 2 4 8: means of two 1.5 3 6; the difference to the bar before 1 2 4.
TEST(Evaluate, FollowsTheHandWorkedSeries) {
  Portions bars(closes({1, 2, 4, 8}), 3);
  const auto told = run(program_of({"ta.sma(close, 2)", "close - close[1]"}), bars);
  EXPECT_TRUE(std::isnan(told.values[0][0]) && std::isnan(told.values[1][0]));
  EXPECT_EQ(std::vector(told.values[0].begin() + 1, told.values[0].end()), (std::vector<double>{1.5, 3, 6}));
  EXPECT_EQ(std::vector(told.values[1].begin() + 1, told.values[1].end()), (std::vector<double>{1, 2, 4}));
  EXPECT_EQ(told.summary.first_bar, from_ms(kStart));
  EXPECT_EQ(told.summary.rows, 4U);
  EXPECT_EQ(told.summary.warm_up_rows, 0U);
}

TEST(Evaluate, AnswersTheSameWhereverTheAnswerBeginsAndHoweverTheBarsCome) {
  const auto program = program_of({"ta.ema(close, 9)"});
  const auto rows = candle_store::bars(0, 500);
  Portions whole(rows, 500);
  const auto all = run(program, whole);
  for (const std::size_t portion : {1U, 7U, 499U}) {
    Portions cut(rows, portion);
    const auto later = run(program, cut, from_ms(kStart + 300 * kMinute));
    EXPECT_EQ(later.summary.warm_up_rows, 300U);
    EXPECT_EQ(later.summary.first_bar, from_ms(kStart)) << "the plan begins with the first bar";
    EXPECT_TRUE(same_bits(later.values[0], {all.values[0].begin() + 300, all.values[0].end()})) << portion;
  }
}

TEST(Evaluate, EndsWhereTheSinkHasEnoughAndSaysSoWhereItIsCancelled) {
  const auto program = program_of({"close"});
  Portions bars(candle_store::bars(0, 100), 10);
  int portions = 0;
  const auto enough = [&](const market::CandleSpan&, std::span<const double* const>) { return ++portions < 3; };
  ASSERT_TRUE(evaluate(program, bars, {}, enough));
  EXPECT_EQ(portions, 3);
  Portions others(candle_store::bars(0, 100), 10);
  int asked = 0;
  const auto done = evaluate(program, others, from_ms(kStart + 1'000 * kMinute),
                             [](const market::CandleSpan&, std::span<const double* const>) { return true; },
                             {.cancelled = [&] { return ++asked > 4; }});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::cancelled) << "also while nothing is answered yet";
}

TEST(Evaluate, NoBarsGiveNoRows) {
  Portions none({}, 10);
  const auto told = run(program_of({"close"}), none);
  EXPECT_EQ(told.summary.first_bar, std::nullopt);
  EXPECT_EQ(told.summary.rows, 0U);
}

TEST(Evaluate, AFilesCandlesKnowNoOtherSymbol) {
  const auto program = program_of({"request.security(\"ETHUSDT\", \"1\", close)"});
  Portions bars(candle_store::bars(0, 10), 10);
  const auto done =
      evaluate(program, bars, {}, [](const market::CandleSpan&, std::span<const double* const>) { return true; });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::unsupported);
}

TEST(Evaluate, OtherSymbolsComeFromTheirOwnStore) {
  candle_store::StoreStory own;
  candle_store::StoreStory archive;
  ASSERT_TRUE(own->put_history(kBtc1m, candle_store::bars(0, 20).view()));
  ASSERT_TRUE(archive->put_history(kEth1m, candle_store::bars(0, 20, 1).view()));
  const auto program = program_of({"request.security(\"ETHUSDT\", \"1\", close)"});
  const auto bars = stored_bars(*own, kBtc1m.instrument, Timeframe::m1, Timestamp{}, from_ms(kLatestMs));
  const auto told =
      run(program, *bars, {}, {.store_of = [&](const market::InstrumentId& id) -> const candle_store::CandleStore& {
            return id == kEth1m.instrument ? *archive : *own;
          }});
  ASSERT_EQ(told.values[0].size(), 20U);
  EXPECT_TRUE(std::isnan(told.values[0][0])) << "nothing of it had closed";
  EXPECT_EQ(told.values[0][5], bar_at(4, 1).close) << "seen by the first bar that opens at its close";
}

TEST(BarsUntil, EndsBeforeATime) {
  for (const std::size_t portion : {1U, 4U, 10U, 100U}) {
    Portions bars(candle_store::bars(0, 20), portion);
    const auto until = bars_until(bars, from_ms(kStart + 10 * kMinute));
    market::CandleColumns rows;
    std::size_t count = 0;
    while (until->next(rows).value()) count += rows.size();
    EXPECT_EQ(count, 10U) << portion;
    EXPECT_FALSE(until->next(rows).value());
  }
}

TEST(BarsAtMost, CountsWhatFoldsIntoATimeframeHolesIncluded) {
  candle_store::StoreStory story;
  EXPECT_EQ(bars_at_most(*story, kBtc1m.instrument, Timeframe::m1), 0U);
  auto rows = candle_store::bars(0, 30);
  rows.append(candle_store::bars(90, 120).view());
  ASSERT_TRUE(story->put_history(kBtc1m, rows.view()));
  EXPECT_GE(bars_at_most(*story, kBtc1m.instrument, Timeframe::m1), 120U);
  EXPECT_LE(bars_at_most(*story, kBtc1m.instrument, Timeframe::m1), 121U);
  EXPECT_GE(bars_at_most(*story, kBtc1m.instrument, Timeframe::h1), 2U);
  EXPECT_LE(bars_at_most(*story, kBtc1m.instrument, Timeframe::h1), 3U);
}

TEST(CheckWork, BoundsBarsTimesNodes) {
  const auto program = program_of({"ta.sma(close, 2) + 1"});
  const auto nodes = program.graph.nodes().size();
  EXPECT_TRUE(check_work(100, program, 100 * nodes));
  const auto over = check_work(101, program, 100 * nodes);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Errc::limit_exceeded);
  EXPECT_NE(over.error().message.find("101 bars"), std::string::npos);
  EXPECT_TRUE(check_work(0, program, 1));
}

TEST(Work, AFunctionThatLooksAtItsWholeWindowCountsForWhatItCosts) {
  const auto work = [](const std::string& text, std::uint64_t bars, std::uint64_t most) {
    const std::vector<std::string> texts{text};
    const auto program = compile_program(texts, market::Timeframe::h1, {});
    EXPECT_TRUE(program);
    return check_work(bars, *program, most).has_value();
  };
  EXPECT_TRUE(work("ta.sma(close, 4000)", 100'000, 1'000'000));
  EXPECT_FALSE(work("ta.dev(close, 4000)", 100'000, 1'000'000));
  EXPECT_TRUE(work("ta.dev(close, 20)", 100'000, 1'000'000));
  EXPECT_FALSE(work("ta.rci(close, 100)", 100'000, 1'000'000));
  EXPECT_TRUE(work("close", 0, 0));
}

}  // namespace
}  // namespace cw::evaluation
