#include "lab/stand.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/json_text.h"
#include "base/require.h"

namespace cw::lab {
namespace {

void append_optional(std::string& out, const char* name, const std::optional<double>& value) {
  out += fmt::format(R"(,"{}":)", name);
  if (value)
    append_json_number(out, *value);
  else
    out += "null";
}

/// Puts an event behind those that are not later. Few are later: only entries of trades that ended out of turn.
void put(std::vector<StandEvent>& events, const StandEvent& event) {
  auto at = events.end();
  while (at != events.begin() && std::prev(at)->time_ms > event.time_ms) --at;
  events.insert(at, event);
}

void add_events(std::vector<StandEvent>& events, const backtest::Trade& trade, std::int64_t from_ms) {
  if (trade.entry_time >= from_ms)
    put(events, {true, trade.side, trade.entry_time, trade.entry_price, trading::Reason::entry, trade.instrument});
  if (!trade.is_open() && trade.exit_time >= from_ms)
    put(events, {false, trade.side, trade.exit_time, trade.exit_price, trade.exit_reason, trade.instrument});
}

/// Parts of one position are trades of their own with one entry.
void drop_twice_told(std::vector<StandEvent>& events) {
  std::set<std::string> seen;
  std::erase_if(events, [&seen](const StandEvent& event) {
    const bool is_new = seen.insert(event.key()).second;
    return event.is_entry && !is_new;
  });
}

backtest::RunSettings settings_of(const PreparedRun& run) {
  auto settings = run.settings;
  settings.keeps_rows = false;
  settings.close_at_end = false;
  return settings;
}

Stand stand_at(const backtest::Engine::Standing& standing, std::optional<Timestamp> as_of) {
  return {.as_of = as_of, .open = standing.open, .exits = standing.open ? standing.exits : trading::Broker::Exits{}};
}

/// Over one instrument: its bars go by, and none is kept.
Result<StandRun> stand_of_one(const PreparedRun& run, const RunMarket& market, std::int64_t events_from_ms,
                              const std::function<bool()>& cancelled) {
  const PreparedPart& part = run.first();
  auto planned = plan_of(part, market, cancelled);
  if (!planned) return pass_on(planned);
  backtest::Engine engine(part.program, std::move(planned->plan), settings_of(run));
  auto source = market.bars();
  if (!source) return pass_on(source);
  std::optional<Timestamp> as_of;
  market::CandleColumns rows;
  for (;;) {
    const auto more = (*source)->next(rows);
    if (!more) return pass_on(more);
    if (!*more) break;
    if (auto done = engine.take(rows.view()); !done) return pass_on(done);
    if (!rows.empty()) as_of = from_ms(rows.open_time_ms.back()) + market::duration(run.timeframe);
    if (cancelled && cancelled()) return fail(Errc::cancelled, "The run was stopped.");
  }
  StandRun made;
  const auto standing = engine.standing();
  made.stands.push_back(stand_at(standing, as_of));
  for (const auto& trade : engine.ended()) add_events(made.events, trade, events_from_ms);
  if (standing.open) add_events(made.events, *standing.open, events_from_ms);
  return made;
}

Result<StandRun> stand_of_loaded(const PreparedRun& run, std::span<const RunMarket> markets,
                                 std::int64_t events_from_ms, const std::function<bool()>& cancelled) {
  const auto go_on = [&cancelled](double) { return !(cancelled && cancelled()); };
  auto loaded = load_run(run, markets, {}, go_on);
  if (!loaded) return pass_on(loaded);
  backtest::Portfolio portfolio(loaded->parts, settings_of(run));
  if (auto done = portfolio.run(go_on); !done) return pass_on(done);
  StandRun made;
  for (std::size_t i = 0; i < run.parts.size(); ++i) {
    const auto& times = loaded->bars[i].open_time_ms;
    const auto as_of =
        times.empty() ? std::nullopt : std::optional{from_ms(times.back()) + market::duration(run.timeframe)};
    made.stands.push_back(stand_at(portfolio.standing(i), as_of));
  }
  for (const auto& trade : portfolio.finish().trades) add_events(made.events, trade, events_from_ms);
  return made;
}

}  // namespace

std::string StandEvent::key() const {
  return fmt::format("{} {} {} {} {}", is_entry ? "entry" : "exit", side == backtest::TradeSide::long_side, time_ms,
                     price, instrument);
}

Result<StandRun> stand_of(const PreparedRun& run, std::span<const RunMarket> markets, std::int64_t events_from_ms,
                          const std::function<bool()>& cancelled) {
  CW_REQUIRE(markets.size() == run.parts.size());
  // Walking shorter bars takes both in memory, as several instruments do.
  const bool goes_by = markets.size() == 1 && run.settings.account.fills.intrabar != trading::Intrabar::magnifier;
  auto made = goes_by ? stand_of_one(run, markets.front(), events_from_ms, cancelled)
                      : stand_of_loaded(run, markets, events_from_ms, cancelled);
  if (made) drop_twice_told(made->events);
  return made;
}

std::string stand_json(std::string_view strategy, const Stand& stand) {
  std::string out = R"({"name":)";
  append_json_string(out, strategy);
  const char* position = "flat";
  if (stand.open) position = stand.open->side == backtest::TradeSide::long_side ? "long" : "short";
  out += fmt::format(R"(,"position":"{}","since":{})", position,
                     stand.open ? fmt::to_string(stand.open->entry_time) : "null");
  append_optional(out, "entry_price", stand.open ? std::optional{stand.open->entry_price} : std::nullopt);
  append_optional(out, "stop", stand.exits.stop);
  append_optional(out, "target", stand.exits.target);
  return out + "}";
}

}  // namespace cw::lab
