#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "backtest/engine.h"

namespace cw::backtest {

/// Which checks these are: a verdict that is remembered by Program::fingerprint is one of this version, and is made
/// anew where the version is another.
inline constexpr int kLeakChecksVersion = 1;

/// A plan of these nodes that has seen no bar, for a run over `bars`: all that it may ever see. Whoever gives ai.* and
/// signal.* makes them of these bars here, so that a series that knows the future of its bars is found.
using PlanFactory =
    std::function<Result<expr::Plan>(const market::CandleSpan& bars, std::span<const expr::NodeId> nodes)>;

/// The plan of a graph and of series that do not depend on the bars. `others`: of the other symbols that it looks at.
PlanFactory plans_of(const expr::Graph& graph, expr::NamedSeries* named = nullptr, expr::FeedBars others = {});

/// What is looked at.
struct LeakInput {
  const strategy::Program& program;
  const expr::Graph& graph;
  PlanFactory plan;
  market::CandleSpan bars;  // of the run, those of its warm-up with them; the last `bars_most` are used
  RunSettings settings{};   // `from`, `close_at_end` and the magnifier are left out of account
  const strategy::Places* places = nullptr;  // where the rules stand in the document; null: not known
  std::function<bool()> cancelled{};         // asked between the runs
  std::size_t bars_most = 50'000;
};

enum class LeakKind : std::uint8_t {
  future,  // an answer at a bar is another one where later bars are
  stream,  // an answer is another one where the bars come one at a time
  begin    // an answer is another one where the data begin later, and stays so
};
std::string_view name(LeakKind kind);

/// One rule that leaks.
struct Leak {
  LeakKind kind{};
  std::string rule{};       // "long.entry", "short.stop", "sizing"; "trades" where no rule does and the run yet does
  std::size_t line = 0;     // of the document; 0: not known
  std::int64_t bar_ms = 0;  // open of the bar at which the answers differ
  std::int64_t changed_ms =
      0;              // of future: open of the first bar that was changed; of begin: of the first that was left
  double before = 0;  // the answer of the run as it was
  double after = 0;   // of the other one

  /// A sentence for a person: "long.entry (line 9) knew at 2024-05-01T10:00:00Z …".
  std::string text() const;
};

/// What the checks found.
struct LeakReport {
  std::size_t bars = 0;           // looked at
  std::size_t cuts = 0;           // places from which on the bars were changed
  int look_back = 0;              // bars, as the program says and its yes-or-no functions do not (unstated_look_back)
  bool remembers = false;         // some function weighs all bars since the first: see leak_check.h
  bool begin_told = false;        // whether the later begin could be judged
  std::size_t settles_after = 0;  // bars after the look-back until the later begin was forgotten; 0: at once
  std::vector<Leak> leaks{};      // at most one a rule and kind

  bool passed() const { return leaks.empty(); }
  /// The verdict in a sentence or two.
  std::string text() const;
  /// The verdict and what leaks with rule, line and bar, each on a line of its own; of more than kLeaksTold how many more.
  std::string whole_text() const;
  static constexpr std::size_t kLeaksTold = 6;
};

/// Looks whether a strategy knows what it can not know. Three questions, each over the last `bars_most` bars:
///
/// future  At several bars, those at which its rules held among them, all later bars are changed (mirrored; moved a
///         week on and scaled; taken away), those of other symbols too. No column of a rule may move by a bit before, nor
///         any trade or equity.
/// stream  The bars come one at a time: each column must be the same to the bit.
/// begin   The run begins later, with the look-back before it. From there on columns must agree, numbers to a relative
///         1e-9. Where a function remembers all bars since the first (`remembers_all`: averages that weigh the past by
///         powers, events that wait for the next one), they must agree to 1e-6 at the latest in the middle of what is
///         left, and the report tells from when on; where what is left is under 2 * max(2000, 20 look-backs) bars,
///         nothing is told. Conditions may differ where what they compare is equal to a relative 1e-9: there rounding
///         decides.
///
/// Errors  those of `plan` and Engine::take; Errc::bad_input for under 3 bars; Errc::unsupported where it looks at another
///         symbol and the plans keep no bars of it; Errc::cancelled
/// Cost    about 40 runs of the columns over half of the bars each, 4 with orders
/// Source  the idea: freqtrade's lookahead-analysis and recursive-analysis; here without orders in the way
Result<LeakReport> check_leaks(const LeakInput& input);

/// Whether a function's answers depend, ever less, on all bars since the first. The others look back on a stated number
/// of bars.
bool remembers_all(std::string_view function);

}  // namespace cw::backtest
