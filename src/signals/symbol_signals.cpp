#include "signals/symbol_signals.h"

#include <algorithm>
#include <cmath>

#include "base/bytes.h"

namespace cw::signals {
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
    states_.push_back(
        {.plan = plan.plan.clone_for_steps(), .reading = {}, .open = OpenSignals(market::duration(plan.timeframe))});
    states_.back().reading.row.resize(plan.outputs());
  }
}

void SymbolSignals::closed(market::Timeframe timeframe, const market::Candle& bar) {
  const auto place = place_of(timeframe);
  if (!place) return;
  auto& state = states_[*place];
  auto& reading = state.reading;
  const Timestamp follows = reading.bar_time + market::duration(timeframe);
  if (timeframe == market::Timeframe::m1 && reading.bars > 0 && bar.open_time > follows) newest_hole_ = follows;
  state.plan.step(bar, reading.row);
  if (!reading.first_bar) reading.first_bar = bar.open_time;
  ++reading.bars;
  reading.bar_time = bar.open_time;
  reading.price = bar.close;
  read_row(*place, reading);
  state.is_fresh = true;
}

void SymbolSignals::read_row(std::size_t place, Reading& reading) const {
  const auto& plan = rules_.plans[place];
  reading.is_ready =
      reading.bars > static_cast<std::uint64_t>(plan.lookback) && read_technical(plan, reading.row, reading.technical);
}

std::vector<HigherRating> SymbolSignals::higher_of(std::size_t place) const {
  std::vector<HigherRating> higher;
  for (std::size_t above = place + 1; above < states_.size(); ++above) {
    const auto& reading = states_[above].reading;
    if (reading.is_ready) higher.push_back({rules_.plans[above].timeframe, reading.bar_time, reading.technical.rating});
  }
  return higher;
}

void SymbolSignals::teach(Calibration& calibration, double score, double change) const {
  calibration.learn(score, side_of(direction_of(score)) * change > rules_.round_trip_cost);
}

void SymbolSignals::learn(State& state, Horizon horizon, double score, double change) const {
  const auto direction = direction_of(score);
  const int side = side_of(direction);
  const double cost = rules_.round_trip_cost;
  teach(state.calibrations[static_cast<std::size_t>(horizon)], score, change);
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
  if (const auto& prediction = signal.forecast.used()) {
    writer.put(prediction->probability_up);
    bytes += prediction->model_id;
  }
  return bytes;
}

std::optional<double> SymbolSignals::change_of(const OpenSignals::One& signal, Horizon horizon, Timestamp now,
                                               double price) const {
  const Timestamp end = signal.emitted_at + duration(horizon);
  if (end > now) return std::nullopt;
  // At a hole the newest close before the end stands for it, where it is not too old for that.
  const bool is_exact = end == now;
  const bool is_near = is_exact || (last_close_ >= signal.emitted_at && end - last_close_ <= duration(horizon) / 4);
  if (!is_near) return std::numeric_limits<double>::quiet_NaN();
  const double at_end = is_exact ? price : last_price_;
  return (at_end - signal.price) / signal.price;
}

/// Tells the outcomes of the signals whose horizon is over by `now`.
void SymbolSignals::judge(State& state, market::Timeframe timeframe, Timestamp now, double price, const Sink& sink) {
  for (const auto horizon : kHorizons) {
    auto& next = state.next[static_cast<std::size_t>(horizon)];
    for (; next < state.open.end(); ++next) {
      const auto signal = state.open[next];
      const auto change = change_of(signal, horizon, now, price);
      if (!change) break;
      if (!std::isnan(*change)) learn(state, horizon, signal.score, *change);
      if (sink.outcome) sink.outcome({timeframe, signal.bar_time, horizon, signal.score, *change});
    }
  }
  state.open.drop_before(*std::ranges::min_element(state.next));
}

Signal SymbolSignals::make_signal(std::size_t place, const Reading& reading, Timestamp now, double price,
                                  std::span<const HigherRating> higher,
                                  const std::array<Calibration, kHorizons.size()>& calibrations, const Ask& ask) const {
  const auto& plan = rules_.plans[place];
  Signal signal;
  if (ask) signal.forecast = ask(plan.timeframe, reading.bar_time);
  signal.score =
      score_of(plan, reading.technical, reading.bar_time, higher, signal.forecast.used(), rules_.model_weight);
  signal.emitted_at = now;
  signal.price = price;
  signal.tradingview = reading.technical.tradingview;
  signal.regime = reading.technical.regime;
  for (std::size_t h = 0; h < kHorizons.size(); ++h)
    signal.probability[h] = calibrations[h].probability(signal.score.score);
  return signal;
}

void SymbolSignals::settle(Timestamp now, double price, const Sink& sink, const Ask& ask) {
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
    Signal signal = make_signal(place, reading, now, price, higher_of(place), state.calibrations, ask);
    state.open.push({price, signal.score.score, reading.bar_time, now});
    reading.signal = std::move(signal);
    if (sink.signal) sink.signal(*reading.signal);
  }
}

/// What the calibrations of a timeframe will know at `now`.
std::array<Calibration, kHorizons.size()> SymbolSignals::calibrations_at(const State& state, Timestamp now,
                                                                         double price) const {
  auto calibrations = state.calibrations;
  for (const auto horizon : kHorizons) {
    const auto h = static_cast<std::size_t>(horizon);
    for (auto next = state.next[h]; next < state.open.end(); ++next) {
      const auto signal = state.open[next];
      const auto change = change_of(signal, horizon, now, price);
      if (!change) break;
      if (!std::isnan(*change)) teach(calibrations[h], signal.score, *change);
    }
  }
  return calibrations;
}

market::Provisional<SymbolSignals::Peeked> SymbolSignals::peek(const FormingBars& forming, const Ask& ask) const {
  Peeked peeked;
  std::array<Timestamp, kTimeframes> ends{};
  std::optional<Timestamp> first_end;  // when the next of them closes: what will be known then is known as it is now
  double price = 0;
  for (std::size_t place = 0; place < states_.size(); ++place) {
    const auto& bar = forming[place];
    const auto& closed = states_[place].reading;
    if (!bar || (closed.bars > 0 && bar->open_time <= closed.bar_time)) continue;
    Reading reading = closed;
    reading.signal.reset();
    reading.row = states_[place].plan.peek(*bar).for_display();
    if (!reading.first_bar) reading.first_bar = bar->open_time;
    ++reading.bars;
    reading.bar_time = bar->open_time;
    reading.price = bar->close;
    read_row(place, reading);
    ends[place] = bar->open_time + market::duration(rules_.plans[place].timeframe);
    if (!first_end || ends[place] < *first_end) {
      first_end = ends[place];
      price = bar->close;
    }
    peeked[place] = std::move(reading);
  }
  for (std::size_t place = 0; place < states_.size(); ++place) {
    if (!peeked[place] || !peeked[place]->is_ready) continue;
    std::vector<HigherRating> higher;
    for (std::size_t above = place + 1; above < states_.size(); ++above) {
      const bool ends_with_it = peeked[above] && ends[above] == ends[place];
      const auto& reading = ends_with_it ? *peeked[above] : states_[above].reading;
      if (reading.is_ready)
        higher.push_back({rules_.plans[above].timeframe, reading.bar_time, reading.technical.rating});
    }
    peeked[place]->signal = make_signal(place, *peeked[place], ends[place], peeked[place]->price, higher,
                                        calibrations_at(states_[place], *first_end, price), ask);
  }
  return market::Provisional(std::move(peeked));
}

}  // namespace cw::signals
