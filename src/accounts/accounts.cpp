#include "accounts/accounts.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "accounts/api_keys.h"
#include "accounts/email_address.h"

namespace cw::accounts {

Result<std::unique_ptr<Accounts>> Accounts::open(const std::filesystem::path& folder, AccountSettings settings,
                                                 Clock& clock, Logger& logger, Metrics& metrics) {
  auto store = AccountStore::open(folder, clock, logger, metrics);
  if (!store) return pass_on(store);
  return std::unique_ptr<Accounts>{new Accounts{std::move(*store), settings}};
}

Accounts::Accounts(std::unique_ptr<AccountStore> store, AccountSettings settings)
    : store_(std::move(store)),
      settings_(settings),
      tokens_(store_->key(), store_->installation()),
      hasher_(settings.password_cost),
      box_(store_->key()) {}

std::expected<Principal, TokenRefusal> Accounts::authenticate(std::string_view bearer) const {
  const Timestamp at = now();
  if (bearer.starts_with(kApiKeyPrefix)) {
    const auto parts = parse_api_key(bearer);
    if (!parts) return std::unexpected(TokenRefusal{Errc::invalid_token, "malformed"});
    auto principal = book().program(parts->id, parts->secret_hash, at);
    if (principal) return std::move(*principal);
    return std::unexpected(TokenRefusal{principal.error(), code_name(principal.error())});
  }
  const auto claims = tokens_.read(bearer, TokenKind::access, at);
  if (!claims) return std::unexpected(refusal_of(claims.error()));
  auto principal = book().person(claims->subject, claims->session, claims->number, at);
  if (!principal) return std::unexpected(TokenRefusal{principal.error(), code_name(principal.error())});
  principal->expires_at = claims->expires_at;
  return std::move(*principal);
}

Result<void> Accounts::still_granted(const Principal& principal) const {
  Principal lasting = principal;
  lasting.expires_at.reset();
  if (book().still_holds(lasting, now())) return {};
  return fail(Errc::session_ended, "This session has ended. Sign in again.");
}

Result<void> Accounts::may_try(std::string_view account, const Origin& origin) {
  const UserPtr user = book().user_by_email(account);
  // Where the account is signed in already, a stranger's failures elsewhere do not count.
  const bool is_known =
      user && std::ranges::any_of(book().sessions_of(user->id, now()),
                                  [&](const SessionPtr& session) { return session->address == origin.address; });
  const std::scoped_lock lock{throttle_mutex_};
  const Millis wait = throttle_.wait(email_key(account), origin.network, is_known, now());
  if (wait <= Millis{0}) return {};
  const int seconds = static_cast<int>((wait.count() + 999) / 1000);
  Error error{Errc::too_many_attempts, fmt::format("Too many failed attempts. Try again in {} s.", seconds)};
  error.retry_after_s = seconds;
  return std::unexpected(std::move(error));
}

void Accounts::tried(std::string_view account, const Origin& origin, bool was_right) {
  const std::scoped_lock lock{throttle_mutex_};
  if (was_right) {
    throttle_.succeeded(email_key(account), origin.network, now());
  } else {
    throttle_.failed(email_key(account), origin.network, now());
  }
}

TokenRefusal refusal_of(TokenFault fault) {
  switch (fault) {
    case TokenFault::wrong_kind: return {Errc::wrong_token_type, fault_word(fault)};
    case TokenFault::not_yet_valid: return {Errc::token_not_yet_valid, fault_word(fault)};
    case TokenFault::expired: return {Errc::token_expired, fault_word(fault)};
    case TokenFault::too_long:
    case TokenFault::malformed:
    case TokenFault::wrong_header:
    case TokenFault::bad_signature:
    case TokenFault::wrong_audience: return {Errc::invalid_token, fault_word(fault)};
  }
  return {Errc::invalid_token, fault_word(fault)};
}

Error error_of(const TokenRefusal& refusal) {
  switch (refusal.code) {
    case Errc::wrong_token_type:
      return {refusal.code, "This token is good, but not for this: its type is another one."};
    case Errc::token_not_yet_valid:
      return {refusal.code, "This token is from the future; the server's clock was set back. Sign in again."};
    case Errc::token_expired:
      return {refusal.code,
              "This token has expired. POST /api/auth/refresh gives a session's next one; make a new API key."};
    case Errc::session_ended: return {refusal.code, "This session has ended. Sign in again."};
    default:
      return {Errc::invalid_token,
              fmt::format("This token is not one of this server ({}). Sign in again, or check the API key.",
                          refusal.reason)};
  }
}

}  // namespace cw::accounts
