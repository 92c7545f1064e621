#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "strategy/tree.h"

namespace cw::strategy {

/// A number's bounds, as the document's fields have them.
struct Range {
  double min = 0;
  double max = 0;
  bool is_above_min = false;  // min itself is refused
  bool is_whole = false;
};
/// Why a number is not within a range ("must be a whole number from 1 to 100, not 0"); empty: it is.
std::string why_outside(const Range& range, double number);

/// What goes on while a tree is read into a document: the faults found so far, and where the fields stand.
class Reading {
 public:
  void refuse(TextPlace place, std::string field, std::string message, std::vector<std::string> suggestions = {},
              Errc code = Errc::bad_input);
  void add(Fault fault);
  void note(std::string field, TextPlace place) { places_.of.emplace(std::move(field), place); }

  Faults& faults() { return faults_; }
  Places& places() { return places_; }

 private:
  Faults faults_;
  Places places_;
};

/// One object of the document. What is missing or wrong becomes a fault, and the answer is an empty one: all faults of a
/// document are found in one go.
class Object {
 public:
  /// `known`: the members that it may have; empty: any.
  Object(Reading& reading, const Tree& tree, std::string field, std::vector<std::string> known);

  const Tree* find(std::string_view name) const;
  /// The same, and a fault where it is missing.
  const Tree* need(std::string_view name);
  std::string path(std::string_view name) const;

  /// A text of one line, without control characters; a number or bool as it is written, where `is_expression`.
  std::optional<std::string> line(std::string_view name, std::size_t bytes_most);
  /// The same of an expression, whose syntax is checked.
  std::optional<std::string> expression(std::string_view name);
  std::optional<double> number(std::string_view name, const Range& range);
  /// A number or the name of an input.
  std::optional<Amount> amount(std::string_view name, const Range& range);
  std::vector<std::string> lines(std::string_view name, std::size_t most, std::size_t bytes_most);

  void refuse(std::string_view name, std::string message, std::vector<std::string> suggestions = {});
  Reading& reading() { return reading_; }
  const Tree& tree() const { return tree_; }
  const std::string& field() const { return field_; }

 private:
  Reading& reading_;
  const Tree& tree_;
  std::string field_;
};

/// "a text", "a number", "an object", …
std::string_view kind_of(const Tree& tree);
/// A scalar as a text of one line; none after a fault.
std::optional<std::string> line_of(Reading& reading, const Tree& tree, const std::string& field,
                                   std::size_t bytes_most);
std::optional<std::string> expression_of(Reading& reading, const Tree& tree, const std::string& field);
std::optional<Amount> amount_of(Reading& reading, const Tree& tree, const std::string& field, const Range& range);

/// Whether a text can name an input or a `let`: letters, digits and `_`, no digit first, not two `_` at its end.
bool is_word(std::string_view text);

}  // namespace cw::strategy
