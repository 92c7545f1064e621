#include "db/database.h"

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "base/require.h"
#include "db/transaction.h"

namespace cw::db {
namespace {

// Between two groups of writes at most so many reads go first, so that neither can starve the other.
constexpr std::size_t kReadsBetween = 64;

struct Waiting {
  std::function<Result<void>(Connection&)> work;
  std::optional<std::promise<Result<void>>> caller;  // none: posted
  std::string_view what{};
  Result<void> outcome{};
};

struct Counters {
  Counters(Metrics& metrics, const std::string& file)
      : reads(metrics.counter("candlewick_db_jobs_total", "Jobs that ran", {{"file", file}, {"kind", "read"}})),
        writes(metrics.counter("candlewick_db_jobs_total", "Jobs that ran", {{"file", file}, {"kind", "write"}})),
        posted(metrics.counter("candlewick_db_jobs_total", "Jobs that ran", {{"file", file}, {"kind", "posted"}})),
        commits(metrics.counter("candlewick_db_commits_total", "Transactions made durable", {{"file", file}})),
        failed_commits(
            metrics.counter("candlewick_db_failed_commits_total", "Transactions taken back", {{"file", file}})),
        posted_failures(metrics.counter("candlewick_db_posted_failures_total",
                                        "Posted writes that failed or were refused", {{"file", file}})),
        refused(metrics.counter("candlewick_db_refused_total", "Jobs refused because too many wait", {{"file", file}})),
        waiting(metrics.gauge("candlewick_db_jobs_waiting", "Jobs that wait for the file's thread", {{"file", file}})) {
  }

  Counter& reads;
  Counter& writes;
  Counter& posted;
  Counter& commits;
  Counter& failed_commits;
  Counter& posted_failures;
  Counter& refused;
  Gauge& waiting;
};

Result<void> check(Connection& connection) {
  std::string found;
  const auto visit = [&found](const Row& row) {
    found = row.get<std::string>(0);
    return false;
  };
  if (auto checked = connection.query("PRAGMA quick_check(1)", visit); !checked) return checked;
  if (found == "ok") return {};
  return fail(Errc::corrupt,
              fmt::format("{}: damaged ({}); stop the server, keep a copy of the file, and put the newest "
                          "backup in its place",
                          connection.file().string(), found));
}

/// Gives jobs the error of what took their transaction back; what failed by itself keeps its own. An error that only
/// means something to the job that made it (a conflict) is not theirs.
void undo(std::span<Waiting> jobs, const Error& cause) {
  Error error = with_place(cause, "undone together with other writes");
  if (cause.code != Errc::disk_full && cause.code != Errc::corrupt && cause.code != Errc::busy)
    error.code = Errc::io_error;
  error.field.clear();
  for (Waiting& job : jobs) {
    if (job.outcome) job.outcome = std::unexpected(error);
  }
}

}  // namespace

struct Database::Impl {
  Impl(std::unique_ptr<Connection> opened, Logger& log, Metrics& metrics, const DatabaseOptions& wanted)
      : connection(std::move(opened)),
        name(connection->file().filename().string()),
        logger(log),
        counters(metrics, name),
        options(wanted) {}

  void run();
  void run_read(Waiting& job);
  void run_group(std::span<Waiting> group);
  /// Runs jobs from the first on in one transaction; answers how many it held. Not all of them where SQLite took it back.
  std::size_t run_transaction(std::span<Waiting> jobs);
  void finish(Waiting& job);
  Result<void> push(bool is_write, Waiting job);
  void checkpoint();

  std::unique_ptr<Connection> connection;  // the thread's, once it runs
  std::string name;
  Logger& logger;
  Counters counters;
  DatabaseOptions options;

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<Waiting> reads;
  std::deque<Waiting> writes;
  bool stopping = false;
  std::thread thread;
};

Result<void> Database::Impl::push(bool is_write, Waiting job) {
  std::unique_lock lock{mutex};
  CW_REQUIRE(!stopping);
  if (reads.size() + writes.size() >= options.waiting_most) {
    counters.refused.add();
    return fail(Errc::busy, fmt::format("{}: {} jobs wait for it already, try again", name, options.waiting_most));
  }
  (is_write ? writes : reads).push_back(std::move(job));
  counters.waiting.add(1);
  // Whoever is woken may take this thread's processor at once, and where it is an idle one, for long: not with the lock.
  lock.unlock();
  changed.notify_one();
  return {};
}

void Database::Impl::run() {
  std::vector<Waiting> some_reads;
  std::vector<Waiting> group;
  const auto take = [this](std::deque<Waiting>& from, std::vector<Waiting>& into, std::size_t most) {
    while (!from.empty() && into.size() < most) {
      into.push_back(std::move(from.front()));
      from.pop_front();
    }
    counters.waiting.add(-static_cast<double>(into.size()));
  };
  for (;;) {
    {
      std::unique_lock lock{mutex};
      changed.wait(lock, [this] { return stopping || !reads.empty() || !writes.empty(); });
      if (reads.empty() && writes.empty()) break;
      take(reads, some_reads, kReadsBetween);
      take(writes, group, options.group_most);
    }
    for (Waiting& job : some_reads) run_read(job);
    if (!group.empty()) run_group(group);
    // Before the next wait: what a job held is let go of now, and outside the lock.
    some_reads.clear();
    group.clear();
  }
  checkpoint();
}

void Database::Impl::run_read(Waiting& job) {
  connection->allow_writes(false);
  job.outcome = run_guarded(*connection, job.work);
  connection->allow_writes(true);
  counters.reads.add();
  finish(job);
}

void Database::Impl::run_group(std::span<Waiting> group) {
  for (auto left = group; !left.empty();) left = left.subspan(run_transaction(left));
  for (Waiting& job : group) {
    (job.caller ? counters.writes : counters.posted).add();
    finish(job);
  }
}

std::size_t Database::Impl::run_transaction(std::span<Waiting> jobs) {
  auto transaction = Transaction::begin(*connection);
  if (!transaction) {
    counters.failed_commits.add();
    undo(jobs, transaction.error());
    return jobs.size();
  }
  for (std::size_t at = 0; at < jobs.size(); ++at) {
    jobs[at].outcome = transaction->attempt(jobs[at].work);
    if (transaction->is_open()) continue;
    counters.failed_commits.add();
    undo(jobs.first(at), jobs[at].outcome.error());
    return at + 1;
  }
  const auto committed = transaction->commit();
  (committed ? counters.commits : counters.failed_commits).add();
  if (!committed) undo(jobs, committed.error());
  return jobs.size();
}

void Database::Impl::finish(Waiting& job) {
  if (job.caller) {
    job.caller->set_value(std::move(job.outcome));
  } else if (!job.outcome) {
    counters.posted_failures.add();
    logger.warn("posted write failed", {{"file", std::string_view{name}},
                                        {"what", job.what},
                                        {"reason", std::string_view{job.outcome.error().message}}});
  }
}

void Database::Impl::checkpoint() {
  if (auto done = connection->run("PRAGMA wal_checkpoint(TRUNCATE)"); !done) {
    logger.warn("checkpoint failed",
                {{"file", std::string_view{name}}, {"reason", std::string_view{done.error().message}}});
  }
}

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
  impl_->thread = std::thread([owner = impl_.get()] { owner->run(); });
}

Database::~Database() {
  {
    const std::scoped_lock lock{impl_->mutex};
    impl_->stopping = true;
  }
  impl_->changed.notify_one();
  impl_->thread.join();
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& path,
                                                 std::span<const Migration> migrations, Logger& logger,
                                                 Metrics& metrics, const DatabaseOptions& options) {
  auto connection = Connection::open(path);
  if (!connection) return pass_on(connection);
  if (auto sound = check(**connection); !sound) return pass_on(sound);
  const auto migrated = migrate(**connection, migrations);
  if (!migrated) return pass_on(migrated);
  auto impl = std::make_unique<Impl>(std::move(*connection), logger, metrics, options);
  if (*migrated > 0) {
    logger.info("schema brought up to date", {{"file", std::string_view{impl->name}},
                                              {"steps", std::int64_t{*migrated}},
                                              {"version", static_cast<std::int64_t>(migrations.size())}});
  }
  return std::unique_ptr<Database>(new Database(std::move(impl)));
}

Result<void> Database::wait_for(Kind kind, Work work) {
  CW_REQUIRE(std::this_thread::get_id() != impl_->thread.get_id());
  std::promise<Result<void>> caller;
  auto outcome = caller.get_future();
  Waiting job{std::move(work), std::move(caller), {}, {}};
  if (auto taken = impl_->push(kind == Kind::write, std::move(job)); !taken) return taken;
  return outcome.get();
}

void Database::post_write(std::move_only_function<Result<void>(Connection&)> job, std::string_view what) {
  // std::function wants what it can copy; nobody copies this one.
  auto shared = std::make_shared<std::move_only_function<Result<void>(Connection&)>>(std::move(job));
  Waiting waiting{[shared](Connection& connection) { return (*shared)(connection); }, std::nullopt, what, {}};
  if (auto taken = impl_->push(true, std::move(waiting)); !taken) {
    impl_->counters.posted_failures.add();
    impl_->logger.warn(
        "posted write refused",
        {{"file", std::string_view{impl_->name}}, {"what", what}, {"reason", std::string_view{taken.error().message}}});
  }
}

}  // namespace cw::db
