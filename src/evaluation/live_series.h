#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"
#include "evaluation/bar_source.h"
#include "evaluation/program.h"
#include "evaluation/signal_library.h"
#include "expr/plan.h"
#include "market/candle.h"
#include "market/provisional.h"

namespace cw::evaluation {

/// One text that somebody watches.
struct LiveText {
  std::string text;
  std::map<std::string, std::variant<double, std::string>> inputs{};
  indicators::Seed seed = indicators::Seed::talib;

  friend auto operator<=>(const LiveText&, const LiveText&) = default;
};

struct LiveRequest {
  market::InstrumentId instrument;
  market::Timeframe timeframe{};
  std::vector<LiveText> texts;
  std::function<std::optional<market::InstrumentId>(std::string_view)> find_symbol{};
  SignalLibrary* signals = nullptr;  // signal.*; null: there are none
};

/// All texts that are watched on one series as one plan that has run over everything stored: equal parts of different
/// texts are one node.
struct LivePlan {
  std::vector<LiveText> texts;
  std::vector<std::size_t> widths;  // how many of the plan's outputs are each text's, in order
  expr::Plan plan;
  std::optional<Timestamp> first_bar;
  std::optional<Timestamp> last_bar;  // where it stands
  std::vector<double> values;         // its answers there; NaN before the first bar
  /// By feed: bars of other symbols that no row has seen yet, and the open time of the newest that ever came.
  std::vector<std::deque<market::Candle>> waiting{};
  std::vector<std::optional<Timestamp>> newest_other{};
  /// Where the signals that are emitted from now on go; null: no text asks for signals.
  std::shared_ptr<SignalFeed> signals{};
};

/// Compiles the texts into one plan that has seen no bar yet: whether they go together at all.
/// Errors  bad_expression (a text that does not compile, or not beside the others: the limits of a graph hold for all of them),
///         unsupported, limit_exceeded (Plan::make)
Result<LivePlan> assemble_live(const LiveRequest& request);

/// Assembles the texts and runs them, with the signals that they ask for, from the series' first stored bar to its last.
/// Errors  those of assemble_live and of the store
Result<LivePlan> prepare_live(const StoreOf& store_of, const LiveRequest& request);

/// A plan that follows its series bar by bar: what the desk shows live. Bars that arrive while a new plan is prepared are
/// kept and taken by it when it comes. Pure: of one thread, no clock.
///
/// The values are those of `evaluate` over the same bars, to the last bit: the same plan, from the same first bar. Where a text asks
/// for signals, a bar that has closed waits until the signals of its instant are told.
class LiveSeries {
 public:
  static constexpr std::size_t kKeptMost =
      4'096;  // own bars while a plan is prepared; over it the oldest go, and are counted
  static constexpr std::size_t kWaitingMost = 8'192;  // bars of one other symbol

  /// From here on bars are kept for the plan that is being prepared.
  void expect_plan() { expects_plan_ = true; }
  /// Takes a prepared plan; the bars that were closed meanwhile are run. False where some of them are lost (over
  /// kKeptMost): it has to be prepared again.
  bool adopt(LivePlan plan);
  void abandon_expected();

  /// The next closed bar of the series. True when there are new values. Not yet where they wait for signals.
  bool closed(const market::Candle& bar);
  /// A signal of the series' symbol was emitted.
  void signal_told(std::size_t place, const ToldSignal& signal);
  /// All signals of what has closed so far are told: bars that waited are run. True when there are new values.
  bool signals_settled();
  /// The symbol's signals have begun anew, and nobody told those of the bars before: values that ask for them go on with a plan that
  /// is prepared from here on. False where no value does.
  bool signals_begun_anew();
  /// A closed bar of another symbol's series.
  void other_closed(const expr::Context& series, const market::Candle& bar);

  bool has_plan() const { return plan_.has_value(); }
  const LivePlan& plan() const { return *plan_; }
  /// The values of one text as of `plan().last_bar`.
  std::span<const double> values(std::size_t text) const;

  /// The values of all texts if the bar under way closed as it is. None where it is not newer than the last closed one.
  std::optional<market::Provisional<std::vector<double>>> peek(const market::FormingCandle& forming) const;

 private:
  struct OtherBar {
    expr::Context series;
    market::Candle bar;
  };
  bool is_behind(const market::Candle& bar) const { return plan_->last_bar && bar.open_time <= *plan_->last_bar; }
  void wait_for_signals(const market::Candle& bar);
  void step(const market::Candle& bar);
  void wait_for(const OtherBar& other);

  std::optional<LivePlan> plan_;
  bool expects_plan_ = false;
  bool lost_ = false;            // a kept bar had to go
  bool is_out_of_step_ = false;  // with the signals: nothing is run until a new plan comes
  std::deque<market::Candle> kept_;
  std::size_t kept_settled_ = 0;  // of kept_: those of which all signals are told
  std::deque<OtherBar> kept_others_;
  std::deque<std::pair<std::size_t, ToldSignal>> kept_signals_;
  std::deque<market::Candle> unsettled_;  // closed bars that wait for their signals
};

}  // namespace cw::evaluation
