#include "app/serve/live_strategies.h"

#include <utility>

#include <fmt/format.h>

#include "base/json_text.h"

namespace cw::app {
namespace {

std::string event_json(const std::string& id, const std::string& name, const lab::PreparedRun& run,
                       const lab::StandEvent& event) {
  std::string out = R"({"kind":"strategy","run":)";
  append_json_string(out, id);
  out += R"(,"name":)";
  append_json_string(out, name);
  out += R"(,"strategy":)";
  append_json_string(out, run.first().program.name);
  out += R"(,"symbol":)";
  append_json_string(out, run.first().instrument.id.symbol);
  out += R"(,"venue":)";
  append_json_string(out, run.first().instrument.id.venue);
  out += fmt::format(R"(,"timeframe":"{}","bar_time":{},"event":"{}","side":"{}","reason":"{}","price":)",
                     market::name(run.timeframe), event.time_ms, event.is_entry ? "entry" : "exit",
                     event.side == backtest::TradeSide::long_side ? "long" : "short", trading::name(event.reason));
  append_json_number(out, event.price);
  return out + "}";
}

}  // namespace

void LiveStrategies::begin(const records::BacktestRow& row, std::shared_ptr<const lab::PreparedRun> run) {
  live_.try_emplace(row.id, Live{.user_id = row.user_id, .name = row.name, .run = std::move(run)});
}

void LiveStrategies::end(const std::string& id) { live_.erase(id); }

realtime::SourceId LiveStrategies::source(const std::string& user_id, realtime::BoardIndex instrument) {
  const auto [found, is_new] = sources_.try_emplace({user_id, instrument}, 0);
  if (is_new) found->second = parts_.hub.add_source();
  return found->second;
}

std::optional<realtime::BoardIndex> LiveStrategies::index_of(const market::InstrumentId& id) const {
  for (realtime::BoardIndex i = 0; i < parts_.board.size(); ++i) {
    if (parts_.board.instrument(i).id == id) return i;
  }
  return std::nullopt;
}

void LiveStrategies::closed(realtime::BoardIndex instrument, market::Timeframe timeframe, const market::Candle& bar) {
  if (live_.empty()) return;
  const auto& id = parts_.board.instrument(instrument).id;
  for (auto& [run_id, live] : live_) {
    if (live.run->timeframe != timeframe || live.run->first().instrument.id != id) continue;
    live.wanted = bar.open_time;
    if (std::exchange(live.is_at_work, true)) continue;
    parts_.runtime.spawn("strategy", follow(run_id));
  }
}

/// Looks at the newest bar that is wanted, until there is none.
net::Task<void> LiveStrategies::follow(std::string id) {
  for (int looks = 0; looks < kLooksMost; ++looks) {
    const auto found = live_.find(id);
    if (found == live_.end()) co_return;
    if (!found->second.wanted) break;
    const Timestamp wanted = *found->second.wanted;
    const auto run = found->second.run;
    const auto until = wanted + market::duration(run->timeframe);
    // The first look tells what begins with this bar, later ones what came since the last.
    const auto from = found->second.told_until_ms.value_or(to_ms(wanted));
    std::function<Result<lab::StandRun>()> work = [run, until, from, store_of = parts_.store_of,
                                                   &signals = parts_.signals] {
      const auto& instrument = run->first().instrument.id;
      lab::RunMarket market;
      market.bars = [&]() -> Result<std::unique_ptr<evaluation::BarSource>> {
        return evaluation::stored_bars(store_of(instrument), instrument, run->timeframe, Timestamp{}, until);
      };
      market.named = [&](const expr::Graph& graph) { return signals.series(instrument, graph); };
      return lab::stand_of(*run, market, from, {});
    };
    auto made = co_await parts_.workers.run<lab::StandRun>(parts_.runtime, std::move(work));
    const auto still = live_.find(id);
    if (still == live_.end()) co_return;
    Live& live = still->second;
    if (!made && made.error().code != Errc::busy) {
      parts_.logger.warn("live strategy not run",
                         {{"run", std::string_view{id}}, {"reason", std::string_view{made.error().message}}});
      live.wanted.reset();
      break;
    }
    if (!made || made->stand.as_of != until) {  // it closed a moment ago, and is on its way to the store
      co_await parts_.runtime.sleep_for(kLookAgain);
      continue;
    }
    if (const auto instrument = index_of(run->first().instrument.id)) tell(id, live, *instrument, *made);
    live.told_until_ms = to_ms(until);
    if (live.wanted == wanted) live.wanted.reset();
    looks = 0;
  }
  if (const auto found = live_.find(id); found != live_.end()) found->second.is_at_work = false;
}

void LiveStrategies::tell(const std::string& id, Live& live, realtime::BoardIndex instrument,
                          const lab::StandRun& made) {
  const auto end = to_ms(*made.stand.as_of);
  std::set<std::string> at_end;
  for (const auto& event : made.events) {
    auto key = event.key();
    if (event.time_ms >= end) at_end.insert(key);
    if (live.told_at_end.contains(key)) continue;
    parts_.hub.publish(source(live.user_id, instrument), realtime::Delivery::durable,
                       [&](std::string& out) { out += event_json(id, live.name, *live.run, event); });
  }
  live.told_at_end = std::move(at_end);
}

}  // namespace cw::app
