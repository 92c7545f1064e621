#include "lab/lab.h"

#include <algorithm>

#include <fmt/format.h>

#include "backtest/report/report_html.h"
#include "backtest/report/what_if.h"
#include "backtest/robustness/assess.h"
#include "base/json_text.h"
#include "candle_store/query.h"
#include "lab/kept_leaks.h"
#include "lab/kept_rows.h"
#include "lab/tried.h"

namespace cw::lab {
namespace {

using records::BacktestPart;
using records::BacktestRow;
using records::BacktestStatus;

std::string summary_json(const backtest::RunResult& result, const backtest::Metrics& metrics) {
  using backtest::Figure;
  std::string out = R"({"final_equity":)";
  append_json_number(out, result.final_equity);
  const std::pair<std::string_view, Figure> figures[] = {{"total_return", Figure::total_return},
                                                         {"buy_and_hold_return", Figure::buy_and_hold_return},
                                                         {"sharpe", Figure::sharpe},
                                                         {"max_drawdown", Figure::max_drawdown},
                                                         {"trades", Figure::trades},
                                                         {"win_rate", Figure::win_rate},
                                                         {"profit_factor", Figure::profit_factor}};
  for (const auto& [name, figure] : figures) {
    out += fmt::format(R"(,"{}":)", name);
    append_json_number(out, metrics.figures[figure].told() ? metrics.figures[figure].value : std::nan(""));
  }
  return out + "}";
}

/// The pieces that a list of rows is kept in.
template <class Rows>
std::vector<std::string> pieces_of(const Rows& rows, std::size_t a_piece) {
  std::vector<std::string> pieces;
  for (std::size_t from = 0; from < rows.size(); from += a_piece)
    pieces.push_back(encode(rows, from, std::min(a_piece, rows.size() - from)));
  return pieces;
}

}  // namespace

std::string error_json(const Error& error) {
  std::string out = fmt::format(R"({{"code":"{}","message":)", code_name(error.code));
  append_json_string(out, error.message);
  out += R"(,"field":)";
  append_json_string(out, error.field);
  return out + "}";
}

Lab::Lab(Parts parts)
    : parts_(std::move(parts)), jobs_(job_threads(), parts_.metrics, parts_.is_idle ? make_idle : [] {}) {}

Lab::~Lab() { ending_ = true; }

expr::CompileOptions Lab::language() const {
  expr::CompileOptions options;
  options.find_symbol = parts_.find_symbol;
  options.named = &parts_.signals.names();
  return options;
}

double Lab::progress(const std::string& id) const {
  const std::scoped_lock lock{mutex_};
  const auto found = standing_.find(id);
  return found == standing_.end() ? 0 : found->second.share;
}

Result<BacktestRow> Lab::find(const std::string& user_id, const std::string& id) const {
  auto row =
      parts_.records.read([&](db::Connection& connection) { return records::find_backtest(connection, user_id, id); });
  if (!row) return pass_on(row);
  if (!*row) return fail(Errc::not_found, "There is no such run of yours; GET /api/backtests lists them.");
  return std::move(**row);
}

/// A new row, and room for it.
Result<void> Lab::keep_new(const BacktestRow& row, std::int64_t kept_most) {
  if (!jobs_.has_room(row.user_id))
    return fail(Errc::rate_limited, fmt::format("{} runs of yours wait or run, which is the limit of one account. Wait "
                                                "for one, or delete one.",
                                                JobQueue::kOfOneOwnerMost));
  return parts_.records.write([&](db::Connection& connection) -> Result<void> {
    if (auto done = records::add_backtest(connection, row); !done) return done;
    auto surplus = records::surplus_backtests(connection, row.user_id, row.kind, kept_most);
    if (!surplus) return pass_on(surplus);
    for (const std::string& old : *surplus) {
      if (auto done = records::delete_backtest(connection, old); !done) return done;
    }
    return {};
  });
}

Result<void> Lab::hand_in(const std::string& user_id, const std::string& id, PreparedRun run) {
  auto shared = std::make_shared<const PreparedRun>(std::move(run));
  return jobs_.add(user_id, id, [this, user_id, id, shared](const JobControl& control) {
    return attend(user_id, id, control, [&](BacktestRow& kept) { return work(user_id, kept, *shared, control); });
  });
}

Result<BacktestRow> Lab::start(const std::string& user_id, const std::string& id, PreparedRun run) {
  BacktestRow row;
  row.id = id;
  row.user_id = user_id;
  row.created_at = parts_.clock.now();
  row.name = run.request.name;
  row.strategy = run.document.name;
  row.version = run.request.version;
  row.instruments = run.instruments();
  row.timeframe = run.timeframe;
  row.from = run.request.from;
  row.to = run.request.to;
  row.request_json = to_json(run.request);
  if (auto kept = keep_new(row, kRunsKeptMost); !kept) return pass_on(kept);
  const auto added = hand_in(user_id, id, std::move(run));
  if (!added) {  // somebody else's request took the last place
    (void)parts_.records.write([&](db::Connection& connection) { return records::delete_backtest(connection, id); });
    return pass_on(added);
  }
  tell(row, 0);
  return row;
}

void Lab::resume() {
  const auto rows =
      parts_.records.read([](db::Connection& connection) { return records::unfinished_backtests(connection); });
  if (!rows) {
    parts_.logger.error("runs not resumed", {{"reason", std::string_view{rows.error().message}}});
    return;
  }
  for (const BacktestRow& row : *rows) take_up(row);
  const auto live = parts_.records.read([](db::Connection& connection) { return records::live_backtests(connection); });
  if (live) std::ranges::for_each(*live, [this](const BacktestRow& row) { go_live(row); });
  if (!rows->empty()) parts_.logger.info("runs resumed", {{"count", static_cast<std::int64_t>(rows->size())}});
}

/// What there is of a row's instruments. Errors  unknown_symbol, field `symbol`
Result<std::vector<market::Instrument>> Lab::instruments_of(const BacktestRow& row) const {
  std::vector<market::Instrument> found;
  for (const auto& id : row.instruments) {
    auto one = parts_.find_instrument(id);
    if (!one)
      return std::unexpected(
          Error{Errc::unknown_symbol, fmt::format("There is no {} any more.", id.text()), {}, "symbol"});
    found.push_back(std::move(*one));
  }
  return found;
}

/// What was asked for is looked up anew: the strategy's text is part of it, the rest may have changed.
void Lab::take_up(const BacktestRow& row) {
  const auto taken = row.kind == records::BacktestKind::sweep ? take_up_sweep(row) : take_up_run(row);
  if (!taken) fail_kept(row, taken.error());
}

Result<PreparedRun> Lab::prepared_of(const BacktestRow& row) const {
  const auto instruments = instruments_of(row);
  if (!instruments) return pass_on(instruments);
  auto request = parse_run_request(row.request_json);
  if (!request) return pass_on(request);
  auto document = read_document(request->document);
  if (!document) return std::unexpected(document.error().error);
  auto prepared = prepare(std::move(*request), std::move(*document), *instruments, language());
  if (!prepared) return std::unexpected(prepared.error().error);
  return std::move(*prepared);
}

Result<void> Lab::take_up_run(const BacktestRow& row) {
  auto prepared = prepared_of(row);
  if (!prepared) return pass_on(prepared);
  return hand_in(row.user_id, row.id, std::move(*prepared));
}

void Lab::fail_kept(BacktestRow row, const Error& error) {
  row.status = error.code == Errc::cancelled ? BacktestStatus::stopped : BacktestStatus::failed;
  row.finished_at = parts_.clock.now();
  row.error_json = error_json(error);
  const auto kept =
      parts_.records.write([&](db::Connection& connection) { return records::update_backtest(connection, row); });
  // A run that was deleted meanwhile is no fault.
  if (!kept && kept.error().code != Errc::not_found)
    parts_.logger.error("run not kept",
                        {{"id", std::string_view{row.id}}, {"reason", std::string_view{kept.error().message}}});
  if (kept) tell(row, 0);
}

void Lab::tell(const BacktestRow& row, double progress) {
  if (!parts_.tell) return;
  LabEvent event{
      .id = row.id, .kind = row.kind, .status = std::string{records::name(row.status)}, .progress = progress};
  event.error_json = row.error_json;
  parts_.tell(row.user_id, std::move(event));
}

/// False: stop.
bool Lab::say_progress(const BacktestRow& row, double share, const JobControl& control) {
  bool told = false;
  {
    const std::scoped_lock lock{mutex_};
    auto& standing = standing_[row.id];
    const Timestamp now = parts_.clock.now();
    standing.share = share;
    told = now - standing.told_at >= kTellEvery;
    if (told) standing.told_at = now;
  }
  if (told) tell(row, share);
  return !control.is_stopped();
}

Turn Lab::attend(const std::string& user_id, const std::string& id, const JobControl& control,
                 const std::function<Result<Turn>(BacktestRow&)>& work) {
  const auto is_told_no_more = [this, &id] {
    const std::scoped_lock lock{mutex_};
    standing_.erase(id);
  };
  auto found = parts_.records.write([&](db::Connection& connection) -> Result<std::optional<BacktestRow>> {
    auto row = records::find_backtest(connection, user_id, id);
    if (!row || !*row) return row;
    (*row)->status = BacktestStatus::running;
    if (auto done = records::update_backtest(connection, **row); !done) return pass_on(done);
    return row;
  });
  if (!found || !*found) {  // deleted while it waited
    is_told_no_more();
    return Turn::over;
  }
  BacktestRow& row = **found;
  if (control.is_stopped() && ending_) return Turn::over;
  bool is_first_turn = false;
  {
    const std::scoped_lock lock{mutex_};
    is_first_turn = standing_.try_emplace(id).second;
  }
  if (is_first_turn) tell(row, 0);
  const auto done = work(row);
  if (done && *done == Turn::again) return Turn::again;
  is_told_no_more();
  if (done)
    tell(row, 1);
  else if (done.error().code != Errc::cancelled || !ending_)  // else the next process goes on with it
    fail_kept(row, done.error());
  return Turn::over;
}

RunMarket Lab::market_of(const PreparedRun& run, const market::InstrumentId& id, const JobControl& control) const {
  const auto end = run.request.to.value_or(from_ms(kLatestMs));
  auto market = stored_market(parts_.store_of(id), id, run.timeframe, run.settings.from, end);
  market.named = [this, id, &control](const expr::Graph& graph) {
    return parts_.signals.series(id, graph, [&control] { return control.is_stopped(); });
  };
  return market;
}

std::shared_ptr<OtherSymbols> Lab::others_until(std::optional<Timestamp> end) const {
  return std::make_shared<OtherSymbols>(parts_.store_of, end.value_or(from_ms(kLatestMs)), RunLimits{}.bars);
}

Result<Turn> Lab::work(const std::string& user_id, BacktestRow& row, const PreparedRun& run,
                       const JobControl& control) {
  std::vector<RunMarket> markets;
  const auto others = others_until(run.request.to);
  for (const auto& part : run.parts) {
    markets.push_back(market_of(run, part.instrument.id, control));
    markets.back().others = others;
  }
  // The run itself is most of what is waited for; what is told of it beside takes the rest.
  constexpr double kRunShare = 0.6;
  const std::function<bool()> cancelled = [&control] { return control.is_stopped(); };
  auto finished =
      make_run(run, markets, {}, [&](double share) { return say_progress(row, kRunShare * share, control); });
  if (!finished) return pass_on(finished);
  say_progress(row, kRunShare, control);
  const auto extras = extras_of(user_id, run, markets, *finished, cancelled);
  if (!extras) return pass_on(extras);
  if (auto kept = keep(row, run, *finished, *extras); !kept) return pass_on(kept);
  return Turn::over;
}

/// The verdict on the first of the instruments; each of them is looked at, and a leak in any of them is an error. None where
/// there are too few bars.
Result<std::optional<backtest::LeakReport>> Lab::leaks_of(const PreparedRun& run, const FinishedRun& finished,
                                                          const std::function<bool()>& cancelled) {
  constexpr std::size_t kLeastBars = 3;  // of the checks
  std::optional<backtest::LeakReport> first;
  for (std::size_t i = 0; i < run.parts.size(); ++i) {
    if (finished.loaded.bars[i].size() < kLeastBars) continue;
    auto report = leaks_of_part(run, finished, i, cancelled);
    if (!report) return pass_on(report);
    if (!first) first = std::move(*report);
  }
  return first;
}

Result<backtest::LeakReport> Lab::leaks_of_part(const PreparedRun& run, const FinishedRun& finished, std::size_t part,
                                                const std::function<bool()>& cancelled) {
  auto settings = run.settings;
  settings.instrument = run.parts[part].rules;
  const backtest::LeakInput input{.program = run.parts[part].program,
                                  .graph = *run.parts[part].graph,
                                  .plan = backtest::plans_of(*run.parts[part].graph, finished.loaded.named[part].get(),
                                                             finished.loaded.plans[part].kept_others()),
                                  .bars = finished.loaded.bars[part].view(),
                                  .settings = settings,
                                  .places = &run.document.places,
                                  .cancelled = cancelled};
  auto report = look_once(parts_.records, input);
  if (report && !report->passed()) return std::unexpected(leak_error(report->whole_text()));
  return report;
}

Result<backtest::RunExtras> Lab::extras_of(const std::string& user_id, const PreparedRun& run,
                                           std::span<const RunMarket> markets, FinishedRun& finished,
                                           const std::function<bool()>& cancelled) {
  backtest::RunExtras extras;
  auto leaks = leaks_of(run, finished, cancelled);
  if (!leaks) return pass_on(leaks);
  extras.leaks = std::move(*leaks);
  const auto tried = tried_by(user_id, run.document);
  const auto trials = parts_.records.write([&](db::Connection& connection) -> Result<std::int64_t> {
    if (auto done = records::count_trials(connection, tried, run.first().program.fingerprint, 1); !done)
      return pass_on(done);
    return records::trials_of(connection, tried);
  });
  if (!trials) return pass_on(trials);
  const backtest::Rerun rerun{.parts = finished.loaded.parts, .settings = run.settings, .cancelled = cancelled};
  if (finished.result.counts.ambiguous_bars > 0) {
    const auto go_on = [&cancelled](double) { return !cancelled(); };
    if (auto lower = load_lower_to_compare(run, markets, {}, go_on, finished.loaded); !lower) return pass_on(lower);
    auto policies = backtest::under_each_policy(rerun);
    if (!policies) return pass_on(policies);
    extras.policies = std::move(*policies);
  }
  auto costs = backtest::cost_curve(rerun);
  if (!costs) return pass_on(costs);
  extras.costs = std::move(*costs);
  const auto prices = finished.loaded.views();
  auto assessed = backtest::assess(
      finished.result, backtest::equity_facts_of(finished.result, run.timeframe),
      {.trials = static_cast<double>(std::max<std::int64_t>(*trials, 1)), .are_trials_recorded = true}, prices);
  if (!assessed) return pass_on(assessed);
  extras.robustness = std::move(*assessed);
  return extras;
}

Result<void> Lab::keep(BacktestRow& row, const PreparedRun& run, const FinishedRun& finished,
                       const backtest::RunExtras& extras) {
  const auto& result = finished.result;
  auto facts = run.facts();
  facts.warnings.insert(facts.warnings.end(), finished.warnings.begin(), finished.warnings.end());
  const auto& times = result.rows.open_time_ms;
  row.status = BacktestStatus::done;
  row.finished_at = parts_.clock.now();
  row.from = from_ms(times.front());
  row.to = from_ms(times.back()) + market::duration(run.timeframe);
  row.bars = static_cast<std::int64_t>(times.size());
  row.summary_json = summary_json(result, finished.metrics);
  std::string told = "{";
  backtest::append_result(told, facts, result, finished.metrics, extras, kEquityPointsTold, kTradesTold);
  told += fmt::format(R"(,"equity_points":{},"trade_count":{}}})", times.size(), result.trades.size());
  const auto charts = finished.loaded.views();
  const std::string report = backtest::report_html({.facts = facts,
                                                    .result = result,
                                                    .metrics = finished.metrics,
                                                    .extras = extras,
                                                    .bars = charts,
                                                    .title = run.document.title,
                                                    .description = run.document.description,
                                                    .made_by = parts_.made_by});
  const auto trades = pieces_of(result.trades, kTradesAPiece);
  const auto equity = pieces_of(equity_rows(result.rows, kEquityKeptMost), kEquityAPiece);
  return parts_.records.write([&](db::Connection& connection) -> Result<void> {
    const auto before = records::find_backtest(connection, row.user_id, row.id);
    if (!before) return pass_on(before);
    if (!*before) return fail(Errc::not_found, "The run was deleted.");
    row.name = (*before)->name;  // it may have been named meanwhile
    if (auto done = records::update_backtest(connection, row); !done) return done;
    const std::pair<BacktestPart, std::vector<std::string>> parts[] = {{BacktestPart::result, {told}},
                                                                       {BacktestPart::report, {report}},
                                                                       {BacktestPart::trades, trades},
                                                                       {BacktestPart::equity, equity}};
    for (const auto& [part, pieces] : parts) {
      for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (auto done = records::put_backtest_part(connection, row.id, part, static_cast<std::int64_t>(i), pieces[i]);
            !done)
          return done;
      }
    }
    return {};
  });
}

/// Of a row that is kept as live. What cannot be run any more is said in the log, and stays kept.
void Lab::go_live(const BacktestRow& row) {
  if (!parts_.live) return;
  auto prepared = prepared_of(row);
  if (!prepared) {
    parts_.logger.warn("live strategy not begun",
                       {{"run", std::string_view{row.id}}, {"reason", std::string_view{prepared.error().message}}});
    return;
  }
  prepared->request.to.reset();
  parts_.live(row, std::make_shared<const PreparedRun>(std::move(*prepared)));
}

Result<void> Lab::set_live(const std::string& user_id, const std::string& id, bool live) {
  const auto changed = parts_.records.write([&](db::Connection& connection) -> Result<BacktestRow> {
    auto row = records::find_backtest(connection, user_id, id);
    if (!row) return pass_on(row);
    if (!*row || (*row)->kind != records::BacktestKind::run)
      return fail(Errc::not_found, "There is no such run of yours; GET /api/backtests lists them.");
    if (live && (*row)->status != BacktestStatus::done)
      return fail(Errc::conflict, "Only the strategy of a run that is done goes live.");
    const auto all = records::live_backtests(connection);
    if (!all) return pass_on(all);
    const auto own = std::ranges::count(*all, user_id, &BacktestRow::user_id);
    if (live && !(*row)->live && own >= kLiveMost)
      return fail(Errc::conflict, fmt::format("{} strategies of yours are live, which is the limit.", kLiveMost));
    (*row)->live = live;
    if (auto done = records::update_backtest(connection, **row); !done) return pass_on(done);
    return std::move(**row);
  });
  if (!changed) return pass_on(changed);
  if (live)
    go_live(*changed);
  else if (parts_.live)
    parts_.live(*changed, nullptr);
  return {};
}

Result<void> Lab::rename(const std::string& user_id, const std::string& id, const std::string& name) {
  return parts_.records.write([&](db::Connection& connection) -> Result<void> {
    auto row = records::find_backtest(connection, user_id, id);
    if (!row) return pass_on(row);
    if (!*row) return fail(Errc::not_found, "There is no such run of yours; GET /api/backtests lists them.");
    (*row)->name = name;
    return records::update_backtest(connection, **row);
  });
}

Result<void> Lab::remove(const std::string& user_id, const std::string& id) {
  const auto gone = parts_.records.write([&](db::Connection& connection) -> Result<BacktestRow> {
    auto row = records::find_backtest(connection, user_id, id);
    if (!row) return pass_on(row);
    if (!*row) return fail(Errc::not_found, "There is no such run of yours; GET /api/backtests lists them.");
    if (auto done = records::delete_backtest(connection, id); !done) return pass_on(done);
    return std::move(**row);
  });
  if (!gone) return pass_on(gone);
  jobs_.drop(id);
  if (!jobs_.has(id)) {
    const std::scoped_lock lock{mutex_};
    standing_.erase(id);  // where it gave way
  }
  if (gone->live && parts_.live) parts_.live(*gone, nullptr);
  if (parts_.tell) parts_.tell(user_id, {.id = id, .kind = gone->kind, .status = "deleted"});
  return {};
}

}  // namespace cw::lab
