#include "candle_store/import_file.h"

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/lookup.h"
#include "app/commands/progress.h"

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

}  // namespace

int run_import(FolderCommand& command, const ImportArgs& args) {
  candle_store::ImportOptions options;
  options.venue = args.venue;
  options.symbol = args.symbol;
  options.timeframe = args.timeframe;
  options.replace = args.replace;
  int code = kGood;
  for (const std::string& file : args.files) {
    if (command.console.cancelled())
      return report(command.console, {Errc::cancelled, "stopped; what was stored before stays", {}, {}});
    ProgressBar bar{command.console, file};
    const auto done = candle_store::import_file(
        command.store, command.console.working_directory() / file, options,
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
    command.logger.info("import", {{"file", std::string_view{file}},
                                   {"series", std::string_view{done->series.text()}},
                                   {"rows", static_cast<std::int64_t>(done->rows)},
                                   {"added", static_cast<std::int64_t>(done->added)}});
  }
  return code;
}

}  // namespace cw::app
