#include "evaluation/evaluate.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/csv_text.h"
#include "app/commands/lookup.h"
#include "app/signal_rules.h"
#include "base/json_text.h"
#include "base/number.h"
#include "base/printable.h"
#include "candle_store/byte_source.h"
#include "candle_store/candle_reader.h"
#include "candle_store/file_name.h"
#include "evaluation/signal_library.h"

// Prints the values of expressions, as they come: however long the history is, memory is bounded.
namespace cw::app {
namespace {

using evaluation::Program;

constexpr std::size_t kWriteChunk = 64 * 1024;

/// Writes rows in one of the formats, piece by piece.
class Writer {
 public:
  Writer(Console& console, OutputFormat format, const Program& program)
      : console_(console), is_json_(format == OutputFormat::json), program_(program) {}

  bool add(const market::CandleSpan& rows, std::span<const double* const> values) {
    if (!begun_) begin();
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (is_json_) text_ += rows_ > 0 ? ",[" : "[";
      text_ += fmt::to_string(rows.open_time_ms[row]);
      for (const double* column : values) {
        text_ += ',';
        append_value(column[row]);
      }
      text_ += is_json_ ? "]" : "\n";
      ++rows_;
      if (text_.size() >= kWriteChunk && !flush()) return false;
    }
    return true;
  }

  std::uint64_t rows() const { return rows_; }

  /// Ends what was good: the head is written even where no row was.
  void end(const std::optional<Timestamp>& first_bar) {
    if (!begun_) begin();
    if (is_json_)
      text_ += fmt::format("],\"first_bar\":{}}}\n", first_bar ? fmt::to_string(to_ms(*first_bar)) : "null");
    flush();
  }

 private:
  void begin() {
    begun_ = true;
    const auto plots = program_.plots();
    if (!is_json_) {
      text_ = "time";
      for (const auto& plot : plots) {
        text_ += ',';
        append_csv_text(text_, plot.title);
      }
      text_ += '\n';
      return;
    }
    text_ = fmt::format(R"({{"timeframe":"{}","columns":["time")", market::name(program_.timeframe));
    for (const auto& plot : plots) {
      text_ += ',';
      append_json_string(text_, plot.title);
    }
    text_ += R"(],"rows":[)";
  }

  void append_value(double value) {
    if (std::isfinite(value)) {
      append_double(text_, value);
    } else if (is_json_) {
      text_ += "null";
    }
  }

  bool flush() {
    const bool read = text_.empty() || console_.out(text_);
    text_.clear();
    return read && !console_.cancelled();
  }

  Console& console_;
  bool is_json_;
  const Program& program_;
  std::string text_;
  std::uint64_t rows_ = 0;
  bool begun_ = false;
};

/// Reads a script, up to a little more than the compiler takes.
Result<std::string> read_script(Console& console, const std::string& file) {
  const auto opened = console.open_input(file);
  if (!opened) return std::unexpected(with_place(opened.error(), file));
  auto bytes = candle_store::bytes_of(*opened, [&console] { return console.cancelled(); });
  if (!bytes) return std::unexpected(with_place(bytes.error(), file));
  std::string text;
  std::vector<char> piece(expr::kTextMost);
  while (text.size() <= expr::kTextMost) {
    const auto got = (*bytes)->read(piece);
    if (!got) return std::unexpected(with_place(got.error(), file));
    if (*got == 0) break;
    text.append(piece.data(), *got);
  }
  return text;
}

Result<std::vector<std::string>> texts_of(Console& console, const EvalArgs& args) {
  std::vector<std::string> texts = args.expressions;
  if (args.script.empty()) return texts;
  auto script = read_script(console, args.script);
  if (!script) return pass_on(script);
  texts.push_back(std::move(*script));
  return texts;
}

Result<Program> program_of(Console& console, const EvalArgs& args, market::Timeframe timeframe,
                           const expr::CompileOptions& options) {
  const auto texts = texts_of(console, args);
  if (!texts) return pass_on(texts);
  auto program = evaluation::compile_program(*texts, timeframe, options);
  if (!program) return std::unexpected(evaluation::error_of(program.error(), *texts));
  return std::move(*program);
}

/// What somebody who looks at empty cells wants to know.
void tell_what_is_missing(Console& console, const Program& program, std::uint64_t bars, std::uint64_t rows) {
  if (rows == 0) {
    console.err(fmt::format("candlewick: no bar of {} lies in the range; {} were run before it\n",
                            market::name(program.timeframe), bars));
  }
  for (const auto& plot : program.plots()) {
    if (static_cast<std::uint64_t>(plot.lookback) < bars || bars == 0) continue;
    console.err(fmt::format("candlewick: {} looks back {} bars, and there are {}: it has no value\n",
                            printable(plot.title), plot.lookback, bars));
  }
  for (const auto& expression : program.expressions) {
    for (const auto& note : expression.notes)
      console.err(fmt::format("candlewick: {}:{}: {}\n", note.line, note.column, note.message));
  }
}

int print(Console& console, const EvalArgs& args, const Program& program, evaluation::BarSource& bars,
          const evaluation::StoreOf& store_of, expr::NamedSeries* named = nullptr) {
  Writer writer{console, args.format, program};
  const auto until = evaluation::bars_until(bars, args.to.value_or(from_ms(kLatestMs)));
  const auto done = evaluation::evaluate(
      program, *until, args.from.value_or(Timestamp{}),
      [&](const market::CandleSpan& rows, std::span<const double* const> values) { return writer.add(rows, values); },
      {.store_of = store_of, .named = named, .cancelled = [&console] { return console.cancelled(); }});
  if (console.cancelled() || (!done && done.error().code == Errc::cancelled))
    return report(console, {Errc::cancelled, "stopped; the output is not whole", {}, {}});
  if (!done && args.candles.empty()) return report(console, done.error());
  if (!done) return report(console, with_place(done.error(), args.candles));
  writer.end(done->first_bar);
  tell_what_is_missing(console, program, done->rows + done->warm_up_rows, writer.rows());
  return kGood;
}

/// What the chart's symbol is called where the candles are a file's.
market::InstrumentId symbol_of(const candle_store::FileNameHints& hints) {
  market::InstrumentId id{hints.venue.value_or("file"), "CANDLES"};
  if (hints.symbol) id.symbol = market::venue_symbol(id.venue, *hints.symbol);
  return id;
}

Error without_timeframe(const std::string& file) {
  return {
      Errc::bad_parameter, file + ": its name does not say the timeframe: give it with --timeframe", {}, "timeframe"};
}

}  // namespace

int run_eval_file(Console& console, const EvalArgs& args) {
  const auto opened = console.open_input(args.candles);
  if (!opened) return report(console, with_place(opened.error(), args.candles));
  auto bytes = candle_store::bytes_of(*opened, [&console] { return console.cancelled(); });
  if (!bytes) return report(console, with_place(bytes.error(), args.candles));

  candle_store::FileNameHints hints;
  if (auto found = candle_store::hints_of(args.candles)) {
    hints = std::move(*found);
  } else if (!args.timeframe) {
    return report(console, with_place(found.error(), args.candles));
  }
  const auto timeframe = args.timeframe ? args.timeframe : hints.timeframe;
  if (!timeframe) return report(console, without_timeframe(args.candles));
  expr::CompileOptions options{.symbol = symbol_of(hints), .seed = args.seed, .inputs = args.inputs};
  const auto program = program_of(console, args, *timeframe, options);
  if (!program) return report(console, program.error());

  auto reader = candle_store::read_candles(std::move(*bytes), *timeframe);
  if (!reader) return report(console, with_place(reader.error(), args.candles));
  const auto bars = evaluation::file_bars(**reader);
  return print(console, args, *program, *bars, {});
}

int run_eval(FolderCommand& command, const EvalArgs& args) {
  const auto instrument = find_instrument(command.config, command.store, args.symbol);
  if (!instrument) return report(command.console, instrument.error());
  const auto book = stored_instruments(command.config, command.store);
  expr::CompileOptions options{.symbol = instrument->id, .seed = args.seed, .inputs = args.inputs};
  options.find_symbol = symbol_finder(book);
  const auto rules = signal_rules(command.config);
  if (!rules) return report(command.console, rules.error());
  const evaluation::StoreOf store_of = [&command](const market::InstrumentId&) -> const candle_store::CandleStore& {
    return command.store;
  };
  evaluation::SignalLibrary library(store_of, *rules);
  options.named = &library.names();
  const auto timeframe = args.timeframe.value_or(market::Timeframe::h1);
  const auto program = program_of(command.console, args, timeframe, options);
  if (!program) return report(command.console, program.error());
  const auto bars = evaluation::stored_bars(command.store, instrument->id, timeframe, Timestamp{},
                                            args.to.value_or(from_ms(kLatestMs)));
  const auto signals =
      library.series(instrument->id, program->graph, [&command] { return command.console.cancelled(); });
  if (!signals) return report(command.console, signals.error());
  return print(command.console, args, *program, *bars, store_of, signals->get());
}

}  // namespace cw::app
