#include "lab/prepared_run.h"

#include <fmt/format.h>

#include "base/decimal.h"

namespace cw::lab {
namespace {

Error with_field(Error error, std::string_view field) {
  error.field = field;
  return error;
}

Refusal refusal_of(strategy::Faults faults) { return {strategy::error_of(faults), std::move(faults)}; }

}  // namespace

backtest::RunFacts PreparedRun::facts() const {
  backtest::RunFacts facts{.instrument = instrument.id,
                           .timeframe = timeframe,
                           .strategy = program.name,
                           .commission = request.commission,
                           .slippage = request.slippage,
                           .fills = settings.account.fills,
                           .warnings = program.warnings};
  for (std::size_t i = 0; i < program.inputs.size(); ++i)
    facts.inputs.emplace_back(program.inputs[i].first,
                              strategy::value_text(document.inputs[i], program.inputs[i].second));
  return facts;
}

Prepared<strategy::Document> read_document(std::string_view text) {
  auto document = strategy::parse_document(text);
  if (!document) return std::unexpected(refusal_of(std::move(document.error())));
  return std::move(*document);
}

Result<backtest::RunSettings> settings_of(const RunRequest& request, const market::Instrument& instrument) {
  backtest::RunSettings settings;
  const auto rules = trading::rules_of(instrument);
  if (!rules) return pass_on(rules);
  settings.instrument = *rules;
  const auto capital = parse_steps(request.capital);
  if (!capital) return std::unexpected(with_field(capital.error(), "capital"));
  settings.account.capital = trading::money_of_steps(*capital);
  const auto commission = trading::parse_commission(request.commission);
  if (!commission) return pass_on(commission);
  settings.account.costs.commission = *commission;
  const auto slippage = trading::parse_slippage(request.slippage);
  if (!slippage) return pass_on(slippage);
  settings.account.costs.slippage = *slippage;
  settings.account.fills.time = request.fill;
  settings.account.fills.intrabar = request.intrabar;
  if (!request.protections) settings.account.protections = trading::Protections::none();
  settings.from = request.from.value_or(Timestamp{});
  settings.close_at_end = request.close_at_end;
  if (const auto sound = trading::validate(settings.account); !sound) return pass_on(sound);
  return settings;
}

Prepared<PreparedRun> prepare(RunRequest request, strategy::Document document, const market::Instrument& instrument,
                              expr::CompileOptions language) {
  if (request.from && request.to && *request.from >= *request.to)
    return std::unexpected(Refusal{{Errc::bad_parameter, "'from' must be before 'to'.", {}, "to"}});
  const auto settings = settings_of(request, instrument);
  if (!settings) return std::unexpected(Refusal{settings.error()});
  PreparedRun run{.request = std::move(request),
                  .document = std::move(document),
                  .instrument = instrument,
                  .graph = {},
                  .program = {},
                  .settings = *settings};
  run.timeframe = run.request.timeframe.value_or(run.document.timeframe);
  run.graph = std::make_unique<expr::Graph>(run.timeframe);
  language.symbol = instrument.id;
  language.seed = run.document.seed;
  auto program = strategy::compile(run.document, run.request.inputs, language, *run.graph);
  if (!program) return std::unexpected(refusal_of(std::move(program.error())));
  run.program = std::move(*program);
  return run;
}

}  // namespace cw::lab
