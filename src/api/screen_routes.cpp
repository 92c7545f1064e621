#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "api/account_desk.h"
#include "api/language_desk.h"
#include "api/language_json.h"
#include "api/market.h"
#include "base/json_text.h"
#include "evaluation/screen.h"

// /api/market/screen: expressions over the newest bar of every stored symbol.
namespace cw::api {
namespace {

constexpr std::size_t kSortBytes = 256;

struct Screen {
  evaluation::ScreenRequest request;
  std::size_t limit = 0;
  Timestamp now{};
};

void append_instrument(std::string& out, const market::InstrumentId& id) {
  out += fmt::format(R"({{"symbol":"{}","venue":"{}")", id.symbol, id.venue);
}

/// The columns or filters: each with the text it is of.
std::string plots_json(const std::vector<evaluation::ScreenPlot>& plots, const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const auto& [plot, text] : plots) {
    out += out.size() > 1 ? ",{" : "{";
    append_plot_members(out, plot);
    out += R"(,"expr":)";
    append_json_string(out, texts[text]);
    out += '}';
  }
  return out + ']';
}

std::string to_json(const Screen& screen, const evaluation::ScreenAnswer& answer) {
  const auto& texts = screen.request.texts;
  std::string out =
      fmt::format(R"({{"timeframe":"{}","columns":{},"filters":{},"rows":[)", market::name(screen.request.timeframe),
                  plots_json(answer.columns, texts), plots_json(answer.filters, texts));
  for (std::size_t i = 0; i < std::min(screen.limit, answer.rows.size()); ++i) {
    const auto& row = answer.rows[i];
    if (i > 0) out += ',';
    append_instrument(out, row.instrument);
    out += fmt::format(R"(,"time":{},"price":)", to_ms(row.time));
    append_json_number(out, row.price);
    out += R"(,"values":[)";
    for (std::size_t column = 0; column < row.values.size(); ++column) {
      if (column > 0) out += ',';
      append_json_number(out, row.values[column]);
    }
    out += "]}";
  }
  out += R"(],"skipped":[)";
  for (std::size_t i = 0; i < answer.skipped.size(); ++i) {
    if (i > 0) out += ',';
    append_instrument(out, answer.skipped[i].instrument);
    out += R"(,"reason":)";
    append_json_string(out, answer.skipped[i].reason);
    out += '}';
  }
  out += R"(],"newest_bar":)";
  out += answer.newest_bar ? std::to_string(to_ms(*answer.newest_bar)) : "null";
  return out + fmt::format(R"(,"matched":{},"screened":{},"as_of":{}}})", answer.rows.size(), answer.screened,
                           to_ms(screen.now));
}

/// Everything that was asked, as one text.
std::string key_of(const Screen& screen) {
  std::string key = fmt::format("{} {} {}\n{}\n", market::name(screen.request.timeframe), screen.limit,
                                screen.request.seed == indicators::Seed::pine ? "pine" : "talib", screen.request.sort);
  for (const std::string& text : screen.request.texts) key += fmt::format("{} {}", text.size(), text);
  return key;
}

/// Which bars of a timeframe there are, by the first and the newest of each series.
std::string bars_of(const std::vector<candle_store::SeriesInfo>& series, market::Timeframe timeframe) {
  std::string bars;
  for (const auto& one : series) {
    const Timestamp end = one.last + market::duration(one.id.timeframe);
    bars += fmt::format("{} {} {}\n", one.id.text(), to_ms(one.first), to_ms(market::open_of(timeframe, end)));
  }
  return bars;
}

std::vector<market::Instrument> instruments_of(const std::vector<candle_store::SeriesInfo>& series) {
  std::vector<market::Instrument> instruments;
  for (const auto& one : series) {
    const auto known = std::ranges::find(instruments, one.id.instrument, &market::Instrument::id);
    if (known == instruments.end()) instruments.push_back({one.id.instrument, {}, {}});
  }
  std::ranges::sort(instruments, {}, &market::Instrument::id);
  return instruments;
}

Result<Screen> read_screen(const Call& call) {
  Screen screen;
  const auto timeframe = read_timeframe(call);
  if (!timeframe) return pass_on(timeframe);
  screen.request.timeframe = *timeframe;
  const auto limit = read_whole(call, "limit", 1, kScreenRowsMost);
  if (!limit) return pass_on(limit);
  screen.limit = static_cast<std::size_t>(limit->value_or(kScreenRowsDefault));
  if (const std::string* const given = call.query_value("seed")) {
    const auto seed = read_seed(*given);
    if (!seed) return pass_on(seed);
    screen.request.seed = *seed;
  }
  auto texts = read_expressions(call);
  if (!texts) return pass_on(texts);
  screen.request.texts = std::move(*texts);
  if (const std::string* const given = call.query_value("sort")) {
    if (given->size() > kSortBytes)
      return std::unexpected(
          Error{Errc::bad_parameter, fmt::format("'sort' is over {} bytes.", kSortBytes), {}, "sort"});
    screen.request.sort = *given;
  }
  return screen;
}

}  // namespace

net::Task<net::HttpResponse> get_screen(LanguageDesk& desk, const Call& call) {
  if (!desk.view.is_serving()) co_return not_serving(call);
  auto screen = read_screen(call);
  if (!screen) co_return refusal(problem_of(screen.error()), call);
  auto token = desk.allowance.take(call.principal->user->id);
  if (!token) co_return too_many_at_work(desk, call);
  screen->now = desk.runtime.now();
  auto find = symbol_finder(desk.view.board());
  co_return co_await answer_by_work(
      desk, call,
      [&desk, screen = std::move(*screen), find = std::move(find),
       sent = call.request](const Cancelled& cancelled) -> Result<net::HttpResponse> {
        const auto series = desk.stored_series();
        const std::string key = key_of(screen);
        const std::string bars = bars_of(series, screen.request.timeframe);
        if (auto kept = desk.screens.find(key, bars, screen.now)) return json_answer(std::move(*kept), "no-store");
        const evaluation::ScreenContext context{.store_of = desk.store_of,
                                                .find_symbol = find,
                                                .signals = &desk.signals,
                                                .cancelled = cancelled,
                                                .work_most = kWorkMost};
        const auto answer = evaluation::screen(context, instruments_of(series), screen.request);
        if (!answer) {
          if (answer.error().refusal) return refused_answer(problem_of(*answer.error().refusal), sent);
          return std::unexpected(answer.error().error);
        }
        std::string body = to_json(screen, *answer);
        desk.screens.put(key, bars, screen.now, body);
        return json_answer(std::move(body), "no-store");
      },
      std::move(token));
}

}  // namespace cw::api
