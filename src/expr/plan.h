#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"
#include "expr/graph.h"
#include "expr/named_series.h"
#include "market/candle.h"
#include "market/provisional.h"

namespace cw::expr {

/// Where a plan gets the bars of other symbols from. One sequence a feed, each bar once, in time order.
class OtherBars {
 public:
  virtual ~OtherBars() = default;
  /// The feed's next bar, if it was closed at or before `time`; else nothing is taken.
  virtual bool next(std::size_t feed, Timestamp time, market::Candle& bar) = 0;
};

/// The bars of a plan's feeds in memory, oldest first, each feed's at its timeframe. Shared by plans and never changed.
using FeedBars = std::vector<std::shared_ptr<const market::CandleColumns>>;

/// A graph's nodes at work: what the chosen ones answer, over columns of bars or bar by bar, with the same bits, in any
/// portions.
///
/// Visibility. Bars of higher timeframes of the own symbol are folded here from the rows given and are seen by the row
/// that closes them. A bar of another symbol is seen by the first row that opens at or after its close. Before the
/// first bar of a context its nodes are NaN, bools 0. So no row's answer depends on a later row, of any symbol.
///
/// Rows run in blocks that stay in the cache: memory is a few columns of kBlockMost rows, however long the history.
/// Operators of one kind that do not wait for each other run side by side.
class Plan {
 public:
  static constexpr std::size_t kBlockMost = 1'024;  // rows at a time; fewer for a plan of many columns
  static constexpr std::size_t kOutputsMost = 1'024;

  /// A plan for these nodes of `graph`, which are of context 0 (contract). It keeps nothing of the graph. `named` is
  /// asked for ai.* and signal.* nodes.
  ///
  /// Errors  Errc::unsupported for a context whose timeframe is not made of whole bars of the chart's, or a named series
  ///         that `named` does not have; Errc::limit_exceeded over kOutputsMost
  static Result<Plan> make(const Graph& graph, std::span<const NodeId> outputs, NamedSeries* named = nullptr);

  Plan(Plan&&) noexcept;
  Plan& operator=(Plan&&) noexcept;
  ~Plan();
  /// The same plan, standing where this one stands.
  Plan clone() const;
  /// The same for a life of single steps: it keeps columns of one row, where a plan that runs keeps some hundred kilobytes.
  Plan clone_for_steps() const;

  std::size_t outputs() const;
  /// How many nodes are run, bars' columns and constants not counted.
  std::size_t nodes() const;
  /// The other symbols' series that it needs: feed i of OtherBars.
  const std::vector<Context>& feeds() const;

  /// Bars of other symbols that this plan and its copies take where run() and step() are given none. Before the first row;
  /// one sequence a feed (contract).
  void keep_others(FeedBars bars);
  /// Those; empty where none are kept.
  const FeedBars& kept_others() const;

  /// The next rows: `out` has outputs() columns of as many rows. `others` may be null where feeds() is empty or their bars are
  /// kept.
  void run(const market::CandleSpan& rows, std::span<double* const> out, OtherBars* others = nullptr);
  /// The next row: `out` has outputs() values.
  void step(const market::Candle& bar, std::span<double> out, OtherBars* others = nullptr);

  /// What step() would answer if the bar under way closed as it is: on a copy, for display alone. Bars of other symbols
  /// count as far as they were taken by the rows before.
  market::Provisional<std::vector<double>> peek(const market::FormingCandle& forming) const;

  struct Impl;

 private:
  explicit Plan(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cw::expr
