#include <algorithm>

#include <fmt/format.h>

#include "accounts/secrets.h"
#include "api/account_desk.h"
#include "api/backtest_json.h"
#include "api/backtest_start.h"
#include "api/json_body.h"
#include "api/lab_desk.h"
#include "api/market.h"
#include "backtest/report/csv.h"
#include "base/json_text.h"
#include "base/number.h"

// /api/signals/backtest and /api/backtests: strategies tested on history.
namespace cw::api {
namespace {

using Answer = net::Task<net::HttpResponse>;
using records::BacktestPart;
using records::BacktestRow;
using records::BacktestStatus;

constexpr Millis kLookEvery{20};  // at a run that is waited for
constexpr std::int64_t kWaitDefault = 2'000;
constexpr std::int64_t kWaitMost = 10'000;
constexpr std::size_t kCompareMost = 8;
constexpr std::size_t kSearchMost = 100;
constexpr std::size_t kCursorMost = 64;
constexpr std::size_t kGrowthPoints = 500;

/// A parameter that is a text, 1 to `most` bytes; empty where it is not given. Errors  bad_parameter with the field
Result<std::string> read_text(const Call& call, std::string_view name, std::size_t most) {
  const std::string* const given = call.query_value(name);
  if (given == nullptr) return std::string{};
  if (!given->empty() && given->size() <= most) return *given;
  return std::unexpected(
      Error{Errc::bad_parameter, fmt::format("'{}' has 1 to {} bytes.", name, most), {}, std::string{name}});
}

std::unexpected<Error> no_such_run() {
  return fail(Errc::not_found, "There is no such run of yours; GET /api/backtests lists them.");
}

Result<BacktestRow> find_run(db::Database& records, const std::string& user_id, const std::string& id) {
  auto row = records.read([&](db::Connection& connection) { return records::find_backtest(connection, user_id, id); });
  if (!row) return pass_on(row);
  if (!*row || (*row)->kind != records::BacktestKind::run) return no_such_run();
  return std::move(**row);
}

/// Whether the prices of any of its instruments are invented.
bool is_any_practice(const IsPractice& is_practice, const BacktestRow& row) {
  return std::ranges::any_of(row.instruments, is_practice);
}

/// One whose result is asked for. Errors  not_found; conflict: it is not done
Result<BacktestRow> find_done(db::Database& records, const std::string& user_id, const std::string& id) {
  auto row = find_run(records, user_id, id);
  if (row && row->status != BacktestStatus::done)
    return fail(Errc::conflict,
                fmt::format("The run {} is {}: it has no result.", row->id, records::name(row->status)));
  return row;
}

Result<std::string> part_of(db::Database& records, const std::string& id, BacktestPart part, std::int64_t number) {
  return records.read([&](db::Connection& connection) { return records::backtest_part(connection, id, part, number); });
}

/// The run with its result, where it has one. `tells_wait`: 202 where it is not over.
Result<net::HttpResponse> run_answer(db::Database& records, const lab::Lab& lab, const IsPractice& is_practice,
                                     const std::string& user_id, const std::string& id, bool tells_wait = false) {
  const auto row = find_run(records, user_id, id);
  if (!row) return pass_on(row);
  std::string out = "{";
  append_backtest_item(out, *row, lab.progress(id), is_any_practice(is_practice, *row));
  out += R"(,"request":)" + row->request_json;
  if (row->status == BacktestStatus::done) {
    const auto result = part_of(records, id, BacktestPart::result, 0);
    if (!result) return pass_on(result);
    if (result->size() > 2) out += "," + result->substr(1, result->size() - 2);
  }
  const bool is_over = row->status != BacktestStatus::queued && row->status != BacktestStatus::running;
  const bool waits = tells_wait && !is_over;
  auto response = json_response(waits ? 202 : 200, out + "}");
  if (waits) response.fields.set("Location", fmt::format("{}/{}", "/api/backtests", id));
  return response;
}

struct Asked {
  lab::RunRequest request;
  std::int64_t wait_ms = kWaitDefault;
  std::vector<market::Instrument> instruments;
};

std::variant<Asked, Problem> read_asked(const LabDesk& desk, const Call& call) {
  auto read = JsonBody::read(call.request, lab::run_request_members(), {"inputs"});
  if (const auto* problem = std::get_if<Problem>(&read)) return *problem;
  auto& body = std::get<JsonBody>(read);
  Asked asked;
  asked.wait_ms = body.whole("wait_ms", 0, kWaitMost).value_or(kWaitDefault);
  if (body.fault()) return *body.fault();
  auto request = lab::parse_run_request(call.request.body);
  if (!request) return problem_of(request.error());
  asked.request = std::move(*request);
  auto instruments = instruments_of(desk, asked.request.symbol);
  if (auto* problem = std::get_if<Problem>(&instruments)) return std::move(*problem);
  asked.instruments = std::get<std::vector<market::Instrument>>(std::move(instruments));
  return asked;
}

/// Everything of a POST up to the run's place in the queue; the id, or the refusal.
std::variant<std::string, Problem> start_here(LabDesk& desk, const std::string& user_id, const Asked& asked,
                                              expr::CompileOptions language) {
  lab::RunRequest request = asked.request;
  auto document = resolve_strategy(desk, user_id, request);
  if (auto* problem = std::get_if<Problem>(&document)) return std::move(*problem);
  auto run = lab::prepare(std::move(request), std::get<strategy::Document>(std::move(document)), asked.instruments,
                          std::move(language));
  if (!run) return problem_of_refusal(run.error());
  if (const auto sound = check_period(desk.work.store_of, *run); !sound) return problem_of_request(sound.error());
  if (const auto sound = check_shorter(desk.work.store_of, run->request, asked.instruments, run->timeframe); !sound)
    return problem_of_request(sound.error());
  std::string id = accounts::random_id("b_");
  const auto started = desk.lab.start(user_id, id, std::move(*run));
  if (!started) return problem_of_request(started.error());
  return id;
}

Answer post_backtest(LabDesk& desk, const Call& call) {
  if (!desk.view.is_serving()) co_return not_serving(call);
  auto read = read_asked(desk, call);
  if (const auto* problem = std::get_if<Problem>(&read)) co_return refusal(*problem, call);
  const Asked asked = std::get<Asked>(std::move(read));
  const std::string user_id = call.principal->user->id;
  auto language = desk.lab.language();
  language.find_symbol = symbol_finder(desk.view.board());
  auto begun = std::make_shared<std::variant<std::string, Problem>>();
  const auto done = co_await do_work(
      desk.work, call,
      [&desk, user_id, asked, language = std::move(language), begun](const Cancelled&) -> Result<void> {
        *begun = start_here(desk, user_id, asked, language);
        return {};
      },
      nullptr, &desk.work.quick);
  if (!done) co_return refusal(problem_of_work(done.error()), call);
  if (const auto* problem = std::get_if<Problem>(&*begun)) co_return refusal(*problem, call);
  const std::string id = std::get<std::string>(*begun);
  const Timestamp until = desk.work.runtime.now() + Millis{asked.wait_ms};
  while (desk.lab.is_active(id) && desk.work.runtime.now() < until) co_await desk.work.runtime.sleep_for(kLookEvery);
  co_return co_await answer_by_work(
      desk.work, call,
      [&desk, user_id, id, is_practice = practice_finder(desk.view)](const Cancelled&) {
        return run_answer(desk.records, desk.lab, is_practice, user_id, id, true);
      },
      nullptr, &desk.work.quick);
}

Answer list_runs(LabDesk& desk, const Call& call) {
  const auto limit = read_whole(call, "limit", 1, 200);
  if (!limit) co_return refusal(problem_of(limit.error()), call);
  records::BacktestQuery query{.user_id = call.principal->user->id};
  query.limit = limit->value_or(50) + 1;
  const auto search = read_text(call, "search", kSearchMost);
  if (!search) co_return refusal(problem_of(search.error()), call);
  const auto after = read_text(call, "after", kCursorMost);
  if (!after) co_return refusal(problem_of(after.error()), call);
  query.search = *search;
  query.after = *after;
  co_return co_await answer_by_work(
      desk.work, call,
      [&desk, query, is_practice = practice_finder(desk.view)](const Cancelled&) -> Result<net::HttpResponse> {
        auto rows = desk.records.read(
            [&query](db::Connection& connection) { return records::list_backtests(connection, query); });
        if (!rows) return pass_on(rows);
        const bool has_more = static_cast<std::int64_t>(rows->size()) == query.limit;
        if (has_more) rows->pop_back();
        std::string out = R"({"items":[)";
        for (const BacktestRow& row : *rows) {
          out += out.back() == '}' ? ",{" : "{";
          append_backtest_item(out, row, desk.lab.progress(row.id), is_any_practice(is_practice, row));
          out += '}';
        }
        out += R"(],"next":)";
        if (has_more)
          append_json_string(out, rows->back().id);
        else
          out += "null";
        return json_response(200, out + "}");
      },
      nullptr, &desk.work.quick);
}

Answer get_run(LabDesk& desk, const Call& call) {
  co_return co_await answer_by_work(
      desk.work, call,
      [&desk, user_id = call.principal->user->id, id = call.path.at("id"), is_practice = practice_finder(desk.view)](
          const Cancelled&) { return run_answer(desk.records, desk.lab, is_practice, user_id, id); },
      nullptr, &desk.work.quick);
}

Answer put_run(LabDesk& desk, const Call& call) {
  auto read = JsonBody::read(call.request, {"name", "live"});
  if (const auto* problem = std::get_if<Problem>(&read)) co_return refusal(*problem, call);
  auto& body = std::get<JsonBody>(read);
  const auto name = body.optional_text("name", lab::kRunNameMost);
  const auto live = body.flag("live");
  if (body.fault()) co_return refusal(*body.fault(), call);
  if (!name && !live) co_return refusal({"bad_parameter", "Give 'name', 'live' or both.", "name"}, call);
  co_return co_await answer_by_work(
      desk.work, call,
      [&desk, user_id = call.principal->user->id, id = call.path.at("id"), name, live,
       is_practice = practice_finder(desk.view)](const Cancelled&) -> Result<net::HttpResponse> {
        if (live) {
          if (auto done = desk.lab.set_live(user_id, id, *live); !done) return pass_on(done);
        }
        if (name) {
          if (auto done = desk.lab.rename(user_id, id, *name); !done) return pass_on(done);
        }
        return run_answer(desk.records, desk.lab, is_practice, user_id, id);
      },
      nullptr, &desk.work.quick);
}

Answer delete_run(LabDesk& desk, const Call& call) {
  co_return co_await answer_by_work(
      desk.work, call,
      [&desk, user_id = call.principal->user->id,
       id = call.path.at("id")](const Cancelled&) -> Result<net::HttpResponse> {
        const auto row = find_run(desk.records, user_id, id);
        if (!row) return pass_on(row);
        if (auto done = desk.lab.remove(user_id, id); !done) return pass_on(done);
        return no_content();
      },
      nullptr, &desk.work.quick);
}

struct Page {
  std::size_t from = 0;
  std::size_t limit = 0;
  bool as_csv = false;
};

Result<Page> read_page(const Call& call, std::int64_t from_most, std::int64_t limit_default, std::int64_t limit_most) {
  const auto from = read_whole(call, "from", 0, from_most);
  if (!from) return pass_on(from);
  const auto limit = read_whole(call, "limit", 1, limit_most);
  if (!limit) return pass_on(limit);
  const auto* format = call.query_value("format");
  if (format != nullptr && *format != "json" && *format != "csv")
    return std::unexpected(Error{Errc::bad_parameter, "'format' is json or csv.", {"json", "csv"}, "format"});
  return Page{static_cast<std::size_t>(from->value_or(0)), static_cast<std::size_t>(limit->value_or(limit_default)),
              format != nullptr && *format == "csv"};
}

/// The kept rows of a run that a page asks for, piece by piece; `total`: how many there are.
template <class Row>
Result<std::vector<Row>> rows_of(db::Database& records, const std::string& id, BacktestPart part, std::size_t a_piece,
                                 Result<std::vector<Row>> (*decode)(std::string_view), const Page& page,
                                 std::size_t& total) {
  const auto pieces =
      records.read([&](db::Connection& connection) { return records::count_backtest_parts(connection, id, part); });
  if (!pieces) return pass_on(pieces);
  const auto count = static_cast<std::size_t>(*pieces);
  std::vector<Row> out;
  total = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t begin = i * a_piece;
    const bool is_last = i + 1 == count;  // how many it has is not known before it is read
    const bool is_wanted = page.as_csv || (begin < page.from + page.limit && begin + a_piece > page.from);
    if (!is_wanted && !is_last) continue;
    const auto bytes = part_of(records, id, part, static_cast<std::int64_t>(i));
    if (!bytes) return pass_on(bytes);
    auto rows = decode(*bytes);
    if (!rows) return pass_on(rows);
    if (is_last) total = begin + rows->size();
    for (std::size_t k = 0; k < rows->size(); ++k) {
      const std::size_t at = begin + k;
      if (page.as_csv || (at >= page.from && at < page.from + page.limit)) out.push_back(std::move((*rows)[k]));
    }
  }
  return out;
}

net::HttpResponse csv_answer(std::string text, const std::string& file) {
  net::HttpResponse response;
  response.status = 200;
  response.fields.set("Content-Type", "text/csv; charset=utf-8");
  response.fields.set("Cache-Control", "no-store");
  response.fields.set("Content-Disposition", fmt::format("attachment; filename=\"{}\"", file));
  response.body = std::move(text);
  return response;
}

/// A list of a run that is told in pages, or whole as a table: its name there, how it is kept and how it is told.
template <class Row>
struct KeptList {
  std::string_view name;
  BacktestPart part;
  std::size_t a_piece;
  Result<std::vector<Row>> (*decode)(std::string_view);
  std::string (*csv)(std::span<const Row>, const BacktestRow&);
  void (*append)(std::string&, std::span<const Row>, const BacktestRow&);
};

/// Of the run that the path names.
template <class Row>
Answer get_rows(LabDesk& desk, const Call& call, KeptList<Row> list, Page page) {
  co_return co_await answer_by_work(
      desk.work, call,
      [&desk, user_id = call.principal->user->id, id = call.path.at("id"), list,
       page](const Cancelled&) -> Result<net::HttpResponse> {
        const auto row = find_done(desk.records, user_id, id);
        if (!row) return pass_on(row);
        std::size_t total = 0;
        const auto rows = rows_of<Row>(desk.records, id, list.part, list.a_piece, list.decode, page, total);
        if (!rows) return pass_on(rows);
        if (page.as_csv) return csv_answer(list.csv(*rows, *row), fmt::format("{}-{}.csv", id, list.name));
        std::string out = fmt::format(R"({{"{}":[)", list.name);
        list.append(out, *rows, *row);
        return json_response(200, out + fmt::format(R"(],"total":{}}})", total));
      },
      nullptr, &desk.work.quick);
}

Answer get_trades(LabDesk& desk, const Call& call) {
  const auto page = read_page(call, 1'000'000, 1'000, 10'000);
  if (!page) co_return refusal(problem_of(page.error()), call);
  using Trades = std::span<const backtest::Trade>;
  const KeptList<backtest::Trade> trades{
      "trades",
      BacktestPart::trades,
      lab::kTradesAPiece,
      lab::decode_trades,
      [](Trades rows, const BacktestRow& run) { return backtest::trades_csv(rows, run.instruments); },
      [](std::string& out, Trades rows, const BacktestRow& run) { append_trade_list(out, rows, run.instruments); }};
  co_return co_await get_rows(desk, call, trades, *page);
}

Answer get_equity(LabDesk& desk, const Call& call) {
  const auto page = read_page(call, 20'000'000, 5'000, 50'000);
  if (!page) co_return refusal(problem_of(page.error()), call);
  using Equity = std::span<const lab::EquityRow>;
  const KeptList<lab::EquityRow> equity{
      "equity",
      BacktestPart::equity,
      lab::kEquityAPiece,
      lab::decode_equity,
      [](Equity rows, const BacktestRow&) { return lab::equity_csv(rows); },
      [](std::string& out, Equity rows, const BacktestRow&) { append_equity_list(out, rows); }};
  co_return co_await get_rows(desk, call, equity, *page);
}

Answer get_report(LabDesk& desk, const Call& call) {
  co_return co_await answer_by_work(
      desk.work, call,
      [&desk, user_id = call.principal->user->id,
       id = call.path.at("id")](const Cancelled&) -> Result<net::HttpResponse> {
        const auto row = find_done(desk.records, user_id, id);
        if (!row) return pass_on(row);
        auto page = part_of(desk.records, id, BacktestPart::report, 0);
        if (!page) return pass_on(page);
        net::HttpResponse response;
        response.status = 200;
        response.fields.set("Content-Type", "text/html; charset=utf-8");
        response.fields.set("Cache-Control", "no-store");
        response.fields.set("Content-Disposition",
                            fmt::format("attachment; filename=\"{}-{}.html\"", row->strategy, id));
        response.body = std::move(*page);
        return response;
      },
      nullptr, &desk.work.quick);
}

Answer compare(LabDesk& desk, const Call& call) {
  const auto ids = call.query_values("id");
  if (ids.size() < 2 || ids.size() > kCompareMost)
    co_return refusal({"bad_parameter", fmt::format("Give 'id' two to {} times, each a run.", kCompareMost), "id"},
                      call);
  co_return co_await answer_by_work(
      desk.work, call,
      [&desk, user_id = call.principal->user->id, ids,
       is_practice = practice_finder(desk.view)](const Cancelled&) -> Result<net::HttpResponse> {
        std::vector<BacktestRow> rows;
        std::string out = R"({"runs":[)";
        for (const std::string& id : ids) {
          auto row = find_done(desk.records, user_id, id);
          if (!row) return pass_on(row);
          const auto result = part_of(desk.records, id, BacktestPart::result, 0);
          if (!result) return pass_on(result);
          if (!rows.empty()) out += ',';
          out += comparison_json(*row, is_any_practice(is_practice, *row), *result, kGrowthPoints);
          rows.push_back(std::move(*row));
        }
        return json_response(200, out + R"(],"differences":)" + differences_json(rows) + "}");
      },
      nullptr, &desk.work.quick);
}

}  // namespace

IsPractice practice_finder(MarketView& view) {
  // A venue's name tells it, but that of a replay, which plays what it was given.
  const auto& board = view.board();
  bool has_replay = false;
  for (realtime::BoardIndex i = 0; i < board.size(); ++i)
    has_replay = has_replay || board.instrument(i).id.venue == "replay";
  if (!has_replay) return [](const market::InstrumentId& id) { return id.venue == "practice"; };
  auto practice = std::make_shared<std::map<market::InstrumentId, bool>>();
  for (const auto& one : view.symbols()) practice->emplace(one.instrument.id, one.practice);
  return [practice](const market::InstrumentId& id) {
    const auto found = practice->find(id);
    return found != practice->end() ? found->second : id.venue == "practice";
  };
}

std::vector<Route> backtest_routes(LabDesk& desk) {
  using accounts::Access;
  const auto with = [&desk](Answer (*handle)(LabDesk&, const Call&)) {
    return [&desk, handle](const Call& call) { return handle(desk, call); };
  };
  return {
      {"/api/signals/backtest", {}, with(post_backtest), Access::write, "POST"},
      {"/api/backtests", {"search", "limit", "after"}, with(list_runs)},
      {"/api/backtests/compare", {}, with(compare), Access::read, "GET", {"id"}},
      {"/api/backtests/{id}", {}, with(get_run)},
      {"/api/backtests/{id}", {}, with(put_run), Access::write, "PUT"},
      {"/api/backtests/{id}", {}, with(delete_run), Access::write, "DELETE"},
      {"/api/backtests/{id}/trades", {"format", "from", "limit"}, with(get_trades)},
      {"/api/backtests/{id}/equity", {"format", "from", "limit"}, with(get_equity)},
      {"/api/backtests/{id}/report.html", {}, with(get_report)},
  };
}

}  // namespace cw::api
