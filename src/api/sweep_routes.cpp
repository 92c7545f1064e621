#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "accounts/secrets.h"
#include "api/account_desk.h"
#include "api/backtest_json.h"
#include "api/backtest_start.h"
#include "api/json_body.h"
#include "api/lab_desk.h"
#include "api/market.h"
#include "backtest/run_json.h"
#include "base/json_text.h"

// /api/backtests/sweep and /api/backtests/sweeps: a strategy with many values of its inputs.
namespace cw::api {
namespace {

using Answer = net::Task<net::HttpResponse>;
using Json = nlohmann::ordered_json;
using records::BacktestRow;
using records::BacktestStatus;

constexpr std::int64_t kListMost = 100;

Result<BacktestRow> find_sweep(db::Database& records, const std::string& user_id, const std::string& id) {
  auto row = records.read([&](db::Connection& connection) { return records::find_backtest(connection, user_id, id); });
  if (!row) return pass_on(row);
  if (!*row || (*row)->kind != records::BacktestKind::sweep)
    return fail(Errc::not_found, "There is no such sweep of yours; GET /api/backtests/sweeps lists them.");
  return std::move(**row);
}

/// What the sweep has found: as it stands where it runs, else as it was kept. Null where it has only begun.
Result<Json> found_by(LabDesk& desk, const BacktestRow& row) {
  std::string text = desk.lab.sweep_so_far(row.id);
  if (text.empty()) {
    auto kept = desk.records.read([&](db::Connection& connection) {
      return records::backtest_part(connection, row.id, records::BacktestPart::result, 0);
    });
    if (!kept) return pass_on(kept);
    text = std::move(*kept);
  }
  return text.empty() ? Json(nullptr) : Json::parse(text, nullptr, false);
}

/// The same in short, without its cells: a list has many sweeps.
Result<Json> summary_of(LabDesk& desk, const BacktestRow& row) {
  std::string text = desk.lab.sweep_summary_so_far(row.id);
  if (text.empty()) text = row.summary_json;
  if (text.empty()) return found_by(desk, row);  // it has only begun, or was kept before there were summaries
  return Json::parse(text, nullptr, false);
}

/// The members of SweepItem, and with `whole` those of Sweep.
Result<std::string> sweep_answer(LabDesk& desk, const IsPractice& is_practice, const BacktestRow& row, bool whole) {
  auto found = whole ? found_by(desk, row) : summary_of(desk, row);
  if (!found) return pass_on(found);
  const auto asked = lab::parse_sweep_request(row.request_json);
  const auto member = [&found](const char* name, const Json& otherwise) {
    return found->is_object() && found->contains(name) ? found->at(name) : otherwise;
  };
  Json out;
  out["id"] = row.id;
  out["name"] = row.name;
  out["status"] = records::name(row.status);
  const auto done = member("done", 0);
  const auto total = member("total", 0);
  const double cells = total.get<double>();
  out["progress"] = row.status == BacktestStatus::done ? 1.0 : cells > 0 ? done.get<double>() / cells : 0.0;
  out["done"] = done;
  out["total"] = total;
  out["eta_ms"] = nullptr;
  out["strategy"] = row.strategy;
  out["version"] = row.version ? Json(*row.version) : Json(nullptr);
  out["symbol"] = backtest::symbols_text(row.instruments);
  out["venue"] = backtest::venues_text(row.instruments);
  out["practice"] = std::ranges::any_of(row.instruments, is_practice);
  out["timeframe"] = market::name(row.timeframe);
  out["objective"] = asked ? asked->sweep.objective : "";
  out["search"] = asked ? asked->sweep.search : "";
  out["axes"] = member("axes", Json::array());
  out["created_at"] = to_ms(row.created_at);
  out["finished_at"] = row.finished_at ? Json(to_ms(*row.finished_at)) : Json(nullptr);
  out["error"] =
      row.error_json.empty() || row.status != BacktestStatus::failed ? Json(nullptr) : Json::parse(row.error_json);
  out["best"] = member("best", nullptr);
  if (!whole) return out.dump();
  out["request"] = Json::parse(row.request_json);
  for (const char* name :
       {"from", "to", "bars", "warm_up_bars", "initial_capital", "limits", "folds", "fills_policy", "costs"})
    out[name] = member(name, nullptr);
  out["cells"] = member("cells", Json::array());
  out["skipped"] = member("skipped", 0);
  for (const char* name : {"pbo", "stability", "heat_map", "walk_forward"}) out[name] = member(name, nullptr);
  out["warnings"] = member("warnings", Json::array());
  return out.dump();
}

std::variant<std::string, Problem> start_here(LabDesk& desk, const std::string& user_id, lab::SweepAsk ask,
                                              std::span<const market::Instrument> instruments,
                                              expr::CompileOptions language) {
  auto document = resolve_strategy(desk, user_id, ask.run);
  if (auto* problem = std::get_if<Problem>(&document)) return std::move(*problem);
  // With its own values it must mean something before others are tried.
  auto run = lab::prepare(ask.run, std::get<strategy::Document>(document), instruments, std::move(language));
  if (!run) return problem_of_refusal(run.error());
  if (const auto sound = check_period(desk.work.store_of, *run); !sound) return problem_of_request(sound.error());
  auto sweep = lab::prepare_sweep(std::move(ask), std::get<strategy::Document>(std::move(document)), instruments);
  if (!sweep) return problem_of_refusal(sweep.error());
  if (const auto sound = check_shorter(desk.work.store_of, sweep->ask.run, instruments, sweep->timeframe); !sound)
    return problem_of_request(sound.error());
  if (const auto sound = check_folds(desk.work.store_of, *sweep); !sound) return problem_of_request(sound.error());
  const std::string id = accounts::random_id("w_");
  const auto started = desk.lab.start_sweep(user_id, id, std::move(*sweep));
  if (!started) return problem_of_request(started.error());
  return id;
}

Answer post_sweep(LabDesk& desk, const Call& call) {
  if (!desk.view.is_serving()) co_return not_serving(call);
  auto read = JsonBody::read(call.request, lab::sweep_request_members(), {"inputs", "axes"});
  if (const auto* problem = std::get_if<Problem>(&read)) co_return refusal(*problem, call);
  auto ask = lab::parse_sweep_request(call.request.body);
  if (!ask) co_return refusal(problem_of(ask.error()), call);
  const auto instruments = instruments_of(desk, ask->run.symbol);
  if (const auto* problem = std::get_if<Problem>(&instruments)) co_return refusal(*problem, call);
  auto language = desk.lab.language();
  language.find_symbol = symbol_finder(desk.view.board());
  co_return co_await answer_by_work(
      desk.work, call,
      [&desk, user_id = call.principal->user->id, ask = std::move(*ask),
       instruments = std::get<std::vector<market::Instrument>>(instruments), language = std::move(language),
       is_practice = practice_finder(desk.view),
       request = call.request](const Cancelled&) -> Result<net::HttpResponse> {
        const auto begun = start_here(desk, user_id, ask, instruments, language);
        if (const auto* problem = std::get_if<Problem>(&begun)) return refused_answer(*problem, request);
        const auto& id = std::get<std::string>(begun);
        const auto row = find_sweep(desk.records, user_id, id);
        if (!row) return pass_on(row);
        auto text = sweep_answer(desk, is_practice, *row, true);
        if (!text) return pass_on(text);
        auto response = json_response(202, std::move(*text));
        response.fields.set("Location", fmt::format("{}/{}", "/api/backtests/sweeps", id));
        return response;
      },
      nullptr, &desk.work.quick);
}

Answer list_sweeps(LabDesk& desk, const Call& call) {
  co_return co_await answer_by_work(
      desk.work, call,
      [&desk, user_id = call.principal->user->id,
       is_practice = practice_finder(desk.view)](const Cancelled&) -> Result<net::HttpResponse> {
        const auto rows = desk.records.read([&](db::Connection& connection) {
          return records::list_backtests(
              connection, {.user_id = user_id, .kind = records::BacktestKind::sweep, .limit = kListMost});
        });
        if (!rows) return pass_on(rows);
        std::string out = R"({"items":[)";
        for (const BacktestRow& row : *rows) {
          const auto one = sweep_answer(desk, is_practice, row, false);
          if (!one) return pass_on(one);
          if (out.back() == '}') out += ',';
          out += *one;
        }
        return json_response(200, out + "]}");
      },
      nullptr, &desk.work.quick);
}

Answer get_sweep(LabDesk& desk, const Call& call) {
  co_return co_await answer_by_work(
      desk.work, call,
      [&desk, user_id = call.principal->user->id, id = call.path.at("id"),
       is_practice = practice_finder(desk.view)](const Cancelled&) -> Result<net::HttpResponse> {
        const auto row = find_sweep(desk.records, user_id, id);
        if (!row) return pass_on(row);
        auto text = sweep_answer(desk, is_practice, *row, true);
        if (!text) return pass_on(text);
        return json_response(200, std::move(*text));
      },
      nullptr, &desk.work.quick);
}

Answer put_sweep(LabDesk& desk, const Call& call) {
  auto read = JsonBody::read(call.request, {"status"});
  if (const auto* problem = std::get_if<Problem>(&read)) co_return refusal(*problem, call);
  auto& body = std::get<JsonBody>(read);
  const auto status = body.text("status", 16);
  if (body.fault()) co_return refusal(*body.fault(), call);
  if (status != "running" && status != "stopped")
    co_return refusal({"bad_parameter", "'status' is running or stopped.", "status", {"running", "stopped"}}, call);
  co_return co_await answer_by_work(
      desk.work, call,
      [&desk, user_id = call.principal->user->id, id = call.path.at("id"), stops = status == "stopped",
       is_practice = practice_finder(desk.view),
       request = call.request](const Cancelled&) -> Result<net::HttpResponse> {
        const auto known = find_sweep(desk.records, user_id, id);
        if (!known) return pass_on(known);
        const auto done = stops ? desk.lab.stop_sweep(user_id, id) : desk.lab.continue_sweep(user_id, id);
        if (!done && done.error().code == Errc::rate_limited)
          return refused_answer(problem_of_request(done.error()), request);
        if (!done) return pass_on(done);
        const auto row = find_sweep(desk.records, user_id, id);
        if (!row) return pass_on(row);
        auto text = sweep_answer(desk, is_practice, *row, true);
        if (!text) return pass_on(text);
        return json_response(200, std::move(*text));
      },
      nullptr, &desk.work.quick);
}

Answer delete_sweep(LabDesk& desk, const Call& call) {
  co_return co_await answer_by_work(
      desk.work, call,
      [&desk, user_id = call.principal->user->id,
       id = call.path.at("id")](const Cancelled&) -> Result<net::HttpResponse> {
        const auto row = find_sweep(desk.records, user_id, id);
        if (!row) return pass_on(row);
        if (auto done = desk.lab.remove(user_id, id); !done) return pass_on(done);
        return no_content();
      },
      nullptr, &desk.work.quick);
}

}  // namespace

std::vector<Route> sweep_routes(LabDesk& desk) {
  using accounts::Access;
  const auto with = [&desk](Answer (*handle)(LabDesk&, const Call&)) {
    return [&desk, handle](const Call& call) { return handle(desk, call); };
  };
  return {
      {"/api/backtests/sweep", {}, with(post_sweep), Access::write, "POST"},
      {"/api/backtests/sweeps", {}, with(list_sweeps)},
      {"/api/backtests/sweeps/{id}", {}, with(get_sweep)},
      {"/api/backtests/sweeps/{id}", {}, with(put_sweep), Access::write, "PUT"},
      {"/api/backtests/sweeps/{id}", {}, with(delete_sweep), Access::write, "DELETE"},
  };
}

}  // namespace cw::api
