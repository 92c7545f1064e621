#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "api/account_desk.h"
#include "api/backtest_start.h"
#include "api/market.h"
#include "api/signal_desk.h"
#include "api/signal_json.h"
#include "api/signal_parameters.h"
#include "base/json_text.h"
#include "evaluation/signal_history.h"
#include "lab/stand.h"
#include "records/signal_pruning.h"
#include "records/signal_rows.h"
#include "signals/track_record_json.h"

namespace cw::api {
namespace {

using signals::Horizon;

constexpr Millis kGoodFor{60'000};
constexpr Millis kMinute{60'000};
constexpr std::int64_t kHistoryMost = 1'000;
constexpr std::int64_t kHistoryDefault = 200;

Result<records::SignalQuery> read_history(const Call& call, const market::InstrumentId& id) {
  records::SignalQuery query{.instrument = id};
  const auto timeframe = read_signal_timeframe(call);
  if (!timeframe) return pass_on(timeframe);
  query.timeframe = *timeframe;
  const auto from = read_whole(call, "from", 0, kTimeMost);
  if (!from) return pass_on(from);
  const auto to = read_whole(call, "to", 0, kTimeMost);
  if (!to) return pass_on(to);
  const auto limit = read_whole(call, "limit", 1, kHistoryMost);
  if (!limit) return pass_on(limit);
  if (*from && *to && **from >= **to) {
    return std::unexpected(
        Error{Errc::bad_parameter, fmt::format("'from' ({}) must be less than 'to' ({}).", **from, **to), {}, "from"});
  }
  query.newest = !*from;
  if (*from) query.from = from_ms(std::min(**from, kLatestMs));
  if (*to) query.to = from_ms(std::min(**to, kLatestMs));
  query.limit = limit->value_or(kHistoryDefault);
  return query;
}

/// Whether bars under way are asked for.
Result<bool> read_provisional(const Call& call) {
  const std::string* const given = call.query_value("provisional");
  if (given == nullptr || *given == "false") return false;
  if (*given == "true") return true;
  return std::unexpected(
      Error{Errc::bad_parameter, "'provisional' is true or false.", {"true", "false"}, "provisional"});
}

bool is_practice(const SignalDesk& desk, const market::InstrumentId& id) {
  if (id.venue == "practice") return true;
  for (const auto& view : desk.view.symbols()) {
    if (view.instrument.id == id) return view.practice;
  }
  return false;
}

Result<SignalAsked> read_asked(const SignalDesk& desk, const Call& call, const market::InstrumentId& id) {
  const auto places = read_places(call);
  if (!places) return pass_on(places);
  const auto horizon = read_horizon(call, Horizon::h4);
  if (!horizon) return pass_on(horizon);
  return SignalAsked{id, is_practice(desk, id), *places, *horizon, desk.work.runtime.now()};
}

/// The end of an answer, which tells how fresh it is.
net::HttpResponse finished(const std::string& body, bool cached, Timestamp expires_at) {
  return json_answer(fmt::format(R"({},"cached":{},"expires_at":{}}})", body, cached, to_ms(expires_at)), "no-store");
}

/// An answer of bars under way: they change while it is read, so it is good for a second alone.
net::HttpResponse provisional_answer(SignalDesk& desk, realtime::BoardIndex index, SignalAsked asked) {
  const auto& made = desk.signals.provisional(index);
  asked.provisional = &made.peeked;
  return finished(signal_json(*desk.signals.symbol(index), asked), made.made_at < asked.now,
                  made.made_at + SignalView::kProvisionalFor);
}

net::HttpResponse no_signals(const SignalDesk& desk, const Call& call, realtime::BoardIndex index) {
  return refusal({"not_ready",
                  fmt::format("There are no signals of {} yet: {}.", desk.view.board().instrument(index).id.text(),
                              desk.signals.why_not(index)),
                  {},
                  {},
                  2},
                 call);
}

net::Task<net::HttpResponse> get_plain_signal(SignalDesk& desk, const Call& call);
net::Task<net::HttpResponse> with_strategy(SignalDesk& desk, const Call& call, net::HttpResponse answer,
                                           const market::Instrument& instrument, const std::string& name);

net::Task<net::HttpResponse> get_signal(SignalDesk& desk, const Call& call) {
  const std::string* const strategy = call.query_value("strategy");
  constexpr std::size_t kNameMost = 64;
  if (strategy != nullptr && (strategy->empty() || strategy->size() > kNameMost))
    co_return refusal({"bad_parameter", "'strategy' is a name of 1 to 64 characters.", "strategy"}, call);
  auto answer = co_await get_plain_signal(desk, call);
  constexpr int kGood = 200;
  if (strategy == nullptr || desk.lab == nullptr || answer.status != kGood) co_return answer;
  const auto index = find_symbol(desk.view, call);
  if (!index) co_return refusal(problem_of(index.error()), call);
  co_return co_await with_strategy(desk, call, std::move(answer), desk.view.board().instrument(*index), *strategy);
}

net::Task<net::HttpResponse> get_plain_signal(SignalDesk& desk, const Call& call) {
  if (!desk.view.is_serving()) co_return not_serving(call);
  const auto index = find_symbol(desk.view, call);
  if (!index) co_return refusal(problem_of(index.error()), call);
  const auto& id = desk.view.board().instrument(*index).id;
  const auto asked = read_asked(desk, call, id);
  if (!asked) co_return refusal(problem_of(asked.error()), call);
  const auto provisional = read_provisional(call);
  if (!provisional) co_return refusal(problem_of(provisional.error()), call);
  const auto* const symbol = desk.signals.symbol(*index);
  if (symbol == nullptr) co_return no_signals(desk, call, *index);
  if (*provisional) co_return provisional_answer(desk, *index, *asked);

  std::string request = fmt::format("{} {}", id.text(), signals::name(asked->horizon));
  for (const std::size_t place : asked->places) request += fmt::format(" {}", place);
  const auto version = desk.signals.version(*index);
  const auto kept = desk.kept.find(request);
  if (kept != desk.kept.end() && kept->second.version == version && asked->now < kept->second.expires_at)
    co_return finished(kept->second.body, true, kept->second.expires_at);

  // The next bar closes on the minute.
  const Timestamp next_close = from_ms((to_ms(asked->now) / kMinute.count() + 1) * kMinute.count());
  const Timestamp expires_at = std::min(next_close, asked->now + kGoodFor);
  std::string body = signal_json(*symbol, *asked);
  auto response = finished(body, false, expires_at);
  if (kept == desk.kept.end() && desk.kept.size() >= SignalDesk::kKeptMost) desk.kept.clear();
  desk.kept[std::move(request)] = {version, asked->now, expires_at, std::move(body)};
  co_return response;
}

/// The answer with what a strategy would hold after the newest closed bar.
net::Task<net::HttpResponse> with_strategy(SignalDesk& desk, const Call& call, net::HttpResponse answer,
                                           const market::Instrument& instrument, const std::string& name) {
  auto token = desk.work.allowance.take(call.principal->user->id);
  if (!token) co_return too_many_at_work(desk.work, call);
  auto language = desk.lab->lab.language();
  language.find_symbol = symbol_finder(desk.view.board());
  co_return co_await answer_by_work(
      desk.work, call,
      [&desk, answer = std::move(answer), instrument, name, language = std::move(language),
       user_id = call.principal->user->id,
       request = call.request](const Cancelled& cancelled) -> Result<net::HttpResponse> {
        lab::RunRequest wanted;
        wanted.strategy = name;
        auto document = resolve_strategy(*desk.lab, user_id, wanted);
        if (const auto* problem = std::get_if<Problem>(&document)) return refused_answer(*problem, request);
        const auto run = lab::prepare(std::move(wanted), std::get<strategy::Document>(std::move(document)),
                                      {&instrument, 1}, language);
        if (!run) return refused_answer(problem_of_refusal(run.error()), request);
        auto market = lab::stored_market(desk.work.store_of(instrument.id), instrument.id, run->timeframe, Timestamp{},
                                         from_ms(kLatestMs));
        market.named = [&](const expr::Graph& graph) {
          return desk.work.signals.series(instrument.id, graph, cancelled);
        };
        market.others =
            std::make_shared<lab::OtherSymbols>(desk.work.store_of, from_ms(kLatestMs), lab::RunLimits{}.bars);
        const auto made = lab::stand_of(*run, {&market, 1}, kLatestMs, cancelled);
        if (!made) return refused_answer(problem_of_request(made.error()), request);
        net::HttpResponse out = answer;
        out.body.pop_back();
        out.body += R"(,"strategy":)" + lab::stand_json(name, made->stands.front()) + "}";
        return out;
      },
      std::move(token));
}

net::Task<net::HttpResponse> get_summary(SignalDesk& desk, const Call& call) {
  if (!desk.view.is_serving()) co_return not_serving(call);
  const auto index = find_symbol(desk.view, call);
  if (!index) co_return refusal(problem_of(index.error()), call);
  auto asked = read_asked(desk, call, desk.view.board().instrument(*index).id);
  if (!asked) co_return refusal(problem_of(asked.error()), call);
  const auto provisional = read_provisional(call);
  if (!provisional) co_return refusal(problem_of(provisional.error()), call);
  const auto* const symbol = desk.signals.symbol(*index);
  if (symbol == nullptr) co_return no_signals(desk, call, *index);
  if (*provisional) asked->provisional = &desk.signals.provisional(*index).peeked;
  std::string out;
  append_signal_summary(out, *symbol, *asked);
  co_return json_answer(std::move(out), "no-store");
}

net::Task<net::HttpResponse> get_record(SignalDesk& desk, const Call& call) {
  if (!desk.view.is_serving()) co_return not_serving(call);
  const auto index = find_symbol(desk.view, call);
  if (!index) co_return refusal(problem_of(index.error()), call);
  const auto& id = desk.view.board().instrument(*index).id;
  const auto timeframe = read_signal_timeframe(call);
  if (!timeframe) co_return refusal(problem_of(timeframe.error()), call);
  const auto horizon = read_horizon(call, signals::default_horizon(*timeframe));
  if (!horizon) co_return refusal(problem_of(horizon.error()), call);
  auto token = desk.work.allowance.take(call.principal->user->id);
  if (!token) co_return too_many_at_work(desk.work, call);
  co_return co_await answer_by_work(
      desk.work, call,
      [store_of = desk.work.store_of, &rules = desk.rules, id, timeframe = *timeframe,
       horizon = *horizon](const Cancelled& cancelled) -> Result<net::HttpResponse> {
        const auto found = evaluation::signal_record(store_of(id), rules, {id, timeframe, horizon}, cancelled);
        if (!found) return pass_on(found);
        return json_answer(
            signals::record_json({id, timeframe, horizon, rules.round_trip_cost, rules.plans.front().document->name},
                                 found->record),
            "no-store");
      },
      std::move(token));
}

std::string history_json(const market::InstrumentId& id, market::Timeframe timeframe,
                         const std::vector<records::SignalRow>& rows,
                         const std::optional<records::SignalPruning>& pruned) {
  std::string out =
      fmt::format(R"({{"symbol":"{}","venue":"{}","timeframe":"{}","kept_from":{},"signals":[)", id.symbol, id.venue,
                  market::name(timeframe), pruned ? fmt::to_string(to_ms(pruned->kept_from)) : "null");
  const auto number = [&out](const char* name, const std::optional<double>& value) {
    out += fmt::format(",\"{}\":", name);
    append_json_number(out, value.value_or(std::nan("")));
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& row = rows[i];
    out += fmt::format(R"({}{{"bar_time":{},"emitted_at":{},"direction":"{}","regime":"{}")", i > 0 ? "," : "",
                       to_ms(row.bar_time), to_ms(row.emitted_at), signals::name(signals::direction_of(row.score)),
                       row.trending ? "trend" : "range");
    number("score", row.score);
    number("confidence", row.confidence);
    number("price", row.price);
    number("rating_tradingview", row.tradingview);
    number("probability_up", row.probability_up);
    out += ",\"model_id\":";
    if (row.model_id) append_json_string(out, *row.model_id);
    if (!row.model_id) out += "null";
    out += ",\"outcomes\":[";
    for (std::size_t h = 0; h < signals::kHorizons.size(); ++h) {
      out += fmt::format(R"({}{{"horizon":"{}")", h > 0 ? "," : "", signals::name(signals::kHorizons[h]));
      number("probability", row.probability[h]);
      number("change", row.change[h]);
      out += '}';
    }
    out += "]}";
  }
  return out + "]}";
}

net::Task<net::HttpResponse> get_history(SignalDesk& desk, const Call& call) {
  if (!desk.view.is_serving()) co_return not_serving(call);
  const auto index = find_symbol(desk.view, call);
  if (!index) co_return refusal(problem_of(index.error()), call);
  auto wanted = read_history(call, desk.view.board().instrument(*index).id);
  if (!wanted) co_return refusal(problem_of(wanted.error()), call);
  if (desk.records == nullptr)
    co_return json_answer(history_json(wanted->instrument, wanted->timeframe, {}, {}), "no-store");
  co_return co_await answer_by_work(
      desk.work, call,
      [records = desk.records, query = std::move(*wanted)](const Cancelled&) -> Result<net::HttpResponse> {
        const auto rows =
            records->read([&](db::Connection& connection) { return records::signals_of(connection, query); });
        if (!rows) return pass_on(rows);
        const auto pruned = records->read([&](db::Connection& connection) {
          return records::signal_pruning(connection, query.instrument, query.timeframe);
        });
        if (!pruned) return pass_on(pruned);
        return json_answer(history_json(query.instrument, query.timeframe, *rows, *pruned), "no-store");
      },
      nullptr, &desk.work.quick);
}

}  // namespace

std::vector<Route> signal_routes(SignalDesk& desk) {
  const auto with = [&desk](net::Task<net::HttpResponse> (*handle)(SignalDesk&, const Call&)) {
    return [&desk, handle](const Call& call) { return handle(desk, call); };
  };
  return {
      {"/api/signals", {"timeframes", "horizon", "filter", "timeframe", "sort"}, with(get_signal_board)},
      {"/api/signals/summary/{symbol}", {"timeframes", "horizon", "provisional"}, with(get_summary)},
      {"/api/signals/history/{symbol}", {"timeframe", "from", "to", "limit"}, with(get_history)},
      {"/api/signals/record/{symbol}", {"timeframe", "horizon"}, with(get_record)},
      {"/api/signals/{symbol}", {"timeframes", "horizon", "provisional", "strategy"}, with(get_signal)},
  };
}

}  // namespace cw::api
