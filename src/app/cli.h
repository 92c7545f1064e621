#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "app/config_load.h"
#include "backtest/metrics_as.h"
#include "backtest/sweep/plan.h"
#include "base/error.h"
#include "base/time.h"
#include "indicators/kernel.h"
#include "market/timeframe.h"
#include "signals/timeframes.h"
#include "trading/fill.h"

namespace cw::app {

enum class OutputFormat { table, csv, json, toml, markdown };

struct ServeArgs {};

struct ImportArgs {
  std::vector<std::string> files;
  std::optional<std::string> venue;
  std::optional<std::string> symbol;
  std::optional<market::Timeframe> timeframe;
  bool replace = false;
};

struct CandlesArgs {
  std::string symbol;
  market::Timeframe timeframe = market::Timeframe::h1;
  std::optional<Timestamp> from;
  std::optional<Timestamp> to;
  std::optional<std::int64_t> limit;
  OutputFormat format = OutputFormat::table;
};

struct CandlesListArgs {
  OutputFormat format = OutputFormat::table;
};

struct CandlesCheckArgs {
  std::string symbol;
  std::optional<market::Timeframe> timeframe;
  OutputFormat format = OutputFormat::table;
};

struct CandlesPruneArgs {
  std::optional<std::string> symbol;  // none: every series
  std::optional<market::Timeframe> timeframe;
  std::optional<Timestamp> before;  // none: as [store] keep_…_days says
  bool dry_run = false;
};

struct FeedDecodeArgs {
  std::string venue;
};

struct PracticeArgs {
  std::uint16_t port = 8090;
  std::optional<std::string> replay;  // a stored symbol; none: the generated market
  std::optional<Timestamp> from;      // where the exchange's clock begins; none: now, or a week into the replay
  std::optional<std::filesystem::path> certificate;
  std::optional<std::filesystem::path> key;
  std::vector<std::string> misbehave;  // "drop=0.01"
};

struct ConfigShowArgs {
  OutputFormat format = OutputFormat::table;
};

struct UserAddArgs {
  std::string email;
  std::string role;                     // user or admin
  std::optional<std::string> password;  // `-`: the first line of stdin; none: a link to choose one is printed
};
struct UserListArgs {
  OutputFormat format = OutputFormat::table;
};
struct UserSetRoleArgs {
  std::string email;
  std::string role;
};
struct UserResetArgs {
  std::string email;
  std::optional<std::string> password;  // as above
  bool two_factor = false;              // turns it off, for somebody who has lost it
};
struct UserActiveArgs {
  std::string email;
  bool active = false;
};
struct UserInviteArgs {
  std::optional<std::string> email;
  std::string role;
};
struct UserSetUpLinkArgs {};
struct AuditVerifyArgs {};

using InputValue = std::variant<double, std::string>;

struct EvalArgs {
  std::vector<std::string> expressions{};
  std::string script{};   // a file with one more text; empty: none
  std::string symbol{};   // stored candles of it, or
  std::string candles{};  // those of a file
  std::optional<market::Timeframe> timeframe{};
  std::optional<Timestamp> from{};
  std::optional<Timestamp> to{};
  std::map<std::string, InputValue> inputs{};
  indicators::Seed seed = indicators::Seed::talib;
  OutputFormat format = OutputFormat::csv;
};

struct ScreenArgs {
  std::vector<std::string> expressions{};
  market::Timeframe timeframe = market::Timeframe::h1;
  std::string sort{};
  std::optional<std::int64_t> limit{};
  indicators::Seed seed = indicators::Seed::talib;
  OutputFormat format = OutputFormat::table;
};

struct SignalsRecordArgs {
  std::string symbol{};
  market::Timeframe timeframe = market::Timeframe::h1;  // one that is scored
  std::optional<signals::Horizon> horizon{};
  std::optional<Timestamp> from{};
  std::optional<Timestamp> to{};
  OutputFormat format = OutputFormat::table;
};
struct SignalsVerifyArgs {
  std::string symbol{};  // empty: all
};
/// Prints the shipped components, or looks whether a file's are good.
struct SignalsComponentsArgs {
  std::string file{};
};

/// A strategy tested on history. Texts are as they were given: what they mean is the backtest's matter.
struct BacktestArgs {
  std::string strategy{};                        // the name of one that is shipped, or a file
  std::string symbol{};                          // stored candles of it, or of several with commas between them, or
  std::string candles{};                         // those of a file
  std::optional<market::Timeframe> timeframe{};  // none: the strategy's own
  std::optional<Timestamp> from{};
  std::optional<Timestamp> to{};
  std::map<std::string, std::string> inputs{};
  std::string capital = "10000";
  std::string commission = "bps:10";
  std::string slippage = "none";
  std::string funding = "none";
  bool fills_at_close = false;
  trading::Intrabar intrabar = trading::Intrabar::pessimistic;
  std::string lower_candles{};  // a file of shorter bars for the magnifier, beside `candles`
  bool protections = true;
  bool close_at_end = false;
  int max_positions = 0;
  double exposure_percent = 100;
  std::optional<double> symbol_exposure_percent{};  // none: an equal share
  bool checks = true;
  bool json = false;
  std::optional<backtest::Peer> metrics_as{};
  std::string report{};  // files that are written; empty: none
  std::string trades_csv{};
  std::string equity_csv{};
};

/// Many values of a strategy's inputs tested on history.
struct SweepArgs {
  BacktestArgs run{};  // of each cell; what is told of a single run does not count
  backtest::SweepRequest sweep{};
  std::vector<std::string> heat_map{};  // two inputs; empty: the first two
  bool heat_map_of_mean = false;
  std::string state{};  // a file; empty: none
  std::optional<std::size_t> threads{};
};

struct LanguageDocsArgs {};

struct ConfigDocsArgs {};
struct VersionArgs {};

/// The command line only asked for words: `--help`, or no command at all.
struct HelpArgs {
  std::string text;
};

using CommandArgs =
    std::variant<HelpArgs, VersionArgs, ServeArgs, ImportArgs, CandlesArgs, CandlesListArgs, CandlesCheckArgs,
                 CandlesPruneArgs, FeedDecodeArgs, PracticeArgs, UserAddArgs, UserListArgs, UserSetRoleArgs,
                 UserResetArgs, UserActiveArgs, UserInviteArgs, UserSetUpLinkArgs, AuditVerifyArgs, ConfigShowArgs,
                 ConfigDocsArgs, EvalArgs, ScreenArgs, LanguageDocsArgs, SignalsRecordArgs, SignalsVerifyArgs,
                 SignalsComponentsArgs, BacktestArgs, SweepArgs>;

/// A command line, understood.
struct Invocation {
  std::string name;                                  // "candles list", for logs and the lock
  std::optional<std::filesystem::path> data_dir;     // --data-dir
  std::optional<std::filesystem::path> config_file;  // --config
  std::vector<FlagSetting> flags;                    // flags that set a key of the configuration
  CommandArgs args;
};

/// Understands a command line (without the program's name).
///
/// Errors  bad_parameter: one sentence that names what is wrong, the nearest command or flag where one was misspelt, and
///         which help to read. The program then ends with exit code 2.
Result<Invocation> parse_command_line(const std::vector<std::string>& arguments);

}  // namespace cw::app
