#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "backtest/metrics.h"
#include "backtest/sweep/sweep.h"
#include "base/random.h"
#include "strategy/testing.h"

/// For tests of sweeps.
namespace cw::backtest::testing {

inline constexpr std::string_view kCrossText = R"(
name: cross
timeframe: 4h
inputs:
  fast: {type: int, default: 5, min: 2, max: 100}
  slow: {type: int, default: 20, min: 3, max: 200}
  stop: {type: float, default: 4, min: 0, max: 50}
  average: {type: choice, default: sma, options: [sma, ema]}
let:
  a: 'average == "sma" ? ta.sma(close, fast) : ta.ema(close, fast)'
  b: 'average == "sma" ? ta.sma(close, slow) : ta.ema(close, slow)'
require:
  - fast < slow
long:
  entry: ta.crossover(a, b)
  exit: ta.crossunder(a, b)
  stop: {percent: stop}
short:
  entry: ta.crossunder(a, b)
  exit: ta.crossover(a, b)
)";

inline RunSettings plain_settings() {
  RunSettings settings;
  settings.account.protections = trading::Protections::none();
  settings.account.costs.commission = trading::parse_commission("bps:5").value();
  return settings;
}

/// A sweep's question and bars, to be changed before it is run.
struct SweepStory {
  market::CandleColumns bars = strategy::testing::walk(11, 900, market::Timeframe::h4);
  struct Other {
    market::CandleColumns bars;
    trading::InstrumentRules rules{};
    market::CandleColumns lower{};
  };
  market::CandleColumns lower{};  // for the magnifier
  std::vector<Other> others{};    // further instruments in the same account
  strategy::Document document = strategy::testing::parsed(kCrossText);
  strategy::GivenInputs fixed{};
  RunSettings settings = plain_settings();
  SweepRequest request{.grid = {{"fast", "3:12:3"}, {"slow", "8:32:8"}}};

  SweepData data() const {
    std::vector<SweepPart> parts{part_of(bars, settings.instrument, "UP", lower)};
    for (const auto& one : others)
      parts.push_back(part_of(one.bars, one.rules, fmt::format("UP{}", parts.size()), one.lower));
    return SweepData::of(std::move(parts), document.timeframe);
  }
  static SweepPart part_of(const market::CandleColumns& of, const trading::InstrumentRules& rules,
                           const std::string& name, const market::CandleColumns& lower) {
    return {
        .bars = of.view(), .rules = rules, .language = {.symbol = {"made", name}}, .name = name, .lower = lower.view()};
  }
  SweepPlan plan() const {
    auto made = plan_sweep(request, document, fixed, settings);
    EXPECT_TRUE(made) << made.error().message;
    return std::move(*made);
  }
};

/// How a sweep is cut up.
struct Cut {
  std::size_t trials_most = 1'000;
  std::size_t bytes_most = kColumnBytesMost;
  std::size_t open_most = 1;                              // portions that are given out before one comes back
  std::uint64_t seed = 0;                                 // which one comes back first
  std::size_t stop_after = static_cast<std::size_t>(-1);  // portions
};

/// A sweep with all that it refers to.
class RunSweep {
 public:
  explicit RunSweep(const SweepStory& story)
      : data_(story.data()), plan_(story.plan()), shape_(made_shape()), sweep_(plan_, shape_) {}
  RunSweep(const RunSweep&) = delete;
  RunSweep& operator=(const RunSweep&) = delete;

  RunSweep& run(const Cut& cut = {}) {
    Random random{cut.seed};
    std::deque<std::vector<CellResult>> out;
    for (std::size_t portions = 0; !sweep_.is_done() && portions < cut.stop_after;) {
      const auto trials = sweep_.next(cut.trials_most);
      if (!trials.empty()) {
        auto results = run_cells(plan_, shape_, data_, trials, {}, cut.bytes_most);
        EXPECT_TRUE(results) << results.error().message;
        out.push_back(std::move(*results));
      }
      if (!trials.empty() && out.size() < cut.open_most) continue;
      if (trials.empty() && out.empty()) {
        ADD_FAILURE() << "the sweep is not done and has nothing to do";
        break;
      }
      const auto at = static_cast<std::ptrdiff_t>(random.below(out.size()));
      sweep_.take(std::move(out[static_cast<std::size_t>(at)]));
      out.erase(out.begin() + at);
      ++portions;
    }
    return *this;
  }

  Sweep& sweep() { return sweep_; }
  const SweepPlan& plan() const { return plan_; }
  const SweepShape& shape() const { return shape_; }
  const SweepData& data() const { return data_; }

  std::vector<CellResult> results() const {
    std::vector<CellResult> found;
    for (std::uint32_t study = 0; study < studies_of(plan_, shape_); ++study) {
      for (const auto* one : sweep_.finished(study)) found.push_back(*one);
    }
    return found;
  }

 private:
  SweepShape made_shape() const {
    auto shape = shape_of(plan_, data_);
    EXPECT_TRUE(shape) << shape.error().message;
    return std::move(*shape);
  }

  SweepData data_;
  SweepPlan plan_;
  SweepShape shape_;
  Sweep sweep_;
};

inline void expect_same(const std::vector<CellResult>& a, const std::vector<CellResult>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_TRUE(same(a[i], b[i])) << "study " << a[i].trial.study << ", trial " << a[i].trial.number << ", cells "
                                  << a[i].trial.cell << " and " << b[i].trial.cell << ", objectives " << a[i].objective
                                  << " and " << b[i].objective;
  }
}

/// A run of its own with the inputs of a cell, over bars before `end`, of which those before `from` warm up.
inline RunResult lone_run(const SweepStory& story, const SweepPlan& plan, std::uint64_t cell, std::size_t from,
                          std::size_t end) {
  expr::Graph graph{story.document.timeframe};
  auto given = plan.space.inputs(cell);
  given.insert(plan.fixed.begin(), plan.fixed.end());
  const auto program = strategy::testing::compiled(story.document, graph, given, story.data().parts.front().language);
  RunSettings settings = story.settings;
  settings.from = from_ms(story.bars.open_time_ms[from]);
  auto result = run(program, graph, story.bars.view().subspan(0, end), settings);
  EXPECT_TRUE(result);
  return std::move(*result);
}

inline EquityFacts facts_of(const RunResult& result, market::Timeframe timeframe) {
  EquityPass pass(result.initial_capital, result.rows.close.front(), timeframe);
  pass.add(result.rows.view());
  return pass.finish();
}

}  // namespace cw::backtest::testing
