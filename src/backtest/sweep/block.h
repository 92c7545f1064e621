#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "backtest/sweep/cell.h"
#include "strategy/compile.h"

namespace cw::backtest {

/// Programs of one strategy in one graph, and the columns that they share.
class Block {
 public:
  /// Memory of columns that one block after the other uses. Of one thread at a time.
  using Memory = std::vector<std::vector<double>>;

  /// `bytes_most` bounds the columns of more than one program. All outlive it; what was in `memory` is overwritten.
  Block(const SweepPlan& plan, const SweepData& data, std::size_t bytes_most, Memory& memory);

  enum class Added : unsigned char {
    yes,
    full,      // there is no room: in a new block there will be
    forbidden  // the values do not go together: `why` says it
  };
  /// The next program: that of a cell.
  Added add(std::uint64_t cell, CellResult& why);

  bool empty() const { return programs_.empty(); }

  /// Computes the columns up to bar `end`. False: `go_on` said no.
  /// Errors  see run_cells
  Result<bool> run(std::size_t end, const std::function<bool()>& go_on);

  const strategy::Program& program(std::size_t member) const { return programs_[member]; }
  /// The columns of a program, as its rules number them, from a bar on.
  std::vector<const double*> columns(std::size_t member, std::size_t from) const;

 private:
  bool has_room(const strategy::Program& program) const;
  std::size_t place_of(expr::NodeId node) const;

  const SweepPlan& plan_;
  const SweepData& data_;
  std::size_t columns_most_;
  expr::Graph graph_;
  std::vector<strategy::Program> programs_;
  std::vector<expr::NodeId> nodes_;         // of all programs, each once
  std::vector<std::size_t> place_of_node_;  // by node; kNowhere
  Memory& columns_;                         // the first of them: one a node
};

}  // namespace cw::backtest
