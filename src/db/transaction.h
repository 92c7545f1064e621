#pragma once

#include <functional>

#include "db/connection.h"

namespace cw::db {

/// A transaction of a connection's owner; without `commit` nothing of it stays. One at a time.
class Transaction {
 public:
  static Result<Transaction> begin(Connection& connection);
  Transaction(Transaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  /// Runs `job` so that what it did stays only where it answers success: a failed one is undone alone. An exception from
  /// it is Errc::internal. A job that leaves a deferred foreign key violated has failed.
  Result<void> attempt(const std::function<Result<void>(Connection&)>& job);

  /// Whether the transaction still is: SQLite takes all of it back where it cannot undo one statement alone (a full
  /// disk, an I/O error). Then every attempt so far is undone.
  bool is_open() const;

  /// Makes everything durable. After an error nothing of it is done as long as this process lives; where the error was
  /// an I/O error and the machine stops right then, it may turn out to be done.
  Result<void> commit();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

/// Runs a job, whose exceptions become Errc::internal.
Result<void> run_guarded(Connection& connection, const std::function<Result<void>(Connection&)>& job);

}  // namespace cw::db
