#include "db/value.h"

#include <sqlite3.h>

#include "base/require.h"

namespace cw::db {

int Row::columns() const { return sqlite3_column_count(statement_); }
bool Row::is_null(int column) const {
  CW_REQUIRE(column >= 0 && column < columns());
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}
std::int64_t Row::integer(int column) const {
  CW_REQUIRE(column >= 0 && column < columns());
  return sqlite3_column_int64(statement_, column);
}
double Row::number(int column) const {
  CW_REQUIRE(column >= 0 && column < columns());
  return sqlite3_column_double(statement_, column);
}
std::string_view Row::bytes(int column) const {
  CW_REQUIRE(column >= 0 && column < columns());
  const auto* begin = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  if (begin == nullptr) return {};
  return {begin, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
void Row::require_columns(std::size_t count) const { CW_REQUIRE(static_cast<std::size_t>(columns()) == count); }

}  // namespace cw::db
