#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <utility>

#include "base/error.h"
#include "evaluation/bar_source.h"
#include "evaluation/program.h"
#include "evaluation/signal_series.h"

namespace cw::evaluation {

/// The signals of everything that is stored, as series of the language: what run_signal_history emits over a symbol's candles,
/// which is what the live desk emits. A symbol is run when a text first asks for its signals, only from the finest
/// timeframe asked for; what was made is kept and gone on with once more bars are stored. Thread-safe.
///
/// Limits  kSymbolsMost symbols and kBytesMost of signals are kept: the symbol that was asked for longest ago goes
class SignalLibrary {
 public:
  static constexpr std::size_t kSymbolsMost = 1'024;
  static constexpr std::size_t kBytesMost = std::size_t{256} << 20;

  /// The rules outlive it.
  SignalLibrary(StoreOf store_of, const signals::SignalRules& rules);
  ~SignalLibrary();

  /// What a graph over this symbol's bars asks for; null where it asks for no signals. Where nothing is stored that a
  /// timeframe's bars are made of, its signals are without a value. `feed`: see SignalSeries.
  ///
  /// Errors  those of the store; Errc::cancelled: what was run until then is kept
  Result<std::unique_ptr<expr::NamedSeries>> series(const market::InstrumentId& instrument, const expr::Graph& graph,
                                                    const std::function<bool()>& cancelled = {},
                                                    std::shared_ptr<const SignalFeed> feed = nullptr);

  /// What a text that asks for them is compiled with.
  const expr::NamedSeries& names() const { return names_; }

  /// The work of it beside that of the bars (see check_work): kSignalWork a bar that would have to be scored first; 0 for one
  /// that is kept, and for a graph that asks for no signals. Reads no bar.
  std::uint64_t work(const market::InstrumentId& instrument, const expr::Graph& graph);

  /// A stored bar was replaced, or older ones came: the symbol is run anew when it is asked for.
  void forget(const market::InstrumentId& instrument);
  void forget_all();

 private:
  struct Symbol;
  using SymbolPtr = std::shared_ptr<Symbol>;
  SymbolPtr take(const market::InstrumentId& instrument);
  SymbolPtr find(const market::InstrumentId& instrument);
  void limit();

  StoreOf store_of_;
  const signals::SignalRules& rules_;
  SignalNames names_;
  std::mutex mutex_;
  std::list<std::pair<market::InstrumentId, SymbolPtr>> kept_;  // asked for last first
};

}  // namespace cw::evaluation
