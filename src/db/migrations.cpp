#include "db/migrations.h"

#include <fmt/format.h>

#include "db/transaction.h"

namespace cw::db {
namespace {

Result<void> run_step(Connection& connection, const Migration& step, int number) {
  auto transaction = Transaction::begin(connection);
  if (!transaction) return pass_on(transaction);
  if (auto done = connection.script(step.sql); !done) return done;
  if (auto counted = connection.script(fmt::format("PRAGMA user_version={}", number)); !counted) return counted;
  return transaction->commit();
}

}  // namespace

Result<int> migrate(Connection& connection, std::span<const Migration> migrations) {
  const auto found = connection.first<int>("PRAGMA user_version");
  if (!found) return pass_on(found);
  const int done = found->value_or(0);
  const int known = static_cast<int>(migrations.size());
  if (done > known || done < 0) {
    return fail(
        Errc::unsupported,
        fmt::format("{}: made by a newer Candlewick; its schema has the version {}, this program knows {}. Use the "
                    "newer program, or put a backup from before in its place",
                    connection.file().string(), done, known));
  }
  for (int number = done + 1; number <= known; ++number) {
    const Migration& step = migrations[static_cast<std::size_t>(number - 1)];
    if (auto ran = run_step(connection, step, number); !ran)
      return std::unexpected(with_place(ran.error(), fmt::format("the schema's step {} ({})", number, step.name)));
  }
  return known - done;
}

}  // namespace cw::db
