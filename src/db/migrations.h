#pragma once

#include <span>
#include <string_view>

#include "base/error.h"
#include "db/connection.h"

namespace cw::db {

/// One step of a file's schema. Once released it is never changed; what comes later is another step.
struct Migration {
  std::string_view name;  // a few words, for messages and the log
  std::string_view sql;   // statements, without any that begin or end a transaction
};

/// Brings the file's schema up to `migrations`: `user_version` counts the steps that are done, each further one runs in a
/// transaction of its own together with its count. Answers how many were run.
/// Errors  unsupported: the file has more steps than the program knows, nothing is touched; else what a statement said,
///         with the step's name before it: the steps before it stay, nothing of it does
Result<int> migrate(Connection& connection, std::span<const Migration> migrations);

}  // namespace cw::db
