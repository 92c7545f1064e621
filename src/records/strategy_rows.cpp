#include "records/strategy_rows.h"

#include <fmt/format.h>

#include "records/core_rows.h"

namespace cw::records {
namespace {

StrategyVersion read_version(const db::Row& row) {
  StrategyVersion version;
  row.into(version.user_id, version.name, version.version, version.created_at, version.document);
  return version;
}

}  // namespace

Result<void> add_strategy_version(db::Connection& connection, const StrategyVersion& version) {
  const auto added = connection.run(
      "INSERT INTO strategies (user_id, name, version, created_at, document) VALUES (?, ?, ?, ?, ?)"
      " ON CONFLICT DO NOTHING",
      version.user_id, version.name, version.version, version.created_at, version.document);
  if (!added) return pass_on(added);
  if (*added == 0)
    return fail(Errc::conflict, fmt::format("there is a version {} of '{}' already", version.version, version.name));
  return {};
}

Result<void> limit_strategy_versions(db::Connection& connection, std::string_view user_id, std::string_view name,
                                     std::int64_t most) {
  return expect_inserted(
      connection.run("DELETE FROM strategies WHERE user_id = ?1 AND name = ?2 AND version <="
                     " (SELECT max(version) FROM strategies WHERE user_id = ?1 AND name = ?2) - ?3",
                     user_id, name, most));
}

Result<void> delete_strategy(db::Connection& connection, std::string_view user_id, std::string_view name) {
  return expect_one(connection.run("DELETE FROM strategies WHERE user_id = ? AND name = ?", user_id, name), "strategy");
}

Result<std::vector<StrategyVersion>> strategies_of(db::Connection& connection, std::string_view user_id) {
  return connection.collect(
      "SELECT user_id, name, version, created_at, document FROM strategies s WHERE user_id = ?1 AND version ="
      " (SELECT max(version) FROM strategies WHERE user_id = ?1 AND name = s.name) ORDER BY name",
      read_version, user_id);
}

Result<std::optional<StrategyVersion>> find_strategy(db::Connection& connection, std::string_view user_id,
                                                     std::string_view name, std::optional<std::int64_t> version) {
  auto found = connection.collect(
      "SELECT user_id, name, version, created_at, document FROM strategies"
      " WHERE user_id = ?1 AND name = ?2 AND (?3 IS NULL OR version = ?3) ORDER BY version DESC LIMIT 1",
      read_version, user_id, name, version);
  if (!found) return pass_on(found);
  if (found->empty()) return std::optional<StrategyVersion>{};
  return std::optional<StrategyVersion>{std::move(found->front())};
}

Result<std::vector<StrategyVersionNote>> strategy_versions(db::Connection& connection, std::string_view user_id,
                                                           std::string_view name) {
  return connection.collect(
      "SELECT version, created_at FROM strategies WHERE user_id = ? AND name = ? ORDER BY version DESC",
      [](const db::Row& row) {
        StrategyVersionNote note;
        row.into(note.version, note.created_at);
        return note;
      },
      user_id, name);
}

}  // namespace cw::records
