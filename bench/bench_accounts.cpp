// What core.db costs: durable writes alone and together, users listed, pages of a long audit log. Everything is made in the
// system's folder for temporary files and removed again.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "base/require.h"
#include "db/database.h"
#include "records/audit_rows.h"
#include "records/core_notes.h"
#include "records/core_schema.h"
#include "records/users.h"

namespace {

using namespace cw;           // NOLINT: a program of one file
using namespace cw::records;  // NOLINT

constexpr int kUsers = 10'000;
constexpr int kAuditRows = 200'000;
constexpr auto kWriteFor = std::chrono::seconds{2};

double ms_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

/// The median of 21 runs.
double median_ms(const std::function<void()>& what) {
  std::vector<double> runs;
  for (int run = 0; run < 21; ++run) {
    const auto start = std::chrono::steady_clock::now();
    what();
    runs.push_back(ms_since(start));
  }
  std::ranges::sort(runs);
  return runs[runs.size() / 2];
}

void line(std::string_view what, std::string_view figure, std::string_view asked) {
  fmt::print("  {:<58} {:>16}   {}\n", what, figure, asked);
}

void measure_writes(db::Database& database, Metrics& metrics, int threads) {
  const auto commits = [&metrics] {
    double sum = 0;
    for (const auto& sample : metrics.collect()) {
      if (sample.name == "candlewick_db_commits_total") sum += sample.value;
    }
    return sum;
  };
  const double before = commits();
  std::atomic<std::int64_t> written{0};
  std::vector<std::thread> writers;
  const auto start = std::chrono::steady_clock::now();
  for (int t = 0; t < threads; ++t) {
    writers.emplace_back([&, t] {
      const auto key = fmt::format("writer {}", t);
      // Another value each time: what is written over itself makes no page dirty, and no commit sync.
      for (int i = 0; std::chrono::steady_clock::now() - start < kWriteFor; ++i) {
        const auto value = fmt::format("{:010}", i);
        CW_REQUIRE(database.write([&](db::Connection& c) { return put_note(c, key, value); }).has_value());
        ++written;
      }
    });
  }
  for (auto& writer : writers) writer.join();
  const double seconds = ms_since(start) / 1'000;
  line(fmt::format("durable writes, {} at a time", threads),
       fmt::format("{:.0f}/s", static_cast<double>(written) / seconds),
       fmt::format("{:.1f} a commit", static_cast<double>(written) / (commits() - before)));
}

void add_users(db::Connection& c) {
  for (int i = 0; i < kUsers; ++i) {
    User user;
    user.id = fmt::format("user-{:06}", i);
    user.email = fmt::format("someone.{}@example.com", i);
    user.created_at = from_ms(1'748'736'000'000 + i);
    user.password_hash = std::string(97, '$');
    user.totp_sealed = std::string(60, '\x80');
    user.recovery_hashes.assign(10, std::string(32, '\x81'));
    user.settings_json = std::string(200, ' ');
    user.watchlist_json = std::string(300, ' ');
    CW_REQUIRE(insert_user(c, user).has_value());
  }
}

void add_audit_rows(db::Connection& c) {
  const std::vector<std::string> actions{"session.sign_in", "session.end", "user.change", "key.create"};
  for (int i = 1; i <= kAuditRows; ++i) {
    AuditRow row;
    row.sequence = i;
    row.at = from_ms(1'748'736'000'000 + i);
    row.actor = i % 10 == 0 ? "busy" : fmt::format("user-{:06}", i % kUsers);
    // The rare action is old: a plain walk from the newest row on would read all of the log.
    row.action = i < 10 ? "key.revoke" : actions[static_cast<std::size_t>(i) % actions.size()];
    row.target = i % 100 == 0 ? "nobody" : row.actor;
    row.after_json = std::string(150, ' ');
    row.outcome = "done";
    row.address = "192.0.2.1";
    row.request_id = fmt::format("request-{:08}", i);
    row.previous_hash = row.hash = std::string(32, '\x82');
    CW_REQUIRE(append_audit_row(c, row).has_value());
  }
}

template <class Job>
void measure_read(db::Database& database, std::string_view what, std::string_view asked, Job job) {
  const double ms = median_ms([&] { CW_REQUIRE(database.read(job).has_value()); });
  line(what, fmt::format("{:.3f} ms", ms), asked);
}

void measure(const std::filesystem::path& folder) {
  NullLogger logger;
  Metrics metrics;
  auto database = db::Database::open(folder / "core.db", core_schema(), logger, metrics).value();
  // Writes a second are as much the machine's as ours: on a virtual one a sync that lets the processor fall idle may take
  // ten times as long as one beside other work. The writes a commit are ours.
  for (const int threads : {1, 8, 64}) measure_writes(*database, metrics, threads);

  CW_REQUIRE(database
                 ->write([](db::Connection& c) -> Result<int> {
                   add_users(c);
                   add_audit_rows(c);
                   return 0;
                 })
                 .has_value());
  measure_read(*database, "a note read, there and back", "", [](db::Connection& c) { return get_note(c, "writer 0"); });
  measure_read(*database, fmt::format("{} users read", kUsers), "under 100 ms",
               [](db::Connection& c) { return all_users(c); });
  const auto page = [&](std::string_view what, const AuditFilter& filter) {
    measure_read(*database, fmt::format("100 of {} audit rows, {}", kAuditRows, what), "under 5 ms",
                 [filter](db::Connection& c) { return audit_page(c, std::nullopt, 100, filter); });
  };
  page("the newest", {});
  page("of one actor", {.actor = "user-000007"});
  page("of a common prefix", {.action_prefix = "session."});
  page("of a rare prefix", {.action_prefix = "key.rev"});
  page("of a prefix that nothing has", {.action_prefix = "none."});
  page("of an actor and a prefix", {.actor = "user-000007", .action_prefix = "key."});
  page(fmt::format("none of {} of an actor", kAuditRows / 10), {.actor = "busy", .action_prefix = "key.rev"});
  page(fmt::format("of {} of an actor those of a target", kAuditRows / 10), {.actor = "busy", .target = "user-000001"});
  measure_read(*database, "1000 audit rows, oldest first", "under 5 ms",
               [](db::Connection& c) { return audit_slice(c, 100'000, 1'000); });

  const auto start = std::chrono::steady_clock::now();
  database.reset();
  database = db::Database::open(folder / "core.db", core_schema(), logger, metrics).value();
  line(fmt::format("closed and opened again, {} MB checked", std::filesystem::file_size(folder / "core.db") >> 20),
       fmt::format("{:.0f} ms", ms_since(start)), "");
}

}  // namespace

int main() {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("bench-accounts-{}", ::getpid());
  std::filesystem::create_directories(folder);
  measure(folder);
  std::filesystem::remove_all(folder);
  return 0;
}
