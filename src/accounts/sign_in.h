#pragma once

#include <optional>
#include <string>

#include "accounts/accounts.h"

// Signing in and out, and what keeps a person signed in. Functions that hash a password take tens of milliseconds and all
// wait for the disk: they are called on a pool's threads.
namespace cw::accounts {

/// What a person who signed in gets.
struct SignedIn {
  std::string access_token;
  Millis expires_in{};
  UserPtr user;
  std::string refresh_token;    // for the cookie
  Timestamp session_expires{};  // when the cookie ends
};

struct Credentials {
  std::string email;
  std::string password;
  std::optional<std::string> totp{};  // six digits or a recovery code
};

/// Checks the credentials and opens a session. An unknown address costs the same time as a wrong password.
/// Errors  invalid_credentials, totp_required, invalid_totp, account_disabled, too_many_attempts; those of the store
Result<SignedIn> sign_in(Accounts& accounts, const Origin& origin, const Credentials& credentials);

/// The next access token for the session of a refresh token, which is rotated. The one before gets the same successor for
/// kRefreshGrace; the use of an older one ends the session.
/// Errors  invalid_token, wrong_token_type, session_ended, refresh_reused
Result<SignedIn> refresh(Accounts& accounts, const Origin& origin, std::string_view refresh_token);

/// Ends the session.
Result<void> sign_out(Accounts& accounts, const Origin& origin, const Principal& principal);

/// Ends one session of an account; `reason` is kept with it. Errors: not_found where it is not the account's.
Result<void> end_session(Accounts& accounts, const Origin& origin, const std::string& user_id,
                         const std::string& session_id);
/// Ends all sessions of an account but `kept`; answers how many.
Result<std::size_t> end_sessions(Accounts& accounts, const Origin& origin, const std::string& user_id,
                                 const std::string& kept = {});

/// A new session of `user`, added to a change that is being planned, with what has to end for it.
records::Session add_session(Accounts& accounts, Change& change, const records::User& user, const Origin& origin);
/// The tokens of a session.
SignedIn tokens_of(const Accounts& accounts, const UserPtr& user, const records::Session& session);

}  // namespace cw::accounts
