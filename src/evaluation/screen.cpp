#include "evaluation/screen.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "candle_store/query.h"
#include "evaluation/evaluate.h"

namespace cw::evaluation {
namespace {

using expr::Type;

const expr::NamedSeries* names_of(const ScreenContext& context) {
  return context.signals != nullptr ? &context.signals->names() : nullptr;
}

/// Which column to sort by, and which way.
struct Order {
  std::optional<std::size_t> column;
  bool descending = true;
};

Result<Order> order_of(const std::string& text, const std::vector<ScreenPlot>& columns) {
  Order order;
  std::string_view name = text;
  if (name.empty()) return order;
  if (name.ends_with(" asc")) order.descending = false;
  if (name.ends_with(" asc") || name.ends_with(" desc")) name = name.substr(0, name.rfind(' '));
  std::size_t number = 0;
  const auto [end, ec] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (ec == std::errc{} && end == name.data() + name.size() && number >= 1 && number <= columns.size()) {
    order.column = number - 1;
    return order;
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].plot.title == name) order.column = i;
  }
  for (std::size_t i = columns.size(); i-- > 0 && name.starts_with("expr");) {
    if (name.substr(4) == std::to_string(columns[i].text + 1)) order.column = i;
  }
  if (order.column) return order;
  return std::unexpected(
      Error{Errc::bad_parameter,
            fmt::format("'{}' is no column to sort by; there are {}: name one by its number from 1 or its title, "
                        "then 'asc' or 'desc'",
                        name, columns.size()),
            {},
            "sort"});
}

/// The newest bars of an instrument, at most kScreenBarsMost.
Result<Timestamp> screened_from(const candle_store::CandleStore& store, const market::InstrumentId& id,
                                market::Timeframe timeframe) {
  // The newest bar first: from it the oldest wanted one is a number of lengths away, whatever the gaps between them.
  const auto newest = candle_store::query(store, {.instrument = id, .timeframe = timeframe, .limit = 1});
  if (!newest) return pass_on(newest);
  if (newest->bars.empty()) return fail(Errc::not_found, fmt::format("no closed bar of {} is stored", name(timeframe)));
  const auto back = static_cast<std::int64_t>(kScreenBarsMost - 1) * duration(timeframe).count();
  return from_ms(std::max<std::int64_t>(0, newest->bars.open_time_ms.front() - back));
}

struct Newest {
  Timestamp time;
  double price = 0;
  std::vector<double> values;
};

Result<Newest> newest_values(const ScreenContext& context, const market::InstrumentId& id, const Program& program) {
  const auto& store = context.store_of(id);
  const auto from = screened_from(store, id, program.timeframe);
  if (!from) return pass_on(from);
  const auto bars = stored_bars(store, id, program.timeframe, *from, from_ms(kLatestMs));
  Newest newest;
  const auto keep_last = [&](const market::CandleSpan& rows, std::span<const double* const> values) {
    newest.time = from_ms(rows.open_time_ms.back());
    newest.price = rows.close.back();
    newest.values.clear();
    for (const double* column : values) newest.values.push_back(column[rows.size() - 1]);
    return true;
  };
  std::unique_ptr<expr::NamedSeries> signals;
  if (context.signals != nullptr) {
    auto made = context.signals->series(id, program.graph, context.cancelled);
    if (!made) return pass_on(made);
    signals = std::move(*made);
  }
  const auto done = evaluate(program, *bars, *from, keep_last, {context.store_of, signals.get(), context.cancelled});
  if (!done) return pass_on(done);
  return newest;
}

void sort_rows(std::vector<ScreenRow>& rows, const Order& order) {
  std::ranges::sort(rows, [&](const ScreenRow& a, const ScreenRow& b) {
    if (order.column) {
      const double x = a.values[*order.column];
      const double y = b.values[*order.column];
      if (std::isnan(x) != std::isnan(y)) return std::isnan(y);
      if (x != y && !std::isnan(x)) return order.descending ? x > y : x < y;
    }
    return a.instrument < b.instrument;
  });
}

/// The filters of a program, or its columns.
std::vector<ScreenPlot> screen_plots(const Program& program, bool filters) {
  std::vector<ScreenPlot> plots;
  for (std::size_t text = 0; text < program.expressions.size(); ++text) {
    for (const auto& plot : program.expressions[text].plots) {
      if ((plot.type == Type::Bool) == filters) plots.push_back({plot, text});
    }
  }
  return plots;
}

/// Errors  limit_exceeded, before the first bar is read
Result<void> check_work(const ScreenContext& context, const std::vector<market::Instrument>& instruments,
                        const Program& program) {
  if (context.work_most == 0) return {};
  std::uint64_t bars = 0;
  std::uint64_t signal_work = 0;
  for (const auto& instrument : instruments) {
    if (context.signals != nullptr) signal_work += context.signals->work(instrument.id, program.graph);
    bars += std::min<std::uint64_t>(kScreenBarsMost,
                                    bars_at_most(context.store_of(instrument.id), instrument.id, program.timeframe));
  }
  return check_work(bars, program, context.work_most, signal_work);
}

/// Cuts a program's values into filters and columns; false where a filter does not hold.
bool keep(const std::vector<expr::Plot>& plots, const std::vector<double>& values, std::vector<double>& columns) {
  bool holds = true;
  for (std::size_t i = 0; i < plots.size(); ++i) {
    if (plots[i].type == Type::Bool) {
      holds = holds && values[i] == 1.0;
    } else {
      columns.push_back(values[i]);
    }
  }
  return holds;
}

/// What a request is to all symbols, known once the first text compiled.
struct Wanted {
  Order order;
  std::vector<expr::Plot> plots;
};

Result<Wanted> wanted_of(const ScreenContext& context, const std::vector<market::Instrument>& instruments,
                         const ScreenRequest& request, const Program& program, ScreenAnswer& answer) {
  answer.filters = screen_plots(program, true);
  answer.columns = screen_plots(program, false);
  const auto order = order_of(request.sort, answer.columns);
  if (!order) return pass_on(order);
  if (const auto bounded = check_work(context, instruments, program); !bounded) return pass_on(bounded);
  return Wanted{*order, program.plots()};
}

Result<void> screen_all(const ScreenContext& context, const std::vector<market::Instrument>& instruments,
                        const ScreenRequest& request, ScreenAnswer& answer, std::optional<Refusal>& refused) {
  if (instruments.empty()) {  // a text that is wrong is told all the same
    const auto program =
        compile_program(request.texts, request.timeframe, {.seed = request.seed, .named = names_of(context)});
    if (!program) refused = program.error();
  }
  std::optional<Wanted> wanted;
  for (const auto& instrument : instruments) {
    if (context.cancelled && context.cancelled()) return fail(Errc::cancelled, "the screen was ended");
    const expr::CompileOptions options{
        .symbol = instrument.id, .seed = request.seed, .find_symbol = context.find_symbol, .named = names_of(context)};
    const auto program = compile_program(request.texts, request.timeframe, options);
    if (!program) {
      if (!refused) refused = program.error();
      answer.skipped.push_back({instrument.id, program.error().diagnostic.message});
      continue;
    }
    if (!wanted) {
      auto known = wanted_of(context, instruments, request, *program, answer);
      if (!known) return pass_on(known);
      wanted = std::move(*known);
    }
    ++answer.screened;
    auto newest = newest_values(context, instrument.id, *program);
    if (!newest) {
      if (newest.error().code == Errc::cancelled) return pass_on(newest);
      answer.skipped.push_back({instrument.id, newest.error().message});
      continue;
    }
    answer.newest_bar = std::max(answer.newest_bar, std::optional{newest->time});
    ScreenRow row{instrument.id, newest->time, newest->price, {}};
    if (keep(wanted->plots, newest->values, row.values)) answer.rows.push_back(std::move(row));
  }
  if (!wanted && refused) return std::unexpected(error_of(*refused, request.texts));
  if (wanted) sort_rows(answer.rows, wanted->order);
  refused.reset();
  return {};
}

}  // namespace

std::expected<ScreenAnswer, ScreenFault> screen(const ScreenContext& context,
                                                const std::vector<market::Instrument>& instruments,
                                                const ScreenRequest& request) {
  if (request.texts.empty() || request.texts.size() > kExpressionsMost) {
    return std::unexpected(ScreenFault{
        {Errc::bad_parameter, fmt::format("a screen takes 1 to {} expressions", kExpressionsMost), {}, "expr"}});
  }
  ScreenAnswer answer;
  std::optional<Refusal> refused;
  if (const auto done = screen_all(context, instruments, request, answer, refused); !done) {
    if (done.error().code != Errc::bad_expression) refused.reset();
    return std::unexpected(ScreenFault{done.error(), std::move(refused)});
  }
  return answer;
}

}  // namespace cw::evaluation
