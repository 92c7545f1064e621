#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "expr/graph.h"

namespace cw::expr {

/// What an expression means over one context's bars. A value that is not Series is a Constant node, or a text.
struct Value {
  Type type = Type::Float;
  Qualifier qualifier = Qualifier::Const;
  NodeId node = 0;        // but for a text
  double number = 0;      // where it is known, and no text
  bool is_na = false;     // the word `na`: a float that takes the type of what it stands beside
  bool is_price = false;  // in units of the context's prices
  bool is_event = false;
  std::string text{};            // String
  std::string_view name{};       // of a call's output: what the function calls it
  std::vector<Value> members{};  // of a tuple: two or more; nothing else is set then

  bool is_tuple() const { return !members.empty(); }
  bool is_number() const { return !is_tuple() && (type == Type::Float || type == Type::Int); }
  bool is_bool() const { return !is_tuple() && type == Type::Bool; }
  bool is_text() const { return !is_tuple() && type == Type::String; }
  bool is_known() const { return qualifier != Qualifier::Series; }
};

/// A text; there are no columns of them.
Value text_value(std::string text, Qualifier qualifier);

std::string_view word_of(Type type);
std::string_view word_of(Qualifier qualifier);
/// "series float", "na", "3 values".
std::string described(const Value& value);
/// Whether a value of one type may stand where another is asked for: the same, or an int for a float.
bool converts(Type from, Type to);
/// `ta.ema(series float source, simple int length = 14) → float`.
std::string signature_of(const Function& function);

}  // namespace cw::expr
