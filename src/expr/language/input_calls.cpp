// input.*: values that a form asks for. They are known before the first bar.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/nearest.h"
#include "base/printable.h"
#include "expr/language/canonical.h"
#include "expr/language/lowering.h"

namespace cw::expr {
namespace {

constexpr auto kSources =
    std::to_array<std::string_view>({"open", "high", "low", "close", "volume", "hl2", "hlc3", "ohlc4", "hlcc4"});
constexpr auto kNumberPlaces = std::to_array<std::string_view>({"defval", "title", "minval", "maxval", "step"});
constexpr auto kChoicePlaces = std::to_array<std::string_view>({"defval", "title", "options"});
/// What a value depends on, in the order in which the canonical form writes it.
constexpr auto kMeaning = std::to_array<std::string_view>({"defval", "title", "minval", "maxval", "step", "options"});
/// How a form shows it; values do not depend on it.
constexpr auto kShowing =
    std::to_array<std::string_view>({"tooltip", "inline", "group", "confirm", "display", "active"});

bool is_source(std::string_view name) { return std::ranges::find(kSources, name) != kSources.end(); }

bool is_number_kind(std::string_view kind) { return kind == "int" || kind == "float"; }

/// The kind that `input(…)` is by its default value.
std::string_view kind_of_default(const Expr& value, const Value& read) {
  if (value.kind == ExprKind::Name && is_source(value.name)) return "source";
  return word_of(read.type);
}

std::string_view full_name(std::string_view kind) {
  if (kind == "int") return "input.int";
  if (kind == "float") return "input.float";
  if (kind == "bool") return "input.bool";
  if (kind == "source") return "input.source";
  return kind == "timeframe" ? "input.timeframe" : "input.string";
}

/// What an argument is, by its name or its place; empty: nothing that is known.
std::string_view argument_name(const Argument& argument, std::size_t place, bool is_list, std::string_view kind) {
  const bool takes_choice = is_number_kind(kind) || kind == "string" || kind == "timeframe";
  if (argument.name.empty()) {
    if (place < 2) return kChoicePlaces[place];
    if (place == 2 && is_list && takes_choice) return "options";
    if (is_number_kind(kind) && place < kNumberPlaces.size()) return kNumberPlaces[place];
    return "tooltip";
  }
  if (std::ranges::find(kShowing, argument.name) != kShowing.end()) return "tooltip";
  if (argument.name == "defval" || argument.name == "title") return argument.name;
  if (argument.name == "options" && takes_choice) return argument.name;
  const bool is_bound = argument.name == "minval" || argument.name == "maxval" || argument.name == "step";
  return is_bound && is_number_kind(kind) ? argument.name : std::string_view{};
}

}  // namespace

std::optional<Value> Lowering::input(ExprId id, Scope scope) {
  const Input* known = inputs_.find(id);
  if (known == nullptr) known = read_input(id, scope);
  if (known == nullptr) return std::nullopt;
  if (const std::string* text = std::get_if<std::string>(&known->value)) {
    if (known->type != Type::String) return builtin(*text, scope, at(id).place);
    return text_value(*text, Qualifier::Simple);
  }
  auto made = constant(std::get<double>(known->value), known->type, scope.context);
  if (made) made->qualifier = Qualifier::Simple;
  return made;
}

const Input* Lowering::read_input(ExprId id, Scope scope) {
  const Expr& expr = at(id);
  const auto named = std::ranges::find(expr.arguments, "defval", &Argument::name);
  const bool has_first = !expr.arguments.empty() && expr.arguments[0].name.empty();
  if (!has_first && named == expr.arguments.end()) {
    complain(expr.place, "missing_argument", fmt::format("{} needs its default value, 'defval'", expr.name));
    return nullptr;
  }
  const ExprId default_value = has_first ? expr.arguments[0].value : named->value;
  std::string_view kind = expr.name.substr(std::min(expr.name.size(), std::string_view{"input."}.size()));
  if (kind.empty()) {
    const auto read = single(default_value, scope);
    if (!read) return nullptr;
    kind = kind_of_default(at(default_value), *read);
  }

  Input made;
  if (const auto name = input_names_.find(id); name != input_names_.end()) made.name = name->second;
  CallForm form{.name = full_name(kind)};
  if (!read_input_default(made, default_value, kind, scope)) return nullptr;
  std::array<ExprId, kMeaning.size()> given;
  given.fill(kNoExpr);
  for (std::size_t i = 0; i < expr.arguments.size(); ++i) {
    Argument argument = expr.arguments[i];
    const std::string_view name = argument_name(argument, i, at(argument.value).kind == ExprKind::List, kind);
    if (name == "tooltip") continue;
    const auto meaning = static_cast<std::size_t>(std::ranges::find(kMeaning, name) - kMeaning.begin());
    if (meaning == kMeaning.size()) {
      complain(argument.name_place, "unknown_argument",
               fmt::format("{} has no argument '{}'", full_name(kind), printable(argument.name)));
      return nullptr;
    }
    if (std::exchange(given[meaning], argument.value) != kNoExpr) {
      complain(argument.name_place, "repeated_argument", fmt::format("'{}' is given twice", name));
      return nullptr;
    }
    argument.name = name;
    if (name != "defval" && !read_input_bounds(made, argument, scope)) return nullptr;
  }
  for (std::size_t i = 0; i < given.size(); ++i) {
    const bool by_place = kMeaning[i] == "defval" || kMeaning[i] == "title";
    if (given[i] != kNoExpr) form.arguments.push_back({.name = by_place ? "" : kMeaning[i], .value = given[i]});
  }
  if (const std::string why = why_not(made, made.default_value); !why.empty()) {
    const bool has_label = !made.name.empty() || !made.title.empty();
    complain(at(default_value).place, "out_of_range",
             fmt::format("the default value{} {}", has_label ? " of " + label_of(made) : "", why));
    return nullptr;
  }
  forms_.put(id, std::move(form));
  const Input* taken = inputs_.take(id, std::move(made), expr.place, trouble_);
  if (taken == nullptr || kind != "timeframe") return taken;
  return timeframe_of(std::get<std::string>(taken->value), 0, expr.place) ? taken : nullptr;
}

bool Lowering::read_input_default(Input& made, ExprId id, std::string_view kind, Scope scope) {
  const Expr& expr = at(id);
  if (kind == "source") {
    made.type = Type::Float;
    if (expr.kind != ExprKind::Name || !is_source(expr.name)) {
      complain(expr.place, "wrong_type",
               fmt::format("the default source must be one of {}", fmt::join(kSources, ", ")));
      return false;
    }
    made.default_value = std::string{expr.name};
    for (const std::string_view source : kSources) made.options.emplace_back(source);
    return true;
  }
  const auto read = single(id, scope);
  if (!read) return false;
  made.type = kind == "int" ? Type::Int : kind == "float" ? Type::Float : kind == "bool" ? Type::Bool : Type::String;
  if (read->is_na || !converts(read->type, made.type)) {
    complain(expr.place, "wrong_type",
             fmt::format("the default value of {} must be {}, not {}", full_name(kind), word_of(made.type),
                         described(*read)));
    return false;
  }
  if (read->qualifier != Qualifier::Const) {
    complain(expr.place, "not_known",
             fmt::format("the default value of an input must be written in the text, not {}", described(*read)));
    return false;
  }
  if (made.type != Type::String) {
    made.default_value = read->number;
    return true;
  }
  made.default_value = read->text;
  return kind != "timeframe" || timeframe_of(read->text, 0, expr.place).has_value();
}

bool Lowering::read_input_bounds(Input& made, const Argument& argument, Scope scope) {
  if (argument.name == "options") return read_input_options(made, argument.value, scope);
  if (argument.name == "title") {
    auto title = known_text(argument.value, scope, "the title");
    if (title) made.title = std::move(*title);
    return title.has_value();
  }
  const Place place = at(argument.value).place;
  const auto read = single(argument.value, scope);
  if (!read) return false;
  if (!read->is_number() || read->is_na || read->qualifier != Qualifier::Const) {
    complain(place, "wrong_type",
             fmt::format("'{}' of an input must be a number that is written in the text, not {}", argument.name,
                         described(*read)));
    return false;
  }
  if (argument.name == "minval") made.min = read->number;
  if (argument.name == "maxval") made.max = read->number;
  if (argument.name == "step") made.step = read->number;
  return true;
}

bool Lowering::read_input_options(Input& made, ExprId id, Scope scope) {
  if (at(id).kind != ExprKind::List) {
    complain(at(id).place, "wrong_type", "the options of an input are a list: [\"a\", \"b\"]");
    return false;
  }
  for (const ExprId part : at(id).parts) {
    const auto read = single(part, scope);
    if (!read) return false;
    if (read->is_na || !converts(read->type, made.type) || read->qualifier != Qualifier::Const) {
      complain(
          at(part).place, "wrong_type",
          fmt::format("an option must be {} and written in the text, not {}", word_of(made.type), described(*read)));
      return false;
    }
    made.options.push_back(made.type == Type::String ? read->text : fmt::format("{}", read->number));
  }
  return true;
}

}  // namespace cw::expr
