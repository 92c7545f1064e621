#include "records/api_keys.h"

#include "records/core_rows.h"

namespace cw::records {
namespace {

ApiKey read_key(const db::Row& row) {
  ApiKey key;
  row.into(key.id, key.user_id, key.name, key.secret_hash, key.scopes, key.created_at, key.expires_at, key.last_used_at,
           key.revoked_at);
  return key;
}

/// Runs a statement whose values are the key's fields in the order of the table.
Result<std::int64_t> run_with(db::Connection& connection, std::string_view sql, const ApiKey& key) {
  return connection.run(sql, key.id, key.user_id, key.name, db::Blob{key.secret_hash}, key.scopes, key.created_at,
                        key.expires_at, key.last_used_at, key.revoked_at);
}

}  // namespace

Result<void> insert_api_key(db::Connection& connection, const ApiKey& key) {
  return expect_inserted(
      run_with(connection,
               "INSERT INTO api_keys (id, user_id, name, secret_hash, scopes, created_at, expires_at, last_used_at,"
               " revoked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
               key));
}

Result<void> update_api_key(db::Connection& connection, const ApiKey& key) {
  return expect_one(run_with(connection,
                             "UPDATE api_keys SET user_id = ?2, name = ?3, secret_hash = ?4, scopes = ?5,"
                             " created_at = ?6, expires_at = ?7, last_used_at = ?8, revoked_at = ?9 WHERE id = ?1",
                             key),
                    "API key");
}

Result<std::vector<ApiKey>> live_api_keys(db::Connection& connection, Timestamp now) {
  return connection.collect(
      "SELECT id, user_id, name, secret_hash, scopes, created_at, expires_at, last_used_at, revoked_at FROM api_keys"
      " WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?) ORDER BY created_at, id",
      read_key, now);
}

Result<std::vector<ApiKey>> api_keys_of(db::Connection& connection, std::string_view user_id) {
  return connection.collect(
      "SELECT id, user_id, name, secret_hash, scopes, created_at, expires_at, last_used_at, revoked_at FROM api_keys"
      " WHERE user_id = ? ORDER BY created_at DESC, id DESC",
      read_key, user_id);
}

}  // namespace cw::records
