#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "accounts/account_book.h"
#include "accounts/audit_log.h"
#include "accounts/master_key.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/time.h"
#include "db/database.h"
#include "records/layouts.h"
#include "records/links.h"
#include "records/strategy_rows.h"

namespace cw::accounts {

/// Versions of a strategy that are kept; the oldest go first.
inline constexpr std::int64_t kStrategyVersionsMost = 200;

/// What one action changes: rows to write, and what the audit log says of it. All of it or nothing.
struct Change {
  std::vector<records::User> new_users{};
  std::vector<records::User> users{};
  std::vector<records::Session> new_sessions{};
  std::vector<records::Session> sessions{};  // `ended_at` set: it ends
  std::vector<records::ApiKey> new_keys{};
  std::vector<records::ApiKey> keys{};  // `revoked_at` set: it ends
  std::vector<records::Link> new_links{};
  std::vector<records::Link> links{};
  std::vector<records::Layout> layouts{};                   // added, or in place of the user's of that name
  std::vector<records::Layout> gone_layouts{};              // by user and name
  std::vector<records::StrategyVersion> strategies{};       // versions that are added
  std::vector<records::StrategyVersion> gone_strategies{};  // by user and name: all versions
  std::vector<AuditEvent> events{};
  std::vector<std::string> revoked_of{};  // accounts whose open sockets are to be looked at again

  bool is_empty() const {
    return new_users.empty() && users.empty() && new_sessions.empty() && sessions.empty() && new_keys.empty() &&
           keys.empty() && new_links.empty() && links.empty() && layouts.empty() && gone_layouts.empty() &&
           strategies.empty() && gone_strategies.empty() && events.empty();
  }
};

/// The accounts of one installation: `core.db`, the book in memory that follows it, and the audit log. Every change goes one
/// way: planned on the book, written with its audit entries in one transaction, then seen in the book, then told to whoever
/// holds sockets open. Thread-safe; calls block for as long as the disk takes, so network threads do not make them.
class AccountStore {
 public:
  /// Opens or makes `core.db` and the key file beside it in `folder`.
  /// Errors  those of db::Database; not_found where the key file is missing though the database needs it, corrupt where it is
  ///         another one's, both saying what to do
  static Result<std::unique_ptr<AccountStore>> open(const std::filesystem::path& folder, Clock& clock, Logger& logger,
                                                    Metrics& metrics);
  ~AccountStore();

  const AccountBook& book() const { return book_; }
  const MasterKey& key() const { return key_; }
  const std::string& installation() const { return installation_; }  // random, made once; the audience of its tokens
  Clock& clock() const { return clock_; }
  Logger& logger() const { return logger_; }

  /// Makes one change. `plan` is called with no other change under way, so what it reads of the book still holds when it is
  /// written. An error of `plan` changes nothing, but its `refusals` are logged.
  using Plan = std::function<Result<Change>()>;
  Result<void> change(const Plan& plan);

  /// Writes down when sessions and keys were used last, which is otherwise known to the memory alone. For now and then.
  Result<void> save_uses();

  /// Appends to the audit log alone; does not wait for the disk. For refusals: when many come, those over the allowance are
  /// only counted, and the next entry says how many (`not_listed`).
  void refused(AuditEvent event);

  /// One-time links, which live in the database alone.
  Result<std::optional<records::Link>> link(const std::string& id);
  Result<std::vector<records::Link>> open_links(std::optional<records::LinkKind> kind);

  /// Chart layouts, which live in the database alone.
  Result<std::vector<records::Layout>> layouts_of(const std::string& user_id);
  Result<std::optional<records::Layout>> layout(const std::string& user_id, const std::string& name);
  Result<std::int64_t> count_layouts(const std::string& user_id);

  /// Reads of what lives in the database alone. `read(Connection&) -> Result<T>`, as Database::read.
  template <class Job>
  auto read(Job&& job) {
    return database_->read(std::forward<Job>(job));
  }

  /// Everything that was refused before is in it.
  Result<std::vector<records::AuditRow>> audit_page(const records::AuditFilter& filter,
                                                    std::optional<std::int64_t> before, int limit);
  Result<AuditLog::Verdict> verify_audit(const std::function<bool()>& is_cancelled);

  /// Told after every change that may end what a socket was granted, with the account's id, on the thread of the change.
  std::function<void(const std::string& user_id)> on_revoked = [](const std::string&) {};

 private:
  AccountStore(MasterKey key, std::unique_ptr<db::Database> database, Clock& clock, Logger& logger, Metrics& metrics);
  Result<void> load();
  void forget_old_sessions(Timestamp now);
  Result<void> write(db::Connection& connection, const Change& change, std::vector<records::AuditRow>& written);
  void apply(Change& change);
  void log(const records::AuditRow& row);
  /// So many refusals are listed: a burst, then so many a minute. What anybody can cause without a sign-in has its own.
  struct Allowance {
    double left;
    Timestamp at{};
    std::int64_t not_listed = 0;
  };
  std::int64_t allow_refusal(Allowance& allowance, Timestamp now);
  void wait_for_refusals();

  MasterKey key_;
  std::string installation_;
  AuditLog audit_;
  AccountBook book_;
  Clock& clock_;
  Logger& logger_;
  Counter& changes_;
  Counter& not_listed_counter_;
  std::mutex changing_;
  std::mutex refusing_;
  Allowance access_refusals_;               // no token, or a bad one
  Allowance other_refusals_;                // sign-ins, links, passwords
  std::unique_ptr<db::Database> database_;  // last: its thread ends before what its jobs use
};

}  // namespace cw::accounts
