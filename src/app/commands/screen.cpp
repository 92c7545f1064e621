#include "evaluation/screen.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/csv_text.h"
#include "app/commands/lookup.h"
#include "app/signal_rules.h"
#include "base/json_text.h"
#include "base/number.h"

namespace cw::app {
namespace {

using evaluation::ScreenAnswer;

constexpr std::size_t kTitleMost = 24;  // of a table's column
constexpr std::size_t kSkippedShown = 5;

std::string number_text(double value) { return std::isfinite(value) ? format_double(value) : std::string{}; }

/// A title that leaves a table in shape.
std::string short_title(const std::string& title) {
  return title.size() <= kTitleMost ? title : title.substr(0, kTitleMost - 3) + "...";
}

std::string as_table(const ScreenAnswer& answer, std::size_t count) {
  std::string out = fmt::format("{:<28} {:<20} {:>14}", "INSTRUMENT", "BAR (UTC)", "PRICE");
  std::vector<std::size_t> widths;
  for (const auto& column : answer.columns) {
    const std::string title = short_title(column.plot.title);
    widths.push_back(std::max<std::size_t>(14, title.size()));
    out += fmt::format(" {:>{}}", title, widths.back());
  }
  out += '\n';
  for (std::size_t i = 0; i < count; ++i) {
    const auto& row = answer.rows[i];
    out += fmt::format("{:<28} {:<20} {:>14}", row.instrument.text(), format_time(row.time), format_double(row.price));
    for (std::size_t column = 0; column < row.values.size(); ++column) {
      // For reading; csv and json have all digits.
      const double value = row.values[column];
      out += fmt::format(" {:>{}}", std::isfinite(value) ? fmt::format("{:.8g}", value) : "-", widths[column]);
    }
    out += '\n';
  }
  return out;
}

std::string as_csv(const ScreenAnswer& answer, std::size_t count) {
  std::string out = "venue,symbol,time,price";
  for (const auto& column : answer.columns) {
    out += ',';
    append_csv_text(out, column.plot.title);
  }
  out += '\n';
  for (std::size_t i = 0; i < count; ++i) {
    const auto& row = answer.rows[i];
    out += fmt::format("{},{},{},{}", row.instrument.venue, row.instrument.symbol, to_ms(row.time),
                       format_double(row.price));
    for (const double value : row.values) out += ',' + number_text(value);
    out += '\n';
  }
  return out;
}

std::string as_json(const ScreenAnswer& answer, const ScreenArgs& args, std::size_t count) {
  std::string out = fmt::format(R"({{"timeframe":"{}","columns":[)", market::name(args.timeframe));
  for (std::size_t i = 0; i < answer.columns.size(); ++i) {
    if (i > 0) out += ',';
    append_json_string(out, answer.columns[i].plot.title);
  }
  out += R"(],"rows":[)";
  for (std::size_t i = 0; i < count; ++i) {
    const auto& row = answer.rows[i];
    out += fmt::format(R"({}{{"symbol":"{}","venue":"{}","time":{},"price":{},"values":[)", i > 0 ? "," : "",
                       row.instrument.symbol, row.instrument.venue, to_ms(row.time), format_double(row.price));
    for (std::size_t column = 0; column < row.values.size(); ++column) {
      if (column > 0) out += ',';
      append_json_number(out, row.values[column]);
    }
    out += "]}";
  }
  out += R"(],"skipped":[)";
  for (std::size_t i = 0; i < answer.skipped.size(); ++i) {
    out += fmt::format(R"({}{{"symbol":"{}","venue":"{}","reason":)", i > 0 ? "," : "",
                       answer.skipped[i].instrument.symbol, answer.skipped[i].instrument.venue);
    append_json_string(out, answer.skipped[i].reason);
    out += '}';
  }
  const auto newest = answer.newest_bar ? std::to_string(to_ms(*answer.newest_bar)) : "null";
  return out + fmt::format("],\"newest_bar\":{},\"matched\":{},\"screened\":{}}}\n", newest, answer.rows.size(),
                           answer.screened);
}

/// What a table or a CSV leaves out.
void tell_rest(Console& console, const ScreenAnswer& answer, std::size_t symbols) {
  console.err(fmt::format("{} of {} symbols match\n", answer.rows.size(), symbols));
  for (std::size_t i = 0; i < std::min(kSkippedShown, answer.skipped.size()); ++i)
    console.err(fmt::format("left out: {}: {}\n", answer.skipped[i].instrument.text(), answer.skipped[i].reason));
  if (answer.skipped.size() > kSkippedShown)
    console.err(fmt::format("left out: and {} more; --format json lists all\n", answer.skipped.size() - kSkippedShown));
}

}  // namespace

int run_screen(FolderCommand& command, const ScreenArgs& args) {
  const auto book = stored_instruments(command.config, command.store);
  const auto rules = signal_rules(command.config);
  if (!rules) return report(command.console, rules.error());
  const evaluation::StoreOf store_of = [&command](const market::InstrumentId&) -> const candle_store::CandleStore& {
    return command.store;
  };
  evaluation::SignalLibrary library(store_of, *rules);
  const evaluation::ScreenContext context{
      .store_of = store_of, .find_symbol = symbol_finder(book), .signals = &library, .cancelled = [&command] {
        return command.console.cancelled();
      }};
  std::vector<market::Instrument> instruments;
  for (const auto& series : command.store.list()) {
    if (std::ranges::find(instruments, series.id.instrument, &market::Instrument::id) == instruments.end())
      instruments.push_back({series.id.instrument, {}, {}});
  }
  const auto answer = evaluation::screen(
      context, instruments,
      {.timeframe = args.timeframe, .texts = args.expressions, .sort = args.sort, .seed = args.seed});
  if (!answer) return report(command.console, answer.error().error);
  const std::size_t count =
      args.limit ? std::min(static_cast<std::size_t>(*args.limit), answer->rows.size()) : answer->rows.size();
  switch (args.format) {
    case OutputFormat::json: command.console.out(as_json(*answer, args, count)); break;
    case OutputFormat::csv: command.console.out(as_csv(*answer, count)); break;
    default: command.console.out(as_table(*answer, count)); break;
  }
  if (args.format != OutputFormat::json) tell_rest(command.console, *answer, instruments.size());
  return kGood;
}

}  // namespace cw::app
