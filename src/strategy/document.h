#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "indicators/kernel.h"
#include "market/timeframe.h"
#include "strategy/fault.h"

namespace cw::strategy {

/// What an input is set to: a number (a bool's is 0 or 1) or a text (a choice, the name of a source, of a timeframe).
using InputValue = std::variant<double, std::string>;

enum class InputKind : unsigned char { Int, Float, Bool, Choice, Source, Timeframe };
/// "int", "float", "bool", "choice", "source", "timeframe".
std::string_view name(InputKind kind);

/// A setting of a strategy: what a form asks for and what a sweep tries.
struct Input {
  std::string name;  // as the expressions say it
  InputKind kind{};
  std::string title{};  // for a form; empty: the name
  InputValue default_value{};
  std::optional<double> min{};  // of Int and Float, with `max` and `step`
  std::optional<double> max{};
  std::optional<double> step{};        // what a form's arrows go by; no value is refused for it
  std::vector<std::string> options{};  // of Choice, at least one
  friend bool operator==(const Input&, const Input&) = default;
};

/// A name for an expression: `fast_line`, of a tuple `[macd, signal, hist]`, of a function `spread(a, b)`.
struct Binding {
  std::string head;
  std::string expr;
  friend bool operator==(const Binding&, const Binding&) = default;
};

/// A number that the document says, or the input that gives it.
struct Amount {
  double number = 0;
  std::string input{};  // of type int or float; empty: `number` counts
  friend bool operator==(const Amount&, const Amount&) = default;
};

/// How far from the price at which a position was opened. Fixed at that moment.
enum class DistanceKind : unsigned char {
  Percent,     // of that price
  Atr,         // so many ta.atr(length) of the signal bar
  Amount,      // in units of the quote currency per unit
  Risk,        // so many times the distance of the stop; of a target alone
  Expression,  // a price as of the signal bar; not of a trailing stop
};
/// "percent", "atr", "amount", "risk", "expression".
std::string_view name(DistanceKind kind);

struct Distance {
  DistanceKind kind{};
  Amount value{};      // of all but Expression; above 0
  Amount length{14};   // of Atr: bars
  std::string expr{};  // of Expression
  friend bool operator==(const Distance&, const Distance&) = default;
};

/// Where a profit is taken, of the whole position or of a part of it.
struct Target {
  Distance distance{};
  std::optional<Amount> share{};  // percent of the position as it was opened; without: what the ones before leave
  friend bool operator==(const Target&, const Target&) = default;
};

/// An entry that rests at a price instead of taking the next one.
struct EntryOrder {
  enum class Kind : unsigned char { Limit, Stop };
  Kind kind{};
  std::string price{};  // an expression, as of the signal bar; where it is na no order is made
  Amount bars{1};       // how many bars it stands
  friend bool operator==(const EntryOrder&, const EntryOrder&) = default;
};

/// What opens and closes a position of one side.
struct Side {
  std::string entry;
  std::string exit{};  // empty: none
  std::optional<EntryOrder> order{};
  std::optional<Distance> stop{};
  std::vector<Target> targets{};
  std::optional<Distance> trailing_stop{};
  std::optional<Amount> time_stop{};  // bars after which the position is closed
  friend bool operator==(const Side&, const Side&) = default;
};

enum class SizingKind : unsigned char {
  PercentOfEquity,   // value: percent of the equity
  Fixed,             // value: units of the quote currency
  RiskPercent,       // value: percent of the equity that is lost where the stop (or trailing stop) fills
  VolatilityTarget,  // value: percent a year; the position is as much of the equity as makes ta.hv(close, length) that
  Kelly,             // value: share of the Kelly fraction of the closed trades, 0.5 for half
};
/// "percent_of_equity", "fixed", "risk_percent", "volatility_target", "kelly".
std::string_view name(SizingKind kind);

struct Sizing {
  SizingKind kind = SizingKind::PercentOfEquity;
  Amount value{100};
  Amount length{};          // of VolatilityTarget (bars; 20 where nothing is said) and Kelly (least closed trades; 50)
  Amount max_percent{100};  // of RiskPercent, VolatilityTarget, Kelly: no position is larger, in percent of the equity
  friend bool operator==(const Sizing&, const Sizing&) = default;
};

/// Where a field's text stands in what was read.
struct TextPlace {
  std::size_t line = 0;      // from 1; 0: not known
  std::size_t column = 0;    // from 1, in characters
  bool is_verbatim = false;  // the value's first character is there, and the rest follows it in the line
};

/// By field ("long.entry", "let.fast_line"). No part of what a document says: any two are equal.
struct Places {
  std::map<std::string, TextPlace, std::less<>> of{};
  friend bool operator==(const Places&, const Places&) { return true; }
};

/// The line that a field stands in, else the first of what it holds ("long.stop" of "long.stop.expression"), else of what holds
/// it; 0: not known.
std::size_t line_of(const Places& places, std::string_view field);

/// A strategy as a person writes it. Whether its expressions mean something is compile.h's matter.
struct Document {
  std::string name;  // [a-z0-9] and - _ . between
  std::string title{};
  std::string description{};
  std::vector<std::string> tags{};
  market::Timeframe timeframe = market::Timeframe::h1;  // what it was made for; others are tried at will
  indicators::Seed seed = indicators::Seed::talib;      // how averages begin
  std::vector<Input> inputs{};
  std::vector<Binding> let{};          // each sees the inputs and those before it
  std::vector<std::string> require{};  // conditions on the inputs: "fast < slow"
  std::optional<Side> long_side{};     // at least one of the two
  std::optional<Side> short_side{};
  Sizing sizing{};
  Amount pyramiding{1};  // how many entries a position may be made of
  Places places{};
  friend bool operator==(const Document&, const Document&) = default;
};

inline constexpr std::size_t kDocumentBytesMost = 64 * 1024;
inline constexpr std::size_t kTargetsMost = 4;  // of a side
inline constexpr std::size_t kRequireMost = 8;
inline constexpr std::size_t kLetMost = 64;

/// Reads a document: JSON where it begins with `{`, else YAML, the same members in both. Of YAML there are no anchors, aliases
/// and tags, and one document. Each expression is one line whose syntax is sound.
///
/// Errors  bad_input, bad_expression and limit_exceeded with their places; unknown members with the nearest known ones
Checked<Document> parse_document(std::string_view text);

/// The one spelling of a document, as JSON in one line and as YAML: parse_document gives the same document again.
std::string to_json(const Document& document);
std::string to_yaml(const Document& document);

}  // namespace cw::strategy
