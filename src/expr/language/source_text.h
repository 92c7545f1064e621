#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "expr/compile.h"

namespace cw::expr {

/// A stretch of a text, in bytes.
struct Place {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

/// What is wrong at a place; becomes a Diagnostic when it is known to be the one that is shown.
struct Complaint {
  std::string code;
  std::string message;
  std::vector<std::string> suggestions{};
  std::string signature{};
};

/// The first thing that goes wrong with a text, wherever in the compiler. Every part is given this one and stops once
/// something is in it, so no later complaint, which may be only a consequence, is heard.
class Trouble {
 public:
  explicit Trouble(std::string_view text) : text_(text) {}

  void complain(Place place, Complaint complaint);
  void complain(Place place, std::string_view code, std::string message);
  bool any() const { return found_.has_value(); }
  const Diagnostic& found() const { return *found_; }

 private:
  std::string_view text_;
  std::optional<Diagnostic> found_;
};

/// A place as people count it: line and column from 1, the column in characters.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
};
Position position_of(std::string_view text, std::size_t byte);

/// The Diagnostic of a complaint: the place in lines and characters. A place over several lines ends with its first.
Diagnostic diagnose(std::string_view text, Place place, Complaint complaint);

}  // namespace cw::expr
