#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "indicators/kernel.h"

namespace cw::expr {

/// One node of a plan at work: it turns input columns into output columns and remembers what it must between calls.
/// Streaming is run() with one row, batch run() with a block of rows: the same code, so the same bits.
class Operator {
 public:
  virtual ~Operator() = default;

  /// The next `rows` rows. `in` has inputs() columns, `out` outputs() columns; they do not overlap.
  virtual void run(const double* const* in, double* const* out, std::size_t rows) = 0;
  /// The same state on its own: what steps ahead on a forming bar.
  virtual std::unique_ptr<Operator> clone() const = 0;

  virtual std::size_t inputs() const = 0;
  virtual std::size_t outputs() const = 0;
  /// How many first rows are NaN on input without NaN; the operator's own, not that of its inputs.
  virtual int lookback() const = 0;
  /// How many rows before its first one it looks at; 0 where it remembers what it must.
  virtual std::size_t past() const { return 0; }
  /// run() where past() more rows lie in front of the columns `in`, those that were before: of an operator that has a use for
  /// them, which then remembers none itself. An operator is only ever run in one of the two ways.
  virtual void run_after_past(const double* const* in, double* const* out, std::size_t rows) { run(in, out, rows); }

  /// Whether a row's answer depends on its own inputs alone and run() keeps nothing: one may then serve many plans at once.
  virtual bool stateless() const { return false; }

  /// Operators of one kind may be run side by side (see indicators::run_interleaved). `kind` is equal for those that may,
  /// null for those that gain nothing by it.
  virtual const void* kind() const { return nullptr; }
  /// Runs itself and `others`, all of its kind, 1 to 3 of them, side by side. `in` and `out` hold one entry each.
  virtual void run_beside(std::span<Operator* const> others, std::span<const double* const* const> in,
                          std::span<double* const* const> out, std::size_t rows);
};

/// An indicator as a node. `Interleaved` for recursions that wait for their own last answer.
template <indicators::Kernel K, bool Interleaved = false>
class KernelOperator final : public Operator {
 public:
  explicit KernelOperator(K kernel) : kernel_(std::move(kernel)) {}

  void run(const double* const* in, double* const* out, std::size_t rows) override {
    indicators::run(kernel_, inputs_of(in), outputs_of(out), rows);
  }
  std::unique_ptr<Operator> clone() const override { return std::make_unique<KernelOperator>(kernel_); }
  std::size_t inputs() const override { return indicators::kInputs<K>; }
  std::size_t outputs() const override { return indicators::kOutputs<K>; }
  int lookback() const override { return kernel_.lookback(); }

  std::size_t past() const override {
    if constexpr (indicators::LooksBack<K>) return K::kPast;
    return 0;
  }
  void run_after_past(const double* const* in, double* const* out, std::size_t rows) override {
    if constexpr (indicators::LooksBack<K>) {
      kernel_.run_after_past(inputs_of(in), outputs_of(out), rows);
    } else {
      run(in, out, rows);
    }
  }

  const void* kind() const override { return Interleaved ? &kKind : nullptr; }
  void run_beside(std::span<Operator* const> others, std::span<const double* const* const> in,
                  std::span<double* const* const> out, std::size_t rows) override {
    if constexpr (Interleaved) {
      if (others.size() == 3) return beside<4>(others, in, out, rows);
      if (others.size() == 2) return beside<3>(others, in, out, rows);
      if (others.size() == 1) return beside<2>(others, in, out, rows);
    }
    Operator::run_beside(others, in, out, rows);
  }

 private:
  static inline constexpr char kKind = 0;

  static indicators::InputColumns<K> inputs_of(const double* const* in) {
    indicators::InputColumns<K> columns;
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i] = in[i];
    return columns;
  }
  static indicators::OutputColumns<K> outputs_of(double* const* out) {
    indicators::OutputColumns<K> columns;
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i] = out[i];
    return columns;
  }
  template <std::size_t N>
  void beside(std::span<Operator* const> others, std::span<const double* const* const> in,
              std::span<double* const* const> out, std::size_t rows) {
    std::array<K*, N> kernels;
    std::array<indicators::InputColumns<K>, N> inputs;
    std::array<indicators::OutputColumns<K>, N> outputs;
    for (std::size_t i = 0; i < N; ++i) {
      kernels[i] = i == 0 ? &kernel_ : &static_cast<KernelOperator*>(others[i - 1])->kernel_;
      inputs[i] = inputs_of(in[i]);
      outputs[i] = outputs_of(out[i]);
    }
    indicators::run_interleaved<K, N>(kernels, inputs, outputs, rows);
  }

  K kernel_;
};

}  // namespace cw::expr
