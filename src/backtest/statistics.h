#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace cw::backtest {

/// The first four moments of a sample, two passes over it. Central ones are divided by n.
struct Moments {
  std::size_t n = 0;
  double mean = 0;
  double m2 = 0;
  double m3 = 0;
  double m4 = 0;
  double largest = 0;  // magnitude: what a rounding error is measured against

  /// sqrt of the sum of squares over n - 1; NaN under two values.
  double deviation() const;

  /// Whether what is left of the deviation is rounding: a ratio over it would be nonsense.
  bool is_flat() const;

  /// m3 / m2^1.5; 0 of a flat sample.
  double skew() const;

  /// m4 / m2^2, which is 3 of a normal sample (not the excess over it); 3 of a flat one.
  double kurtosis() const;
};

Moments moments(std::span<const double> sample);

/// Whether a deviation is nothing but rounding beside the values that it is of.
bool is_flat(double deviation, double largest);

/// Quantile `p` in [0, 1] of a sample that is sorted upwards and not empty, linear between its values.
/// Source  R. J. Hyndman, Y. Fan, Sample Quantiles in Statistical Packages, 1996: definition 7, as numpy's default
double quantile_of_sorted(std::span<const double> sorted, double p);

/// Several quantiles of one unsorted sample.
std::vector<double> quantiles(std::vector<double> sample, std::span<const double> p);

/// The chance that a standard normal is at most x.
double normal_cdf(double x);

/// The x with normal_cdf(x) = p, to a relative 1e-12; infinite at 0 and 1, NaN outside.
double normal_quantile(double p);

/// The chance that Student's t with `freedom` degrees lies at least as far from 0 as `t`, to a relative 1e-12 down to 1e-300.
/// Source  W. H. Press et al., Numerical Recipes, 2007, 6.4 (incomplete beta function by its continued fraction)
double student_two_sided(double t, double freedom);

}  // namespace cw::backtest
