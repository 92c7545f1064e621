#include <utility>

#include "api/account_desk.h"
#include "api/json_body.h"
#include "api/language_desk.h"
#include "api/language_json.h"
#include "api/market.h"

// /api/language/…: what the language has, and whether a text is one of it.
namespace cw::api {
namespace {

constexpr std::size_t kInputsBytes = 16 * 1024;
constexpr std::size_t kSymbolBytes = 64;

/// What a text is checked for.
struct Check {
  std::string text;
  market::Timeframe timeframe = market::Timeframe::m1;  // the finest: no other one is below it
  expr::CompileOptions options{};
};

Result<Check> read_check(const LanguageDesk& desk, JsonBody& body, std::string text) {
  Check check{.text = std::move(text)};
  if (const auto named = body.optional_text("timeframe", 16)) {
    auto timeframe = market::parse_timeframe(*named);
    if (!timeframe) {
      timeframe.error().field = "timeframe";
      return pass_on(timeframe);
    }
    check.timeframe = *timeframe;
  }
  const auto& board = desk.view.board();
  if (board.size() > 0) check.options.symbol = board.instrument(0).id;
  if (const auto named = body.optional_text("symbol", kSymbolBytes)) {
    auto index = board.resolve(*named);
    if (!index) {
      index.error().field = "symbol";
      if (index.error().code == Errc::bad_input) index.error().code = Errc::unknown_symbol;
      return pass_on(index);
    }
    check.options.symbol = board.instrument(*index).id;
  }
  if (const auto named = body.optional_text("seed", 16)) {
    const auto seed = read_seed(*named);
    if (!seed) return pass_on(seed);
    check.options.seed = *seed;
  }
  auto inputs = read_inputs(body.object("inputs", kInputsBytes).value_or(""));
  if (!inputs) return pass_on(inputs);
  check.options.inputs = std::move(*inputs);
  check.options.find_symbol = symbol_finder(board);
  check.options.named = &desk.signals.names();
  return check;
}

}  // namespace

net::Task<net::HttpResponse> get_functions(LanguageDesk&, const Call&) {
  // The table is part of the program: one text for as long as it runs.
  static const std::string document = functions_json();
  co_return tagged(json_answer(document, "no-cache"));
}

net::Task<net::HttpResponse> check_text(LanguageDesk& desk, const Call& call) {
  auto read = JsonBody::read(call.request, {"text", "timeframe", "symbol", "inputs", "seed"}, {"inputs"});
  if (const auto* problem = std::get_if<Problem>(&read)) co_return refusal(*problem, call);
  auto& body = std::get<JsonBody>(read);
  // Beyond the compiler's own limit there is nothing to check.
  std::string text = body.text("text", expr::kTextMost);
  auto check = read_check(desk, body, std::move(text));
  if (body.fault()) co_return refusal(*body.fault(), call);
  if (!check) co_return refusal(problem_of(check.error()), call);
  co_return co_await answer_by_work(
      desk, call,
      [check = std::move(*check)](const Cancelled&) -> Result<net::HttpResponse> {
        expr::Graph graph(check.timeframe);
        return json_answer(check_json(expr::compile(check.text, check.options, graph)), "no-store");
      },
      nullptr, &desk.quick);
}

}  // namespace cw::api
