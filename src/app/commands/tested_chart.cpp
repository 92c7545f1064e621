#include "app/commands/tested_chart.h"

#include <algorithm>
#include <utility>

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

/// Rows that are in memory, given once.
class OwnedBars final : public evaluation::BarSource {
 public:
  explicit OwnedBars(market::CandleColumns rows) : rows_(std::move(rows)) {}
  Result<bool> next(market::CandleColumns& rows) override {
    rows = std::exchange(rows_, {});
    return !rows.empty();
  }

 private:
  market::CandleColumns rows_;
};

/// The rows of a file, whose errors name it. What it names outlives it.
class NamedBars final : public evaluation::BarSource {
 public:
  NamedBars(std::unique_ptr<evaluation::BarSource> rows, const std::string& file)
      : rows_(std::move(rows)), file_(file) {}
  Result<bool> next(market::CandleColumns& rows) override {
    auto more = rows_->next(rows);
    if (!more) return std::unexpected(with_place(more.error(), file_));
    return more;
  }

 private:
  std::unique_ptr<evaluation::BarSource> rows_;
  const std::string& file_;
};

using Bars = Result<std::unique_ptr<evaluation::BarSource>>;

Bars lower_bars_of_file(Console& console, const std::string& name, market::Timeframe timeframe) {
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
  auto rows = lab::read_all(
      *evaluation::file_bars(**reader), lab::RunLimits{}.bars, [&console](double) { return !console.cancelled(); }, 0);
  if (!rows) return std::unexpected(with_place(rows.error(), name));
  return std::make_unique<OwnedBars>(std::move(*rows));
}

/// The market of a stored instrument. What it names outlives it.
lab::RunMarket stored_market(const candle_store::CandleStore& store, const BacktestArgs& args,
                             const market::InstrumentId& id, market::Timeframe timeframe) {
  const auto end = args.to.value_or(from_ms(kLatestMs));
  auto market = lab::stored_market(store, id, timeframe, args.from.value_or(Timestamp{}), end);
  market.lower_bars = [&args, id, timeframe, stored = std::move(market.lower_bars)]() -> Bars {
    auto lower = stored();
    if (!lower || *lower) return lower;
    if (args.intrabar != trading::Intrabar::magnifier) return nullptr;
    return fail(Errc::not_found, fmt::format("the magnifier needs stored candles of {} that are shorter than {}",
                                             id.text(), market::name(timeframe)));
  };
  return market;
}

Result<std::vector<market::Instrument>> instruments_of(FolderCommand& command, const std::string& list) {
  const auto names = lab::symbols_of(list);
  if (!names) return std::unexpected(by_flag(names.error()));
  std::vector<market::Instrument> found;
  for (const auto& name : *names) {
    auto one = find_instrument(command.config, command.store, name);
    if (!one) return pass_on(one);
    if (std::ranges::find(found, one->id, &market::Instrument::id) != found.end())
      return fail(Errc::bad_parameter, fmt::format("--symbol: {} is named twice", one->id.text()));
    found.push_back(std::move(*one));
  }
  if (const auto fit = lab::check_shared_account(found); !fit) return std::unexpected(by_flag(fit.error()));
  return found;
}

}  // namespace

std::vector<market::Instrument> TestedCharts::instruments() const {
  std::vector<market::Instrument> out;
  for (const auto& chart : charts) out.push_back(chart.instrument);
  return out;
}

std::vector<lab::RunMarket> TestedCharts::markets() const {
  std::vector<lab::RunMarket> out;
  for (const auto& chart : charts) out.push_back(chart.market);
  return out;
}

lab::RunRequest request_of(const BacktestArgs& args) {
  lab::RunRequest request;
  request.symbol = args.symbol;
  request.timeframe = args.timeframe;
  request.from = args.from;
  request.to = args.to;
  for (const auto& [name, value] : args.inputs) request.inputs[name] = value;
  request.capital = args.capital;
  request.commission = args.commission;
  request.slippage = args.slippage;
  request.funding = args.funding;
  request.fill = args.fills_at_close ? trading::FillTime::close : trading::FillTime::next_open;
  request.intrabar = args.intrabar;
  request.protections = args.protections;
  request.close_at_end = args.close_at_end;
  request.max_positions = args.max_positions;
  request.exposure_percent = args.exposure_percent;
  request.symbol_exposure_percent = args.symbol_exposure_percent;
  return request;
}

Error by_flag(Error error) {
  const std::pair<std::string_view, std::string_view> flags[] = {{"capital", "--capital"},
                                                                 {"commission", "--commission"},
                                                                 {"slippage", "--slippage"},
                                                                 {"funding", "--funding"},
                                                                 {"symbol", "--symbol"},
                                                                 {"max_positions", "--max-positions"},
                                                                 {"exposure_percent", "--exposure"},
                                                                 {"symbol_exposure_percent", "--symbol-exposure"}};
  for (const auto& [field, flag] : flags) {
    if (error.field != field) continue;
    error.code = Errc::bad_parameter;  // of the command line, however it is called elsewhere
    return with_place(std::move(error), std::string{flag});
  }
  return error;
}

int on_stored_charts(FolderCommand& command, const BacktestArgs& args, const OnCharts& work) {
  const auto document = document_of(command.console, args.strategy);
  if (!document) return report(command.console, document.error());
  const auto instruments = instruments_of(command, args.symbol);
  if (!instruments) return report(command.console, instruments.error());
  const auto signal_rules_of_config = signal_rules(command.config);
  if (!signal_rules_of_config) return report(command.console, signal_rules_of_config.error());
  const evaluation::StoreOf store_of = [&command](const market::InstrumentId&) -> const candle_store::CandleStore& {
    return command.store;
  };
  evaluation::SignalLibrary library(store_of, *signal_rules_of_config);
  const auto book = stored_instruments(command.config, command.store);
  TestedCharts charts{.charts = {},
                      .timeframe = args.timeframe.value_or(document->timeframe),
                      .language = {.symbol = instruments->front().id}};
  charts.language.named = &library.names();
  charts.language.find_symbol = symbol_finder(book);
  const auto others =
      std::make_shared<lab::OtherSymbols>(store_of, args.to.value_or(from_ms(kLatestMs)), lab::RunLimits{}.bars);
  for (const auto& instrument : *instruments) {
    auto market = stored_market(command.store, args, instrument.id, charts.timeframe);
    market.others = others;
    market.named = [&library, &command, id = instrument.id](const expr::Graph& graph) {
      return library.series(id, graph, [&command] { return command.console.cancelled(); });
    };
    charts.charts.push_back({instrument, std::move(market), [&library, id = instrument.id](const expr::Graph& graph) {
                               return library.series(id, graph);
                             }});
  }
  return work(*document, charts);
}

int on_file_chart(Console& console, const BacktestArgs& args, const OnCharts& work) {
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
  TestedCharts charts{
      .charts = {}, .timeframe = timeframe.value_or(document->timeframe), .language = {.symbol = instrument.id}};
  auto reader = candle_store::read_candles(std::move(*bytes), charts.timeframe);
  if (!reader) return report(console, with_place(reader.error(), args.candles));
  NamedBars all(evaluation::file_bars(**reader), args.candles);
  lab::RunMarket market;
  market.bars = [&]() -> Bars { return evaluation::bars_until(all, args.to.value_or(from_ms(kLatestMs))); };
  if (!args.lower_candles.empty())
    market.lower_bars = [&] { return lower_bars_of_file(console, args.lower_candles, charts.timeframe); };
  charts.charts.push_back({instrument, std::move(market), {}});
  return work(*document, charts);
}

}  // namespace cw::app
