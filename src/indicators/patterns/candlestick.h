#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "indicators/kernel.h"
#include "indicators/patterns/candle_averages.h"

namespace cw::indicators {

/// The kernel of a candlestick pattern. A pattern is a value with
///
///   static constexpr int kLookback;             how many bars before the newest it looks at
///   double answer(const Candles& candles) const what it says of the newest bar
///   static bool may_be(const Candles& candles)  for rare ones: a cheap condition without which there is none
///
/// Shape   open, high, low, close in, one answer out; look-back Pattern::kLookback
/// Units   TA-Lib's: 100 bullish (or, where a pattern has no direction: there, or a white bar), -100 bearish (or a black bar),
///         80 and -80 the same in its weaker form, 0 none. 0 is an answer: only the look-back is NaN
/// Cost    O(1) a step; a run over columns takes several bars at once, with the same bits, because an answer depends on
///         the last kLookback + 1 bars alone. No memory but the last kLookback + 4 bars
template <class Pattern>
class Candlestick {
 public:
  static constexpr std::size_t kReach = Pattern::kLookback;
  static constexpr std::size_t kPast = kReach;

  explicit Candlestick(Pattern pattern = {}) : pattern_(pattern) {}

  double step(double open, double high, double low, double close) {
    if (any_nan(open, high, low, close)) return kNaN;
    double answer;
    append({&open, &high, &low, &close}, 1, &answer);
    return answer;
  }

  int lookback() const { return Pattern::kLookback; }

  /// See LooksBack in kernel.h. Rows of a NaN are answered NaN.
  void run_after_past(const std::array<const double*, 4>& in, const std::array<double*, 1>& out, std::size_t rows) {
    for (std::size_t from = 0; from < rows; from += kTile) {
      const Columns at{in[0] + from, in[1] + from, in[2] + from, in[3] + from};
      const std::size_t n = std::min(kTile, rows - from);
      double* const answers = out[0] + from;
      if (evaluate(pattern_, at, answers, n)) continue;
      for (std::size_t i = 0; i < n; ++i) {
        if (any_nan(at[0][i], at[1][i], at[2][i], at[3][i])) answers[i] = kNaN;
      }
    }
    for (std::size_t i = 0; i < rows && seen_ < kReach; ++i, ++seen_) out[0][i] = kNaN;
  }

  /// See run() in kernel.h.
  void run_rows(const std::array<const double*, 4>& in, const std::array<double*, 1>& out, std::size_t rows) {
    for (std::size_t from = 0; from < rows; from += kChunk) {
      const std::size_t n = std::min(kChunk, rows - from);
      const Columns at{in[0] + from, in[1] + from, in[2] + from, in[3] + from};
      double* const answers = out[0] + from;
      if (!run_chunk(at, answers, n)) {
        for (std::size_t i = 0; i < n; ++i) answers[i] = step(at[0][i], at[1][i], at[2][i], at[3][i]);
      }
    }
  }

 private:
  using Columns = std::array<const double*, 4>;
  static constexpr std::size_t kRoom = 4;       // bars that are appended at once, at most
  static constexpr std::size_t kTile = 256;     // bars that are worked out at once
  static constexpr std::size_t kChunk = 4'096;  // a NaN makes its chunk slow, not the rest
  static_assert(kReach >= 1);

  /// The first bars look back at what is remembered, the others at the columns themselves. False, and nothing taken, where
  /// there is a NaN.
  bool run_chunk(const Columns& in, double* out, std::size_t rows) {
    const std::size_t head = std::min(rows, kReach);
    for (const double* column : in) {
      for (std::size_t i = 0; i < head; ++i) {
        if (is_nan(column[i])) return false;
      }
    }
    for (std::size_t from = head; from < rows; from += kTile) {
      const Columns at{in[0] + from, in[1] + from, in[2] + from, in[3] + from};
      if (!evaluate(pattern_, at, out + from, std::min(kTile, rows - from))) return false;
    }
    for (std::size_t from = 0; from < head; from += kRoom) {
      append({in[0] + from, in[1] + from, in[2] + from, in[3] + from}, std::min(kRoom, head - from), out + from);
    }
    if (rows > head) {
      for (std::size_t c = 0; c < 4; ++c) std::copy_n(in[c] + rows - kReach, kReach, window(c));
      end_ = kReach;
    }
    return true;
  }

  /// Takes at most kRoom bars, none of them NaN, into the window and answers them.
  void append(const Columns& in, std::size_t rows, double* out) {
    if (window_.empty()) window_.resize(4 * kColumn);
    if (end_ + rows > kColumn) {
      for (std::size_t c = 0; c < 4; ++c) std::copy_n(window(c) + end_ - kReach, kReach, window(c));
      end_ = kReach;
    }
    for (std::size_t c = 0; c < 4; ++c) std::copy_n(in[c], rows, window(c) + end_);
    evaluate(pattern_, {window(0) + end_, window(1) + end_, window(2) + end_, window(3) + end_}, out, rows);
    end_ += rows;
    for (; seen_ < kReach && rows > 0; ++seen_, --rows) *out++ = kNaN;
  }

  /// Answers at most kTile rows, before which kReach more lie in memory. False where one of the rows has a NaN.
  [[gnu::noinline]] static bool evaluate(Pattern pattern, const Columns& in, double* __restrict out, std::size_t rows) {
    const double* const __restrict open = in[0] - kReach;
    const double* const __restrict high = in[1] - kReach;
    const double* const __restrict low = in[2] - kReach;
    const double* const __restrict close = in[3] - kReach;
    double body[kTile + kReach];
    double range[kTile + kReach];
    double shadows[kTile + kReach];
    bool nan = false;
    for (std::size_t i = 0; i < rows + kReach; ++i) {
      body[i] = std::fabs(close[i] - open[i]);
      range[i] = high[i] - low[i];
      shadows[i] = Candles::shadows_of(open[i], high[i], low[i], close[i]);
      nan |= any_nan(open[i], high[i], low[i], close[i]);
    }
    const Candles::Columns columns{open, high, low, close, body, range, shadows};
    const auto bar = [&columns](std::size_t i) { return Candles(columns, static_cast<std::ptrdiff_t>(i + kReach)); };
    bool may_be = true;
    if constexpr (requires { Pattern::may_be(bar(0)); }) {
      may_be = false;
      for (std::size_t i = 0; i < rows; ++i) may_be |= Pattern::may_be(bar(i));
    }
    if (may_be) {
      for (std::size_t i = 0; i < rows; ++i) out[i] = pattern.answer(bar(i));
    } else {
      std::fill_n(out, rows, 0.0);
    }
    return !nan;
  }

  static constexpr std::size_t kColumn = kReach + kRoom;
  double* window(std::size_t c) { return window_.data() + c * kColumn; }

  Pattern pattern_;
  std::size_t seen_ = 0;          // up to kReach
  std::size_t end_ = kReach;      // where the next bar goes; before the first ones lie zeros
  std::vector<double> window_{};  // open, high, low, close; none where the past lies in front of the columns
};

}  // namespace cw::indicators
