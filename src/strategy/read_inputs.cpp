#include "strategy/read_document.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/nearest.h"
#include "base/printable.h"
#include "expr/compile.h"
#include "expr/language/builtins.h"
#include "expr/language/expression_parser.h"
#include "strategy/inputs.h"

namespace cw::strategy {
namespace {

constexpr Range kAny{.min = -1e15, .max = 1e15};
constexpr std::size_t kOptionsMost = 32;

/// What an option of a choice may be made of: it stands in the language as "ema".
bool is_option(std::string_view text) {
  const auto is_good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{" _-+.:/%()"}.contains(c);
  };
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, is_good);
}

bool is_taken(std::string_view name) { return expr::is_builtin(name) || expr::is_own_word(name); }

std::optional<InputKind> read_kind(Object& object) {
  const Tree* type = object.need("type");
  if (type == nullptr) return std::nullopt;
  std::vector<std::string> names;
  for (const InputKind kind : kInputKinds) {
    names.emplace_back(name(kind));
    if (type->kind == Tree::Kind::Text && type->text == names.back()) return kind;
  }
  object.refuse("type", fmt::format("must be one of {}", fmt::join(names, ", ")),
                type->kind == Tree::Kind::Text ? nearest_names(type->text, names) : names);
  return std::nullopt;
}

/// Members that another kind of input has.
void refuse_foreign(Object& object, InputKind kind) {
  const bool is_number = kind == InputKind::Int || kind == InputKind::Float;
  for (const char* name : {"min", "max", "step"}) {
    if (!is_number && object.find(name) != nullptr) object.refuse(name, "is of inputs of type int and float alone");
  }
  if (kind != InputKind::Choice && object.find("options") != nullptr)
    object.refuse("options", "is of inputs of type choice alone");
}

void read_bounds(Object& object, Input& input) {
  input.min = object.number("min", kAny);
  input.max = object.number("max", kAny);
  input.step = object.number("step", {.min = 0, .max = 1e15, .is_above_min = true});
  if (input.min && input.max && *input.min > *input.max) object.refuse("min", "is larger than 'max'");
}

void read_options(Object& object, Input& input) {
  if (object.need("options") == nullptr) return;
  input.options = object.lines("options", kOptionsMost, 64);
  for (std::size_t i = 0; i < input.options.size(); ++i) {
    const std::string& option = input.options[i];
    if (!is_option(option)) {
      object.refuse("options", fmt::format("'{}' has other characters than letters, digits, blanks and _-+.:/%()",
                                           printable(option)));
    } else if (std::ranges::find(input.options.begin(), input.options.begin() + static_cast<std::ptrdiff_t>(i),
                                 option) != input.options.begin() + static_cast<std::ptrdiff_t>(i)) {
      object.refuse("options", fmt::format("'{}' is there twice", option));
    }
  }
}

void read_default(Object& object, Input& input) {
  const Tree* tree = object.need("default");
  if (tree == nullptr) return;
  if (tree->kind == Tree::Kind::Bool) {
    input.default_value = tree->flag ? 1.0 : 0.0;
    if (input.kind == InputKind::Bool) return;
    return object.refuse("default", "must be no bool: the input is of another type");
  }
  if (tree->kind == Tree::Kind::Number) input.default_value = tree->number;
  if (tree->kind == Tree::Kind::Text) input.default_value = tree->text;
  // A text that reads as a number would do where a value is given on a command line; a document says what it means.
  const bool is_number_kind = input.kind == InputKind::Int || input.kind == InputKind::Float;
  if (input.kind == InputKind::Bool) return object.refuse("default", "must be true or false");
  if (tree->kind != (is_number_kind ? Tree::Kind::Number : Tree::Kind::Text))
    return object.refuse("default",
                         fmt::format("must be {}, not {}", is_number_kind ? "a number" : "a text", kind_of(*tree)));
  if (const auto checked = check_value(input, input.default_value); !checked)
    object.refuse("default", checked.error().message, checked.error().suggestions);
}

}  // namespace

std::vector<Input> read_inputs(Object& document) {
  std::vector<Input> inputs;
  const Tree* tree = document.find("inputs");
  if (tree == nullptr) return inputs;
  Object all(document.reading(), *tree, "inputs", {});
  if (tree->kind != Tree::Kind::Map) return inputs;
  if (tree->members.size() > expr::kInputsMost) {
    document.reading().refuse(
        tree->place, "inputs",
        fmt::format("has {} entries; at most {} are taken", tree->members.size(), expr::kInputsMost), {},
        Errc::limit_exceeded);
    return inputs;
  }
  for (const Member& member : tree->members) {
    if (!is_word(member.key)) {
      document.reading().refuse(member.key_place, "inputs",
                                fmt::format("'{}' is no name: letters, digits and _ make one", printable(member.key)));
      continue;
    }
    if (is_taken(member.key)) {
      document.reading().refuse(member.key_place, "inputs",
                                fmt::format("'{}' is a name of the language; choose another one", member.key));
      continue;
    }
    Object object(document.reading(), member.value, all.path(member.key),
                  {"type", "default", "min", "max", "step", "title", "options"});
    if (member.value.kind != Tree::Kind::Map) continue;
    Input input{.name = member.key};
    const auto kind = read_kind(object);
    if (!kind) continue;
    input.kind = *kind;
    input.title = object.line("title", 200).value_or("");
    refuse_foreign(object, *kind);
    const std::size_t faults_before = document.reading().faults().size();
    if (*kind == InputKind::Int || *kind == InputKind::Float) read_bounds(object, input);
    if (*kind == InputKind::Choice) read_options(object, input);
    if (document.reading().faults().size() == faults_before) read_default(object, input);
    inputs.push_back(std::move(input));
  }
  return inputs;
}

}  // namespace cw::strategy
