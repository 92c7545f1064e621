#include "lab/prepared_run.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/decimal.h"

namespace cw::lab {
namespace {

Error with_field(Error error, std::string_view field) {
  error.field = field;
  return error;
}

/// The fault of an account, by the request's own names.
Error with_own_field(Error error) {
  if (error.field == "limits.exposure_percent") error.field = "exposure_percent";
  if (error.field == "limits.symbol_exposure_percent") error.field = "symbol_exposure_percent";
  if (error.field == "limits.positions_most") error.field = "max_positions";
  return error;
}

trading::Limits limits_of(const RunRequest& request, std::size_t instruments) {
  trading::Limits limits;
  limits.positions_most = request.max_positions;
  limits.exposure_percent = request.exposure_percent;
  auto shares = static_cast<double>(instruments);
  if (request.max_positions > 0) shares = std::min(shares, static_cast<double>(request.max_positions));
  limits.symbol_exposure_percent = request.symbol_exposure_percent.value_or(request.exposure_percent / shares);
  return limits;
}

Refusal refusal_of(strategy::Faults faults) { return {strategy::error_of(faults), std::move(faults)}; }

}  // namespace

std::vector<market::InstrumentId> PreparedRun::instruments() const {
  std::vector<market::InstrumentId> ids;
  for (const auto& part : parts) ids.push_back(part.instrument.id);
  return ids;
}

std::vector<std::string_view> PreparedRun::names() const {
  std::vector<std::string_view> out;
  for (const auto& part : parts) out.push_back(part.instrument.id.symbol);
  return out;
}

backtest::RunFacts PreparedRun::facts() const {
  const auto& program = first().program;
  backtest::RunFacts facts{.instruments = instruments(),
                           .timeframe = timeframe,
                           .strategy = program.name,
                           .commission = request.commission,
                           .slippage = request.slippage,
                           .funding = request.funding,
                           .fills = settings.account.fills,
                           .limits = settings.account.limits,
                           .warnings = program.warnings};
  for (std::size_t i = 0; i < program.inputs.size(); ++i)
    facts.inputs.emplace_back(program.inputs[i].first,
                              strategy::value_text(document.inputs[i], program.inputs[i].second));
  return facts;
}

namespace {

bool is_made_up(const market::InstrumentId& id) { return id.venue == "practice" || id.venue == "replay"; }

/// What an account is counted in.
std::string_view currency_of(const market::Instrument& instrument) {
  static constexpr std::array<std::string_view, 7> kDollars{"USD", "USDT", "USDC", "BUSD", "FDUSD", "TUSD", "DAI"};
  return std::ranges::find(kDollars, instrument.quote) == kDollars.end() ? std::string_view{instrument.quote} : "USD";
}

}  // namespace

Result<void> check_shared_account(std::span<const market::Instrument> instruments) {
  for (const auto& one : instruments) {
    const auto& first = instruments.front();
    if (one.id.venue != first.id.venue && (is_made_up(one.id) || is_made_up(first.id)))
      return std::unexpected(Error{Errc::bad_parameter,
                                   fmt::format("{} and {} cannot share an account: one of them is no real market",
                                               first.id.text(), one.id.text()),
                                   {},
                                   "symbol"});
    if (currency_of(one) != currency_of(first))
      return std::unexpected(Error{Errc::bad_parameter,
                                   fmt::format("{} is priced in {} and {} in {}; an account has one currency",
                                               first.id.text(), first.quote, one.id.text(), one.quote),
                                   {},
                                   "symbol"});
  }
  return {};
}

Prepared<strategy::Document> read_document(std::string_view text) {
  auto document = strategy::parse_document(text);
  if (!document) return std::unexpected(refusal_of(std::move(document.error())));
  return std::move(*document);
}

Result<backtest::RunSettings> settings_of(const RunRequest& request, std::size_t instruments) {
  backtest::RunSettings settings;
  auto& account = settings.account;
  const auto capital = parse_steps(request.capital);
  if (!capital) return std::unexpected(with_field(capital.error(), "capital"));
  account.capital = trading::money_of_steps(*capital);
  const auto commission = trading::parse_commission(request.commission);
  if (!commission) return pass_on(commission);
  account.costs.commission = *commission;
  const auto slippage = trading::parse_slippage(request.slippage);
  if (!slippage) return pass_on(slippage);
  account.costs.slippage = *slippage;
  const auto funding = trading::parse_funding(request.funding);
  if (!funding) return pass_on(funding);
  account.costs.funding = *funding;
  account.fills.time = request.fill;
  account.fills.intrabar = request.intrabar;
  account.limits = limits_of(request, instruments);
  if (!request.protections) account.protections = trading::Protections::none();
  settings.from = request.from.value_or(Timestamp{});
  settings.close_at_end = request.close_at_end;
  if (const auto sound = trading::validate(account); !sound) return std::unexpected(with_own_field(sound.error()));
  return settings;
}

Prepared<PreparedRun> prepare(RunRequest request, strategy::Document document,
                              std::span<const market::Instrument> instruments, expr::CompileOptions language) {
  if (request.from && request.to && *request.from >= *request.to)
    return std::unexpected(Refusal{{Errc::bad_parameter, "'from' must be before 'to'.", {}, "to"}});
  const auto settings = settings_of(request, instruments.size());
  if (!settings) return std::unexpected(Refusal{settings.error()});
  PreparedRun run{.request = std::move(request), .document = std::move(document), .settings = *settings, .parts = {}};
  run.timeframe = run.request.timeframe.value_or(run.document.timeframe);
  language.seed = run.document.seed;
  for (const market::Instrument& instrument : instruments) {
    const auto rules = trading::rules_of(instrument);
    if (!rules) return std::unexpected(Refusal{rules.error()});
    PreparedPart part{.instrument = instrument, .rules = *rules, .graph = {}, .program = {}};
    part.graph = std::make_unique<expr::Graph>(run.timeframe);
    language.symbol = instrument.id;
    auto program = strategy::compile(run.document, run.request.inputs, language, *part.graph);
    if (!program) return std::unexpected(refusal_of(std::move(program.error())));
    part.program = std::move(*program);
    run.parts.push_back(std::move(part));
  }
  run.settings.instrument = run.first().rules;
  return run;
}

}  // namespace cw::lab
