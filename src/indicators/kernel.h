#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <type_traits>
#include <utility>

#include "indicators/lanes.h"

namespace cw::indicators {

/// What a kernel is. Every indicator of this room is a value class in a header of its own:
///
///   explicit Sma(int length);          its settings; out-of-range ones break the contract (CW_REQUIRE): callers check
///   double step(double x);             the next bar's answer. Several inputs are several doubles, in the order of
///                                      open, high, low, close, volume where they are the bar's; several answers are a
///                                      std::array<double, N> in the order of Pine's tuple
///   int lookback() const;              how many first answers are NaN on input without NaN
///
/// and keeps these promises:
/// - **NaN in, NaN out, nothing else.** A bar with a NaN among its inputs is skipped whole: the answer is NaN and the
///   state stays as it was, so a window always holds the last n bars that had values. (Pine does so for sums, averages,
///   deviations and medians, as PyneCore 6.11 measured it, and otherwise for others: docs/indicators/gaps.md lists them.
///   TA-Lib skips only the first ones.) So a kernel fed by another one warms up behind it by itself.
///   Kernels for which NaN is a value (barssince, nz, …) say so.
/// - **Warm-up.** Exactly `lookback()` answers are NaN, then none on finite input; kernels that answer an event (a pivot,
///   a pattern's bars) say so. Each 0/0 has a stated value.
/// - **Copies are independent**: the copy of a kernel steps on its own. That is how a forming bar is looked at.
/// - **No allocation in step()**; O(1) time a step, amortised, whatever the length, where the header does not say else.
/// - The same inputs give the same bits, whichever of `step` and `run` is called, in whatever portions.
///
/// Arithmetic: a fused multiply-add is written std::fma where it is meant; the compiler makes none of its own.

inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
inline bool is_nan(double x) { return x != x; }
template <class... T>
bool any_nan(T... x) {
  return ((x != x) || ...);
}

/// Whose first bars and whose 0/0. `talib` is the default everywhere; a kernel takes a Seed only where the two differ
/// in more than rounding (docs/indicators.md has the table).
enum class Seed : unsigned char { talib, pine };

namespace detail {
template <class Step>
struct StepTraits;
template <class K, class Out, class... In>
struct StepTraits<Out (K::*)(In...)> {
  static constexpr std::size_t inputs = sizeof...(In);
  using Output = Out;
};
template <class Out>
struct Width {
  static constexpr std::size_t value = 1;
};
template <std::size_t N>
struct Width<std::array<double, N>> {
  static constexpr std::size_t value = N;
};
}  // namespace detail

template <class K>
inline constexpr std::size_t kInputs = detail::StepTraits<decltype(&K::step)>::inputs;
template <class K>
inline constexpr std::size_t kOutputs = detail::Width<typename detail::StepTraits<decltype(&K::step)>::Output>::value;

template <class K>
concept Kernel = std::copyable<K> && requires(const K& k) {
  { k.lookback() } -> std::convertible_to<int>;
  detail::StepTraits<decltype(&K::step)>::inputs;
};

/// Columns of equal length, one an input or an output. Outputs must not overlap inputs.
template <class K>
using InputColumns = std::array<const double*, kInputs<K>>;
template <class K>
using OutputColumns = std::array<double*, kOutputs<K>>;

/// One step with inputs and outputs by row number.
template <Kernel K>
inline __attribute__((always_inline)) void step_row(K& kernel, const InputColumns<K>& in, const OutputColumns<K>& out,
                                                    std::size_t row) {
  const auto answer = [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
    // Asked for here: flatten reaches what `run` calls itself, not what is called in here.
    [[clang::always_inline]] return kernel.step(in[I][row]...);
  }(std::make_index_sequence<kInputs<K>>{});
  if constexpr (kOutputs<K> == 1 && std::is_arithmetic_v<std::remove_cvref_t<decltype(answer)>>) {
    out[0][row] = answer;
  } else {
    for (std::size_t o = 0; o < kOutputs<K>; ++o) out[o][row] = answer[o];
  }
}

/// A kernel may offer what its step is once it has warmed up: `bool warm() const`, which then stays true, and `next` with
/// step's signature, to be called with inputs none of which is NaN. run() then has two loops, and the second one carries
/// nothing of the warm-up in its registers.
template <class K>
concept WarmsUp = requires(const K& k) {
  { k.warm() } -> std::convertible_to<bool>;
  &K::next;
};

/// step_row for a kernel that is warm.
template <Kernel K>
inline __attribute__((always_inline)) void next_row(K& kernel, const InputColumns<K>& in, const OutputColumns<K>& out,
                                                    std::size_t row) {
  [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
    if (any_nan(in[I][row]...)) [[unlikely]] {
      for (std::size_t o = 0; o < kOutputs<K>; ++o) out[o][row] = kNaN;
      return;
    }
    const auto answer = [&]
        __attribute__((always_inline)) { [[clang::always_inline]] return kernel.next(in[I][row]...); }();
    if constexpr (kOutputs<K> == 1) {
      out[0][row] = answer;
    } else {
      for (std::size_t o = 0; o < kOutputs<K>; ++o) out[o][row] = answer[o];
    }
  }(std::make_index_sequence<kInputs<K>>{});
}

/// A kernel that looks at the last kPast rows before each may be given them: run_after_past(in, out, rows) is a run over
/// columns in front of which they lie, with the bits of run() where no row has a NaN. Then it keeps no memory of its own.
template <class K>
concept LooksBack = requires(K& k) {
  { K::kPast } -> std::convertible_to<std::size_t>;
  &K::run_after_past;
};

/// A kernel that answers four rows faster together than one by one says how many fours it would take now, and takes them:
///
///   std::size_t fours(double x);     called with the next row's inputs, none of them NaN; 0: not now
///   Lanes step_four(Lanes x);        std::array<Lanes, N> for N answers; nothing in it is NaN
///
/// with the bits of four steps.
/// fours() of a kernel that always takes them.
inline constexpr std::size_t kAnyFours = std::numeric_limits<std::size_t>::max();
template <class K>
concept TakesFours = requires { &K::step_four; };

template <Kernel K>
inline __attribute__((always_inline)) bool has_nan_in_row(const InputColumns<K>& in, std::size_t row) {
  return [&]<std::size_t... I>(std::index_sequence<I...>)
             __attribute__((always_inline)) { return any_nan(in[I][row]...); }(std::make_index_sequence<kInputs<K>>{});
}

/// Steps in fours from `row` on as far as the kernel takes them and no NaN comes; answers the row after them.
template <Kernel K>
inline __attribute__((always_inline)) std::size_t step_fours(K& kernel, const InputColumns<K>& in,
                                                             const OutputColumns<K>& out, std::size_t row,
                                                             std::size_t rows) {
  if (has_nan_in_row<K>(in, row)) return row;
  return [&]<std::size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
    std::size_t fours = 0;
    [[clang::always_inline]] fours = kernel.fours(in[I][row]...);
    for (fours = std::min(fours, (rows - row) / 4); fours > 0; --fours, row += 4) {
      const std::array<Lanes, kInputs<K>> x{lanes_at(in[I] + row)...};
      if ((has_nan(x[I]) || ...)) break;
      const auto answer = [&]
          __attribute__((always_inline)) { [[clang::always_inline]] return kernel.step_four(x[I]...); }();
      if constexpr (kOutputs<K> == 1) {
        put(out[0] + row, answer);
      } else {
        for (std::size_t o = 0; o < kOutputs<K>; ++o) put(out[o] + row, answer[o]);
      }
    }
    return row;
  }(std::make_index_sequence<kInputs<K>>{});
}

/// A kernel that does better with many rows at once than with one offers
///
///   void run_part(const InputColumns<K>& in, const OutputColumns<K>& out, std::size_t rows);
///
/// with the bits of so many steps. It is called with 1 to kPartMost rows, none of them with a NaN, and, where there is
/// warm(), only after that: so it may work in arrays of kPartMost on the stack, which stay in the nearest cache.
inline constexpr std::size_t kPartMost = 128;
template <class K>
concept TakesParts = requires { &K::run_part; };

/// Rows with a NaN are stepped, what lies between them is parts.
template <Kernel K>
void run_parts(K& kernel, const InputColumns<K>& in, const OutputColumns<K>& out, std::size_t rows) {
  for (std::size_t row = 0; row < rows;) {
    bool one = has_nan_in_row<K>(in, row);
    if constexpr (requires { kernel.warm(); }) one = one || !kernel.warm();
    if (one) {
      step_row(kernel, in, out, row++);
      continue;
    }
    std::size_t part = std::min(kPartMost, rows - row);
    InputColumns<K> inputs = in;
    OutputColumns<K> outputs = out;
    for (auto& column : outputs) column += row;
    for (auto& column : inputs) {
      column += row;
      part = before_nan(column, part);
    }
    kernel.run_part(inputs, outputs, part);
    row += part;
  }
}

/// Rows one by one or in fours: the kernel in a loop, on a local copy so that its state lives in registers. For that the
/// step is inlined (flatten) and nothing that stays a call may take the kernel's address: parts that a kernel steps mark
/// their own step [[gnu::always_inline]], and what is done rarely and at length is a static [[gnu::noinline]] function of
/// the values it needs (see sliding_sum.h). Not a clang::preserve_all one: clang 19 ends it with vzeroupper, and with that
/// clears the upper halves of the registers that it promises to keep.
template <Kernel K>
[[gnu::flatten]] void run_steps(K& kernel, const InputColumns<K>& in, const OutputColumns<K>& out, std::size_t rows) {
  const InputColumns<K> inputs = in;
  const OutputColumns<K> outputs = out;
  K local = std::move(kernel);
  std::size_t row = 0;
  if constexpr (WarmsUp<K>) {
    while (row < rows && !local.warm()) step_row(local, inputs, outputs, row++);
    for (; row < rows; ++row) next_row(local, inputs, outputs, row);
  }
  for (; row < rows; ++row) {
    if constexpr (TakesFours<K>) {
      const std::size_t after = step_fours(local, inputs, outputs, row, rows);
      if (after != row) {
        row = after - 1;
        continue;
      }
    }
    step_row(local, inputs, outputs, row);
  }
  kernel = std::move(local);
}

/// `rows` steps over columns. A kernel that would look at the columns as a whole offers run_rows() of the same arguments,
/// with the bits of so many steps.
template <Kernel K>
[[gnu::flatten]] void run(K& kernel, const InputColumns<K>& in, const OutputColumns<K>& out, std::size_t rows) {
  if (rows == 1) return step_row(kernel, in, out, 0);
  if constexpr (requires { kernel.run_rows(in, out, rows); }) {
    kernel.run_rows(in, out, rows);
  } else if constexpr (TakesParts<K>) {
    run_parts(kernel, in, out, rows);
  } else {
    run_steps(kernel, in, out, rows);
  }
}

/// The same for N kernels of one kind side by side. A recursive average waits for its own last answer; N of them wait at
/// the same time. Each kernel's bits are those that it gives alone.
template <Kernel K, std::size_t N>
[[gnu::flatten]] void run_interleaved(const std::array<K*, N>& kernels, const std::array<InputColumns<K>, N>& in,
                                      const std::array<OutputColumns<K>, N>& out, std::size_t rows) {
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    std::array<K, N> local{std::move(*kernels[I])...};
    for (std::size_t row = 0; row < rows; ++row) (step_row(local[I], in[I], out[I], row), ...);
    ((*kernels[I] = std::move(local[I])), ...);
  }(std::make_index_sequence<N>{});
}

}  // namespace cw::indicators
