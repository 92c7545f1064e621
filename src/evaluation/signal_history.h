#pragma once

#include <array>
#include <functional>
#include <optional>
#include <vector>

#include "base/error.h"
#include "candle_store/candle_store.h"
#include "signals/symbol_signals.h"
#include "signals/track_record.h"

namespace cw::evaluation {

/// By scored timeframe: the first bar that is run; none: the first that is stored.
using SignalStarts = std::array<std::optional<Timestamp>, signals::kTimeframes>;

/// Where a run stands, so that it is gone on with once more bars are stored: the same as if it had been run over all of them at
/// once. It goes with the SymbolSignals that it was made with, and is good until what it has seen changes.
struct SignalHistoryPlace {
  bool has_begun = false;
  std::optional<Timestamp> base_from{};  // the first bar of the base timeframe that it has not seen opens then or later
  SignalStarts from{};                   // the same of the scored ones
  std::optional<Timestamp> last_base{};  // when the newest base bar closed
};

struct SignalHistorySummary {
  market::Timeframe base{};              // the finest stored timeframe
  Timestamp until{};                     // every bar that was stored and had closed by then was seen
  std::optional<Timestamp> first_close;  // of any bar
  std::uint64_t instants = 0;            // at which bars closed
};

/// Runs one symbol's signals over everything stored of it, as they came live: bar by bar of the finest stored timeframe, all
/// bars that close by then with it; where that one has no bars, by the longer ones that are stored. Only the timeframes
/// from `finest` up are scored.
///
/// `place`: where an earlier run over the same bars and with the same `signals` ended, also by being cancelled; it is moved on.
/// Null: from the beginning, `starts`.
/// A model is asked through `ask` alone: history has none of its own.
///
/// Errors  Errc::not_found where nothing is stored; those of the store; Errc::cancelled
Result<SignalHistorySummary> run_signal_history(
    const candle_store::CandleStore& store, const market::InstrumentId& instrument, market::Timeframe finest,
    signals::SymbolSignals& signals, const signals::SymbolSignals::Sink& sink,
    const std::function<bool()>& cancelled = {}, const SignalStarts& starts = {},
    const signals::SymbolSignals::Ask& ask = {}, SignalHistoryPlace* place = nullptr);

/// The finest scored timeframe that can be made of what is stored.
/// Errors  Errc::not_found
Result<market::Timeframe> finest_scored(const candle_store::CandleStore& store, const market::InstrumentId& instrument);

struct SignalRecordRequest {
  market::InstrumentId instrument;
  market::Timeframe timeframe{};
  signals::Horizon horizon{};
  Timestamp from{};  // signals emitted in [from, to)
  Timestamp to = from_ms(kLatestMs);
};

struct SignalRecord {
  SignalHistorySummary history;
  std::uint64_t bars = 0;  // of the timeframe
  signals::TrackRecord record;
  std::optional<signals::Signal> newest{};
};

/// The track record of one symbol and timeframe: walk-forward, for a signal and its probability know nothing of what came
/// after them.
/// Errors  those of run_signal_history
Result<SignalRecord> signal_record(const candle_store::CandleStore& store, const signals::SignalRules& rules,
                                   const SignalRecordRequest& request, const std::function<bool()>& cancelled = {});

}  // namespace cw::evaluation
