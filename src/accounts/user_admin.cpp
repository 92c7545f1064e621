#include "accounts/user_admin.h"

#include <utility>

#include <fmt/format.h>

#include "accounts/new_password.h"
#include "accounts/two_factor.h"
#include "base/json_text.h"

namespace cw::accounts {
namespace {

using records::Role;

std::unexpected<Error> no_account(const std::string& id) {
  return fail(Errc::not_found,
              fmt::format("There is no account {}; GET /api/admin/users lists them.", id.substr(0, 64)));
}

void end_all(const Accounts& accounts, Change& change, const std::string& user_id, const char* reason) {
  for (const SessionPtr& session : accounts.book().sessions_of(user_id, accounts.now())) {
    change.sessions.push_back(*session);
    change.sessions.back().ended_at = accounts.now();
    change.sessions.back().end_reason = reason;
  }
}

std::string role_json(Role role) { return fmt::format(R"({{"role":"{}"}})", records::name(role)); }
std::string active_json(bool active) { return fmt::format(R"({{"active":{}}})", active); }

/// An account that asks and writes, with its sessions and sockets looked at again.
Result<void> change_account(Accounts& accounts, const std::string& user_id,
                            const std::function<Result<void>(records::User&, Change&)>& edit) {
  return accounts.store().change([&]() -> Result<Change> {
    const UserPtr current = accounts.book().user(user_id);
    if (!current) return no_account(user_id);
    Change change;
    records::User user = *current;
    if (const auto edited = edit(user, change); !edited) return pass_on(edited);
    change.users.push_back(std::move(user));
    change.revoked_of.push_back(user_id);
    return change;
  });
}

}  // namespace

Result<UserPtr> add_user(Accounts& accounts, const Origin& origin, const std::string& email, Role role,
                         const std::optional<std::string>& password) {
  const auto parsed = parse_new_email(email);
  if (!parsed) return pass_on(parsed);
  std::string hash;
  if (password) {
    auto hashed = hash_new_password(accounts, *password, *parsed);
    if (!hashed) return pass_on(hashed);
    hash = std::move(*hashed);
  }
  std::string id;
  const auto done = accounts.store().change([&]() -> Result<Change> {
    if (accounts.book().user_by_email(*parsed))
      return std::unexpected(
          Error{Errc::email_taken, fmt::format("there is an account with the address {}", *parsed), {}, "email"});
    if (const auto room = has_room(accounts); !room) return pass_on(room);
    Change change;
    change.new_users.push_back(new_user(accounts, *parsed, role, hash));
    id = change.new_users.back().id;
    change.events.push_back({origin,
                             "user.created",
                             id,
                             "done",
                             {},
                             fmt::format(R"({{"email":{},"role":"{}"}})", json_string(*parsed), records::name(role))});
    return change;
  });
  if (!done) return pass_on(done);
  return accounts.book().user(id);
}

Result<UserPtr> change_user(Accounts& accounts, const Origin& origin, const std::string& user_id,
                            const UserChange& wanted) {
  const auto done = change_account(accounts, user_id, [&](records::User& user, Change& change) -> Result<void> {
    const bool was_admin = user.active && user.role == Role::admin;
    const bool is_admin = wanted.active.value_or(user.active) && wanted.role.value_or(user.role) == Role::admin;
    if (was_admin && !is_admin && accounts.book().active_admins() == 1)
      return fail(Errc::last_administrator, "This is the last active administrator. Make another one first.");
    if (wanted.role && *wanted.role != user.role) {
      change.events.push_back({origin, "user.role", user_id, "done", role_json(user.role), role_json(*wanted.role)});
      user.role = *wanted.role;
    }
    if (wanted.active && *wanted.active != user.active) {
      change.events.push_back({origin, *wanted.active ? "user.enabled" : "user.disabled", user_id, "done",
                               active_json(user.active), active_json(*wanted.active)});
      user.active = *wanted.active;
      if (!user.active) end_all(accounts, change, user_id, "account disabled");
    }
    return {};
  });
  if (!done) return pass_on(done);
  return accounts.book().user(user_id);
}

Result<void> set_password(Accounts& accounts, const Origin& origin, const std::string& user_id,
                          const std::string& password, bool drops_two_factor) {
  const UserPtr owner = accounts.book().user(user_id);
  if (!owner) return no_account(user_id);
  auto hash = hash_new_password(accounts, password, owner->email);
  if (!hash) return pass_on(hash);
  return change_account(accounts, user_id, [&](records::User& user, Change& change) -> Result<void> {
    if (const auto ended = end_reset_links(accounts, change, user_id); !ended) return ended;
    user.password_hash = std::move(*hash);
    user.password_changed_at = accounts.now();
    ++user.token_version;
    if (drops_two_factor) drop_totp(user);
    end_all(accounts, change, user_id, "password reset");
    change.events.push_back(
        {origin,
         "user.password",
         user_id,
         "done",
         {},
         fmt::format(R"({{"two_factor_dropped":{},"ended_sessions":{}}})", drops_two_factor, change.sessions.size())});
    return {};
  });
}

Result<void> drop_two_factor(Accounts& accounts, const Origin& origin, const std::string& user_id) {
  return change_account(accounts, user_id, [&](records::User& user, Change& change) -> Result<void> {
    if (!user.totp_enabled) return fail(Errc::conflict, fmt::format("two-factor of {} is off", user.email));
    drop_totp(user);
    change.events.push_back({origin, "two_factor.dropped", user_id});
    return {};
  });
}

}  // namespace cw::accounts
