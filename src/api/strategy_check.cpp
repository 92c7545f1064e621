#include "api/strategy_check.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/account_desk.h"
#include "api/backtest_json.h"
#include "api/json_body.h"
#include "api/language_json.h"
#include "api/market.h"
#include "api/strategy_json.h"
#include "base/json_text.h"
#include "lab/run.h"

// What is wrong with a strategy that is being written, and where it would have traded.
namespace cw::api {
namespace {

constexpr std::size_t kInputsBytes = 16 * 1024;

/// The newest bars of an instrument and as many before them as the program looks back on, its averages settled.
constexpr std::uint64_t kWarmUp = 2'000;

Result<std::vector<backtest::Trade>> trades_of(LabDesk& desk, const lab::PreparedRun& run, std::size_t bars,
                                               const Cancelled& cancelled) {
  const auto& part = run.first();
  const auto& id = part.instrument.id;
  const auto& store = desk.work.store_of(id);
  const auto length = market::duration(run.timeframe);
  const auto series = store.info({id, market::Timeframe::m1});
  const auto last = series ? std::optional{series->last} : std::nullopt;
  const auto needed = std::max<std::uint64_t>(kWarmUp, 4 * static_cast<std::uint64_t>(part.program.lookback)) + bars;
  Timestamp from{};
  // Holes count: where there are many, fewer bars are run.
  const auto stored = evaluation::bars_at_most(store, id, run.timeframe);
  if (last && stored > needed) from = std::max(Timestamp{}, *last - length * static_cast<std::int64_t>(needed));
  const auto source = evaluation::stored_bars(store, id, run.timeframe, from, from_ms(kLatestMs));
  auto columns = lab::read_all(*source, 4 * needed + stored, [&cancelled](double) { return !cancelled(); }, 0);
  if (!columns) return pass_on(columns);
  auto named = desk.work.signals.series(id, *part.graph, cancelled);
  if (!named) return pass_on(named);
  auto plan = expr::Plan::make(*part.graph, part.program.nodes, named->get());
  if (!plan) return pass_on(plan);
  lab::OtherSymbols others(desk.work.store_of, from_ms(kLatestMs), lab::RunLimits{}.bars, from);
  if (auto done = others.give(*plan, cancelled); !done) return pass_on(done);
  auto settings = run.settings;
  if (columns->size() > bars) settings.from = from_ms(columns->open_time_ms[columns->size() - bars]);
  backtest::Engine engine(part.program, std::move(*plan), settings);
  if (auto done = engine.take(columns->view()); !done) return pass_on(done);
  return engine.finish().trades;
}

}  // namespace

std::variant<StrategyCheck, Problem> read_strategy_check(LabDesk& desk, const Call& call) {
  auto read = JsonBody::read(call.request, {"document", "inputs", "symbol", "timeframe", "bars"}, {"inputs"});
  if (const auto* problem = std::get_if<Problem>(&read)) return *problem;
  auto& body = std::get<JsonBody>(read);
  StrategyCheck check{.text = body.text("document", strategy::kDocumentBytesMost)};
  check.bars = static_cast<std::size_t>(body.whole("bars", 1, 5'000).value_or(1'000));
  auto inputs = read_inputs(body.object("inputs", kInputsBytes).value_or(""));
  const auto symbol = body.optional_text("symbol", 64);
  const auto timeframe = body.optional_text("timeframe", 16);
  if (body.fault()) return *body.fault();
  if (!inputs) return problem_of(inputs.error());
  for (auto& [name, value] : *inputs) check.inputs[name] = std::move(value);
  if (symbol) {
    auto index = desk.view.board().resolve(*symbol);
    if (!index) {
      index.error().field = "symbol";
      if (index.error().code == Errc::bad_input) index.error().code = Errc::unknown_symbol;
      return problem_of(index.error());
    }
    check.instrument = desk.view.board().instrument(*index);
  }
  if (timeframe) {
    auto known = market::parse_timeframe(*timeframe);
    if (!known) {
      known.error().field = "timeframe";
      return problem_of(known.error());
    }
    check.timeframe = *known;
  }
  return check;
}

Result<net::HttpResponse> strategy_checked(LabDesk& desk, const StrategyCheck& check, const net::HttpRequest& sent,
                                           const Cancelled& cancelled) {
  const std::vector<market::InstrumentId> instruments =
      check.instrument ? std::vector{check.instrument->id} : std::vector<market::InstrumentId>{};
  const auto answer = [&instruments](const strategy::Document* document, const strategy::Faults& faults,
                                     const std::vector<std::string>& warnings,
                                     const std::vector<backtest::Trade>& trades) {
    std::string out = fmt::format(R"({{"ok":{},"faults":{},"strategy":)", faults.empty(), faults_json(faults));
    if (document != nullptr) {
      out += '{';
      append_strategy_item(out, *document, {});
      out += '}';
    } else {
      out += "null";
    }
    out += R"(,"warnings":[)";
    for (std::size_t i = 0; i < warnings.size(); ++i) {
      if (i > 0) out += ',';
      append_json_string(out, warnings[i]);
    }
    out += R"(],"trades":[)";
    append_trade_list(out, trades, instruments);
    return json_response(200, out + "]}");
  };
  auto document = lab::read_document(check.text);
  if (!document) return answer(nullptr, document.error().faults, {}, {});
  if (check.instrument) {
    lab::RunRequest request;
    request.timeframe = check.timeframe;
    request.inputs = check.inputs;
    auto run = lab::prepare(std::move(request), *document, {&*check.instrument, 1}, check.language);
    if (!run && run.error().faults.empty()) return refused_answer(problem_of_refusal(run.error()), sent);
    if (!run) return answer(&*document, run.error().faults, {}, {});
    const auto trades = trades_of(desk, *run, check.bars, cancelled);
    auto warnings = run->first().program.warnings;
    // No candles of another symbol that it looks at: no fault of the document.
    if (!trades && trades.error().code == Errc::not_found) {
      warnings.push_back(trades.error().message);
      return answer(&*document, {}, warnings, {});
    }
    if (!trades) return pass_on(trades);
    return answer(&*document, {}, warnings, *trades);
  }
  expr::Graph graph(check.timeframe.value_or(document->timeframe));
  auto language = check.language;
  language.seed = document->seed;
  const auto program = strategy::compile(*document, check.inputs, language, graph);
  if (!program) return answer(&*document, program.error(), {}, {});
  return answer(&*document, {}, program->warnings, {});
}

}  // namespace cw::api
