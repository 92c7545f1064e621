#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "base/metrics.h"
#include "db/connection.h"
#include "db/migrations.h"

namespace cw::db {

struct DatabaseOptions {
  std::size_t waiting_most = 4'096;  // jobs that wait; one more is refused
  std::size_t group_most = 256;      // writes that share one commit
};

/// One SQLite file and the thread that owns it. Everybody else hands in jobs, from any thread; what waits together is
/// committed together (group commit): one sync of the disk for up to `group_most` writes.
///
/// A job is called once, on the owner thread, with the connection. It answers a Result<T>, which its caller gets; an
/// exception becomes Errc::internal. It never calls the database itself (contract), takes no lock that is held while
/// waiting for the database, and is short: **a read job stays under 5 ms**, longer reads page. While it runs every other
/// job waits.
///
/// Metrics, labelled with the file's name: candlewick_db_jobs_total{kind=read|write|posted}, candlewick_db_commits_total,
/// candlewick_db_failed_commits_total, candlewick_db_posted_failures_total, candlewick_db_refused_total,
/// candlewick_db_jobs_waiting.
/// Thread-safe; the logger and the metrics outlive it.
class Database {
 public:
  /// Opens `path` or makes it, checks it (`PRAGMA quick_check`, which reads all of it) and brings its schema up to date.
  /// Errors  those of Connection::open and migrate; corrupt with what was found
  static Result<std::unique_ptr<Database>> open(const std::filesystem::path& path,
                                                std::span<const Migration> migrations, Logger& logger, Metrics& metrics,
                                                const DatabaseOptions& options = {});
  /// Runs what waits, moves the log into the file, ends the thread. Nobody may be calling.
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Runs `job(Connection&) -> Result<T>` in a transaction that it shares with others, and returns when what it did is
  /// durable: it survives kill -9 and power loss. A job that fails is undone alone. Where the commit fails all that
  /// shared it get its error, and nothing of theirs is done.
  /// Errors  the job's; busy when `waiting_most` jobs wait; disk_full, io_error from the commit
  template <class Job>
  auto write(Job&& job) -> std::invoke_result_t<Job&, Connection&> {
    return answer_of(Kind::write, std::forward<Job>(job));
  }

  /// Runs `job(Connection&) -> Result<T>` without a transaction: it may only read. It sees everything that `write`
  /// answered before, never half a group, and nothing changes between its statements.
  /// Errors  the job's, busy as above; internal where it tries to write
  template <class Job>
  auto read(Job&& job) -> std::invoke_result_t<Job&, Connection&> {
    return answer_of(Kind::read, std::forward<Job>(job));
  }

  /// Hands in a write that nobody waits for, such as a time of last use: it is done soon, or, where it fails, is refused,
  /// or the process dies first, never. The first two are logged and counted. `what` names it in the log, a literal.
  void post_write(std::move_only_function<Result<void>(Connection&)> job, std::string_view what = "posted write");

 private:
  enum class Kind { read, write };
  using Work = std::function<Result<void>(Connection&)>;
  struct Impl;

  explicit Database(std::unique_ptr<Impl> impl);
  /// Returns when the job is over and, for a write, its commit.
  Result<void> wait_for(Kind kind, Work work);

  template <class Job>
  auto answer_of(Kind kind, Job&& job) -> std::invoke_result_t<Job&, Connection&> {
    using Answer = std::invoke_result_t<Job&, Connection&>;
    std::optional<Answer> answer;
    const auto outcome = wait_for(kind, [&](Connection& connection) -> Result<void> {
      answer.emplace(job(connection));
      if (!*answer) return pass_on(*answer);
      return {};
    });
    if (!outcome) return pass_on(outcome);
    return *std::move(answer);
  }

  std::unique_ptr<Impl> impl_;
};

}  // namespace cw::db
