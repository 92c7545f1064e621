#include <algorithm>
#include <optional>

#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/commands/commands.h"
#include "app/config_keys.h"
#include "app/version.h"
#include "expr/language_page.h"

namespace cw::app {
namespace {

using Json = nlohmann::ordered_json;

/// The settings to show; of a server also what a restart of it takes, where that is known.
struct Shown {
  const Config& config;
  std::optional<int> process{};
  std::optional<Config> restart{};
  std::string restart_error{};
};

/// What a restart takes instead of this value; null where that is the same.
const Config::Entry* changed(const Shown& shown, const Config::Entry& entry) {
  if (!shown.restart) return nullptr;
  const Config::Entry& next = shown.restart->entry(entry.key->name);
  return next.value == entry.value ? nullptr : &next;
}

std::string source_of(const Shown& shown, const Config::Entry& entry) {
  const Config::Entry* const next = changed(shown, entry);
  if (next == nullptr) return entry.source.text;
  return fmt::format("{}; a restart takes {} ({})", entry.source.text, Config::shown(*next), next->source.text);
}

std::string as_table(const Shown& shown) {
  const auto entries = shown.config.entries();
  std::size_t key_width = 3;
  std::size_t value_width = 5;
  for (const auto& entry : entries) {
    key_width = std::max(key_width, entry.key->name.size());
    value_width = std::max(value_width, std::min<std::size_t>(40, Config::shown(entry).size()));
  }
  std::string out = fmt::format("{:<{}}  {:<{}}  {}\n", "KEY", key_width, "VALUE", value_width, "SOURCE");
  for (const auto& entry : entries) {
    out += fmt::format("{:<{}}  {:<{}}  {}\n", entry.key->name, key_width, Config::shown(entry), value_width,
                       source_of(shown, entry));
  }
  return out;
}

std::string as_toml(const Shown& shown) {
  std::string out;
  std::string section;
  for (const auto& entry : shown.config.entries()) {
    const std::size_t dot = entry.key->name.find('.');
    if (const std::string here = entry.key->name.substr(0, dot); here != section) {
      out += fmt::format("{}[{}]\n", section.empty() ? "" : "\n", here);
      section = here;
    }
    // A masked secret must not be read back as the secret.
    const bool masked = Config::shown(entry) != to_toml(entry.value);
    out += fmt::format("{}{} = {}  # {}\n", masked ? "# " : "", entry.key->name.substr(dot + 1), Config::shown(entry),
                       source_of(shown, entry));
  }
  return out;
}

Json json_value(const Config::Entry& entry) {
  return std::visit([](const auto& value) { return Json(value); }, Config::masked(entry));
}

std::string as_json(const Shown& shown) {
  Json items = Json::array();
  for (const auto& entry : shown.config.entries()) {
    Json item{{"key", entry.key->name}, {"value", json_value(entry)}, {"source", entry.source.text}};
    if (const auto* next = changed(shown, entry))
      item["after_restart"] = {{"value", json_value(*next)}, {"source", next->source.text}};
    items.push_back(std::move(item));
  }
  Json page{{"settings", std::move(items)}};
  if (shown.process) page["process"] = *shown.process;
  if (!shown.restart_error.empty()) page["restart_error"] = shown.restart_error;
  return page.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

int show(Console& console, const Shown& shown, OutputFormat format) {
  switch (format) {
    case OutputFormat::json: console.out(as_json(shown)); break;
    case OutputFormat::toml: console.out(as_toml(shown)); break;
    default: console.out(as_table(shown)); break;
  }
  return kGood;
}

}  // namespace

int run_config_show(Console& console, const Config& config, const ConfigShowArgs& args) {
  return show(console, {config}, args.format);
}

int run_server_config_show(FolderCommand& command, const ConfigShowArgs& args) {
  Shown shown{command.config, ::getpid()};
  auto restart = load_config(*command.restart);
  if (restart) {
    shown.restart = std::move(*restart);
  } else {
    shown.restart_error = restart.error().message;
  }
  const auto entries = shown.config.entries();
  const auto changes = std::ranges::count_if(entries, [&](const auto& entry) { return changed(shown, entry); });
  command.console.err(fmt::format("# of the running server (process {})\n", *shown.process));
  if (changes > 0) command.console.err(fmt::format("# {} marked: a restart changes them\n", changes));
  if (!restart) command.console.err(fmt::format("# a restart would fail: {}\n", shown.restart_error));
  return show(command.console, shown, args.format);
}

std::string configuration_page() {
  std::string page =
      "# Configuration\n\n"
      "Every setting, made by `candlewick config docs` from the program itself. Layers in rising precedence: the "
      "defaults\n"
      "below, the file, the environment, flags. The file is the one given by `--config` (or `CANDLEWICK_CONFIG`), "
      "else\n"
      "`candlewick.toml` in the data folder; it is TOML, with a table a section. Any key can be set by `--set "
      "KEY=VALUE`;\n"
      "a list is written as in TOML or with commas: `--set market.follow=BTCUSDT,ETHUSDT` and\n"
      "`--set 'market.follow=[\"BTCUSDT\", \"ETHUSDT\"]'` are the same, and so in the environment.\n"
      "`candlewick config show` prints each effective value and where it came from. A key that does not exist, or a "
      "value\n"
      "that does not fit, is an error that names the place. Secrets are masked wherever a setting is shown: a user "
      "name and a\n"
      "password in an address, and the values of its query.\n\n"
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

int run_language_docs(Console& console) {
  console.out(expr::language_page());
  return kGood;
}

int run_version(Console& console) {
  console.out(fmt::format("candlewick {}{}\n", kVersion, build_suffix()));
  return kGood;
}

int report(Console& console, const Error& error) {
  console.err(fmt::format("candlewick: {}\n", error.message));
  const bool is_usage = error.code == Errc::bad_parameter || error.code == Errc::unknown_timeframe ||
                        error.code == Errc::bad_expression || error.code == Errc::unknown_key;
  return is_usage ? kUsage : kFailed;
}

}  // namespace cw::app
