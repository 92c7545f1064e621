#include "strategy/compile.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/number.h"
#include "base/require.h"
#include "expr/field_script.h"
#include "strategy/digest.h"
#include "strategy/graph_facts.h"
#include "strategy/rules.h"
#include "strategy/syntax.h"

namespace cw::strategy {
namespace {

/// The call that stands for an input with its value in effect.
std::string input_call(const Input& input, const InputValue& value) {
  const std::string text = value_text(input, value);
  switch (input.kind) {
    case InputKind::Int: return fmt::format("input.int({})", text);
    case InputKind::Float: return fmt::format("input.float({})", text);
    case InputKind::Bool: return fmt::format("input.bool({})", text);
    case InputKind::Choice: return fmt::format("input.string(\"{}\")", text);
    case InputKind::Source: return fmt::format("input.source({})", text);
    case InputKind::Timeframe: return fmt::format("input.timeframe(\"{}\")", text);
  }
  return {};
}

/// A document as one text of the language, whose plots are what is wanted.
class Text {
 public:
  Text(const Document& document, const BoundInputs& inputs, const std::vector<Wanted>& wanted)
      : document_(document), inputs_(inputs), wanted_(wanted) {}

  /// Compiles it. After a fault in one wanted expression the others are tried too.
  std::optional<expr::Expression> compile(const expr::CompileOptions& options, expr::Graph& graph, Faults& faults) {
    std::vector<bool> is_left_out(wanted_.size(), false);
    while (true) {
      const expr::FieldScript script = written(is_left_out);
      auto made = expr::compile(script.text(), options, graph);
      if (made) return faults.empty() ? std::optional{std::move(*made)} : std::nullopt;
      const auto found = script.fault(std::move(made.error()));
      add_fault(found.field, found.diagnostic, faults);
      const std::size_t first = document_.inputs.size() + document_.let.size();
      const bool is_wanted = found.line >= first && found.line < first + wanted_.size();
      if (!is_wanted || faults.size() == kFaultsMost || is_left_out[found.line - first]) return std::nullopt;
      is_left_out[found.line - first] = true;
    }
  }

 private:
  expr::FieldScript written(const std::vector<bool>& is_left_out) const {
    expr::FieldScript script;
    for (std::size_t i = 0; i < document_.inputs.size(); ++i) {
      const Input& input = document_.inputs[i];
      script.add("inputs." + input.name, input.name + " = ", input_call(input, inputs_[i].second));
    }
    for (const Binding& binding : document_.let)
      script.add("let." + binding.head, before_expression(binding.head), binding.expr);
    for (std::size_t i = 0; i < wanted_.size(); ++i)
      script.add(wanted_[i].field, fmt::format("wanted{}__ = ", i), is_left_out[i] ? "true" : wanted_[i].expr);
    for (std::size_t i = 0; i < wanted_.size(); ++i) script.plot(wanted_[i].field, fmt::format("wanted{}__", i));
    return script;
  }

  void add_fault(const std::string& field, const expr::Diagnostic& found, Faults& faults) const {
    const auto place = document_.places.of.find(field);
    Fault fault = expression_fault(field, found, place == document_.places.of.end() ? TextPlace{} : place->second);
    // The line of an input is ours: there is nothing to show of it.
    if (field.starts_with("inputs.")) fault.message = found.message;
    faults.push_back(std::move(fault));
  }

  const Document& document_;
  const BoundInputs& inputs_;
  const std::vector<Wanted>& wanted_;
};

/// "fast 30, slow 20": the inputs that a condition names.
std::string named_values(const Document& document, const BoundInputs& inputs, const std::string& condition) {
  std::string out;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!condition.contains(inputs[i].first)) continue;
    out += fmt::format("{}{} {}", out.empty() ? " with " : ", ", inputs[i].first,
                       value_text(document.inputs[i], inputs[i].second));
  }
  return out;
}

void check_wanted(const Wanted& wanted, const expr::Plot& plot, const Document& document, const BoundInputs& inputs,
                  const expr::Graph& graph, Faults& faults) {
  const auto refuse = [&](Errc code, std::string message) {
    const auto place = document.places.of.find(wanted.field);
    const TextPlace at = place == document.places.of.end() ? TextPlace{} : place->second;
    if (faults.size() < kFaultsMost) faults.push_back({code, wanted.field, std::move(message), at.line, at.column});
  };
  const bool is_number = plot.type == expr::Type::Float || plot.type == expr::Type::Int;
  if (wanted.is_condition && plot.type != expr::Type::Bool)
    return refuse(Errc::bad_expression, "must be true or false");
  if (!wanted.is_condition && !is_number) return refuse(Errc::bad_expression, "must be a number");
  if (!wanted.is_known) return;
  const expr::Node& node = graph.node(plot.node);
  if (node.op != expr::Op::Constant) return refuse(Errc::bad_expression, "must be about the inputs alone");
  if (node.number == 0)
    refuse(Errc::bad_input,
           fmt::format("'{}' does not hold{}", wanted.expr, named_values(document, inputs, wanted.expr)));
}

/// Columns from places among what is wanted to places among the program's nodes.
class Columns {
 public:
  Columns(Program& program, std::vector<std::size_t> column_of) : column_of_(std::move(column_of)) {
    for (auto* side : {&program.long_side, &program.short_side}) {
      if (*side) settle(**side);
    }
    settle(program.sizing.column);
  }

 private:
  void settle(std::optional<std::size_t>& column) const {
    if (column) column = column_of_[*column];
  }
  void settle(SideRules& side) const {
    side.entry = column_of_[side.entry];
    settle(side.exit);
    if (side.order) side.order->price = column_of_[side.order->price];
    if (side.stop) settle(side.stop->column);
    for (TargetRule& target : side.targets) settle(target.distance.column);
    if (side.trailing_stop) settle(side.trailing_stop->column);
  }

  std::vector<std::size_t> column_of_;
};

/// The nodes of what is wanted, each once, and where each stands. What is only to be known needs no column.
std::vector<std::size_t> place_nodes(const std::vector<Wanted>& wanted, const std::vector<expr::Plot>& plots,
                                     std::vector<expr::NodeId>& nodes) {
  std::vector<std::size_t> column_of(wanted.size(), 0);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i].is_known) continue;
    const auto at = std::ranges::find(nodes, plots[i].node);
    column_of[i] = static_cast<std::size_t>(at - nodes.begin());
    if (at == nodes.end()) nodes.push_back(plots[i].node);
  }
  return column_of;
}

void add(Digest& digest, const std::optional<DistanceRule>& rule) {
  digest.add(static_cast<std::uint64_t>(rule ? 1 + static_cast<int>(rule->kind) : 0));
  if (!rule) return;
  digest.add(rule->value);
  digest.add(static_cast<std::uint64_t>(rule->column.value_or(~std::size_t{0})));
}

void add(Digest& digest, const std::optional<SideRules>& side) {
  digest.add(static_cast<std::uint64_t>(side.has_value()));
  if (!side) return;
  digest.add(static_cast<std::uint64_t>(side->entry));
  digest.add(static_cast<std::uint64_t>(side->exit.value_or(~std::size_t{0})));
  digest.add(static_cast<std::uint64_t>(side->order ? 1 + static_cast<int>(side->order->kind) : 0));
  if (side->order) {
    digest.add(static_cast<std::uint64_t>(side->order->price));
    digest.add(static_cast<std::uint64_t>(side->order->bars));
  }
  add(digest, side->stop);
  digest.add(static_cast<std::uint64_t>(side->targets.size()));
  for (const TargetRule& target : side->targets) {
    add(digest, std::optional{target.distance});
    digest.add(target.share);
  }
  add(digest, side->trailing_stop);
  digest.add(static_cast<std::uint64_t>(side->time_stop.value_or(0)));
}

std::string fingerprint_of(const Program& program, const expr::Graph& graph) {
  Digest digest;
  digest.add(market::name(program.timeframe));
  digest.add(digest_of(graph, program.nodes));
  add(digest, program.long_side);
  add(digest, program.short_side);
  digest.add(static_cast<std::uint64_t>(program.sizing.kind));
  digest.add(program.sizing.value);
  digest.add(program.sizing.max_percent);
  digest.add(static_cast<std::uint64_t>(program.sizing.trades));
  digest.add(static_cast<std::uint64_t>(program.sizing.column.value_or(~std::size_t{0})));
  digest.add(static_cast<std::uint64_t>(program.pyramiding));
  return digest.hex();
}

void warn(const Document& document, Program& program) {
  const auto check = [&](const std::optional<Side>& side, const char* name, bool has_other) {
    if (!side || has_other) return;
    const bool ends =
        !side->exit.empty() || side->stop || !side->targets.empty() || side->trailing_stop || side->time_stop;
    if (!ends) program.warnings.push_back(fmt::format("{}: nothing but the end of the data closes a position", name));
  };
  check(document.long_side, "long", document.short_side.has_value());
  check(document.short_side, "short", document.long_side.has_value());
}

}  // namespace

Checked<Program> compile(const Document& document, const GivenInputs& given, const expr::CompileOptions& language,
                         expr::Graph& graph) {
  CW_REQUIRE(language.inputs.empty() && (document.long_side || document.short_side));
  auto inputs = bind_inputs(document, given);
  if (!inputs) return std::unexpected(std::move(inputs.error()));

  Program program{.name = document.name, .timeframe = graph.contexts()[0].timeframe};
  RuleReader reader(document, *inputs, program.timeframe);
  reader.read(program);
  Faults& faults = reader.faults();
  if (!faults.empty()) return std::unexpected(std::move(faults));

  expr::CompileOptions options = language;
  options.seed = document.seed;
  const auto made = Text(document, *inputs, reader.wanted()).compile(options, graph, faults);
  for (std::size_t i = 0; made && i < reader.wanted().size(); ++i)
    check_wanted(reader.wanted()[i], made->plots[i], document, *inputs, graph, faults);
  if (!faults.empty()) return std::unexpected(std::move(faults));

  const Columns settled(program, place_nodes(reader.wanted(), made->plots, program.nodes));
  program.inputs = std::move(*inputs);
  program.lookback = lookback_of(graph, program.nodes);
  program.fingerprint = fingerprint_of(program, graph);
  warn(document, program);
  return program;
}

std::vector<market::Timeframe> runnable_timeframes(const Document& document, const expr::CompileOptions& language) {
  std::vector<market::Timeframe> runnable;
  for (const market::Timeframe timeframe : market::kTimeframes) {
    expr::Graph graph{timeframe};
    if (!compile(document, {}, language, graph)) continue;
    const bool folds = std::ranges::all_of(graph.contexts(), [&](const expr::Context& context) {
      return !context.symbol.empty() || context.timeframe == timeframe ||
             market::folds_into(timeframe, context.timeframe);
    });
    if (folds) runnable.push_back(timeframe);
  }
  return runnable;
}

std::string fingerprint(const Document& document) {
  Document rules = document;
  rules.name = "rules";
  rules.title.clear();
  rules.description.clear();
  rules.tags.clear();
  Digest digest;
  digest.add(std::string_view{to_json(rules)});
  return digest.hex();
}

}  // namespace cw::strategy
