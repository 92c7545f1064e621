#pragma once

#include <optional>
#include <string>
#include <vector>

#include "market/instrument.h"
#include "signals/symbol_signals.h"

namespace cw::api {

/// What an answer about a symbol's signals is made from.
struct SignalAsked {
  market::InstrumentId instrument;
  bool practice = false;
  std::vector<std::size_t> places;  // of the timeframes that are listed
  signals::Horizon horizon = signals::Horizon::h4;
  Timestamp now{};
};

/// The timeframe whose signal stands for a horizon: the one that is looked at some four times within it, 15m for 1h, 1h for
/// 4h, 4h for 1d. Where that one has no signal yet, the nearest shorter one, else the nearest longer one.
std::optional<std::size_t> leading_place(const signals::SymbolSignals& symbol, signals::Horizon horizon);

/// The answer of /api/signals/{symbol} without its end, `cached` and `expires_at`, which change from answer to answer.
std::string signal_json(const signals::SymbolSignals& symbol, const SignalAsked& asked);

/// One line of the board and of the summary: the score, and an arrow a timeframe.
void append_signal_summary(std::string& out, const signals::SymbolSignals& symbol, const SignalAsked& asked);

/// A signal as the channel says it.
std::string signal_event_json(const signals::SymbolSignals& symbol, const SignalAsked& asked, std::size_t place);

}  // namespace cw::api
