#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/cli.h"
#include "base/error.h"

namespace CLI {
class App;
class Option;
class ParseError;
}  // namespace CLI

// The command line's parser, for cli.cpp and its neighbours alone: they bring CLI11, nobody else does.
namespace cw::app {

using Texts = std::vector<std::string>;

/// What the parser fills in: texts as given, read into values once the whole line is known to be sound in form.
struct Raw {
  std::string data_dir, config_file;
  Texts sets;
  std::vector<std::pair<std::string, std::shared_ptr<std::string>>> keyed;  // key and value of each flag that sets one
  std::vector<std::pair<CLI::Option*, FlagSetting>> key_flags;
  Texts files, misbehave, expressions, inputs, grid;
  std::string venue, symbol, timeframe, from, to, limit, before, format, port, replay, certificate, key;
  std::string email, role, password;
  std::string candles, script, sort, seed, horizon, components;
  std::string strategy, capital, commission, commission_bps, slippage, fill, intrabar, protections, lower_candles;
  std::string search, trials, objective, folds, walk_forward, purge, embargo, heat_map, heat_map_of, state, threads;
  std::string metrics_as, report, trades_csv, equity_csv;
  std::string max_positions, exposure, symbol_exposure, funding;
  bool replace = false, dry_run = false, version = false, two_factor = false, close_at_end = false, json = false;
  bool no_checks = false;
};

/// The parser and what it fills in. One object a command line.
class Parser {
 public:
  Parser();
  ~Parser();
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  Result<Invocation> parse(const Texts& arguments);

 private:
  CLI::App* command(CLI::App& parent, std::string name, const std::string& what, const std::string& examples);
  void common_options(CLI::App& app);
  void key_flag(CLI::App& app, const std::string& flag, const std::string& key, const std::string& help);
  void key_switch(CLI::App& app, const std::string& flag, const std::string& key, const std::string& help);
  void format_option(CLI::App& app, const Texts& formats);
  void add_serve();
  void add_import();
  void add_candles();
  void add_candles_admin(CLI::App& candles);
  void add_feed();
  void add_practice();
  void add_config();
  void add_user();
  void add_user_changes(CLI::App& user);
  void add_audit();
  void add_language();
  void add_signals();
  void add_backtest();
  void add_sweep();
  void run_options(CLI::App& app);
  void expression_options(CLI::App& app);

  Error explain(const CLI::ParseError& error);
  Error unexpected_argument();
  const CLI::App* deepest() const;
  std::string deepest_name() const;
  std::string usage_name() const;
  Result<void> read_common(Invocation& into);
  Result<void> refuse_empty();
  bool is_key_flag(const CLI::Option* option) const;
  Result<CommandArgs> read_args();
  Result<std::optional<market::Timeframe>> read_timeframe();
  OutputFormat read_format() const;

  Result<CommandArgs> read_import();
  Result<CommandArgs> read_candles();
  Result<CommandArgs> read_prune();
  Result<CommandArgs> read_practice();
  Result<CommandArgs> read_eval();
  Result<CommandArgs> read_screen();
  Result<CommandArgs> read_signals_record();
  Result<BacktestArgs> read_run(std::string_view command);
  Result<CommandArgs> read_backtest();
  Result<CommandArgs> read_sweep();
  Result<indicators::Seed> read_seed() const;
  Result<void> check_expressions(std::size_t count) const;
  Result<CommandArgs> read_user(const std::string& name);

  std::unique_ptr<CLI::App> owned_;
  CLI::App& app_;
  Raw raw_;
};

}  // namespace cw::app
