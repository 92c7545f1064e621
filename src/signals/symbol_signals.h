#pragma once

#include <array>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "market/candle.h"
#include "market/provisional.h"
#include "signals/calibration.h"
#include "signals/open_signals.h"
#include "signals/score.h"
#include "signals/timeframes.h"

namespace cw::signals {

/// What one symbol's signals are made with; shared by all symbols.
struct SignalRules {
  std::vector<ComponentPlan> plans;  // one a scored timeframe, in their order
  double round_trip_cost = 0.002;    // of a trade there and back: fees and slippage, as a fraction of the price
  double model_weight = kModelWeightDefault;
};

/// Compiles a document for all timeframes.
/// Errors  those of compile_components
Result<SignalRules> make_rules(std::shared_ptr<const ComponentDocument> document);

/// A signal as it was emitted: it is never changed.
struct Signal {
  Score score;
  Timestamp emitted_at{};  // close of the base bar that made it known
  double price = 0;        // the close of that bar: where a trade could be made
  double tradingview = std::numeric_limits<double>::quiet_NaN();
  Regime regime = Regime::range;
  std::array<double, kHorizons.size()> probability{};  // by horizon; NaN: not enough outcomes, or neutral
  Forecast forecast{};                                 // over the timeframe's default horizon
};

/// What became of a signal.
struct Outcome {
  market::Timeframe timeframe{};
  Timestamp bar_time{};  // of the signal
  Horizon horizon{};
  double score = 50;  // of the signal
  double change = 0;  // of the price over the horizon, as a fraction; NaN where no bar closed near its end
};

/// How the signals of a band ended so far, each a trade in its direction after costs; of neutral ones, long.
struct Tally {
  std::uint32_t n = 0;
  std::uint32_t paid = 0;
  double sum = 0;  // of returns
  std::uint32_t long_paid = 0;
  double long_sum = 0;  // of the same signals, always long
};

/// One symbol's signals, bar by bar, live and over history alike: the same closed bars in the same order give the same signals
/// to the last bit. Pure: of one thread, no clock.
///
/// The bars of an instant come one by one, of all timeframes that close then, in any order; then `settle` says that they were
/// all. A signal is made of each timeframe that has a new bar and all the bars that its components look back on.
class SymbolSignals {
 public:
  struct Sink {
    std::function<void(const Signal&)> signal;
    std::function<void(const Outcome&)> outcome;
  };

  /// The rules outlive it.
  explicit SymbolSignals(const SignalRules& rules);

  /// The next closed bar of a timeframe; one that is not scored is left out.
  void closed(market::Timeframe timeframe, const market::Candle& bar);
  /// What a model expects, asked once a timeframe whose signal is made; `bar_time` is that of its bar. Empty: there is none.
  using Ask = std::function<Forecast(market::Timeframe timeframe, Timestamp bar_time)>;

  /// All bars of this instant are in. `now` is when the base bar closed, `price` its close. Tells first what became of older
  /// signals, then the new ones, the longest timeframe first.
  void settle(Timestamp now, double price, const Sink& sink, const Ask& ask = {});

  /// What a timeframe said at its newest closed bar.
  struct Reading {
    std::uint64_t bars = 0;  // seen
    std::optional<Timestamp> first_bar{};
    Timestamp bar_time{};
    double price = 0;
    bool is_ready = false;  // enough bars for a score
    Technical technical;
    std::vector<double> row;         // the plan's outputs
    std::optional<Signal> signal{};  // the newest
  };
  const Reading& reading(std::size_t place) const { return states_[place].reading; }

  /// By scored timeframe: the bar under way, where there is one that is newer than the newest closed bar.
  using FormingBars = std::array<std::optional<market::FormingCandle>, kTimeframes>;
  /// By scored timeframe: what it would say; none where no bar is under way.
  using Peeked = std::array<std::optional<Reading>, kTimeframes>;

  /// What each timeframe would say if its bar under way closed as it is: for display, and never kept, learnt from or emitted.
  /// A bar that closes as it is here gives, to the last bit, the signal that `settle` then makes of it. So a longer timeframe's
  /// bar under way has a say where both end together, else its newest closed one has.
  /// Cost    a copy and a step of each plan with a bar under way
  market::Provisional<Peeked> peek(const FormingBars& forming, const Ask& ask = {}) const;
  const Calibration& calibration(std::size_t place, Horizon horizon) const {
    return states_[place].calibrations[static_cast<std::size_t>(horizon)];
  }
  /// What became of the signals of a timeframe that pointed the same way, over one horizon.
  const Tally& tally(std::size_t place, Horizon horizon, Direction direction) const {
    return states_[place].tallies[static_cast<std::size_t>(horizon)][static_cast<std::size_t>(direction)];
  }
  /// When the newest base bar closed; none before the first.
  std::optional<Timestamp> last_close() const { return has_closed_ ? std::optional{last_close_} : std::nullopt; }
  /// The first minute of the newest stretch that is missing between two bars of a minute; none where there is no such stretch.
  std::optional<Timestamp> newest_hole() const { return newest_hole_; }
  const SignalRules& rules() const { return rules_; }

  /// Everything that the newest signal of `place` was made of, as bytes: what its components answered, the longer ratings,
  /// the price and the instant. Equal bytes give equal signals. Only where there is a signal.
  std::string inputs_of(std::size_t place) const;

  /// The ratings of the ready timeframes above `place`, the nearest first.
  std::vector<HigherRating> higher_of(std::size_t place) const;

 private:
  struct State {
    expr::Plan plan;
    Reading reading;
    bool is_fresh = false;
    OpenSignals open;
    std::array<std::uint64_t, kHorizons.size()> next{};  // by horizon: the number of the first open one
    std::array<Calibration, kHorizons.size()> calibrations{};
    std::array<std::array<Tally, kDirections.size()>, kHorizons.size()> tallies{};
  };
  /// The change of the price over a horizon that is over by `now`: NaN where it cannot be judged; none: it is not over.
  std::optional<double> change_of(const OpenSignals::One& signal, Horizon horizon, Timestamp now, double price) const;
  Signal make_signal(std::size_t place, const Reading& reading, Timestamp now, double price,
                     std::span<const HigherRating> higher,
                     const std::array<Calibration, kHorizons.size()>& calibrations, const Ask& ask) const;
  std::array<Calibration, kHorizons.size()> calibrations_at(const State& state, Timestamp now, double price) const;
  void read_row(std::size_t place, Reading& reading) const;
  void teach(Calibration& calibration, double score, double change) const;
  void learn(State& state, Horizon horizon, double score, double change) const;
  void judge(State& state, market::Timeframe timeframe, Timestamp now, double price, const Sink& sink);

  const SignalRules& rules_;
  std::vector<State> states_;
  std::optional<Timestamp> newest_hole_{};
  bool has_closed_ = false;
  Timestamp last_close_{};  // when the newest base bar closed, and at what price
  double last_price_ = std::numeric_limits<double>::quiet_NaN();
};

}  // namespace cw::signals
