#include "app/commands/tested_chart.h"

#include <algorithm>

#include <fmt/format.h>

#include "app/commands/lookup.h"
#include "app/commands/progress.h"
#include "app/signal_rules.h"
#include "candle_store/byte_source.h"
#include "candle_store/candle_reader.h"
#include "candle_store/file_name.h"
#include "evaluation/signal_library.h"
#include "lab/prepared_run.h"
#include "lab/run.h"
#include "strategy/built_in.h"

namespace cw::app {
namespace {

constexpr std::uint64_t kBarsMost = lab::RunLimits{}.bars;

Result<strategy::Document> document_of(Console& console, const std::string& name) {
  if (const auto* shipped = strategy::find_built_in(name)) return shipped->document;
  const auto opened = console.open_input(name);
  if (!opened) {
    std::string names;
    for (const auto& one : strategy::built_ins()) names += (names.empty() ? "" : ", ") + one.document.name;
    return fail(Errc::bad_parameter,
                fmt::format("there is no strategy '{}', and no file of that name; shipped are {}", name, names));
  }
  auto bytes = candle_store::bytes_of(*opened, [&console] { return console.cancelled(); });
  if (!bytes) return std::unexpected(with_place(bytes.error(), name));
  std::string text;
  std::vector<char> piece(strategy::kDocumentBytesMost + 1);
  while (text.size() <= strategy::kDocumentBytesMost) {
    const auto got = (*bytes)->read(piece);
    if (!got) return std::unexpected(with_place(got.error(), name));
    if (*got == 0) break;
    text.append(piece.data(), *got);
  }
  auto document = strategy::parse_document(text);
  if (!document) return std::unexpected(with_place(strategy::error_of(document.error()), name));
  return std::move(*document);
}

Result<market::CandleColumns> lower_bars_of_file(Console& console, const std::string& name,
                                                 market::Timeframe timeframe) {
  const auto opened = console.open_input(name);
  if (!opened) return std::unexpected(with_place(opened.error(), name));
  auto bytes = candle_store::bytes_of(*opened, [&console] { return console.cancelled(); });
  if (!bytes) return std::unexpected(with_place(bytes.error(), name));
  const auto hints = candle_store::hints_of(name);
  const auto lower = hints && hints->timeframe ? *hints->timeframe : market::Timeframe::m1;
  if (!market::folds_into(lower, timeframe)) {
    return fail(Errc::bad_parameter, fmt::format("--lower-candles: bars of {} are not made of whole bars of {}",
                                                 market::name(timeframe), market::name(lower)));
  }
  auto reader = candle_store::read_candles(std::move(*bytes), lower);
  if (!reader) return std::unexpected(with_place(reader.error(), name));
  auto rows = read_all(console, *evaluation::file_bars(**reader), 0, "lower bars");
  if (!rows) return std::unexpected(with_place(rows.error(), name));
  return rows;
}

}  // namespace

Result<backtest::RunSettings> settings_of(const BacktestArgs& args, const market::Instrument& instrument) {
  lab::RunRequest request;
  request.capital = args.capital;
  request.commission = args.commission;
  request.slippage = args.slippage;
  request.fill = args.fills_at_close ? trading::FillTime::close : trading::FillTime::next_open;
  request.intrabar = args.intrabar;
  request.protections = args.protections;
  request.from = args.from;
  request.close_at_end = args.close_at_end;
  auto settings = lab::settings_of(request, instrument);
  if (settings) return settings;
  const std::string& field = settings.error().field;
  const bool is_flag = field == "capital" || field == "commission" || field == "slippage";
  return std::unexpected(is_flag ? with_place(settings.error(), "--" + field) : settings.error());
}

Result<market::CandleColumns> read_all(Console& console, evaluation::BarSource& source, std::uint64_t about,
                                       std::string_view label) {
  ProgressBar bar(console, std::string{label});
  market::CandleColumns all;
  for (bool more = true; more;) {
    market::CandleColumns rows;
    const auto read = source.next(rows);
    if (!read) return pass_on(read);
    more = *read;
    all.append(rows.view());
    if (all.size() > kBarsMost)
      return fail(Errc::limit_exceeded, fmt::format("over {} bars: a shorter period is needed", kBarsMost));
    bar.show(all.size(), std::max<std::uint64_t>(about, all.size()), all.size());
    if (console.cancelled()) return fail(Errc::cancelled, "stopped");
  }
  return all;
}

int on_stored_chart(FolderCommand& command, const BacktestArgs& args, const OnChart& work) {
  const auto document = document_of(command.console, args.strategy);
  if (!document) return report(command.console, document.error());
  const auto instrument = find_instrument(command.config, command.store, args.symbol);
  if (!instrument) return report(command.console, instrument.error());
  const auto signal_rules_of_config = signal_rules(command.config);
  if (!signal_rules_of_config) return report(command.console, signal_rules_of_config.error());
  evaluation::SignalLibrary library(
      [&command](const market::InstrumentId&) -> const candle_store::CandleStore& { return command.store; },
      *signal_rules_of_config);
  const auto timeframe = args.timeframe.value_or(document->timeframe);
  const auto bars = evaluation::stored_bars(command.store, instrument->id, timeframe, Timestamp{},
                                            args.to.value_or(from_ms(kLatestMs)));
  expr::CompileOptions language{.symbol = instrument->id};
  language.named = &library.names();
  const auto& store = command.store;
  TestedChart chart{*instrument,         timeframe, *bars, evaluation::bars_at_most(store, instrument->id, timeframe),
                    std::move(language), {},        {}};
  chart.lower_bars = [&]() -> Result<market::CandleColumns> {
    const auto lower = lab::finest_below(store, instrument->id, timeframe);
    if (!lower)
      return fail(Errc::not_found, fmt::format("the magnifier needs stored candles of {} that are shorter than {}",
                                               instrument->id.text(), market::name(timeframe)));
    const auto source = evaluation::stored_bars(store, instrument->id, *lower, args.from.value_or(Timestamp{}),
                                                args.to.value_or(from_ms(kLatestMs)));
    return read_all(command.console, *source, evaluation::bars_at_most(store, instrument->id, *lower), "lower bars");
  };
  chart.signals = [&](const expr::Graph& graph, const std::function<bool()>& cancelled) {
    return library.series(instrument->id, graph, cancelled);
  };
  return work(*document, chart);
}

int on_file_chart(Console& console, const BacktestArgs& args, const OnChart& work) {
  const auto document = document_of(console, args.strategy);
  if (!document) return report(console, document.error());
  const auto opened = console.open_input(args.candles);
  if (!opened) return report(console, with_place(opened.error(), args.candles));
  auto bytes = candle_store::bytes_of(*opened, [&console] { return console.cancelled(); });
  if (!bytes) return report(console, with_place(bytes.error(), args.candles));
  candle_store::FileNameHints hints;
  if (auto found = candle_store::hints_of(args.candles)) hints = std::move(*found);
  const auto timeframe = args.timeframe ? args.timeframe : hints.timeframe;
  market::Instrument instrument{{hints.venue.value_or("file"), "CANDLES"}, {}, {}};
  if (hints.symbol) {
    instrument.id.symbol = market::venue_symbol(instrument.id.venue, *hints.symbol);
    instrument.base = hints.symbol->base;
    instrument.quote = hints.symbol->quote;
  }
  auto reader = candle_store::read_candles(std::move(*bytes), timeframe.value_or(document->timeframe));
  if (!reader) return report(console, with_place(reader.error(), args.candles));
  const auto all = evaluation::file_bars(**reader);
  const auto bars = evaluation::bars_until(*all, args.to.value_or(from_ms(kLatestMs)));
  TestedChart chart{instrument, timeframe.value_or(document->timeframe), *bars, 0, {.symbol = instrument.id}, {}, {}};
  chart.lower_bars = [&] { return lower_bars_of_file(console, args.lower_candles, chart.timeframe); };
  return work(*document, chart);
}

}  // namespace cw::app
