#include "signals/component_plan.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "expr/compile.h"
#include "expr/field_script.h"
#include "expr/graph.h"

namespace cw::signals {
namespace {

using Script = expr::FieldScript;

void add_lines(Script& script, const std::vector<std::string>& let) {
  for (std::size_t i = 0; i < let.size(); ++i) script.add(fmt::format("let[{}]", i), "", let[i]);
}

/// The fault in the words of the document: which field, and where in it.
Error error_of(const std::string& place, const Script& script, expr::Diagnostic diagnostic) {
  const auto fault = script.fault(std::move(diagnostic));
  return {Errc::bad_expression,
          fmt::format("{}: {}: {}", place, fault.field, fault.diagnostic.text()),
          fault.diagnostic.suggestions,
          {}};
}

class Compiler {
 public:
  explicit Compiler(market::Timeframe timeframe) : graph_(timeframe) {}

  /// Compiles a text whose plots are all wanted; answers the first one's column.
  Result<std::size_t> add(const std::string& place, const Script& script, expr::Expression& made) {
    auto compiled = expr::compile(script.text(), {}, graph_);
    if (!compiled) return std::unexpected(error_of(place, script, std::move(compiled.error())));
    made = std::move(*compiled);
    const std::size_t first = outputs_.size();
    for (const auto& plot : made.plots) outputs_.push_back(plot.node);
    lookback_ = std::max(lookback_, made.lookback);
    return first;
  }

  const expr::Graph& graph() const { return graph_; }
  const std::vector<expr::NodeId>& outputs() const { return outputs_; }
  int lookback() const { return lookback_; }

 private:
  expr::Graph graph_;
  std::vector<expr::NodeId> outputs_;
  int lookback_ = 0;
};

Result<void> must_be_number(const std::string& place, std::string_view field, const expr::Plot& plot) {
  if (plot.type == expr::Type::Float || plot.type == expr::Type::Int) return {};
  return fail(Errc::bad_expression, fmt::format("{}: {} must be a number", place, field));
}

Result<ComponentColumns> add_component(Compiler& compiler, const std::string& place, const Component& component) {
  Script script;
  add_lines(script, component.let);
  script.add("value", "value = ", component.value);
  script.add("vote", "vote = ", component.vote);
  script.plot("value", "value");
  script.plot("vote", "vote");
  for (const auto& number : component.numbers) script.plot("numbers." + number.name, number.expr);
  expr::Expression made;
  const auto first = compiler.add(place, script, made);
  if (!first) return pass_on(first);
  for (std::size_t i = 0; i < made.plots.size(); ++i) {
    const std::string field = i == 0 ? "value" : i == 1 ? "vote" : "numbers." + component.numbers[i - 2].name;
    if (const auto number = must_be_number(place, field, made.plots[i]); !number) return pass_on(number);
  }
  ComponentColumns columns{*first, *first + 1, {}};
  for (std::size_t i = 0; i < component.numbers.size(); ++i) columns.numbers.push_back(*first + 2 + i);
  return columns;
}

Result<void> must_be_condition(const std::string& place, std::string_view field, const expr::Plot& plot) {
  if (plot.type == expr::Type::Bool) return {};
  return fail(Errc::bad_expression, fmt::format("{}: {} must be true or false", place, field));
}

Result<std::size_t> add_regime(Compiler& compiler, const RegimeRule& regime) {
  Script script;
  script.add("adx", "adx = ", regime.adx);
  script.add("efficiency", "efficiency = ", regime.efficiency);
  script.plot("adx", "adx");
  script.plot("efficiency", "efficiency");
  script.plot("trend", regime.trend);
  expr::Expression made;
  const auto first = compiler.add("regime", script, made);
  if (!first) return first;
  if (const auto number = must_be_number("regime", "adx", made.plots[0]); !number) return pass_on(number);
  if (const auto number = must_be_number("regime", "efficiency", made.plots[1]); !number) return pass_on(number);
  if (const auto condition = must_be_condition("regime", "trend", made.plots[2]); !condition) return pass_on(condition);
  return first;
}

Result<std::size_t> add_pattern(Compiler& compiler, const std::string& place, const PatternRule& pattern) {
  Script script;
  add_lines(script, pattern.let);
  script.plot("when", pattern.when);
  expr::Expression made;
  const auto first = compiler.add(place, script, made);
  if (!first) return first;
  if (const auto condition = must_be_condition(place, "when", made.plots[0]); !condition) return pass_on(condition);
  return first;
}

}  // namespace

Result<ComponentPlan> compile_components(std::shared_ptr<const ComponentDocument> document,
                                         market::Timeframe timeframe) {
  Compiler compiler(timeframe);
  std::vector<ComponentColumns> components;
  for (std::size_t i = 0; i < document->components.size(); ++i) {
    const auto& component = document->components[i];
    auto columns = add_component(compiler, fmt::format("components[{}] '{}'", i, component.name), component);
    if (!columns) return pass_on(columns);
    components.push_back(std::move(*columns));
  }
  const auto regime = add_regime(compiler, document->regime);
  if (!regime) return pass_on(regime);
  std::vector<std::size_t> patterns;
  for (std::size_t i = 0; i < document->patterns.size(); ++i) {
    const auto& pattern = document->patterns[i];
    const auto column = add_pattern(compiler, fmt::format("patterns[{}] '{}'", i, pattern.name), pattern);
    if (!column) return pass_on(column);
    patterns.push_back(*column);
  }
  Script baseline;
  baseline.plot("rating", "rating.tradingview");
  expr::Expression made;
  const auto rating = compiler.add("rating", baseline, made);
  if (!rating) return pass_on(rating);

  auto plan = expr::Plan::make(compiler.graph(), compiler.outputs());
  if (!plan) return pass_on(plan);
  return ComponentPlan{.document = std::move(document),
                       .timeframe = timeframe,
                       .plan = std::move(*plan),
                       .components = std::move(components),
                       .patterns = std::move(patterns),
                       .adx = *regime,
                       .efficiency = *regime + 1,
                       .trend = *regime + 2,
                       .rating = *rating,
                       .lookback = compiler.lookback()};
}

}  // namespace cw::signals
