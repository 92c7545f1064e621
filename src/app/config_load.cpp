#include "app/config_load.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <fstream>

#include <fmt/format.h>
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "app/config_door.h"
#include "app/config_keys.h"
#include "app/market_follow.h"
#include "base/config_names.h"
#include "base/nearest.h"
#include "base/printable.h"
#include "market/instrument.h"
#include "net/http.h"
#include "net/tls.h"

extern char** environ;

namespace cw::app {
namespace {

constexpr std::size_t kConfigBytesMost = 1024 * 1024;

/// Read before there is a Config, so they are no keys of it.
constexpr std::string_view kOtherVariables[] = {"CANDLEWICK_DATA_DIR", "CANDLEWICK_CONFIG"};

ConfigSource place_at(const toml::source_region& region, const std::string& file_name) {
  return {fmt::format("{}:{}:{}", file_name, region.begin.line, region.begin.column)};
}

ConfigSource place_of(const toml::node& node, const std::string& file_name) {
  return place_at(node.source(), file_name);
}

/// A fault of the configuration itself: the program ends with the exit code of a wrong command line.
std::unexpected<Error> fault(const ConfigSource& place, std::string_view key, std::string_view what) {
  return std::unexpected(
      Error{Errc::bad_parameter, fmt::format("{}: {} {}", place.text, key, what), {}, std::string{key}});
}

Result<ConfigValue> value_of(const toml::node& node, std::string_view name, const std::string& file_name) {
  if (const auto* text = node.as_string()) return ConfigValue{text->get()};
  if (const auto* whole = node.as_integer()) return ConfigValue{whole->get()};
  if (const auto* number = node.as_floating_point()) return ConfigValue{number->get()};
  if (const auto* flag = node.as_boolean()) return ConfigValue{flag->get()};
  const auto* array = node.as_array();
  if (array == nullptr) {
    return fault(place_of(node, file_name), name,
                 "takes a text, a number, true, false or a list of texts; this is a date or a time");
  }
  std::vector<std::string> items;
  for (const toml::node& item : *array) {
    const auto* text = item.as_string();
    if (text == nullptr) {
      return fault(place_of(item, file_name), name,
                   fmt::format("takes a list of texts; entry {} is none", items.size() + 1));
    }
    items.push_back(text->get());
  }
  return ConfigValue{std::move(items)};
}

bool is_key(const Config& config, std::string_view name) {
  return std::ranges::any_of(config.entries(), [&](const Config::Entry& entry) { return entry.key->name == name; });
}

Result<void> apply_section(Config& config, std::string_view section, const toml::table& table,
                           const std::string& file_name) {
  for (const auto& [key, node] : table) {
    const std::string name = fmt::format("{}.{}", section, key.str());
    // A name that does not exist is wrong where it stands, a value where the value stands.
    if (!is_key(config, name)) {
      const auto set = config.set(name, std::string{}, place_at(key.source(), file_name));
      if (!set) return pass_on(set);
    }
    if (node.is_table()) return fault(place_of(node, file_name), name, "is one setting, not a table of some");
    auto value = value_of(node, name, file_name);
    if (!value) return pass_on(value);
    if (const auto set = config.set(name, std::move(*value), place_of(node, file_name)); !set) return pass_on(set);
  }
  return {};
}

std::vector<std::string> key_names() {
  std::vector<std::string> names;
  for (const ConfigKey& key : config_keys()) names.push_back(key.name);
  return names;
}

/// A name at the top of the file that is no section: a misspelt one, or a setting that stands above its section.
Error unknown_section(std::string_view name, bool is_table, const ConfigSource& place) {
  const std::vector<std::string> names = key_names();
  Error error{Errc::unknown_key, {}, {}, std::string{name}};
  error.suggestions = is_table ? nearest_names(name, sections_of(names)) : nearest_keys(name, names);
  error.message = fmt::format("{}: '{}' is no {}", place.text, printable(name), is_table ? "section" : "setting");
  if (error.suggestions.empty()) {
    error.message += what_there_is({}, names);
  } else {
    error.message += did_you_mean(error.suggestions);
    if (!is_table) {
      const std::string& key = error.suggestions.front();
      error.message += fmt::format("; it stands below [{}]", key.substr(0, key.find('.')));
    }
  }
  return error;
}

bool is_section(std::string_view name) {
  return std::ranges::any_of(config_keys(), [&](const ConfigKey& key) {
    return key.name.size() > name.size() && key.name.starts_with(name) && key.name[name.size()] == '.';
  });
}

/// Where to read the file from, if there is one. A file that was asked for must be there; the data folder's own need not.
Result<std::optional<std::filesystem::path>> find_file(const ConfigInputs& inputs) {
  const std::filesystem::path path = inputs.file.value_or(inputs.data_dir / "candlewick.toml");
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    if (!inputs.file) return std::optional<std::filesystem::path>{};
    return fail(Errc::bad_parameter, fmt::format("there is no configuration file {}; check --config", path.string()));
  }
  if (error) return fail(Errc::io_error, fmt::format("{} cannot be read: {}", path.string(), error.message()));
  if (status.type() == std::filesystem::file_type::directory) {
    return fail(Errc::bad_parameter, fmt::format("{} is a folder, not a configuration file", path.string()));
  }
  return std::optional{path};
}

Result<std::string> read_file(const std::filesystem::path& path) {
  errno = 0;
  std::ifstream in{path, std::ios::binary};
  std::string text(kConfigBytesMost + 1, '\0');
  if (in) in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!in.eof() && in.fail()) {
    return fail(Errc::io_error, fmt::format("the configuration file {} cannot be read: {}", path.string(),
                                            std::error_code{errno, std::generic_category()}.message()));
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kConfigBytesMost) {
    return fail(Errc::bad_parameter, fmt::format("{} is over 1 MiB: that is no configuration file", path.string()));
  }
  return text;
}

/// By the setting that the variable would be of (`CANDLEWICK_PORT` is meant for server.port), else by spelling.
std::vector<std::string> nearest_variables(std::string_view variable, std::span<const std::string> variables) {
  std::string name{variable.substr(std::string_view{"CANDLEWICK_"}.size())};
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::vector<std::string> same;
  for (const std::string& key : key_names()) {
    if (key.substr(key.find('.') + 1) == name) same.push_back(environment_name(key));
  }
  return same.empty() ? nearest_names(variable, variables, 1) : same;
}

Result<void> apply_environment(Config& config, const ConfigInputs& inputs) {
  for (const auto& [variable, value] : inputs.environment) {
    if (std::ranges::find(kOtherVariables, variable) != std::end(kOtherVariables)) continue;
    const auto known = std::ranges::find_if(
        config.entries(), [&](const Config::Entry& entry) { return environment_name(entry.key->name) == variable; });
    if (known == config.entries().end()) {
      std::vector<std::string> names;
      for (const std::string& key : key_names()) names.push_back(environment_name(key));
      Error error{Errc::unknown_key, {}, nearest_variables(variable, names), variable};
      error.message = fmt::format("the environment variable {} sets nothing{}", printable(variable),
                                  error.suggestions.empty() ? "; 'candlewick config docs' lists those that do"
                                                            : did_you_mean(error.suggestions));
      return std::unexpected(std::move(error));
    }
    if (const auto set = config.set_text(known->key->name, value, {"env " + variable}); !set) return pass_on(set);
  }
  return {};
}

/// Paths are written behind the address, so nothing can stand there that ends one.
Result<void> check_address(const Config::Entry& entry) {
  const ConfigKey& key = *entry.key;
  if (key.schemes.empty()) return {};
  const std::string& text = std::get<std::string>(entry.value);
  if (text.empty() && std::get<std::string>(key.fallback).empty()) return {};
  const auto refuse = [&](std::string_view why) {
    return fault(entry.source, key.name,
                 fmt::format("takes {}, not {}: {}", expected_value(key), Config::shown(entry), why));
  };
  std::string given = text.substr(0, text.find("://"));
  std::ranges::transform(given, given.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (std::ranges::find(key.schemes, given) == key.schemes.end()) return refuse("it begins otherwise");
  if (const auto url = net::parse_url(text); !url) {
    const std::string& said = url.error().message;
    return refuse(said.substr(said.rfind(": ") + 2));
  }
  if (text.find_first_of("?#") != text.npos) return refuse("a query cannot stand in it, since paths are added to it");
  return {};
}

Result<void> check_meaning(const Config& config) {
  for (const Config::Entry& entry : config.entries()) {
    if (const auto checked = check_address(entry); !checked) return checked;
  }
  if (const auto checked = check_door(config); !checked) return checked;
  if (const std::string& venue = config.text("market.default_venue"); !venue.empty() && !market::is_venue_name(venue)) {
    return fault(
        config.source("market.default_venue"), "market.default_venue",
        fmt::format("takes a venue's name: small letters and digits, as in binance, not '{}'", printable(venue)));
  }
  if (const std::string& symbol = config.text("replay.symbol"); !symbol.empty() && !market::is_symbol_like(symbol)) {
    return fault(config.source("replay.symbol"), "replay.symbol",
                 fmt::format("takes a symbol, as in BTCUSDT or binance:BTCUSDT, not '{}'", printable(symbol)));
  }
  return check_follow(config);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> product_environment() {
  std::vector<std::pair<std::string, std::string>> found;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text{*variable};
    if (!text.starts_with("CANDLEWICK_")) continue;
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) found.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  std::ranges::sort(found);
  return found;
}

Result<void> apply_toml(Config& config, std::string_view text, const std::string& file_name) {
  const toml::parse_result parsed = toml::parse(text, file_name);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return fail(Errc::bad_parameter,
                fmt::format("{}: {}", place_at(error.source(), file_name).text, error.description()));
  }
  for (const auto& [section, node] : parsed.table()) {
    const ConfigSource place = place_at(section.source(), file_name);
    if (!is_section(section.str())) return std::unexpected(unknown_section(section.str(), node.is_table(), place));
    if (!node.is_table()) {
      return fault(place, section.str(), fmt::format("is a section: write [{}] and its keys below", section.str()));
    }
    if (const auto applied = apply_section(config, section.str(), *node.as_table(), file_name); !applied) {
      return pass_on(applied);
    }
  }
  return {};
}

Result<void> check_start(const Config& config) {
  if (const auto checked = check_bind(config); !checked) return checked;
  if (const auto checked = check_certificate(config); !checked) return checked;
  const std::string& file = config.text("binance.ca_file");
  if (file.empty()) return {};
  const auto read = net::TlsContext::for_client(file);
  if (!read)
    return fault(config.source("binance.ca_file"), "binance.ca_file", "cannot be used: " + read.error().message);
  return {};
}

Result<Config> load_config(const ConfigInputs& inputs) {
  Config config{config_keys()};
  const auto file = find_file(inputs);
  if (!file) return pass_on(file);
  if (*file) {
    const auto text = read_file(**file);
    if (!text) return pass_on(text);
    if (const auto applied = apply_toml(config, *text, (*file)->string()); !applied) return pass_on(applied);
  }
  if (const auto applied = apply_environment(config, inputs); !applied) return pass_on(applied);
  for (const FlagSetting& flag : inputs.flags) {
    if (const auto set = config.set_text(flag.key, flag.value, {"flag " + flag.flag}); !set) return pass_on(set);
  }
  if (const auto checked = check_meaning(config); !checked) return pass_on(checked);
  return config;
}

}  // namespace cw::app
