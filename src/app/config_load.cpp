#include "app/config_load.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <fmt/format.h>
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "app/config_keys.h"
#include "base/nearest.h"

extern char** environ;

namespace cw::app {
namespace {

constexpr std::size_t kConfigBytesMost = 1024 * 1024;

/// Read before there is a Config, so they are no keys of it.
constexpr std::string_view kOtherVariables[] = {"CANDLEWICK_DATA_DIR", "CANDLEWICK_CONFIG"};

ConfigSource place_of(const toml::node& node, const std::string& file_name) {
  return {fmt::format("{}:{}", file_name, node.source().begin.line)};
}

Result<ConfigValue> value_of(const toml::node& node, std::string_view name, const ConfigSource& place) {
  if (const auto* text = node.as_string()) return ConfigValue{text->get()};
  if (const auto* whole = node.as_integer()) return ConfigValue{whole->get()};
  if (const auto* number = node.as_floating_point()) return ConfigValue{number->get()};
  if (const auto* flag = node.as_boolean()) return ConfigValue{flag->get()};
  const auto* array = node.as_array();
  if (array == nullptr) {
    return fail(Errc::bad_parameter,
                fmt::format("{}: {} takes a text, a number, true, false or a list of texts; this is "
                            "a date, a time or a table",
                            place.text, name));
  }
  std::vector<std::string> items;
  for (const toml::node& item : *array) {
    const auto* text = item.as_string();
    if (text == nullptr) {
      return fail(Errc::bad_parameter, fmt::format("{}: {} takes a list of texts", place.text, name));
    }
    items.push_back(text->get());
  }
  return ConfigValue{std::move(items)};
}

Result<void> apply_section(Config& config, std::string_view section, const toml::table& table,
                           const std::string& file_name) {
  for (const auto& [key, node] : table) {
    const std::string name = fmt::format("{}.{}", section, key.str());
    const ConfigSource place = place_of(node, file_name);
    if (node.is_table()) {  // no key of ours is that deep: the nearest known one is named
      for (const auto& [inner, leaf] : *node.as_table()) {
        const auto set = config.set(fmt::format("{}.{}", name, inner.str()), std::string{}, place_of(leaf, file_name));
        if (!set) return pass_on(set);
      }
      continue;
    }
    auto value = value_of(node, name, place);
    if (!value) return pass_on(value);
    if (const auto set = config.set(name, std::move(*value), place); !set) return pass_on(set);
  }
  return {};
}

Error unknown_section(std::string_view name, const ConfigSource& place) {
  std::vector<std::string> sections;
  for (const ConfigKey& key : config_keys()) sections.push_back(key.name.substr(0, key.name.find('.')));
  sections.erase(std::unique(sections.begin(), sections.end()), sections.end());
  Error error{Errc::unknown_key, {}, nearest_names(name, sections), std::string{name}};
  error.message = fmt::format("{}: '{}' is no section{}", place.text, name, did_you_mean(error.suggestions));
  return error;
}

bool is_section(std::string_view name) {
  return std::ranges::any_of(config_keys(), [&](const ConfigKey& key) {
    return key.name.size() > name.size() && key.name.starts_with(name) && key.name[name.size()] == '.';
  });
}

Result<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in) {
    return fail(Errc::not_found,
                fmt::format("the configuration file {} cannot be read; check --config and its rights", path.string()));
  }
  std::string text(kConfigBytesMost + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kConfigBytesMost) {
    return fail(Errc::limit_exceeded, fmt::format("{} is over 1 MiB: that is no configuration file", path.string()));
  }
  return text;
}

Result<void> apply_environment(Config& config, const ConfigInputs& inputs) {
  for (const auto& [variable, value] : inputs.environment) {
    if (std::ranges::find(kOtherVariables, variable) != std::end(kOtherVariables)) continue;
    const auto known = std::ranges::find_if(
        config.entries(), [&](const Config::Entry& entry) { return environment_name(entry.key->name) == variable; });
    if (known == config.entries().end()) {
      std::vector<std::string> names;
      for (const ConfigKey& key : config_keys()) names.push_back(environment_name(key.name));
      Error error{Errc::unknown_key, {}, nearest_names(variable, names, 1), variable};
      error.message =
          fmt::format("the environment variable {} sets nothing{}", variable, did_you_mean(error.suggestions));
      return std::unexpected(std::move(error));
    }
    if (const auto set = config.set_text(known->key->name, value, {"env " + variable}); !set) return pass_on(set);
  }
  return {};
}

/// Until there are accounts, whoever can reach the port may do everything: so only this machine may reach it.
bool is_loopback(std::string_view host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

Result<void> check_meaning(const Config& config) {
  if (const std::string& host = config.text("server.host"); !is_loopback(host)) {
    Error error{Errc::bad_parameter, {}, {}, "server.host"};
    error.message = fmt::format(
        "{}: server.host '{}' is refused: this version has no accounts, so it listens on this "
        "machine's loopback only; use 127.0.0.1, ::1 or localhost",
        config.source("server.host").text, host);
    return std::unexpected(std::move(error));
  }
  return {};
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
    return fail(Errc::bad_input, fmt::format("{}:{}: {}", file_name, error.source().begin.line, error.description()));
  }
  for (const auto& [section, node] : parsed.table()) {
    const ConfigSource place = place_of(node, file_name);
    if (!is_section(section.str())) return std::unexpected(unknown_section(section.str(), place));
    if (!node.is_table()) {
      return fail(Errc::bad_input, fmt::format("{}: '{}' is a section: write [{}] and its keys below", place.text,
                                               section.str(), section.str()));
    }
    if (const auto applied = apply_section(config, section.str(), *node.as_table(), file_name); !applied) {
      return pass_on(applied);
    }
  }
  return {};
}

Result<Config> load_config(const ConfigInputs& inputs) {
  Config config{config_keys()};
  std::optional<std::filesystem::path> file = inputs.file;
  std::error_code ignored;
  if (!file && std::filesystem::exists(inputs.data_dir / "candlewick.toml", ignored)) {
    file = inputs.data_dir / "candlewick.toml";
  }
  if (file) {
    const auto text = read_file(*file);
    if (!text) return pass_on(text);
    if (const auto applied = apply_toml(config, *text, file->string()); !applied) return pass_on(applied);
  }
  if (const auto applied = apply_environment(config, inputs); !applied) return pass_on(applied);
  for (const FlagSetting& flag : inputs.flags) {
    if (const auto set = config.set_text(flag.key, flag.value, {"flag " + flag.flag}); !set) return pass_on(set);
  }
  if (const auto checked = check_meaning(config); !checked) return pass_on(checked);
  return config;
}

}  // namespace cw::app
