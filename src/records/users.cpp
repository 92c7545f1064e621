#include "records/users.h"

#include "base/require.h"
#include "records/core_rows.h"

namespace cw::records {
namespace {

constexpr std::size_t kHashBytes = 32;

std::string joined(const std::vector<std::string>& hashes) {
  std::string bytes;
  bytes.reserve(hashes.size() * kHashBytes);
  for (const auto& hash : hashes) {
    CW_REQUIRE(hash.size() == kHashBytes);
    bytes += hash;
  }
  return bytes;
}

std::vector<std::string> split(std::string_view bytes) {
  std::vector<std::string> hashes;
  for (; bytes.size() >= kHashBytes; bytes.remove_prefix(kHashBytes)) hashes.emplace_back(bytes.substr(0, kHashBytes));
  return hashes;
}

Result<User> read_user(const db::Row& row) {
  User user;
  std::string_view role;
  std::string_view recovery;
  row.into(user.id, user.email, role, user.active, user.created_at, user.last_login, user.password_hash,
           user.password_changed_at, user.token_version, user.telegram_chat_id, user.telegram_enabled,
           user.email_enabled, user.totp_sealed, user.totp_enabled, user.totp_last_step, recovery, user.settings_json,
           user.watchlist_json);
  const auto known = parse_role(role);
  if (!known) return unknown_word("users", "role");
  user.role = *known;
  user.recovery_hashes = split(recovery);
  return user;
}

/// Runs a statement whose values are the user's fields in the order of the table.
Result<std::int64_t> run_with(db::Connection& connection, std::string_view sql, const User& user) {
  auto done = connection.run(sql, user.id, user.email, name(user.role), user.active, user.created_at, user.last_login,
                             user.password_hash, user.password_changed_at, user.token_version, user.telegram_chat_id,
                             user.telegram_enabled, user.email_enabled, db::Blob{user.totp_sealed}, user.totp_enabled,
                             user.totp_last_step, db::Blob{joined(user.recovery_hashes)}, user.settings_json,
                             user.watchlist_json);
  if (done || done.error().code != Errc::conflict) return done;
  const bool is_email = done.error().field == "users.email";
  return std::unexpected(Error{Errc::conflict,
                               is_email ? "there is a user with this e-mail address" : "there is a user with this id",
                               {},
                               is_email ? "email" : "id"});
}

}  // namespace

std::string_view name(Role role) { return role == Role::admin ? "admin" : "user"; }

std::optional<Role> parse_role(std::string_view word) {
  for (const Role role : {Role::user, Role::admin}) {
    if (word == name(role)) return role;
  }
  return std::nullopt;
}

Result<void> insert_user(db::Connection& connection, const User& user) {
  return expect_inserted(
      run_with(connection,
               "INSERT INTO users (id, email, role, active, created_at, last_login, password_hash, password_changed_at,"
               " token_version, telegram_chat_id, telegram_enabled, email_enabled, totp_sealed, totp_enabled,"
               " totp_last_step, recovery_hashes, settings_json, watchlist_json)"
               " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
               user));
}

Result<void> update_user(db::Connection& connection, const User& user) {
  return expect_one(
      run_with(connection,
               "UPDATE users SET email = ?2, role = ?3, active = ?4, created_at = ?5, last_login = ?6,"
               " password_hash = ?7, password_changed_at = ?8, token_version = ?9, telegram_chat_id = ?10,"
               " telegram_enabled = ?11, email_enabled = ?12, totp_sealed = ?13, totp_enabled = ?14,"
               " totp_last_step = ?15, recovery_hashes = ?16, settings_json = ?17, watchlist_json = ?18"
               " WHERE id = ?1",
               user),
      "user");
}

Result<std::vector<User>> all_users(db::Connection& connection) {
  return connection.collect(
      "SELECT id, email, role, active, created_at, last_login, password_hash, password_changed_at, token_version,"
      " telegram_chat_id, telegram_enabled, email_enabled, totp_sealed, totp_enabled, totp_last_step, recovery_hashes,"
      " settings_json, watchlist_json FROM users ORDER BY created_at, id",
      read_user);
}

Result<std::int64_t> count_users(db::Connection& connection, std::optional<Role> role) {
  const auto count = role ? connection.first<std::int64_t>("SELECT count(*) FROM users WHERE role = ?", name(*role))
                          : connection.first<std::int64_t>("SELECT count(*) FROM users");
  if (!count) return pass_on(count);
  return count->value_or(0);
}

}  // namespace cw::records
