#pragma once

#include <functional>
#include <optional>
#include <string>

#include "app/cli.h"
#include "app/config_load.h"
#include "app/console.h"
#include "app/data_folder.h"
#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "db/database.h"

namespace cw::candle_store {
class CandleStore;
}
namespace cw::accounts {
class Accounts;
}

// Each command is one function: it is given everything it works with, writes to the console it is given, and answers the
// exit code. Those that work on the data folder run in whichever process holds it.
namespace cw::app {

constexpr int kGood = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;

/// What a command that works on the data folder is given.
struct FolderCommand {
  Console& console;
  const Config& config;
  const DataFolder& folder;
  candle_store::CandleStore& store;
  Logger& logger;
  Metrics& metrics;
  /// The folder's accounts, opened at the first use where no server has them open already.
  std::function<Result<accounts::Accounts*>()> accounts;
  /// Where the dashboard is found, for links: `http://127.0.0.1:8080`.
  std::string address;
  /// `record.db`, opened at the first use.
  std::function<Result<db::Database*>()> records;
  const ConfigInputs* restart = nullptr;  // of a server alone: what a restart of it makes its configuration of
};

int run_import(FolderCommand& command, const ImportArgs& args);
/// For an import that would make the data folder: where none of its files can be imported, as far as their names and the
/// system tell, says why of each and answers the exit code.
std::optional<int> refuse_all_files(Console& console, const ImportArgs& args);
int run_candles(FolderCommand& command, const CandlesArgs& args);
int run_candles_list(FolderCommand& command, const CandlesListArgs& args);
int run_candles_check(FolderCommand& command, const CandlesCheckArgs& args);
int run_candles_prune(FolderCommand& command, const CandlesPruneArgs& args);

int run_eval(FolderCommand& command, const EvalArgs& args);
int run_screen(FolderCommand& command, const ScreenArgs& args);
int run_signals_record(FolderCommand& command, const SignalsRecordArgs& args);
int run_signals_verify(FolderCommand& command, const SignalsVerifyArgs& args);
int run_backtest(FolderCommand& command, const BacktestArgs& args);
int run_sweep(FolderCommand& command, const SweepArgs& args);

int run_user_add(FolderCommand& command, const UserAddArgs& args);
int run_user_list(FolderCommand& command, const UserListArgs& args);
int run_user_set_role(FolderCommand& command, const UserSetRoleArgs& args);
int run_user_reset(FolderCommand& command, const UserResetArgs& args);
int run_user_active(FolderCommand& command, const UserActiveArgs& args);
int run_user_invite(FolderCommand& command, const UserInviteArgs& args);
int run_user_set_up_link(FolderCommand& command);
int run_audit_verify(FolderCommand& command);

/// The settings that a start of this command line takes.
int run_config_show(Console& console, const Config& config, const ConfigShowArgs& args);
/// The settings of the running server, which runs this; those that a restart changes are marked.
int run_server_config_show(FolderCommand& command, const ConfigShowArgs& args);
int run_config_docs(Console& console);
/// Over a file's candles, which need no data folder.
int run_eval_file(Console& console, const EvalArgs& args);
int run_backtest_file(Console& console, const BacktestArgs& args);
int run_sweep_file(Console& console, const SweepArgs& args);
int run_language_docs(Console& console);
int run_signals_components(Console& console, const SignalsComponentsArgs& args);
int run_version(Console& console);
int run_feed_decode(Console& console, const FeedDecodeArgs& args);

/// Says `candlewick: <message>` on stderr and answers the exit code: kUsage for a parameter that is wrong in itself, else
/// kFailed.
int report(Console& console, const Error& error);

/// docs/configuration.md, made from the settings themselves.
std::string configuration_page();

}  // namespace cw::app
