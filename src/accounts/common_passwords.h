#pragma once

#include <span>
#include <string_view>

namespace cw::accounts {

/// The most common passwords of 8 characters and more, in lower case and in the order of their bytes. The build makes it
/// from a Debian package's list (common_passwords.py); nothing of it is kept here.
std::span<const std::string_view> common_passwords();

}  // namespace cw::accounts
