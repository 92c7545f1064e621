#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "db/connection.h"

namespace cw::records {

/// One row of the audit log: who did what to whom, and how it ended. Its hashes chain it to the row before; they are made
/// and checked by `accounts`, here they are 32 bytes.
struct AuditRow {
  std::int64_t sequence = 0;  // from 1, without holes
  Timestamp at{};
  std::string actor{};   // a user's id, or a word such as "server"
  std::string action{};  // words with dots, the general one first: "session.sign_in"
  std::string target{};
  std::string before_json{};  // empty: nothing
  std::string after_json{};
  std::string outcome{};
  std::string address{};
  std::string request_id{};
  std::string previous_hash{};
  std::string hash{};

  friend bool operator==(const AuditRow&, const AuditRow&) = default;
};

/// What an audit page is about; all that are given must hold.
struct AuditFilter {
  std::optional<std::string> actor{};
  std::optional<std::string> action_prefix{};  // "session." is all about sessions; empty: any
  std::optional<std::string> target{};
};

inline constexpr int kAuditPageMost = 1'000;

/// Adds the row after the last. No row is ever changed or removed: the file refuses it (Errc::unsupported).
/// Errors  conflict unless `sequence` is the last one's plus 1; bad_input for hashes of another length
Result<void> append_audit_row(db::Connection& connection, const AuditRow& row);

/// The newest row; none in an empty log.
Result<std::optional<AuditRow>> last_audit_row(db::Connection& connection);

/// Rows older than `before_sequence` (none: from the newest on), newest first, `limit` of them (1 to kAuditPageMost, others
/// are brought into it). The next page starts before the last row's sequence.
/// Cost    the page, however long the log is; of an action prefix a page of each action that begins so (actions are a short
///         list of our own). Only of an actor together with a target besides: the newer rows that have one of them and
///         not the other, 2.4 ms for 1,000
Result<std::vector<AuditRow>> audit_page(db::Connection& connection, std::optional<std::int64_t> before_sequence,
                                         int limit, const AuditFilter& filter = {});

/// Rows from `from_sequence` on, oldest first, at most `limit` (as above).
Result<std::vector<AuditRow>> audit_slice(db::Connection& connection, std::int64_t from_sequence, int limit);

}  // namespace cw::records
