#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>
#include "base/random.h"

#include "indicators/kernel.h"

namespace cw::indicators::testing {

/// A made-up market as columns, sound bars all: what kernels are tried on.
struct Bars {
  std::string name;
  std::vector<double> open, high, low, close, volume;
  std::size_t size() const { return close.size(); }
};

inline Bars walk(std::string name, std::size_t n, double scale, double step, std::uint64_t seed,
                 double flat_share = 0) {
  Bars bars;
  bars.name = std::move(name);
  Random random(seed);
  double price = 100 * scale;
  for (std::size_t i = 0; i < n; ++i) {
    const bool flat = random.uniform() < flat_share;
    const double open = flat || random.uniform() < 0.9 ? price : price * std::exp(3 * step * random.normal());  // a gap
    const double close = flat ? open : open * std::exp(step * random.normal());
    bars.open.push_back(open);
    bars.close.push_back(close);
    bars.high.push_back(std::max(open, close) * (flat ? 1 : 1 + step * std::abs(random.normal())));
    bars.low.push_back(std::min(open, close) * (flat ? 1 : 1 - step / 2 * std::abs(random.normal()) / 4));
    bars.volume.push_back(flat ? 0 : std::exp(random.normal()));
    price = close;
  }
  return bars;
}

/// Random walks at price scales 1e-8, 1 and 1e8, a calm one at a large price, wild leaps, flat runs, a wholly flat series,
/// prices on a coarse tick (many equal highs and lows).
inline std::vector<Bars> markets(std::size_t n = 400) {
  std::vector<Bars> all{walk("walk", n, 1, 0.01, 1),          walk("tiny prices", n, 1e-8, 0.01, 2),
                        walk("huge prices", n, 1e8, 0.01, 3), walk("calm at a large price", n, 1e6, 1e-7, 4),
                        walk("leaps", n, 1, 0.5, 5),          walk("flat runs", n, 1, 0.01, 6, 0.5),
                        walk("flat", n, 1, 0.01, 7, 1.0)};
  Bars ticks = walk("coarse ticks", n, 1, 0.02, 8);
  for (auto* column : {&ticks.open, &ticks.high, &ticks.low, &ticks.close}) {
    for (double& x : *column) x = std::round(x);
  }
  all.push_back(std::move(ticks));
  return all;
}

inline bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) || (is_nan(a) && is_nan(b));
}

/// The kernel's answers to whole columns, in one run.
template <Kernel K>
std::vector<std::vector<double>> run_whole(K kernel, const InputColumns<K>& in, std::size_t n) {
  std::vector<std::vector<double>> out(kOutputs<K>, std::vector<double>(n));
  OutputColumns<K> columns;
  for (std::size_t o = 0; o < kOutputs<K>; ++o) columns[o] = out[o].data();
  run(kernel, in, columns, n);
  return out;
}

/// Holds a kernel to the promises of kernel.h on one set of columns: batch = stream = any portions = interleaved, to the
/// last bit; NaN for exactly the look-back (unless `is_event`); NaN inputs skipped whole; a copy steps on its own.
template <Kernel K>
void expect_keeps_promises(const K& fresh, const InputColumns<K>& in, std::size_t n, const std::string& where,
                           bool is_event = false) {
  const auto whole = run_whole(fresh, in, n);

  K streamed = fresh;
  std::vector<double> one(kOutputs<K>);
  const auto step_into = [&](K& kernel, std::size_t row) {
    OutputColumns<K> columns;
    InputColumns<K> at;
    for (std::size_t o = 0; o < kOutputs<K>; ++o) columns[o] = &one[o];
    for (std::size_t i = 0; i < kInputs<K>; ++i) at[i] = in[i] + row;
    step_row(kernel, at, columns, 0);
  };
  for (std::size_t row = 0; row < n; ++row) {
    K peeked = streamed;  // a look ahead leaves no trace
    step_into(peeked, row);
    step_into(streamed, row);
    for (std::size_t o = 0; o < kOutputs<K>; ++o) {
      ASSERT_TRUE(same_bits(one[o], whole[o][row])) << where << ": stream differs from batch, output " << o << " row "
                                                    << row << ": " << one[o] << " and " << whole[o][row];
    }
  }

  std::vector<std::vector<double>> parts(kOutputs<K>, std::vector<double>(n));
  K portioned = fresh;
  for (std::size_t from = 0, size = 1; from < n; from += size, size = size * 3 % 101 + 1) {
    const std::size_t rows = std::min(size, n - from);
    InputColumns<K> inputs;
    OutputColumns<K> outputs;
    for (std::size_t i = 0; i < kInputs<K>; ++i) inputs[i] = in[i] + from;
    for (std::size_t o = 0; o < kOutputs<K>; ++o) outputs[o] = parts[o].data() + from;
    run(portioned, inputs, outputs, rows);
  }
  std::array<std::vector<std::vector<double>>, 2> pair{parts, parts};
  std::array<OutputColumns<K>, 2> pair_columns;
  for (std::size_t k = 0; k < 2; ++k) {
    for (std::size_t o = 0; o < kOutputs<K>; ++o) pair_columns[k][o] = pair[k][o].data();
  }
  K first = fresh;
  K second = fresh;
  run_interleaved<K, 2>({&first, &second}, {in, in}, pair_columns, n);
  for (std::size_t o = 0; o < kOutputs<K>; ++o) {
    for (std::size_t row = 0; row < n; ++row) {
      ASSERT_TRUE(same_bits(parts[o][row], whole[o][row]))
          << where << ": portions differ, output " << o << " row " << row;
      ASSERT_TRUE(same_bits(pair[0][o][row], whole[o][row])) << where << ": interleaved differs, row " << row;
      ASSERT_TRUE(same_bits(pair[1][o][row], whole[o][row])) << where << ": interleaved differs, row " << row;
    }
  }

  if (!is_event) {
    // The look-back is that of the output that comes first; where outputs start apart the kernel's test says when.
    const auto lookback = static_cast<std::size_t>(fresh.lookback());
    for (std::size_t row = 0; row < n; ++row) {
      bool none = true;
      for (std::size_t o = 0; o < kOutputs<K>; ++o) none = none && is_nan(whole[o][row]);
      ASSERT_EQ(none, row < lookback) << where << ": look-back is " << lookback << ", row " << row;
    }
    for (std::size_t o = 0; o < kOutputs<K>; ++o) {
      bool begun = false;
      for (std::size_t row = 0; row < n; ++row) {
        ASSERT_FALSE(begun && is_nan(whole[o][row])) << where << ": NaN after a value, output " << o << " row " << row;
        begun = begun || !is_nan(whole[o][row]);
      }
    }
  }
}

/// A bar with a NaN among its inputs answers NaN and is as if it had not been: holes are planted, the rest must give the
/// same answers as the series without holes.
template <Kernel K>
void expect_skips_nan(const K& fresh, const InputColumns<K>& in, std::size_t n, const std::string& where) {
  std::vector<std::vector<double>> holed(kInputs<K>);
  std::vector<std::size_t> row_of;  // in the holed series
  for (std::size_t row = 0; row < n; ++row) {
    if (row % 7 == 3 || row == 0) {
      for (std::size_t i = 0; i < kInputs<K>; ++i) holed[i].push_back(i == row % kInputs<K> ? kNaN : in[i][row] * 3);
    }
    for (std::size_t i = 0; i < kInputs<K>; ++i) holed[i].push_back(in[i][row]);
    row_of.push_back(holed[0].size() - 1);
  }
  InputColumns<K> columns;
  for (std::size_t i = 0; i < kInputs<K>; ++i) columns[i] = holed[i].data();
  const auto got = run_whole(fresh, columns, holed[0].size());
  const auto whole = run_whole(fresh, in, n);
  for (std::size_t o = 0; o < kOutputs<K>; ++o) {
    for (std::size_t row = 0; row < n; ++row) {
      ASSERT_TRUE(same_bits(got[o][row_of[row]], whole[o][row])) << where << ": a NaN left a trace, row " << row;
    }
    for (std::size_t row = 0; row < holed[0].size(); ++row) {
      bool hole = false;
      for (std::size_t i = 0; i < kInputs<K>; ++i) hole = hole || is_nan(columns[i][row]);
      ASSERT_TRUE(!hole || is_nan(got[o][row])) << where << ": an answer to a NaN, row " << row;
    }
  }
}

/// Which columns of a bar a kernel takes, in its order: "c", "hlc", "ohlcv", …
template <Kernel K>
InputColumns<K> columns_of(const Bars& bars, std::string_view which) {
  InputColumns<K> in;
  EXPECT_EQ(which.size(), kInputs<K>);
  for (std::size_t i = 0; i < kInputs<K>; ++i) {
    in[i] = (which[i] == 'o'   ? bars.open
             : which[i] == 'h' ? bars.high
             : which[i] == 'l' ? bars.low
             : which[i] == 'c' ? bars.close
                               : bars.volume)
                .data();
  }
  return in;
}

/// All of it, on all markets.
template <Kernel K>
void expect_sound(const K& fresh, std::string_view which, bool is_event = false) {
  for (const Bars& bars : markets()) {
    const auto in = columns_of<K>(bars, which);
    expect_keeps_promises(fresh, in, bars.size(), bars.name, is_event);
    expect_skips_nan(fresh, in, bars.size(), bars.name);
  }
}

}  // namespace cw::indicators::testing
