#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "db/connection.h"

namespace cw::records {

/// A program's key. Its secret is not stored, only what it hashes to.
struct ApiKey {
  std::string id{};
  std::string user_id{};
  std::string name{};
  std::string secret_hash{};  // 32 bytes
  std::string scopes{};       // of "read", "write" and "admin", a blank between them
  Timestamp created_at{};
  std::optional<Timestamp> expires_at{};  // none: never
  std::optional<Timestamp> last_used_at{};
  std::optional<Timestamp> revoked_at{};

  friend bool operator==(const ApiKey&, const ApiKey&) = default;
};

/// Errors  conflict on the id, not_found where there is no such user, bad_input for a hash of another length
Result<void> insert_api_key(db::Connection& connection, const ApiKey& key);

/// Writes every field of the key with this id. Errors  not_found; bad_input as above
Result<void> update_api_key(db::Connection& connection, const ApiKey& key);

/// Everybody's that work at `now`: neither revoked nor expired; oldest first.
Result<std::vector<ApiKey>> live_api_keys(db::Connection& connection, Timestamp now);

/// All of one user, those that no longer work included; newest first.
Result<std::vector<ApiKey>> api_keys_of(db::Connection& connection, std::string_view user_id);

}  // namespace cw::records
