#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "indicators/testing.h"

namespace cw::indicators::testing {

/// Holds a kernel of windows to its definition: on every market and row, `definition` of the last `length` values (each
/// input a span of doubles, oldest first), worked out anew in long double, must be the answer to a relative 1e-9. `scale`
/// of the same spans is what an error is measured against where the answer is a difference of larger numbers.
struct NoScale {
  template <class... Spans>
  long double operator()(const Spans&...) const {
    return 0;
  }
};
template <Kernel K, class Definition, class Scale = NoScale>
void expect_is(const K& fresh, std::string_view which, int length, const Definition& definition,
               const Scale& scale = {}) {
  const auto n = static_cast<std::size_t>(length);
  for (const Bars& bars : markets()) {
    const auto in = columns_of<K>(bars, which);
    const auto got = run_whole(fresh, in, bars.size());
    for (std::size_t row = static_cast<std::size_t>(fresh.lookback()); row < bars.size(); ++row) {
      const auto of_window = [&]<std::size_t... I>(const auto& f, std::index_sequence<I...>) {
        return static_cast<long double>(f(std::span<const double>(in[I] + (row + 1 - n), n)...));
      };
      constexpr auto kAll = std::make_index_sequence<kInputs<K>>{};
      const long double wanted = of_window(definition, kAll);
      const long double size = std::max(std::abs(wanted), of_window(scale, kAll));
      ASSERT_LE(std::abs(static_cast<long double>(got[0][row]) - wanted), 1e-9L * size)
          << bars.name << " row " << row << ": " << got[0][row] << " is not " << static_cast<double>(wanted);
    }
  }
}

using Span = std::span<const double>;

inline long double mean_of(Span window) {
  long double sum = 0;
  for (const double x : window) sum += x;
  return sum / static_cast<long double>(window.size());
}
inline long double variance_of(Span window) {
  const long double mean = mean_of(window);
  long double sum = 0;
  for (const double x : window) sum += (x - mean) * (x - mean);
  return sum / static_cast<long double>(window.size());
}
/// Slope of the least squares line, by its definition.
inline long double slope_of(Span window) {
  const long double mean = mean_of(window);
  const long double middle = static_cast<long double>(window.size() - 1) / 2;
  long double above = 0;
  long double below = 0;
  for (std::size_t j = 0; j < window.size(); ++j) {
    const long double place = static_cast<long double>(j) - middle;
    above += place * (window[j] - mean);
    below += place * place;
  }
  return window.size() == 1 ? 0 : above / below;
}

/// What a kernel answers to these values one after the other.
template <Kernel K>
std::vector<double> answers(K kernel, const std::vector<double>& values) {
  std::vector<double> all;
  for (const double x : values) all.push_back(kernel.step(x));
  return all;
}

/// Equal, NaN being equal to NaN.
inline void expect_answers(const std::vector<double>& got, const std::vector<double>& wanted) {
  ASSERT_EQ(got.size(), wanted.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_EQ(is_nan(got[i]), is_nan(wanted[i])) << "row " << i << ": " << got[i];
    if (!is_nan(wanted[i])) EXPECT_DOUBLE_EQ(got[i], wanted[i]) << "row " << i;
  }
}

/// A flat series is answered with itself, exactly, whatever its digits.
template <Kernel K>
void expect_stays_where_flat(const K& fresh) {
  for (const double level : {0.1, 1e-8 / 3, 1e8 / 7}) {
    K kernel = fresh;
    for (int i = 0; i < 3 * fresh.lookback() + 10; ++i) {
      const double answer = kernel.step(level);
      if (i >= fresh.lookback()) ASSERT_EQ(answer, level) << "row " << i;
    }
  }
}

}  // namespace cw::indicators::testing
