#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace cw::signals {

/// Components that say nearly the same form a family, which has one voice: its vote is the weighted mean of theirs.
struct Family {
  std::string name;   // "averages"
  std::string title;  // "Moving averages"
  double trend = 1;   // its weight while the market trends, not negative
  double range = 1;   // its weight while it does not
};

/// A number that a reason may show.
struct NamedText {
  std::string name;
  std::string expr;
};

/// What is said of a vote; `{value}`, `{vote}` and the component's numbers are put in: `{value:2}` with two decimals,
/// `{value:+2}` with a sign as well, `{value}` with as many digits as a price needs.
struct ReasonTexts {
  std::string up;
  std::string down;
  std::string flat;
};

struct Component {
  std::string name;
  std::size_t family = 0;          // of ComponentDocument::families
  double weight = 1;               // within the family, above zero
  std::vector<std::string> let{};  // lines of the language that the expressions below may use
  std::string value{};             // a number; the expressions below know it as `value`
  std::string vote{};              // -1 to 1; what is beyond is cut
  std::vector<NamedText> numbers{};
  ReasonTexts reason{};
};

/// A chart or candlestick pattern that an answer lists.
struct PatternRule {
  std::string name;
  std::vector<std::string> let{};
  std::string when{};
};

/// When the market counts as trending.
struct RegimeRule {
  std::string adx{};
  std::string efficiency{};
  std::string trend{};  // true or false of `adx` and `efficiency`
};

/// What a score is made of: a document that a user can copy and change.
struct ComponentDocument {
  std::string name;
  int version = 1;
  RegimeRule regime;
  std::vector<Family> families;
  std::vector<Component> components;
  std::vector<PatternRule> patterns;
  std::string text;  // the document as it was read
};

inline constexpr std::size_t kDocumentBytesMost = 256 * 1024;
inline constexpr std::size_t kFamiliesMost = 16;
inline constexpr std::size_t kComponentsMost = 64;
inline constexpr std::size_t kPatternsMost = 64;

/// Reads a document: JSON with exactly the members that the structures above have. Whether its expressions compile is
/// component_plan.h's matter.
///
/// Errors  Errc::bad_input with the place: "components[3] 'RSI': 'weight' must be above 0"; Errc::limit_exceeded
Result<ComponentDocument> parse_components(std::string_view json);

/// The document that the product ships.
std::string_view default_components();

}  // namespace cw::signals
