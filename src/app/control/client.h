#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/console.h"
#include "app/data_folder.h"
#include "base/error.h"

namespace cw::app {

/// Lets whoever holds the folder run this command line; what it writes comes out on `console`. Answers its exit code, or
/// nothing where nobody took it: no server, one that is about to end, or one with too many commands. Nothing was written
/// then, so the caller may try again or do the work itself.
/// Errors  disconnected where the holder ended in the middle; io_error
Result<std::optional<int>> run_at_holder(const DataFolder& folder, const std::vector<std::string>& arguments,
                                         Console& console);

}  // namespace cw::app
