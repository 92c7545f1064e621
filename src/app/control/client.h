#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/console.h"
#include "app/data_folder.h"
#include "base/error.h"

namespace cw::app {

/// Lets whoever holds the folder run this command line; what it writes comes out on `console`. Answers its exit code, or
/// nothing where nobody took it: no server, or one that is about to end. Nothing was written then, so the caller may try again
/// or do the work itself. Files that the command reads are opened here and handed over.
/// Errors  busy where the holder runs as many commands as it may (try again); disconnected where it ended in the middle;
///         timed_out where it gave up on our reader; cancelled; io_error
Result<std::optional<int>> run_at_holder(const DataFolder& folder, const std::vector<std::string>& arguments,
                                         Console& console);

}  // namespace cw::app
