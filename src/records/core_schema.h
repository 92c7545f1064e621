#pragma once

#include <span>

#include "db/migrations.h"

namespace cw::records {

/// The schema of `core.db`: users, sessions, API keys, links, the audit log, notes, chart layouts. Ids are texts, times are whole
/// milliseconds since 1970 UTC, flags 1 and 0; every table is STRICT. The audit log only grows: the file itself refuses
/// to change or remove a row of it.
std::span<const db::Migration> core_schema();

}  // namespace cw::records
