#include "lab/stand.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include <gtest/gtest.h>

#include "base/random.h"
#include "strategy/built_in.h"

namespace cw::lab {
namespace {

constexpr std::int64_t kHour = 3'600'000;
constexpr std::int64_t kStart = 1'704'067'200'000;
const market::Instrument kInstrument{{"binance", "AAAUSDT"}, "AAA", "USDT"};

market::CandleColumns walk(std::size_t count, std::uint64_t seed) {
  Random random{seed};
  market::CandleColumns bars;
  double price = 100;
  for (std::size_t i = 0; i < count; ++i) {
    const double open = price;
    price *= std::exp(0.02 * random.normal() + 0.004 * std::sin(static_cast<double>(i) / 25));
    bars.push_back({from_ms(kStart + static_cast<std::int64_t>(i) * kHour), open, std::max(open, price) * 1.004,
                    std::min(open, price) * 0.996, price, 1 + random.uniform()});
  }
  return bars;
}

/// The first bars of a market.
class First final : public evaluation::BarSource {
 public:
  First(const market::CandleColumns& bars, std::size_t count) : bars_(bars), count_(count) {}
  Result<bool> next(market::CandleColumns& rows) override {
    if (std::exchange(is_given_, true)) return false;
    rows.clear();
    rows.append(bars_.view().subspan(0, count_));
    return true;
  }

 private:
  const market::CandleColumns& bars_;
  std::size_t count_;
  bool is_given_ = false;
};

RunMarket first_of(const market::CandleColumns& bars, std::size_t count) {
  RunMarket market;
  market.bars = [&bars, count]() -> Result<std::unique_ptr<evaluation::BarSource>> {
    return std::make_unique<First>(bars, count);
  };
  return market;
}

std::optional<PreparedRun> prepared(const strategy::Document& document, trading::FillTime fill) {
  RunRequest request;
  request.timeframe = market::Timeframe::h1;
  request.fill = fill;
  auto run = prepare(std::move(request), document, {&kInstrument, 1}, {});
  if (!run) return std::nullopt;  // it asks for signals, which are not here
  return std::move(*run);
}

std::multiset<std::string> events_of(const std::vector<backtest::Trade>& trades) {
  std::multiset<std::string> keys;
  for (const auto& trade : trades) {
    const StandEvent entry{true, trade.side, trade.entry_time, trade.entry_price, {}, trade.instrument};
    if (!keys.contains(entry.key())) keys.insert(entry.key());
    if (!trade.is_open())
      keys.insert(StandEvent{false, trade.side, trade.exit_time, trade.exit_price, {}, trade.instrument}.key());
  }
  return keys;
}

/// What a desk tells that looks at each bar as it closes, as LiveStrategies does.
std::multiset<std::string> followed(const PreparedRun& run, const market::CandleColumns& bars,
                                    const std::function<RunMarket(std::size_t)>& market_of) {
  std::multiset<std::string> told;
  std::set<std::string> at_end;
  for (std::size_t count = 1; count <= bars.size(); ++count) {
    const auto since = bars.open_time_ms[count - 1];
    const auto market = market_of(count);
    const auto made = stand_of(run, {&market, 1}, since, {});
    EXPECT_TRUE(made) << made.error().message;
    std::set<std::string> now_at_end;
    for (const auto& event : made->events) {
      if (event.time_ms >= since + kHour) now_at_end.insert(event.key());
      if (!at_end.contains(event.key())) told.insert(event.key());
    }
    at_end = std::move(now_at_end);
  }
  return told;
}

TEST(Stand, WhatIsToldBarByBarIsTheBacktestTradeForTrade) {
  const auto bars = walk(420, 7);
  std::size_t run_at_all = 0;
  std::size_t events = 0;
  for (const auto& shipped : strategy::built_ins()) {
    for (const auto fill : {trading::FillTime::next_open, trading::FillTime::close}) {
      const auto run = prepared(shipped.document, fill);
      if (!run) continue;
      ++run_at_all;
      const auto all = first_of(bars, bars.size());
      const auto whole = make_run(*run, {&all, 1}, {}, [](double) { return true; });
      ASSERT_TRUE(whole) << whole.error().message;
      const auto expected = events_of(whole->result.trades);
      const auto market_of = [&bars](std::size_t count) { return first_of(bars, count); };
      EXPECT_EQ(followed(*run, bars, market_of), expected) << shipped.document.name;
      events += expected.size();
    }
  }
  EXPECT_GT(run_at_all, 20u);
  EXPECT_GT(events, 100u);
}

/// Quarters of an hour inside these bars, which begin, turn and end as each bar does.
market::CandleColumns quarters_of(const market::CandleColumns& bars) {
  market::CandleColumns made;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const market::Candle bar = bars[i];
    const bool low_first = i % 2 == 0;
    const double turns[] = {bar.open, low_first ? bar.low : bar.high, low_first ? bar.high : bar.low, bar.close};
    for (int k = 0; k < 4; ++k) {
      const double from = turns[k];
      const double to = turns[std::min(k + 1, 3)];
      made.push_back({bar.open_time + Millis{k * kHour / 4}, from, std::max(from, to), std::min(from, to), to, 1});
    }
  }
  return made;
}

/// The magnifier has its shorter bars on the desk too: where stop and target lie in one bar, the same one is met.
TEST(Stand, OfARunThatWalksShorterBarsIsTheBacktestToo) {
  const auto document = strategy::parse_document(
      "name: a\ntimeframe: 1h\nlong: {entry: 'close > close[1]', stop: {percent: 0.4}, target: {percent: 0.4}}\n"
      "short: {entry: 'close < close[1]', stop: {percent: 0.4}, target: {percent: 0.4}}\n");
  ASSERT_TRUE(document);
  RunRequest request;
  request.intrabar = trading::Intrabar::magnifier;
  request.protections = false;
  const auto run = prepare(std::move(request), *document, {&kInstrument, 1}, {});
  ASSERT_TRUE(run);
  const auto bars = walk(300, 11);
  const auto lower = quarters_of(bars);
  const auto with_lower = [&](std::size_t count) {
    auto market = first_of(bars, count);
    market.lower_bars = first_of(lower, 4 * count).bars;
    return market;
  };
  const auto all = with_lower(bars.size());
  const auto whole = make_run(*run, {&all, 1}, {}, [](double) { return true; });
  ASSERT_TRUE(whole);
  EXPECT_GT(whole->result.trades.size(), 60U);
  EXPECT_EQ(followed(*run, bars, with_lower), events_of(whole->result.trades));
  auto blind = all;
  blind.lower_bars = {};
  const auto guessed = make_run(*run, {&blind, 1}, {}, [](double) { return true; });
  ASSERT_TRUE(guessed);
  EXPECT_NE(events_of(guessed->result.trades), events_of(whole->result.trades)) << "the shorter bars decide nothing";
}

/// Every run over three instruments with holes of their own, looked at moment by moment: all bars of a moment are in.
TEST(Stand, OfSeveralInstrumentsIsTheBacktestToo) {
  const auto document = strategy::parse_document(
      "name: a\ntimeframe: 1h\nlong: {entry: 'close > close[1] * 1.01', exit: 'close < close[1]', stop: {percent: 2}}\n"
      "short: {entry: 'close < close[1] * 0.98', target: {percent: 3}}\nsizing: {percent_of_equity: 60}\n");
  ASSERT_TRUE(document);
  std::vector<market::Instrument> instruments;
  std::vector<market::CandleColumns> bars;
  for (std::uint64_t i = 0; i < 3; ++i) {
    instruments.push_back({{"binance", std::string(3, static_cast<char>('A' + i)) + "USDT"}, "A", "USDT"});
    const auto all = walk(200, 20 + i);
    auto& own = bars.emplace_back();
    for (std::size_t k = 0; k < all.size(); ++k) {
      if ((k + 11 * i) % 37 != 0) own.push_back(all[k]);
    }
  }
  RunRequest request;
  request.max_positions = 2;
  const auto run = prepare(std::move(request), *document, instruments, {});
  ASSERT_TRUE(run);
  const auto until = [&](std::int64_t end_ms) {
    std::vector<RunMarket> markets;
    for (const auto& own : bars) {
      const auto count = std::ranges::lower_bound(own.open_time_ms, end_ms) - own.open_time_ms.begin();
      markets.push_back(first_of(own, static_cast<std::size_t>(count)));
    }
    return markets;
  };
  std::multiset<std::string> told;
  std::set<std::string> at_end;
  for (std::int64_t open = kStart; open < kStart + 200 * kHour; open += kHour) {
    const auto made = stand_of(*run, until(open + 1), open, {});
    ASSERT_TRUE(made) << made.error().message;
    ASSERT_EQ(made->stands.size(), 3U);
    std::set<std::string> now_at_end;
    for (const auto& event : made->events) {
      if (event.time_ms >= open + kHour) now_at_end.insert(event.key());
      if (!at_end.contains(event.key())) told.insert(event.key());
    }
    at_end = std::move(now_at_end);
  }
  const auto whole = make_run(*run, until(kStart + 200 * kHour), {}, [](double) { return true; });
  ASSERT_TRUE(whole);
  EXPECT_GT(whole->result.trades.size(), 60U);
  EXPECT_EQ(told, events_of(whole->result.trades));
}

TEST(Stand, TellsWhatIsHeldAndWhereItEnds) {
  const auto document = strategy::parse_document(
      "name: a\ntimeframe: 1h\nlong: {entry: 'bar_index == 50', stop: {percent: 10}, target: {percent: 40}}\n");
  ASSERT_TRUE(document);
  const auto run = prepared(*document, trading::FillTime::next_open);
  ASSERT_TRUE(run);
  market::CandleColumns bars = walk(60, 3);
  for (std::size_t i = 0; i < bars.size(); ++i) bars.open[i] = bars.high[i] = bars.low[i] = bars.close[i] = 100;
  const auto first = first_of(bars, 51);
  const auto later = first_of(bars, 55);
  const auto flat = stand_of(*run, {&first, 1}, 0, {});
  ASSERT_TRUE(flat);
  EXPECT_FALSE(flat->stands.front().open);
  EXPECT_EQ(stand_json("a", flat->stands.front()),
            R"({"name":"a","position":"flat","since":null,"entry_price":null,"stop":null,"target":null})");
  const auto held = stand_of(*run, {&later, 1}, 0, {});
  ASSERT_TRUE(held);
  const Stand& stand = held->stands.front();
  ASSERT_TRUE(stand.open);
  EXPECT_EQ(stand.open->entry_time, bars.open_time_ms[51]);
  EXPECT_EQ(stand.exits.stop, 90);
  EXPECT_EQ(stand.exits.target, 140);
}

// Shorter bars of all instruments together are bounded; a comparison does without them.
TEST(LoadLower, TakesAllOfThemOrNone) {
  const auto document = strategy::parse_document("name: a\ntimeframe: 1h\nlong: {entry: 'close > close[1]'}\n");
  ASSERT_TRUE(document);
  const std::vector<market::Instrument> instruments{{{"binance", "AAAUSDT"}, "AAA", "USDT"},
                                                    {{"binance", "BBBUSDT"}, "BBB", "USDT"}};
  const auto run = prepare(RunRequest{}, *document, instruments, {});
  ASSERT_TRUE(run);
  const auto bars = walk(50, 4);
  std::vector<RunMarket> markets;
  for (int i = 0; i < 2; ++i) {
    auto market = first_of(bars, bars.size());
    market.lower_bars = market.bars;  // as many, at the same opens
    markets.push_back(std::move(market));
  }
  const auto go_on = [](double) { return true; };
  auto loaded = load_run(*run, markets, {}, go_on);
  ASSERT_TRUE(loaded);
  EXPECT_TRUE(loaded->lower[0].empty()) << "this run does not walk them";
  const auto refused = load_lower(*run, markets, {.bars = 99}, go_on, *loaded);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::limit_exceeded);
  EXPECT_TRUE(load_lower_to_compare(*run, markets, {.bars = 99}, go_on, *loaded));
  EXPECT_TRUE(loaded->lower[0].empty() && loaded->lower[1].empty() && !loaded->parts[0].lower_bars);
  ASSERT_TRUE(load_lower(*run, markets, {.bars = 100}, go_on, *loaded));
  EXPECT_EQ(loaded->lower[1].size(), 50U);
  EXPECT_TRUE(loaded->parts[0].lower_bars && loaded->parts[1].lower_bars);
}

TEST(Stand, IsStopped) {
  const auto bars = walk(60, 3);
  const auto run = prepared(strategy::find_built_in("ema-cross")->document, trading::FillTime::next_open);
  ASSERT_TRUE(run);
  const auto market = first_of(bars, 60);
  EXPECT_EQ(stand_of(*run, {&market, 1}, 0, [] { return true; }).error().code, Errc::cancelled);
}

}  // namespace
}  // namespace cw::lab
