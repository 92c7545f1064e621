#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "db/connection.h"
#include "market/instrument.h"
#include "market/timeframe.h"
#include "signals/symbol_signals.h"

namespace cw::records {

/// What the signals of a symbol were made from, since a start of the desk or a change of its history.
struct SignalRun {
  std::int64_t id = 0;
  market::InstrumentId instrument{};
  Timestamp started_at{};
  std::string document{};  // of the components
  std::string digest{};    // of the document, 32 bytes
  double round_trip_cost = 0;
  double model_weight = signals::kModelWeightDefault;
  /// By scored timeframe: the first bar that its components saw, or the one under way where there was none yet. None in runs of
  /// older versions, where there was no bar yet.
  std::array<std::optional<Timestamp>, signals::kTimeframes> first_bars{};

  friend bool operator==(const SignalRun&, const SignalRun&) = default;
};

/// A signal as it is kept.
struct SignalRow {
  market::InstrumentId instrument{};
  std::int64_t run = 0;
  market::Timeframe timeframe{};
  Timestamp bar_time{};
  Timestamp emitted_at{};
  double score = 0;
  double confidence = 0;
  bool trending = false;
  double price = 0;
  std::optional<double> tradingview{};
  std::array<std::optional<double>, signals::kHorizons.size()> probability{};
  std::optional<double> probability_up{};  // of the model that is in the score, over the timeframe's default horizon
  std::optional<std::string> model_id{};   // where there is one
  std::string inputs{};                    // 16 bytes: a hash of everything that the score was made of
  std::array<std::optional<double>, signals::kHorizons.size()> change{};  // its outcomes, as far as they are known

  friend bool operator==(const SignalRow&, const SignalRow&) = default;
};

SignalRow row_of(const signals::Signal& signal, const market::InstrumentId& instrument, std::int64_t run,
                 std::string inputs);
/// What a bar under way would say is never kept.
template <class T>
SignalRow row_of(const market::Provisional<T>&, const market::InstrumentId&, std::int64_t, std::string) = delete;

/// What the model said of a kept signal, as it is used to make it again.
signals::Forecast forecast_of(const SignalRow& row);

/// Adds a run and answers its number. `run.id` does not count.
Result<std::int64_t> add_signal_run(db::Connection& connection, const SignalRun& run);

/// A symbol's runs, or those of all, oldest first.
Result<std::vector<SignalRun>> signal_runs(db::Connection& connection,
                                           const std::optional<market::InstrumentId>& instrument);

/// Keeps a signal. One of the same bar that is there already stands, and nothing is done: what was emitted first was emitted.
Result<void> keep_signal(db::Connection& connection, const SignalRow& row);

/// Keeps what became of a signal that is kept; of any other, and of one that is known already, nothing is done.
Result<void> keep_outcome(db::Connection& connection, const market::InstrumentId& instrument,
                          const signals::Outcome& outcome);

/// The bar time of the oldest kept signal of which an outcome may still be open; none where no signal is kept. It may name an
/// older one than needed, never a newer one.
Result<std::optional<Timestamp>> outcomes_open_from(db::Connection& connection, const market::InstrumentId& instrument);
/// The same of one timeframe.
Result<std::optional<Timestamp>> outcomes_open_from(db::Connection& connection, const market::InstrumentId& instrument,
                                                    market::Timeframe timeframe);

struct SignalQuery {
  market::InstrumentId instrument{};
  market::Timeframe timeframe = market::Timeframe::h1;
  std::optional<std::int64_t> run{};
  Timestamp from{};  // bars that open in [from, to)
  Timestamp to = from_ms(kLatestMs);
  std::int64_t limit = 500;
  bool newest = true;  // which ones where there are more; they come oldest first either way
};

/// The kept signals of a symbol and timeframe, with their outcomes. Cost    a page of 1,000 is read in some milliseconds
Result<std::vector<SignalRow>> signals_of(db::Connection& connection, const SignalQuery& query);

}  // namespace cw::records
