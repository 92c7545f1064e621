// request.security: an expression over other bars, as these may see it.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/nearest.h"
#include "base/printable.h"
#include "expr/language/canonical.h"
#include "expr/language/lowering.h"
#include "expr/language/timeframe_text.h"

namespace cw::expr {
namespace {

constexpr std::string_view kSignature =
    "request.security(timeframe, expression) or request.security(symbol, timeframe, expression)";

/// As TradingView writes them: "BINANCE:BTCUSDT" is binance:BTCUSDT.
bool same_letters(std::string_view a, std::string_view b) {
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
  return std::ranges::equal(a, b, {}, upper, upper);
}

/// The arguments by their place in Pine's list; kNoExpr where one is left out.
struct Arguments {
  std::array<ExprId, 8> values{kNoExpr, kNoExpr, kNoExpr, kNoExpr, kNoExpr, kNoExpr, kNoExpr, kNoExpr};
  std::array<Place, 8> places{};
};
enum Which : std::size_t { kSymbol, kTimeframe, kExpression, kGaps, kLookahead, kIgnoreInvalidSymbol };
constexpr auto kNames = std::to_array<std::string_view>(
    {"symbol", "timeframe", "expression", "gaps", "lookahead", "ignore_invalid_symbol", "currency", "calc_bars_count"});

std::optional<Complaint> place_argument(Arguments& placed, std::size_t which, ExprId value, Place place,
                                        std::string_view name) {
  if (which >= kNames.size()) {
    return Complaint{.code = name.empty() ? "too_many_arguments" : "unknown_argument",
                     .message = name.empty() ? "request.security takes at most a symbol, a timeframe and an expression"
                                             : fmt::format("request.security has no argument '{}'", printable(name)),
                     .signature = std::string{kSignature}};
  }
  if (placed.values[which] != kNoExpr) {
    return Complaint{.code = "repeated_argument",
                     .message = fmt::format("'{}' of request.security is given twice", kNames[which])};
  }
  placed.values[which] = value;
  placed.places[which] = place;
  return std::nullopt;
}

/// What the arguments beside symbol, timeframe and expression may say: only what is done anyhow.
std::string_view why_refused(std::size_t which, const Expr& value) {
  const std::string_view said = value.kind == ExprKind::Name ? value.name : std::string_view{};
  const bool is_false = value.kind == ExprKind::Bool && value.number == 0;
  if (which == kIgnoreInvalidSymbol) return "";  // a symbol that is not known is refused, whatever was to become of it
  if (which == kGaps) {
    return is_false || said == "barmerge.gaps_off" ? "" : "a value stays until the next one of its timeframe";
  }
  if (which == kLookahead) {
    return is_false || said == "barmerge.lookahead_off" ? ""
                                                        : "a value is seen when its bar has closed, never before: "
                                                          "write request.security(\"W\", close), the last "
                                                          "closed bar, instead of close[1] with lookahead_on";
  }
  return "leave it out";
}

}  // namespace

std::optional<Value> Lowering::security(ExprId id, Scope scope) {
  const Expr& expr = at(id);
  const auto named = static_cast<std::size_t>(
      std::ranges::count_if(expr.arguments, [](const Argument& a) { return !a.name.empty(); }));
  const bool names_symbol = std::ranges::any_of(expr.arguments, [](const Argument& a) { return a.name == "symbol"; });
  const bool names_timeframe =
      std::ranges::any_of(expr.arguments, [](const Argument& a) { return a.name == "timeframe"; });
  const bool names_expression =
      std::ranges::any_of(expr.arguments, [](const Argument& a) { return a.name == "expression"; });
  const std::size_t by_place = expr.arguments.size() - named;
  // The short form begins with the timeframe: without a symbol, two by their place, or one and the expression's name, or
  // one alone, which lacks its expression.
  const bool is_short = !names_symbol && !names_timeframe && by_place >= 1 && by_place <= (names_expression ? 1U : 2U);
  Arguments placed;
  for (std::size_t i = 0; i < expr.arguments.size(); ++i) {
    const Argument& argument = expr.arguments[i];
    const bool has_name = !argument.name.empty();
    const std::size_t which =
        has_name ? static_cast<std::size_t>(std::ranges::find(kNames, argument.name) - kNames.begin()) : i + is_short;
    const Place place = has_name ? argument.name_place : at(argument.value).place;
    if (auto wrong = place_argument(placed, which, argument.value, place, argument.name)) {
      return complain(place, std::move(*wrong));
    }
  }
  for (std::size_t which = kGaps; which < kNames.size(); ++which) {
    if (placed.values[which] == kNoExpr) continue;
    const std::string_view why = why_refused(which, at(placed.values[which]));
    if (why.empty()) continue;
    return complain(placed.places[which], "not_supported",
                    fmt::format("'{}' of request.security is not supported: {}", kNames[which], why));
  }
  for (const Which needed : {kTimeframe, kExpression}) {
    if (placed.values[needed] != kNoExpr) continue;
    return complain(expr.place, {.code = "missing_argument",
                                 .message = fmt::format("request.security needs its argument '{}'", kNames[needed]),
                                 .signature = std::string{kSignature}});
  }
  if (is_in_security_) {
    return complain(
        expr.name_place, "nested_security",
        "request.security inside of request.security is not supported: what it names is used in another one");
  }
  CallForm form;
  const auto wanted = security_context(placed.values[kSymbol], placed.values[kTimeframe], scope, form);
  if (!wanted) return std::nullopt;
  const auto context = graph_.context(*wanted);
  if (!context) return complain(expr.place, "limit_exceeded", context.error().message);
  form.arguments.push_back({.value = placed.values[kExpression]});
  forms_.put(id, std::move(form));

  is_in_security_ = true;
  auto there = value(placed.values[kExpression], {scope.frame, *context});
  is_in_security_ = false;
  if (!there) return there;
  return seen_from(*there, scope.context, expr.place);
}

std::optional<Context> Lowering::security_context(ExprId symbol, ExprId timeframe, Scope scope, CallForm& form) {
  const Context& chart = graph_.contexts()[0];
  Context wanted = chart;
  if (symbol != kNoExpr) {
    const auto text = known_text(symbol, scope, "the symbol of request.security");
    if (!text) return std::nullopt;
    const bool is_own =
        text->empty() || same_letters(*text, options_.symbol.text()) || same_letters(*text, options_.symbol.symbol);
    if (!is_own) {
      if (!options_.find_symbol) {
        complain(at(symbol).place, "not_supported", "other symbols are not supported here, only the chart's own");
        return std::nullopt;
      }
      // A bare name is the chart's own venue's, where that one has it.
      auto found = text->find(':') == std::string::npos ? options_.find_symbol(options_.symbol.venue + ':' + *text)
                                                        : std::optional<market::InstrumentId>{};
      if (!found) found = options_.find_symbol(*text);
      if (!found) {
        complain(at(symbol).place, "unknown_symbol", fmt::format("there is no symbol '{}'", printable(*text)));
        return std::nullopt;
      }
      if (*found != options_.symbol) wanted.symbol = found->text();
    }
    const bool is_written = at(symbol).kind == ExprKind::Text;
    const bool is_own_name = at(symbol).kind == ExprKind::Name &&
                             (at(symbol).name == "syminfo.tickerid" || at(symbol).name == "syminfo.ticker");
    if (is_written && !wanted.symbol.empty()) {
      form.arguments.push_back({.text = quoted(wanted.symbol)});
    } else if (!is_written && !is_own_name) {
      form.arguments.push_back({.value = symbol});
    }
  }
  const Place place = at(timeframe).place;
  const auto text = known_text(timeframe, scope, "the timeframe of request.security");
  if (!text) return std::nullopt;
  const auto read = timeframe_of(*text, 0, place);
  if (!read) return std::nullopt;
  if (market::duration(*read) < market::duration(chart.timeframe)) {
    complain(place, "lower_timeframe",
             fmt::format("{} is a lower timeframe than the chart's {}, which is not supported", market::name(*read),
                         market::name(chart.timeframe)));
    return std::nullopt;
  }
  wanted.timeframe = *read;
  const bool is_written = at(timeframe).kind == ExprKind::Text;
  ShownArgument shown{.value = timeframe};
  if (is_written) shown = {.text = text->empty() ? "timeframe.period" : quoted(market::name(*read))};
  form.arguments.push_back(std::move(shown));
  return wanted;
}

std::optional<market::Timeframe> Lowering::timeframe_of(const std::string& text, ContextId context, Place place) {
  if (text.empty()) return graph_.contexts()[context].timeframe;
  const auto read = read_timeframe(text);
  if (read) return *read;
  Complaint complaint{
      .code = "unknown_timeframe", .message = read.error().message, .suggestions = read.error().suggestions};
  const std::string advice = did_you_mean(complaint.suggestions);  // a diagnostic says it by itself
  if (const std::size_t said = complaint.message.find(advice); !advice.empty() && said != std::string::npos) {
    complaint.message.erase(said, advice.size());
  }
  complain(place, std::move(complaint));
  return std::nullopt;
}

std::optional<Value> Lowering::seen_from(const Value& there, ContextId context, Place place) {
  if (there.is_tuple()) {
    Value tuple;
    for (const Value& member : there.members) {
      auto seen = seen_from(member, context, place);
      if (!seen) return seen;
      tuple.members.push_back(std::move(*seen));
    }
    return tuple;
  }
  if (there.is_text())
    return complain(place, "wrong_type", "request.security gives values of bars, and a text is none");
  auto seen =
      add({.op = Op::Security, .type = there.type, .context = context, .inputs = {there.node}}, there.qualifier, place);
  if (!seen) return seen;
  const bool is_own_symbol = graph_.contexts()[graph_.node(there.node).context].symbol.empty();
  seen->type = there.type;
  seen->qualifier = Qualifier::Series;
  seen->is_price = there.is_price && is_own_symbol;
  seen->is_event = there.is_event;
  seen->name = there.name;
  return seen;
}

}  // namespace cw::expr
