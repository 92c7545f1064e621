#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "realtime/market_board.h"
#include "signals/symbol_signals.h"

namespace cw::api {

/// The live signals, as their owner has them. Called on the server's loop.
class SignalView {
 public:
  virtual ~SignalView() = default;
  /// A symbol's signals; null while its history is run, and where nothing of it can be scored.
  virtual const signals::SymbolSignals* symbol(realtime::BoardIndex index) const = 0;
  /// Grows with every change of what `symbol` answers.
  virtual std::uint64_t version(realtime::BoardIndex index) const = 0;
  /// Why there is nothing yet: "its history is being run", "nothing is stored of it".
  virtual std::string why_not(realtime::BoardIndex index) const = 0;

  /// What a symbol's timeframes would say if their bars under way closed as they are. Made anew at most once in
  /// kProvisionalFor a symbol, and after each close.
  struct Provisional {
    market::Provisional<signals::SymbolSignals::Peeked> peeked;
    Timestamp made_at{};
  };
  static constexpr Millis kProvisionalFor{1'000};
  /// Only where there is a `symbol`.
  virtual const Provisional& provisional(realtime::BoardIndex index) = 0;
};

}  // namespace cw::api
