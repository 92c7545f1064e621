#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/lookup.h"
#include "app/commands/progress.h"
#include "candle_store/retention.h"

namespace cw::app {
namespace {

using candle_store::SeriesInfo;

std::string as_table(const std::vector<SeriesInfo>& list) {
  if (list.empty()) return "No candles are stored here yet.\n";
  std::string out =
      fmt::format("{:<28} {:>4} {:>13}  {:<20} {:<20} {:>10}\n", "INSTRUMENT", "TF", "BARS", "FIRST", "LAST", "MB");
  for (const SeriesInfo& series : list) {
    out += fmt::format("{:<28} {:>4} {:>13}  {:<20} {:<20} {:>10.1f}\n", series.id.instrument.text(),
                       market::name(series.id.timeframe), with_commas(series.rows), format_time(series.first),
                       format_time(series.last), static_cast<double>(series.bytes) / 1e6);
  }
  return out;
}

std::string as_csv(const std::vector<SeriesInfo>& list) {
  std::string out = "venue,symbol,timeframe,bars,first_open_ms,last_open_ms,bytes,duplicates\n";
  for (const SeriesInfo& series : list) {
    out += fmt::format("{},{},{},{},{},{},{},{}\n", series.id.instrument.venue, series.id.instrument.symbol,
                       market::name(series.id.timeframe), series.rows, to_ms(series.first), to_ms(series.last),
                       series.bytes, series.duplicates);
  }
  return out;
}

std::string as_json(const std::vector<SeriesInfo>& list) {
  std::string out = R"({"series":[)";
  for (const SeriesInfo& series : list) {
    if (out.back() == '}') out += ',';
    out += fmt::format(
        R"({{"venue":"{}","symbol":"{}","timeframe":"{}","bars":{},"first":{},"last":{},"bytes":{},"duplicates":{}}})",
        series.id.instrument.venue, series.id.instrument.symbol, market::name(series.id.timeframe), series.rows,
        to_ms(series.first), to_ms(series.last), series.bytes, series.duplicates);
  }
  return out + "]}\n";
}

/// What a `candles prune` would or does remove of one series, and before when.
struct Cut {
  SeriesInfo series;
  Timestamp before;
};

Result<std::vector<Cut>> cuts_of(FolderCommand& command, const CandlesPruneArgs& args) {
  std::vector<SeriesInfo> chosen = command.store.list();
  if (args.symbol) {
    const auto instrument = find_instrument(command.config, command.store, *args.symbol);
    if (!instrument) return pass_on(instrument);
    chosen = command.store.list(instrument->id);
  }
  const Timestamp today{std::chrono::floor<std::chrono::days>(SystemClock{}.now())};
  std::vector<Cut> cuts;
  for (SeriesInfo& series : chosen) {
    if (args.timeframe && series.id.timeframe != *args.timeframe) continue;
    if (args.before) {
      cuts.push_back({series, *args.before});
      continue;
    }
    const auto days = command.config.integer(fmt::format("store.keep_{}_days", market::name(series.id.timeframe)));
    if (days > 0) cuts.push_back({series, today - std::chrono::days{days}});
  }
  return cuts;
}

Result<std::uint64_t> count_before(FolderCommand& command, const Cut& cut) {
  std::uint64_t rows = 0;
  const auto scanned = command.store.scan(cut.series.id, from_ms(0), cut.before, [&](const market::CandleSpan& span) {
    rows += span.size();
    return true;
  });
  if (!scanned) return pass_on(scanned);
  return rows;
}

}  // namespace

int run_candles_list(FolderCommand& command, const CandlesListArgs& args) {
  const auto list = command.store.list();
  switch (args.format) {
    case OutputFormat::csv: command.console.out(as_csv(list)); break;
    case OutputFormat::json: command.console.out(as_json(list)); break;
    default: command.console.out(as_table(list)); break;
  }
  return kGood;
}

int run_candles_prune(FolderCommand& command, const CandlesPruneArgs& args) {
  const auto cuts = cuts_of(command, args);
  if (!cuts) return report(command.console, cuts.error());
  std::uint64_t removed = 0;
  for (const Cut& cut : *cuts) {
    const auto rows = args.dry_run ? count_before(command, cut) : command.store.prune(cut.series.id, cut.before);
    if (!rows) return report(command.console, rows.error());
    removed += *rows;
    if (*rows > 0) {
      command.console.out(fmt::format("{}: {} bars before {} {}\n", cut.series.id.text(), with_commas(*rows),
                                      format_time(cut.before), args.dry_run ? "would be removed" : "removed"));
    }
  }
  command.console.out(
      fmt::format("{} bars {}\n", with_commas(removed), args.dry_run ? "would be removed" : "removed in all"));
  return kGood;
}

}  // namespace cw::app
