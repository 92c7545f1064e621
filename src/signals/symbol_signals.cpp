#include "signals/symbol_signals.h"

#include <algorithm>
#include <cmath>

#include "base/bytes.h"

namespace cw::signals {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;

std::uint32_t minute_of(Timestamp time) { return static_cast<std::uint32_t>(to_ms(time) / kMinuteMs); }
Timestamp time_of(std::uint32_t minute) { return from_ms(minute * kMinuteMs); }

}  // namespace

Result<SignalRules> make_rules(std::shared_ptr<const ComponentDocument> document) {
  SignalRules rules;
  for (const auto timeframe : kSignalTimeframes) {
    auto plan = compile_components(document, timeframe);
    if (!plan) return pass_on(plan);
    rules.plans.push_back(std::move(*plan));
  }
  return rules;
}

SymbolSignals::SymbolSignals(const SignalRules& rules) : rules_(rules) {
  states_.reserve(rules.plans.size());
  for (const auto& plan : rules.plans) {
    states_.push_back({.plan = plan.plan.clone_for_steps(), .reading = {}});
    states_.back().reading.row.resize(plan.outputs());
  }
}

void SymbolSignals::closed(market::Timeframe timeframe, const market::Candle& bar) {
  const auto place = place_of(timeframe);
  if (!place) return;
  auto& state = states_[*place];
  auto& reading = state.reading;
  state.plan.step(bar, reading.row);
  if (!reading.first_bar) reading.first_bar = bar.open_time;
  ++reading.bars;
  reading.bar_time = bar.open_time;
  reading.price = bar.close;
  const auto& plan = rules_.plans[*place];
  reading.is_ready =
      reading.bars > static_cast<std::uint64_t>(plan.lookback) && read_technical(plan, reading.row, reading.technical);
  state.is_fresh = true;
}

std::vector<HigherRating> SymbolSignals::higher_of(std::size_t place) const {
  std::vector<HigherRating> higher;
  for (std::size_t above = place + 1; above < states_.size(); ++above) {
    const auto& reading = states_[above].reading;
    if (reading.is_ready) higher.push_back({rules_.plans[above].timeframe, reading.bar_time, reading.technical.rating});
  }
  return higher;
}

void SymbolSignals::learn(State& state, Horizon horizon, double score, double change) const {
  const auto direction = direction_of(score);
  const int side = side_of(direction);
  const double cost = rules_.round_trip_cost;
  state.calibrations[static_cast<std::size_t>(horizon)].learn(score, side * change > cost);
  auto& tally = state.tallies[static_cast<std::size_t>(horizon)][static_cast<std::size_t>(direction)];
  const double own = (side == 0 ? 1 : side) * change - cost;
  ++tally.n;
  tally.paid += own > 0 ? 1 : 0;
  tally.sum += own;
  tally.long_paid += change > cost ? 1 : 0;
  tally.long_sum += change - cost;
}

std::string SymbolSignals::inputs_of(std::size_t place) const {
  const auto& reading = states_[place].reading;
  const auto& signal = *reading.signal;
  std::string bytes;
  ByteWriter writer{bytes};
  writer.put(to_ms(signal.score.bar_time));
  writer.put(to_ms(signal.emitted_at));
  writer.put(signal.price);
  for (const double answer : reading.row)
    writer.put(std::isnan(answer) ? std::numeric_limits<double>::quiet_NaN() : answer);
  for (const auto& higher : signal.score.confirmation.higher) {
    writer.put(to_ms(higher.bar_time));
    writer.put(higher.rating);
  }
  return bytes;
}

/// Tells the outcomes of the signals whose horizon is over by `now`.
void SymbolSignals::judge(State& state, market::Timeframe timeframe, Timestamp now, double price, const Sink& sink) {
  for (const auto horizon : kHorizons) {
    auto& next = state.next[static_cast<std::size_t>(horizon)];
    for (; next < state.first_pending + state.pending.size(); ++next) {
      const auto& signal = state.pending[static_cast<std::size_t>(next - state.first_pending)];
      const Timestamp emitted_at = time_of(signal.emitted_minute);
      const Timestamp end = emitted_at + duration(horizon);
      if (end > now) break;
      // At a hole the newest close before the end stands for it, where it is not too old for that.
      const bool is_exact = end == now;
      const bool is_near = is_exact || (last_close_ >= emitted_at && end - last_close_ <= duration(horizon) / 4);
      const double at_end = is_exact ? price : last_price_;
      const double change = is_near ? (at_end - signal.price) / signal.price : std::numeric_limits<double>::quiet_NaN();
      if (is_near) learn(state, horizon, signal.score, change);
      if (sink.outcome) sink.outcome({timeframe, time_of(signal.bar_minute), horizon, signal.score, change});
    }
  }
  const std::uint64_t open = *std::ranges::min_element(state.next);
  for (; state.first_pending < open; ++state.first_pending) state.pending.pop_front();
}

void SymbolSignals::settle(Timestamp now, double price, const Sink& sink, const std::optional<Prediction>& prediction) {
  for (std::size_t place = 0; place < states_.size(); ++place)
    judge(states_[place], rules_.plans[place].timeframe, now, price, sink);
  has_closed_ = true;
  last_close_ = now;
  last_price_ = price;
  for (std::size_t place = states_.size(); place-- > 0;) {
    auto& state = states_[place];
    if (!state.is_fresh) continue;
    state.is_fresh = false;
    auto& reading = state.reading;
    if (!reading.is_ready) continue;
    Signal signal;
    signal.score = score_of(rules_.plans[place], reading.technical, reading.bar_time, higher_of(place), prediction,
                            rules_.model_weight);
    signal.emitted_at = now;
    signal.price = price;
    signal.tradingview = reading.technical.tradingview;
    signal.regime = reading.technical.regime;
    for (std::size_t h = 0; h < kHorizons.size(); ++h)
      signal.probability[h] = state.calibrations[h].probability(signal.score.score);
    state.pending.push_back({price, signal.score.score, minute_of(reading.bar_time), minute_of(now)});
    reading.signal = std::move(signal);
    if (sink.signal) sink.signal(*reading.signal);
  }
}

}  // namespace cw::signals
