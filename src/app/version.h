#pragma once

#include <string>
#include <string_view>

namespace cw::app {

/// The product's version, from CMakeLists.txt.
inline constexpr std::string_view kVersion = CW_VERSION;

/// ` (9bc1a08)`: the commit that was built, with `, changed` where files differed from it; empty outside a checkout.
std::string build_suffix();

}  // namespace cw::app
