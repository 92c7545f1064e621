#include "base/config.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/config_names.h"
#include "base/masked_url.h"
#include "base/nearest.h"
#include "base/number.h"
#include "base/printable.h"
#include "base/require.h"

namespace cw {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<int>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

bool in_range(const ConfigKey& key, double value) { return value >= key.least && value <= key.most; }

bool is_choice(const ConfigKey& key, const std::string& text) {
  return key.choices.empty() || std::ranges::find(key.choices, text) != key.choices.end();
}

bool fits(const ConfigKey& key, const ConfigValue& value) {
  if (value.index() != key.fallback.index()) return false;
  if (const auto* text = std::get_if<std::string>(&value)) return is_choice(key, *text);
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return in_range(key, static_cast<double>(*whole));
  if (const auto* number = std::get_if<double>(&value)) return in_range(key, *number);
  if (const auto* list = std::get_if<std::vector<std::string>>(&value)) return list->size() <= key.items_most;
  return true;
}

std::string trimmed(std::string_view text) {
  const auto is_space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return std::string{text};
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    if (std::string item = trimmed(text.substr(0, comma)); !item.empty()) items.push_back(std::move(item));
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  return items;
}

/// `["a", 'b']` as TOML writes it: texts in quotes with commas between. No answer where it is no such list.
std::optional<std::vector<std::string>> bracketed_list(std::string_view text) {
  const auto skip_blanks = [&] { text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size())); };
  std::vector<std::string> items;
  text.remove_prefix(1);
  for (;;) {
    skip_blanks();
    if (text.empty()) return std::nullopt;
    const char mark = text.front();
    text.remove_prefix(1);
    if (mark == ']') return text.empty() ? std::optional{items} : std::nullopt;
    if (mark != '"' && mark != '\'') return std::nullopt;
    const std::size_t end = text.find(mark);
    if (end == text.npos) return std::nullopt;
    const std::string_view item = text.substr(0, end);
    if (mark == '"' && item.find('\\') != item.npos) return std::nullopt;  // no setting needs an escape
    items.emplace_back(item);
    text.remove_prefix(end + 1);
    skip_blanks();
    if (text.starts_with(',')) {
      text.remove_prefix(1);
    } else if (!text.starts_with(']')) {
      return std::nullopt;
    }
  }
}

/// Reads `text` as what the key holds; a text that cannot be read stays a text, which then does not fit.
ConfigValue read_as(const ConfigKey& key, std::string_view text) {
  if (std::holds_alternative<std::int64_t>(key.fallback)) {
    if (const auto whole = parse_int(text)) return *whole;
  } else if (std::holds_alternative<double>(key.fallback)) {
    if (const auto number = parse_double(text)) return *number;
  } else if (std::holds_alternative<bool>(key.fallback)) {
    if (text == "true" || text == "1") return true;
    if (text == "false" || text == "0") return false;
  } else if (std::holds_alternative<std::vector<std::string>>(key.fallback)) {
    if (!trimmed(text).starts_with('[')) return split_list(text);
    if (auto items = bracketed_list(trimmed(text))) return std::move(*items);
  }
  return std::string{text};
}

std::string place(const ConfigSource& source) { return source.text == "default" ? "" : source.text + ": "; }

std::string range_words(const ConfigKey& key) {
  const bool low = key.least != std::numeric_limits<double>::lowest();
  const bool high = key.most != std::numeric_limits<double>::max();
  if (low && high) return fmt::format(" from {} to {}", format_double(key.least), format_double(key.most));
  if (low) return fmt::format(" of at least {}", format_double(key.least));
  if (high) return fmt::format(" of at most {}", format_double(key.most));
  return {};
}

}  // namespace

std::string environment_name(std::string_view key) {
  std::string name = "CANDLEWICK_";
  for (const char c : key) {
    name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

std::string expected_value(const ConfigKey& key) {
  const std::string unit = key.unit.empty() ? "" : " (" + key.unit + ")";
  if (std::holds_alternative<std::int64_t>(key.fallback)) return "a whole number" + range_words(key) + unit;
  if (std::holds_alternative<double>(key.fallback)) return "a number" + range_words(key) + unit;
  if (std::holds_alternative<bool>(key.fallback)) return "true or false";
  if (std::holds_alternative<std::vector<std::string>>(key.fallback)) {
    return fmt::format("a list of at most {} texts", key.items_most);
  }
  if (!key.schemes.empty()) return fmt::format("an address that begins with {}://", fmt::join(key.schemes, ":// or "));
  if (!key.choices.empty()) return fmt::format("one of {}", fmt::join(key.choices, ", "));
  return "a text" + unit;
}

std::string to_toml(const ConfigValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return quoted(*text);
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return fmt::to_string(*whole);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<double>(&value)) {
    const std::string digits = format_double(*number);
    return digits.find('.') == std::string::npos ? digits + ".0" : digits;  // TOML tells 1.0 from 1
  }
  std::string out = "[";
  for (const std::string& item : std::get<std::vector<std::string>>(value)) {
    if (out.size() > 1) out += ", ";
    out += quoted(item);
  }
  return out + ']';
}

Config::Config(std::span<const ConfigKey> keys) {
  for (const ConfigKey& key : keys) {
    CW_REQUIRE(find(key.name) == nullptr);
    entries_.push_back({&key, key.fallback, {}});
  }
}

Result<void> Config::set(std::string_view name, ConfigValue value, ConfigSource source) {
  Entry* const entry = find(name);
  if (entry == nullptr) return std::unexpected(unknown(name, source));
  const ConfigKey& key = *entry->key;
  if (std::holds_alternative<double>(key.fallback) && std::holds_alternative<std::int64_t>(value)) {
    value = static_cast<double>(std::get<std::int64_t>(value));
  }
  if (!fits(key, value)) {
    const std::string given = key.secret ? "what is given" : to_toml(value);
    Error error{Errc::bad_parameter,
                fmt::format("{}{} takes {}, not {}", place(source), name, expected_value(key), given),
                {},
                {}};
    if (const auto* text = std::get_if<std::string>(&value)) error.suggestions = nearest_names(*text, key.choices);
    error.message += did_you_mean(error.suggestions);
    error.field = name;
    return std::unexpected(std::move(error));
  }
  entry->value = std::move(value);
  entry->source = std::move(source);
  return {};
}

Result<void> Config::set_text(std::string_view name, std::string_view text, ConfigSource source) {
  Entry* const entry = find(name);
  if (entry == nullptr) return std::unexpected(unknown(name, source));
  return set(name, read_as(*entry->key, text), std::move(source));
}

const std::string& Config::text(std::string_view name) const { return std::get<std::string>(need(name).value); }
std::int64_t Config::integer(std::string_view name) const { return std::get<std::int64_t>(need(name).value); }
double Config::number(std::string_view name) const { return std::get<double>(need(name).value); }
bool Config::boolean(std::string_view name) const { return std::get<bool>(need(name).value); }
const std::vector<std::string>& Config::list(std::string_view name) const {
  return std::get<std::vector<std::string>>(need(name).value);
}
const ConfigSource& Config::source(std::string_view name) const { return need(name).source; }

ConfigValue Config::masked(const Entry& entry) {
  const bool is_set = entry.value != ConfigValue{std::string{}};
  if (entry.key->secret && is_set) return std::string{kMask};
  if (!entry.key->schemes.empty()) return masked_url(std::get<std::string>(entry.value));
  return entry.value;
}

std::string Config::shown(const Entry& entry) {
  const bool is_set = entry.value != ConfigValue{std::string{}};
  return entry.key->secret && is_set ? std::string{kMask} : to_toml(masked(entry));
}

Config::Entry* Config::find(std::string_view name) {
  const auto found = std::ranges::find_if(entries_, [&](const Entry& entry) { return entry.key->name == name; });
  return found == entries_.end() ? nullptr : &*found;
}

const Config::Entry& Config::need(std::string_view name) const {
  const auto found = std::ranges::find_if(entries_, [&](const Entry& entry) { return entry.key->name == name; });
  CW_REQUIRE(found != entries_.end());
  return *found;
}

Error Config::unknown(std::string_view name, const ConfigSource& source) const {
  std::vector<std::string> names;
  for (const Entry& entry : entries_) names.push_back(entry.key->name);
  Error error{Errc::unknown_key, {}, nearest_keys(name, names), std::string{name}};
  error.message = fmt::format("{}'{}' is no setting{}", place(source), printable(name),
                              error.suggestions.empty() ? what_there_is(name, names) : did_you_mean(error.suggestions));
  return error;
}

}  // namespace cw
