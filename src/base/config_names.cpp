#include "base/config_names.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/nearest.h"

namespace cw {
namespace {

constexpr std::size_t kMost = 3;

std::string_view section_of(std::string_view key) { return key.substr(0, key.find('.')); }

/// What stands after the section; all of it where there is none.
std::string_view last_part(std::string_view key) { return key.substr(key.find('.') + 1); }

bool has_word(std::string_view name, std::string_view word) {
  for (;;) {
    const std::size_t end = name.find('_');
    if (name.substr(0, end) == word) return true;
    if (end == name.npos) return false;
    name.remove_prefix(end + 1);
  }
}

bool shares_word(std::string_view a, std::string_view b) {
  for (;;) {
    const std::size_t end = a.find('_');
    if (const auto word = a.substr(0, end); !word.empty() && has_word(b, word)) return true;
    if (end == a.npos) return false;
    a.remove_prefix(end + 1);
  }
}

/// The keys that `fits` takes, at most three.
template <class Fits>
std::vector<std::string> chosen(std::span<const std::string> keys, Fits fits) {
  std::vector<std::string> out;
  for (const std::string& key : keys) {
    if (out.size() < kMost && fits(key)) out.push_back(key);
  }
  return out;
}

}  // namespace

std::vector<std::string> nearest_keys(std::string_view text, std::span<const std::string> keys) {
  const std::string_view name = last_part(text);
  const bool has_section = text.find('.') != text.npos;
  if (auto same = chosen(keys, [&](const std::string& key) { return last_part(key) == name; }); !same.empty())
    return same;
  if (auto alike = nearest_names(text, keys); !alike.empty()) return alike;
  if (!has_section) {
    std::vector<std::string> names;
    for (const std::string& key : keys) names.emplace_back(last_part(key));
    if (const auto near = nearest_names(name, names, 1); !near.empty())
      return chosen(keys, [&](const std::string& key) { return last_part(key) == near.front(); });
  }
  return chosen(keys, [&](const std::string& key) {
    return has_section && section_of(key) == section_of(text) && shares_word(name, last_part(key));
  });
}

std::vector<std::string> sections_of(std::span<const std::string> keys) {
  std::vector<std::string> sections;
  for (const std::string& key : keys) {
    if (std::ranges::find(sections, section_of(key)) == sections.end()) sections.emplace_back(section_of(key));
  }
  return sections;
}

std::string what_there_is(std::string_view text, std::span<const std::string> keys) {
  std::vector<std::string_view> names;
  for (const std::string& key : keys) {
    if (section_of(key) == section_of(text)) names.push_back(last_part(key));
  }
  if (!names.empty()) return fmt::format("; [{}] has {}", section_of(text), fmt::join(names, ", "));
  return fmt::format("; the sections are {}", fmt::join(sections_of(keys), ", "));
}

}  // namespace cw
