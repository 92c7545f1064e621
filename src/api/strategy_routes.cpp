#include <algorithm>

#include <fmt/format.h>

#include "accounts/strategies.h"
#include "api/account_desk.h"
#include "api/json_body.h"
#include "api/lab_desk.h"
#include "api/market.h"
#include "api/strategy_check.h"
#include "api/strategy_json.h"
#include "base/json_text.h"
#include "base/nearest.h"
#include "base/printable.h"
#include "net/compress.h"
#include "strategy/built_in.h"

// /api/strategies: those that are shipped, and the own ones with their versions.
namespace cw::api {
namespace {

using Answer = net::Task<net::HttpResponse>;
using records::StrategyVersion;

/// A kept text was sound when it was kept; one that a later version of the language refuses is listed by its name.
strategy::Document document_of(const StrategyVersion& kept) {
  auto document = strategy::parse_document(kept.document);
  if (document) return std::move(*document);
  strategy::Document broken;
  broken.name = kept.name;
  broken.description = "This text is refused by this version: " + strategy::error_of(document.error()).message;
  return broken;
}

StrategyPlace place_of(const StrategyVersion& kept) { return {false, kept.version, kept.created_at}; }

Result<net::HttpResponse> list_here(accounts::Accounts& accounts, const std::string& user_id) {
  const auto own = accounts::strategies_of(accounts, user_id);
  if (!own) return pass_on(own);
  std::string out = R"({"strategies":[)";
  const auto append = [&out](const strategy::Document& document, const StrategyPlace& place) {
    out += out.back() == '}' ? ",{" : "{";
    append_strategy_item(out, document, place);
    out += '}';
  };
  for (const auto& shipped : strategy::built_ins()) append(shipped.document, {true, 1, {}});
  for (const StrategyVersion& kept : *own) append(document_of(kept), place_of(kept));
  return json_response(200, out + "]}");
}

std::string strategy_json(const strategy::Document& document, const StrategyPlace& place, std::string_view text,
                          const std::vector<records::StrategyVersionNote>& versions) {
  std::string out = "{";
  append_strategy_item(out, document, place);
  out += R"(,"document":)";
  append_json_string(out, text);
  out += R"(,"versions":[)";
  if (place.built_in) out += R"({"version":1,"created_at":null})";
  for (std::size_t i = 0; i < versions.size(); ++i)
    out += fmt::format(R"({}{{"version":{},"created_at":{}}})", i > 0 ? "," : "", versions[i].version,
                       to_ms(versions[i].created_at));
  return out + "]}";
}

Result<net::HttpResponse> kept_answer(accounts::Accounts& accounts, int status, const StrategyVersion& kept) {
  const auto versions = accounts::versions_of_strategy(accounts, kept.user_id, kept.name);
  if (!versions) return pass_on(versions);
  return json_response(status, strategy_json(document_of(kept), place_of(kept), kept.document, *versions));
}

Answer get_strategies(LabDesk& desk, const Call& call) {
  co_return co_await answer_by_work(
      desk.work, call,
      [&accounts = desk.accounts, user_id = call.principal->user->id](const Cancelled&) {
        return list_here(accounts, user_id);
      },
      nullptr, &desk.work.quick);
}

Answer get_strategy(LabDesk& desk, const Call& call) {
  const auto version = read_whole(call, "version", 1, 1'000'000);
  if (!version) co_return refusal(problem_of(version.error()), call);
  const std::string& name = call.path.at("strategy");
  if (const auto* shipped = strategy::find_built_in(name)) {
    if (version->value_or(1) != 1)
      co_return refusal({"not_found", fmt::format("'{}' has only version 1.", printable(name))}, call);
    co_return json_response(200, strategy_json(shipped->document, {true, 1, {}}, shipped->text, {}));
  }
  co_return co_await answer_by_work(
      desk.work, call,
      [&accounts = desk.accounts, user_id = call.principal->user->id, name,
       version = *version](const Cancelled&) -> Result<net::HttpResponse> {
        const auto kept = accounts::find_strategy(accounts, user_id, name, version);
        if (!kept) return pass_on(kept);
        return kept_answer(accounts, 200, *kept);
      },
      nullptr, &desk.work.quick);
}

/// The body of a document that is to be kept.
struct Sent {
  std::string text;
  std::optional<std::int64_t> version;
};

std::variant<Sent, Problem> read_sent(const Call& call) {
  auto read = JsonBody::read(call.request, {"document", "version"});
  if (const auto* problem = std::get_if<Problem>(&read)) return *problem;
  auto& body = std::get<JsonBody>(read);
  Sent sent{body.text("document", strategy::kDocumentBytesMost), body.whole("version", 1, 1'000'000)};
  if (body.fault()) return *body.fault();
  return sent;
}

/// What is kept compiles for its own timeframe, with its default inputs.
std::variant<strategy::Document, Problem> sound_document(const LabDesk& desk, const std::string& text,
                                                         const expr::CompileOptions& language) {
  auto document = lab::read_document(text);
  if (!document) return problem_of_refusal(document.error());
  expr::Graph graph(document->timeframe);
  auto options = language;
  options.seed = document->seed;
  const auto program = strategy::compile(*document, {}, options, graph);
  if (!program) return problem_of_refusal({strategy::error_of(program.error()), program.error()});
  (void)desk;
  return std::move(*document);
}

/// The language as a text is checked with it, before its symbol is known.
expr::CompileOptions language_of(const LabDesk& desk) {
  auto options = desk.lab.language();
  const auto& board = desk.view.board();
  if (board.size() > 0) options.symbol = board.instrument(0).id;
  options.find_symbol = symbol_finder(board);
  return options;
}

Answer post_strategy(LabDesk& desk, const Call& call) {
  auto read = read_sent(call);
  if (const auto* problem = std::get_if<Problem>(&read)) co_return refusal(*problem, call);
  co_return co_await answer_by_work(
      desk.work, call,
      [&desk, sent = std::get<Sent>(std::move(read)), origin = call.origin(), user_id = call.principal->user->id,
       language = language_of(desk), request = call.request](const Cancelled&) -> Result<net::HttpResponse> {
        const auto document = sound_document(desk, sent.text, language);
        if (const auto* problem = std::get_if<Problem>(&document)) return refused_answer(*problem, request);
        const auto& name = std::get<strategy::Document>(document).name;
        if (strategy::find_built_in(name) != nullptr || name == "check")  // the latter is a path of its own
          return fail(Errc::conflict, fmt::format("The name '{}' is taken by the product. Choose another one.", name));
        const auto kept = accounts::create_strategy(desk.accounts, origin, user_id, name, sent.text);
        if (!kept && kept.error().code == Errc::limit_exceeded)
          return refused_answer({"conflict", kept.error().message}, request);
        if (!kept) return pass_on(kept);
        return kept_answer(desk.accounts, 201, *kept);
      },
      nullptr, &desk.work.quick);
}

Answer put_strategy(LabDesk& desk, const Call& call) {
  auto read = read_sent(call);
  if (const auto* problem = std::get_if<Problem>(&read)) co_return refusal(*problem, call);
  const std::string& name = call.path.at("strategy");
  if (strategy::find_built_in(name) != nullptr)
    co_return refusal({"conflict", fmt::format("'{}' is shipped and stays as it is. Keep a copy under another name.",
                                               printable(name))},
                      call);
  co_return co_await answer_by_work(
      desk.work, call,
      [&desk, sent = std::get<Sent>(std::move(read)), origin = call.origin(), user_id = call.principal->user->id, name,
       language = language_of(desk), request = call.request](const Cancelled&) -> Result<net::HttpResponse> {
        const auto document = sound_document(desk, sent.text, language);
        if (const auto* problem = std::get_if<Problem>(&document)) return refused_answer(*problem, request);
        const auto& said = std::get<strategy::Document>(document).name;
        if (said != name) {
          return refused_answer({"bad_strategy",
                                 fmt::format("The document's name is '{}', the path's is '{}': give them the same one, "
                                             "or keep it as a new strategy.",
                                             said, printable(name)),
                                 "name"},
                                request);
        }
        const auto kept = accounts::save_strategy(desk.accounts, origin, user_id, name, sent.text, sent.version);
        if (!kept) return pass_on(kept);
        return kept_answer(desk.accounts, 200, *kept);
      },
      nullptr, &desk.work.quick);
}

Answer delete_strategy(LabDesk& desk, const Call& call) {
  const std::string& name = call.path.at("strategy");
  if (strategy::find_built_in(name) != nullptr)
    co_return refusal({"conflict", fmt::format("'{}' is shipped and cannot be deleted.", printable(name))}, call);
  co_return co_await answer_by_work(
      desk.work, call,
      [&accounts = desk.accounts, origin = call.origin(), user_id = call.principal->user->id,
       name](const Cancelled&) -> Result<net::HttpResponse> {
        if (auto done = accounts::remove_strategy(accounts, origin, user_id, name); !done) return pass_on(done);
        return no_content();
      },
      nullptr, &desk.work.quick);
}

Answer check_strategy(LabDesk& desk, const Call& call) {
  auto read = read_strategy_check(desk, call);
  if (const auto* problem = std::get_if<Problem>(&read)) co_return refusal(*problem, call);
  auto& check = std::get<StrategyCheck>(read);
  check.language = language_of(desk);
  // A text alone is checked at once; one that is to be run waits behind evaluations and counts as one.
  UserAllowance::Token token;
  if (check.instrument) {
    token = desk.work.allowance.take(call.principal->user->id);
    if (!token) co_return too_many_at_work(desk.work, call);
  }
  co_return co_await answer_by_work(
      desk.work, call,
      [&desk, check = std::move(check), request = call.request](const Cancelled& cancelled) {
        return strategy_checked(desk, check, request, cancelled);
      },
      token, check.instrument ? nullptr : &desk.work.quick);
}

}  // namespace

Result<FoundStrategy> find_strategy(accounts::Accounts& accounts, const std::string& user_id, const std::string& name,
                                    std::optional<std::int64_t> version) {
  if (const auto* shipped = strategy::find_built_in(name)) {
    if (version.value_or(1) != 1)
      return std::unexpected(
          Error{Errc::not_found, fmt::format("'{}' has only version 1.", printable(name)), {}, "version"});
    return FoundStrategy{std::string{shipped->text}};
  }
  auto kept = accounts::find_strategy(accounts, user_id, name, version);
  if (kept) return FoundStrategy{std::move(kept->document), kept->version};
  if (kept.error().code != Errc::not_found) return pass_on(kept);
  std::vector<std::string> names;
  for (const auto& shipped : strategy::built_ins()) names.push_back(shipped.document.name);
  const auto own = accounts::strategies_of(accounts, user_id);
  if (!own) return pass_on(own);
  for (const auto& one : *own) names.push_back(one.name);
  const bool is_version = version && std::ranges::find(names, name) != names.end();
  return std::unexpected(
      Error{Errc::not_found, kept.error().message, nearest_names(name, names), is_version ? "version" : "strategy"});
}

Problem problem_of_request(const Error& error) {
  switch (error.code) {
    case Errc::bad_parameter:
    case Errc::bad_input:
    case Errc::not_found:
    case Errc::unsupported:
    case Errc::limit_exceeded:
    case Errc::unknown_timeframe: return {"bad_backtest", error.message, error.field, error.suggestions};
    case Errc::rate_limited: return {"too_many_requests", error.message, {}, {}, 2};
    default: return problem_of(error);
  }
}

Problem problem_of_refusal(const lab::Refusal& refusal) {
  const bool of_inputs = !refusal.faults.empty() && std::ranges::all_of(refusal.faults, [](const auto& fault) {
    return fault.code == Errc::bad_parameter && fault.field.starts_with("inputs.");
  });
  if (refusal.faults.empty()) return problem_of_request(refusal.error);
  Problem problem{of_inputs ? "bad_backtest" : "bad_strategy", refusal.error.message, refusal.error.field,
                  refusal.error.suggestions};
  if (!of_inputs) problem.faults_json = faults_json(refusal.faults);
  return problem;
}

std::vector<Route> strategy_routes(LabDesk& desk) {
  using accounts::Access;
  const auto with = [&desk](Answer (*handle)(LabDesk&, const Call&)) {
    return [&desk, handle](const Call& call) { return handle(desk, call); };
  };
  return {
      {"/api/strategies", {}, with(get_strategies)},
      {"/api/strategies", {}, with(post_strategy), Access::write, "POST"},
      {"/api/strategies/check", {}, with(check_strategy), Access::read, "POST"},
      {"/api/strategies/{strategy}", {"version"}, with(get_strategy)},
      {"/api/strategies/{strategy}", {}, with(put_strategy), Access::write, "PUT"},
      {"/api/strategies/{strategy}", {}, with(delete_strategy), Access::write, "DELETE"},
      {"/api/signals/strategies", {}, with(get_strategies)},
  };
}

}  // namespace cw::api
