#pragma once

#include <span>

#include "db/migrations.h"

namespace cw::records {

/// The schema of `record.db`: what the desk said and what became of it. Times are whole milliseconds since 1970 UTC, timeframes
/// and horizons their length in milliseconds; every table is STRICT. A signal and an outcome are never changed, and deleted only
/// where they are older than what `signal_prunings` says is kept, which only grows: the file itself refuses anything else.
std::span<const db::Migration> record_schema();

}  // namespace cw::records
