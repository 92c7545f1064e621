#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "db/connection.h"

namespace cw::records {

/// Small facts about the installation by name: its id, the check value of its key file. A value may hold any bytes.
Result<std::optional<std::string>> get_note(db::Connection& connection, std::string_view key);
/// Puts a note, in place of one of the same name.
Result<void> put_note(db::Connection& connection, std::string_view key, std::string_view value);

}  // namespace cw::records
