#pragma once

#include <string>

#include "base/log.h"
#include "net/static_files.h"

namespace cw::app {

/// The built dashboard: `folder` where it is given, else web/dist of the checkout or share/candlewick/web of the
/// installation that this program is part of. Without one, the API works and a warning is logged.
/// Errors  those of StaticFiles::load for a folder that was asked for
Result<net::StaticFiles> load_web_files(const std::string& folder, Logger& logger);

}  // namespace cw::app
