#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "expr/function.h"
#include "market/timeframe.h"

namespace cw::expr {

/// Place of a node in its graph. A node's inputs have smaller numbers, so the order of numbers is an order to run them in.
using NodeId = std::uint32_t;
/// Place of a context in its graph: whose bars a node runs over. 0 is the chart's own.
using ContextId = std::uint32_t;

/// A series of bars. `symbol` is empty for the chart's own symbol.
struct Context {
  std::string symbol;
  market::Timeframe timeframe{};
  friend bool operator==(const Context&, const Context&) = default;
};

enum class Op : unsigned char {
  Constant,  // number
  Bar,       // a column of the context's bars: field
  Negate,
  Not,  // one input
  Add,
  Subtract,
  Multiply,
  Divide,
  Modulo,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Equal,
  NotEqual,  // false where either is NaN
  And,
  Or,
  Select,    // inputs: condition, then, else; both are run at every bar
  History,   // inputs[0] as of `number` bars ago; before there was one NaN, of a bool 0. Whole, 0 to kLengthMost
  Call,      // a row of the table: function and settings; all its outputs
  Output,    // one output of a Call: inputs[0], number
  Security,  // inputs[0], a node of another context, as this context may see it; before its first bar as History
  Named,     // a series from outside: name and settings (ai.*, signal.*)
};

struct Node {
  Op op = Op::Constant;
  Type type = Type::Float;  // of a Call with several outputs: that of the first
  ContextId context = 0;
  std::vector<NodeId> inputs{};
  double number = 0;
  BarField field{};                    // Bar
  const Function* function = nullptr;  // Call
  std::vector<double> numbers{};       // Call, Named: the settings as Settings takes them
  std::vector<std::string> texts{};
  indicators::Seed seed{};  // Call: talib where the function is not seeded, so that equal calls are equal
  std::string name{};       // Named

  /// Equal nodes answer the same: bits for numbers (NaN equals NaN), so -0.0 and 0.0 differ.
  friend bool operator==(const Node&, const Node&);
};

/// Expressions over one symbol's bars as one graph in which equal sub-expressions are one node. Grows only.
///
/// Limits  kNodesMost nodes, kContextsMost contexts, and every column's look-back at most kLookbackMost bars of its own
///         context: Errc::limit_exceeded, naming the limit
class Graph {
 public:
  static constexpr std::size_t kNodesMost = 10'000;
  static constexpr std::size_t kContextsMost = 32;
  static constexpr int kLookbackMost = 100'000;

  explicit Graph(market::Timeframe timeframe);

  /// The number of this node: an equal one's, or a new one's. Constants are folded: a stateless operation on constants
  /// becomes a Constant; a Select by a constant, a History of 0 bars and a Security of its own context are the input they
  /// stand for. Inputs must be of the graph and, but for Security, of the node's context (contract).
  Result<NodeId> add(Node node);
  Result<ContextId> context(const Context& wanted);

  std::span<const Node> nodes() const { return nodes_; }
  const Node& node(NodeId id) const { return nodes_[id]; }
  std::span<const Context> contexts() const { return contexts_; }
  /// How many first rows of a node's own context are NaN where the input has none: the longest of its inputs' and what
  /// it adds itself. Of a Security: that of its input, in bars of the input's context; what is made of it counts it as 0.
  int lookback(NodeId id) const { return lookbacks_[id]; }

 private:
  struct Hash {
    std::size_t operator()(const Node& node) const;
  };
  void require_sound(const Node& node) const;
  /// The node that is there already and answers the same as this one would, where no work is needed to know it.
  std::optional<NodeId> stands_for(const Node& node) const;
  /// Turns a stateless operation on constants into a Constant.
  void fold(Node& node) const;
  int lookback_of(const Node& node) const;

  std::vector<Node> nodes_;
  std::vector<int> lookbacks_;
  std::vector<Context> contexts_;
  std::unordered_multimap<std::size_t, NodeId> by_hash_;
};

}  // namespace cw::expr
