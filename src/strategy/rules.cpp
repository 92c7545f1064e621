#include "strategy/rules.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/nearest.h"
#include "base/number.h"
#include "strategy/ranges.h"

namespace cw::strategy {

void RuleReader::refuse(const std::string& field, std::string message, std::vector<std::string> suggestions) {
  if (faults_.size() == kFaultsMost) return;
  const auto place = document_.places.of.find(field);
  const TextPlace at = place == document_.places.of.end() ? TextPlace{} : place->second;
  faults_.push_back({Errc::bad_input, field, std::move(message), at.line, at.column, 0, std::move(suggestions)});
}

std::size_t RuleReader::want(std::string field, std::string expr, bool is_condition) {
  wanted_.push_back({std::move(field), std::move(expr), is_condition, false});
  return wanted_.size() - 1;
}

double RuleReader::number(const Amount& amount, const Range& range, const std::string& field) {
  if (amount.input.empty()) return amount.number;
  const auto bound = std::ranges::find(inputs_, amount.input, &BoundInputs::value_type::first);
  const double* value = bound == inputs_.end() ? nullptr : std::get_if<double>(&bound->second);
  const auto input = std::ranges::find(document_.inputs, amount.input, &Input::name);
  if (value == nullptr || input->kind == InputKind::Bool) {
    std::vector<std::string> numbers;
    for (const Input& one : document_.inputs) {
      if (one.kind == InputKind::Int || one.kind == InputKind::Float) numbers.push_back(one.name);
    }
    auto nearest = nearest_names(amount.input, numbers);
    refuse(field, fmt::format("there is no input '{}' of type int or float{}", amount.input, did_you_mean(nearest)),
           std::move(nearest));
    return range.max;
  }
  if (const std::string why = why_outside(range, *value); !why.empty()) {
    refuse(field, fmt::format("the input '{}' gives it, and it {}", amount.input, why));
    return range.max;
  }
  return *value;
}

DistanceRule RuleReader::distance(const Distance& distance, const std::string& field, bool is_target) {
  DistanceRule rule{.kind = distance.kind};
  if (distance.kind == DistanceKind::Expression) {
    rule.column = want(field + ".expression", distance.expr);
    return rule;
  }
  rule.value =
      number(distance.value, range_of(distance.kind, is_target), fmt::format("{}.{}", field, name(distance.kind)));
  if (distance.kind == DistanceKind::Atr) {
    const double length = number(distance.length, kAtrLength, field + ".length");
    rule.column = want(field + ".length", fmt::format("ta.atr({})", format_double(length)));
  }
  return rule;
}

std::vector<TargetRule> RuleReader::targets(const Side& side, const std::string& field) {
  std::vector<TargetRule> rules;
  double percent = 0;
  for (std::size_t i = 0; i < side.targets.size(); ++i) {
    const Target& target = side.targets[i];
    const std::string at = side.targets.size() == 1 ? field : fmt::format("{}[{}]", field, i);
    TargetRule rule{.distance = distance(target.distance, at, true)};
    const double share = target.share ? number(*target.share, kShare, at + ".share") : 100 - percent;
    percent += share;
    if (share <= 0 || percent > 100)
      refuse(field, fmt::format("the shares of the targets up to {} add up to {} percent, not to at most 100", i + 1,
                                format_double(percent)));
    rule.share = share / 100;
    rules.push_back(rule);
  }
  return rules;
}

SideRules RuleReader::side(const Side& side, const std::string& field) {
  SideRules rules{.entry = want(field + ".entry", side.entry, true)};
  if (!side.exit.empty()) rules.exit = want(field + ".exit", side.exit, true);
  if (side.order) {
    const bool is_limit = side.order->kind == EntryOrder::Kind::Limit;
    const std::string at = field + ".order";
    rules.order = OrderRule{.kind = side.order->kind,
                            .price = want(at + (is_limit ? ".limit" : ".stop"), side.order->price),
                            .bars = static_cast<int>(number(side.order->bars, kBars, at + ".bars"))};
  }
  if (side.stop) rules.stop = distance(*side.stop, field + ".stop", false);
  rules.targets = targets(side, field + ".target");
  if (side.trailing_stop) rules.trailing_stop = distance(*side.trailing_stop, field + ".trailing_stop", false);
  if (side.time_stop) rules.time_stop = static_cast<int>(number(*side.time_stop, kBars, field + ".time_stop.bars"));
  return rules;
}

SizingRules RuleReader::sizing() {
  const Sizing& sizing = document_.sizing;
  SizingRules rules{.kind = sizing.kind};
  rules.value = number(sizing.value, range_of(sizing.kind), fmt::format("sizing.{}", name(sizing.kind)));
  const bool is_capped = sizing.kind != SizingKind::PercentOfEquity && sizing.kind != SizingKind::Fixed;
  if (is_capped) rules.max_percent = number(sizing.max_percent, kMaxPercent, "sizing.max_percent");
  if (sizing.kind == SizingKind::Kelly)
    rules.trades = static_cast<int>(number(sizing.length, kKellyLength, "sizing.length"));
  if (sizing.kind == SizingKind::VolatilityTarget) {
    const double length = number(sizing.length, kVolatilityLength, "sizing.length");
    const double bars_a_year = static_cast<double>(Millis{std::chrono::days{365}}.count()) /
                               static_cast<double>(market::duration(timeframe_).count());
    rules.column =
        want("sizing.length", fmt::format("ta.hv(close, {}, {})", format_double(length), format_double(bars_a_year)));
  }
  return rules;
}

void RuleReader::read(Program& program) {
  for (std::size_t i = 0; i < document_.require.size(); ++i) {
    want(fmt::format("require[{}]", i), document_.require[i], true);
    wanted_.back().is_known = true;
  }
  if (document_.long_side) program.long_side = side(*document_.long_side, "long");
  if (document_.short_side) program.short_side = side(*document_.short_side, "short");
  program.sizing = sizing();
  program.pyramiding = static_cast<int>(number(document_.pyramiding, kPyramiding, "pyramiding"));
}

}  // namespace cw::strategy
