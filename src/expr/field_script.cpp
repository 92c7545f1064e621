#include "expr/field_script.h"

#include <algorithm>

#include <fmt/format.h>

namespace cw::expr {

void FieldScript::add(std::string field, std::string_view before, std::string_view text, std::string_view after) {
  text_ += fmt::format("{}{}{}\n", before, text, after);
  lines_.push_back({std::move(field), before.size(), after.size()});
}

FieldScript::FieldFault FieldScript::fault(Diagnostic diagnostic) const {
  const std::size_t which = std::min(diagnostic.line, lines_.size()) - 1;
  const Line& line = lines_[which];
  diagnostic.line = 1;
  // In front of the field's words: a name of ours that is taken, say. Their first character stands for it.
  diagnostic.column -= std::min(line.before, diagnostic.column - 1);
  diagnostic.line_text.erase(0, std::min(line.before, diagnostic.line_text.size()));
  diagnostic.line_text.resize(diagnostic.line_text.size() - std::min(line.after, diagnostic.line_text.size()));
  return {line.field, which, std::move(diagnostic)};
}

}  // namespace cw::expr
