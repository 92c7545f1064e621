#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cw {

/// What kind of failure: a stable word for programs. The API's problem `code` is `code_name(errc)`, so a code is never
/// renamed; the comment says when it is used.
enum class Errc {
  bad_input,          // text, file or message that does not say what it should; the message names the place
  bad_parameter,      // a request or flag value outside what is allowed
  unknown_symbol,     // no such instrument; `Error::suggestions` holds the nearest ones
  unknown_timeframe,  // no such timeframe, or one that is refused by name
  ambiguous_symbol,   // a bare symbol that several venues have, none of them the default
  unknown_key,        // a config key that does not exist
  not_found,          // the thing asked for does not exist
  conflict,           // what is stored differs from what is given
  busy,               // somebody else holds it (the data folder, an import of the same series)
  limit_exceeded,     // over a stated bound (size, count, rate)
  timed_out,          // a wait ended without its answer
  disconnected,       // the other side, or the network, went away
  refused,            // the other side said no (connection, TLS, HTTP 4xx that is not a limit)
  rate_limited,       // the other side said: slower
  corrupt,            // stored data that fails its own checks
  disk_full,          // no room, or the market-data threshold is passed
  io_error,           // the operating system said no
  unsupported,        // well-formed and known, but not offered here
  bad_expression,     // a text of the language that does not compile; the message shows the place
  cancelled,          // stopped by us on purpose
  internal,           // a defect of ours

  // Of accounts and access.
  weak_password,        // a new password that is too short, too long or too common
  unauthorized,         // no credential was given where one is needed
  invalid_token,        // a token that is none of ours, or was changed
  wrong_token_type,     // a good token of another type
  token_not_yet_valid,  // a token from the future
  token_expired,        // an access token whose time is over
  session_ended,        // signed out, revoked, expired, or the account is disabled
  refresh_reused,       // an old refresh token was used: the session has ended
  invalid_credentials,  // the e-mail address or the password is wrong; which one is not told
  totp_required,        // the password is right, the second factor is missing
  invalid_totp,         // a code that is wrong, too old or used
  forbidden,            // the account's role does not suffice
  insufficient_scope,   // the API key's scopes do not suffice
  session_required,     // an API key where only a person may ask
  registration_closed,  // a new account without an invitation
  account_disabled,     // the right password of a disabled account
  email_taken,          // there is an account with this address
  last_administrator,   // the last active administrator stays one
  link_expired,         // a one-time link that was used, revoked or is too old
  too_many_attempts,    // failed sign-ins; `Error::retry_after_s` says how long to wait
};

/// The stable snake_case word of a code, e.g. "unknown_symbol".
std::string_view code_name(Errc code);

/// What went wrong: a stable code for programs, a sentence for people, the place where one exists.
struct Error {
  Errc code = Errc::internal;
  std::string message;  // "btc.csv line 500: 'abc' is not a price", written where the facts are known
  std::vector<std::string> suggestions{};  // nearest valid names, best first; empty where that makes no sense
  std::string field{};                     // the parameter, key or column at fault; empty where there is none
  int retry_after_s = 0;                   // when to try again; 0 where that makes no sense
};

/// A value or an Error. A class, not an alias: std::expected of libstdc++ 12 is not [[nodiscard]].
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
};

/// Shorthand for `return fail(Errc::…, "sentence")` in a function that returns a Result.
inline std::unexpected<Error> fail(Errc code, std::string message) {
  return std::unexpected(Error{code, std::move(message), {}, {}});
}

/// Passes on the error of another result, whatever that result's value type.
template <class T>
std::unexpected<Error> pass_on(const Result<T>& failed) {
  return std::unexpected(failed.error());
}

/// The same error with `prefix` and ": " put before its message, to add the place when the caller knows it.
Error with_place(Error error, std::string_view prefix);

}  // namespace cw
