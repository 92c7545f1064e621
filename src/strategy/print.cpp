#include <algorithm>

#include <fmt/format.h>

#include "base/json_text.h"
#include "base/number.h"
#include "strategy/tree.h"

namespace cw::strategy {
namespace {

constexpr std::size_t kWidth = 100;

bool is_scalar(const Tree& tree) { return tree.kind != Tree::Kind::List && tree.kind != Tree::Kind::Map; }

/// Whether a text can stand without quotes; `is_flow` inside of {} or [].
bool is_plain(std::string_view text, bool is_flow) {
  if (plain_scalar(std::string{text}).kind != Tree::Kind::Text) return false;
  const char first = text.front();
  const bool is_letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '_';
  const bool is_open = first == '(' || (first >= '0' && first <= '9');
  if (!is_letter && !is_open) return false;
  if (text.ends_with(' ') || text.ends_with(':')) return false;
  if (text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos) return false;
  const auto is_bad = [is_flow](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || (is_flow && std::string_view{",[]{}:?"}.contains(c));
  };
  return std::ranges::none_of(text, is_bad);
}

void append_text(std::string& out, std::string_view text, bool is_flow) {
  if (is_plain(text, is_flow)) {
    out += text;
  } else {
    append_json_string(out, text);
  }
}

void append_scalar(std::string& out, const Tree& tree, bool is_flow) {
  switch (tree.kind) {
    case Tree::Kind::Text: return append_text(out, tree.text, is_flow);
    case Tree::Kind::Null: out += "null"; return;
    case Tree::Kind::Bool: out += tree.flag ? "true" : "false"; return;
    default: append_double(out, tree.number);
  }
}

void append_flow(std::string& out, const Tree& tree) {
  if (is_scalar(tree)) return append_scalar(out, tree, true);
  const bool is_map = tree.kind == Tree::Kind::Map;
  out += is_map ? '{' : '[';
  for (std::size_t i = 0; i < tree.members.size(); ++i) {
    if (i > 0) out += ", ";
    if (is_map) {
      append_text(out, tree.members[i].key, true);
      out += ": ";
    }
    append_flow(out, tree.members[i].value);
  }
  out += is_map ? '}' : ']';
}

/// Whether a long text can be folded over lines: words with one blank between them.
bool folds(const Tree& tree) {
  if (tree.kind != Tree::Kind::Text || tree.text.size() <= kWidth) return false;
  if (tree.text.front() == ' ' || tree.text.back() == ' ' || tree.text.contains("  ")) return false;
  return std::ranges::none_of(tree.text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

void append_folded(std::string& out, std::string_view text, std::size_t indent) {
  out += ">-";
  while (!text.empty()) {
    std::size_t end = text.size();
    if (end > kWidth) {
      end = text.rfind(' ', kWidth);
      if (end == std::string_view::npos) end = std::min(text.find(' '), text.size());
    }
    out += fmt::format("\n{:{}}{}", "", indent, text.substr(0, end));
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  out += '\n';
}

void append_block(std::string& out, const Tree& tree, std::size_t indent) {
  for (const Member& member : tree.members) {
    out.append(indent, ' ');
    if (tree.kind == Tree::Kind::Map) {
      append_text(out, member.key, false);
      out += ':';
    } else {
      out += '-';
    }
    const Tree& value = member.value;
    if (is_scalar(value) && !folds(value)) {
      out += ' ';
      append_scalar(out, value, false);
      out += '\n';
    } else if (is_scalar(value)) {
      out += ' ';
      append_folded(out, value.text, indent + 2);
    } else if (value.is_flow || value.members.empty()) {
      out += ' ';
      append_flow(out, value);
      out += '\n';
    } else {
      out += '\n';
      append_block(out, value, indent + 2);
    }
  }
}

void append_json(std::string& out, const Tree& tree) {
  if (tree.kind == Tree::Kind::Text) return append_json_string(out, tree.text);
  if (is_scalar(tree)) return append_scalar(out, tree, false);
  const bool is_map = tree.kind == Tree::Kind::Map;
  out += is_map ? '{' : '[';
  for (std::size_t i = 0; i < tree.members.size(); ++i) {
    if (i > 0) out += ',';
    if (is_map) {
      append_json_string(out, tree.members[i].key);
      out += ':';
    }
    append_json(out, tree.members[i].value);
  }
  out += is_map ? '}' : ']';
}

}  // namespace

std::string print_json(const Tree& tree) {
  std::string out;
  append_json(out, tree);
  return out;
}

std::string print_yaml(const Tree& tree) {
  std::string out;
  append_block(out, tree, 0);
  return out;
}

}  // namespace cw::strategy
