#include "backtest/sweep/sweep.h"

#include <algorithm>

#include <fmt/format.h>

#include "backtest/sweep/tpe.h"
#include "base/random.h"
#include "base/require.h"

namespace cw::backtest {

std::uint32_t studies_of(const SweepPlan& plan, const SweepShape& shape) {
  return plan.search == Search::tpe ? 1 + static_cast<std::uint32_t>(shape.folds.size()) : 1;
}

Sweep::Sweep(const SweepPlan& plan, const SweepShape& shape)
    : plan_(plan), shape_(shape), order_(plan.space.cells(), plan.seed), studies_(studies_of(plan, shape)) {
  for (std::uint32_t i = 0; i < studies_.size(); ++i) grow(i);
}

std::uint64_t Sweep::cell_of(const Study& study, std::uint64_t trial) const {
  switch (plan_.search) {
    case Search::grid: return trial;
    case Search::random: return order_.cell_of(trial);
    case Search::tpe: return study.proposed[trial];
  }
  return 0;
}

bool Sweep::grow(std::uint32_t number) {
  Study& study = studies_[number];
  const std::size_t before = study.states.size();
  if (before == plan_.trials) return false;
  std::size_t upto = plan_.trials;
  if (plan_.search == Search::tpe) {
    if (study.done < before) return false;
    const std::uint64_t seed = mix64(mix64(plan_.seed) + number);
    upto = std::min<std::size_t>(upto, before == 0 ? kTpeStart : before + kTpeGeneration);
    std::vector<std::uint64_t> cells;
    if (before == 0) {
      const CellOrder order(plan_.space.cells(), seed);
      for (std::size_t k = 0; k < upto; ++k) cells.push_back(order.cell_of(k));
    } else {
      std::vector<Tried> tried;
      for (const auto& result : study.results)
        tried.push_back({result.trial.cell, plan_.objective.worth(result.objective)});
      cells = propose_cells(plan_.space, tried, upto - before, mix64(seed + before));
    }
    study.proposed.insert(study.proposed.end(), cells.begin(), cells.end());
  }
  study.states.resize(upto, State::open);
  study.results.resize(upto);
  return true;
}

Result<void> Sweep::restore(std::vector<CellResult> finished) {
  // By trial: a guided search can then be asked for each generation in turn.
  std::ranges::sort(finished, {}, [](const CellResult& one) { return std::pair{one.trial.study, one.trial.number}; });
  for (auto& result : finished) {
    const Trial trial = result.trial;
    const auto wrong = [&](std::string_view why) {
      return fail(Errc::corrupt, fmt::format("the result of trial {} of study {} {}", trial.number, trial.study, why));
    };
    if (trial.study >= studies_.size()) return wrong("is of a study that there is not");
    Study& study = studies_[trial.study];
    while (trial.number >= study.states.size() && grow(trial.study)) {
    }
    if (trial.number >= study.states.size()) return wrong("comes before what it depends on");
    if (trial.cell != cell_of(study, trial.number)) return wrong("is of another cell than the plan tries there");
    if (study.states[trial.number] == State::done) return wrong("is there twice");
    study.states[trial.number] = State::given;
    std::vector<CellResult> one;
    one.push_back(std::move(result));
    take(std::move(one));
  }
  return {};
}

std::vector<Trial> Sweep::next(std::size_t most) {
  std::vector<Trial> trials;
  for (std::uint32_t number = 0; number < studies_.size() && trials.empty(); ++number) {
    Study& study = studies_[number];
    // What was restored may end with a generation, so it is looked again once the next one is there.
    do {
      for (; study.asked < study.states.size() && trials.size() < most; ++study.asked) {
        auto& state = study.states[study.asked];
        if (state != State::open) continue;
        state = State::given;
        trials.push_back({number, study.asked, cell_of(study, study.asked)});
      }
    } while (trials.empty() && grow(number));
  }
  return trials;
}

void Sweep::take(std::vector<CellResult> results) {
  for (auto& result : results) {
    Study& study = studies_.at(result.trial.study);
    auto& state = study.states.at(result.trial.number);
    CW_REQUIRE(state == State::given);
    state = State::done;
    ++study.done;
    if (result.trial.study == 0 && is_skipped(result.why)) ++skipped_;
    if (result.trial.study == 0 && has_run(result.why)) ++tried_;
    study.results[result.trial.number] = std::move(result);
  }
}

void Sweep::give_back(std::span<const Trial> trials) {
  for (const Trial& trial : trials) {
    Study& study = studies_.at(trial.study);
    auto& state = study.states.at(trial.number);
    if (state != State::given) continue;
    state = State::open;
    study.asked = std::min(study.asked, trial.number);
  }
}

bool Sweep::is_done() const {
  return std::ranges::all_of(studies_, [&](const Study& study) { return study.done == plan_.trials; });
}

SweepProgress Sweep::progress() const {
  SweepProgress found{.total = plan_.trials * studies_.size(), .skipped = skipped_, .tried = tried_};
  for (const auto& study : studies_) found.done += study.done;
  return found;
}

std::vector<const CellResult*> Sweep::finished(std::uint32_t number) const {
  const Study& study = studies_.at(number);
  std::vector<const CellResult*> found;
  for (std::size_t i = 0; i < study.states.size(); ++i) {
    if (study.states[i] == State::done) found.push_back(&study.results[i]);
  }
  return found;
}

const CellResult* Sweep::of_cell(std::uint64_t cell) const {
  const Study& study = studies_.front();
  if (plan_.search == Search::grid) return study.states[cell] == State::done ? &study.results[cell] : nullptr;
  for (std::size_t i = 0; i < study.states.size(); ++i) {
    if (study.states[i] == State::done && study.results[i].trial.cell == cell) return &study.results[i];
  }
  return nullptr;
}

}  // namespace cw::backtest
