#pragma once

#include <string>
#include <string_view>

#include "accounts/accounts.h"

namespace cw::accounts {

/// The hash of a password that somebody chooses, where it may be chosen. Takes tens of milliseconds.
/// Errors  weak_password with `field`; busy
Result<std::string> hash_new_password(const Accounts& accounts, std::string_view password, std::string_view email,
                                      const char* field = "password");

/// An address for a new account or an invitation. Errors: bad_parameter with the field `email`
Result<std::string> parse_new_email(std::string_view text);

}  // namespace cw::accounts
