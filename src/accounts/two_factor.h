#pragma once

#include <optional>
#include <string>
#include <vector>

#include "accounts/accounts.h"

// Two-factor sign-in: time-based codes (RFC 6238) and recovery codes. The seed is sealed with the key file.
namespace cw::accounts {

/// What an authenticator app is given, shown once.
struct TotpBegun {
  std::string secret;  // base32
  std::string uri;     // otpauth:…
};

/// A new seed; it counts once `confirm_totp` has seen a code of it.
/// Errors  invalid_credentials, too_many_attempts, conflict where two-factor is on
Result<TotpBegun> begin_totp(Accounts& accounts, const Origin& origin, const Principal& principal,
                             const std::string& password);

/// Turns it on; answers the recovery codes, which are shown once.
/// Errors  invalid_totp, too_many_attempts, conflict where it is on or was not begun
Result<std::vector<std::string>> confirm_totp(Accounts& accounts, const Origin& origin, const Principal& principal,
                                              const std::string& code);

/// New recovery codes in place of the old ones. Errors: invalid_credentials, too_many_attempts, conflict where it is off
Result<std::vector<std::string>> renew_recovery_codes(Accounts& accounts, const Origin& origin,
                                                      const Principal& principal, const std::string& password);

/// Turns it off. Errors: invalid_credentials, invalid_totp, too_many_attempts, conflict where it is off
Result<void> disable_totp(Accounts& accounts, const Origin& origin, const Principal& principal,
                          const std::string& password, const std::string& code);

/// Turns it off without a code, for who runs the machine (`candlewick user reset-password --two-factor`).
void drop_totp(records::User& user);

/// Checks the second factor of `user` while a change is planned, and marks the code as used in it: a code counts once.
/// Good where two-factor is off.
/// Errors  totp_required, invalid_totp; corrupt where the seed cannot be read
Result<void> take_second_factor(const Accounts& accounts, records::User& user, const std::optional<std::string>& code);

}  // namespace cw::accounts
