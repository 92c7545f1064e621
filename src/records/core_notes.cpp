#include "records/core_notes.h"

#include "records/core_rows.h"

namespace cw::records {

Result<std::optional<std::string>> get_note(db::Connection& connection, std::string_view key) {
  return connection.first<std::string>("SELECT value FROM notes WHERE key = ?", key);
}

Result<void> put_note(db::Connection& connection, std::string_view key, std::string_view value) {
  return expect_inserted(
      connection.run("INSERT INTO notes (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                     key, db::Blob{value}));
}

}  // namespace cw::records
