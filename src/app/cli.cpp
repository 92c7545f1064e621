#include "app/cli_parser.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "app/cli_meaning.h"
#include "base/masked_url.h"
#include "base/nearest.h"
#include "base/number.h"
#include "base/printable.h"

namespace cw::app {

Parser::Parser()
    : owned_(std::make_unique<CLI::App>("Candlewick: a self-hosted trading desk for crypto markets.", "candlewick")),
      app_(*owned_) {
  app_.require_subcommand(0, 1);
  app_.set_help_flag("-h,--help", "Says what there is");
  app_.add_flag("--version", raw_.version, "Prints the version");
  app_.footer(
      "'candlewick COMMAND --help' tells more about one, with examples. Every command works whether or not the server "
      "runs.\nExit codes: 0 good, 2 the command line or the configuration is wrong, 1 anything else.");
  common_options(app_);
  add_serve();
  add_import();
  add_candles();
  add_language();
  add_signals();
  add_backtest();
  add_sweep();
  add_feed();
  add_practice();
  add_config();
  add_user();
  add_audit();
  command(app_, "version", "Prints the version", "  candlewick version");
}

const CLI::App* Parser::deepest() const {
  const CLI::App* app = &app_;
  while (!app->get_subcommands().empty()) app = app->get_subcommands().front();
  return app;
}

/// What stands before a command's own name in its usage line.
std::string Parser::usage_name() const {
  if (deepest() == &app_) return "";
  const std::string name = deepest_name();
  const std::size_t blank = name.rfind(' ');
  return blank == name.npos ? "candlewick" : "candlewick " + name.substr(0, blank);
}

std::string Parser::deepest_name() const {
  std::string name;
  for (const CLI::App* app = &app_; !app->get_subcommands().empty();) {
    app = app->get_subcommands().front();
    name += (name.empty() ? "" : " ") + app->get_name();
  }
  return name;
}

Error Parser::unexpected_argument() {
  const Texts extras = app_.remaining(true);
  const std::string word = extras.empty() ? "" : extras.front();
  const CLI::App* const at = deepest();
  Texts known;
  if (word.starts_with("-")) {
    for (const CLI::Option* option : at->get_options()) {
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    }
    const std::string flag = word.substr(0, word.find('='));  // its value may be a secret
    const Texts near = nearest_names(flag, known, 2);
    return usage(fmt::format("{} is no flag of 'candlewick{}{}'{}", printable(flag), at == &app_ ? "" : " ",
                             deepest_name(), did_you_mean(near)),
                 deepest_name())
        .error();
  }
  for (const CLI::App* sub : at->get_subcommands([](const CLI::App*) { return true; }))
    known.push_back(sub->get_name());
  const bool has_its_argument = std::ranges::any_of(
      at->get_options(), [](const CLI::Option* option) { return option->get_positional() && option->count() > 0; });
  if (known.empty() || has_its_argument) {
    return usage(fmt::format("'{}' is one argument too many for 'candlewick {}'", printable(word), deepest_name()),
                 deepest_name())
        .error();
  }
  return usage(fmt::format("'{}' is no command{}", printable(word), did_you_mean(nearest_names(word, known, 2))),
               deepest_name())
      .error();
}

Error Parser::explain(const CLI::ParseError& error) {
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) return unexpected_argument();
  std::string message = error.what();
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && message.starts_with("A subcommand is required")) {
    // A word that is no subcommand is reported as a missing one; name the word instead.
    if (!app_.remaining(true).empty()) return unexpected_argument();
    message = fmt::format("'candlewick {}' needs a command of its own", deepest_name());
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    if (const std::size_t name_end = message.find(": At Most 1 required but received "); name_end != message.npos)
      message = message.substr(0, name_end) + (message.ends_with(" 2") ? " is given twice" : " is given several times");
  }
  if (const std::size_t own = message.find("--format takes"); own != std::string::npos) message.erase(0, own);
  return usage(std::move(message), deepest_name()).error();
}

Result<Invocation> Parser::parse(const Texts& arguments) {
  Texts reversed{arguments.rbegin(), arguments.rend()};
  Invocation invocation;
  try {
    app_.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    // Nobody can be helped with a command that does not exist.
    const Texts extras = app_.remaining(true);
    const bool has_commands = !deepest()->get_subcommands([](const CLI::App*) { return true; }).empty();
    if (has_commands && !extras.empty() && !extras.front().starts_with('-'))
      return std::unexpected(unexpected_argument());
    invocation.name = "help";
    invocation.args = HelpArgs{deepest()->help(usage_name())};
    return invocation;
  } catch (const CLI::ParseError& error) {
    return std::unexpected(explain(error));
  }
  invocation.name = deepest_name();
  if (raw_.version) invocation.name = "version";
  if (const auto full = refuse_empty(); !full) return pass_on(full);
  if (const auto common = read_common(invocation); !common) return pass_on(common);
  if (invocation.name == "serve") {
    if (const auto served = ask_for_replay(invocation.flags); !served) return pass_on(served);
  }
  if (invocation.name.empty()) {
    invocation.args = HelpArgs{app_.help()};
    return invocation;
  }
  auto args = read_args();
  if (raw_.version) args = CommandArgs{VersionArgs{}};
  if (!args) return pass_on(args);
  invocation.args = std::move(*args);
  return invocation;
}

Result<void> Parser::read_common(Invocation& into) {
  if (!raw_.data_dir.empty()) into.data_dir = raw_.data_dir;
  if (!raw_.config_file.empty()) into.config_file = raw_.config_file;
  for (std::size_t i = 0; i < raw_.key_flags.size(); ++i) {
    auto& [option, setting] = raw_.key_flags[i];
    if (option->count() == 0) continue;
    setting.value = *raw_.keyed[i].second;
    into.flags.push_back(setting);
  }
  for (const std::string& text : raw_.sets) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos)
      return usage(fmt::format("--set takes KEY=VALUE, not '{}'", printable(masked_url(text))), deepest_name());
    into.flags.push_back({text.substr(0, equals), text.substr(equals + 1), "--set"});
  }
  return {};
}

bool Parser::is_key_flag(const CLI::Option* option) const {
  return std::ranges::any_of(raw_.key_flags, [&](const auto& flag) { return flag.first == option; });
}

/// An empty text is no value. What it means for a key of the configuration, the configuration says.
Result<void> Parser::refuse_empty() {
  for (const CLI::App* app = &app_;; app = app->get_subcommands().front()) {
    for (const CLI::Option* option : app->get_options()) {
      if (is_key_flag(option) || std::ranges::find(option->results(), "") == option->results().end()) continue;
      if (option->get_expected_max() == 0) continue;
      return usage(fmt::format("{} is given an empty text", option->get_name()), deepest_name());
    }
    if (app->get_subcommands().empty()) return {};
  }
}

Parser::~Parser() = default;

Result<Invocation> parse_command_line(const std::vector<std::string>& arguments) { return Parser{}.parse(arguments); }

}  // namespace cw::app
