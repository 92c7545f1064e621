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

/// Somebody signed in on one device, from the sign-in to its end; its refresh tokens are one family.
struct Session {
  std::string id{};
  std::string user_id{};
  Timestamp created_at{};
  Timestamp last_used_at{};
  Timestamp expires_at{};
  std::optional<Timestamp> ended_at{};
  std::string end_reason{};     // empty while it lasts
  std::int64_t generation = 0;  // of the refresh token that is current
  Timestamp rotated_at{};       // when that one was made
  std::string address{};        // of the last use
  std::string user_agent{};

  friend bool operator==(const Session&, const Session&) = default;
};

inline constexpr int kPrunedMost = 1'000;

/// Errors  conflict on the id, not_found where there is no such user; those of db::Connection
Result<void> insert_session(db::Connection& connection, const Session& session);

/// Writes every field of the session with this id. Errors  not_found
Result<void> update_session(db::Connection& connection, const Session& session);

/// Not ended, and not expired at `now`; oldest first.
Result<std::vector<Session>> live_sessions(db::Connection& connection, Timestamp now);

/// Ends what of a user's sessions has not ended, but for one where `except` names it. Answers how many.
Result<std::int64_t> end_sessions_of(db::Connection& connection, std::string_view user_id,
                                     const std::optional<std::string>& except, Timestamp at, std::string_view reason);

/// Deletes sessions that ended or expired before `before`, at most kPrunedMost a call so that nobody waits long.
/// Answers how many: call again as long as it is that many.
Result<std::int64_t> prune_sessions(db::Connection& connection, Timestamp before);

}  // namespace cw::records
