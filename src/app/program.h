#pragma once

#include <string>
#include <vector>

#include "app/console.h"

namespace cw::app {

/// Runs one command line (without the program's name) and answers the exit code: 0 good, 2 the command line or the
/// configuration is wrong, 1 anything else. A command that works on the data folder is run by the process that holds it, if
/// there is one, else here. Output that was lost, but for a reader that went away, is said and makes it 1.
int run_program(const std::vector<std::string>& arguments, LocalConsole& console);

}  // namespace cw::app
