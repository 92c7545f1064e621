#include "app/serve/live_strategies.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/json_text.h"

namespace cw::app {
namespace {

std::string event_json(const std::string& id, const std::string& name, const lab::PreparedRun& run,
                       const lab::StandEvent& event) {
  const auto& instrument = run.parts[event.instrument].instrument.id;
  std::string out = R"({"kind":"strategy","run":)";
  append_json_string(out, id);
  out += R"(,"name":)";
  append_json_string(out, name);
  out += R"(,"strategy":)";
  append_json_string(out, run.first().program.name);
  out += R"(,"symbol":)";
  append_json_string(out, instrument.symbol);
  out += R"(,"venue":)";
  append_json_string(out, instrument.venue);
  out += fmt::format(R"(,"timeframe":"{}","bar_time":{},"event":"{}","side":"{}","reason":"{}","price":)",
                     market::name(run.timeframe), event.time_ms, event.is_entry ? "entry" : "exit",
                     event.side == backtest::TradeSide::long_side ? "long" : "short", trading::name(event.reason));
  append_json_number(out, event.price);
  return out + "}";
}

/// How late a bar may come and still be told: of several symbols one may be behind the others.
Millis late_by(const lab::PreparedRun& run) {
  return run.parts.size() > 1 ? market::duration(run.timeframe) : Millis{0};
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
    const auto is_its = [&id](const lab::PreparedPart& part) { return part.instrument.id == id; };
    if (live.run->timeframe != timeframe || std::ranges::none_of(live.run->parts, is_its)) continue;
    live.wanted = std::max(live.wanted.value_or(bar.open_time), bar.open_time);
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
    const auto told_until = found->second.told_until_ms;
    const auto from = told_until ? *told_until - late_by(*run).count() : to_ms(wanted);
    std::function<Result<lab::StandRun>()> work = [run, until, from, store_of = parts_.store_of,
                                                   &signals = parts_.signals] {
      std::vector<lab::RunMarket> markets;
      const auto others = std::make_shared<lab::OtherSymbols>(store_of, until, lab::RunLimits{}.bars);
      for (const auto& part : run->parts) {
        const auto& instrument = part.instrument.id;
        auto& market = markets.emplace_back(
            lab::stored_market(store_of(instrument), instrument, run->timeframe, run->settings.from, until));
        market.named = [&, id = instrument](const expr::Graph& graph) { return signals.series(id, graph); };
        market.others = others;
      }
      return lab::stand_of(*run, markets, from, {});
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
    const auto in = made ? std::ranges::count(made->stands, std::optional{until}, &lab::Stand::as_of) : 0;
    const bool is_whole = made && static_cast<std::size_t>(in) == made->stands.size();
    // A bar that closed a moment ago is on its way to the store. One of several symbols may have none.
    if (in == 0 || (!is_whole && looks < kLooksForOthers)) {
      co_await parts_.runtime.sleep_for(kLookAgain);
      continue;
    }
    tell(id, live, *made, until);
    live.told_until_ms = to_ms(until);
    if (live.wanted == wanted) live.wanted.reset();
    looks = 0;
  }
  if (const auto found = live_.find(id); found != live_.end()) found->second.is_at_work = false;
}

void LiveStrategies::tell(const std::string& id, Live& live, const lab::StandRun& made, Timestamp until) {
  const auto end = to_ms(until);
  std::set<std::string> at_end;
  for (const auto& event : made.events) {
    auto key = event.key();
    if (event.time_ms >= end - late_by(*live.run).count()) at_end.insert(key);
    if (live.told_at_end.contains(key)) continue;
    const auto instrument = index_of(live.run->parts[event.instrument].instrument.id);
    if (!instrument) continue;
    parts_.hub.publish(source(live.user_id, *instrument), realtime::Delivery::durable,
                       [&](std::string& out) { out += event_json(id, live.name, *live.run, event); });
  }
  live.told_at_end = std::move(at_end);
}

}  // namespace cw::app
