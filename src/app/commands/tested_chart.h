#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "app/commands/commands.h"
#include "backtest/engine.h"
#include "evaluation/bar_source.h"
#include "expr/compile.h"
#include "strategy/document.h"

// What the commands share that test a strategy on history.
namespace cw::app {

/// What a strategy runs over.
struct TestedChart {
  market::Instrument instrument;
  market::Timeframe timeframe{};
  evaluation::BarSource& bars;
  std::uint64_t bars_about = 0;  // 0: not known
  expr::CompileOptions language;
  std::function<Result<market::CandleColumns>()> lower_bars;  // not_found: there are none
  /// The series that a graph asks for; none: there are no signals here. Any thread, where `cancelled` may be asked
  /// there.
  std::function<Result<std::unique_ptr<expr::NamedSeries>>(const expr::Graph&, const std::function<bool()>& cancelled)>
      signals{};
};

using OnChart = std::function<int(const strategy::Document&, TestedChart&)>;

/// Finds the strategy and the stored candles, or the file's, that a command line names, and does the work on them. The
/// exit code is that of the work, or of what was not found.
int on_stored_chart(FolderCommand& command, const BacktestArgs& args, const OnChart& work);
int on_file_chart(Console& console, const BacktestArgs& args, const OnChart& work);

/// The account and the rules of fills that a command line asks for. Errors  bad_parameter, naming the flag
Result<backtest::RunSettings> settings_of(const BacktestArgs& args, const market::Instrument& instrument);

/// All bars of a source, at most those of lab::RunLimits; `about` as many, 0: not known. Errors  those of the source;
/// cancelled; limit_exceeded
Result<market::CandleColumns> read_all(Console& console, evaluation::BarSource& source, std::uint64_t about,
                                       std::string_view label);

}  // namespace cw::app
