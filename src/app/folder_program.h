#pragma once

#include <string>
#include <vector>

#include "app/cli.h"
#include "app/console.h"
#include "app/data_folder.h"
#include "base/config.h"

namespace cw::candle_store {
class CandleStore;
}

namespace cw::app {

struct FolderCommand;

/// Whether a command works on the data folder, so that whoever holds the folder must run it.
bool needs_folder(const CommandArgs& args);

/// Runs a folder command: by the process that holds the folder where there is one, else here, holding it meanwhile (and
/// running others' commands beside it). Answers the exit code.
int run_on_folder(const Invocation& invocation, const std::vector<std::string>& arguments, const DataFolder& folder,
                  const Config& config, Console& console);

/// Runs a folder command with what the holder of the folder has open. Answers the exit code.
int run_folder_command(FolderCommand& command, const Invocation& invocation);

}  // namespace cw::app
