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
  /// Instead of what the closed bars say, where a timeframe has a bar under way; null: of closed bars alone.
  const market::Provisional<signals::SymbolSignals::Peeked>* provisional = nullptr;
};

/// Since when a symbol's signals are old: the next bar of a minute was due then, and more than 90 seconds later it is not there.
std::optional<Timestamp> stale_since(const signals::SymbolSignals& symbol, Timestamp now);

/// The answer of /api/signals/{symbol} without its end, `cached` and `expires_at`, which change from answer to answer.
std::string signal_json(const signals::SymbolSignals& symbol, const SignalAsked& asked);

/// The timeframe whose signal stands for a horizon, as the answers have it; none where there is no signal.
std::optional<std::size_t> leading_place(const signals::SymbolSignals& symbol, signals::Horizon horizon);

/// One line of the board and of the summary: the score, and an arrow a timeframe.
void append_signal_summary(std::string& out, const signals::SymbolSignals& symbol, const SignalAsked& asked);

/// A signal as the channel says it, of a bar under way where `asked` has one of `place`.
std::string signal_event_json(const signals::SymbolSignals& symbol, const SignalAsked& asked, std::size_t place);

/// Whether a symbol's signals are old, as the channel says it.
std::string signal_state_json(const signals::SymbolSignals& symbol, const SignalAsked& asked);

}  // namespace cw::api
