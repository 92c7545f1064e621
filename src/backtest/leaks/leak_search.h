#pragma once

#include <vector>

#include "backtest/leaks/altered.h"
#include "backtest/leaks/leak_check.h"
#include "backtest/leaks/rule_columns.h"

namespace cw::backtest {

/// One column a node.
using Columns = std::vector<std::vector<double>>;

/// From which of the bars on there are others, and how.
struct Change {
  std::size_t cut = 0;  // 0: nothing is changed
  Alteration how{};
};

/// What the three questions of check_leaks share: the window, the answers of the run as it was, the report under way.
struct LeakSearch {
  const LeakInput& input;
  market::CandleSpan bars;
  std::vector<RuleColumn> rules;
  Columns base;  // of the program's nodes, over `bars`
  LeakReport report;

  /// A fresh plan that is given `all`; of other symbols it keeps what lies beside them, changed likewise.
  Result<expr::Plan> fresh_plan(const market::CandleSpan& all, std::span<const expr::NodeId> nodes,
                                Change change) const;

  /// The answers of such a plan over the first `count`.
  Result<Columns> run(const market::CandleSpan& all, std::size_t count, std::span<const expr::NodeId> nodes,
                      Change change = {}) const;

  /// Notes the leak of a column, unless one of this kind is known of its rule.
  void note(LeakKind kind, std::size_t column, std::size_t row, double after, std::int64_t changed_ms);

  Result<void> look_at_future();
  Result<void> look_at_stream();
  Result<void> look_at_begin();

 private:
  std::vector<std::size_t> cuts() const;
  Result<void> look_at_orders(std::span<const std::size_t> cuts);
  Result<RunResult> run_orders(const market::CandleSpan& all, std::size_t count, Change change = {}) const;
  expr::FeedBars others_beside(const expr::Plan& plan, const market::CandleSpan& all, Change change) const;
  bool orders_differ(const RunResult& one, const RunResult& other, std::size_t cut);
};

/// Whether two answers are one to the bit; two of no value are.
inline bool same_bits(double a, double b) { return a == b ? std::signbit(a) == std::signbit(b) : a != a && b != b; }

}  // namespace cw::backtest
