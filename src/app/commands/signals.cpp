#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/lookup.h"
#include "app/signal_rules.h"
#include "evaluation/signal_history.h"
#include "signals/track_record_json.h"

// What signals were worth, and what they are made of.
namespace cw::app {
namespace {

using signals::BandRecord;

std::string percent(const std::optional<double>& share, int decimals = 1) {
  return share ? fmt::format("{:.{}f} %", 100 * *share, decimals) : "n/a";
}

std::string decimal(const std::optional<double>& value) { return value ? fmt::format("{:.4f}", *value) : "n/a"; }

/// Why there is nothing to judge.
std::string why_none(const evaluation::SignalRecord& found, const SignalsRecordArgs& args, signals::Horizon horizon,
                     const signals::SignalRules& rules) {
  const auto timeframe = market::name(args.timeframe);
  const auto needed = static_cast<std::uint64_t>(rules.plans[*signals::place_of(args.timeframe)].lookback) + 1;
  if (found.bars < needed) {
    return fmt::format("not enough history: {} bars of {} are stored or made of what is, the first score needs {}",
                       found.bars, timeframe, needed);
  }
  if (args.from || args.to) return "no signal that lies in the period could be judged";
  return fmt::format("no signal could be judged: no stored bar closes near the end of the {} after one",
                     signals::name(horizon));
}

std::string as_table(const evaluation::SignalRecord& found, const market::InstrumentId& id,
                     const SignalsRecordArgs& args, signals::Horizon horizon, const signals::SignalRules& rules) {
  const auto& record = found.record;
  std::string out =
      fmt::format("{} {}, each signal over the next {}, after {:.2f} % of costs there and back\n", id.text(),
                  market::name(args.timeframe), signals::name(horizon), 100 * rules.round_trip_cost);
  if (record.signals == 0) return out + why_none(found, args, horizon, rules) + '\n';
  out += fmt::format("{} signals, {} to {}\n\n", record.signals, format_time(record.first), format_time(record.last));
  out += fmt::format("{:<12} {:>7} {:>8} {:>17} {:>9} {:>9} {:>8} {:>8} {:>12} {:>12} {:>8}\n", "BAND", "N", "PAID",
                     "95 % INTERVAL", "MEAN", "MEDIAN", "BRIER", "ECE", "ALWAYS LONG", "TRADINGVIEW", "COIN");
  const auto row = [&](std::string_view band, const BandRecord& one) {
    const std::string interval =
        one.interval ? fmt::format("{:.1f} to {:.1f} %", 100 * (*one.interval)[0], 100 * (*one.interval)[1]) : "n/a";
    out += fmt::format("{:<12} {:>7} {:>8} {:>17} {:>9} {:>9} {:>8} {:>8} {:>12} {:>12} {:>8}\n", band, one.n,
                       percent(one.hit_rate), interval, percent(one.mean_return, 3), percent(one.median_return, 3),
                       decimal(one.brier), decimal(one.ece), percent(one.always_long.hit_rate),
                       percent(one.tradingview.hit_rate), percent(one.coin.hit_rate));
  };
  for (const auto direction : signals::kDirections)
    row(signals::name(direction), record.bands[static_cast<std::size_t>(direction)]);
  row("all", record.all);
  out += '\n';
  for (const auto direction : signals::kDirections) {
    if (direction == signals::Direction::neutral) continue;
    out += signals::verdict(signals::name(direction), record.bands[static_cast<std::size_t>(direction)]) + '\n';
  }
  if (record.all.brier) {
    out += fmt::format("probabilities: Brier {:.4f}, always telling the base rate {:.4f}, n = {}\n", *record.all.brier,
                       *record.all.brier_base, record.all.told);
  } else {
    out += fmt::format("probabilities: not enough history ({} told)\n", record.all.told);
  }
  return out;
}

}  // namespace

int run_signals_record(FolderCommand& command, const SignalsRecordArgs& args) {
  const auto instrument = find_instrument(command.config, command.store, args.symbol);
  if (!instrument) return report(command.console, instrument.error());
  const auto rules = signal_rules(command.config);
  if (!rules) return report(command.console, rules.error());
  const auto horizon = args.horizon.value_or(signals::default_horizon(args.timeframe));
  const auto found = evaluation::signal_record(
      command.store, *rules,
      {instrument->id, args.timeframe, horizon, args.from.value_or(Timestamp{}), args.to.value_or(from_ms(kLatestMs))},
      [&command] { return command.console.cancelled(); });
  if (!found) return report(command.console, found.error());
  command.console.out(args.format == OutputFormat::json
                          ? signals::record_json({instrument->id, args.timeframe, horizon, rules->round_trip_cost,
                                                  rules->plans.front().document->name},
                                                 found->record) +
                                '\n'
                          : as_table(*found, instrument->id, args, horizon, *rules));
  return kGood;
}

int run_signals_components(Console& console, const SignalsComponentsArgs& args) {
  if (args.file.empty()) {
    console.out(signals::default_components());
    return kGood;
  }
  auto document = read_components(args.file);
  if (!document) return report(console, document.error());
  const auto rules = signals::make_rules(std::make_shared<const signals::ComponentDocument>(std::move(*document)));
  if (!rules) return report(console, with_place(rules.error(), args.file));
  const auto& good = *rules->plans.front().document;
  console.out(fmt::format("{}: {} components in {} families, {} patterns; the first score needs {} bars\n", good.name,
                          good.components.size(), good.families.size(), good.patterns.size(),
                          rules->plans.front().lookback + 1));
  return kGood;
}

}  // namespace cw::app
