#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "expr/compile.h"
#include "expr/language/syntax.h"

namespace cw::expr {

/// The inputs of one text, in the order in which they are met, with the values that were given for them.
class Inputs {
 public:
  explicit Inputs(const CompileOptions& options) : options_(options) {}

  /// The input of a call that was met before; null: not yet.
  const Input* find(ExprId call) const;
  /// Takes a new input, its default in `default_value`: gives it a name where it has none, and its value in effect.
  /// Null after a complaint: limit_exceeded, bad_input
  const Input* take(ExprId call, Input input, Place place, Trouble& trouble);
  /// What was given for an input that the text has not; none: nothing.
  std::optional<Complaint> unused() const;

  std::vector<Input> all() const { return {inputs_.begin(), inputs_.end()}; }

 private:
  const std::variant<double, std::string>* given_for(const Input& input) const;

  const CompileOptions& options_;
  std::deque<Input> inputs_;
  std::unordered_map<ExprId, std::size_t> by_call_;
};

/// An input as a message names it: 'Length' (len), or 'len' where it has no title.
std::string label_of(const Input& input);

/// Why a value cannot stand for an input ("must be 1 to 100, not 0"); empty: it can.
std::string why_not(const Input& input, const std::variant<double, std::string>& value);

}  // namespace cw::expr
