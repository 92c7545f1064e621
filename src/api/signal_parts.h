#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "api/signal_json.h"
#include "signals/symbol_signals.h"

// What the answers about signals are put together from; for signal_json.cpp alone.
namespace cw::api {

/// A symbol's signals as they are shown: those of its closed bars, or, where a bar is under way and that is asked for, those
/// that it would give.
class Shown {
 public:
  Shown(const signals::SymbolSignals& symbol, const SignalAsked& asked) : symbol_(symbol), asked_(asked) {}

  const signals::SymbolSignals::Reading& reading(std::size_t place) const {
    return is_provisional(place) ? *asked_.provisional->for_display()[place] : symbol_.reading(place);
  }
  bool is_provisional(std::size_t place) const {
    return asked_.provisional != nullptr && asked_.provisional->for_display()[place].has_value();
  }
  bool is_provisional() const {
    return asked_.provisional != nullptr &&
           std::ranges::any_of(asked_.provisional->for_display(), [](const auto& one) { return one.has_value(); });
  }
  const signals::SignalRules& rules() const { return symbol_.rules(); }
  const signals::SymbolSignals& closed() const { return symbol_; }

 private:
  const signals::SymbolSignals& symbol_;
  const SignalAsked& asked_;
};

/// `,"name":1.5`; what is no finite number is null.
void append_number(std::string& out, const char* name, double value);
void append_text(std::string& out, const char* name, std::string_view value);
std::string time_or_null(const std::optional<Timestamp>& time);

/// What a signal says, for the whole answer and for one timeframe of it.
void append_verdict(std::string& out, const signals::Signal& signal, signals::Horizon horizon);
void append_no_verdict(std::string& out);
/// One timeframe with its components, or with what its first score waits for.
void append_timeframe(std::string& out, const Shown& symbol, std::size_t place, signals::Horizon horizon);
/// The reasons of a score, in the order in which it adds them up.
void append_reasons(std::string& out, const Shown& symbol, std::size_t place);
void append_confirmation(std::string& out, const signals::Score& score);
void append_ai(std::string& out, const signals::Forecast& forecast);
/// What the signals of the band were worth; null under signals::kRecordLeast.
void append_record(std::string& out, const Shown& symbol, std::size_t place, signals::Horizon horizon);
/// "Buy at 67: the price is +1.2 ATR from its EMA 50; MACD 12 is over its signal line 9."
std::string sentence_of(const Shown& symbol, std::size_t place);

}  // namespace cw::api
