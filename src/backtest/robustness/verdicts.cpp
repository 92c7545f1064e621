#include "backtest/robustness/verdicts.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace cw::backtest {
namespace {

constexpr double kSure = 0.95;
constexpr double kMaybe = 0.9;
constexpr double kRare = 0.05;
constexpr double kSeldom = 0.1;
constexpr double kOften = 0.25;

/// A probability in percent that is never told as certain.
std::string percent(double share) {
  if (share > 0.999) return "over 99.9 %";
  if (share < 0.001) return "under 0.1 %";
  return fmt::format("{:.1f} %", 100 * share);
}

std::string change(double share) { return fmt::format("{:+.2f} %", 100 * share); }

Grade at_least(double value, double good, double doubtful) {
  return value >= good ? Grade::good : value >= doubtful ? Grade::doubtful : Grade::bad;
}

}  // namespace

std::string_view name(Grade grade) {
  constexpr std::string_view kNames[] = {"good", "doubtful", "bad", "unknown"};
  return kNames[static_cast<std::size_t>(grade)];
}

Verdict verdict_of(const SharpeChance& chance, double periods_a_year) {
  Verdict verdict{at_least(chance.probabilistic, kSure, kMaybe),
                  fmt::format("The chance that its true Sharpe ratio is above 0 is {} ({} returns).",
                              percent(chance.probabilistic), chance.n)};
  if (std::isinf(chance.least_track_record)) {
    verdict.text += " It lost, so no length of record would show an edge.";
  } else if (chance.least_track_record > static_cast<double>(chance.n)) {
    verdict.text +=
        fmt::format(" At this rate it takes {:.1f} years of record to be 95 % sure; there are {:.1f}.",
                    chance.least_track_record / periods_a_year, static_cast<double>(chance.n) / periods_a_year);
  }
  return verdict;
}

Verdict verdict_of_trials(const SharpeChance& chance, bool are_recorded) {
  if (chance.trials <= 1) {
    return {at_least(chance.deflated, kSure, kMaybe),
            are_recorded
                ? "It is the only variant that was tried as far as is recorded, so there is nothing to deflate; "
                  "each further try will count."
                : "It is told as the only variant, so there is nothing to deflate: the command line keeps no "
                  "record of tries; runs in the lab do."};
  }
  return {at_least(chance.deflated, kSure, kMaybe),
          fmt::format(
              "After {:.0f} variants tried, the chance that it is better than the luckiest of as many worthless ones "
              "is {}.",
              chance.trials, percent(chance.deflated))};
}

Verdict verdict_of(const MonteCarlo& paths) {
  const Grade grade = paths.chance_of_loss <= kRare    ? Grade::good
                      : paths.chance_of_loss <= kOften ? Grade::doubtful
                                                       : Grade::bad;
  return {grade,
          fmt::format(
              "With its stretches in another order, {} of the paths lose money; in one of twenty the return is under "
              "{}, and the deepest drawdown over {:.1f} %.",
              percent(paths.chance_of_loss), change(paths.total_return.quantile.front()),
              100 * paths.max_drawdown.quantile.back())};
}

Verdict verdict_of(const TradeShuffle& shuffle, double drawdown) {
  const Grade grade = shuffle.chance_deeper <= kMaybe  ? Grade::good
                      : shuffle.chance_deeper <= kSure ? Grade::doubtful
                                                       : Grade::bad;
  std::string text = fmt::format(
      "The same {} trades in another order draw down at least as deep in {} of the orders, in one of "
      "twenty over {:.1f} %",
      shuffle.n, percent(shuffle.chance_deeper), 100 * shuffle.max_drawdown.quantile.back());
  text += fmt::format(" (here {:.1f} % from trade to trade, {:.1f} % from bar to bar).", 100 * shuffle.observed,
                      100 * drawdown);
  if (grade != Grade::good) text += " Its drawdown was lucky: expect a deeper one.";
  return {grade, std::move(text)};
}

Verdict verdict_of(const EntryTest& test) {
  const Grade grade = test.p_value <= kRare ? Grade::good : test.p_value <= kSeldom ? Grade::doubtful : Grade::bad;
  return {grade,
          fmt::format("Entering at random moments instead, held as long, does at least as well in {} of the draws ({} "
                      "entries, {} each on average against {}).{}",
                      percent(test.p_value), test.n, change(test.observed), change(test.random.mean),
                      grade == Grade::bad ? " Its timing adds nothing that can be told from luck." : "")};
}

Verdict verdict_of(std::span<const Fold> folds) {
  const auto won = static_cast<std::size_t>(std::ranges::count_if(
      folds, [](const Fold& fold) { return fold.total_return.told() && fold.total_return.value > 0; }));
  const double share = static_cast<double>(won) / static_cast<double>(folds.size());
  const auto worst = std::ranges::min_element(folds, {}, [](const Fold& fold) { return fold.total_return.value; });
  const auto best = std::ranges::max_element(folds, {}, [](const Fold& fold) { return fold.total_return.value; });
  Verdict verdict{at_least(share, 0.75, 0.5),
                  fmt::format("Of {} equal stretches of time it earned in {}; the best made {}, the worst {}.",
                              folds.size(), won, change(best->total_return.value), change(worst->total_return.value))};
  double all = 1;
  for (const auto& fold : folds) all *= 1 + fold.total_return.value;
  const double without_best = all / (1 + best->total_return.value);
  if (all > 1 && without_best <= 1) {
    verdict.text += " Without its best stretch it would have lost.";
    verdict.grade = std::max(verdict.grade, Grade::doubtful);
  }
  return verdict;
}

Verdict Assessment::overall() const {
  Grade worst = Grade::good;
  int known = 0;
  int good = 0;
  for (const auto* one :
       {&sharpe_verdict, &trials_verdict, &monte_carlo_verdict, &shuffle_verdict, &entries_verdict, &folds_verdict}) {
    if (one->grade == Grade::unknown) continue;
    ++known;
    good += one->grade == Grade::good;
    worst = std::max(worst, one->grade);
  }
  if (known == 0) return {Grade::unknown, "Too short, or too few trades, to say anything against chance."};
  const std::string_view says = worst == Grade::good       ? "It stands up to"
                                : worst == Grade::doubtful ? "It is doubtful in at least one of"
                                                           : "It fails at least one of";
  return {worst, fmt::format("{} the {} checks against chance that could be made of it ({} good).", says, known, good)};
}

}  // namespace cw::backtest
