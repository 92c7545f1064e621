#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/commands/commands.h"
#include "app/config_keys.h"
#include "app/version.h"

namespace cw::app {
namespace {

using Json = nlohmann::ordered_json;

std::string as_table(const Config& config) {
  std::size_t key_width = 3;
  std::size_t value_width = 5;
  for (const auto& entry : config.entries()) {
    key_width = std::max(key_width, entry.key->name.size());
    value_width = std::max(value_width, std::min<std::size_t>(40, Config::shown(entry).size()));
  }
  std::string out = fmt::format("{:<{}}  {:<{}}  {}\n", "KEY", key_width, "VALUE", value_width, "SOURCE");
  for (const auto& entry : config.entries()) {
    out += fmt::format("{:<{}}  {:<{}}  {}\n", entry.key->name, key_width, Config::shown(entry), value_width,
                       entry.source.text);
  }
  return out;
}

std::string as_toml(const Config& config) {
  std::string out;
  std::string section;
  for (const auto& entry : config.entries()) {
    const std::size_t dot = entry.key->name.find('.');
    if (const std::string here = entry.key->name.substr(0, dot); here != section) {
      out += fmt::format("{}[{}]\n", section.empty() ? "" : "\n", here);
      section = here;
    }
    // A masked secret must not be read back as the secret.
    const bool masked = Config::shown(entry) != to_toml(entry.value);
    out += fmt::format("{}{} = {}  # {}\n", masked ? "# " : "", entry.key->name.substr(dot + 1), Config::shown(entry),
                       entry.source.text);
  }
  return out;
}

Json json_value(const Config::Entry& entry) {
  if (Config::shown(entry) != to_toml(entry.value)) return Config::shown(entry);
  return std::visit([](const auto& value) { return Json(value); }, entry.value);
}

std::string as_json(const Config& config) {
  Json items = Json::array();
  for (const auto& entry : config.entries()) {
    items.push_back({{"key", entry.key->name}, {"value", json_value(entry)}, {"source", entry.source.text}});
  }
  return Json{{"settings", items}}.dump(2) + '\n';
}

}  // namespace

int run_config_show(Console& console, const Config& config, const ConfigShowArgs& args) {
  switch (args.format) {
    case OutputFormat::json: console.out(as_json(config)); break;
    case OutputFormat::toml: console.out(as_toml(config)); break;
    default: console.out(as_table(config)); break;
  }
  return kGood;
}

std::string configuration_page() {
  std::string page =
      "# Configuration\n\n"
      "Every setting, made by `candlewick config docs` from the program itself. Layers in rising precedence: the "
      "defaults\n"
      "below, the file, the environment, flags. The file is the one given by `--config` (or `CANDLEWICK_CONFIG`), "
      "else\n"
      "`candlewick.toml` in the data folder; it is TOML, with a table a section. Any key can be set by `--set "
      "KEY=VALUE`.\n"
      "`candlewick config show` prints each effective value and where it came from. A key that does not exist, or a "
      "value\n"
      "that does not fit, is an error that names the place.\n\n"
      "The data folder is given by `--data-dir`, else `CANDLEWICK_DATA_DIR`, else `$XDG_DATA_HOME/candlewick`, else\n"
      "`~/.local/share/candlewick`. An unknown variable that begins with `CANDLEWICK_` is an error too.\n";
  std::string section;
  for (const ConfigKey& key : config_keys()) {
    if (const std::string here = key.name.substr(0, key.name.find('.')); here != section) {
      section = here;
      page += fmt::format("\n## [{}]\n\n| key | default | takes | environment | what it is |\n|---|---|---|---|---|\n",
                          section);
    }
    page += fmt::format("| `{}` | `{}` | {} | `{}` | {} |\n", key.name, to_toml(key.fallback), expected_value(key),
                        environment_name(key.name), key.help);
  }
  return page;
}

int run_config_docs(Console& console) {
  console.out(configuration_page());
  return kGood;
}

int run_version(Console& console) {
  console.out(fmt::format("candlewick {}{}\n", kVersion, build_suffix()));
  return kGood;
}

int report(Console& console, const Error& error) {
  console.err(fmt::format("candlewick: {}\n", error.message));
  const bool is_usage =
      error.code == Errc::bad_parameter || error.code == Errc::unknown_timeframe || error.code == Errc::unknown_key;
  return is_usage ? kUsage : kFailed;
}

}  // namespace cw::app
