#include "candle_store/import_file.h"

#include <algorithm>
#include <cerrno>
#include <optional>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/lookup.h"
#include "app/commands/progress.h"
#include "app/market_follow.h"
#include "app/market_note.h"
#include "app/serve/housekeeper.h"
#include "base/nearest.h"
#include "candle_store/file_name.h"

namespace cw::app {
namespace {

std::string plural(std::uint64_t count, const char* one, const char* many) {
  return fmt::format("{} {}", with_commas(count), count == 1 ? one : many);
}

std::string sentence(const std::string& file, const candle_store::ImportReport& report) {
  std::string out = fmt::format("{}: {} into {}", file, plural(report.rows, "row", "rows"), report.series.text());
  if (report.rows > 0) out += fmt::format(", {} to {}", format_time(report.first), format_time(report.last));
  out += fmt::format(": {} added, {} unchanged", with_commas(report.added), with_commas(report.unchanged));
  if (report.revised > 0) out += fmt::format(", {} replaced", with_commas(report.revised));
  if (report.duplicates > 0)
    out += fmt::format("; {} left out", plural(report.duplicates, "identical line", "identical lines"));
  if (report.gaps > 0) {
    out += fmt::format("; {} with {} missing", plural(report.gaps, "gap", "gaps"),
                       plural(report.missing_bars, "bar", "bars"));
  }
  return out + fmt::format(" ({:.1f} s)\n", report.seconds);
}

/// From when on the running server keeps rows of a series: the retention applies to what is followed alone.
std::optional<Timestamp> kept_from(const FolderCommand& command, const candle_store::SeriesId& series) {
  if (read_market_note(command.store) == FolderMarket::practice || series.instrument.venue != "binance" ||
      !is_followed(command.config, series.instrument))
    return std::nullopt;
  const auto age = retention_of(command.config).kept(series.timeframe);
  if (!age) return std::nullopt;
  return std::chrono::floor<std::chrono::days>(SystemClock{}.now()) - *age;
}

std::string too_old_warning(const FolderCommand& command, const std::string& file,
                            const candle_store::ImportReport& report) {
  const std::string key = fmt::format("store.keep_{}_days", market::name(report.series.timeframe));
  return fmt::format(
      "candlewick: warning: {}: {} of {} {} older than {} = {} keeps: a server that follows {} removes them; set it to "
      "0 to "
      "keep them for ever\n",
      file, plural(report.too_old, "row", "rows"), with_commas(report.rows), report.too_old == 1 ? "is" : "are", key,
      command.config.integer(key), report.series.instrument.symbol);
}

/// Bars of the practice market and of a replay come from the practice exchange alone: a folder never mixes them with a
/// file's.
Result<void> refuse_invented(const std::filesystem::path& path, const candle_store::ImportOptions& options) {
  const auto target = candle_store::target_of(path, options);
  if (!target) return {};  // what is wrong with it, the import says
  const std::string& venue = target->instrument.venue;
  if (venue != "practice" && venue != "replay") return {};
  return fail(Errc::bad_parameter,
              fmt::format("{}: candles of the venue '{}' are made by the practice exchange alone and cannot be "
                          "imported; name another venue with --venue",
                          options.shown_as, venue));
}

/// The venue that this file would make new by its name alone, where it is none that is known: it may be misspelt.
std::optional<std::string> new_venue(const FolderCommand& command, const std::filesystem::path& path,
                                     const candle_store::ImportOptions& options) {
  const auto hints = candle_store::hints_of(path);
  if (options.venue || !hints || !hints->venue) return std::nullopt;
  const auto& known = market::known_venues();
  if (std::ranges::find(known, *hints->venue) != known.end()) return std::nullopt;
  for (const auto& series : command.store.list()) {
    if (series.id.instrument.venue == *hints->venue) return std::nullopt;
  }
  return hints->venue;
}

/// What the command line alone makes of the options; the store's part comes when it is open.
candle_store::ImportOptions options_of(const ImportArgs& args) {
  candle_store::ImportOptions options;
  options.venue = args.venue;
  options.symbol = args.symbol;
  options.timeframe = args.timeframe;
  options.replace = args.replace;
  return options;
}

Result<void> check_file(const std::filesystem::path& path, const candle_store::ImportOptions& options) {
  std::error_code failed;
  const auto status = std::filesystem::status(path, failed);
  if (!std::filesystem::exists(status)) {
    const Error error = candle_store::cannot_open(failed ? failed.value() : ENOENT);
    return std::unexpected(with_place(error, options.shown_as));
  }
  if (std::filesystem::is_directory(status))
    return fail(Errc::bad_input, options.shown_as + ": it is a folder, not a file");
  if (const auto target = candle_store::target_of(path, options); !target) return pass_on(target);
  return refuse_invented(path, options);
}

}  // namespace

std::optional<int> refuse_all_files(Console& console, const ImportArgs& args) {
  auto options = options_of(args);
  std::vector<Error> errors;
  for (const std::string& file : args.files) {
    options.shown_as = file;
    const auto checked = check_file(console.working_directory() / file, options);
    if (checked) return std::nullopt;
    errors.push_back(checked.error());
  }
  int code = kGood;
  for (const Error& error : errors) {
    const int failed = report(console, error);
    code = code == kGood ? failed : code;
  }
  return code;
}

int run_import(FolderCommand& command, const ImportArgs& args) {
  candle_store::ImportOptions options = options_of(args);
  options.kept_from = [&](const candle_store::SeriesId& series) { return kept_from(command, series); };
  int code = kGood;
  for (const std::string& file : args.files) {
    if (command.console.cancelled())
      return report(command.console, {Errc::cancelled, "stopped; what was stored before stays", {}, {}});
    const std::filesystem::path path = command.console.working_directory() / file;
    options.shown_as = file;
    options.open = [&] { return command.console.open_input(file); };
    if (const auto allowed = refuse_invented(path, options); !allowed) {
      const int failed = report(command.console, allowed.error());
      code = code == kGood ? failed : code;
      continue;
    }
    const auto made_venue = new_venue(command, path, options);
    ProgressBar bar{command.console, file};
    const auto done = candle_store::import_file(
        command.store, path, options,
        [&](const candle_store::ImportProgress& progress) {
          bar.show(progress.bytes_done, progress.bytes_in_all, progress.rows);
        },
        [&] { return command.console.cancelled(); });
    bar.clear();
    if (!done) {
      // One bad file says nothing about the next one; the exit code remembers it.
      const int failed = report(command.console, done.error());
      code = code == kGood ? failed : code;
      if (done.error().code == Errc::cancelled || done.error().code == Errc::disk_full) return failed;
      continue;
    }
    command.console.out(sentence(file, *done));
    if (made_venue) {
      command.console.err(fmt::format("candlewick: {}: new venue '{}', taken from the file name{}\n", file, *made_venue,
                                      did_you_mean(nearest_names(*made_venue, market::known_venues(), 1))));
    }
    if (done->too_old > 0) command.console.err(too_old_warning(command, file, *done));
    command.logger.info("import", {{"file", std::string_view{file}},
                                   {"series", std::string_view{done->series.text()}},
                                   {"rows", static_cast<std::int64_t>(done->rows)},
                                   {"added", static_cast<std::int64_t>(done->added)}});
  }
  return code;
}

}  // namespace cw::app
