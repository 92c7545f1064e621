#pragma once

#include <optional>
#include <string>
#include <vector>

#include "accounts/sign_in.h"

// Links that are good once: the set-up link of the first administrator, invitations, password resets. The token is signed
// and typed; that it was not used yet is in the database.
namespace cw::accounts {

struct MadeLink {
  std::string id;
  std::string token;  // for behind the `#` of an address
  Timestamp expires_at;
};

/// The path of a link's page: `/setup`, `/join`, `/reset`.
std::string_view page_of(records::LinkKind kind);

/// A link for the first administrator; those made before end. None where there is an active administrator.
Result<std::optional<MadeLink>> make_set_up_link(Accounts& accounts, const Origin& origin);

/// Uses it: makes the administrator and signs in.
/// Errors  invalid_token, wrong_token_type, link_expired (used, too old, or there is an administrator by now); bad_parameter
///         (email), weak_password
Result<SignedIn> set_up(Accounts& accounts, const Origin& origin, const std::string& token, const Credentials& wanted);

struct Invitation {
  std::optional<std::string> email{};  // the only one it is for
  records::Role role = records::Role::user;
  Millis life = std::chrono::days{7};
};
/// Errors  bad_parameter (email), email_taken
Result<MadeLink> invite(Accounts& accounts, const Origin& origin, const Invitation& invitation);
/// Errors  not_found
Result<void> revoke_invitation(Accounts& accounts, const Origin& origin, const std::string& id);

/// Makes an account and signs in. Without an invitation only where registration is open.
/// Errors  registration_closed; invalid_token, wrong_token_type, link_expired; bad_parameter, weak_password, email_taken
Result<SignedIn> register_account(Accounts& accounts, const Origin& origin, const Credentials& wanted,
                                  const std::optional<std::string>& invitation);

/// A link with which the account's owner chooses a password; those made before for it end.
/// Errors  not_found
Result<MadeLink> make_reset_link(Accounts& accounts, const Origin& origin, const std::string& user_id);
/// Ends an account's open reset links, in a change that is being planned: whoever sets a password by another way does not
/// want an older link to set yet another.
Result<void> end_reset_links(Accounts& accounts, Change& change, const std::string& user_id);
/// Uses it: the password changes and all sessions end.
/// Errors  invalid_token, wrong_token_type, link_expired, weak_password
Result<void> reset_password(Accounts& accounts, const Origin& origin, const std::string& token,
                            const std::string& password);

/// Errors  limit_exceeded at kAccountsMost
Result<void> has_room(const Accounts& accounts);
/// A new account's row. `password_hash` may be empty: then only a reset link opens it.
records::User new_user(const Accounts& accounts, std::string email, records::Role role, std::string password_hash);

}  // namespace cw::accounts
