// Plans of whatever compiles, over bars made of the input's bytes, sound or not: whole, in portions and bar by bar they give the
// same bits, and a look ahead leaves no trace.
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/require.h"
#include "expr/compile.h"
#include "expr/plan.h"

namespace {

using namespace cw::expr;  // NOLINT: the whole of this file is about it
using cw::market::Candle;
using cw::market::CandleColumns;

constexpr std::size_t kRows = 60;
constexpr std::int64_t kStart = 1'700'438'400'000;
constexpr double kPriceMost = 1e100;  // a stored bar is finite, and so is a kernel's promise
constexpr std::int64_t kHour = 3'600'000;
constexpr std::size_t kNodesMost = 200;  // of a text that is run: the rest is for fuzz_expression

/// The two halves of an input: a text up to the first zero byte, and what the prices are made of.
struct Halves {
  std::string_view text;
  std::string_view bytes;
};
Halves cut(std::string_view input) {
  const auto end = input.find('\0');
  if (end == std::string_view::npos) return {input, {}};
  return {input.substr(0, end), input.substr(end + 1)};
}

/// A byte as a price: mostly near to the last one, now and then a leap, a flat bar, a hole.
CandleColumns bars_of(std::string_view bytes) {
  CandleColumns rows;
  double price = 100;
  std::int64_t time = kStart;
  for (std::size_t i = 0; i < kRows; ++i) {
    const auto byte =
        bytes.empty() ? static_cast<unsigned char>(i * 37) : static_cast<unsigned char>(bytes[i % bytes.size()]);
    const double open = price;
    price = byte == 255 ? price * 1e8 : byte == 254 ? price * 1e-8 : price * (1 + (byte % 32 - 16) / 1'000.0);
    price = std::clamp(price, 1 / kPriceMost, kPriceMost);
    rows.push_back({cw::from_ms(time), open, std::max(open, price) * (1 + byte % 3 / 100.0), std::min(open, price),
                    price, byte % 5 == 0 ? 0.0 : static_cast<double>(byte)});
    time += byte % 11 == 0 ? 5 * kHour : kHour;
  }
  return rows;
}

class NoOthers final : public OtherBars {
 public:
  bool next(std::size_t, cw::Timestamp, Candle&) override { return false; }
};

using Columns = std::vector<std::vector<double>>;

Columns run(Plan plan, const CandleColumns& rows, std::size_t portion) {
  NoOthers none;
  Columns out(plan.outputs(), std::vector<double>(rows.size()));
  for (std::size_t from = 0; from < rows.size(); from += portion) {
    std::vector<double*> columns;
    for (auto& column : out) columns.push_back(column.data() + from);
    plan.run(rows.view().subspan(from, std::min(portion, rows.size() - from)), columns, &none);
  }
  return out;
}

Columns step_with_looks_ahead(Plan plan, const CandleColumns& rows) {
  NoOthers none;
  Columns out(plan.outputs(), std::vector<double>(rows.size()));
  std::vector<double> values(plan.outputs());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const Candle bar = rows[row];
    (void)plan.peek({bar.open_time, 1, 9, 0.5, 3, 2, bar.open_time});
    plan.step(bar, values, &none);
    for (std::size_t i = 0; i < values.size(); ++i) out[i][row] = values[i];
  }
  return out;
}

void require_same(const Columns& a, const Columns& b) {
  for (std::size_t o = 0; o < a.size(); ++o) {
    for (std::size_t row = 0; row < a[o].size(); ++row) {
      const double x = a[o][row];
      const double y = b[o][row];
      CW_REQUIRE((x != x && y != y) || std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [text, bytes] = cut({reinterpret_cast<const char*>(data), size});
  CompileOptions options;
  options.symbol = {"binance", "BTCUSDT"};
  options.find_symbol = [](std::string_view) { return std::optional{cw::market::InstrumentId{"binance", "ETHUSDT"}}; };
  Graph graph{cw::market::Timeframe::h1};
  const auto made = compile(text, options, graph);
  if (!made || graph.nodes().size() > kNodesMost) return 0;
  std::vector<NodeId> outputs;
  for (const Plot& plot : made->plots) outputs.push_back(plot.node);
  const auto plan = Plan::make(graph, outputs);
  if (!plan) return 0;  // a timeframe that is not made of whole hours

  const CandleColumns rows = bars_of(bytes);
  const Columns whole = run(plan->clone(), rows, kRows);
  require_same(whole, run(plan->clone(), rows, 7));
  require_same(whole, step_with_looks_ahead(plan->clone(), rows));
  return 0;
}
