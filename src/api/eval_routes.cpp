#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "api/account_desk.h"
#include "api/json_body.h"
#include "api/language_desk.h"
#include "api/language_json.h"
#include "api/market.h"
#include "base/json_text.h"
#include "evaluation/evaluate.h"

// /api/market/eval/{symbol}: values of expressions over stored candles.
namespace cw::api {
namespace {

constexpr std::size_t kWordBytes = 16;
constexpr std::size_t kInputsBytes = 16 * 1024;

/// The rows of an answer: the first `most` that come, or the newest.
class Rows {
 public:
  Rows(std::size_t columns, std::size_t most, bool first) : values_(columns), most_(most), first_(first) {}

  /// False once nothing more is wanted.
  bool take(const market::CandleSpan& rows, std::span<const double* const> values) {
    const std::size_t room = first_ ? most_ - times_.size() : most_;
    const std::size_t count = std::min(room, rows.size());
    const std::size_t from = first_ ? 0 : rows.size() - count;
    times_.insert(times_.end(), rows.open_time_ms.begin() + static_cast<std::ptrdiff_t>(from),
                  rows.open_time_ms.begin() + static_cast<std::ptrdiff_t>(from + count));
    for (std::size_t i = 0; i < values_.size(); ++i)
      values_[i].insert(values_[i].end(), values[i] + from, values[i] + from + count);
    if (times_.size() > most_) {
      const auto surplus = static_cast<std::ptrdiff_t>(times_.size() - most_);
      times_.erase(times_.begin(), times_.begin() + surplus);
      for (auto& column : values_) column.erase(column.begin(), column.begin() + surplus);
    }
    return !first_ || times_.size() < most_;
  }

  const std::vector<std::int64_t>& times() const { return times_; }
  const std::vector<double>& column(std::size_t i) const { return values_[i]; }

 private:
  std::vector<std::int64_t> times_;
  std::vector<std::vector<double>> values_;
  std::size_t most_;
  bool first_;
};

std::string to_json(const CandleRequest& request, const std::optional<Timestamp>& first_bar,
                    const std::vector<expr::Plot>& plots, const Rows& rows) {
  std::string out = fmt::format(R"({{"symbol":"{}","venue":"{}","timeframe":"{}","first_bar":{},"plots":[)",
                                request.instrument.symbol, request.instrument.venue, market::name(request.timeframe),
                                first_bar ? fmt::to_string(to_ms(*first_bar)) : "null");
  out.reserve(out.size() + rows.times().size() * (14 + 18 * plots.size()) + 512);
  for (std::size_t i = 0; i < plots.size(); ++i) {
    out += i > 0 ? ",{" : "{";
    append_plot_members(out, plots[i]);
    out += R"(,"values":[)";
    for (std::size_t row = 0; row < rows.times().size(); ++row) {
      if (row > 0) out += ',';
      append_json_number(out, rows.column(i)[row]);
    }
    out += "]}";
  }
  out += R"(],"times":[)";
  for (std::size_t row = 0; row < rows.times().size(); ++row)
    out += fmt::format("{}{}", row > 0 ? "," : "", rows.times()[row]);
  return out + "]}";
}

struct Evaluation {
  CandleRequest request;
  std::vector<std::string> texts;
  expr::CompileOptions options;
};

Result<net::HttpResponse> evaluate_here(const evaluation::StoreOf& store_of, evaluation::SignalLibrary& library,
                                        const Evaluation& wanted, const net::HttpRequest& sent,
                                        const Cancelled& cancelled) {
  const auto& [request, texts, options] = wanted;
  const auto program = evaluation::compile_program(texts, request.timeframe, options);
  if (!program) return refused_answer(problem_of(program.error()), sent);
  const auto& store = store_of(request.instrument);
  const auto bars = evaluation::bars_at_most(store, request.instrument, request.timeframe);
  const auto signal_work = library.work(request.instrument, program->graph);
  if (const auto bounded = evaluation::check_work(bars, *program, kWorkMost, signal_work); !bounded)
    return pass_on(bounded);
  const auto signals = library.series(request.instrument, program->graph, cancelled);
  if (!signals) return pass_on(signals);

  // Outside of what a bar can have as its time, the answer is the same as at the edge.
  const auto from = std::clamp(request.from.value_or(Timestamp{}), Timestamp{}, from_ms(kLatestMs));
  const auto to = std::clamp(request.to.value_or(from_ms(kLatestMs)), Timestamp{}, from_ms(kLatestMs));
  const auto plots = program->plots();
  Rows rows(plots.size(), request.limit, request.from.has_value());
  // From the first stored bar, whatever is asked for: recursive averages remember it.
  const auto source = evaluation::stored_bars(store, request.instrument, request.timeframe, Timestamp{}, to);
  const auto done = evaluation::evaluate(
      *program, *source, from,
      [&](const market::CandleSpan& span, std::span<const double* const> values) { return rows.take(span, values); },
      {.store_of = store_of, .named = signals->get(), .cancelled = cancelled});
  if (!done) return pass_on(done);
  return tagged(json_answer(to_json(request, done->first_bar, plots, rows), "no-cache"));
}

Result<Evaluation> read_evaluation(const Call& call, const market::InstrumentId& instrument) {
  auto request = read_candle_request(call, instrument);
  if (!request) return pass_on(request);
  auto texts = read_expressions(call);
  if (!texts) return pass_on(texts);
  Evaluation wanted{std::move(*request), std::move(*texts), {.symbol = instrument}};
  if (const std::string* const given = call.query_value("inputs")) {
    if (given->empty())
      return std::unexpected(Error{Errc::bad_parameter, "'inputs' is empty; leave it out.", {}, "inputs"});
    auto inputs = read_inputs(*given);
    if (!inputs) return pass_on(inputs);
    wanted.options.inputs = std::move(*inputs);
  }
  if (const std::string* const given = call.query_value("seed")) {
    const auto seed = read_seed(*given);
    if (!seed) return pass_on(seed);
    wanted.options.seed = *seed;
  }
  return wanted;
}

}  // namespace

net::Task<net::HttpResponse> post_eval(LanguageDesk& desk, const Call& call) {
  // The body's members stand for the parameters of the same names, which get_eval reads.
  auto read = JsonBody::read(call.request, {"timeframe", "expr", "from", "to", "limit", "inputs", "seed"}, {"inputs"});
  if (const auto* problem = std::get_if<Problem>(&read)) co_return refusal(*problem, call);
  auto& body = std::get<JsonBody>(read);
  Call asked = call;
  const auto put = [&asked](std::string name, std::optional<std::string> value) {
    if (value) asked.query.emplace(std::move(name), std::move(*value));
  };
  for (const char* name : {"timeframe", "seed"}) put(name, body.optional_text(name, kWordBytes));
  for (const char* name : {"from", "to", "limit"}) {
    if (const auto value = body.whole(name, 0, kTimeMost)) put(name, fmt::to_string(*value));
  }
  put("inputs", body.object("inputs", kInputsBytes));
  asked.repeated["expr"] =
      body.texts("expr", evaluation::kExpressionsMost, expr::kTextMost).value_or(std::vector<std::string>{});
  if (body.fault()) co_return refusal(*body.fault(), call);
  co_return co_await get_eval(desk, asked);
}

net::Task<net::HttpResponse> get_eval(LanguageDesk& desk, const Call& call) {
  if (!desk.view.is_serving()) co_return not_serving(call);
  const auto index = find_symbol(desk.view, call);
  if (!index) co_return refusal(problem_of(index.error()), call);
  auto wanted = read_evaluation(call, desk.view.board().instrument(*index).id);
  if (!wanted) co_return refusal(problem_of(wanted.error()), call);
  auto token = desk.allowance.take(call.principal->user->id);
  if (!token) co_return too_many_at_work(desk, call);
  wanted->options.find_symbol = symbol_finder(desk.view.board());
  wanted->options.named = &desk.signals.names();
  co_return co_await answer_by_work(
      desk, call,
      [store_of = desk.store_of, &library = desk.signals, wanted = std::move(*wanted), sent = call.request](
          const Cancelled& cancelled) { return evaluate_here(store_of, library, wanted, sent, cancelled); },
      std::move(token));
}

}  // namespace cw::api
