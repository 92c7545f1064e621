#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "accounts/access.h"
#include "accounts/master_key.h"
#include "accounts/secrets.h"
#include "base/error.h"
#include "db/database.h"
#include "records/audit_rows.h"

namespace cw::accounts {

/// One thing that happened: who did what to whom, how it ended, what it was before and after (JSON objects, or empty).
struct AuditEvent {
  Origin origin;
  std::string action;  // `sign_in`, `user.role`, `key.created`
  std::string target{};
  std::string outcome = "done";  // or the code of the refusal
  std::string before_json{};
  std::string after_json{};
};

/// The audit log: rows that are only ever appended, each with a keyed hash over itself and the hash of the row before, so
/// that a changed, removed or inserted row breaks the chain. Beside it stands, sealed with the same key, which row is the newest,
/// so that a log that was cut off shows too. Only a whole older copy of the file passes; the newest hash is also in the
/// server's log, where it can be compared.
/// Source  the chain as in Schneier, Kelsey, Secure Audit Logs to Support Computer Forensics, 1999, with HMAC-SHA-256
class AuditLog {
 public:
  explicit AuditLog(const MasterKey& key);

  /// Appends inside the caller's transaction.
  Result<records::AuditRow> append(db::Connection& connection, const AuditEvent& event, Timestamp now) const;

  struct Verdict {
    std::int64_t rows = 0;                    // that were looked at
    std::string head;                         // hash of the newest row; empty in an empty log
    std::optional<std::int64_t> broken_at{};  // sequence of the first row that is wrong or missing
    std::string reason{};
  };
  /// Walks the whole chain in short reads. `is_cancelled` ends it early with Errc::cancelled.
  Result<Verdict> verify(db::Database& database, const std::function<bool()>& is_cancelled) const;

 private:
  std::string hash_of(const records::AuditRow& row) const;
  std::string head_seal(std::int64_t sequence, std::string_view hash) const;
  HmacKey key_;
};

}  // namespace cw::accounts
