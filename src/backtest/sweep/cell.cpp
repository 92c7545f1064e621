#include "backtest/sweep/cell.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "backtest/equity_pass.h"
#include "backtest/score_run.h"
#include "backtest/sweep/block.h"
#include "base/random.h"

namespace cw::backtest {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Moments [from, to) that a cell is run over.
struct Stretch {
  std::size_t from;
  std::size_t to;
};

Stretch training(const WalkForwardWindow& fold) { return {fold.train_from, fold.train_to}; }

/// Runs the cells of one list.
class Runner {
 public:
  Runner(const SweepPlan& plan, const SweepShape& shape, const SweepData& data, const std::function<bool()>& go_on)
      : plan_(plan), shape_(shape), data_(data), go_on_(go_on) {}

  /// Fills in the results of a block's programs; how many before it was told to stop.
  Result<std::size_t> run(Block& block, std::span<CellResult* const> members) {
    std::size_t end = 0;
    for (const CellResult* one : members) end = std::max(end, whole(one->trial.study).to);
    const auto ran = block.run(end, go_on_);
    if (!ran) return pass_on(ran);
    if (!*ran) return 0;
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (go_on_ && !go_on_()) return i;
      judge(block, i, *members[i]);
    }
    return members.size();
  }

 private:
  Stretch whole(std::uint32_t study) const {
    return study == 0 ? Stretch{shape_.first, data_.times().size()} : training(shape_.folds[study - 1]);
  }

  Result<Score> score(const Block& block, std::size_t member, const Stretch& stretch) {
    RunSettings settings = plan_.settings;
    settings.from = from_ms(data_.times()[stretch.from]);
    return score_run(block.ready(member, stretch.from, stretch.to).parts(), settings, scratch_);
  }

  void judge(const Block& block, std::size_t member, CellResult& into) {
    const auto found = score(block, member, whole(into.trial.study));
    if (!found) return refuse(found.error(), into);
    const auto& objective = found->figures[plan_.objective.figure];
    into.why = objective.told() ? WhyNot::none : WhyNot::untold;
    into.missing = objective.missing;
    into.figures = CellFigures::of(found->figures);
    into.objective = into.figures[plan_.objective.figure];
    if (found->figures[Figure::sharpe].missing != Missing::ruined) into.returns = moments(found->returns);
    if (into.trial.study == 0 && shape_.keeps_variant(into.trial.number)) keep_variant(found->returns, into);
    if (plan_.search == Search::tpe) return;  // its folds have searches of their own
    for (const auto& fold : shape_.folds) {
      const auto trained = score(block, member, training(fold));
      if (!trained) return refuse(trained.error(), into);
      into.train.push_back(CellFigures::of(trained->figures)[plan_.objective.figure]);
    }
  }

  static void refuse(const Error& error, CellResult& into) {
    const Trial trial = into.trial;
    into = CellResult{.trial = trial, .why = WhyNot::failed, .text = error.message.substr(0, 200)};
    into.objective = kNaN;
    into.figures.values.fill(kNaN);
  }

  void keep_variant(std::vector<double> returns, CellResult& into) const {
    returns.resize(shape_.periods, 0.0);  // of a ruined one nothing moves any more
    if (!std::ranges::all_of(returns, [](double value) { return std::isfinite(value); })) return;
    const auto table = OverfittingTable::make(shape_.periods, shape_.overfitting_blocks);
    if (table) into.variant = table->variant_of(returns);
  }

  const SweepPlan& plan_;
  const SweepShape& shape_;
  const SweepData& data_;
  const std::function<bool()>& go_on_;
  ScoreScratch scratch_{};
};

/// How many there are, whatever the equity.
std::size_t periods_of(std::span<const std::int64_t> times, market::Timeframe timeframe) {
  static constexpr std::array<double, 1'024> kStill = [] {
    std::array<double, 1'024> all{};
    all.fill(1);
    return all;
  }();
  EquityPass pass(1, 1, timeframe);
  for (std::size_t from = 0; from < times.size(); from += kStill.size()) {
    const std::size_t count = std::min(kStill.size(), times.size() - from);
    const std::span still = std::span{kStill}.first(count);
    pass.add({times.subspan(from, count), still, still, {}});
  }
  return pass.finish().periods.size();
}

bool same_number(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (std::isnan(a) && std::isnan(b));
}

}  // namespace

bool SweepShape::keeps_variant(std::uint64_t trial) const {
  return overfitting_blocks > 0 && (variant_stride == 1 || mix64(trial) % variant_stride == 0);
}

Result<std::vector<WalkForwardWindow>> windows_of(const FoldSettings& folds, std::size_t moments) {
  if (folds.folds == 0) return std::vector<WalkForwardWindow>{};
  const auto lengths = with_folds(moments, folds.folds, folds.train_per_test,
                                  {.anchored = folds.anchored, .purge = folds.purge, .embargo = folds.embargo});
  if (!lengths) return pass_on(lengths);
  return walk_forward(moments, *lengths);
}

Result<SweepShape> shape_of(const SweepPlan& plan, const SweepData& data) {
  const auto times = data.times();
  SweepShape shape;
  shape.first = static_cast<std::size_t>(std::ranges::lower_bound(times, to_ms(plan.settings.from)) - times.begin());
  const std::size_t count = times.size() - shape.first;
  if (count == 0)
    return fail(Errc::not_found, fmt::format("no bar lies in the period; {} were before it", shape.first));

  shape.periods = periods_of(times.subspan(shape.first), data.timeframe);

  // With 16 blocks there are 12,870 ways to halve them, with 10 there are 252.
  constexpr std::size_t kFewVariants = 2'000;
  const std::size_t wanted = plan.trials <= kFewVariants ? 16 : 10;
  const std::size_t possible = shape.periods / OverfittingTable::kLeastBarsOfBlock / 2 * 2;
  shape.overfitting_blocks = std::min(wanted, possible);
  if (shape.overfitting_blocks < 4) shape.overfitting_blocks = 0;
  shape.variant_stride = (plan.trials + kVariantsMost - 1) / kVariantsMost;

  auto folds = windows_of(plan.folds, count);
  if (!folds) return pass_on(folds);
  shape.folds = std::move(*folds);
  for (auto& fold : shape.folds) {
    for (auto* bar : {&fold.train_from, &fold.train_to, &fold.test_from, &fold.test_to}) *bar += shape.first;
  }
  return shape;
}

std::string_view name(WhyNot why) {
  switch (why) {
    case WhyNot::none: return "none";
    case WhyNot::forbidden: return "forbidden";
    case WhyNot::unusable: return "unusable";
    case WhyNot::failed: return "failed";
    case WhyNot::untold: return "untold";
  }
  return {};
}

bool same(const CellResult& a, const CellResult& b) {
  const auto numbers = [](const CellResult& one) {
    std::vector<double> all{one.objective,  one.returns.mean,    one.returns.m2,   one.returns.m3,
                            one.returns.m4, one.returns.largest, one.variant.mean, one.variant.least};
    all.insert(all.end(), one.figures.values.begin(), one.figures.values.end());
    for (const auto* more : {&one.train, &one.variant.sums, &one.variant.squares})
      all.insert(all.end(), more->begin(), more->end());
    return all;
  };
  return a.trial.study == b.trial.study && a.trial.number == b.trial.number && a.trial.cell == b.trial.cell &&
         a.why == b.why && a.missing == b.missing && a.text == b.text && a.returns.n == b.returns.n &&
         std::ranges::equal(numbers(a), numbers(b), same_number);
}

Result<std::vector<CellResult>> run_cells(const SweepPlan& plan, const SweepShape& shape, const SweepData& data,
                                          std::span<const Trial> trials, const std::function<bool()>& go_on,
                                          std::size_t column_bytes_most) {
  std::vector<CellResult> results(trials.size());
  for (std::size_t i = 0; i < trials.size(); ++i) {
    results[i].trial = trials[i];
    results[i].objective = kNaN;
    results[i].figures.values.fill(kNaN);
  }
  Runner runner(plan, shape, data, go_on);
  Block::Memory memory;
  std::size_t at = 0;
  while (at < results.size()) {
    const std::size_t begin = at;
    Block block(plan, data, column_bytes_most, memory);
    std::vector<CellResult*> members;
    for (; at < results.size(); ++at) {
      if (go_on && !go_on()) break;
      const auto added = block.add(results[at].trial.cell, results[at]);
      if (added == Block::Added::full) break;
      if (added == Block::Added::yes) members.push_back(&results[at]);
    }
    const auto judged = members.empty() ? Result<std::size_t>{0} : runner.run(block, members);
    if (!judged) return pass_on(judged);
    if (*judged < members.size()) at = static_cast<std::size_t>(members[*judged] - results.data());
    if (*judged < members.size() || at == begin) {  // told to stop
      results.resize(at);
      break;
    }
  }
  return results;
}

}  // namespace cw::backtest
