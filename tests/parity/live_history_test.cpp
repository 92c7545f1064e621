// Live equals history, for every function of the language, on real candles: minutes enter the desk through a journal, the bars
// that the desk closes are stepped through plans one at a time; the same minutes, folded as history, run as columns.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "candle_store/byte_source.h"
#include "candle_store/candle_reader.h"
#include "candle_store/store_story.h"
#include "desk/desk.h"
#include "expr/compile.h"
#include "expr/plan.h"
#include "indicators/testing.h"
#include "market/fold.h"
#include "records/journal.h"

namespace cw {
namespace {

using indicators::testing::same_bits;
using market::Timeframe;

constexpr std::size_t kMinutes = 20'000;
const std::filesystem::path kFile = "../shared/data/candles/binance-ETH-USDT-1m.csv.gz";

market::CandleColumns minutes() {
  const int file = candle_store::open_for_reading(kFile).value();
  auto reader = candle_store::read_candles(candle_store::bytes_of(file).value(), Timeframe::m1).value();
  market::CandleColumns all;
  for (market::CandleColumns rows; all.size() < kMinutes && reader->next(rows).value();) all.append(rows.view());
  return all;
}

/// All examples of the table as one graph for one timeframe, and higher timeframes' views of some.
struct Everything {
  explicit Everything(Timeframe timeframe) : graph(timeframe) {
    for (const expr::Function& function : expr::functions()) add(std::string{function.example});
    for (const expr::Function& function : expr::functions()) {
      if (function.seeded) add("//@seed=pine\n" + std::string{function.example});
    }
    if (timeframe != Timeframe::h4) {
      for (const std::string tf : {"4h", "1d"}) {
        add("request.security(\"" + tf + "\", ta.ema(close, 5))");
        add("request.security(syminfo.tickerid, \"" + tf + "\", close[1])");
        add("ta.crossover(close, request.security(\"" + tf + "\", ta.sma(close, 3)))");
      }
    }
  }
  void add(const std::string& text) {
    const auto compiled = expr::compile(text, {.symbol = {"binance", "ETHUSDT"}}, graph);
    if (!compiled) {
      ADD_FAILURE() << compiled.error().text();
      return;
    }
    for (const auto& plot : compiled->plots) {
      outputs.push_back(plot.node);
      texts.push_back(text);
    }
  }
  expr::Graph graph;
  std::vector<expr::NodeId> outputs;
  std::vector<std::string> texts;
};

TEST(LiveHistory, AReplayedJournalGivesEveryFunctionTheBitsOfHistory) {
  if (!std::filesystem::exists(kFile)) GTEST_SKIP() << kFile << " is not here: the real data are needed";
  const auto rows = minutes();
  ASSERT_EQ(rows.size() >= kMinutes, true);

  const candle_store::TestFolder folder;
  auto journal = records::Journal::open(folder.path(), {}).value();
  ASSERT_TRUE(journal->append(desk::Followed{{"binance", "ETHUSDT"}}));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ASSERT_TRUE(journal->append(desk::BarArrived{0, market::BarEvent{.bar = rows[i]}}));
    if (i % 500 == 0) ASSERT_TRUE(journal->sync());
  }
  ASSERT_TRUE(journal->sync());

  for (const Timeframe timeframe : {Timeframe::m1, Timeframe::m15, Timeframe::h4}) {
    const Everything everything(timeframe);
    const auto history = timeframe == Timeframe::m1 ? rows : market::fold(rows.view(), Timeframe::m1, timeframe).bars;
    std::vector<std::vector<double>> columns(everything.outputs.size(), std::vector<double>(history.size()));
    std::vector<double*> out;
    for (auto& column : columns) out.push_back(column.data());
    expr::Plan::make(everything.graph, everything.outputs).value().run(history.view(), out);

    auto live = expr::Plan::make(everything.graph, everything.outputs).value();
    std::vector<double> values(live.outputs());
    std::size_t row = 0;
    desk::Desk desk;
    std::vector<desk::Output> said;
    ASSERT_TRUE(journal->replay(0, [&](std::uint64_t, const desk::Event& event) {
      said.clear();
      desk.on(event, said);
      for (const auto& output : said) {
        const auto* closed = std::get_if<desk::BarClosed>(&output);
        if (closed == nullptr || closed->timeframe != timeframe) continue;
        EXPECT_EQ(closed->candle.bar, history[row]);
        live.step(closed->candle.bar, values);
        for (std::size_t o = 0; o < values.size(); ++o) {
          if (!same_bits(values[o], columns[o][row])) {
            ADD_FAILURE() << everything.texts[o] << " on " << market::name(timeframe) << " row " << row << ": live "
                          << values[o] << ", history " << columns[o][row];
            return false;
          }
        }
        ++row;
      }
      return true;
    }));
    // Without the last bar of history where the minutes end inside it.
    EXPECT_GE(row + 1, history.size()) << market::name(timeframe);
    EXPECT_GT(row, 80U);
  }
}

}  // namespace
}  // namespace cw
