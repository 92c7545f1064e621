#include <cmath>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/lookup.h"
#include "app/commands/progress.h"
#include "base/number.h"
#include "market/quality.h"

namespace cw::app {
namespace {

using candle_store::SeriesInfo;
using market::Finding;

struct Checked {
  SeriesInfo series;
  market::QualityReport report;
};
struct Compared {
  market::Timeframe fine;
  market::Timeframe coarse;
  market::SeriesComparison::Report report;
};

std::vector<Finding> all_findings() {
  std::vector<Finding> all;
  for (std::size_t i = 0; i < market::kFindings; ++i) all.push_back(static_cast<Finding>(i));
  return all;
}

Result<Checked> check_series(FolderCommand& command, const SeriesInfo& series) {
  market::QualityScan scan{series.id.timeframe};
  const auto scanned =
      command.store.scan(series.id, from_ms(0), from_ms(kLatestMs), [&](const market::CandleSpan& rows) {
        scan.add(rows);
        return !command.console.cancelled();
      });
  if (!scanned) return pass_on(scanned);
  return Checked{series, scan.report()};
}

/// Two stored series of one instrument side by side, a range at a time, since neither may run far ahead of the other.
Result<Compared> compare_series(FolderCommand& command, const SeriesInfo& fine, const SeriesInfo& coarse) {
  market::SeriesComparison comparison{fine.id.timeframe, coarse.id.timeframe};
  const Millis step = market::duration(coarse.id.timeframe) * 10'000;
  const Timestamp end = std::max(fine.last, coarse.last) + Millis{1};
  for (Timestamp from = std::min(fine.first, coarse.first); from < end && !command.console.cancelled(); from += step) {
    const Timestamp to = std::min(end, from + step);
    const auto fine_read = command.store.scan(fine.id, from, to, [&](const market::CandleSpan& rows) {
      comparison.add_fine(rows);
      return true;
    });
    if (!fine_read) return pass_on(fine_read);
    const auto coarse_read = command.store.scan(coarse.id, from, to, [&](const market::CandleSpan& rows) {
      comparison.add_coarse(rows);
      return true;
    });
    if (!coarse_read) return pass_on(coarse_read);
    comparison.fed_until(to);
  }
  return Compared{fine.id.timeframe, coarse.id.timeframe, comparison.finish()};
}

constexpr std::size_t kPlacesShown = 5;

/// The fact that shows a finding at its place; empty where the kind says it all.
std::string fact_of(Finding finding, const market::FindingPlace& place) {
  if (place.value == 0) return {};
  // The size of an excursion is a logarithm; a person reads by how many percent the price was off.
  if (finding == Finding::spike) return fmt::format("  {:.2f} % off and back", std::expm1(place.value) * 100);
  return fmt::format("  {}", format_double(place.value));
}

std::string and_more(std::uint64_t count) {
  return count > kPlacesShown ? fmt::format("      and {} more\n", with_commas(count - kPlacesShown)) : "";
}

std::string as_text(const Checked& checked) {
  const auto& report = checked.report;
  std::string out = fmt::format("{}: {} bars", checked.series.id.text(), with_commas(report.rows));
  if (report.first) out += fmt::format(", {} to {}", format_time(*report.first), format_time(*report.last));
  out += '\n';
  bool clean = checked.series.duplicates == 0;
  if (checked.series.duplicates > 0) {
    out += fmt::format("  {:<12} {:>8}  identical lines that imports left out\n", "duplicates",
                       with_commas(checked.series.duplicates));
  }
  for (const Finding finding : all_findings()) {
    const auto& kind = report[finding];
    if (kind.count == 0) continue;
    clean = false;
    out += fmt::format("  {:<12} {:>8}  {}", market::name(finding), with_commas(kind.count), market::sentence(finding));
    if (finding == Finding::gap) {
      out += fmt::format(" ({} bars in all, the longest {} from {})", with_commas(kind.bars),
                         with_commas(report.longest_gap.count), format_time(report.longest_gap.open_time));
    }
    out += '\n';
    for (std::size_t i = 0; i < std::min(kind.first.size(), kPlacesShown); ++i) {
      out += fmt::format("      {}", format_time(kind.first[i].open_time));
      if (kind.first[i].count > 1) out += fmt::format("  {} bars", with_commas(kind.first[i].count));
      out += fact_of(finding, kind.first[i]) + '\n';
    }
    out += and_more(kind.count);
  }
  return clean ? out + "  nothing to report\n" : out;
}

std::string as_text(const Compared& compared) {
  const auto& report = compared.report;
  std::string out = fmt::format(
      "{} folded to {} against stored {}: {} compared, {} differ, {} only folded, {} only stored, {} not whole\n",
      market::name(compared.fine), market::name(compared.coarse), market::name(compared.coarse),
      with_commas(report.compared), with_commas(report.different), with_commas(report.only_folded),
      with_commas(report.only_stored), with_commas(report.not_whole));
  for (std::size_t i = 0; i < std::min(report.first.size(), kPlacesShown); ++i) {
    const auto& [folded, stored] = report.first[i];
    out += fmt::format("      {}  folded {} {} {} {} {}, stored {} {} {} {} {}\n", format_time(stored.open_time),
                       format_double(folded.open), format_double(folded.high), format_double(folded.low),
                       format_double(folded.close), format_double(folded.volume), format_double(stored.open),
                       format_double(stored.high), format_double(stored.low), format_double(stored.close),
                       format_double(stored.volume));
  }
  return out + and_more(report.different);
}

std::string as_json(const Checked& checked) {
  std::string out =
      fmt::format(R"({{"timeframe":"{}","bars":{},"duplicates":{},"findings":{{)",
                  market::name(checked.series.id.timeframe), checked.report.rows, checked.series.duplicates);
  for (const Finding finding : all_findings()) {
    const auto& kind = checked.report[finding];
    if (out.back() != '{') out += ',';
    out += fmt::format(R"("{}":{{"count":{},"bars":{},"first":[)", market::name(finding), kind.count, kind.bars);
    for (std::size_t i = 0; i < kind.first.size(); ++i) {
      out += fmt::format(R"({}{{"time":{},"count":{},"value":{}}})", i > 0 ? "," : "", to_ms(kind.first[i].open_time),
                         kind.first[i].count, format_double(kind.first[i].value));
    }
    out += "]}";
  }
  return out + "}}";
}

std::string as_json(const Compared& compared) {
  const auto& report = compared.report;
  return fmt::format(
      R"({{"fine":"{}","coarse":"{}","compared":{},"different":{},"only_folded":{},"only_stored":{},"not_whole":{}}})",
      market::name(compared.fine), market::name(compared.coarse), report.compared, report.different, report.only_folded,
      report.only_stored, report.not_whole);
}

template <class T>
std::string list_of(const std::vector<T>& items) {
  std::string out = "[";
  for (const T& item : items) {
    if (out.size() > 1) out += ',';
    out += as_json(item);
  }
  return out + ']';
}

}  // namespace

int run_candles_check(FolderCommand& command, const CandlesCheckArgs& args) {
  const auto instrument = find_instrument(command.config, command.store, args.symbol);
  if (!instrument) return report(command.console, instrument.error());
  const auto all = command.store.list(instrument->id);
  std::vector<Checked> checked;
  std::vector<Compared> compared;
  for (const SeriesInfo& series : all) {
    if (args.timeframe && series.id.timeframe != *args.timeframe) continue;
    auto one = check_series(command, series);
    if (!one) return report(command.console, one.error());
    if (args.format != OutputFormat::json && !command.console.out(as_text(*one))) return kGood;
    checked.push_back(std::move(*one));
  }
  if (checked.empty()) {
    const std::string which = args.timeframe ? fmt::format("{} series", market::name(*args.timeframe)) : "series";
    return report(command.console, {Errc::not_found,
                                    fmt::format("no {} of {} is stored; 'candlewick candles list' says what is", which,
                                                instrument->id.text()),
                                    {},
                                    {}});
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      const bool wanted =
          !args.timeframe || all[i].id.timeframe == *args.timeframe || all[j].id.timeframe == *args.timeframe;
      if (!wanted || !market::folds_into(all[i].id.timeframe, all[j].id.timeframe)) continue;
      auto one = compare_series(command, all[i], all[j]);
      if (!one) return report(command.console, one.error());
      if (args.format != OutputFormat::json && !command.console.out(as_text(*one))) return kGood;
      compared.push_back(std::move(*one));
    }
  }
  if (args.format == OutputFormat::json) {
    command.console.out(fmt::format(R"({{"symbol":"{}","venue":"{}","series":{},"comparisons":{}}})"
                                    "\n",
                                    instrument->id.symbol, instrument->id.venue, list_of(checked), list_of(compared)));
  }
  return kGood;
}

}  // namespace cw::app
