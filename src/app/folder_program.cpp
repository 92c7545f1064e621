#include "app/folder_program.h"

#include <chrono>
#include <memory>
#include <thread>

#include "app/commands/commands.h"
#include "app/commands/lookup.h"
#include "app/commands/practice.h"
#include "app/control/client.h"
#include "app/control/server.h"
#include "app/folder_accounts.h"
#include "app/folder_records.h"
#include "candle_store/candle_store.h"

namespace cw::app {
namespace {

using Clock = std::chrono::steady_clock;

// A holder that is starting or ending answers nobody for a moment; longer than this it is said to be stuck.
constexpr auto kHolderPatience = std::chrono::seconds{10};
constexpr auto kTryEvery = std::chrono::milliseconds{50};

int refuse_in_holder(Console& console, const Invocation& invocation) {
  return report(console,
                {Errc::unsupported, "'candlewick " + invocation.name + "' is not run by another process", {}, {}});
}

/// Holds the folder while it runs the command, and runs what others ask for meanwhile.
int run_here(const Invocation& invocation, const DataFolder& folder, const Config& config, Console& console) {
  NullLogger logger;
  Metrics metrics;
  candle_store::StoreOptions options;
  options.map_bytes = static_cast<std::uint64_t>(config.integer("store.map_gib")) << 30;
  auto store = candle_store::CandleStore::open(folder.candles(), options, logger, metrics);
  if (!store) return report(console, store.error());
  FolderAccounts accounts{folder, config, logger, metrics};
  FolderRecords records{folder.root, logger, metrics};
  const auto command_for = [&](Console& whose) {
    return FolderCommand{whose,
                         config,
                         folder,
                         **store,
                         logger,
                         metrics,
                         [&accounts] { return accounts.get(); },
                         dashboard_address(config, static_cast<std::uint16_t>(config.integer("server.port"))),
                         [&records] { return records.get(); }};
  };
  const auto run_for = [&](Console& whose, const std::vector<std::string>& arguments) {
    const auto asked = parse_command_line(arguments);
    if (!asked) return report(whose, asked.error());
    if (!needs_folder(asked->args)) return refuse_in_holder(whose, *asked);
    FolderCommand command = command_for(whose);
    return run_folder_command(command, *asked);
  };
  auto others = ControlServer::start(folder, run_for, logger);
  if (!others) return report(console, others.error());
  FolderCommand command = command_for(console);
  const int code = run_folder_command(command, invocation);
  (*others)->stop(console.cancelled());
  return code;
}

/// Accounts can be made before the first start; so can the folder that they are in.
bool makes_folder(const CommandArgs& args) {
  return std::holds_alternative<ImportArgs>(args) || std::holds_alternative<UserAddArgs>(args);
}

bool is_about_accounts(const CommandArgs& args) {
  return std::holds_alternative<UserAddArgs>(args) || std::holds_alternative<UserListArgs>(args) ||
         std::holds_alternative<UserSetRoleArgs>(args) || std::holds_alternative<UserResetArgs>(args) ||
         std::holds_alternative<UserActiveArgs>(args) || std::holds_alternative<UserInviteArgs>(args) ||
         std::holds_alternative<UserSetUpLinkArgs>(args) || std::holds_alternative<AuditVerifyArgs>(args);
}

}  // namespace

bool needs_folder(const CommandArgs& args) {
  if (const auto* practice = std::get_if<PracticeArgs>(&args)) return practice->replay.has_value();
  if (const auto* eval = std::get_if<EvalArgs>(&args)) return eval->candles.empty();
  if (const auto* backtest = std::get_if<BacktestArgs>(&args)) return backtest->candles.empty();
  if (const auto* sweep = std::get_if<SweepArgs>(&args)) return sweep->run.candles.empty();
  return std::holds_alternative<ImportArgs>(args) || std::holds_alternative<CandlesArgs>(args) ||
         std::holds_alternative<ScreenArgs>(args) || std::holds_alternative<SignalsRecordArgs>(args) ||
         std::holds_alternative<SignalsVerifyArgs>(args) || std::holds_alternative<CandlesListArgs>(args) ||
         std::holds_alternative<CandlesCheckArgs>(args) || std::holds_alternative<CandlesPruneArgs>(args) ||
         is_about_accounts(args);
}

namespace {

/// Of the commands on accounts; none where it is another.
std::optional<int> run_account_command(FolderCommand& command, const CommandArgs& asked) {
  if (const auto* args = std::get_if<UserAddArgs>(&asked)) return run_user_add(command, *args);
  if (const auto* args = std::get_if<UserListArgs>(&asked)) return run_user_list(command, *args);
  if (const auto* args = std::get_if<UserSetRoleArgs>(&asked)) return run_user_set_role(command, *args);
  if (const auto* args = std::get_if<UserResetArgs>(&asked)) return run_user_reset(command, *args);
  if (const auto* args = std::get_if<UserActiveArgs>(&asked)) return run_user_active(command, *args);
  if (const auto* args = std::get_if<UserInviteArgs>(&asked)) return run_user_invite(command, *args);
  if (std::holds_alternative<UserSetUpLinkArgs>(asked)) return run_user_set_up_link(command);
  if (std::holds_alternative<AuditVerifyArgs>(asked)) return run_audit_verify(command);
  return std::nullopt;
}

}  // namespace

int run_folder_command(FolderCommand& command, const Invocation& invocation) {
  if (const auto code = run_account_command(command, invocation.args)) return *code;
  if (const auto* args = std::get_if<ImportArgs>(&invocation.args)) return run_import(command, *args);
  if (const auto* args = std::get_if<CandlesArgs>(&invocation.args)) return run_candles(command, *args);
  if (const auto* args = std::get_if<EvalArgs>(&invocation.args); args != nullptr && args->candles.empty())
    return run_eval(command, *args);
  if (const auto* args = std::get_if<ScreenArgs>(&invocation.args)) return run_screen(command, *args);
  if (const auto* args = std::get_if<SignalsRecordArgs>(&invocation.args)) return run_signals_record(command, *args);
  if (const auto* args = std::get_if<SignalsVerifyArgs>(&invocation.args)) return run_signals_verify(command, *args);
  if (const auto* args = std::get_if<BacktestArgs>(&invocation.args); args != nullptr && args->candles.empty())
    return run_backtest(command, *args);
  if (const auto* args = std::get_if<SweepArgs>(&invocation.args); args != nullptr && args->run.candles.empty())
    return run_sweep(command, *args);
  if (const auto* args = std::get_if<CandlesListArgs>(&invocation.args)) return run_candles_list(command, *args);
  if (const auto* args = std::get_if<CandlesCheckArgs>(&invocation.args)) return run_candles_check(command, *args);
  if (const auto* args = std::get_if<CandlesPruneArgs>(&invocation.args)) return run_candles_prune(command, *args);
  if (const auto* args = std::get_if<PracticeArgs>(&invocation.args); args != nullptr && args->replay) {
    const auto instrument = find_instrument(command.config, command.store, *args->replay);
    if (!instrument) return report(command.console, instrument.error());
    auto stored = stored_candles(command.store, *instrument);
    if (!stored) return report(command.console, stored.error());
    PracticeArgs named = *args;
    named.replay = instrument->id.symbol;
    return run_practice(command.console, command.config, named, std::move(*stored));
  }
  if (const auto* args = std::get_if<ConfigShowArgs>(&invocation.args); args != nullptr && command.restart != nullptr)
    return run_server_config_show(command, *args);
  return refuse_in_holder(command.console, invocation);
}

int run_on_folder(const Invocation& invocation, const std::vector<std::string>& arguments, const DataFolder& folder,
                  const Config& config, Console& console) {
  const auto* import = std::get_if<ImportArgs>(&invocation.args);
  if (import != nullptr && !find_data_folder(folder)) {
    if (const auto code = refuse_all_files(console, *import)) return *code;
  }
  const auto ready = makes_folder(invocation.args) ? make_data_folder(folder) : find_data_folder(folder);
  if (!ready) return report(console, ready.error());
  const auto deadline = Clock::now() + kHolderPatience;
  for (;;) {
    const auto code = run_at_holder(folder, arguments, console);
    const bool is_busy = !code && code.error().code == Errc::busy;
    if (!code && !is_busy) return report(console, code.error());
    if (code && *code) return **code;
    auto lock = FolderLock::try_take(folder, invocation.name);
    if (!lock) return report(console, lock.error());
    if (*lock) return run_here(invocation, folder, config, console);
    if (console.cancelled()) return report(console, {Errc::cancelled, "stopped before it began", {}, {}});
    if (Clock::now() >= deadline) return report(console, is_busy ? code.error() : folder_is_held(folder));
    std::this_thread::sleep_for(kTryEvery);
  }
}

}  // namespace cw::app
