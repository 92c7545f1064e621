#include "candle_store/lmdb_env.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <fmt/format.h>
#include <lmdb.h>

namespace cw::candle_store {
namespace {

constexpr std::array<const char*, kTables> kTableNames{"chunks", "series", "notes", "instruments", "meta"};
// Every scan under way holds one slot of the reader table; a server has far fewer threads than this.
constexpr std::size_t kPageBytes = 4'096;
constexpr unsigned kReaders = 1'022;

Error store_error(int rc, std::string_view what) {
  switch (rc) {
    case MDB_MAP_FULL:
      return {
          Errc::disk_full, fmt::format("{}: the candle store has reached the size it was opened with", what), {}, {}};
    case MDB_READERS_FULL:
      return {Errc::busy, fmt::format("{}: too many readers of the candle store at once", what), {}, {}};
    case MDB_PANIC:
      return {Errc::io_error,
              fmt::format("{}: an earlier write to the candle store failed, start again to go on", what),
              {},
              {}};
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
      return {Errc::corrupt, fmt::format("{}: the candle store is damaged ({})", what, mdb_strerror(rc)), {}, {}};
    default: break;
  }
  if (rc > 0) return system_error(rc, what);
  return {Errc::io_error, fmt::format("{}: {}", what, mdb_strerror(rc)), {}, {}};
}

MDB_val value_of(Bytes bytes) { return {bytes.size(), const_cast<std::byte*>(bytes.data())}; }
Bytes bytes_of_value(const MDB_val& value) { return {static_cast<const std::byte*>(value.mv_data), value.mv_size}; }

}  // namespace

Error system_error(int error_number, std::string_view what) {
  const bool full = error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG;
  return {full ? Errc::disk_full : Errc::io_error, fmt::format("{}: {}", what, std::strerror(error_number)), {}, {}};
}

Result<void> sync_folder(const std::filesystem::path& folder) {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return std::unexpected(system_error(errno, folder.string()));
  const int rc = ::fsync(fd);
  const int error_number = errno;
  ::close(fd);
  if (rc != 0) return std::unexpected(system_error(error_number, folder.string()));
  return {};
}

Result<std::unique_ptr<Environment>> Environment::open(const std::filesystem::path& file, std::uint64_t map_bytes,
                                                       bool sync) {
  std::error_code ec;
  if (!std::filesystem::exists(file, ec)) {
    auto fresh = file;
    fresh += ".new";
    auto lock = fresh;
    lock += "-lock";
    std::filesystem::remove(fresh, ec);
    std::filesystem::remove(lock, ec);
    if (auto made = open_file(fresh, map_bytes, sync); !made) return made;
    std::filesystem::remove(lock, ec);
    std::filesystem::rename(fresh, file, ec);
    if (ec) return std::unexpected(system_error(ec.value(), file.string()));
    if (sync) {
      if (auto done = sync_folder(file.parent_path()); !done) return pass_on(done);
    }
  }
  return open_file(file, map_bytes, sync);
}

Result<std::unique_ptr<Environment>> Environment::open_file(const std::filesystem::path& file, std::uint64_t map_bytes,
                                                            bool sync) {
  const auto what = file.string();
  std::unique_ptr<Environment> environment(new Environment);
  environment->file_ = file;
  if (int rc = mdb_env_create(&environment->env_)) return std::unexpected(store_error(rc, what));
  mdb_env_set_maxdbs(environment->env_, kTables);
  mdb_env_set_maxreaders(environment->env_, kReaders);
  mdb_env_set_mapsize(environment->env_, map_bytes);
  // NOTLS: a callback of a scan may read again on the same thread.
  const unsigned flags = MDB_NOSUBDIR | MDB_NOTLS | (sync ? 0U : MDB_NOSYNC);
  if (int rc = mdb_env_open(environment->env_, file.c_str(), flags, 0600))
    return std::unexpected(store_error(rc, what));

  MDB_txn* txn = nullptr;
  if (int rc = mdb_txn_begin(environment->env_, nullptr, 0, &txn)) return std::unexpected(store_error(rc, what));
  for (std::size_t i = 0; i < kTables; ++i) {
    if (int rc = mdb_dbi_open(txn, kTableNames[i], MDB_CREATE, &environment->tables_[i])) {
      mdb_txn_abort(txn);
      return std::unexpected(store_error(rc, what));
    }
  }
  if (int rc = mdb_txn_commit(txn)) return std::unexpected(store_error(rc, what));
  return environment;
}

Environment::~Environment() {
  if (env_ != nullptr) mdb_env_close(env_);
}

bool Environment::has_room() const {
  auto name = file_;
  name += ".probe";
  const int fd = ::open(name.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return errno != ENOSPC && errno != EDQUOT;
  const std::array<char, 16 * kPageBytes> zeros{};
  const bool written = ::write(fd, zeros.data(), zeros.size()) == static_cast<ssize_t>(zeros.size());
  ::close(fd);
  std::error_code ec;
  std::filesystem::remove(name, ec);
  return written;
}

Result<Transaction> Environment::begin_read() const {
  MDB_txn* txn = nullptr;
  if (int rc = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn))
    return std::unexpected(store_error(rc, "reading candles"));
  return Transaction(*this, txn);
}

Result<Transaction> Environment::begin_write() {
  MDB_txn* txn = nullptr;
  if (int rc = mdb_txn_begin(env_, nullptr, 0, &txn)) return std::unexpected(store_error(rc, "writing candles"));
  return Transaction(*this, txn);
}

std::uint64_t Environment::reusable_bytes() const {
  const auto txn = begin_read();
  if (!txn) return 0;
  // LMDB keeps its free pages in its first table, each entry a count and so many page numbers.
  constexpr MDB_dbi kFreePages = 0;
  MDB_cursor* cursor = nullptr;
  if (mdb_cursor_open(txn->txn_, kFreePages, &cursor) != 0) return 0;
  MDB_val key{};
  MDB_val pages{};
  std::uint64_t count = 0;
  while (mdb_cursor_get(cursor, &key, &pages, MDB_NEXT) == 0) {
    std::size_t here = 0;
    std::memcpy(&here, pages.mv_data, sizeof(here));
    count += here;
  }
  mdb_cursor_close(cursor);
  return count * kPageBytes;
}

void Transaction::forget(Bytes value) {
  // A small value shares its page with others; a large one lies in whole pages of its own.
  if (value.size() <= kPageBytes) return;
  const auto into_page = reinterpret_cast<std::uintptr_t>(value.data()) % kPageBytes;
  auto* const begin = const_cast<std::byte*>(value.data()) - into_page;
  ::madvise(begin, (into_page + value.size() + kPageBytes - 1) / kPageBytes * kPageBytes, MADV_DONTNEED);
}

Transaction::Transaction(Transaction&& other) noexcept
    : environment_(other.environment_), txn_(std::exchange(other.txn_, nullptr)) {}

Transaction::~Transaction() {
  if (txn_ != nullptr) mdb_txn_abort(txn_);
}

Result<std::optional<Bytes>> Transaction::get(Table table, Bytes key) const {
  MDB_val key_value = value_of(key);
  MDB_val value{};
  const int rc = mdb_get(txn_, environment_->tables_[static_cast<unsigned>(table)], &key_value, &value);
  if (rc == MDB_NOTFOUND) return std::optional<Bytes>{};
  if (rc != 0) return std::unexpected(store_error(rc, "reading candles"));
  return std::optional<Bytes>{bytes_of_value(value)};
}

Result<void> Transaction::put(Table table, Bytes key, Bytes value) {
  MDB_val key_value = value_of(key);
  MDB_val data = value_of(value);
  if (int rc = mdb_put(txn_, environment_->tables_[static_cast<unsigned>(table)], &key_value, &data, 0)) {
    return std::unexpected(store_error(rc, "writing candles"));
  }
  return {};
}

Result<std::span<std::byte>> Transaction::reserve(Table table, Bytes key, std::size_t size) {
  MDB_val key_value = value_of(key);
  MDB_val data{size, nullptr};
  if (int rc = mdb_put(txn_, environment_->tables_[static_cast<unsigned>(table)], &key_value, &data, MDB_RESERVE)) {
    return std::unexpected(store_error(rc, "writing candles"));
  }
  return std::span<std::byte>(static_cast<std::byte*>(data.mv_data), size);
}

Result<void> Transaction::erase(Table table, Bytes key) {
  MDB_val key_value = value_of(key);
  const int rc = mdb_del(txn_, environment_->tables_[static_cast<unsigned>(table)], &key_value, nullptr);
  if (rc != 0 && rc != MDB_NOTFOUND) return std::unexpected(store_error(rc, "writing candles"));
  return {};
}

Result<void> Transaction::commit() {
  int rc = mdb_txn_commit(std::exchange(txn_, nullptr));
  if (rc == EIO && !environment_->has_room()) rc = ENOSPC;
  if (rc != 0) return std::unexpected(store_error(rc, "writing candles"));
  return {};
}

Result<Cursor> Cursor::open(const Transaction& transaction, Table table) {
  MDB_cursor* cursor = nullptr;
  const auto handle = transaction.environment_->tables_[static_cast<unsigned>(table)];
  if (int rc = mdb_cursor_open(transaction.txn_, handle, &cursor)) {
    return std::unexpected(store_error(rc, "reading candles"));
  }
  return Cursor(cursor);
}

Cursor::Cursor(Cursor&& other) noexcept
    : cursor_(std::exchange(other.cursor_, nullptr)), key_(other.key_), value_(other.value_) {}

Cursor::~Cursor() {
  if (cursor_ != nullptr) mdb_cursor_close(cursor_);
}

Result<bool> Cursor::move(int operation) {
  MDB_val key = value_of(key_);
  MDB_val value{};
  const int rc = mdb_cursor_get(cursor_, &key, &value, static_cast<MDB_cursor_op>(operation));
  if (rc == MDB_NOTFOUND) return false;
  if (rc != 0) return std::unexpected(store_error(rc, "reading candles"));
  key_ = bytes_of_value(key);
  value_ = bytes_of_value(value);
  return true;
}

Result<bool> Cursor::seek(Bytes at_or_after) {
  key_ = at_or_after;
  return move(MDB_SET_RANGE);
}
Result<bool> Cursor::next() { return move(MDB_NEXT); }
Result<bool> Cursor::previous() { return move(MDB_PREV); }
Result<bool> Cursor::last() { return move(MDB_LAST); }

}  // namespace cw::candle_store
