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

/// A version of somebody's strategy: the text as it was written. That it is a sound document is checked by who makes it.
struct StrategyVersion {
  std::string user_id{};
  std::string name{};
  std::int64_t version = 1;
  Timestamp created_at{};
  std::string document{};

  friend bool operator==(const StrategyVersion&, const StrategyVersion&) = default;
};

/// A version without its text.
struct StrategyVersionNote {
  std::int64_t version = 1;
  Timestamp created_at{};
};

/// Errors  conflict where the user has this version of this name
Result<void> add_strategy_version(db::Connection& connection, const StrategyVersion& version);

/// Deletes all versions but the newest `most`.
Result<void> limit_strategy_versions(db::Connection& connection, std::string_view user_id, std::string_view name,
                                     std::int64_t most);

/// Deletes all versions. Errors  not_found
Result<void> delete_strategy(db::Connection& connection, std::string_view user_id, std::string_view name);

/// The newest version of each of a user's strategies, by name.
Result<std::vector<StrategyVersion>> strategies_of(db::Connection& connection, std::string_view user_id);

/// One version, or the newest. None where there is none.
Result<std::optional<StrategyVersion>> find_strategy(db::Connection& connection, std::string_view user_id,
                                                     std::string_view name, std::optional<std::int64_t> version);

/// Newest first.
Result<std::vector<StrategyVersionNote>> strategy_versions(db::Connection& connection, std::string_view user_id,
                                                           std::string_view name);

}  // namespace cw::records
