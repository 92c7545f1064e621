#include <fmt/format.h>

#include "accounts/accounts.h"
#include "accounts/encoding.h"
#include "app/commands/commands.h"
#include "app/commands/progress.h"

namespace cw::app {

int run_audit_verify(FolderCommand& command) {
  const auto accounts = command.accounts();
  if (!accounts) return report(command.console, accounts.error());
  const auto verdict = (*accounts)->store().verify_audit([&] { return command.console.cancelled(); });
  if (!verdict) return report(command.console, verdict.error());
  if (verdict->broken_at) {
    command.console.err(
        fmt::format("candlewick: the audit log is broken at entry {}: {}\n", *verdict->broken_at, verdict->reason));
    command.console.out(
        fmt::format("{} entries before it are good\n", with_commas(static_cast<std::uint64_t>(verdict->rows))));
    return kFailed;
  }
  command.console.out(
      fmt::format("The audit log is good: {} entries", with_commas(static_cast<std::uint64_t>(verdict->rows))));
  command.console.out(
      verdict->rows == 0 ? "\n" : fmt::format("; the newest has the hash {}\n", accounts::to_hex(verdict->head)));
  return kGood;
}

}  // namespace cw::app
