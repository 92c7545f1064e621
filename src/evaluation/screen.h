#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "evaluation/bar_source.h"
#include "evaluation/program.h"
#include "evaluation/signal_library.h"
#include "market/instrument.h"

namespace cw::evaluation {

/// How many of a symbol's newest bars a screen is run over. What an average of kLengthMost bars has of its first one is
/// below the last bit by then; what counts from the first bar (ta.cum, ta.obv, …) counts from there.
inline constexpr std::size_t kScreenBarsMost = 100'000;

struct ScreenRequest {
  market::Timeframe timeframe{};
  std::vector<std::string> texts;  // bools are filters, all of which must hold; numbers are columns
  // A column by its number from 1 ("2", "2 asc"), by its title ("volume desc") or as the first of a text ("expr2"); falling
  // unless it says `asc`; empty: by symbol.
  std::string sort{};
  indicators::Seed seed = indicators::Seed::talib;
};

struct ScreenRow {
  market::InstrumentId instrument;
  Timestamp time;              // open time of its newest closed bar
  double price = 0;            // that bar's close
  std::vector<double> values;  // a number column each
};

struct ScreenSkipped {
  market::InstrumentId instrument;
  std::string reason;
};

/// A plot and the text that it is of.
struct ScreenPlot {
  expr::Plot plot;
  std::size_t text = 0;
};

struct ScreenAnswer {
  std::vector<ScreenPlot> filters;
  std::vector<ScreenPlot> columns;
  std::vector<ScreenRow> rows;  // sorted; NaN last, equals by symbol
  std::vector<ScreenSkipped> skipped;
  std::size_t screened = 0;               // symbols that were looked at
  std::optional<Timestamp> newest_bar{};  // the latest of their newest bars, whether or not it passes
};

struct ScreenContext {
  StoreOf store_of;
  /// What syminfo and other symbols' names mean.
  std::function<std::optional<market::InstrumentId>(std::string_view)> find_symbol;
  SignalLibrary* signals = nullptr;   // signal.*; null: there are none
  std::function<bool()> cancelled{};  // asked between symbols, and between portions of one
  std::uint64_t work_most = 0;        // bars times nodes and signals, of all symbols together (check_work); 0: no bound
};

/// Why there is no answer. `refusal`: the first text that compiles for no symbol, with the place.
struct ScreenFault {
  Error error;
  std::optional<Refusal> refusal{};
};

/// All stored instruments, or those given, as of each one's newest closed bar. A symbol with no bar of the timeframe, or on
/// which a text does not compile, is skipped with the reason.
///
/// Errors  bad_parameter (no text, too many, an unknown sort column); bad_expression where a text compiles for no symbol;
///         limit_exceeded over work_most; cancelled
std::expected<ScreenAnswer, ScreenFault> screen(const ScreenContext& context,
                                                const std::vector<market::Instrument>& instruments,
                                                const ScreenRequest& request);

}  // namespace cw::evaluation
