#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "expr/compile.h"

namespace cw::expr {

/// A text of the language put together from the fields of a document, one line a field, which remembers what each of its
/// lines is: so a fault is told in the words of the document.
class FieldScript {
 public:
  /// A line `before + text + after`; the field's own words are `text`, which is one line.
  void add(std::string field, std::string_view before, std::string_view text, std::string_view after = {});
  void plot(std::string field, std::string_view expr) { add(std::move(field), "plot(", expr, ")"); }

  const std::string& text() const { return text_; }

  /// A fault of the text as one of a field: line 1, columns and the line shown are those of the field's own words.
  struct FieldFault {
    std::string field;
    std::size_t line = 0;  // which of the lines added it is, from 0
    Diagnostic diagnostic;
  };
  FieldFault fault(Diagnostic diagnostic) const;

 private:
  struct Line {
    std::string field;
    std::size_t before;  // characters around the field's own text
    std::size_t after;
  };
  std::string text_;
  std::vector<Line> lines_;
};

}  // namespace cw::expr
