#include "expr/language/outputs.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "base/nearest.h"
#include "base/printable.h"
#include "expr/language/builtins.h"
#include "expr/language/special_calls.h"

namespace cw::expr {
namespace {

// Pine's arguments in their places. Those after the first two say how a line looks; they are taken and not read.
constexpr auto kPlot = std::to_array<std::string_view>(
    {"series", "title", "color", "linewidth", "style", "trackprice", "histbase", "offset", "join", "editable",
     "show_last", "display", "format", "precision", "force_overlay", "transp", "linestyle"});
constexpr auto kPlotShape = std::to_array<std::string_view>(
    {"series", "title", "style", "location", "color", "offset", "text", "textcolor", "editable", "size", "show_last",
     "display", "format", "precision", "force_overlay", "transp"});
constexpr auto kAlertCondition = std::to_array<std::string_view>({"condition", "title", "message"});
constexpr auto kIndicator = std::to_array<std::string_view>(
    {"title", "shorttitle", "overlay", "format", "precision", "scale", "max_bars_back", "timeframe", "timeframe_gaps",
     "explicit_plot_zorder", "max_lines_count", "max_labels_count", "max_boxes_count", "calc_bars_count",
     "max_polylines_count", "dynamic_requests", "behind_chart", "resolution"});

std::span<const std::string_view> places_of(std::string_view call) {
  if (call == "plot") return kPlot;
  if (call == "plotshape") return kPlotShape;
  if (call == "alertcondition") return kAlertCondition;
  return kIndicator;
}

bool is_indicator(std::string_view call) { return call == "indicator" || call == "study"; }

}  // namespace

void Outputs::show(std::size_t statement) {
  const Expr& expr = script_[script_.statements[statement].value];
  if (expr.kind == ExprKind::Call && is_statement_call(expr.name)) return show_call(statement, expr);
  show_bare(statement);
}

void Outputs::show_call(std::size_t statement, const Expr& call) {
  const Frame frame{.visible = statement};
  const Scope scope{&frame, 0};
  if (is_indicator(call.name)) return indicator(call, scope);
  const auto arguments = read(call);
  if (!arguments) return;
  if (arguments->value == kNoExpr) {
    return lowering_.trouble().complain(call.place, "missing_argument",
                                        fmt::format("{} needs its argument '{}'", call.name, places_of(call.name)[0]));
  }
  if (arguments->offset != kNoExpr && refuse_offset(call, arguments->offset, scope)) return;
  Pending made{.statement = statement, .expr = arguments->value, .call = call.name};
  auto value = lowering_.single(arguments->value, scope);
  if (!value) return;
  if (call.name != "plot" && !value->is_bool()) {
    return lowering_.trouble().complain(script_[arguments->value].place, "wrong_type",
                                        fmt::format("{} needs a bool, and this is {}{}", call.name, described(*value),
                                                    value->is_number() ? "; compare it, for instance not na(x)" : ""));
  }
  made.value = std::move(*value);
  if (arguments->title != kNoExpr) {
    auto title = lowering_.known_text(arguments->title, scope, "the title");
    if (!title) return;
    made.title = std::move(*title);
  }
  add(std::move(made));
}

void Outputs::indicator(const Expr& call, Scope scope) {
  const auto arguments = read(call);
  if (!arguments) return;
  if (arguments->title != kNoExpr) {
    auto title = lowering_.known_text(arguments->title, scope, "the title");
    if (!title) return;
    title_ = std::move(*title);
  }
  if (arguments->timeframe != kNoExpr) {
    const auto timeframe = lowering_.known_text(arguments->timeframe, scope, "the timeframe");
    if (!timeframe) return;
    if (!timeframe->empty()) {
      return lowering_.trouble().complain(script_[arguments->timeframe].place, "not_supported",
                                          "an indicator's own timeframe is not supported: write request.security");
    }
  }
  if (arguments->overlay != kNoExpr) overlay_ = lowering_.known_flag(arguments->overlay, scope, "'overlay'");
}

/// A line that is shifted shows each value at another bar than its own, so only one that is not is taken.
bool Outputs::refuse_offset(const Expr& call, ExprId offset, Scope scope) {
  const auto bars = lowering_.single(offset, scope);
  if (!bars) return true;
  if (bars->is_number() && bars->is_known() && bars->number == 0) return false;
  lowering_.trouble().complain(
      script_[offset].place, "not_supported",
      fmt::format("'offset' of {} is not supported: each value is shown at its own bar; for the "
                  "value of n bars ago write x[n]",
                  call.name));
  return true;
}

std::optional<Outputs::Read> Outputs::read(const Expr& call) {
  const auto places = places_of(call.name);
  Read made;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const Argument& argument = call.arguments[i];
    const bool is_named = !argument.name.empty();
    if (!is_named && i >= places.size()) {
      lowering_.trouble().complain(script_[argument.value].place, "too_many_arguments",
                                   fmt::format("{} takes at most {} arguments", call.name, places.size()));
      return std::nullopt;
    }
    const std::string_view name = is_named ? argument.name : places[i];
    if (std::ranges::find(places, name) == places.end()) {
      const std::vector<std::string> known{places.begin(), places.end()};
      lowering_.trouble().complain(
          argument.name_place, {.code = "unknown_argument",
                                .message = fmt::format("{} has no argument '{}'{}", call.name, printable(argument.name),
                                                       comparing_hint(argument.name)),
                                .suggestions = nearest_names(printable(argument.name), known)});
      return std::nullopt;
    }
    ExprId* wanted = nullptr;
    if (name == "title") wanted = &made.title;
    if (name == "overlay") wanted = &made.overlay;
    if (name == "timeframe" || name == "resolution") wanted = &made.timeframe;
    if (name == "offset") wanted = &made.offset;
    if (name == "series" || name == "condition") wanted = &made.value;
    if (wanted == nullptr) continue;
    if (*wanted != kNoExpr) {
      lowering_.trouble().complain(argument.name_place, "repeated_argument",
                                   fmt::format("'{}' of {} is given twice", name, call.name));
      return std::nullopt;
    }
    *wanted = argument.value;
  }
  return made;
}

void Outputs::show_bare(std::size_t statement) {
  const ExprId id = script_.statements[statement].value;
  const Frame frame{.visible = statement};
  auto value = lowering_.value(id, {&frame, 0});
  if (!value) return;
  if (!script_.is_last(statement)) {
    return lowering_.trouble().complain(
        script_[id].place, "unused_expression",
        "this is not used: give it a name, show it with plot(…), or make it the last line");
  }
  if (!value->is_tuple()) return add({.statement = statement, .expr = id, .value = std::move(*value)});
  const bool is_list = script_[id].kind == ExprKind::List;
  for (std::size_t i = 0; i < value->members.size(); ++i) {
    const std::string_view name = value->members[i].name;
    Pending made{.statement = statement, .expr = is_list ? script_[id].parts[i] : id, .value = value->members[i]};
    if (!is_list && !name.empty()) made.title = name;
    if (!is_list && name.empty()) made.suffix = fmt::format(" {}", i + 1);
    add(std::move(made));
  }
}

void Outputs::add(Pending pending) {
  const Place place = script_[pending.expr].place;
  if (pending.value.is_text()) {
    return lowering_.trouble().complain(place, "wrong_type", "a text has no value at each bar and cannot be shown");
  }
  if (pending_.size() == kPlotsMost) {
    return lowering_.trouble().complain(place, "limit_exceeded", fmt::format("a text may show {} values", kPlotsMost));
  }
  pending_.push_back(std::move(pending));
}

std::string Outputs::default_title(const Pending& pending, const Canonical& canonical) const {
  return canonical.expression(pending.expr) + pending.suffix;
}

std::vector<Plot> Outputs::plots(const Canonical& canonical) const {
  std::vector<Plot> made;
  for (const Pending& pending : pending_) {
    const Value& value = pending.value;
    made.push_back({.title = pending.title.empty() ? default_title(pending, canonical) : pending.title,
                    .type = value.type,
                    .qualifier = value.qualifier,
                    .node = value.node,
                    .overlay = overlay_.value_or(value.is_price),
                    .event = value.is_event});
  }
  return made;
}

std::string Outputs::statement(std::size_t statement, const Canonical& canonical) const {
  const ExprId id = script_.statements[statement].value;
  const Expr& expr = script_[id];
  if (expr.kind != ExprKind::Call || !is_statement_call(expr.name)) return canonical.expression(id);
  if (is_indicator(expr.name)) {
    std::string arguments = title_.empty() ? std::string{} : quoted(title_);
    if (overlay_) arguments += fmt::format("{}overlay={}", arguments.empty() ? "" : ", ", *overlay_);
    return arguments.empty() ? arguments : fmt::format("indicator({})", arguments);
  }
  const auto at = std::ranges::find(pending_, statement, &Pending::statement);
  const std::string value = canonical.expression(at->expr);
  const bool has_title = !at->title.empty() && at->title != default_title(*at, canonical);
  const bool is_alone = pending_.size() == 1 && script_.is_last(statement);
  if (is_alone && !has_title && at->call == "plot") return value;
  return fmt::format("{}({}{}{})", at->call, value, has_title ? ", " : "", has_title ? quoted(at->title) : "");
}

}  // namespace cw::expr
