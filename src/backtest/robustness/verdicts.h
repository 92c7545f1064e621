#pragma once

#include <span>

#include "backtest/robustness/assess.h"

namespace cw::backtest {

// What the numbers of robustness mean, in plain words. The bounds are conventions: 95 % for what counts as more than
// luck, 90 % (of a p-value 0.1) for what may be; docs/backtest.md has them in a table.

Verdict verdict_of(const SharpeChance& chance, double periods_a_year);
/// `are_recorded`: whether further tries will count.
Verdict verdict_of_trials(const SharpeChance& chance, bool are_recorded);
Verdict verdict_of(const MonteCarlo& paths);
/// `drawdown` is the run's own, at each bar's close.
Verdict verdict_of(const TradeShuffle& shuffle, double drawdown);
Verdict verdict_of(const EntryTest& test);
Verdict verdict_of(std::span<const Fold> folds);

}  // namespace cw::backtest
