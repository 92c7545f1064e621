#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "expr/graph.h"
#include "expr/operator.h"
#include "market/candle.h"

namespace cw::expr {

/// Where a value of a context lives: a column of its block.
using Slot = std::uint32_t;

/// The part of a plan that runs over one series of bars: columns of a block of rows, and the operators that fill them in
/// an order that respects who reads whom.
class PlanContext {
 public:
  explicit PlanContext(std::size_t block_rows) : block_rows_(block_rows) {}
  PlanContext(const PlanContext& other) : PlanContext(other, other.block_rows_) {}
  /// The same with blocks of so many rows: the copy never has the memory of wider ones.
  PlanContext(const PlanContext& other, std::size_t block_rows);
  PlanContext(PlanContext&&) noexcept = default;
  PlanContext& operator=(PlanContext&&) noexcept = default;

  // Building, in the order of the nodes.
  Slot add_column();
  void add_constant(Slot slot, double value);
  void add_bar_column(Slot slot, BarField field);
  /// `level` is one more than the highest level of its inputs' makers; columns have level 0.
  void add_operator(std::unique_ptr<Operator> made, std::vector<Slot> inputs, std::vector<Slot> outputs, int level);
  /// Lays out the memory and forms groups of operators that run side by side. Nothing is added afterwards.
  void finish();

  std::size_t block_rows() const { return block_rows_; }
  std::size_t operators() const { return nodes_.size(); }

  /// Puts up to block_rows() bars into the columns that hold a bar's fields.
  void load(const market::CandleSpan& rows);
  void load(const market::Candle& bar);
  /// Runs all operators over the first `rows` rows.
  void run(std::size_t rows);

  double* column(Slot slot) { return columns_.data() + slot * block_rows_; }
  const double* column(Slot slot) const { return columns_.data() + slot * block_rows_; }

 private:
  struct Node {
    std::unique_ptr<Operator> made;
    std::vector<Slot> inputs;
    std::vector<Slot> outputs;
    int level = 0;
    std::vector<const double*> in{};  // the addresses of its columns, once they are laid out
    std::vector<double*> out{};
  };
  struct BarColumn {
    Slot slot;
    BarField field;
  };
  struct Constant {
    Slot slot;
    double value;
  };
  static constexpr std::size_t kBesideMost = 4;

  void lay_out();

  std::size_t block_rows_;
  std::size_t slots_ = 0;
  std::uint64_t bars_seen_ = 0;
  std::vector<BarColumn> bar_columns_;
  std::vector<Constant> constants_;
  std::vector<Node> nodes_;
  std::vector<std::size_t> groups_;  // nodes_ is cut into runs of this many; a run's operators go side by side
  std::vector<double> columns_;      // slots_ columns of block_rows_
};

}  // namespace cw::expr
