#include "backtest/sweep/plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "backtest/sweep/tpe.h"
#include "base/nearest.h"
#include "base/printable.h"

namespace cw::backtest {
namespace {

std::unexpected<Error> refuse(std::string field, std::string_view why, Errc code = Errc::bad_parameter) {
  std::string message = fmt::format("{}: {}", field, why);
  return std::unexpected(Error{code, std::move(message), {}, std::move(field)});
}

Result<Search> search_of(std::string_view text) {
  const std::vector<std::string> names{"grid", "random", "tpe"};
  const auto at = std::ranges::find(names, text);
  if (at != names.end()) return static_cast<Search>(at - names.begin());
  auto error = refuse("search", fmt::format("'{}' is none of grid, random, tpe", printable(text)));
  error.error().suggestions = nearest_names(text, names);
  return error;
}

Result<Space> space_of(const SweepRequest& request, const strategy::Document& document) {
  if (request.grid.size() > kAxesMost)
    return refuse("grid", fmt::format("{} inputs are over the limit of {}", request.grid.size(), kAxesMost));
  std::vector<Axis> axes;
  for (const auto& [name, text] : request.grid) {
    auto axis = parse_axis(document, name, text);
    if (!axis) return pass_on(axis);
    axes.push_back(std::move(*axis));
  }
  return Space::make(std::move(axes));
}

std::unexpected<Error> too_many(std::string_view cells, std::uint64_t most) {
  return refuse(
      "grid",
      fmt::format("{} cells are over the limit of {}: search at random or guided, or take larger steps", cells, most),
      Errc::limit_exceeded);
}

Result<std::uint64_t> trials_of(const SweepRequest& request, Search search, const Space& space,
                                std::uint64_t cells_most) {
  const std::uint64_t most = search == Search::tpe ? std::min(kTpeTrialsMost, cells_most) : cells_most;
  if (request.trials && (*request.trials < 1 || static_cast<std::uint64_t>(*request.trials) > most))
    return refuse("trials", fmt::format("{} is not in 1..{}", *request.trials, most));
  if (search != Search::grid)
    return std::min(space.cells(), static_cast<std::uint64_t>(request.trials.value_or(kUsualTrials)));
  if (request.trials && static_cast<std::uint64_t>(*request.trials) != space.cells())
    return refuse("trials",
                  fmt::format("a grid tries all of its {} cells: search at random or guided for fewer", space.cells()));
  if (space.cells() > most) return too_many(fmt::to_string(space.cells()), most);
  return space.cells();
}

Result<FoldSettings> folds_of(const SweepRequest& request) {
  if (request.folds < 0 || static_cast<std::size_t>(request.folds) > kFoldsMost)
    return refuse("folds", fmt::format("{} is not in 0..{}", request.folds, kFoldsMost));
  if (request.walk_forward != "rolling" && request.walk_forward != "anchored")
    return refuse("walk_forward", fmt::format("'{}' is neither rolling nor anchored", printable(request.walk_forward)));
  for (const auto& [field, bars] : {std::pair{"purge", request.purge}, std::pair{"embargo", request.embargo}}) {
    if (bars < 0 || bars > kFoldGapMost)
      return refuse(field, fmt::format("{} is not in 0..{} bars", bars, kFoldGapMost));
    if (bars > 0 && request.folds == 0) return refuse(field, "says something of folds, and there are none");
  }
  return FoldSettings{static_cast<std::size_t>(request.folds), request.walk_forward == "anchored",
                      static_cast<std::size_t>(request.purge), static_cast<std::size_t>(request.embargo)};
}

}  // namespace

std::string_view name(Search search) {
  switch (search) {
    case Search::grid: return "grid";
    case Search::random: return "random";
    case Search::tpe: return "tpe";
  }
  return {};
}

Result<SweepPlan> plan_sweep(const SweepRequest& request, strategy::Document document, strategy::GivenInputs fixed,
                             const RunSettings& settings, std::uint64_t cells_most) {
  const auto search = search_of(request.search);
  if (!search) return pass_on(search);
  const auto objective = parse_objective(request.objective);
  if (!objective) return pass_on(objective);
  const auto folds = folds_of(request);
  if (!folds) return pass_on(folds);
  auto space = space_of(request, document);
  if (!space && space.error().code == Errc::limit_exceeded && *search == Search::grid)
    return too_many(fmt::format("more than {}", kSpaceCellsMost), cells_most);
  if (!space) return pass_on(space);
  const auto trials = trials_of(request, *search, *space, cells_most);
  if (!trials) return pass_on(trials);
  for (const auto& [name, value] : fixed) {
    if (space->find(name)) return refuse("inputs." + printable(name), "is tried, and cannot have one value as well");
  }
  if (const auto bound = strategy::bind_inputs(document, fixed); !bound)
    return std::unexpected(strategy::error_of(bound.error()));
  return SweepPlan{.document = std::move(document),
                   .fixed = std::move(fixed),
                   .space = std::move(*space),
                   .search = *search,
                   .trials = *trials,
                   .seed = request.seed,
                   .objective = *objective,
                   .folds = *folds,
                   .settings = settings};
}

}  // namespace cw::backtest
