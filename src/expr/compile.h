#pragma once

#include <cstddef>
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "expr/graph.h"
#include "expr/named_series.h"
#include "market/instrument.h"

namespace cw::expr {

/// Bounds on a text. Over one of them the answer is `limit_exceeded`, naming the limit.
inline constexpr std::size_t kTextMost = 16'384;  // bytes
inline constexpr std::size_t kTokensMost = 4'096;
inline constexpr std::size_t kDepthMost = 64;      // of nesting
inline constexpr std::size_t kInputsMost = 32;     // input.* of one text
inline constexpr std::size_t kPlotsMost = 32;      // outputs of one text
inline constexpr std::size_t kStepsMost = 50'000;  // operations of one text, those of its functions counted at each use

/// What is wrong with a text: one thing, the first.
struct Diagnostic {
  std::string code;                        // stable word, one of diagnostic_codes(): "unknown_name", "wrong_type"
  std::string message;                     // a sentence for a person
  std::size_t line = 1;                    // from 1
  std::size_t column = 1;                  // from 1, in characters (code points), not bytes
  std::size_t length = 1;                  // characters at fault, at least 1; ends on the same line
  std::string line_text;                   // the whole line, to show the caret under it
  std::vector<std::string> suggestions{};  // nearest right spellings, best first
  std::string signature{};                 // of the function that is called wrongly

  /// "1:14: there is no 'ta.emaa' (did you mean 'ta.ema'?) [unknown_name]", the line, and carets under the place; three
  /// lines. Of a line longer than 100 characters as many around the place, with "..." where it goes on.
  std::string text() const;
};

/// Every code that there is, in the order of docs/language/errors.md.
std::span<const std::string_view> diagnostic_codes();

template <class T>
using Compiled = std::expected<T, Diagnostic>;

/// One `input.*` of a text: what a form asks for.
struct Input {
  std::string name;   // the binding it is assigned to, else "input1", …
  std::string title;  // "Length"
  Type type = Type::Int;
  std::variant<double, std::string> value;  // in effect: the given one, else the default
  std::variant<double, std::string> default_value;
  std::optional<double> min{};
  std::optional<double> max{};
  std::optional<double> step{};
  std::vector<std::string> options{};
};

/// A column that a text asks for.
struct Plot {
  std::string title;  // plot()'s title, the binding's name or the canonical text of the expression
  Type type = Type::Float;
  Qualifier qualifier = Qualifier::Series;
  NodeId node = 0;
  bool overlay = false;  // in units of price: drawn over the candles
  bool event = false;
  int lookback = 0;  // rows of the chart that are NaN first (events aside); bars of other contexts not counted
};

/// Something that a text says and that is not done: a drawing. The values are as without it.
struct Note {
  std::size_t line = 1;
  std::size_t column = 1;  // as a Diagnostic's
  std::string message;     // "'fill' is not drawn here"
};

struct Expression {
  /// One spelling for all that mean the same: spacing, parentheses, arguments by their place; numbers that a function takes
  /// by default are written out, texts and bools are left out. The names of bindings stay.
  std::string canonical;
  std::string title{};        // of indicator(…); empty without one
  std::vector<Plot> plots{};  // at least one; a bare tuple call gives one a member
  std::vector<Input> inputs{};
  std::vector<Note> notes{};  // in the order of the text
  int lookback = 0;           // the longest of the plots': how many bars must be there before every plot has a value
};

struct CompileOptions {
  market::InstrumentId symbol{};                    // what syminfo.tickerid is
  indicators::Seed seed = indicators::Seed::talib;  // of calls that do not say
  /// Values for `input.*`, by name or title. One that the text has no input for is refused.
  std::map<std::string, std::variant<double, std::string>> inputs{};
  /// Finds what request.security("ETHUSDT", …) means; none: not known. Without it other symbols are refused by name.
  std::function<std::optional<market::InstrumentId>(std::string_view)> find_symbol{};
  const NamedSeries* named = nullptr;  // which of ai.*, signal.* there are; null: none yet
};

/// Reads a text and adds what it asks for to `graph`, whose chart timeframe is that of context 0. On an error nothing
/// that the caller sees has changed (nodes of no plot may remain in the graph; they are not run).
Compiled<Expression> compile(std::string_view text, const CompileOptions& options, Graph& graph);

}  // namespace cw::expr
