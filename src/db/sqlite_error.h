#pragma once

#include <filesystem>
#include <string_view>

#include "base/error.h"

struct sqlite3;

namespace cw::db {

/// The Error of a call of SQLite that answered `rc` just now, as `Connection` documents them. `sql` is shown where the
/// fault is in our own statement; it holds no values.
Error sqlite_error(sqlite3* handle, int rc, const std::filesystem::path& file, std::string_view sql = {});

/// The Error of a failed system call: no room is disk_full, all else io_error.
Error system_error(int number, const std::filesystem::path& file);

}  // namespace cw::db
