#include "db/connection.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <map>

#include <fmt/format.h>
#include <sqlite3.h>

#include "db/sqlite_error.h"

namespace cw::db {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kKeptStatements = 256;
// A shell that looks into the file for a moment is waited for; a server that has it is not.
constexpr int kBusyWaitMs = 200;

// The log is kept by this connection alone from its first use on, so the locking mode comes before everything else.
constexpr const char* kSettings =
    "PRAGMA locking_mode=EXCLUSIVE;"
    "PRAGMA synchronous=FULL;"
    "PRAGMA foreign_keys=ON;"
    "PRAGMA recursive_triggers=ON;"  // so that REPLACE meets the triggers on DELETE
    "PRAGMA secure_delete=ON;"
    "PRAGMA trusted_schema=OFF;"
    "PRAGMA cell_size_check=ON;"
    "PRAGMA temp_store=MEMORY;"
    "PRAGMA journal_size_limit=16777216;";

struct Kept {
  sqlite3_stmt* statement = nullptr;
  bool in_use = false;
  std::uint64_t last_use = 0;
};

/// Makes the file so that it never has another mode than 0600, and makes its name last. A file that is there is not
/// opened: closing it again would end the locks that this process may hold on it (POSIX: fcntl).
Result<void> make_file(const fs::path& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0 && errno == EEXIST) {
    if (::chmod(file.c_str(), 0600) != 0) return std::unexpected(system_error(errno, file));
    return {};
  }
  if (fd < 0) return std::unexpected(system_error(errno, file));
  ::close(fd);

  const int folder = ::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return std::unexpected(system_error(errno, file.parent_path()));
  const int failed = ::fsync(folder) == 0 ? 0 : errno;
  ::close(folder);
  if (failed != 0) return std::unexpected(system_error(failed, file.parent_path()));
  return {};
}

}  // namespace

struct Connection::Impl {
  fs::path file;
  sqlite3* handle = nullptr;
  std::map<std::string, Kept, std::less<>> kept;  // by SQL text
  std::uint64_t uses = 0;
  std::uint64_t compiled = 0;
  bool controlling = false;
  bool writes_allowed = true;
  Error last_error;

  ~Impl() {
    for (auto& [sql, entry] : kept) sqlite3_finalize(entry.statement);
    sqlite3_close(handle);
  }

  Result<void> open();
  Result<void> use_write_ahead_log();
  Result<void> execute(std::string_view sql, std::span<const Value> values,
                       const std::function<Result<bool>(const Row&)>* visit);
  Result<sqlite3_stmt*> compile(std::string_view sql, unsigned flags);
  Result<void> bind(sqlite3_stmt* statement, std::string_view sql, std::span<const Value> values);
  void make_room();

  std::unexpected<Error> failed(int rc, std::string_view sql = {}) {
    last_error = sqlite_error(handle, rc, file, sql);
    return std::unexpected(last_error);
  }
  std::unexpected<Error> misused(std::string_view what, std::string_view sql) {
    return fail(Errc::internal, fmt::format("{}: {}, in: {}", file.string(), what, sql));
  }

  static int authorize(void* self, int action, const char*, const char*, const char*, const char*) {
    const bool is_control = action == SQLITE_TRANSACTION || action == SQLITE_SAVEPOINT || action == SQLITE_ATTACH ||
                            action == SQLITE_DETACH;
    return is_control && !static_cast<Impl*>(self)->controlling ? SQLITE_DENY : SQLITE_OK;
  }

  class Lease;
};

/// A compiled statement for the time of one call: the kept one, or one of its own where that is being read from.
class Connection::Impl::Lease {
 public:
  static Result<Lease> take(Impl& impl, std::string_view sql) {
    auto found = impl.kept.find(sql);
    if (found != impl.kept.end() && found->second.in_use) {
      auto own = impl.compile(sql, 0);
      if (!own) return pass_on(own);
      return Lease(*own, nullptr);
    }
    if (found == impl.kept.end()) {
      auto statement = impl.compile(sql, SQLITE_PREPARE_PERSISTENT);
      if (!statement) return pass_on(statement);
      impl.make_room();
      found = impl.kept.emplace(sql, Kept{*statement}).first;
    }
    found->second.in_use = true;
    found->second.last_use = ++impl.uses;
    return Lease(found->second.statement, &found->second);
  }
  Lease(Lease&& other) noexcept
      : statement_(std::exchange(other.statement_, nullptr)), kept_(std::exchange(other.kept_, nullptr)) {}
  Lease& operator=(Lease&&) = delete;
  ~Lease() {
    if (kept_ == nullptr) {
      sqlite3_finalize(statement_);
      return;
    }
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
    kept_->in_use = false;
  }
  sqlite3_stmt* statement() const { return statement_; }

 private:
  Lease(sqlite3_stmt* statement, Kept* kept) : statement_(statement), kept_(kept) {}
  sqlite3_stmt* statement_;
  Kept* kept_;
};

void Connection::Impl::make_room() {
  if (kept.size() < kKeptStatements) return;
  auto oldest = kept.end();
  for (auto at = kept.begin(); at != kept.end(); ++at) {
    if (at->second.in_use) continue;
    if (oldest == kept.end() || at->second.last_use < oldest->second.last_use) oldest = at;
  }
  if (oldest == kept.end()) return;
  sqlite3_finalize(oldest->second.statement);
  kept.erase(oldest);
}

Result<void> Connection::Impl::open() {
  if (auto made = make_file(file); !made) return made;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
  if (const int rc = sqlite3_open_v2(file.c_str(), &handle, flags, nullptr); rc != SQLITE_OK) return failed(rc);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyWaitMs);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  if (const int rc = sqlite3_exec(handle, kSettings, nullptr, nullptr, nullptr); rc != SQLITE_OK) return failed(rc);
  if (auto logged = use_write_ahead_log(); !logged) return logged;
  // The first transaction takes the file's lock, and the exclusive mode keeps it.
  if (const int rc = sqlite3_exec(handle, "BEGIN IMMEDIATE; COMMIT", nullptr, nullptr, nullptr); rc != SQLITE_OK)
    return failed(rc);
  sqlite3_set_authorizer(handle, &Impl::authorize, this);
  return {};
}

Result<void> Connection::Impl::use_write_ahead_log() {
  std::string mode;
  const std::function<Result<bool>(const Row&)> visit = [&mode](const Row& row) -> Result<bool> {
    mode = row.get<std::string>(0);
    return true;
  };
  if (auto done = execute("PRAGMA journal_mode=WAL", {}, &visit); !done) return done;
  if (mode == "wal") return {};
  return fail(Errc::io_error, fmt::format("{}: its file system does not allow a write-ahead log", file.string()));
}

Result<sqlite3_stmt*> Connection::Impl::compile(std::string_view sql, unsigned flags) {
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  const int rc = sqlite3_prepare_v3(handle, sql.data(), static_cast<int>(sql.size()), flags, &statement, &rest);
  if (rc != SQLITE_OK) return failed(rc, sql);
  const std::string_view tail{rest, static_cast<std::size_t>(sql.data() + sql.size() - rest)};
  if (statement == nullptr || tail.find_first_not_of(" \n\t;") != std::string_view::npos) {
    sqlite3_finalize(statement);
    return misused("not exactly one statement", sql);
  }
  ++compiled;
  return statement;
}

Result<void> Connection::Impl::bind(sqlite3_stmt* statement, std::string_view sql, std::span<const Value> values) {
  if (sqlite3_bind_parameter_count(statement) != static_cast<int>(values.size()))
    return misused(fmt::format("{} values for {} places", values.size(), sqlite3_bind_parameter_count(statement)), sql);
  // The values outlive the call, so SQLite need not copy them: SQLITE_STATIC.
  struct Binder {
    sqlite3_stmt* statement;
    int at;
    int operator()(std::nullptr_t) const { return sqlite3_bind_null(statement, at); }
    int operator()(std::int64_t number) const { return sqlite3_bind_int64(statement, at, number); }
    int operator()(double number) const { return sqlite3_bind_double(statement, at, number); }
    int operator()(std::string_view text) const {
      const char* begin = text.data() != nullptr ? text.data() : "";
      return sqlite3_bind_text64(statement, at, begin, text.size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    int operator()(Blob blob) const {
      const char* begin = blob.bytes.data() != nullptr ? blob.bytes.data() : "";
      return sqlite3_bind_blob64(statement, at, begin, blob.bytes.size(), SQLITE_STATIC);
    }
  };
  for (int at = 1; const Value& value : values) {
    if (const int rc = std::visit(Binder{statement, at}, value.held()); rc != SQLITE_OK) return failed(rc, sql);
    ++at;
  }
  return {};
}

Result<void> Connection::Impl::execute(std::string_view sql, std::span<const Value> values,
                                       const std::function<Result<bool>(const Row&)>* visit) {
  const auto lease = Lease::take(*this, sql);
  if (!lease) return pass_on(lease);
  sqlite3_stmt* statement = lease->statement();
  if (!writes_allowed && sqlite3_stmt_readonly(statement) == 0) return misused("a read job may not write", sql);
  if (auto bound = bind(statement, sql, values); !bound) return bound;
  for (;;) {
    const int rc = sqlite3_step(statement);
    if (rc == SQLITE_DONE) return {};
    if (rc != SQLITE_ROW) return failed(rc, sql);
    if (visit == nullptr) continue;
    const auto more = (*visit)(Row(statement));
    if (!more) return pass_on(more);
    if (!*more) return {};
  }
}

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Connection::~Connection() = default;

Result<std::unique_ptr<Connection>> Connection::open(const fs::path& file) {
  auto impl = std::make_unique<Impl>();
  std::error_code ec;
  impl->file = fs::absolute(file, ec);  // never taken for a URI, whatever its name
  if (ec) return std::unexpected(system_error(ec.value(), file));
  if (auto opened = impl->open(); !opened) return pass_on(opened);
  return std::unique_ptr<Connection>(new Connection(std::move(impl)));
}

Result<std::int64_t> Connection::run_values(std::string_view sql, std::span<const Value> values) {
  if (auto done = impl_->execute(sql, values, nullptr); !done) return pass_on(done);
  return sqlite3_changes64(impl_->handle);
}

Result<void> Connection::query_values(std::string_view sql, std::span<const Value> values,
                                      const std::function<Result<bool>(const Row&)>& visit) {
  return impl_->execute(sql, values, &visit);
}

Result<void> Connection::script(std::string_view sql) {
  if (!impl_->writes_allowed) return impl_->misused("a read job may not write", sql);
  const std::string text{sql};
  if (const int rc = sqlite3_exec(impl_->handle, text.c_str(), nullptr, nullptr, nullptr); rc != SQLITE_OK)
    return impl_->failed(rc);
  return {};
}

Result<void> Connection::control(const char* sql) {
  impl_->controlling = true;
  errno = 0;  // so that after a failure it is that failure's
  const int rc = sqlite3_exec(impl_->handle, sql, nullptr, nullptr, nullptr);
  impl_->controlling = false;
  if (rc != SQLITE_OK) return impl_->failed(rc, sql);
  return {};
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(impl_->handle) == 0; }

bool Connection::has_open_violations() const {
  int open = 0;
  int unused = 0;
  sqlite3_db_status(impl_->handle, SQLITE_DBSTATUS_DEFERRED_FKS, &open, &unused, 0);
  return open != 0;
}

const Error& Connection::last_error() const { return impl_->last_error; }
void Connection::allow_writes(bool allowed) { impl_->writes_allowed = allowed; }
const fs::path& Connection::file() const { return impl_->file; }
std::uint64_t Connection::compiled() const { return impl_->compiled; }

}  // namespace cw::db
