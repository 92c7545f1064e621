#include "strategy/document.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/nearest.h"
#include "base/printable.h"
#include "strategy/ranges.h"
#include "strategy/read_document.h"
#include "strategy/syntax.h"

namespace cw::strategy {
namespace {

constexpr std::size_t kTagsMost = 8;
constexpr std::size_t kDescriptionBytesMost = 4'000;

/// As it stands in an address and on a command line.
bool is_name(std::string_view text) {
  const auto is_inner = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const auto is_good = [&](char c) { return is_inner(c) || c == '-' || c == '_' || c == '.'; };
  return !text.empty() && text.size() <= 64 && is_inner(text.front()) && is_inner(text.back()) &&
         std::ranges::all_of(text, is_good);
}

void read_name(Object& object, Document& document) {
  object.need("name");
  document.name = object.line("name", 64).value_or("x");
  if (!is_name(document.name))
    object.refuse("name",
                  fmt::format("'{}' is no name: a to z, 0 to 9 and - _ . between them make one, such as ema-cross",
                              printable(document.name)));
}

std::string read_description(Object& object) {
  const Tree* tree = object.find("description");
  if (tree == nullptr) return {};
  Tree text = *tree;
  std::ranges::replace(text.text, '\n', ' ');  // lines are allowed here, and nothing else that cannot be shown
  if (!line_of(object.reading(), text, object.path("description"), kDescriptionBytesMost)) return {};
  return tree->text;
}

market::Timeframe read_timeframe(Object& object) {
  const auto text = object.need("timeframe") == nullptr ? std::nullopt : object.line("timeframe", 16);
  if (!text) return market::Timeframe::h1;
  const auto timeframe = market::parse_timeframe(*text);
  if (timeframe) return *timeframe;
  object.refuse("timeframe", timeframe.error().message, timeframe.error().suggestions);
  return market::Timeframe::h1;
}

indicators::Seed read_seed(Object& object) {
  const auto text = object.line("seed", 16);
  if (!text || *text == "talib") return indicators::Seed::talib;
  if (*text != "pine") object.refuse("seed", fmt::format("must be talib or pine, not '{}'", printable(*text)));
  return indicators::Seed::pine;
}

std::vector<Binding> read_let(Object& object) {
  std::vector<Binding> let;
  const Tree* tree = object.find("let");
  if (tree == nullptr) return let;
  Object all(object.reading(), *tree, "let", {});
  if (tree->kind != Tree::Kind::Map) return let;
  if (tree->members.size() > kLetMost) {
    object.reading().refuse(tree->place, "let",
                            fmt::format("has {} entries; at most {} are taken", tree->members.size(), kLetMost), {},
                            Errc::limit_exceeded);
    return let;
  }
  for (const Member& member : tree->members) {
    if (member.key.size() > 200 || !is_head(member.key)) {
      object.reading().refuse(member.key_place, "let",
                              fmt::format("'{}' is no name, no [a, b] and no f(a, b)", printable(member.key)));
      continue;
    }
    const std::string field = all.path(member.key);
    auto expr = expression_of(object.reading(), member.value, field);
    if (!expr) continue;
    Binding binding{member.key, std::move(*expr)};
    if (const auto wrong = binding_fault(binding))
      object.reading().add(expression_fault(field, *wrong, member.value.place));
    let.push_back(std::move(binding));
  }
  return let;
}

std::vector<std::string> read_require(Object& object) {
  std::vector<std::string> lines;
  const Tree* tree = object.find("require");
  if (tree == nullptr) return lines;
  if (tree->kind != Tree::Kind::List || tree->members.size() > kRequireMost) {
    object.refuse("require", fmt::format("must be a list of at most {} conditions", kRequireMost));
    return lines;
  }
  for (std::size_t i = 0; i < tree->members.size(); ++i) {
    auto line = expression_of(object.reading(), tree->members[i].value, fmt::format("require[{}]", i));
    if (line) lines.push_back(std::move(*line));
  }
  return lines;
}

/// What is lost where a stop fills is known of a side that has one.
void check_risk(Reading& reading, const Document& document) {
  if (document.sizing.kind != SizingKind::RiskPercent) return;
  const auto check = [&](const std::optional<Side>& side, const char* field) {
    if (!side || side->stop || side->trailing_stop) return;
    reading.refuse({}, field, "sizing by 'risk_percent' needs a stop or a trailing stop here");
  };
  check(document.long_side, "long");
  check(document.short_side, "short");
}

Document read(Reading& reading, const Tree& tree) {
  Object object(reading, tree, "",
                {"name", "title", "description", "tags", "timeframe", "seed", "inputs", "let", "require", "long",
                 "short", "sizing", "pyramiding"});
  Document document;
  if (tree.kind != Tree::Kind::Map) return document;
  read_name(object, document);
  document.title = object.line("title", 200).value_or("");
  document.description = read_description(object);
  document.tags = object.lines("tags", kTagsMost, 32);
  document.timeframe = read_timeframe(object);
  document.seed = read_seed(object);
  document.inputs = read_inputs(object);
  document.let = read_let(object);
  document.require = read_require(object);
  if (const Tree* side = object.find("long")) document.long_side = read_side(reading, *side, "long");
  if (const Tree* side = object.find("short")) document.short_side = read_side(reading, *side, "short");
  if (!document.long_side && !document.short_side) reading.refuse(tree.place, "", "'long' or 'short' is missing");
  if (const Tree* sizing = object.find("sizing")) document.sizing = read_sizing(reading, *sizing);
  if (const auto pyramiding = object.amount("pyramiding", kPyramiding)) document.pyramiding = *pyramiding;
  if (reading.faults().empty()) check_risk(reading, document);
  return document;
}

/// What no text of a document holds, wherever it stands.
Read<void> check_characters(std::string_view text) {
  if (text.size() > kDocumentBytesMost) {
    return std::unexpected(
        Fault{Errc::limit_exceeded,
              {},
              fmt::format("the document has {} bytes; at most {} are taken", text.size(), kDocumentBytesMost)});
  }
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text.substr(i));
    const auto c = static_cast<unsigned char>(text[i]);
    const bool is_control = (c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7f;
    if (length == 0 || is_control) {
      const TextPlace place = Lines{text}.at(i);
      return std::unexpected(Fault{Errc::bad_input,
                                   {},
                                   length == 0 ? "this is not UTF-8" : "this character cannot be shown",
                                   place.line,
                                   place.column});
    }
    i += length;
  }
  return {};
}

}  // namespace

std::size_t line_of(const Places& places, std::string_view field) {
  for (;; field = field.substr(0, field.rfind('.'))) {
    const auto at = places.of.lower_bound(field);
    if (at != places.of.end() && at->first.starts_with(field) && at->second.line != 0) return at->second.line;
    if (!field.contains('.')) return 0;
  }
}

Checked<Document> parse_document(std::string_view text) {
  if (constexpr std::string_view kMark = "\xef\xbb\xbf"; text.starts_with(kMark)) text.remove_prefix(kMark.size());
  if (auto good = check_characters(text); !good) return std::unexpected(Faults{std::move(good.error())});
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  const bool is_json = first != std::string_view::npos && text[first] == '{';
  auto tree = is_json ? read_json(text) : read_yaml(text);
  if (!tree) return std::unexpected(Faults{std::move(tree.error())});
  Reading reading;
  Document document = read(reading, *tree);
  if (!reading.faults().empty()) return std::unexpected(std::move(reading.faults()));
  document.places = std::move(reading.places());
  return document;
}

std::string to_json(const Document& document) { return print_json(tree_of(document)); }
std::string to_yaml(const Document& document) { return print_yaml(tree_of(document)); }

}  // namespace cw::strategy
