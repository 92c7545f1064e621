#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "api/account_desk.h"
#include "api/language_json.h"
#include "api/market.h"
#include "api/signal_desk.h"
#include "api/signal_json.h"
#include "api/signal_parameters.h"
#include "base/json_text.h"
#include "evaluation/screen.h"

// /api/signals: what every symbol says, of those that a filter leaves, in an order.
namespace cw::api {
namespace {

using signals::SymbolSignals;

/// What the board is sorted by.
enum class SortBy { nothing, score, confidence, probability, expression };

struct BoardOrder {
  SortBy by = SortBy::nothing;
  std::optional<std::size_t> place{};  // of the timeframe; none: that which leads for the horizon
  bool descending = true;
  std::string expression{};
};

struct BoardRequest {
  std::vector<std::size_t> places;
  signals::Horizon horizon{};
  market::Timeframe timeframe = market::Timeframe::h1;  // of the expressions
  BoardOrder order;
  std::vector<std::string> texts{};        // the filter, the expression to sort by: those that there are
  std::vector<std::string_view> fields{};  // the parameter that each of them is

  bool has_filter() const { return !fields.empty() && fields.front() == "filter"; }
};

/// What the expressions say of the symbols.
struct BoardFound {
  std::map<market::InstrumentId, double> left;  // and what to sort by; NaN without an expression for it
  std::vector<evaluation::ScreenSkipped> skipped;
  std::optional<evaluation::Refusal> refusal{};
};

/// `score`, `confidence.4h`, or else an expression; then `asc` or `desc`.
Result<BoardOrder> read_order(std::string_view text) {
  BoardOrder order;
  for (const std::string_view way : {" asc", " desc"}) {
    if (!text.ends_with(way)) continue;
    order.descending = way == " desc";
    text.remove_suffix(way.size());
    break;
  }
  const auto dot = text.find('.');
  const std::string_view word = text.substr(0, dot);
  order.by = word == "score"         ? SortBy::score
             : word == "confidence"  ? SortBy::confidence
             : word == "probability" ? SortBy::probability
                                     : SortBy::expression;
  if (order.by == SortBy::expression) {
    order.expression = text;
    return order;
  }
  if (dot == std::string_view::npos) return order;
  const auto timeframe = signals::parse_signal_timeframe(text.substr(dot + 1));
  if (!timeframe) {
    Error error = timeframe.error();
    error.field = "sort";
    return std::unexpected(std::move(error));
  }
  order.place = signals::place_of(*timeframe);
  return order;
}

Result<BoardRequest> read_board(const Call& call) {
  BoardRequest request;
  auto places = read_places(call);
  if (!places) return pass_on(places);
  request.places = std::move(*places);
  const auto horizon = read_horizon(call, signals::Horizon::h4);
  if (!horizon) return pass_on(horizon);
  request.horizon = *horizon;
  if (call.query_value("timeframe") != nullptr) {
    const auto timeframe = read_timeframe(call);
    if (!timeframe) return pass_on(timeframe);
    request.timeframe = *timeframe;
  }
  if (const std::string* const given = call.query_value("filter")) {
    request.texts.push_back(*given);
    request.fields.emplace_back("filter");
  }
  if (const std::string* const given = call.query_value("sort")) {
    auto order = read_order(*given);
    if (!order) return pass_on(order);
    request.order = std::move(*order);
    if (request.order.by == SortBy::expression) {
      request.texts.push_back(request.order.expression);
      request.fields.emplace_back("sort");
    }
  }
  return request;
}

/// A text that is right and is of the wrong kind for its parameter, told as the compiler tells.
evaluation::Refusal of_wrong_kind(std::size_t expression, const std::string& text, std::string message) {
  const std::string line = text.substr(0, text.find('\n'));
  const auto is_first_byte = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  const auto characters = static_cast<std::size_t>(std::ranges::count_if(line, is_first_byte));
  return {expression,
          {.code = "wrong_type",
           .message = std::move(message),
           .length = std::max<std::size_t>(1, characters),
           .line_text = line}};
}

/// Whether the filter is a condition and what is sorted by is none. What does not compile here is told by the screen.
std::optional<evaluation::Refusal> check_kinds(const BoardRequest& request, const expr::CompileOptions& options) {
  const auto program = evaluation::compile_program(request.texts, request.timeframe, options);
  if (!program) return std::nullopt;
  for (std::size_t i = 0; i < request.texts.size(); ++i) {
    const auto& plots = program->expressions[i].plots;
    const bool is_filter = request.fields[i] == "filter";
    const auto is_wrong = [&](const expr::Plot& plot) { return (plot.type == expr::Type::Bool) != is_filter; };
    if (std::ranges::none_of(plots, is_wrong)) continue;
    return of_wrong_kind(i, request.texts[i],
                         is_filter
                             ? "a filter is a condition, and this is a number: compare it, as in signal.score() > 60"
                             : "to sort by a number is needed, and this is a condition");
  }
  return std::nullopt;
}

Result<void> find(const evaluation::ScreenContext& context, const std::vector<market::Instrument>& instruments,
                  const BoardRequest& request, BoardFound& found) {
  expr::CompileOptions options{.find_symbol = context.find_symbol, .named = &context.signals->names()};
  if (!instruments.empty()) options.symbol = instruments.front().id;
  found.refusal = check_kinds(request, options);
  if (found.refusal) return {};
  auto answer = evaluation::screen(context, instruments, {.timeframe = request.timeframe, .texts = request.texts});
  if (!answer) {
    found.refusal = std::move(answer.error().refusal);
    if (found.refusal) return {};
    return std::unexpected(answer.error().error);
  }
  for (const auto& row : answer->rows)
    found.left.emplace(row.instrument, row.values.empty() ? std::nan("") : row.values.front());
  found.skipped = std::move(answer->skipped);
  return {};
}

struct BoardRow {
  const SymbolView* view;
  const SymbolSignals* symbol;
  double sort_by;
};

double number_of(const BoardRequest& request, const SymbolSignals& symbol) {
  const auto place = request.order.place ? request.order.place : leading_place(symbol, request.horizon);
  if (!place || !symbol.reading(*place).signal) return std::nan("");
  const auto& signal = *symbol.reading(*place).signal;
  switch (request.order.by) {
    case SortBy::score: return signal.score.score;
    case SortBy::confidence: return signal.score.confidence;
    case SortBy::probability: return signal.probability[static_cast<std::size_t>(request.horizon)];
    case SortBy::nothing:
    case SortBy::expression: break;
  }
  return std::nan("");
}

void sort_rows(std::vector<BoardRow>& rows, const BoardOrder& order) {
  if (order.by == SortBy::nothing) return;
  std::ranges::sort(rows, [&](const BoardRow& a, const BoardRow& b) {
    if (std::isnan(a.sort_by) != std::isnan(b.sort_by)) return std::isnan(b.sort_by);
    if (a.sort_by != b.sort_by && !std::isnan(a.sort_by))
      return order.descending ? a.sort_by > b.sort_by : a.sort_by < b.sort_by;
    return a.view < b.view;  // as without an order
  });
}

void append_absent(std::string& out, const market::InstrumentId& id, std::string_view reason) {
  out += fmt::format(R"({}{{"symbol":"{}","venue":"{}","reason":)", out.empty() ? "" : ",", id.symbol, id.venue);
  append_json_string(out, reason);
  out += '}';
}

std::string board_json(SignalDesk& desk, const BoardRequest& request, const BoardFound& found) {
  const auto& board = desk.view.board();
  const auto views = desk.view.symbols();
  std::vector<BoardRow> rows;
  std::string waiting;
  for (const auto& view : views) {
    const auto index = board.resolve(view.instrument.id.text());
    if (!index) continue;
    const auto left = found.left.find(view.instrument.id);
    if (request.has_filter() && left == found.left.end()) continue;
    const auto* const symbol = desk.signals.symbol(*index);
    if (symbol == nullptr) {
      append_absent(waiting, view.instrument.id, desk.signals.why_not(*index));
      continue;
    }
    const bool is_expression = request.order.by == SortBy::expression && left != found.left.end();
    rows.push_back({&view, symbol, is_expression ? left->second : number_of(request, *symbol)});
  }
  sort_rows(rows, request.order);

  const auto now = desk.work.runtime.now();
  std::string out = fmt::format(R"({{"horizon":"{}","symbols":[)", signals::name(request.horizon));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i > 0) out += ',';
    append_signal_summary(out, *rows[i].symbol,
                          {rows[i].view->instrument.id, rows[i].view->practice, request.places, request.horizon, now});
  }
  std::string skipped;
  for (const auto& one : found.skipped) append_absent(skipped, one.instrument, one.reason);
  return out + fmt::format(R"(],"waiting":[{}],"skipped":[{}]}})", waiting, skipped);
}

/// The refusal of a text, of the parameter that it is.
Problem problem_of_text(const BoardRequest& request, const evaluation::Refusal& refusal) {
  Problem problem = problem_of(refusal);
  problem.field = request.fields[refusal.expression];
  return problem;
}

}  // namespace

net::Task<net::HttpResponse> get_signal_board(SignalDesk& desk, const Call& call) {
  if (!desk.view.is_serving()) co_return not_serving(call);
  auto read = read_board(call);
  if (!read) co_return refusal(problem_of(read.error()), call);
  const auto request = std::make_shared<const BoardRequest>(std::move(*read));
  const auto found = std::make_shared<BoardFound>();
  if (!request->texts.empty()) {
    auto token = desk.work.allowance.take(call.principal->user->id);
    if (!token) co_return too_many_at_work(desk.work, call);
    std::vector<market::Instrument> instruments;
    for (const auto& view : desk.view.symbols()) instruments.push_back(view.instrument);
    std::function<Result<void>(const Cancelled&)> work =
        [store_of = desk.work.store_of, &library = desk.work.signals, finder = symbol_finder(desk.view.board()),
         request, found, instruments = std::move(instruments)](const Cancelled& cancelled) {
          const evaluation::ScreenContext context{.store_of = store_of,
                                                  .find_symbol = finder,
                                                  .signals = &library,
                                                  .cancelled = cancelled,
                                                  .work_most = kWorkMost};
          return find(context, instruments, *request, *found);
        };
    const auto done = co_await do_work(desk.work, call, std::move(work), std::move(token));
    if (!done) co_return refusal(problem_of_work(done.error(), request->fields.front()), call);
    if (found->refusal) co_return refusal(problem_of_text(*request, *found->refusal), call);
  }
  co_return json_answer(board_json(desk, *request, *found), "no-store");
}

}  // namespace cw::api
