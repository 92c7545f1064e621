#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/error.h"

struct MDB_env;
struct MDB_txn;
struct MDB_cursor;

namespace cw::candle_store {

using Bytes = std::span<const std::byte>;

inline Bytes bytes_of(std::string_view text) { return std::as_bytes(std::span(text.data(), text.size())); }
inline std::string_view text_of(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

/// The named tables of the store's one LMDB file.
enum class Table : unsigned { chunks, series, notes, instruments, meta };
inline constexpr std::size_t kTables = 5;

class Transaction;

/// The LMDB file, opened once in a process. What LMDB answers becomes an Error here: no room on the disk or in the map
/// is Errc::disk_full, damage Errc::corrupt, a full reader table Errc::busy, the rest Errc::io_error.
class Environment {
 public:
  /// Opens `file`, or makes it: a new one is built beside it and renamed, so that a half-made file never bears the
  /// name.
  static Result<std::unique_ptr<Environment>> open(const std::filesystem::path& file, std::uint64_t map_bytes,
                                                   bool sync);
  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  /// A snapshot. Any thread may hold several; pages that it can see are not reused while it lives.
  Result<Transaction> begin_read() const;
  /// The one writer; must end on the thread that began it.
  Result<Transaction> begin_write();

  /// Room inside the file that new data takes before the file grows; 0 where it cannot be told.
  /// Cost    a walk over the list of free pages, tens of entries
  std::uint64_t reusable_bytes() const;

 private:
  Environment() = default;
  static Result<std::unique_ptr<Environment>> open_file(const std::filesystem::path& file, std::uint64_t map_bytes,
                                                        bool sync);

  /// Whether the disk still takes a little more: LMDB tells a write that was cut short apart from no other failure.
  bool has_room() const;

  std::filesystem::path file_;
  MDB_env* env_ = nullptr;
  unsigned tables_[kTables]{};
  friend class Transaction;
  friend class Cursor;
};

/// A read or write transaction; without `commit` a write one leaves nothing behind.
class Transaction {
 public:
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  /// Lets go of the file pages behind a value of a read transaction. They stay in the system's cache and come back when
  /// touched; only our resident size falls.
  static void forget(Bytes value);

  /// The value of `key`, in place, valid until the transaction ends or (in a write transaction) the next write.
  Result<std::optional<Bytes>> get(Table table, Bytes key) const;
  Result<void> put(Table table, Bytes key, Bytes value);
  /// Room for a value of `size` bytes, to be filled before the next call.
  Result<std::span<std::byte>> reserve(Table table, Bytes key, std::size_t size);
  /// Removes `key`; removing what is not there is no error.
  Result<void> erase(Table table, Bytes key);
  Result<void> commit();

 private:
  friend class Environment;
  friend class Cursor;
  Transaction(const Environment& environment, MDB_txn* txn) : environment_(&environment), txn_(txn) {}
  const Environment* environment_;
  MDB_txn* txn_;
};

/// Walks the keys of a table in order. Dies before its transaction.
class Cursor {
 public:
  static Result<Cursor> open(const Transaction& transaction, Table table);
  Cursor(Cursor&& other) noexcept;
  Cursor& operator=(Cursor&&) = delete;
  ~Cursor();

  // Each answers whether there is an entry to stand on.
  Result<bool> seek(Bytes at_or_after);
  Result<bool> next();
  Result<bool> previous();
  Result<bool> last();

  Bytes key() const { return key_; }
  Bytes value() const { return value_; }

 private:
  explicit Cursor(MDB_cursor* cursor) : cursor_(cursor) {}
  Result<bool> move(int operation);
  MDB_cursor* cursor_;
  Bytes key_;
  Bytes value_;
};

/// Makes the names in `folder` (new files, renames) durable.
Result<void> sync_folder(const std::filesystem::path& folder);

/// An Error from an `errno` value: no room is Errc::disk_full, all else Errc::io_error.
Error system_error(int error_number, std::string_view what);

}  // namespace cw::candle_store
