#include "db/sqlite_error.h"

#include <cerrno>
#include <cstring>
#include <string>

#include <fmt/format.h>
#include <sqlite3.h>

namespace cw::db {
namespace {

constexpr std::string_view kRepair = "stop the server, keep a copy of the file, and put the newest backup in its place";

bool is_full(int number) { return number == ENOSPC || number == EDQUOT || number == EFBIG; }

Error constraint_error(int extended, std::string_view place, std::string_view said) {
  switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: {
      const auto colon = said.rfind(": ");
      std::string field{colon == std::string_view::npos ? said : said.substr(colon + 2)};
      return {Errc::conflict, fmt::format("{}: there is a row with the same {}", place, field), {}, std::move(field)};
    }
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return {Errc::not_found, fmt::format("{}: a row would point to one that is not there", place), {}, {}};
    case SQLITE_CONSTRAINT_TRIGGER: return {Errc::unsupported, fmt::format("{}: {}", place, said), {}, {}};
    default: return {Errc::bad_input, fmt::format("{}: {}", place, said), {}, {}};
  }
}

Error refused_by_system(sqlite3* handle, int last, std::string_view place, std::string_view said) {
  int number = handle != nullptr ? sqlite3_system_errno(handle) : 0;
  if (number == 0 && is_full(last)) number = last;
  if (number == 0) return {Errc::io_error, fmt::format("{}: {}", place, said), {}, {}};
  return {is_full(number) ? Errc::disk_full : Errc::io_error,
          fmt::format("{}: {} ({})", place, said, std::strerror(number)),
          {},
          {}};
}

}  // namespace

Error system_error(int number, const std::filesystem::path& file) {
  return {is_full(number) ? Errc::disk_full : Errc::io_error,
          fmt::format("{}: {}", file.string(), std::strerror(number)),
          {},
          {}};
}

Error sqlite_error(sqlite3* handle, int rc, const std::filesystem::path& file, std::string_view sql) {
  const int last = errno;  // SQLite does not note it where a COMMIT fails
  const std::string place = file.string();
  const std::string said = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(rc);
  switch (rc & 0xff) {
    case SQLITE_CONSTRAINT: return constraint_error(rc, place, said);
    case SQLITE_FULL: return {Errc::disk_full, fmt::format("{}: no room to write, free some space", place), {}, {}};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Errc::busy, fmt::format("{}: it is in use, close the other program that has it open", place), {}, {}};
    case SQLITE_CORRUPT: return {Errc::corrupt, fmt::format("{}: damaged ({}); {}", place, said, kRepair), {}, {}};
    case SQLITE_NOTADB: return {Errc::corrupt, fmt::format("{}: no SQLite database; {}", place, kRepair), {}, {}};
    case SQLITE_TOOBIG: return {Errc::limit_exceeded, fmt::format("{}: a value is too long", place), {}, {}};
    case SQLITE_MISMATCH: return {Errc::bad_input, fmt::format("{}: {}", place, said), {}, {}};
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_NOMEM: return refused_by_system(handle, last, place, said);
    default: break;
  }
  return {Errc::internal, fmt::format("{}: {}{}{}", place, said, sql.empty() ? "" : ", in: ", sql), {}, {}};
}

}  // namespace cw::db
