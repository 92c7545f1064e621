#include "db/transaction.h"

#include <exception>

#include <fmt/format.h>

namespace cw::db {

Result<void> run_guarded(Connection& connection, const std::function<Result<void>(Connection&)>& job) {
  try {
    return job(connection);
  } catch (const std::exception& escaped) {
    return fail(Errc::internal, fmt::format("{}: a job threw: {}", connection.file().string(), escaped.what()));
  } catch (...) {
    return fail(Errc::internal, fmt::format("{}: a job threw something unknown", connection.file().string()));
  }
}

Result<Transaction> Transaction::begin(Connection& connection) {
  if (auto begun = connection.control("BEGIN IMMEDIATE"); !begun) return pass_on(begun);
  return Transaction(connection);
}

Transaction::~Transaction() {
  // Where even this fails, the next BEGIN says so.
  if (connection_ != nullptr && is_open()) static_cast<void>(connection_->control("ROLLBACK"));
}

bool Transaction::is_open() const { return connection_->in_transaction(); }

Result<void> Transaction::attempt(const std::function<Result<void>(Connection&)>& job) {
  if (auto set = connection_->control("SAVEPOINT job"); !set) return set;
  auto outcome = run_guarded(*connection_, job);
  if (!is_open()) {
    if (outcome) outcome = std::unexpected(connection_->last_error());
    return outcome;
  }
  if (outcome && connection_->has_open_violations()) {
    outcome = fail(Errc::not_found,
                   fmt::format("{}: a row would point to one that is not there", connection_->file().string()));
  }
  if (!outcome) {
    // Without the savepoint nobody can say what is undone: then all of it is.
    if (!connection_->control("ROLLBACK TO job")) static_cast<void>(connection_->control("ROLLBACK"));
    if (!is_open()) return outcome;
  }
  if (auto released = connection_->control("RELEASE job"); !released && outcome) return released;
  return outcome;
}

Result<void> Transaction::commit() { return connection_->control("COMMIT"); }

}  // namespace cw::db
