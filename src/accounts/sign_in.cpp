#include "accounts/sign_in.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "accounts/email_address.h"
#include "accounts/two_factor.h"
#include "base/json_text.h"

namespace cw::accounts {
namespace {

constexpr std::size_t kUserAgentBytes = 256;

std::unexpected<Error> wrong_credentials() {
  return fail(Errc::invalid_credentials, "The e-mail address or the password is wrong.");
}

/// What was typed as an address goes into the log only where it is one: people type passwords there.
std::string loggable(std::string_view email) {
  const auto parsed = parse_email(email);
  return parsed ? *parsed : std::string{};
}

Error log_refusal(Accounts& accounts, const Origin& origin, const std::string& target, Error error) {
  if (error.code != Errc::totp_required)  // that is half of a sign-in, not a refusal
    accounts.store().refused({origin, "sign_in", target, std::string{code_name(error.code)}});
  return error;
}

/// Who it is, by the password. The time does not depend on whether there is such an account.
Result<UserPtr> check_password(Accounts& accounts, const Credentials& credentials) {
  UserPtr user = accounts.book().user_by_email(credentials.email);
  const bool can_match = user && !user->password_hash.empty();
  const auto is_right = can_match ? accounts.hasher().verify(user->password_hash, credentials.password)
                                  : accounts.hasher().verify_nobody(credentials.password);
  if (!is_right) return pass_on(is_right);
  if (!*is_right) return wrong_credentials();
  if (!user->active) return fail(Errc::account_disabled, "An administrator has disabled this account.");
  return user;
}

TokenClaims claims(TokenKind kind, const records::Session& session, std::int64_t number, Timestamp issued,
                   Timestamp expires) {
  return {kind, session.user_id, session.id, {}, number, issued, issued, expires};
}

records::Session ended(records::Session session, Timestamp now, std::string reason) {
  session.ended_at = now;
  session.end_reason = std::move(reason);
  return session;
}

}  // namespace

records::Session add_session(Accounts& accounts, Change& change, const records::User& user, const Origin& origin) {
  const Timestamp now = accounts.now();
  auto held = accounts.book().sessions_of(user.id, now);
  while (held.size() >= kSessionsMost) {
    change.sessions.push_back(ended(*held.back(), now, "too many sessions"));
    change.revoked_of.push_back(user.id);
    held.pop_back();
  }
  records::Session session;
  session.id = random_id("s_");
  session.user_id = user.id;
  session.created_at = session.last_used_at = session.rotated_at = now;
  session.expires_at = now + std::min(accounts.settings().session_idle, accounts.settings().session_longest);
  session.generation = 1;
  session.address = origin.address;
  session.user_agent = origin.user_agent.substr(0, kUserAgentBytes);
  change.new_sessions.push_back(session);
  return session;
}

SignedIn tokens_of(const Accounts& accounts, const UserPtr& user, const records::Session& session) {
  const Timestamp now = accounts.now();
  const auto& codec = accounts.tokens();
  return {codec.issue(claims(TokenKind::access, session, user->token_version, now, now + kAccessLife)), kAccessLife,
          user,
          // Made of nothing but what is stored, so that the same generation is always the same text.
          codec.issue(claims(TokenKind::refresh, session, session.generation, session.rotated_at, session.expires_at)),
          session.expires_at};
}

Result<SignedIn> sign_in(Accounts& accounts, const Origin& origin, const Credentials& credentials) {
  if (const auto may = accounts.may_try(credentials.email, origin); !may) return pass_on(may);
  const auto user = check_password(accounts, credentials);
  if (!user) {
    if (user.error().code == Errc::invalid_credentials) accounts.tried(credentials.email, origin, false);
    return std::unexpected(log_refusal(accounts, origin, loggable(credentials.email), user.error()));
  }
  std::optional<std::string> new_hash;
  if (accounts.hasher().needs_rehash((*user)->password_hash)) {
    if (auto hash = accounts.hasher().hash(credentials.password)) new_hash = std::move(*hash);
  }
  records::Session session;
  const auto done = accounts.store().change([&]() -> Result<Change> {
    const UserPtr current = accounts.book().user((*user)->id);
    // Another sign-in may have brought the hash to today's cost meanwhile; a new password makes a new version.
    if (!current || !current->active || current->token_version != (*user)->token_version) return wrong_credentials();
    records::User changed = *current;
    if (const auto factor = take_second_factor(accounts, changed, credentials.totp); !factor) return pass_on(factor);
    changed.last_login = accounts.now();
    if (new_hash) changed.password_hash = *new_hash;
    Change change;
    session = add_session(accounts, change, changed, origin);
    Origin known = origin;
    known.actor = changed.id;
    change.users.push_back(std::move(changed));
    change.events.push_back({known,
                             "sign_in",
                             session.id,
                             "done",
                             {},
                             fmt::format(R"({{"user_agent":{},"two_factor":{}}})", json_string(session.user_agent),
                                         current->totp_enabled)});
    return change;
  });
  if (!done) {
    if (done.error().code == Errc::invalid_totp) accounts.tried(credentials.email, origin, false);
    return std::unexpected(log_refusal(accounts, origin, (*user)->email, done.error()));
  }
  accounts.tried(credentials.email, origin, true);
  return tokens_of(accounts, accounts.book().user((*user)->id), session);
}

Result<SignedIn> refresh(Accounts& accounts, const Origin& origin, std::string_view refresh_token) {
  const auto read = accounts.tokens().read(refresh_token, TokenKind::refresh, accounts.now());
  if (!read) {
    if (read.error() == TokenFault::expired) return fail(Errc::session_ended, "This session has ended. Sign in again.");
    return std::unexpected(error_of(refusal_of(read.error())));
  }
  std::optional<records::Session> rotated;
  bool was_reused = false;
  const auto done = accounts.store().change([&]() -> Result<Change> {
    const Timestamp now = accounts.now();
    const SessionPtr session = accounts.book().session(read->session);
    const UserPtr user = accounts.book().user(read->subject);
    if (!session || !user || !user->active || session->user_id != read->subject || session->expires_at <= now)
      return fail(Errc::session_ended, "This session has ended. Sign in again.");
    Change change;
    if (read->number == session->generation) {
      rotated = *session;
      ++rotated->generation;
      rotated->rotated_at = rotated->last_used_at = now;
      rotated->expires_at =
          std::min(now + accounts.settings().session_idle, session->created_at + accounts.settings().session_longest);
      rotated->address = origin.address;
      rotated->user_agent = origin.user_agent.substr(0, kUserAgentBytes);
      change.sessions.push_back(*rotated);
    } else if (read->number == session->generation - 1 && now < session->rotated_at + kRefreshGrace) {
      rotated = *session;
    } else {
      was_reused = true;
      change.sessions.push_back(ended(*session, now, "refresh token reused"));
      change.events.push_back({origin,
                               "session.reused",
                               session->id,
                               "refresh_reused",
                               {},
                               fmt::format(R"({{"user":{}}})", json_string(session->user_id))});
      change.revoked_of.push_back(session->user_id);
    }
    return change;
  });
  if (!done) return pass_on(done);
  if (was_reused) {
    return fail(Errc::refresh_reused,
                "An old refresh token was used, as a thief of it would; the session has ended. Sign in again.");
  }
  const UserPtr user = accounts.book().user(rotated->user_id);
  return tokens_of(accounts, user, *rotated);
}

Result<void> sign_out(Accounts& accounts, const Origin& origin, const Principal& principal) {
  return accounts.store().change([&]() -> Result<Change> {
    Change change;
    const SessionPtr session = accounts.book().session(principal.session->id);
    if (!session) return change;
    change.sessions.push_back(ended(*session, accounts.now(), "signed out"));
    change.events.push_back({origin, "sign_out", session->id});
    change.revoked_of.push_back(session->user_id);
    return change;
  });
}

Result<void> end_session(Accounts& accounts, const Origin& origin, const std::string& user_id,
                         const std::string& session_id) {
  return accounts.store().change([&]() -> Result<Change> {
    const SessionPtr session = accounts.book().session(session_id);
    if (!session || session->user_id != user_id) {
      return fail(Errc::not_found,
                  fmt::format("There is no session {}; GET /api/auth/sessions lists them.", session_id.substr(0, 64)));
    }
    Change change;
    change.sessions.push_back(ended(*session, accounts.now(), "ended by its owner"));
    change.events.push_back({origin, "session.ended", session_id});
    change.revoked_of.push_back(user_id);
    return change;
  });
}

Result<std::size_t> end_sessions(Accounts& accounts, const Origin& origin, const std::string& user_id,
                                 const std::string& kept) {
  std::size_t count = 0;
  const auto done = accounts.store().change([&]() -> Result<Change> {
    Change change;
    for (const SessionPtr& session : accounts.book().sessions_of(user_id, accounts.now())) {
      if (session->id != kept) change.sessions.push_back(ended(*session, accounts.now(), "ended with all others"));
    }
    count = change.sessions.size();
    change.events.push_back(
        {origin, "session.ended_all", user_id, "done", {}, fmt::format(R"({{"sessions":{}}})", count)});
    change.revoked_of.push_back(user_id);
    return change;
  });
  if (!done) return pass_on(done);
  return count;
}

}  // namespace cw::accounts
