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
  /// Columns that one operator reads at most, and that one fills at most.
  static constexpr std::size_t kPortsMost = 16;

  explicit PlanContext(std::size_t block_rows) : block_rows_(block_rows) {}
  PlanContext(const PlanContext& other) : PlanContext(other, other.block_rows_) {}
  /// The same with blocks of so many rows: the copy never has the memory of wider ones.
  PlanContext(const PlanContext& other, std::size_t block_rows);
  /// The same for one row at a time. What lies in columns between two operators is nobody's afterwards, so it lies in memory
  /// that all such plans of a thread share: no other of them may run between this one's load() and the last look at column().
  PlanContext copy_for_steps() const;
  PlanContext(PlanContext&&) noexcept = default;
  PlanContext& operator=(PlanContext&&) noexcept = default;

  // Building, in the order of the nodes.
  Slot add_column();
  void add_constant(Slot slot, double value);
  void add_bar_column(Slot slot, BarField field);
  /// `level` is one more than the highest level of its inputs' makers; columns have level 0.
  void add_operator(std::unique_ptr<Operator> made, std::vector<Slot> inputs, std::vector<Slot> outputs, int level);
  /// Forms groups of operators that run side by side and lays out the memory. Nothing is added afterwards.
  void finish();

  std::size_t block_rows() const { return block_rows_; }
  std::size_t operators() const { return layout_->nodes.size(); }

  /// Puts up to block_rows() bars into the columns that hold a bar's fields.
  void load(const market::CandleSpan& rows);
  void load(const market::Candle& bar);
  /// Runs all operators over the first `rows` rows.
  void run(std::size_t rows);

  double* column(Slot slot) { return at(slot, columns()); }
  const double* column(Slot slot) const { return const_cast<PlanContext*>(this)->column(slot); }

 private:
  struct BarColumn {
    Slot slot;
    BarField field;
  };
  struct Constant {
    Slot slot;
    double value;
  };
  struct Node {
    std::uint32_t first_port = 0;  // in `ports`: its inputs, then its outputs
    std::uint8_t inputs = 0;
    std::uint8_t outputs = 0;
    std::uint8_t beside = 1;  // of a group's first: how many nodes from here on run side by side
    bool after_past = false;  // its inputs have the rows before them in front
    // The operator of all copies where it keeps nothing between rows; null: each copy has its own.
    std::shared_ptr<Operator> shared{};
  };
  /// What is equal in all copies. A desk has thousands of them, each with a state and with nothing else.
  struct Layout {
    std::size_t slots = 0;
    std::vector<BarColumn> bar_columns{};
    std::vector<Constant> constants{};
    std::vector<Node> nodes{};  // in the order in which they run
    std::vector<Slot> ports{};
    std::size_t past = 0;                   // rows that are kept in front of some bar columns
    std::vector<std::uint8_t> with_past{};  // by slot: the column's place among those, from 1 on; 0: it is none
    std::size_t columns_with_past = 0;
    std::uint64_t id = 0;  // no two that were ever finished have the same
  };
  /// The columns of plans that run one row at a time.
  struct Scratch {
    std::vector<double> columns{};
    std::uint64_t constants_of = 0;  // the layout whose constants lie in it
  };
  struct Added {
    std::unique_ptr<Operator> made;
    std::vector<Slot> inputs;
    std::vector<Slot> outputs;
    int level = 0;
  };
  /// The addresses of one node's columns.
  struct Ports {
    std::array<const double*, kPortsMost> in;
    std::array<double*, kPortsMost> out;
  };
  static constexpr std::size_t kBesideMost = 4;

  void order();
  void find_past();
  void lay_out();
  void put_constants(double* columns) const;
  /// Where the columns begin that have no past.
  double* columns() { return shares_columns_ ? scratch_.columns.data() : columns_.data(); }
  double* at(Slot slot, double* columns) {
    const std::size_t place = layout_->with_past[slot];
    if (place == 0) return columns + slot * block_rows_;
    return with_past_.data() + (place - 1) * (layout_->past + block_rows_) + layout_->past;
  }
  void find(const Node& node, double* columns, Ports& ports);
  void take_scratch();
  void keep_past(std::size_t rows);

  static thread_local Scratch scratch_;

  std::size_t block_rows_;
  std::uint64_t bars_seen_ = 0;
  std::shared_ptr<Layout> layout_ = std::make_shared<Layout>();  // written by the one that builds it, up to finish()
  std::vector<Added> added_;                                     // up to finish()
  std::vector<std::unique_ptr<Operator>> operators_;             // of the nodes that have their own, in their order
  bool shares_columns_ = false;                                  // they are those of scratch_
  std::vector<double> columns_;                                  // a block of rows for each slot
  std::vector<double> with_past_;                                // the past and a block, for each column that has one
};

}  // namespace cw::expr
