#include "candle_store/import_file.h"

#include <chrono>

#include <fmt/format.h>

#include "candle_store/file_name.h"

namespace cw::candle_store {
namespace {

struct Target {
  SeriesId series;
  market::SymbolParts parts;
};

Error missing(std::string_view what, std::string_view option) {
  return {Errc::bad_parameter,
          fmt::format("its name does not say the {}: give it with --{}", what, option),
          {},
          std::string(option)};
}

Result<Target> find_target(const std::filesystem::path& path, const ImportOptions& options) {
  FileNameHints hints;
  if (auto found = hints_of(path)) {
    hints = *found;
  } else if (!options.timeframe) {
    return pass_on(found);
  }
  const auto timeframe = options.timeframe ? options.timeframe : hints.timeframe;
  if (!timeframe) return std::unexpected(missing("timeframe", "timeframe"));
  auto parts = hints.symbol;
  if (options.symbol) {
    const auto given = market::split_symbol(*options.symbol);
    if (!given) return pass_on(given);
    parts = *given;
  }
  if (!parts) return std::unexpected(missing("symbol", "symbol"));
  const auto venue = options.venue.value_or(hints.venue.value_or(options.default_venue));
  const auto id = market::parse_instrument_id(venue + ':' + market::venue_symbol(venue, *parts));
  if (!id) return pass_on(id);
  return Target{{*id, *timeframe}, *parts};
}

/// What is worth telling about the rows that go by.
class Tally {
 public:
  Tally(ImportReport& report, std::optional<Timestamp> kept_from)
      : report_(report), step_(market::duration(report.series.timeframe)), kept_from_(kept_from) {}

  void add(const market::CandleColumns& rows) {
    for (const auto time : rows.open_time_ms) {
      const auto now = from_ms(time);
      if (report_.rows++ == 0) {
        report_.first = now;
      } else if (now - report_.last != step_) {
        ++report_.gaps;
        report_.missing_bars += static_cast<std::uint64_t>((now - report_.last) / step_ - 1);
      }
      if (kept_from_ && now < *kept_from_) ++report_.too_old;
      report_.last = now;
    }
  }

 private:
  ImportReport& report_;
  Millis step_;
  std::optional<Timestamp> kept_from_;
};

std::string called(const std::filesystem::path& path, const ImportOptions& options) {
  return options.shown_as.empty() ? path.filename().string() : options.shown_as;
}

/// Steps that an exchange gave stay; a file only knows base and quote.
Result<void> keep_instrument(CandleStore& store, const Target& target) {
  for (const auto& known : store.instruments()) {
    if (known.id == target.series.instrument) return {};
  }
  return store.put_instrument({target.series.instrument, target.parts.base, target.parts.quote});
}

Result<ImportReport> run(CandleStore& store, const std::filesystem::path& path, const ImportOptions& options,
                         const std::function<void(const ImportProgress&)>& progress,
                         const std::function<bool()>& cancelled) {
  const auto begin = std::chrono::steady_clock::now();
  const auto opened = options.open ? options.open() : open_for_reading(path);
  if (!opened) return pass_on(opened);
  auto bytes = bytes_of(*opened, cancelled);
  if (!bytes) return pass_on(bytes);
  const auto target = find_target(path, options);
  if (!target) return pass_on(target);
  auto reader = read_candles(std::move(*bytes), target->series.timeframe);
  if (!reader) return pass_on(reader);
  auto import = store.begin_import(target->series, called(path, options));
  if (!import) return pass_on(import);

  ImportReport report;
  report.series = target->series;
  report.format = (*reader)->format();
  Tally tally(report, options.kept_from ? options.kept_from(report.series) : std::nullopt);
  market::CandleColumns rows;
  rows.reserve(CandleReader::kBlockRows);
  for (;;) {
    if (cancelled && cancelled()) return fail(Errc::cancelled, "stopped, nothing of it was stored");
    const auto some = (*reader)->next(rows);
    if (!some) return pass_on(some);
    if (!*some) break;
    if (auto done = (*import)->stage(rows.view()); !done) return pass_on(done);
    tally.add(rows);
    if (progress) progress({(*reader)->position(), (*reader)->size(), report.rows});
  }
  report.duplicates = (*reader)->duplicates();
  (*import)->count_duplicates(report.duplicates);
  const auto outcome = (*import)->commit(options.replace);
  if (!outcome) return pass_on(outcome);
  report.added = outcome->added;
  report.unchanged = outcome->unchanged;
  report.revised = outcome->revised;
  if (auto done = keep_instrument(store, *target); !done) return pass_on(done);
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return report;
}

}  // namespace

Result<SeriesId> target_of(const std::filesystem::path& path, const ImportOptions& options) {
  const auto target = find_target(path, options);
  if (!target) return std::unexpected(with_place(target.error(), called(path, options)));
  return target->series;
}

Result<ImportReport> import_file(CandleStore& store, const std::filesystem::path& path, const ImportOptions& options,
                                 const std::function<void(const ImportProgress&)>& progress,
                                 const std::function<bool()>& cancelled) {
  auto report = run(store, path, options, progress, cancelled);
  if (!report) return std::unexpected(with_place(report.error(), called(path, options)));
  return report;
}

}  // namespace cw::candle_store
