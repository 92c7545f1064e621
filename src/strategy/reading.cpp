#include "strategy/reading.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/nearest.h"
#include "base/number.h"
#include "base/printable.h"
#include "strategy/syntax.h"

namespace cw::strategy {
namespace {

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

std::string why_outside(const Range& range, double number) {
  const bool is_outside = !std::isfinite(number) || number > range.max || number < range.min ||
                          (range.is_above_min && number == range.min) ||
                          (range.is_whole && number != std::trunc(number));
  if (!is_outside) return {};
  const std::string what = range.is_whole ? "a whole number" : "a number";
  const std::string from = range.is_above_min ? fmt::format("above {} and at most", format_double(range.min))
                                              : fmt::format("from {} to", format_double(range.min));
  return fmt::format("must be {} {} {}, not {}", what, from, format_double(range.max), format_double(number));
}

void Reading::refuse(TextPlace place, std::string field, std::string message, std::vector<std::string> suggestions,
                     Errc code) {
  add({code, std::move(field), std::move(message), place.line, place.column, 0, std::move(suggestions)});
}

void Reading::add(Fault fault) {
  if (faults_.size() == kFaultsMost) return;
  const auto behind = std::ranges::upper_bound(faults_, fault.line, {}, &Fault::line);
  faults_.insert(behind, std::move(fault));
}

std::string_view kind_of(const Tree& tree) {
  switch (tree.kind) {
    case Tree::Kind::Null: return "nothing";
    case Tree::Kind::Bool: return "true or false";
    case Tree::Kind::Number: return "a number";
    case Tree::Kind::Text: return "a text";
    case Tree::Kind::List: return "a list";
    case Tree::Kind::Map: return "an object";
  }
  return "";
}

bool is_word(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto is_part = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= 64 && is_letter(text[0]) && std::ranges::all_of(text, is_part) &&
         !text.ends_with("__");
}

std::optional<std::string> line_of(Reading& reading, const Tree& tree, const std::string& field,
                                   std::size_t bytes_most) {
  std::string why;
  if (tree.kind != Tree::Kind::Text) {
    why = fmt::format("must be a text, not {}", kind_of(tree));
  } else if (tree.text.empty()) {
    why = "is empty";
  } else if (tree.text.size() > bytes_most) {
    why = fmt::format("is longer than {} bytes", bytes_most);
  } else if (has_control(tree.text)) {
    why = tree.text.contains('\n') ? "must be one line; in YAML, '>-' joins several lines to one"
                                   : "has a character that cannot be shown";
  } else {
    reading.note(field, tree.place);
    return tree.text;
  }
  reading.refuse(tree.place, field, std::move(why));
  return std::nullopt;
}

std::optional<std::string> expression_of(Reading& reading, const Tree& tree, const std::string& field) {
  Tree text = tree;
  if (tree.kind == Tree::Kind::Number || tree.kind == Tree::Kind::Bool) text.kind = Tree::Kind::Text;
  const auto line = line_of(reading, text, field, kScalarBytesMost);
  if (!line) return std::nullopt;
  if (const auto wrong = syntax_fault(*line)) {
    reading.add(expression_fault(field, *wrong, tree.place));
    return std::nullopt;
  }
  return line;
}

std::optional<Amount> amount_of(Reading& reading, const Tree& tree, const std::string& field, const Range& range) {
  if (tree.kind == Tree::Kind::Text && is_word(tree.text)) {
    reading.note(field, tree.place);
    return Amount{.number = 0, .input = tree.text};
  }
  const std::string why = tree.kind != Tree::Kind::Number
                              ? fmt::format("must be a number or the name of an input, not {}", kind_of(tree))
                              : why_outside(range, tree.number);
  if (!why.empty()) {
    reading.refuse(tree.place, field, why);
    return std::nullopt;
  }
  reading.note(field, tree.place);
  return Amount{.number = tree.number, .input = {}};
}

Object::Object(Reading& reading, const Tree& tree, std::string field, std::vector<std::string> known)
    : reading_(reading), tree_(tree), field_(std::move(field)) {
  if (tree.kind != Tree::Kind::Map) {
    reading.refuse(tree.place, field_, fmt::format("must be an object, not {}", kind_of(tree)));
    return;
  }
  reading.note(field_, tree.place);
  if (known.empty()) return;
  for (const Member& member : tree.members) {
    if (std::ranges::find(known, member.key) != known.end()) continue;
    auto nearest = nearest_names(member.key, known);
    std::string message = fmt::format("there is no '{}'{}", printable(member.key), did_you_mean(nearest));
    if (nearest.empty()) message += fmt::format("; there are {}", fmt::join(known, ", "));
    reading.refuse(member.key_place, field_, std::move(message), std::move(nearest));
  }
}

std::string Object::path(std::string_view name) const {
  return field_.empty() ? std::string{name} : fmt::format("{}.{}", field_, name);
}

const Tree* Object::find(std::string_view name) const {
  if (tree_.kind != Tree::Kind::Map) return nullptr;
  const auto found = std::ranges::find(tree_.members, name, &Member::key);
  return found == tree_.members.end() ? nullptr : &found->value;
}

const Tree* Object::need(std::string_view name) {
  const Tree* found = find(name);
  if (found == nullptr && tree_.kind == Tree::Kind::Map)
    reading_.refuse(tree_.place, field_, fmt::format("'{}' is missing", name));
  return found;
}

std::optional<std::string> Object::line(std::string_view name, std::size_t bytes_most) {
  const Tree* tree = find(name);
  return tree == nullptr ? std::nullopt : line_of(reading_, *tree, path(name), bytes_most);
}

std::optional<std::string> Object::expression(std::string_view name) {
  const Tree* tree = find(name);
  return tree == nullptr ? std::nullopt : expression_of(reading_, *tree, path(name));
}

std::optional<double> Object::number(std::string_view name, const Range& range) {
  const Tree* tree = find(name);
  if (tree == nullptr) return std::nullopt;
  const std::string why = tree->kind != Tree::Kind::Number ? fmt::format("must be a number, not {}", kind_of(*tree))
                                                           : why_outside(range, tree->number);
  if (why.empty()) return tree->number;
  reading_.refuse(tree->place, path(name), why);
  return std::nullopt;
}

std::optional<Amount> Object::amount(std::string_view name, const Range& range) {
  const Tree* tree = find(name);
  return tree == nullptr ? std::nullopt : amount_of(reading_, *tree, path(name), range);
}

std::vector<std::string> Object::lines(std::string_view name, std::size_t most, std::size_t bytes_most) {
  const Tree* tree = find(name);
  if (tree == nullptr) return {};
  if (tree->kind != Tree::Kind::List) {
    refuse(name, fmt::format("must be a list, not {}", kind_of(*tree)));
    return {};
  }
  if (tree->members.size() > most) {
    reading_.refuse(tree->place, path(name),
                    fmt::format("has {} entries; at most {} are taken", tree->members.size(), most), {},
                    Errc::limit_exceeded);
    return {};
  }
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < tree->members.size(); ++i) {
    auto line = line_of(reading_, tree->members[i].value, fmt::format("{}[{}]", path(name), i), bytes_most);
    if (line) lines.push_back(std::move(*line));
  }
  return lines;
}

void Object::refuse(std::string_view name, std::string message, std::vector<std::string> suggestions) {
  const Tree* tree = find(name);
  reading_.refuse(tree == nullptr ? tree_.place : tree->place, path(name), std::move(message), std::move(suggestions));
}

}  // namespace cw::strategy
