#pragma once

#include <span>

#include "db/migrations.h"

namespace cw::records {

/// The schema of `record.db`: what the desk said and what became of it. Times are whole milliseconds since 1970 UTC, timeframes
/// and horizons their length in milliseconds; every table is STRICT. A signal and an outcome are never changed: the file itself
/// refuses to.
std::span<const db::Migration> record_schema();

}  // namespace cw::records
