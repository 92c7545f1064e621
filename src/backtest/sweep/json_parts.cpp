#include "backtest/sweep/json_parts.h"

#include <algorithm>

#include <fmt/format.h>

#include "backtest/run_json.h"

namespace cw::backtest::json_parts {

void append_member(std::string& out, std::string_view name, double value) {
  out += fmt::format(",\"{}\":", name);
  append_json_number(out, value);
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
  out += fmt::format(",\"{}\":", name);
  append_json_string(out, value);
}

void append_values(std::string& out, const std::vector<std::string>& texts) {
  out += '[';
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out += ',';
    append_json_string(out, texts[i]);
  }
  out += ']';
}

void append_value(std::string& out, const Axis& axis, std::size_t place) {
  const auto text = axis_value_text(axis, place);
  const bool is_bare = axis.is_ordered() || axis.kind == strategy::InputKind::Bool;
  if (is_bare) {
    out += text;
  } else {
    append_json_string(out, text);
  }
}

void append_question(std::string& out, const SweepFacts& facts, const SweepPlan& plan, const SweepData& data) {
  append_member(out, "strategy", plan.document.name);
  append_member(out, "symbol", symbols_text(facts.instruments));
  append_member(out, "venue", venues_text(facts.instruments));
  append_member(out, "timeframe", market::name(facts.timeframe));
  out += R"(,"inputs":{)";
  bool is_first = true;
  if (const auto bound = strategy::bind_inputs(plan.document, plan.fixed)) {
    for (std::size_t i = 0; i < bound->size(); ++i) {
      const auto& [name, value] = (*bound)[i];
      if (plan.space.find(name)) continue;
      out += std::exchange(is_first, false) ? "" : ",";
      append_json_string(out, name);
      out += ':';
      append_json_string(out, strategy::value_text(plan.document.inputs[i], value));
    }
  }
  const auto times = data.times();
  const auto before = [&plan](std::span<const std::int64_t> opens) {
    return static_cast<std::size_t>(std::ranges::lower_bound(opens, to_ms(plan.settings.from)) - opens.begin());
  };
  const auto first = before(times);
  std::size_t warm_up = 0;  // of the instrument with the most, as a run has it
  for (const auto& part : data.parts) warm_up = std::max(warm_up, before(part.bars.open_time_ms));
  out += fmt::format(R"(}},"from":{},"to":{},"bars":{},"warm_up_bars":{})", first < times.size() ? times[first] : 0,
                     times.empty() ? 0 : times.back() + market::duration(data.timeframe).count(), times.size() - first,
                     warm_up);
  append_member(out, "initial_capital", plan.settings.account.capital.value());
  append_member(out, "objective", plan.objective.name());
  append_member(out, "search", name(plan.search));
  out += fmt::format(R"(,"seed":{},"trials":{},"earlier_trials":{})", plan.seed, plan.trials, plan.earlier_trials);
  append_axes(out, plan);
  out += fmt::format(R"(,"folds":{{"count":{},"kind":"{}","purge":{},"embargo":{}}})", plan.folds.folds,
                     plan.folds.anchored ? "anchored" : "rolling", plan.folds.purge, plan.folds.embargo);
  const auto& fills = plan.settings.account.fills;
  out += fmt::format(R"(,"fills_policy":{{"time":"{}","intrabar":"{}"}})", trading::name(fills.time),
                     trading::name(fills.intrabar));
}

void append_axes(std::string& out, const SweepPlan& plan) {
  out += R"(,"axes":[)";
  for (std::size_t i = 0; i < plan.space.axes().size(); ++i) {
    const Axis& axis = plan.space.axes()[i];
    out += i > 0 ? R"(,{"name":)" : R"({"name":)";
    append_json_string(out, axis.name);
    append_member(out, "type", strategy::name(axis.kind));
    out += R"(,"values":[)";
    for (std::size_t k = 0; k < axis.values.size(); ++k) {
      if (k > 0) out += ',';
      append_value(out, axis, k);
    }
    out += "]}";
  }
  out += ']';
}

void append_costs(std::string& out, const SweepFacts& facts, bool with_funding) {
  out += R"(,"costs":{"commission":)";
  append_json_string(out, facts.commission);
  append_member(out, "slippage_model", facts.slippage);
  if (with_funding) append_member(out, "funding_model", facts.funding);
  out += '}';
}

}  // namespace cw::backtest::json_parts
