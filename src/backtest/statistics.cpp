#include "backtest/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "base/require.h"

namespace cw::backtest {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Sums of a few thousand doubles are good to some 1e-13 of their largest; what is under this is no spread.
constexpr double kFlat = 1e-10;

/// The continued fraction of the incomplete beta function, by Lentz's method; good for x < (a + 1) / (a + b + 2).
double beta_fraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  constexpr int kMostTerms = 10'000;  // it takes some sqrt(max(a, b))
  const auto off_zero = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / off_zero(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int m = 1; m < kMostTerms; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    for (const double term : {even, odd}) {
      d = 1 / off_zero(1 + term * d);
      c = off_zero(1 + term / c);
      fraction *= d * c;
    }
    if (std::abs(d * c - 1) < 1e-15) break;
  }
  return fraction;
}

/// The regularised incomplete beta function.
double beta_share(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front =
      std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

}  // namespace

bool is_flat(double deviation, double largest) { return !(deviation > kFlat * largest); }

double Moments::deviation() const {
  if (n < 2) return kNaN;
  return std::sqrt(m2 * static_cast<double>(n) / static_cast<double>(n - 1));
}

bool Moments::is_flat() const { return n < 2 || backtest::is_flat(deviation(), largest); }

double Moments::skew() const { return is_flat() ? 0 : m3 / (m2 * std::sqrt(m2)); }

double Moments::kurtosis() const { return is_flat() ? 3 : m4 / (m2 * m2); }

Moments moments(std::span<const double> sample) {
  Moments found;
  found.n = sample.size();
  if (sample.empty()) return found;
  const auto n = static_cast<double>(sample.size());
  double sum = 0;
  for (const double x : sample) {
    sum += x;
    found.largest = std::max(found.largest, std::abs(x));
  }
  found.mean = sum / n;
  double left = 0;  // what rounding left of the mean
  for (const double x : sample) {
    const double d = x - found.mean;
    left += d;
    found.m2 += d * d;
    found.m3 += d * d * d;
    found.m4 += d * d * d * d;
  }
  left /= n;
  found.mean += left;
  found.m2 = found.m2 / n - left * left;
  found.m3 /= n;
  found.m4 /= n;
  return found;
}

double quantile_of_sorted(std::span<const double> sorted, double p) {
  CW_REQUIRE(!sorted.empty() && p >= 0 && p <= 1);
  const double place = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  if (below + 1 >= sorted.size()) return sorted.back();
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[below + 1] - sorted[below]);
}

std::vector<double> quantiles(std::vector<double> sample, std::span<const double> p) {
  std::ranges::sort(sample);
  std::vector<double> found;
  found.reserve(p.size());
  for (const double one : p) found.push_back(quantile_of_sorted(sample, one));
  return found;
}

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

double normal_quantile(double p) {
  if (!(p >= 0 && p <= 1)) return kNaN;
  if (p == 0) return -kInfinity;
  if (p == 1) return kInfinity;
  if (p > 0.5) return -normal_quantile(1 - p);
  // A start good to 4.5e-4 (Hastings, 1955; 26.2.23 of Abramowitz and Stegun), then Halley's steps, which cube the error.
  const double t = std::sqrt(-2 * std::log(p));
  double x = (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (int step = 0; step < 3; ++step) {
    const double density = std::exp(-x * x / 2) / std::sqrt(2 * std::numbers::pi);
    if (density == 0) break;  // p under the smallest double's tail: the start is all there is
    const double newton = (normal_cdf(x) - p) / density;
    x -= newton / (1 + x * newton / 2);
  }
  return x;
}

double student_two_sided(double t, double freedom) { return beta_share(freedom / 2, 0.5, freedom / (freedom + t * t)); }

}  // namespace cw::backtest
