#include "accounts/one_time_links.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "accounts/email_address.h"
#include "accounts/new_password.h"
#include "base/json_text.h"

namespace cw::accounts {
namespace {

using records::Link;
using records::LinkKind;

TokenKind token_kind(LinkKind kind) {
  switch (kind) {
    case LinkKind::set_up: return TokenKind::set_up;
    case LinkKind::invitation: return TokenKind::invitation;
    case LinkKind::reset: return TokenKind::reset;
  }
  return TokenKind::set_up;
}

Link new_link(const Accounts& accounts, LinkKind kind, const Origin& origin, Millis life) {
  Link link;
  link.id = random_id("l_");
  link.kind = kind;
  link.created_by = origin.actor;
  link.created_at = accounts.now();
  link.expires_at = link.created_at + life;
  return link;
}

MadeLink made(const Accounts& accounts, const Link& link) {
  return {link.id,
          accounts.tokens().issue({token_kind(link.kind),
                                   link.user_id.value_or(""),
                                   {},
                                   link.id,
                                   0,
                                   link.created_at,
                                   link.created_at,
                                   link.expires_at}),
          link.expires_at};
}

/// Ends the open links of a kind (of one account), in a change that is being planned.
Result<void> end_open(Accounts& accounts, Change& change, LinkKind kind, const std::optional<std::string>& user_id) {
  auto open = accounts.store().open_links(kind);
  if (!open) return pass_on(open);
  for (Link& link : *open) {
    if (link.user_id != user_id) continue;
    link.revoked_at = accounts.now();
    change.links.push_back(std::move(link));
  }
  return {};
}

std::unexpected<Error> spent(const char* why) {
  return fail(Errc::link_expired, fmt::format("This link {}. Ask for a new one.", why));
}

/// The link behind a token, still good.
Result<Link> find_good(Accounts& accounts, const std::string& token, LinkKind kind) {
  const auto claims = accounts.tokens().read(token, token_kind(kind), accounts.now());
  if (!claims) {
    if (claims.error() == TokenFault::expired) return spent("is too old");
    Error error = error_of(refusal_of(claims.error()));
    if (error.code == Errc::invalid_token) error.message = "This link is not one of this server, or was cut off.";
    return std::unexpected(std::move(error));
  }
  auto link = accounts.store().link(claims->id);
  if (!link) return pass_on(link);
  if (!*link) return spent("is not known any more");
  if ((*link)->used_at) return spent("was used already");
  if ((*link)->revoked_at) return spent("was replaced or revoked");
  if ((*link)->expires_at <= accounts.now()) return spent("is too old");
  return std::move(**link);
}

/// What a new account needs: a sound address and a hash of a good password.
struct Prepared {
  std::string email;
  std::string password_hash;
};
Result<Prepared> prepare(Accounts& accounts, const Credentials& wanted) {
  auto email = parse_new_email(wanted.email);
  if (!email) return pass_on(email);
  auto hash = hash_new_password(accounts, wanted.password, *email);
  if (!hash) return pass_on(hash);
  return Prepared{std::move(*email), std::move(*hash)};
}

std::unexpected<Error> taken() {
  return std::unexpected(
      Error{Errc::email_taken,
            "There is an account with this e-mail address. Sign in, or ask an administrator for a reset link.",
            {},
            "email"});
}

/// The new account, its first session and the used link, as one change.
Result<SignedIn> create(Accounts& accounts, const Origin& origin, Prepared prepared, records::Role role,
                        const std::function<Result<std::optional<Link>>()>& take_link) {
  records::Session session;
  std::string user_id;
  const auto done = accounts.store().change([&]() -> Result<Change> {
    auto link = take_link();
    if (!link) return pass_on(link);
    if (accounts.book().user_by_email(prepared.email)) return taken();
    if (const auto room = has_room(accounts); !room) return pass_on(room);
    Change change;
    records::User user = new_user(accounts, prepared.email, role, prepared.password_hash);
    user.last_login = accounts.now();
    user_id = user.id;
    session = add_session(accounts, change, user, origin);
    if (*link) {
      (*link)->used_at = accounts.now();
      change.links.push_back(std::move(**link));
    }
    Origin self = origin;
    self.actor = user.id;
    change.events.push_back(
        {self,
         "user.created",
         user.id,
         "done",
         {},
         fmt::format(R"({{"email":{},"role":"{}"}})", json_string(user.email), records::name(role))});
    change.events.push_back({self, "sign_in", session.id});
    change.new_users.push_back(std::move(user));
    return change;
  });
  if (!done) {
    if (done.error().code == Errc::conflict) return taken();
    return pass_on(done);
  }
  return tokens_of(accounts, accounts.book().user(user_id), session);
}

Error log_refusal(Accounts& accounts, const Origin& origin, const char* action, Error error) {
  accounts.store().refused({origin, action, {}, std::string{code_name(error.code)}});
  return error;
}

}  // namespace

std::string_view page_of(LinkKind kind) {
  switch (kind) {
    case LinkKind::set_up: return "/setup";
    case LinkKind::invitation: return "/join";
    case LinkKind::reset: return "/reset";
  }
  return "/setup";
}

Result<void> has_room(const Accounts& accounts) {
  if (accounts.book().users() < kAccountsMost) return {};
  return fail(Errc::limit_exceeded, fmt::format("There are {} accounts, which is the limit.", kAccountsMost));
}

records::User new_user(const Accounts& accounts, std::string email, records::Role role, std::string password_hash) {
  records::User user;
  user.id = random_id("u_");
  user.email = std::move(email);
  user.role = role;
  user.active = true;
  user.created_at = user.password_changed_at = accounts.now();
  user.password_hash = std::move(password_hash);
  user.token_version = 1;
  user.telegram_enabled = false;
  user.email_enabled = true;
  user.totp_enabled = false;
  user.totp_last_step = 0;
  user.settings_json = "{}";
  user.watchlist_json = "[]";
  return user;
}

Result<std::optional<MadeLink>> make_set_up_link(Accounts& accounts, const Origin& origin) {
  std::optional<MadeLink> link;
  const auto done = accounts.store().change([&]() -> Result<Change> {
    Change change;
    if (accounts.book().active_admins() > 0) return change;
    if (const auto ended = end_open(accounts, change, LinkKind::set_up, {}); !ended) return pass_on(ended);
    change.new_links.push_back(new_link(accounts, LinkKind::set_up, origin, kSetUpLife));
    link = made(accounts, change.new_links.back());
    change.events.push_back({origin, "link.set_up", link->id});
    return change;
  });
  if (!done) return pass_on(done);
  return link;
}

Result<SignedIn> set_up(Accounts& accounts, const Origin& origin, const std::string& token, const Credentials& wanted) {
  const auto link = find_good(accounts, token, LinkKind::set_up);
  if (!link) return std::unexpected(log_refusal(accounts, origin, "link.set_up", link.error()));
  auto prepared = prepare(accounts, wanted);
  if (!prepared) return pass_on(prepared);
  return create(accounts, origin, std::move(*prepared), records::Role::admin, [&]() -> Result<std::optional<Link>> {
    if (accounts.book().active_admins() > 0) return spent("has ended: there is an administrator");
    auto still = find_good(accounts, token, LinkKind::set_up);
    if (!still) return pass_on(still);
    return std::optional{std::move(*still)};
  });
}

Result<MadeLink> invite(Accounts& accounts, const Origin& origin, const Invitation& invitation) {
  Link link = new_link(accounts, LinkKind::invitation, origin, invitation.life);
  link.role = invitation.role;
  if (invitation.email) {
    auto email = parse_new_email(*invitation.email);
    if (!email) return pass_on(email);
    if (accounts.book().user_by_email(*email)) return taken();
    link.email = std::move(*email);
  }
  const auto done = accounts.store().change([&]() -> Result<Change> {
    const auto open = accounts.store().open_links(LinkKind::invitation);
    if (!open) return pass_on(open);
    if (open->size() >= kInvitationsMost)
      return fail(Errc::limit_exceeded,
                  fmt::format("There are {} open invitations, which is the limit. Revoke some.", open->size()));
    Change change;
    change.new_links.push_back(link);
    change.events.push_back(
        {origin,
         "invitation.made",
         link.id,
         "done",
         {},
         fmt::format(R"({{"email":{},"role":"{}"}})", link.email ? json_string(*link.email) : "null",
                     records::name(invitation.role))});
    return change;
  });
  if (!done) return pass_on(done);
  return made(accounts, link);
}

Result<void> revoke_invitation(Accounts& accounts, const Origin& origin, const std::string& id) {
  return accounts.store().change([&]() -> Result<Change> {
    auto link = accounts.store().link(id);
    if (!link) return pass_on(link);
    const bool is_open = *link && (*link)->kind == LinkKind::invitation && !(*link)->used_at && !(*link)->revoked_at;
    if (!is_open) {
      return fail(Errc::not_found, fmt::format("There is no open invitation {}; GET /api/admin/invitations lists them.",
                                               id.substr(0, 64)));
    }
    Change change;
    change.links.push_back(std::move(**link));
    change.links.back().revoked_at = accounts.now();
    change.events.push_back({origin, "invitation.revoked", id});
    return change;
  });
}

Result<SignedIn> register_account(Accounts& accounts, const Origin& origin, const Credentials& wanted,
                                  const std::optional<std::string>& invitation) {
  if (!invitation && !accounts.settings().open_registration) {
    return std::unexpected(
        log_refusal(accounts, origin, "register",
                    {Errc::registration_closed, "New accounts need an invitation; ask an administrator for a link."}));
  }
  auto role = records::Role::user;
  if (invitation) {
    const auto link = find_good(accounts, *invitation, LinkKind::invitation);
    if (!link) return std::unexpected(log_refusal(accounts, origin, "register", link.error()));
    role = link->role.value_or(role);
    if (link->email && email_key(*link->email) != email_key(wanted.email))
      return std::unexpected(Error{Errc::bad_parameter, "This invitation is for another e-mail address.", {}, "email"});
  }
  auto prepared = prepare(accounts, wanted);
  if (!prepared) return pass_on(prepared);
  return create(accounts, origin, std::move(*prepared), role, [&]() -> Result<std::optional<Link>> {
    if (!invitation) return std::optional<Link>{};
    auto still = find_good(accounts, *invitation, LinkKind::invitation);
    if (!still) return pass_on(still);
    return std::optional{std::move(*still)};
  });
}

Result<MadeLink> make_reset_link(Accounts& accounts, const Origin& origin, const std::string& user_id) {
  Link link = new_link(accounts, LinkKind::reset, origin, kResetLife);
  link.user_id = user_id;
  const auto done = accounts.store().change([&]() -> Result<Change> {
    if (!accounts.book().user(user_id))
      return fail(Errc::not_found, fmt::format("There is no account {}.", user_id.substr(0, 64)));
    Change change;
    if (const auto ended = end_open(accounts, change, LinkKind::reset, user_id); !ended) return pass_on(ended);
    change.new_links.push_back(link);
    change.events.push_back({origin, "link.reset", user_id});
    return change;
  });
  if (!done) return pass_on(done);
  return made(accounts, link);
}

Result<void> end_reset_links(Accounts& accounts, Change& change, const std::string& user_id) {
  return end_open(accounts, change, LinkKind::reset, user_id);
}

Result<void> reset_password(Accounts& accounts, const Origin& origin, const std::string& token,
                            const std::string& password) {
  const auto link = find_good(accounts, token, LinkKind::reset);
  if (!link) return std::unexpected(log_refusal(accounts, origin, "link.reset", link.error()));
  const UserPtr owner = accounts.book().user(link->user_id.value_or(""));
  if (!owner) return spent("is for an account that is gone");
  auto hash = hash_new_password(accounts, password, owner->email);
  if (!hash) return pass_on(hash);
  return accounts.store().change([&]() -> Result<Change> {
    auto still = find_good(accounts, token, LinkKind::reset);
    if (!still) return pass_on(still);
    Change change;
    still->used_at = accounts.now();
    change.links.push_back(std::move(*still));
    records::User user = *accounts.book().user(owner->id);
    user.password_hash = std::move(*hash);
    user.password_changed_at = accounts.now();
    ++user.token_version;
    for (const SessionPtr& session : accounts.book().sessions_of(user.id, accounts.now())) {
      change.sessions.push_back(*session);
      change.sessions.back().ended_at = accounts.now();
      change.sessions.back().end_reason = "password reset";
    }
    Origin self = origin;
    self.actor = user.id;
    change.events.push_back({self,
                             "user.password",
                             user.id,
                             "done",
                             {},
                             fmt::format(R"({{"by":"reset link","ended_sessions":{}}})", change.sessions.size())});
    change.revoked_of.push_back(user.id);
    change.users.push_back(std::move(user));
    return change;
  });
}

}  // namespace cw::accounts
