#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/secrets.h"
#include "base/time.h"

namespace cw::accounts {

// The second factor: six digits that an app makes of a shared secret and the time, and codes on paper for the day on which
// the app is lost. SHA-1 is what the apps can do; what is known against it does not touch its use here.
//
// Source  RFC 6238 (TOTP: HMAC-SHA-1, steps of 30 s from 1970, 6 digits), RFC 4226 (HOTP)

/// 20 random bytes, as RFC 4226 recommends.
std::string new_totp_secret();

/// The 30 seconds that `now` falls into, counted from 1970.
std::int64_t totp_step(Timestamp now);

/// The six digits of one step.
std::string totp_code(std::string_view secret, std::int64_t step);

/// The step for which `code` is right: the present one, the one before or the one after (clocks differ, people type slowly),
/// and only one above `last_step`, so that a code is good once. The caller stores what it gets as the new `last_step`
/// before it lets anybody in. Blanks in the code are skipped: apps show `123 456`. Takes the same time for every code of
/// six digits.
std::optional<std::int64_t> match_totp(std::string_view secret, std::string_view code, Timestamp now,
                                       std::int64_t last_step);

/// What a QR code holds for the app: `otpauth://totp/Candlewick:alice%40example.org?secret=…&issuer=Candlewick&…`.
/// Source  the Key Uri Format of Google Authenticator's documentation
std::string otpauth_address(std::string_view issuer, std::string_view account, std::string_view secret);

constexpr std::size_t kRecoveryCodes = 10;

/// Ten codes of 120 random bits each, as they are shown, once: `x7kq-2mfa-pl5c-tj3e-w4ub-o6zd`.
std::vector<std::string> new_recovery_codes();

/// What a person typed, as it was before it was shown: 24 letters without dashes and blanks, in lower case. No answer
/// where that gives no recovery code.
std::optional<std::string> normalise_recovery_code(std::string_view typed);

/// What is stored of a code, however it is typed; no answer as above. A quick hash is enough here: 120 random bits cannot be
/// guessed from it (OWASP ASVS 5.0, 6.5.2 asks for a slow one below 112).
std::optional<Digest> recovery_code_hash(std::string_view code);

}  // namespace cw::accounts
