#include "api/backtest_start.h"

#include <algorithm>

#include <fmt/format.h>

#include "candle_store/query.h"
#include "lab/shorter_bars.h"
#include "lab/sweep_bars.h"

namespace cw::api {

std::variant<market::Instrument, Problem> instrument_of(const LabDesk& desk, const std::string& symbol) {
  auto index = desk.view.board().resolve(symbol);
  if (index) return desk.view.board().instrument(*index);
  index.error().field = "symbol";
  if (index.error().code == Errc::bad_input) index.error().code = Errc::unknown_symbol;
  return problem_of(index.error());
}

std::variant<std::vector<market::Instrument>, Problem> instruments_of(const LabDesk& desk, const std::string& symbols) {
  const auto names = lab::symbols_of(symbols);
  if (!names) return problem_of(names.error());
  std::vector<market::Instrument> found;
  for (const std::string& name : *names) {
    auto one = instrument_of(desk, name);
    if (auto* problem = std::get_if<Problem>(&one)) return std::move(*problem);
    auto& instrument = std::get<market::Instrument>(one);
    if (std::ranges::find(found, instrument.id, &market::Instrument::id) != found.end())
      return Problem{"bad_parameter", fmt::format("{} is named twice.", instrument.id.text()), "symbol"};
    found.push_back(std::move(instrument));
  }
  if (const auto fit = lab::check_shared_account(found); !fit) return problem_of_request(fit.error());
  return found;
}

std::variant<strategy::Document, Problem> resolve_strategy(LabDesk& desk, const std::string& user_id,
                                                           lab::RunRequest& request) {
  const bool has_text = !request.document.empty();
  bool is_of_name = false;
  if (!request.strategy.empty()) {
    auto found = find_strategy(desk.accounts, user_id, request.strategy, request.version);
    if (!found && !has_text) return problem_of_request(found.error());
    // A kept run's request has both: with the text that the name stands for it is asked by name.
    is_of_name = found && (!has_text || found->text == request.document);
    if (is_of_name) {
      request.document = std::move(found->text);
      request.version = found->version;
    }
  }
  if (!is_of_name) {
    request.strategy.clear();
    request.version.reset();
  }
  auto document = lab::read_document(request.document);
  if (!document) return problem_of_refusal(document.error());
  return std::move(*document);
}

namespace {

Result<void> check_period_of(const candle_store::CandleStore& store, const market::InstrumentId& id,
                             const lab::PreparedRun& run) {
  if (evaluation::bars_at_most(store, id, run.timeframe) == 0)
    return std::unexpected(
        Error{Errc::not_found,
              fmt::format("No bars are stored of {} that {} could be made of.", id.text(), market::name(run.timeframe)),
              {},
              "symbol"});
  candle_store::CandleQuery wanted{id, run.timeframe};
  wanted.from = run.request.from.value_or(Timestamp{});
  wanted.to = run.request.to.value_or(from_ms(kLatestMs));
  wanted.limit = 1;
  wanted.pick = candle_store::Pick::oldest;
  const auto found = candle_store::query(store, wanted);
  if (!found) return pass_on(found);
  if (!found->bars.empty()) return {};
  return std::unexpected(
      Error{Errc::not_found,
            fmt::format("No bar of {} {} is stored in the period.", id.text(), market::name(run.timeframe)),
            {},
            run.request.from ? "from" : "to"});
}

/// Whether there are bars of the other symbols that the rules look at.
Result<void> check_others_of(const evaluation::StoreOf& store_of, const lab::PreparedPart& part) {
  for (const expr::Context& context : part.graph->contexts()) {
    const auto id = market::parse_instrument_id(context.symbol);
    if (!id || *id == part.instrument.id || evaluation::bars_at_most(store_of(*id), *id, context.timeframe) > 0)
      continue;
    return std::unexpected(
        Error{Errc::not_found,
              fmt::format("The strategy looks at {}, of which no bars are stored that {} could be made of.", id->text(),
                          market::name(context.timeframe)),
              {},
              "strategy"});
  }
  return {};
}

}  // namespace

Result<void> check_period(const evaluation::StoreOf& store_of, const lab::PreparedRun& run) {
  for (const auto& part : run.parts) {
    const auto& id = part.instrument.id;
    if (auto sound = check_period_of(store_of(id), id, run); !sound) return sound;
    if (auto sound = check_others_of(store_of, part); !sound) return sound;
  }
  return {};
}

Result<void> check_folds(const evaluation::StoreOf& store_of, const lab::PreparedSweep& sweep) {
  std::uint64_t moments = 0;
  for (const auto& instrument : sweep.instruments)
    moments += evaluation::bars_at_most(store_of(instrument.id), instrument.id, sweep.timeframe);
  if (const auto& run = sweep.ask.run; run.from && run.to)
    moments =
        std::min(moments, static_cast<std::uint64_t>((*run.to - *run.from) / market::duration(sweep.timeframe)) + 1);
  const auto windows = backtest::windows_of(sweep.plan.folds, moments);
  if (!windows) return pass_on(windows);
  return {};
}

Result<void> check_shorter(const evaluation::StoreOf& store_of, const lab::RunRequest& request,
                           std::span<const market::Instrument> instruments, market::Timeframe timeframe) {
  if (request.intrabar != trading::Intrabar::magnifier) return {};
  for (const auto& instrument : instruments) {
    const auto& id = instrument.id;
    if (!lab::has_shorter_bars(store_of(id), id, timeframe)) return std::unexpected(lab::nothing_to_walk(id));
  }
  return {};
}

}  // namespace cw::api
