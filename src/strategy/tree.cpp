#include "strategy/tree.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/number.h"
#include "base/printable.h"

namespace cw::strategy {

Tree Tree::of(std::string text) {
  Tree tree;
  tree.kind = Kind::Text;
  tree.text = std::move(text);
  return tree;
}

Tree Tree::of(double number) {
  Tree tree;
  tree.kind = Kind::Number;
  tree.number = number;
  tree.text = format_double(number);
  return tree;
}

Tree Tree::of(bool flag) {
  Tree tree;
  tree.kind = Kind::Bool;
  tree.flag = flag;
  tree.text = flag ? "true" : "false";
  return tree;
}

Tree Tree::map(bool is_flow) {
  Tree tree;
  tree.kind = Kind::Map;
  tree.is_flow = is_flow;
  return tree;
}

Tree Tree::list(bool is_flow) {
  Tree tree;
  tree.kind = Kind::List;
  tree.is_flow = is_flow;
  return tree;
}

Tree& Tree::add(std::string key, Tree value) {
  members.push_back({std::move(key), {}, std::move(value)});
  return *this;
}

Tree& Tree::add(Tree value) { return add("", std::move(value)); }

Tree plain_scalar(std::string text) {
  if (text.empty() || text == "null" || text == "Null" || text == "NULL" || text == "~") return {};
  if (text == "true" || text == "false") return Tree::of(text == "true");
  if (const auto number = parse_double(text)) return Tree::of(*number);
  return Tree::of(std::move(text));
}

bool TreeBuilder::refuse(TextPlace place, Errc code, std::string message) {
  if (!has_failed()) fault_ = {code, {}, std::move(message), place.line, place.column, 0, {}};
  return false;
}

bool TreeBuilder::count(TextPlace place) {
  if (++values_ <= kValuesMost) return true;
  return refuse(place, Errc::limit_exceeded, fmt::format("the document has more than {} values", kValuesMost));
}

bool TreeBuilder::wants_key() const {
  return !levels_.empty() && levels_.back().tree.kind == Tree::Kind::Map && !levels_.back().has_key;
}

bool TreeBuilder::open(Tree::Kind kind, TextPlace place) {
  if (levels_.size() == kDepthMost) {
    return refuse(place, Errc::limit_exceeded, fmt::format("the document is nested deeper than {}", kDepthMost));
  }
  if (!count(place)) return false;
  Level level;
  level.tree.kind = kind;
  level.tree.place = place;
  levels_.push_back(std::move(level));
  return true;
}

bool TreeBuilder::close() {
  Tree tree = std::move(levels_.back().tree);
  levels_.pop_back();
  return attach(std::move(tree));
}

bool TreeBuilder::key(std::string text, TextPlace place) {
  Level& level = levels_.back();
  if (text.size() > kScalarBytesMost) return refuse(place, Errc::limit_exceeded, "a name is too long");
  const auto& members = level.tree.members;
  if (const auto there = std::ranges::find(members, text, &Member::key); there != members.end()) {
    return refuse(place, Errc::bad_input,
                  there->key_place.line == 0
                      ? fmt::format("'{}' is there twice", printable(text))
                      : fmt::format("'{}' is there twice, first in line {}", printable(text), there->key_place.line));
  }
  level.next = {std::move(text), place, {}};
  level.has_key = true;
  return true;
}

bool TreeBuilder::scalar(Tree scalar, TextPlace place) {
  if (!count(place)) return false;
  if (scalar.text.size() > kScalarBytesMost) {
    return refuse(place, Errc::limit_exceeded, fmt::format("a text is longer than {} bytes", kScalarBytesMost));
  }
  scalar.place = place;
  return attach(std::move(scalar));
}

bool TreeBuilder::attach(Tree value) {
  if (levels_.empty()) {
    root_ = std::move(value);
    is_done_ = true;
    return true;
  }
  Level& level = levels_.back();
  Member member = std::move(level.next);
  level.next = {};
  level.has_key = false;
  member.value = std::move(value);
  level.tree.members.push_back(std::move(member));
  return true;
}

Lines::Lines(std::string_view text) : text_(text), begins_{0} {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') begins_.push_back(i + 1);
  }
}

std::size_t Lines::begin_of(std::size_t line_from_0) const {
  return line_from_0 < begins_.size() ? begins_[line_from_0] : text_.size();
}

TextPlace Lines::at(std::size_t byte) const {
  byte = std::min(byte, text_.size());
  const auto line = std::ranges::upper_bound(begins_, byte) - begins_.begin();
  std::size_t column = 1;
  for (std::size_t i = begins_[static_cast<std::size_t>(line) - 1]; i < byte; ++column) {
    i += std::max<std::size_t>(1, utf8_length(text_.substr(i)));
  }
  return {static_cast<std::size_t>(line), column, false};
}

TextPlace Lines::of_value(std::size_t byte, std::string_view value) const {
  const auto stands_at = [&](std::size_t at) { return at <= text_.size() && text_.substr(at).starts_with(value); };
  const bool is_quoted = byte < text_.size() && (text_[byte] == '"' || text_[byte] == '\'');
  TextPlace place = at(byte);
  place.is_verbatim = !value.empty() && stands_at(byte + (is_quoted ? 1 : 0));
  if (place.is_verbatim && is_quoted) ++place.column;
  return place;
}

}  // namespace cw::strategy
