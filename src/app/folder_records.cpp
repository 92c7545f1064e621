#include "app/folder_records.h"

#include "records/record_schema.h"

namespace cw::app {

Result<db::Database*> FolderRecords::get() {
  const std::scoped_lock lock{mutex_};
  if (!database_) {
    auto opened = db::Database::open(folder_ / "record.db", records::record_schema(), logger_, metrics_);
    if (!opened) return pass_on(opened);
    database_ = std::move(*opened);
  }
  return database_.get();
}

}  // namespace cw::app
