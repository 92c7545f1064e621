#pragma once

#include <span>

#include "base/config.h"

namespace cw::app {

/// Every setting of the product, in the order in which `config show` and docs/configuration.md list them.
std::span<const ConfigKey> config_keys();

}  // namespace cw::app
