#include "records/layouts.h"

#include "records/core_rows.h"

namespace cw::records {
namespace {

Layout read_layout(const db::Row& row) {
  Layout layout;
  row.into(layout.user_id, layout.name, layout.updated_at, layout.document_json);
  return layout;
}

}  // namespace

Result<void> put_layout(db::Connection& connection, const Layout& layout) {
  return expect_inserted(
      connection.run("INSERT INTO layouts (user_id, name, updated_at, document_json) VALUES (?, ?, ?, ?)"
                     " ON CONFLICT (user_id, name) DO UPDATE SET updated_at = excluded.updated_at, document_json = "
                     "excluded.document_json",
                     layout.user_id, layout.name, layout.updated_at, layout.document_json));
}

Result<void> delete_layout(db::Connection& connection, std::string_view user_id, std::string_view name) {
  return expect_one(connection.run("DELETE FROM layouts WHERE user_id = ? AND name = ?", user_id, name), "layout");
}

Result<std::vector<Layout>> layouts_of(db::Connection& connection, std::string_view user_id) {
  return connection.collect(
      "SELECT user_id, name, updated_at, document_json FROM layouts WHERE user_id = ? ORDER BY name", read_layout,
      user_id);
}

Result<std::optional<Layout>> find_layout(db::Connection& connection, std::string_view user_id, std::string_view name) {
  auto found =
      connection.collect("SELECT user_id, name, updated_at, document_json FROM layouts WHERE user_id = ? AND name = ?",
                         read_layout, user_id, name);
  if (!found) return pass_on(found);
  if (found->empty()) return std::optional<Layout>{};
  return std::optional<Layout>{std::move(found->front())};
}

Result<std::int64_t> count_layouts(db::Connection& connection, std::string_view user_id) {
  const auto count = connection.first<std::int64_t>("SELECT count(*) FROM layouts WHERE user_id = ?", user_id);
  if (!count) return pass_on(count);
  return count->value_or(0);
}

}  // namespace cw::records
