#pragma once

#include <optional>
#include <string>

#include "accounts/one_time_links.h"

// What administrators, and whoever runs the machine, do with accounts.
namespace cw::accounts {

/// A new account. Without a password nobody can sign in to it until a reset link was used.
/// Errors  bad_parameter (email), weak_password, email_taken
Result<UserPtr> add_user(Accounts& accounts, const Origin& origin, const std::string& email, records::Role role,
                         const std::optional<std::string>& password);

struct UserChange {
  std::optional<records::Role> role{};
  std::optional<bool> active{};
};
/// Disabling ends all sessions. Errors: not_found, last_administrator
Result<UserPtr> change_user(Accounts& accounts, const Origin& origin, const std::string& user_id,
                            const UserChange& wanted);

/// Sets a password for somebody, for whoever runs the machine; all sessions end. With `drops_two_factor` the second factor
/// goes too, for somebody who has lost it.
/// Errors  not_found, weak_password
Result<void> set_password(Accounts& accounts, const Origin& origin, const std::string& user_id,
                          const std::string& password, bool drops_two_factor);
/// Errors  not_found; conflict where two-factor is off
Result<void> drop_two_factor(Accounts& accounts, const Origin& origin, const std::string& user_id);

}  // namespace cw::accounts
