#include "evaluation/live_series.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace cw::evaluation {
namespace {

/// Bars that wait, as a plan takes them.
class Waiting final : public expr::OtherBars {
 public:
  explicit Waiting(LivePlan& plan) : plan_(plan) {}
  bool next(std::size_t feed, Timestamp time, market::Candle& bar) override {
    auto& bars = plan_.waiting[feed];
    if (bars.empty()) return false;
    if (bars.front().open_time + market::duration(plan_.plan.feeds()[feed].timeframe) > time) return false;
    bar = bars.front();
    bars.pop_front();
    return true;
  }

 private:
  LivePlan& plan_;
};

struct Assembled {
  expr::Graph graph;
  std::vector<expr::NodeId> outputs;
  std::vector<std::size_t> widths;
};

Result<Assembled> compile_live(const LiveRequest& request) {
  Assembled made{expr::Graph(request.timeframe), {}, {}};
  for (const LiveText& text : request.texts) {
    const expr::CompileOptions options{.symbol = request.instrument,
                                       .seed = text.seed,
                                       .inputs = text.inputs,
                                       .find_symbol = request.find_symbol,
                                       .named = request.signals != nullptr ? &request.signals->names() : nullptr};
    const auto compiled = expr::compile(text.text, options, made.graph);
    if (!compiled) return std::unexpected(Error{Errc::bad_expression, compiled.error().text(), {}, "expr"});
    made.widths.push_back(compiled->plots.size());
    for (const auto& plot : compiled->plots) made.outputs.push_back(plot.node);
  }
  return made;
}

Result<LivePlan> plan_of(const LiveRequest& request, Assembled made, expr::NamedSeries* named) {
  auto plan = expr::Plan::make(made.graph, made.outputs, named);
  if (!plan) return pass_on(plan);
  LivePlan live{.texts = request.texts,
                .widths = std::move(made.widths),
                .plan = std::move(*plan),
                .first_bar = {},
                .last_bar = {},
                .values = {}};
  live.values.assign(made.outputs.size(), indicators::kNaN);
  live.waiting.resize(live.plan.feeds().size());
  live.newest_other.resize(live.plan.feeds().size());
  return live;
}

/// Runs the plan over all that is stored and closes by `until`; what the store has of other symbols beyond it goes on waiting.
Result<void> run_stored(const StoreOf& store_of, const LiveRequest& request, std::optional<Timestamp> until,
                        LivePlan& live) {
  const auto to = until ? *until - market::duration(request.timeframe) + Millis{1} : from_ms(kLatestMs);
  const auto bars = stored_bars(store_of(request.instrument), request.instrument, request.timeframe, Timestamp{}, to);
  StoredOtherBars others(store_of, live.plan.feeds());
  market::CandleColumns rows;
  std::vector<std::vector<double>> columns(live.plan.outputs());
  std::vector<double*> out(columns.size());
  for (;;) {
    const auto more = bars->next(rows);
    if (!more) return pass_on(more);
    if (!*more) break;
    if (rows.empty()) continue;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      columns[i].resize(rows.size());
      out[i] = columns[i].data();
    }
    live.plan.run(rows.view(), out, &others);
    if (!live.first_bar) live.first_bar = from_ms(rows.open_time_ms.front());
    live.last_bar = from_ms(rows.open_time_ms.back());
    for (std::size_t i = 0; i < columns.size(); ++i) live.values[i] = columns[i].back();
  }
  for (std::size_t feed = 0; feed < live.waiting.size(); ++feed) {
    live.newest_other[feed] = others.newest(feed);
    for (market::Candle bar; others.next(feed, from_ms(kLatestMs), bar);) {
      live.waiting[feed].push_back(bar);
      live.newest_other[feed] = bar.open_time;
      if (live.waiting[feed].size() > LiveSeries::kWaitingMost) live.waiting[feed].pop_front();
    }
  }
  if (others.error()) return std::unexpected(*others.error());
  return {};
}

}  // namespace

Result<LivePlan> assemble_live(const LiveRequest& request) {
  auto made = compile_live(request);
  if (!made) return pass_on(made);
  SignalNames names;
  return plan_of(request, std::move(*made), &names);
}

Result<LivePlan> prepare_live(const StoreOf& store_of, const LiveRequest& request) {
  auto made = compile_live(request);
  if (!made) return pass_on(made);
  auto feed = std::make_shared<SignalFeed>();
  std::unique_ptr<expr::NamedSeries> signals;
  if (request.signals != nullptr) {
    auto found = request.signals->series(request.instrument, made->graph, {}, feed);
    if (!found) return pass_on(found);
    signals = std::move(*found);
  }
  auto live = plan_of(request, std::move(*made), signals.get());
  if (!live) return live;
  // Of bars that are stored after the signals were run the signals are told, as of all that close from then on.
  const auto until = signals ? signals->known_until() : std::nullopt;
  if (auto done = run_stored(store_of, request, until, *live); !done) return pass_on(done);
  if (signals) live->signals = std::move(feed);
  return live;
}

void LiveSeries::abandon_expected() {
  expects_plan_ = false;
  kept_.clear();
  kept_settled_ = 0;
  kept_others_.clear();
  kept_signals_.clear();
}

bool LiveSeries::adopt(LivePlan plan) {
  expects_plan_ = false;
  const bool whole = !std::exchange(lost_, false);
  plan_ = std::move(plan);
  unsettled_.clear();
  is_out_of_step_ = plan_->signals && !whole;
  for (const OtherBar& other : std::exchange(kept_others_, {})) wait_for(other);
  for (const auto& [place, signal] : std::exchange(kept_signals_, {})) {
    if (plan_->signals) plan_->signals->told(place, signal);
  }
  const std::size_t settled = std::exchange(kept_settled_, 0);
  const auto kept = std::exchange(kept_, {});
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (is_behind(kept[i])) continue;
    if (!plan_->signals || (i < settled && !is_out_of_step_)) {
      step(kept[i]);
    } else {
      wait_for_signals(kept[i]);
    }
  }
  return whole;
}

bool LiveSeries::closed(const market::Candle& bar) {
  if (expects_plan_) {
    kept_.push_back(bar);
    if (kept_.size() > kKeptMost) {
      kept_.pop_front();
      kept_settled_ -= kept_settled_ > 0 ? 1 : 0;
      lost_ = true;
    }
  }
  if (!plan_ || is_behind(bar)) return false;
  if (plan_->signals) {
    wait_for_signals(bar);
    return false;
  }
  step(bar);
  return true;
}

void LiveSeries::wait_for_signals(const market::Candle& bar) {
  if (is_out_of_step_) return;  // the plan to come has run over it
  unsettled_.push_back(bar);
  if (unsettled_.size() <= kKeptMost) return;
  unsettled_.clear();  // nobody tells signals: should they begin again, everything does
  is_out_of_step_ = true;
}

void LiveSeries::signal_told(std::size_t place, const ToldSignal& signal) {
  if (expects_plan_) {
    kept_signals_.emplace_back(place, signal);
    if (kept_signals_.size() > SignalFeed::kKeptMost) kept_signals_.pop_front(), lost_ = true;
  }
  if (plan_ && plan_->signals) plan_->signals->told(place, signal);
}

bool LiveSeries::signals_settled() {
  kept_settled_ = kept_.size();
  bool is_news = false;
  for (const market::Candle& bar : std::exchange(unsettled_, {})) {
    if (is_behind(bar)) continue;
    step(bar);
    is_news = true;
  }
  return is_news;
}

bool LiveSeries::signals_begun_anew() {
  const bool has_signals = plan_ && plan_->signals;
  // Whether the plan that is being prepared asks for signals is not known here.
  lost_ = lost_ || expects_plan_;
  is_out_of_step_ = has_signals;
  unsettled_.clear();
  return has_signals || expects_plan_;
}

void LiveSeries::other_closed(const expr::Context& series, const market::Candle& bar) {
  if (expects_plan_) {
    kept_others_.push_back({series, bar});
    if (kept_others_.size() > kKeptMost) kept_others_.pop_front(), lost_ = true;
  }
  if (plan_) wait_for({series, bar});
}

void LiveSeries::wait_for(const OtherBar& other) {
  const auto& feeds = plan_->plan.feeds();
  for (std::size_t feed = 0; feed < feeds.size(); ++feed) {
    if (feeds[feed] != other.series) continue;
    auto& bars = plan_->waiting[feed];
    auto& newest = plan_->newest_other[feed];
    if (newest && other.bar.open_time <= *newest) continue;
    newest = other.bar.open_time;
    bars.push_back(other.bar);
    if (bars.size() > kWaitingMost) bars.pop_front();
  }
}

void LiveSeries::step(const market::Candle& bar) {
  Waiting waiting(*plan_);
  plan_->plan.step(bar, plan_->values, &waiting);
  if (!plan_->first_bar) plan_->first_bar = bar.open_time;
  plan_->last_bar = bar.open_time;
}

std::span<const double> LiveSeries::values(std::size_t text) const {
  const auto begin =
      std::accumulate(plan_->widths.begin(), plan_->widths.begin() + static_cast<std::ptrdiff_t>(text), std::size_t{0});
  return std::span(plan_->values).subspan(begin, plan_->widths[text]);
}

std::optional<market::Provisional<std::vector<double>>> LiveSeries::peek(const market::FormingCandle& forming) const {
  if (!plan_ || (plan_->last_bar && forming.open_time <= *plan_->last_bar)) return std::nullopt;
  return plan_->plan.peek(forming);
}

}  // namespace cw::evaluation
