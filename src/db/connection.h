#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/error.h"
#include "db/value.h"

namespace cw::db {

/// One SQLite file, opened for this connection alone: exclusive locking, write-ahead log, `synchronous=FULL`, foreign
/// keys held, deleted content overwritten. The file and its log have mode 0600. One thread at a time; `Database` gives it
/// a thread of its own, which is how a server uses it.
///
/// Every call names values by `?` and takes them after the SQL; a statement is compiled once and kept by its text, so the
/// text is a constant of the program. A call may be made while another one's rows are being visited. Statements that
/// begin, end or nest transactions, and ATTACH, are refused: their owner does that.
///
/// Errors, of every call; the message names the file and never a value
///   conflict        a row with the same unique key is there; `Error::field` is "table.column" (several: "t.a, t.b")
///   not_found       a foreign key points to a row that is not there, or would be left behind
///   bad_input       a value breaks a CHECK, NOT NULL or the type of its column
///   unsupported     a trigger of the schema forbids it
///   disk_full       no room on the disk
///   busy            another connection holds the file
///   corrupt         the file is damaged, or no database
///   limit_exceeded  a value or a text beyond SQLite's bounds
///   io_error        the operating system said no
///   internal        SQL that does not compile, a wrong count of values, a write where only reading is allowed
class Connection {
 public:
  /// Opens `file`, or makes it (its folder must be there).
  /// Errors  as above; busy when anybody else has it open, also within this process
  static Result<std::unique_ptr<Connection>> open(const std::filesystem::path& file);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Runs a statement. Answers how many rows it inserted, changed or deleted; for other statements the number means
  /// nothing. Rows that it gives are passed over.
  template <class... Args>
  Result<std::int64_t> run(std::string_view sql, const Args&... args) {
    return run_values(sql, std::array<Value, sizeof...(Args)>{Value(args)...});
  }

  /// Calls `visit(const Row&)` for each row. It may answer nothing, a bool (false: enough), or a Result<void> whose error
  /// ends the query and is passed on.
  template <class Visit, class... Args>
  Result<void> query(std::string_view sql, Visit&& visit, const Args&... args) {
    return query_values(sql, std::array<Value, sizeof...(Args)>{Value(args)...},
                        [&visit](const Row& row) -> Result<bool> {
                          using Answer = std::invoke_result_t<Visit&, const Row&>;
                          if constexpr (std::is_void_v<Answer>) {
                            visit(row);
                            return true;
                          } else if constexpr (std::is_same_v<Answer, bool>) {
                            return visit(row);
                          } else {
                            auto answer = visit(row);
                            if (!answer) return pass_on(answer);
                            return true;
                          }
                        });
  }

  /// What `read(const Row&)` makes of each row, in order. `read` answers a T or a Result<T>.
  template <class Read, class... Args>
  auto collect(std::string_view sql, Read&& read, const Args&... args) {
    using Answer = std::invoke_result_t<Read&, const Row&>;
    using T = typename Made<Answer>::Type;
    std::vector<T> rows;
    const auto done = query(
        sql,
        [&](const Row& row) -> Result<void> {
          if constexpr (Made<Answer>::kMayFail) {
            auto made = read(row);
            if (!made) return pass_on(made);
            rows.push_back(std::move(*made));
          } else {
            rows.push_back(read(row));
          }
          return {};
        },
        args...);
    return done ? Result<std::vector<T>>(std::move(rows)) : Result<std::vector<T>>(std::unexpected(done.error()));
  }

  /// The first column of the first row; none where there is no row. T as in Row::get, but no view; an optional where the
  /// column may be NULL.
  template <class T, class... Args>
  Result<std::optional<T>> first(std::string_view sql, const Args&... args) {
    static_assert(!std::is_same_v<T, std::string_view>, "the row is gone when this answers");
    std::optional<T> found;
    const auto visit = [&found](const Row& row) {
      found = row.get<T>(0);
      return false;
    };
    if (auto done = query(sql, visit, args...); !done) return pass_on(done);
    return found;
  }

  /// Runs several statements without values, one after the other, up to the first that fails: for a schema.
  Result<void> script(std::string_view sql);

  const std::filesystem::path& file() const;
  /// How many statements were compiled so far, those that are kept counted once.
  std::uint64_t compiled() const;

 private:
  friend class Transaction;
  friend class Database;
  struct Impl;

  template <class T>
  struct Made {
    using Type = T;
    static constexpr bool kMayFail = false;
  };
  template <class T>
  struct Made<Result<T>> {
    using Type = T;
    static constexpr bool kMayFail = true;
  };

  explicit Connection(std::unique_ptr<Impl> impl);
  Result<std::int64_t> run_values(std::string_view sql, std::span<const Value> values);
  Result<void> query_values(std::string_view sql, std::span<const Value> values,
                            const std::function<Result<bool>(const Row&)>& visit);
  /// A statement that only the owner of transactions may run.
  Result<void> control(const char* sql);
  bool in_transaction() const;
  /// Whether a deferred foreign key is violated as things stand.
  bool has_open_violations() const;
  /// The error of the last statement that failed.
  const Error& last_error() const;
  /// From now on only statements that change nothing, or again all.
  void allow_writes(bool allowed);

  std::unique_ptr<Impl> impl_;
};

}  // namespace cw::db
