#include "app/program.h"

#include <cerrno>
#include <system_error>

#include "app/cli.h"
#include "app/commands/commands.h"
#include "app/commands/practice.h"
#include "app/config_load.h"
#include "app/control/client.h"
#include "app/data_folder.h"
#include "app/folder_program.h"
#include "app/serve/serve.h"

namespace cw::app {
namespace {

DataFolder folder_of(const Invocation& invocation, const Console& console) {
  // Relative to where the person is, which is not where a server runs that does the work for them.
  return {(console.working_directory() / invocation.data_dir.value_or(default_data_dir())).lexically_normal()};
}

ConfigInputs inputs_of(const Invocation& invocation, const DataFolder& folder, const Console& console) {
  ConfigInputs inputs;
  inputs.environment = product_environment();
  inputs.file = invocation.config_file;
  for (const auto& [name, value] : inputs.environment) {
    if (name == "CANDLEWICK_CONFIG" && !inputs.file && !value.empty()) inputs.file = value;
  }
  if (inputs.file) inputs.file = console.working_directory() / *inputs.file;
  inputs.data_dir = folder.root;
  inputs.flags = invocation.flags;
  return inputs;
}

int show_config(const Invocation& invocation, const std::vector<std::string>& arguments, const DataFolder& folder,
                const ConfigInputs& inputs, Console& console) {
  // Before a first start there is no folder yet, and its settings may be asked for; a folder that was named is another
  // matter.
  const auto found = find_data_folder(folder);
  if (!found && is_data_dir_named(invocation.data_dir)) return report(console, found.error());
  // Who gives settings wants to know what those make; else what counts is what the running server runs with.
  const bool gives_settings = !invocation.flags.empty() || invocation.config_file;
  if (const auto owner = FolderLock::owner(folder); owner && owner->what == "serve" && !gives_settings) {
    const auto code = run_at_holder(folder, arguments, console);
    if (!code) return report(console, code.error());
    if (*code) return **code;
  }
  const auto config = load_config(inputs);
  if (!config) return report(console, config.error());
  return run_config_show(console, *config, std::get<ConfigShowArgs>(invocation.args));
}

int run_command(const std::vector<std::string>& arguments, Console& console) {
  const auto invocation = parse_command_line(arguments);
  if (!invocation) return report(console, invocation.error());
  if (const auto* help = std::get_if<HelpArgs>(&invocation->args)) {
    console.out(help->text);
    return kGood;
  }
  if (std::holds_alternative<VersionArgs>(invocation->args)) return run_version(console);
  if (std::holds_alternative<ConfigDocsArgs>(invocation->args)) return run_config_docs(console);
  if (const auto* args = std::get_if<SignalsComponentsArgs>(&invocation->args))
    return run_signals_components(console, *args);
  if (std::holds_alternative<LanguageDocsArgs>(invocation->args)) return run_language_docs(console);
  if (const auto* eval = std::get_if<EvalArgs>(&invocation->args); eval != nullptr && !eval->candles.empty())
    return run_eval_file(console, *eval);
  if (const auto* backtest = std::get_if<BacktestArgs>(&invocation->args);
      backtest != nullptr && !backtest->candles.empty())
    return run_backtest_file(console, *backtest);
  if (const auto* sweep = std::get_if<SweepArgs>(&invocation->args); sweep != nullptr && !sweep->run.candles.empty())
    return run_sweep_file(console, *sweep);
  if (const auto* decode = std::get_if<FeedDecodeArgs>(&invocation->args)) return run_feed_decode(console, *decode);

  const DataFolder folder = folder_of(*invocation, console);
  const ConfigInputs inputs = inputs_of(*invocation, folder, console);
  if (std::holds_alternative<ConfigShowArgs>(invocation->args))
    return show_config(*invocation, arguments, folder, inputs, console);
  const auto config = load_config(inputs);
  if (!config) return report(console, config.error());
  if (const auto* practice = std::get_if<PracticeArgs>(&invocation->args); practice != nullptr && !practice->replay) {
    return run_practice(console, *config, *practice, nullptr);
  }
  if (std::holds_alternative<ServeArgs>(invocation->args)) {
    if (const auto checked = check_start(*config); !checked) return report(console, checked.error());
    return run_serve(*invocation, folder, *config, inputs, console);
  }
  return run_on_folder(*invocation, arguments, folder, *config, console);
}

/// Servers write an address and run on without anybody who reads it.
bool is_for_its_output(const std::vector<std::string>& arguments) {
  const auto invocation = parse_command_line(arguments);
  return invocation && !std::holds_alternative<ServeArgs>(invocation->args) &&
         !std::holds_alternative<PracticeArgs>(invocation->args);
}

}  // namespace

int run_program(const std::vector<std::string>& arguments, LocalConsole& console) {
  const int code = run_command(arguments, console);
  const int failure = console.out_failure();
  if (failure == 0 || !is_for_its_output(arguments)) return code;
  const std::string why = failure == EBADF ? "stdout is closed" : std::generic_category().message(failure);
  return report(console, {Errc::io_error, "the output could not be written: " + why, {}, {}});
}

}  // namespace cw::app
