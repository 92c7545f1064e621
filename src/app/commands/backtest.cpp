#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/lookup.h"
#include "app/signal_rules.h"
#include "backtest/run_json.h"
#include "base/decimal.h"
#include "candle_store/byte_source.h"
#include "candle_store/candle_reader.h"
#include "candle_store/file_name.h"
#include "evaluation/bar_source.h"
#include "evaluation/signal_library.h"
#include "strategy/built_in.h"

// Tests a strategy on history: stored candles, or a file's.
namespace cw::app {
namespace {

using backtest::Figure;

/// What a strategy runs over.
struct Chart {
  market::InstrumentId id;
  market::Timeframe timeframe{};
  trading::InstrumentRules rules;
  evaluation::BarSource& bars;
  expr::CompileOptions language;
  std::function<Result<std::unique_ptr<expr::NamedSeries>>(const expr::Graph&)> signals{};
};

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

Result<backtest::RunSettings> settings_of(const BacktestArgs& args, const trading::InstrumentRules& rules) {
  backtest::RunSettings settings;
  const auto capital = parse_steps(args.capital);
  if (!capital) return std::unexpected(with_place(capital.error(), "--capital"));
  settings.account.capital = trading::money_of_steps(*capital);
  const auto commission = trading::parse_commission(args.commission);
  if (!commission) return std::unexpected(with_place(commission.error(), "--commission"));
  settings.account.costs.commission = *commission;
  const auto slippage = trading::parse_slippage(args.slippage);
  if (!slippage) return std::unexpected(with_place(slippage.error(), "--slippage"));
  settings.account.costs.slippage = *slippage;
  settings.account.fills.time = args.fills_at_close ? trading::FillTime::close : trading::FillTime::next_open;
  settings.account.fills.intrabar = args.adaptive ? trading::Intrabar::adaptive : trading::Intrabar::pessimistic;
  if (!args.protections) settings.account.protections = trading::Protections::none();
  settings.instrument = rules;
  settings.from = args.from.value_or(Timestamp{});
  settings.close_at_end = args.close_at_end;
  if (const auto sound = trading::validate(settings.account); !sound) return pass_on(sound);
  return settings;
}

/// One line a figure: `sharpe   1.23   (365 days, n = 400)`.
void append_figure(std::string& out, const backtest::Figures& all, Figure figure, std::string_view label) {
  const auto& info = backtest::info(figure);
  const auto& value = all[figure];
  std::string shown = fmt::format("n/a ({})", backtest::name(value.missing));
  if (value.told()) {
    switch (info.unit) {
      case backtest::Unit::fraction: shown = fmt::format("{:.2f} %", 100 * value.value); break;
      case backtest::Unit::money:
      case backtest::Unit::ratio:
      case backtest::Unit::bars: shown = fmt::format("{:.2f}", value.value); break;
      case backtest::Unit::count: shown = fmt::format("{:.0f}", value.value); break;
      case backtest::Unit::time_ms: shown = fmt::format("{:.1f} h", value.value / 3'600'000); break;
    }
  }
  out += fmt::format("{:<22} {:>16}   n = {} {}\n", label, shown, value.n, backtest::name(info.sample));
}

std::string as_table(const backtest::RunFacts& facts, const backtest::RunResult& result,
                     const backtest::Metrics& metrics) {
  const auto& times = result.rows.open_time_ms;
  std::string out =
      fmt::format("{} on {} {}, {} to {}, {} bars ({} before them to warm up)\n", facts.strategy,
                  facts.instrument.text(), market::name(facts.timeframe), format_time(from_ms(times.front())),
                  format_time(from_ms(times.back())), times.size(), result.warm_up_bars);
  out += fmt::format("fills: {}, {} within a bar; commission {}, slippage {}\n\n", trading::name(facts.fills.time),
                     trading::name(facts.fills.intrabar), facts.commission, facts.slippage);
  const std::pair<Figure, std::string_view> lines[] = {{Figure::net_profit, "net profit"},
                                                       {Figure::total_return, "return"},
                                                       {Figure::buy_and_hold_return, "buy and hold"},
                                                       {Figure::cagr, "CAGR"},
                                                       {Figure::volatility, "volatility a year"},
                                                       {Figure::sharpe, "Sharpe"},
                                                       {Figure::sortino, "Sortino"},
                                                       {Figure::calmar, "Calmar"},
                                                       {Figure::max_drawdown, "deepest drawdown"},
                                                       {Figure::trades, "trades"},
                                                       {Figure::win_rate, "won"},
                                                       {Figure::profit_factor, "profit factor"},
                                                       {Figure::expectancy, "expectancy"},
                                                       {Figure::sqn, "SQN"},
                                                       {Figure::time_in_market, "time in market"},
                                                       {Figure::fees_paid, "fees"},
                                                       {Figure::slippage_paid, "slippage"}};
  for (const auto& [figure, label] : lines) append_figure(out, metrics.figures, figure, label);
  out += fmt::format("\n{:.2f} became {:.2f}\n", result.initial_capital, result.final_equity);
  for (const auto& warning : backtest::warnings_of(facts, result)) out += "! " + warning + '\n';
  return out;
}

int run_on(Console& console, const BacktestArgs& args, const strategy::Document& document, Chart chart) {
  expr::Graph graph(chart.timeframe);
  strategy::GivenInputs given;
  for (const auto& [name, value] : args.inputs) given[name] = value;
  chart.language.seed = document.seed;
  const auto program = strategy::compile(document, given, chart.language, graph);
  if (!program) return report(console, with_place(strategy::error_of(program.error()), args.strategy));
  const auto settings = settings_of(args, chart.rules);
  if (!settings) return report(console, settings.error());
  std::unique_ptr<expr::NamedSeries> named;
  if (chart.signals) {
    auto series = chart.signals(graph);
    if (!series) return report(console, series.error());
    named = std::move(*series);
  }
  auto plan = expr::Plan::make(graph, program->nodes, named.get());
  if (!plan) return report(console, plan.error());
  if (!plan->feeds().empty())
    return report(console, {Errc::unsupported, "a strategy that looks at another symbol cannot be tested yet", {}, {}});

  backtest::Engine engine(*program, std::move(*plan), *settings);
  for (bool more = true; more;) {
    market::CandleColumns rows;
    const auto read = chart.bars.next(rows);
    if (!read) return report(console, read.error());
    more = *read;
    if (const auto done = engine.take(rows.view()); !done) return report(console, done.error());
    if (console.cancelled()) return report(console, {Errc::cancelled, "stopped", {}, {}});
  }
  const auto result = engine.finish();
  if (result.rows.equity.empty()) {
    return report(console, {Errc::not_found,
                            fmt::format("no bar of {} {} lies in the period; {} were before it", chart.id.text(),
                                        market::name(chart.timeframe), result.warm_up_bars),
                            {},
                            {}});
  }
  backtest::RunFacts facts{.instrument = chart.id,
                           .timeframe = chart.timeframe,
                           .strategy = program->name,
                           .commission = args.commission,
                           .slippage = args.slippage,
                           .fills = settings->account.fills,
                           .warnings = program->warnings};
  for (std::size_t i = 0; i < program->inputs.size(); ++i)
    facts.inputs.emplace_back(program->inputs[i].first,
                              strategy::value_text(document.inputs[i], program->inputs[i].second));
  const auto metrics = backtest::metrics_of(result, chart.timeframe);
  console.out(args.json ? backtest::run_json(facts, result, metrics) + '\n' : as_table(facts, result, metrics));
  return kGood;
}

}  // namespace

int run_backtest(FolderCommand& command, const BacktestArgs& args) {
  const auto document = document_of(command.console, args.strategy);
  if (!document) return report(command.console, document.error());
  const auto instrument = find_instrument(command.config, command.store, args.symbol);
  if (!instrument) return report(command.console, instrument.error());
  const auto rules = trading::rules_of(*instrument);
  if (!rules) return report(command.console, rules.error());
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
  return run_on(command.console, args, *document,
                {instrument->id, timeframe, *rules, *bars, std::move(language),
                 [&](const expr::Graph& graph) -> Result<std::unique_ptr<expr::NamedSeries>> {
                   return library.series(instrument->id, graph, [&command] { return command.console.cancelled(); });
                 }});
}

int run_backtest_file(Console& console, const BacktestArgs& args) {
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
  const auto rules = trading::rules_of(instrument);
  if (!rules) return report(console, rules.error());
  auto reader = candle_store::read_candles(std::move(*bytes), timeframe.value_or(document->timeframe));
  if (!reader) return report(console, with_place(reader.error(), args.candles));
  const auto all = evaluation::file_bars(**reader);
  const auto bars = evaluation::bars_until(*all, args.to.value_or(from_ms(kLatestMs)));
  return run_on(console, args, *document,
                {instrument.id, timeframe.value_or(document->timeframe), *rules, *bars, {.symbol = instrument.id}, {}});
}

}  // namespace cw::app
