#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "db/connection.h"

namespace cw::records {

enum class Role { user, admin };

/// "user", "admin": the word in the file, in the API and on the command line.
std::string_view name(Role role);
/// The role of a word of `name`; none for any other text, other letter cases included.
std::optional<Role> parse_role(std::string_view word);

/// A row of `core.db`. What a field may hold (an address that is one, JSON that is) is checked by who makes it.
struct User {
  std::string id{};
  std::string email{};  // one user each, whatever the case of A to Z; kept as it was written
  Role role = Role::user;
  bool active = true;
  Timestamp created_at{};
  std::optional<Timestamp> last_login{};
  std::string password_hash{};  // Argon2id's own text form
  Timestamp password_changed_at{};
  std::int64_t token_version = 0;  // tokens of an older version are void
  std::optional<std::string> telegram_chat_id{};
  bool telegram_enabled = false;
  bool email_enabled = false;
  std::string totp_sealed{};  // encrypted seed, any bytes; empty: none
  bool totp_enabled = false;
  std::int64_t totp_last_step = 0;             // newest time step that was used: none is taken twice
  std::vector<std::string> recovery_hashes{};  // 32 bytes each (contract)
  std::string settings_json{};
  std::string watchlist_json{};

  friend bool operator==(const User&, const User&) = default;
};

/// Errors  conflict where the e-mail address (`field` is "email") or the id is taken; those of db::Connection
Result<void> insert_user(db::Connection& connection, const User& user);

/// Writes every field of the user with this id. Errors  not_found; as insert_user
Result<void> update_user(db::Connection& connection, const User& user);

/// Oldest first. Cost  5 ms for 1,000, in one piece: for a start, when nobody waits yet, not for a request.
/// Errors  corrupt where a row holds what no program wrote; those of db::Connection
Result<std::vector<User>> all_users(db::Connection& connection);

/// How many there are, of one role where it is given; inactive ones count.
Result<std::int64_t> count_users(db::Connection& connection, std::optional<Role> role = {});

}  // namespace cw::records
