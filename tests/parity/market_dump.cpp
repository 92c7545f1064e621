// Puts what src/market makes of CSV rows on stdout, for tests that know the answer from elsewhere.
//
//   market_dump fold     <candles.csv   one-minute bars to the twelve higher timeframes, finest first; for each the
//   number of
//                                       bars (u32), then each bar: open time (i64), open, high, low, close, volume
//                                       (doubles), marks (u8: 1 gap, 2 starts late, 4 ends early), source bars (u32);
//                                       little-endian
//   market_dump trades   <trades.csv    trades to one-minute candles, as CSV
//   market_dump quality TIMEFRAME <candles.csv             `finding places bars` a line
//   market_dump compare FINE COARSE FILE <candles.csv      counts; FILE holds the coarse series
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/number.h"
#include "market/fold.h"
#include "market/quality.h"
#include "market/trade_candles.h"

namespace {

using namespace cw;          // NOLINT: a program of one file
using namespace cw::market;  // NOLINT

std::vector<std::string_view> cells(std::string_view line) {
  std::vector<std::string_view> found;
  for (;;) {
    const auto comma = line.find(',');
    found.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return found;
    line.remove_prefix(comma + 1);
  }
}

[[noreturn]] void die(const std::string& why) {
  fmt::print(stderr, "market_dump: {}\n", why);
  std::exit(1);
}

/// Calls `row` with the cells of each line after the header.
template <class Row>
void read_csv(std::istream& in, std::size_t columns, Row&& row) {
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    const auto found = cells(line);
    if (found.size() < columns) die("too few columns: " + line);
    row(found);
  }
}

double number(std::string_view text) {
  const auto value = parse_double(text);
  if (!value) die(fmt::format("'{}' is no number", text));
  return *value;
}

CandleColumns read_candles(std::istream& in) {
  CandleColumns bars;
  read_csv(in, 6, [&](const std::vector<std::string_view>& c) {
    bars.push_back(
        {from_ms(parse_int(c[0]).value()), number(c[1]), number(c[2]), number(c[3]), number(c[4]), number(c[5])});
  });
  return bars;
}

void dump_folds() {
  const auto bars = read_candles(std::cin);
  std::string out;
  ByteWriter writer{out};
  for (const auto target : kTimeframes) {
    if (target == Timeframe::m1) continue;
    const auto folded = fold(bars.view(), Timeframe::m1, target);
    writer.put(static_cast<std::uint32_t>(folded.size()));
    for (std::size_t i = 0; i < folded.size(); ++i) {
      const auto& bar = folded.bars[i];
      writer.put(to_ms(bar.open_time));
      for (const double value : {bar.open, bar.high, bar.low, bar.close, bar.volume}) writer.put(value);
      writer.put(folded.marks[i].bits());
      writer.put(folded.source_bars[i]);
    }
  }
  std::cout.write(out.data(), static_cast<std::streamsize>(out.size()));
}

void print(const FormingCandle& bar) {
  fmt::print("{},{},{},{},{},{}\n", to_ms(bar.open_time), format_double(bar.open), format_double(bar.high),
             format_double(bar.low), format_double(bar.close), format_double(bar.volume));
}

void dump_trades() {
  TradeCandles candles{Timeframe::m1};
  read_csv(std::cin, 5, [&](const std::vector<std::string_view>& c) {
    const Trade trade{c[0].empty() ? 0 : parse_int(c[0]).value(), from_ms(parse_int(c[1]).value() / 1'000),
                      number(c[2]), number(c[3]), c[4] == "1"};
    if (candles.on_trade(trade) != TradeOutcome::opened) return;
    if (const auto over = candles.waiting()) print(*over);
  });
  if (const auto last = candles.forming()) print(*last);
  const auto& counters = candles.counters();
  fmt::print(
      stderr, "opened {} updated {} other {}\n", counters.opened, counters.updated,
      counters.reordered + counters.waiting + counters.late + counters.duplicate + counters.invalid + counters.holes);
}

void dump_quality(Timeframe timeframe) {
  QualityScan scan{timeframe};
  scan.add(read_candles(std::cin).view());
  const auto& report = scan.report();
  for (std::size_t k = 0; k < kFindings; ++k) {
    fmt::print("{} {} {}\n", name(static_cast<Finding>(k)), report.kinds[k].count, report.kinds[k].bars);
  }
  fmt::print("rows {} {}\n", report.rows, report.rows);
  fmt::print("longest_gap {} {}\n", report.longest_gap.count, to_ms(report.longest_gap.open_time));
}

/// Both series in turns, a month's worth of the fine one at a time.
void dump_comparison(Timeframe fine, Timeframe coarse, const char* file) {
  const auto fine_bars = read_candles(std::cin);
  std::ifstream in{file};
  if (!in) die(fmt::format("cannot read {}", file));
  const auto coarse_bars = read_candles(in);
  SeriesComparison comparison{fine, coarse};
  constexpr std::size_t kAtOnce = 40'000;
  std::size_t c = 0;
  for (std::size_t f = 0; f < fine_bars.size(); f += kAtOnce) {
    const auto piece = fine_bars.view().subspan(f, std::min(kAtOnce, fine_bars.size() - f));
    comparison.add_fine(piece);
    const auto from = c;
    while (c < coarse_bars.size() && coarse_bars.open_time_ms[c] <= piece.open_time_ms.back()) ++c;
    comparison.add_coarse(coarse_bars.view().subspan(from, c - from));
  }
  const auto report = comparison.finish();
  fmt::print("compared {}\ndifferent {}\nnot_whole {}\nonly_folded {}\nonly_stored {}\n", report.compared,
             report.different, report.not_whole, report.only_folded, report.only_stored);
}

Timeframe timeframe(const char* text) {
  const auto parsed = parse_timeframe(text);
  if (!parsed) die(parsed.error().message);
  return *parsed;
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  const std::string_view mode = argc > 1 ? argv[1] : "";
  if (mode == "fold" && argc == 2)
    dump_folds();
  else if (mode == "trades" && argc == 2)
    dump_trades();
  else if (mode == "quality" && argc == 3)
    dump_quality(timeframe(argv[2]));
  else if (mode == "compare" && argc == 5)
    dump_comparison(timeframe(argv[2]), timeframe(argv[3]), argv[4]);
  else
    die("usage: market_dump fold|trades|quality TIMEFRAME|compare FINE COARSE FILE");
}
