#include "expr/graph.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/require.h"
#include "expr/arithmetic.h"
#include "expr/lookback.h"

namespace cw::expr {
namespace {

/// NaN has many spellings; here it is one value. 0.0 and -0.0 are two.
std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x != x ? indicators::kNaN : x); }

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return std::ranges::equal(a, b, {}, bits, bits);
}

void mix(std::size_t& hash, std::uint64_t value) {
  hash ^= value + 0x9e3779b97f4a7c15ULL + (hash << 6) + (hash >> 2);
  hash *= 0xff51afd7ed558ccdULL;
  hash ^= hash >> 32;
}

Settings settings_of(const Node& call) { return {call.numbers, call.texts, call.seed}; }

/// The answer of a stateless function to constants.
double call_once(const Node& call, const std::vector<double>& inputs) {
  const auto made = call.function->make(settings_of(call));
  CW_REQUIRE(made->inputs() == inputs.size() && made->outputs() == 1);
  std::vector<const double*> in;
  in.reserve(inputs.size());
  for (const double& input : inputs) in.push_back(&input);
  double answer = indicators::kNaN;
  double* const out = &answer;
  made->run(in.data(), &out, 1);
  return answer;
}

std::unexpected<Error> over(std::size_t most, std::string_view what) {
  return fail(Errc::limit_exceeded, fmt::format("this would need more than {} {}, which is the limit", most, what));
}

}  // namespace

bool operator==(const Node& a, const Node& b) {
  return a.op == b.op && a.type == b.type && a.context == b.context && a.inputs == b.inputs &&
         bits(a.number) == bits(b.number) && a.field == b.field && a.function == b.function && a.seed == b.seed &&
         same_bits(a.numbers, b.numbers) && a.texts == b.texts && a.name == b.name;
}

std::size_t Graph::Hash::operator()(const Node& node) const {
  std::size_t hash = (static_cast<std::size_t>(node.op) << 24) | (static_cast<std::size_t>(node.type) << 16) |
                     (static_cast<std::size_t>(node.field) << 8) | static_cast<std::size_t>(node.seed);
  mix(hash, node.context);
  mix(hash, bits(node.number));
  for (const NodeId input : node.inputs) mix(hash, input);
  if (node.function != nullptr) mix(hash, std::hash<const Function*>{}(node.function));
  for (const double number : node.numbers) mix(hash, bits(number));
  for (const std::string& text : node.texts) mix(hash, std::hash<std::string>{}(text));
  if (!node.name.empty()) mix(hash, std::hash<std::string>{}(node.name));
  return hash;
}

Graph::Graph(market::Timeframe timeframe) : contexts_{{.symbol = {}, .timeframe = timeframe}} {}

Result<ContextId> Graph::context(const Context& wanted) {
  const auto at = std::ranges::find(contexts_, wanted);
  const auto id = static_cast<ContextId>(at - contexts_.begin());
  if (at != contexts_.end()) return id;
  if (contexts_.size() == kContextsMost) return over(kContextsMost, "series of bars (timeframes and symbols)");
  contexts_.push_back(wanted);
  return id;
}

void Graph::require_sound(const Node& node) const {
  CW_REQUIRE(node.context < contexts_.size());
  for (const NodeId input : node.inputs) {
    CW_REQUIRE(input < nodes_.size());
    CW_REQUIRE(node.op == Op::Security || nodes_[input].context == node.context);
  }
  if (arity(node.op) > 0) CW_REQUIRE(node.inputs.size() == arity(node.op));
  if (node.op == Op::History || node.op == Op::Output || node.op == Op::Security) CW_REQUIRE(node.inputs.size() == 1);
  if (node.op == Op::History) CW_REQUIRE(node.number >= 0 && node.number <= kLengthMost);
  if (node.op == Op::Call) CW_REQUIRE(node.function != nullptr);
}

std::optional<NodeId> Graph::stands_for(const Node& node) const {
  const auto is_constant = [this](NodeId id) { return nodes_[id].op == Op::Constant; };
  switch (node.op) {
    case Op::History:
      if (node.number == 0) return node.inputs[0];
      break;
    case Op::Security:
      if (nodes_[node.inputs[0]].context == node.context) return node.inputs[0];
      break;
    case Op::Output:
      if (is_constant(node.inputs[0])) return node.inputs[0];  // of a call that was folded
      break;
    case Op::Select:
      if (!is_constant(node.inputs[0])) break;
      return is_true(nodes_[node.inputs[0]].number) ? node.inputs[1] : node.inputs[2];
    default: break;
  }
  return std::nullopt;
}

void Graph::fold(Node& node) const {
  const bool is_stateless = arity(node.op) > 0 || (node.op == Op::Call && node.function->stateless);
  if (!is_stateless || node.inputs.empty()) return;
  std::vector<double> values;
  for (const NodeId input : node.inputs) {
    if (nodes_[input].op != Op::Constant) return;
    values.push_back(nodes_[input].number);
  }
  const double answer = [&] {
    if (node.op == Op::Call) return call_once(node, values);
    values.resize(3);
    return evaluate(node.op, values[0], values[1], values[2]);
  }();
  node = Node{.op = Op::Constant, .type = node.type, .context = node.context, .number = answer};
}

int Graph::lookback_of(const Node& node) const {
  int longest = 0;
  for (const NodeId input : node.inputs) {
    // The bars of another context are not this one's: how many of these pass until that one answers is not known here.
    const bool is_foreign = nodes_[input].op == Op::Security;
    if (!is_foreign) longest = std::max(longest, lookbacks_[input]);
  }
  if (node.op == Op::History) return longest + static_cast<int>(node.number);
  if (node.op == Op::Output) {
    // The call counts the output that begins first; this one may begin later.
    const Node& call = nodes_[node.inputs[0]];
    const auto own = lookbacks(*call.function, settings_of(call));
    if (!own) return longest;
    return longest - std::ranges::min(*own) + (*own)[static_cast<std::size_t>(node.number)];
  }
  if (node.op == Op::Call) return longest + node.function->make(settings_of(node))->lookback();
  return longest;
}

Result<NodeId> Graph::add(Node node) {
  require_sound(node);
  if (const auto other = stands_for(node)) return *other;
  fold(node);

  const std::size_t hash = Hash{}(node);
  const auto [first, last] = by_hash_.equal_range(hash);
  for (auto at = first; at != last; ++at) {
    if (nodes_[at->second] == node) return at->second;
  }
  if (nodes_.size() == kNodesMost) return over(kNodesMost, "different operations");
  const int lookback = lookback_of(node);
  if (lookback > kLookbackMost) return over(kLookbackMost, "bars before its first value");

  const auto id = static_cast<NodeId>(nodes_.size());
  nodes_.push_back(std::move(node));
  lookbacks_.push_back(lookback);
  by_hash_.emplace(hash, id);
  return id;
}

}  // namespace cw::expr
