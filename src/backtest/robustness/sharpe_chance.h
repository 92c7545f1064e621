#pragma once

#include <cstddef>

#include "backtest/statistics.h"

namespace cw::backtest {

/// Returns under which nothing is said of a Sharpe ratio's chance.
inline constexpr std::size_t kLeastReturns = 30;

/// mean / deviation (n - 1) of the sample, not stretched to a year; NaN of a flat sample or under two values.
double sharpe_of(const Moments& returns);

/// Probabilistic Sharpe ratio: the chance that the true Sharpe ratio is above `against`, given the sample's length, skew and
/// tails. Both are of one period, not of a year. NaN under kLeastReturns and of a flat sample.
///
/// Kurtosis enters as m4 / m2^2, 3 of a normal sample: with the excess over 3 in its place the error would be told too small.
/// Source  D. H. Bailey, M. López de Prado, The Sharpe Ratio Efficient Frontier, 2012
double probabilistic_sharpe(const Moments& returns, double against);

/// The Sharpe ratio that the best of `trials` worthless strategies is expected to show, where their Sharpe ratios have this
/// variance. 0 of one trial.
/// Source  D. H. Bailey, M. López de Prado, The Deflated Sharpe Ratio, 2014
double expected_best_sharpe(double trials, double variance);

/// Deflated Sharpe ratio: probabilistic_sharpe against the best of as many worthless trials. `trials` counts every variant
/// that was looked at, at least 1 (it may be a number of independent ones that is not whole). `variance` is that of the trials'
/// Sharpe ratios, of one period; NaN where it was not recorded: then that of a worthless strategy over as many returns,
/// 1 / (n - 1).
/// Source  as above
double deflated_sharpe(const Moments& returns, double trials, double variance);

/// Minimum track record length: returns that it takes until probabilistic_sharpe against `against` reaches `confidence`, the
/// moments staying as they are. NaN as there; infinite where the Sharpe ratio is not above `against`.
/// Source  as probabilistic_sharpe
double least_track_record(const Moments& returns, double against, double confidence);

}  // namespace cw::backtest
