#pragma once

#include "app/cli.h"
#include "app/config_load.h"
#include "app/console.h"
#include "app/data_folder.h"
#include "base/config.h"

namespace cw::app {

/// `candlewick serve`: holds the folder, follows the market and answers until it is told to stop. Answers the exit code.
/// `inputs` is what `config` was made of, and what a restart would make its own of.
int run_serve(const Invocation& invocation, const DataFolder& folder, const Config& config, const ConfigInputs& inputs,
              Console& console);

}  // namespace cw::app
