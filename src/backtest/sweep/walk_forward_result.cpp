#include "backtest/sweep/walk_forward_result.h"

#include <cmath>
#include <limits>

#include "backtest/metrics.h"
#include "backtest/score_run.h"
#include "backtest/sweep/block.h"
#include "base/decimal.h"
#include "base/require.h"

namespace cw::backtest {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::unexpected<Error> stopped() { return fail(Errc::cancelled, "stopped"); }

/// The cell that the training of a fold liked most; none: none had an objective.
std::optional<std::pair<std::uint64_t, double>> chosen_in(const Sweep& sweep, std::size_t fold) {
  const auto& plan = sweep.plan();
  const bool has_own_study = plan.search == Search::tpe;
  std::optional<std::pair<std::uint64_t, double>> best;
  for (const CellResult* one : sweep.finished(has_own_study ? static_cast<std::uint32_t>(fold + 1) : 0)) {
    const double objective = has_own_study ? one->objective : (fold < one->train.size() ? one->train[fold] : kNaN);
    if (std::isnan(objective)) continue;
    const double worth = plan.objective.worth(objective);
    const double most = best ? plan.objective.worth(best->second) : 0;
    if (!best || worth > most || (worth == most && one->trial.cell < best->first)) best = {one->trial.cell, objective};
  }
  return best;
}

/// The account that goes from test to test.
class Account {
 public:
  Account(const Sweep& sweep, const SweepData& data, const std::function<bool()>& go_on)
      : plan_(sweep.plan()), data_(data), go_on_(go_on), equity_(plan_.settings.account.capital.value()) {}

  /// Trades a test. Errors: as judge_walk_forward
  Result<void> trade(FoldResult& fold) {
    const auto& window = fold.window;
    const auto capital = nearest_steps(equity_);
    if (!fold.is_chosen || !(equity_ > 0) || !capital) {
      stand_still(window);
      return {};
    }
    Block block(plan_, data_, kColumnBytesMost, memory_);
    CellResult why;
    if (block.add(fold.cell, why) != Block::Added::yes) return fail(Errc::internal, "a cell that ran does not compile");
    const auto ran = block.run(window.test_to, go_on_);
    if (!ran) return pass_on(ran);
    if (!*ran) return stopped();
    RunSettings settings = plan_.settings;
    settings.from = from_ms(data_.times()[window.train_from]);
    const auto trained = score_run(block.ready(0, window.train_from, window.train_to).parts(), settings, scratch_);
    if (!trained) return pass_on(trained);
    fold.in_sample_figures = CellFigures::of(trained->figures);
    add_growth(trained->figures[Figure::total_return].value, window.train_to - window.train_from, promised_);

    settings.account.capital = trading::money_of_steps(*capital);
    settings.from = {};
    settings.close_at_end = true;
    auto tested = run_parts(block.ready(0, window.test_from, window.test_to).parts(), settings);
    if (!tested) return pass_on(tested);
    take(*tested, fold);
    return {};
  }

  void finish(WalkForwardResult& result) {
    rows_.close = held(result.folds.front().window.test_from, result.folds.back().window.test_to);
    EquityPass pass(plan_.settings.account.capital.value(), rows_.close.front(), data_.timeframe);
    pass.add(rows_.view());
    const EquityFacts facts = pass.finish();
    result.figures = measure(facts, trades_).figures;
    result.equity = facts.periods;
    result.initial_capital = facts.capital;
    result.final_equity = facts.final_equity;
    result.efficiency = promised_.a_bar() > 0 ? kept_.a_bar() / promised_.a_bar() : kNaN;
  }

 private:
  struct Growth {
    double log = 0;
    std::size_t bars = 0;
    double a_bar() const { return bars == 0 ? 0 : log / static_cast<double>(bars); }
  };

  /// What the account is compared with over moments [from, to): the closes of one instrument, and of several as much
  /// money in each, bought at its first close.
  std::vector<double> held(std::size_t from, std::size_t to) const {
    const auto times = data_.times().subspan(from, to - from);
    std::vector<double> worth(times.size());
    for (std::size_t i = 0; i < data_.parts.size(); ++i) {
      const auto& bars = data_.parts[i].bars;
      const auto rows = data_.rows_of(i, from, to);
      const double bought_at = data_.parts.size() == 1 || rows.from == rows.to ? 1 : bars.close[rows.from];
      double relative = 1;  // until there is a bar
      for (std::size_t row = rows.from, k = 0; k < times.size(); ++k) {
        if (row < rows.to && bars.open_time_ms[row] == times[k]) relative = bars.close[row++] / bought_at;
        worth[k] += relative / static_cast<double>(data_.parts.size());
      }
    }
    return worth;
  }

  static void add_growth(double total_return, std::size_t bars, Growth& into) {
    // A total loss is told as that of all but a millionth: its logarithm would leave nothing else to see.
    into.log += std::log(std::max(1 + total_return, 1e-6));
    into.bars += bars;
  }

  void stand_still(const WalkForwardWindow& window) {
    for (const auto open : data_.times().subspan(window.test_from, window.test_to - window.test_from)) {
      rows_.open_time_ms.push_back(open);
      rows_.equity.push_back(equity_);
      rows_.position_value.push_back(0);
    }
    add_growth(0, window.test_to - window.test_from, kept_);
  }

  void take(const RunResult& run, FoldResult& fold) {
    const auto append = [](auto& to, const auto& from) { to.insert(to.end(), from.begin(), from.end()); };
    append(rows_.open_time_ms, run.rows.open_time_ms);
    append(rows_.equity, run.rows.equity);
    append(rows_.position_value, run.rows.position_value);
    for (Trade trade : run.trades) {
      trade.id = trades_.size() + 1;
      trades_.push_back(trade);
    }
    equity_ = run.final_equity;
    EquityPass pass(run.initial_capital, run.rows.close.front(), data_.timeframe);
    pass.add(run.rows.view());
    const auto facts = pass.finish();
    fold.out_of_sample_figures = CellFigures::of(measure(facts, run.trades).figures);
    fold.out_of_sample = fold.out_of_sample_figures[plan_.objective.figure];
    add_growth(run.final_equity / run.initial_capital - 1, run.rows.equity.size(), kept_);
  }

  const SweepPlan& plan_;
  const SweepData& data_;
  const std::function<bool()>& go_on_;
  double equity_;
  ScoreScratch scratch_{};
  Block::Memory memory_{};
  RunRows rows_;
  std::vector<Trade> trades_;
  Growth promised_;
  Growth kept_;
};

}  // namespace

Result<WalkForwardResult> judge_walk_forward(const Sweep& sweep, const SweepData& data,
                                             const std::function<bool()>& go_on) {
  CW_REQUIRE(!sweep.shape().folds.empty());
  WalkForwardResult result;
  Account account(sweep, data, go_on);
  for (std::size_t i = 0; i < sweep.shape().folds.size(); ++i) {
    if (go_on && !go_on()) return stopped();
    FoldResult fold{.window = sweep.shape().folds[i], .in_sample = kNaN, .out_of_sample = kNaN};
    fold.in_sample_figures.values.fill(kNaN);
    fold.out_of_sample_figures.values.fill(kNaN);
    if (const auto chosen = chosen_in(sweep, i)) {
      fold.is_chosen = true;
      fold.cell = chosen->first;
      fold.in_sample = chosen->second;
    }
    if (auto traded = account.trade(fold); !traded) return pass_on(traded);
    result.folds.push_back(fold);
  }
  account.finish(result);
  return result;
}

}  // namespace cw::backtest
