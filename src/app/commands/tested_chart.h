#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/commands/commands.h"
#include "lab/run.h"
#include "strategy/document.h"

// What the commands share that test a strategy on history.
namespace cw::app {

/// One instrument that a strategy runs over, and where its bars come from.
struct TestedChart {
  market::Instrument instrument;
  lab::RunMarket market;
  /// RunMarket::named for several threads at once, where the console may not be asked: it is not broken off.
  std::function<Result<std::unique_ptr<expr::NamedSeries>>(const expr::Graph&)> named_on_threads{};
};

/// All that a command line names.
struct TestedCharts {
  std::vector<TestedChart> charts;  // at least one, in the order given
  market::Timeframe timeframe{};
  expr::CompileOptions language;  // its symbol is the first chart's

  std::vector<market::Instrument> instruments() const;
  std::vector<lab::RunMarket> markets() const;
};

using OnCharts = std::function<int(const strategy::Document&, const TestedCharts&)>;

/// Finds the strategy and the stored candles, or the file's, that a command line names, and does the work on them. The
/// exit code is that of the work, or of what was not found.
int on_stored_charts(FolderCommand& command, const BacktestArgs& args, const OnCharts& work);
int on_file_chart(Console& console, const BacktestArgs& args, const OnCharts& work);

/// The run that a command line asks for, without its strategy's text.
lab::RunRequest request_of(const BacktestArgs& args);

/// An error of a request, which names a field, as one of the command line, which has flags.
Error by_flag(Error error);

}  // namespace cw::app
