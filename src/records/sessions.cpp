#include "records/sessions.h"

#include "records/core_rows.h"

namespace cw::records {
namespace {

Session read_session(const db::Row& row) {
  Session session;
  row.into(session.id, session.user_id, session.created_at, session.last_used_at, session.expires_at, session.ended_at,
           session.end_reason, session.generation, session.rotated_at, session.address, session.user_agent);
  return session;
}

/// Runs a statement whose values are the session's fields in the order of the table.
Result<std::int64_t> run_with(db::Connection& connection, std::string_view sql, const Session& session) {
  return connection.run(sql, session.id, session.user_id, session.created_at, session.last_used_at, session.expires_at,
                        session.ended_at, session.end_reason, session.generation, session.rotated_at, session.address,
                        session.user_agent);
}

}  // namespace

Result<void> insert_session(db::Connection& connection, const Session& session) {
  return expect_inserted(
      run_with(connection,
               "INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at, ended_at, end_reason,"
               " generation, rotated_at, address, user_agent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
               session));
}

Result<void> update_session(db::Connection& connection, const Session& session) {
  return expect_one(
      run_with(connection,
               "UPDATE sessions SET user_id = ?2, created_at = ?3, last_used_at = ?4, expires_at = ?5, ended_at = ?6,"
               " end_reason = ?7, generation = ?8, rotated_at = ?9, address = ?10, user_agent = ?11 WHERE id = ?1",
               session),
      "session");
}

Result<std::vector<Session>> live_sessions(db::Connection& connection, Timestamp now) {
  return connection.collect(
      "SELECT id, user_id, created_at, last_used_at, expires_at, ended_at, end_reason, generation, rotated_at, address,"
      " user_agent FROM sessions WHERE ended_at IS NULL AND expires_at > ? ORDER BY created_at, id",
      read_session, now);
}

Result<std::int64_t> end_sessions_of(db::Connection& connection, std::string_view user_id,
                                     const std::optional<std::string>& except, Timestamp at, std::string_view reason) {
  return connection.run(
      "UPDATE sessions SET ended_at = ?2, end_reason = ?3 WHERE user_id = ?1 AND ended_at IS NULL AND id IS NOT ?4",
      user_id, at, reason, except);
}

Result<std::int64_t> prune_sessions(db::Connection& connection, Timestamp before) {
  return connection.run(
      "DELETE FROM sessions WHERE rowid IN"
      " (SELECT rowid FROM sessions WHERE expires_at < ?1 OR ended_at < ?1 LIMIT ?2)",
      before, kPrunedMost);
}

}  // namespace cw::records
