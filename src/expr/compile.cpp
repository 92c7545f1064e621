#include "expr/compile.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "expr/language/canonical.h"
#include "expr/language/lexer.h"
#include "expr/language/lowering.h"
#include "expr/language/outputs.h"
#include "expr/language/parser.h"

namespace cw::expr {
namespace {

bool shows(const Statement& statement) {
  return statement.kind == StatementKind::Show || statement.looks == Looks::Plot;
}

void read_statements(const Script& script, Lowering& lowering, Outputs& outputs, Trouble& trouble) {
  for (std::size_t i = 0; i < script.statements.size() && !trouble.any(); ++i) {
    const Statement& statement = script.statements[i];
    lowering.define(i);
    if (statement.is_read_over()) continue;
    if (shows(statement)) {
      outputs.show(i);
    } else {
      lowering.settle(i);
    }
  }
  if (trouble.any()) return;
  if (outputs.empty()) {
    const Statement& last = script.statements.back();
    const Place place = last.names.empty() ? script[last.value].place : last.names[0].place;
    return trouble.complain(place, "no_output", "nothing is shown: end with an expression or plot(…)");
  }
  if (auto unused = lowering.inputs().unused()) trouble.complain({}, std::move(*unused));
}

std::string canonical_text(const Script& script, const Outputs& outputs, const Canonical& canonical) {
  std::string text;
  for (std::size_t i = 0; i < script.statements.size(); ++i) {
    const Statement& statement = script.statements[i];
    if (statement.is_read_over()) continue;
    const std::string line = shows(statement) ? outputs.statement(i, canonical) : canonical.statement(statement);
    if (line.empty()) continue;
    if (!text.empty()) text += '\n';
    text += line;
  }
  return text;
}

/// The canonical form is a text like any other, with the same limits; defaults that it writes out can make it longer.
void require_readable(const std::string& canonical, Trouble& trouble) {
  const bool is_long = canonical.size() > kTextMost;
  Trouble reading{canonical};
  // No token is shorter than a byte.
  if (!is_long && canonical.size() > kTokensMost) tokens_of(canonical, reading);
  if (!is_long && !reading.any()) return;
  trouble.complain(
      {}, "limit_exceeded",
      fmt::format("written out, this text has more than {} bytes or {} words and marks", kTextMost, kTokensMost));
}

/// What is said in the text and not done.
std::vector<Note> notes_of(const Script& script, std::string_view text) {
  std::vector<Note> notes;
  for (const Statement& statement : script.statements) {
    if (statement.looks != Looks::Drawing) continue;
    const Expr& call = script[statement.value];
    const auto [line, column] = position_of(text, call.name_place.begin);
    notes.push_back({line, column, fmt::format("'{}' is not drawn here", call.name)});
  }
  return notes;
}

int lookback_of(const Plot& plot, const Graph& graph) {
  return graph.node(plot.node).op == Op::Security ? 0 : graph.lookback(plot.node);
}

}  // namespace

Compiled<Expression> compile(std::string_view text, const CompileOptions& options, Graph& graph) {
  // Editors begin a file with this mark (U+FEFF), and count columns without it.
  if (constexpr std::string_view kMark = "\xef\xbb\xbf"; text.starts_with(kMark)) text.remove_prefix(kMark.size());
  Trouble trouble{text};
  const Script script = parse(text, trouble);
  if (trouble.any()) return std::unexpected(trouble.found());
  Lowering lowering{script, options, graph, trouble};
  Outputs outputs{script, lowering};
  read_statements(script, lowering, outputs, trouble);
  if (trouble.any()) return std::unexpected(trouble.found());

  const Canonical canonical{script, lowering.forms()};
  Expression made{.canonical = canonical_text(script, outputs, canonical),
                  .title = outputs.title(),
                  .plots = outputs.plots(canonical),
                  .inputs = lowering.inputs().all(),
                  .notes = notes_of(script, text)};
  require_readable(made.canonical, trouble);
  if (trouble.any()) return std::unexpected(trouble.found());
  for (Plot& plot : made.plots) {
    plot.lookback = lookback_of(plot, graph);
    made.lookback = std::max(made.lookback, plot.lookback);
  }
  return made;
}

}  // namespace cw::expr
