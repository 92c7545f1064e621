#include "expr/language/looks.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace cw::expr {
namespace {

constexpr auto kDrawings = std::to_array<std::string_view>({"hline", "fill", "bgcolor", "barcolor"});
constexpr auto kColourCalls =
    std::to_array<std::string_view>({"color", "color.new", "color.rgb", "color.from_gradient", "input.color"});

class Marker {
 public:
  Marker(Script& script, Trouble& trouble) : script_(script), trouble_(trouble) {}

  void run() {
    for (Statement& statement : script_.statements) {
      statement.looks = looks_of(statement);
      for (const BoundName& name : statement.names) names_.emplace(name.name, statement.looks);
      if (!statement.declared.is_color || statement.looks == Looks::Colour) continue;
      trouble_.complain(script_[statement.value].place, "wrong_type", "this is no colour, and a colour was said");
    }
  }

 private:
  Looks looks_of(const Statement& statement) const {
    if (statement.kind == StatementKind::Tuple) return Looks::Value;
    const Expr& value = script_[statement.value];
    const bool is_na = value.kind == ExprKind::Name && value.name == "na";
    const bool is_named = statement.kind != StatementKind::Show;
    if (is_named && (is_colour(statement.value) || (statement.declared.is_color && is_na))) return Looks::Colour;
    if (statement.kind == StatementKind::Function || value.kind != ExprKind::Call) return Looks::Value;
    if (is_drawing_call(value.name) && !names_.contains(value.name)) return Looks::Drawing;
    return is_named && value.name == "plot" ? Looks::Plot : Looks::Value;
  }

  bool is_colour_name(std::string_view name) const {
    const auto own = names_.find(name);
    return own != names_.end() && own->second == Looks::Colour;
  }

  bool is_colour(ExprId id) const {
    const Expr& expr = script_[id];
    switch (expr.kind) {
      case ExprKind::Color: return true;
      case ExprKind::Name: return expr.name.starts_with("color.") || is_colour_name(expr.name);
      case ExprKind::History: return is_colour(expr.parts[0]);
      case ExprKind::Ternary: return are_colours(expr);
      case ExprKind::Call:
        return std::ranges::find(kColourCalls, expr.name) != kColourCalls.end() || is_colour_name(expr.name) ||
               (expr.name == "input" && has_colour_by_default(expr));
      default: return false;
    }
  }

  /// Each answer is a colour or na, and one is a colour.
  bool are_colours(const Expr& ternary) const {
    bool any = false;
    for (std::size_t i = 1; i < ternary.parts.size(); i += i + 2 == ternary.parts.size() ? 1 : 2) {
      const Expr& answer = script_[ternary.parts[i]];
      const bool is_na = answer.kind == ExprKind::Name && answer.name == "na";
      if (!is_na && !is_colour(ternary.parts[i])) return false;
      any = any || !is_na;
    }
    return any;
  }

  bool has_colour_by_default(const Expr& input) const {
    return std::ranges::any_of(input.arguments, [&](const Argument& argument) {
      const bool is_default =
          argument.name == "defval" || (argument.name.empty() && &argument == input.arguments.data());
      return is_default && is_colour(argument.value);
    });
  }

  Script& script_;
  Trouble& trouble_;
  std::unordered_map<std::string_view, Looks> names_;
};

}  // namespace

bool is_drawing_call(std::string_view name) { return std::ranges::find(kDrawings, name) != kDrawings.end(); }

void mark_looks(Script& script, Trouble& trouble) { Marker{script, trouble}.run(); }

}  // namespace cw::expr
