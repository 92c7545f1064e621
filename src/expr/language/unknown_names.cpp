// Names that mean nothing here: what is said about them, and what was likely meant.
#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "base/nearest.h"
#include "base/printable.h"
#include "expr/language/builtins.h"
#include "expr/language/lowering.h"
#include "expr/language/refusals.h"
#include "expr/vocabulary.h"

namespace cw::expr {
namespace {

/// What other languages call a value that is missing.
constexpr auto kMissing = std::to_array<std::string_view>({"nan", "null", "none", "nil", "undefined"});

std::string lower(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

}  // namespace

std::vector<std::string> Lowering::names_near(std::string_view name, Scope scope) const {
  const std::string small = lower(name);
  for (const std::string_view word : own_words()) {
    if (small == word) return {std::string{word}};
  }
  if (std::ranges::find(kMissing, small) != kMissing.end()) return {"na"};
  // A script of an older Pine writes sma, where it is ta.sma now.
  std::vector<std::string> grouped;
  for (const std::string_view group : {"math.", "ta.", "input.", "request."}) {
    std::string full = fmt::format("{}{}", group, name);
    if (is_builtin(full) || !overloads(full).empty()) grouped.push_back(std::move(full));
  }
  if (!grouped.empty()) return grouped;
  std::vector<std::string> known;
  for (const auto& [own, global] : globals_) {
    if (global.statement < scope.frame->visible) known.emplace_back(own);
  }
  if (scope.frame->parameters != nullptr) {
    for (const Thunk& parameter : *scope.frame->parameters) known.emplace_back(parameter.name);
  }
  for (const std::string_view own : builtin_names()) known.emplace_back(own);
  for (const Function& row : functions()) {
    if (known.empty() || known.back() != row.name) known.emplace_back(row.name);
  }
  // A name in other letters (CLOSE) is meant before one that is like it.
  const auto same = std::ranges::find_if(known, [&small](const std::string& other) { return lower(other) == small; });
  if (same != known.end()) return {*same};
  std::ranges::sort(known);
  known.erase(std::ranges::unique(known).begin(), known.end());
  return nearest_names(name, known);
}

/// A function of the group `ta`, `math`, … where there is one.
std::optional<std::string> Lowering::member_of_group(std::string_view group) const {
  const std::string prefix = fmt::format("{}.", group);
  const auto row = std::ranges::find_if(functions(), [&](const Function& f) { return f.name.starts_with(prefix); });
  if (row != functions().end()) return std::string{row->name};
  const auto own = std::ranges::find_if(builtin_names(), [&](std::string_view n) { return n.starts_with(prefix); });
  return own == builtin_names().end() ? std::nullopt : std::optional{std::string{*own}};
}

std::optional<Value> Lowering::refuse_name(const Expr& name, Scope scope, bool is_call) {
  const Place place = is_call ? name.name_place : name.place;
  const std::string shown = printable(name.name);
  if (const std::string_view why = refused_name(name.name); !why.empty()) {
    return complain(place, "not_supported", fmt::format("'{}' is not supported: {}", shown, why));
  }
  for (std::size_t i = scope.frame->visible; i < script_.statements.size(); ++i) {
    const auto& later = script_.statements[i].names;
    if (std::ranges::find(later, name.name, &BoundName::name) == later.end()) continue;
    return complain(place, "defined_later", fmt::format("'{}' gets its value only in a later line", shown));
  }
  const std::string_view first = name.name.substr(0, name.name.find('.'));
  if (first.size() < name.name.size() && globals_.contains(first)) {
    return complain(
        place, "not_supported",
        fmt::format("'{}' is not supported: '{}' is a plain value, without fields and methods", shown, first));
  }
  if (const auto member = member_of_group(name.name)) {
    return complain(place, "not_a_value",
                    fmt::format("'{}' is a namespace: name what is in it, for instance {}", shown, *member));
  }
  return complain(place, {.code = "unknown_name",
                          .message = fmt::format("there is no '{}'", shown),
                          .suggestions = names_near(shown, scope)});
}

}  // namespace cw::expr
