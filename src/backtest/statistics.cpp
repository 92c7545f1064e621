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

}  // namespace cw::backtest
