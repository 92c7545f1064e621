#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "backtest/portfolio.h"
#include "backtest/sweep/cell.h"
#include "strategy/compile.h"

namespace cw::backtest {

/// Programs of one strategy in one graph an instrument, and the columns that they share.
class Block {
 public:
  /// Memory of columns that one block after the other uses: by instrument, and by column of it. Of one thread at a time.
  using Memory = std::vector<std::vector<std::vector<double>>>;

  /// `bytes_most` bounds the columns, of all instruments together, of more than one cell. All outlive it; what was in
  /// `memory` is overwritten.
  Block(const SweepPlan& plan, const SweepData& data, std::size_t bytes_most, Memory& memory);

  enum class Added : unsigned char {
    yes,
    full,      // there is no room: in a new block there will be
    forbidden  // the values do not go together: `why` says it
  };
  /// The next member: the programs of a cell, one an instrument.
  Added add(std::uint64_t cell, CellResult& why);

  bool empty() const { return instruments_.front().programs.empty(); }

  /// Computes the columns up to moment `end`. False: `go_on` said no.
  /// Errors  see run_cells
  Result<bool> run(std::size_t end, const std::function<bool()>& go_on);

  /// A member with its columns over a stretch of moments, for run_parts.
  class Ready {
   public:
    Ready(const Block& block, std::size_t member, std::size_t from, std::size_t to);
    std::span<const ReadyPart> parts() const { return parts_; }

   private:
    std::vector<std::vector<const double*>> columns_;
    std::vector<ReadyPart> parts_;
  };
  Ready ready(std::size_t member, std::size_t from, std::size_t to) const { return {*this, member, from, to}; }

 private:
  /// What there is for one instrument.
  struct Instrument {
    const SweepPart& part;
    expr::Graph graph;
    std::vector<std::vector<double>>& columns;  // the first of them: one a node
    std::vector<strategy::Program> programs{};
    std::vector<expr::NodeId> nodes{};         // of all programs, each once
    std::vector<std::size_t> place_of_node{};  // by node; kNowhere

    std::size_t place_of(expr::NodeId node) const;
    std::size_t columns_with(const strategy::Program& more) const;
    void take(strategy::Program program);
    Result<bool> run(std::size_t end, const std::function<bool()>& go_on);
  };
  bool has_room(std::span<const strategy::Program> programs) const;

  const SweepPlan& plan_;
  const SweepData& data_;
  std::size_t bytes_most_;
  std::vector<Instrument> instruments_;
};

}  // namespace cw::backtest
