#pragma once

#include <string>
#include <variant>
#include <vector>

#include "api/lab_desk.h"
#include "candle_store/candle_store.h"

// What runs and sweeps have in common before they are queued.
namespace cw::api {

/// The instrument that a request names. Called on the loop. Refusals: unknown_symbol, ambiguous_symbol, field `symbol`
std::variant<market::Instrument, Problem> instrument_of(const LabDesk& desk, const std::string& symbol);

/// The instruments of a request that may name several. Refusals: as instrument_of; bad_parameter, field `symbol`: two names of one
std::variant<std::vector<market::Instrument>, Problem> instruments_of(const LabDesk& desk, const std::string& symbols);

/// The document that a request is about, which then holds its text and, where it is that of a strategy by name, name and
/// version; no name where it is a text of its own, whatever that calls itself. Blocks. Refusals: bad_backtest (field
/// `strategy` or `version`), bad_strategy
std::variant<strategy::Document, Problem> resolve_strategy(LabDesk& desk, const std::string& user_id,
                                                           lab::RunRequest& request);

/// Whether each instrument has a bar in the period that is asked for. Blocks. Errors  not_found with the field; those of the store
Result<void> check_period(const evaluation::StoreOf& store_of, const lab::PreparedRun& run);

/// Whether there is something to walk of each instrument, where a run or a sweep has the magnifier. Errors  lab::nothing_to_walk
Result<void> check_shorter(const evaluation::StoreOf& store_of, const lab::RunRequest& request,
                           std::span<const market::Instrument> instruments, market::Timeframe timeframe);

/// Whether a sweep's walk-forward fits into what is stored at most, so that what can never run is refused before it waits.
/// Errors  those of backtest::windows_of
Result<void> check_folds(const evaluation::StoreOf& store_of, const lab::PreparedSweep& sweep);

}  // namespace cw::api
