#pragma once

#include <cstddef>
#include <memory>

#include "expr/graph.h"
#include "expr/operator.h"

namespace cw::expr {

/// The operator of a stateless operation, Negate to Select; each row is what `evaluate` answers.
std::unique_ptr<Operator> make_arithmetic(Op op);

/// The value of `bars` bars ago, whatever it was: NaN too. `before` is the answer while there was no such bar.
std::unique_ptr<Operator> make_history(int bars, double before = indicators::kNaN);

/// A function of the values of one bar as a node: no state, no look-back.
template <auto F, std::size_t N>
class MapOperator final : public Operator {
 public:
  void run(const double* const* in, double* const* out, std::size_t rows) override {
    double* const answers = out[0];
    if constexpr (N == 1) {
      const double* const a = in[0];
      for (std::size_t i = 0; i < rows; ++i) answers[i] = F(a[i]);
    } else if constexpr (N == 2) {
      const double* const a = in[0];
      const double* const b = in[1];
      for (std::size_t i = 0; i < rows; ++i) answers[i] = F(a[i], b[i]);
    } else {
      static_assert(N == 3);
      const double* const a = in[0];
      const double* const b = in[1];
      const double* const c = in[2];
      for (std::size_t i = 0; i < rows; ++i) answers[i] = F(a[i], b[i], c[i]);
    }
  }
  std::unique_ptr<Operator> clone() const override { return std::make_unique<MapOperator>(); }
  std::size_t inputs() const override { return N; }
  std::size_t outputs() const override { return 1; }
  int lookback() const override { return 0; }
  bool stateless() const override { return true; }
};

}  // namespace cw::expr
