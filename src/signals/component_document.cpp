#include "signals/component_document.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/nearest.h"
#include "base/printable.h"

namespace cw::signals {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kTextBytes = 4'096;
constexpr std::size_t kNameBytes = 64;
constexpr std::size_t kLinesMost = 32;
constexpr std::size_t kNumbersMost = 16;

struct Bad {  // thrown inside this file only: reading is a straight line, its refusals leave from anywhere
  Error error;
};

[[noreturn]] void refuse(const std::string& place, std::string_view sentence) {
  throw Bad{{Errc::bad_input, place.empty() ? std::string{sentence} : fmt::format("{}: {}", place, sentence), {}, {}}};
}

/// One object of the document and where it is.
class Reader {
 public:
  Reader(const Json& json, std::string place, std::initializer_list<const char*> known)
      : json_(json), place_(std::move(place)) {
    if (!json.is_object()) refuse(place_, "must be an object");
    const std::vector<std::string> names(known.begin(), known.end());
    for (const auto& [key, value] : json.items()) {
      if (std::ranges::find(names, key) != names.end()) continue;
      refuse(place_, fmt::format("there is no member '{}'{}", printable(key), did_you_mean(nearest_names(key, names))));
    }
  }

  bool has(const char* name) const { return json_.contains(name); }

  std::string text(const char* name, std::size_t bytes_most) const {
    const Json& value = need(name);
    if (!value.is_string()) refuse(place_, fmt::format("'{}' must be a text", name));
    auto text = value.get<std::string>();
    if (text.empty()) refuse(place_, fmt::format("'{}' is empty", name));
    if (text.size() > bytes_most) refuse(place_, fmt::format("'{}' is longer than {} bytes", name, bytes_most));
    return text;
  }
  /// One line: its place in the text that is compiled is then known.
  std::string line(const char* name) const { return single(text(name, kTextBytes), name); }

  double number(const char* name, double least, bool may_be_least) const {
    const Json& value = need(name);
    if (!value.is_number()) refuse(place_, fmt::format("'{}' must be a number", name));
    const auto number = value.get<double>();
    if (!std::isfinite(number) || number > 1e6 || number < least || (number == least && !may_be_least)) {
      refuse(place_,
             fmt::format("'{}' must be {} {} and at most 1000000", name, may_be_least ? "at least" : "above", least));
    }
    return number;
  }

  std::vector<std::string> lines(const char* name) const {
    std::vector<std::string> lines;
    if (!has(name)) return lines;
    for (const Json& line : list(name, kLinesMost)) {
      if (!line.is_string()) refuse(place_, fmt::format("'{}' must be a list of texts", name));
      lines.push_back(single(line.get<std::string>(), name));
      if (lines.back().size() > kTextBytes)
        refuse(place_, fmt::format("a line of '{}' is longer than {} bytes", name, kTextBytes));
    }
    return lines;
  }

  const Json& list(const char* name, std::size_t most) const {
    const Json& value = need(name);
    if (!value.is_array()) refuse(place_, fmt::format("'{}' must be a list", name));
    if (value.size() > most) {
      throw Bad{{Errc::limit_exceeded,
                 fmt::format("{}: '{}' has {} entries; at most {} are taken", place_.empty() ? "the document" : place_,
                             name, value.size(), most),
                 {},
                 {}}};
    }
    return value;
  }

  const Json& need(const char* name) const {
    const auto found = json_.find(name);
    if (found == json_.end()) refuse(place_, fmt::format("'{}' is missing", name));
    return *found;
  }

  const std::string& place() const { return place_; }
  void add_to_place(const std::string& name) { place_ += fmt::format(" '{}'", printable(name)); }

 private:
  std::string single(std::string text, const char* name) const {
    if (text.find('\n') != std::string::npos)
      refuse(place_, fmt::format("'{}' must be one line; give further ones in 'let'", name));
    return text;
  }

  const Json& json_;
  std::string place_;
};

template <class T>
void must_be_new(const std::vector<T>& known, const std::string& name, const std::string& place) {
  if (std::ranges::find(known, name, &T::name) != known.end())
    refuse(place, fmt::format("'{}' is there twice", printable(name)));
}

RegimeRule read_regime(const Json& json) {
  const Reader reader(json, "regime", {"adx", "efficiency", "trend"});
  return {reader.line("adx"), reader.line("efficiency"), reader.line("trend")};
}

Family read_family(const Json& json, const std::string& place) {
  const Reader reader(json, place, {"name", "title", "trend", "range"});
  Family family{reader.text("name", kNameBytes), reader.text("title", kNameBytes), reader.number("trend", 0, true),
                reader.number("range", 0, true)};
  return family;
}

std::vector<NamedText> read_numbers(const Reader& component) {
  std::vector<NamedText> numbers;
  if (!component.has("numbers")) return numbers;
  const Json& json = component.need("numbers");
  if (!json.is_object() || json.size() > kNumbersMost) {
    refuse(component.place(), fmt::format("'numbers' must be an object of at most {} expressions", kNumbersMost));
  }
  for (const auto& [name, expr] : json.items()) {
    if (!expr.is_string() || expr.get<std::string>().find('\n') != std::string::npos)
      refuse(component.place(), fmt::format("numbers.{} must be an expression of one line", printable(name)));
    numbers.push_back({name, expr.get<std::string>()});
  }
  return numbers;
}

ReasonTexts read_reason(const Reader& component) {
  const Reader reader(component.need("reason"), component.place() + ": reason", {"up", "down", "flat"});
  return {reader.text("up", kTextBytes), reader.text("down", kTextBytes), reader.text("flat", kTextBytes)};
}

/// Every `{…}` of a reason must name a number of its component.
void check_reason(const std::string& text, const Component& component, const std::string& place) {
  for (std::size_t at = text.find('{'); at != std::string::npos; at = text.find('{', at + 1)) {
    const std::size_t end = text.find('}', at);
    if (end == std::string::npos)
      refuse(place, fmt::format("a '{{' of the reason \"{}\" is not closed", printable(text)));
    const std::string inside = text.substr(at + 1, end - at - 1);
    const std::size_t colon = inside.find(':');
    const std::string name = inside.substr(0, colon);
    const bool is_known = name == "value" || name == "vote" ||
                          std::ranges::find(component.numbers, name, &NamedText::name) != component.numbers.end();
    if (!is_known)
      refuse(place, fmt::format("a reason shows '{}', which is no number of this component", printable(name)));
    if (colon == std::string::npos) continue;
    std::string format = inside.substr(colon + 1);
    if (format.starts_with('+')) format.erase(0, 1);
    if (format.size() != 1 || format[0] < '0' || format[0] > '8')
      refuse(place,
             fmt::format("a reason shows '{}' in the format '{}'; it is 0 to 8 decimals, after a '+' for the sign",
                         name, printable(inside.substr(colon + 1))));
  }
}

Component read_component(const Json& json, const std::string& at, const std::vector<Family>& families) {
  Reader reader(json, at, {"name", "family", "weight", "let", "value", "vote", "numbers", "reason"});
  Component component;
  component.name = reader.text("name", kNameBytes);
  reader.add_to_place(component.name);
  const std::string named = reader.text("family", kNameBytes);
  const auto family = std::ranges::find(families, named, &Family::name);
  if (family == families.end()) refuse(reader.place(), fmt::format("there is no family '{}'", printable(named)));
  component.family = static_cast<std::size_t>(family - families.begin());
  component.weight = reader.number("weight", 0, false);
  component.let = reader.lines("let");
  component.value = reader.line("value");
  component.vote = reader.line("vote");
  component.numbers = read_numbers(reader);
  component.reason = read_reason(reader);
  for (const auto* text : {&component.reason.up, &component.reason.down, &component.reason.flat})
    check_reason(*text, component, reader.place());
  return component;
}

PatternRule read_pattern(const Json& json, const std::string& at) {
  Reader reader(json, at, {"name", "let", "when"});
  PatternRule pattern{reader.text("name", kNameBytes), {}, {}};
  reader.add_to_place(pattern.name);
  pattern.let = reader.lines("let");
  pattern.when = reader.line("when");
  return pattern;
}

ComponentDocument read(const Json& json) {
  const Reader reader(json, "", {"name", "version", "regime", "families", "components", "patterns"});
  ComponentDocument document;
  document.name = reader.text("name", kNameBytes);
  document.version = static_cast<int>(reader.number("version", 1, true));
  document.regime = read_regime(reader.need("regime"));
  const auto each = [](const Json& list, const char* name, auto&& take) {
    for (std::size_t i = 0; i < list.size(); ++i) take(list[i], fmt::format("{}[{}]", name, i));
  };
  each(reader.list("families", kFamiliesMost), "families", [&](const Json& one, const std::string& at) {
    auto family = read_family(one, at);
    must_be_new(document.families, family.name, at);
    document.families.push_back(std::move(family));
  });
  each(reader.list("components", kComponentsMost), "components", [&](const Json& one, const std::string& at) {
    auto component = read_component(one, at, document.families);
    must_be_new(document.components, component.name, at);
    document.components.push_back(std::move(component));
  });
  if (document.components.empty()) refuse("", "'components' is empty");
  each(reader.list("patterns", kPatternsMost), "patterns", [&](const Json& one, const std::string& at) {
    auto pattern = read_pattern(one, at);
    must_be_new(document.patterns, pattern.name, at);
    document.patterns.push_back(std::move(pattern));
  });
  for (const bool trend : {true, false}) {
    double sum = 0;
    for (const auto& component : document.components) {
      const auto& family = document.families[component.family];
      sum += trend ? family.trend : family.range;
    }
    if (sum <= 0)
      refuse("families", fmt::format("in a {} no family with a component has any weight", trend ? "trend" : "range"));
  }
  return document;
}

/// Of the byte that is the `end`th, as an editor counts them.
std::string line_and_column(std::string_view text, std::size_t end) {
  const auto before = text.substr(0, std::min(end, text.size()));
  const auto line = 1 + std::ranges::count(before, '\n');
  const auto column = before.size() - (before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1);
  return fmt::format("line {}, column {}", line, column);
}

/// A number such as 1e999, which no double holds. The parser says which, in quotes, not where.
Error too_large(std::string_view text, std::string_view said) {
  const auto open = said.find('\''), close = said.rfind('\'');
  const auto number = open < close ? said.substr(open + 1, close - open - 1) : std::string_view{};
  const auto found = number.empty() ? std::string_view::npos : text.find(number);
  const auto place = found == std::string_view::npos ? "" : line_and_column(text, found + 1) + ": ";
  return {Errc::bad_input, fmt::format("{}the number {} is too large", place, printable(number)), {}, {}};
}

}  // namespace

Result<ComponentDocument> parse_components(std::string_view text) {
  if (text.size() > kDocumentBytesMost) {
    return fail(Errc::limit_exceeded,
                fmt::format("the document has {} bytes; at most {} are taken", text.size(), kDocumentBytesMost));
  }
  try {
    auto document = read(Json::parse(text));
    document.text = text;
    return document;
  } catch (const Bad& bad) {
    return std::unexpected(bad.error);
  } catch (const Json::parse_error& error) {
    return fail(Errc::bad_input, fmt::format("{}: this is not JSON", line_and_column(text, error.byte)));
  } catch (const Json::out_of_range& error) {
    return std::unexpected(too_large(text, error.what()));
  }
}

}  // namespace cw::signals
