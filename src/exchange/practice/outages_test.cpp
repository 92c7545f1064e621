#include "exchange/practice/outages.h"

#include <gtest/gtest.h>

#include <set>

#include "exchange/practice/exchange_world.h"

namespace cw::exchange::practice {
namespace {

OutageMarket market_of(std::uint64_t seed = 1) {
  return {std::make_unique<GeneratedMarket>(42, start_of_day(kToday - 20)), seed};
}

std::set<Timestamp> minutes_of(MarketSource& market, std::int64_t day) {
  std::set<Timestamp> minutes;
  for (const Bar& bar : **market.day(0, day)) minutes.insert(bar.candle.open_time);
  return minutes;
}

TEST(OutageMarket, LacksTheMinutesOfItsOutagesAndNoOthers) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    OutageMarket market = market_of(seed);
    EXPECT_EQ(minutes_of(market, kToday).size(), 1'440U) << "none before it is told to";
    const Timestamp now = start_of_day(kToday) + kMinute * 100 + Millis{1};
    market.set_rate(0.5, now);
    const auto outages = market.until(start_of_day(kToday + 2));
    ASSERT_GT(outages.size(), 5U);
    EXPECT_LT(outages.size(), 60U);
    std::size_t lacking = 0;
    Timestamp free_from = now;
    for (const auto& [from, to] : outages) {
      EXPECT_GT(from, free_from);
      EXPECT_GE(to - from, kMinute * 2);
      EXPECT_LE(to - from, kMinute * 20);
      free_from = to;
      for (Timestamp minute = from; minute < std::min(to, start_of_day(kToday + 2)); minute += kMinute) {
        ++lacking;
        EXPECT_FALSE(minutes_of(market, day_of(minute)).contains(minute)) << format_time(minute);
        std::vector<market::Trade> trades;
        ASSERT_TRUE(market.trades(0, minute, trades));
        EXPECT_TRUE(trades.empty());
      }
    }
    EXPECT_EQ(minutes_of(market, kToday).size() + minutes_of(market, kToday + 1).size(), 2'880 - lacking);
  }
}

TEST(OutageMarket, KeepsItsPastWhateverRateIsSetLater) {
  OutageMarket market = market_of();
  market.set_rate(3, start_of_day(kToday));
  const auto first = market.until(start_of_day(kToday + 1)).at(2);
  ASSERT_GE(first.to - first.from, kMinute * 2);
  const Timestamp within = first.from + Millis{30'000};
  const auto before = market.until(within);
  market.set_rate(0, within);
  auto after = market.until(start_of_day(kToday + 5));
  ASSERT_EQ(after.size(), before.size()) << "none is to come";
  EXPECT_EQ(after.back(), (OutageMarket::Outage{first.from, first.from + kMinute})) << "it ends with its minute";
  after.pop_back();
  EXPECT_TRUE(std::equal(after.begin(), after.end(), before.begin()));
  market.set_rate(3, start_of_day(kToday + 1));
  const auto later = market.until(start_of_day(kToday + 2));
  EXPECT_GT(later.size(), before.size() + 10);
  EXPECT_TRUE(std::equal(after.begin(), after.end(), later.begin()));
}

TEST(PracticeMisbehaviour, AnOutageIsMissingFromTheStreamsFromTheHistoryAndFromTheDay) {
  PracticeSettings settings = settings_at(start_of_day(kToday) + kMinute * 800);
  settings.misbehaviour = *parse_misbehaviour("outage=4");
  World world(settings);
  Listener listener(world, "/stream?streams=btcusdt@trade/btcusdt@kline_1m");
  world.runtime.run_for(std::chrono::hours{3});
  world.exchange->set_misbehaviour({});
  world.runtime.run_for(std::chrono::minutes{5});

  std::map<std::int64_t, market::Candle> closed;
  for (const Json& event : listener.events("btcusdt@kline_1m")) {
    if (event["k"]["x"].get<bool>()) closed[event["k"]["t"]] = candle_of_event(event);
  }
  const Json rows = world.get_json("/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=1000&startTime=" +
                                   std::to_string(to_ms(settings.start)));
  std::map<std::int64_t, market::Candle> asked;
  for (const Json& row : rows) asked[row[0]] = candle_of_row(row);
  asked.erase(to_ms(settings.start + kMinute * 185));  // under way
  EXPECT_EQ(asked, closed) << "both tell the same minutes";
  EXPECT_LT(closed.size(), 170U);
  EXPECT_GT(closed.size(), 30U);
  for (const Json& trade : listener.events("btcusdt@trade")) {
    EXPECT_TRUE(closed.contains(trade["T"].get<std::int64_t>() / 60'000 * 60'000) ||
                trade["T"].get<std::int64_t>() >= to_ms(settings.start + kMinute * 185));
  }
  EXPECT_EQ(world.exchange->truth("BTCUSDT", settings.start, world.exchange->now())->size(), closed.size());

  // A day that was asked for while it went on is not kept as it was planned then.
  const auto daily = [&] {
    const Json row = world.get_json("/api/v3/klines?symbol=BTCUSDT&interval=1d&limit=1&startTime=" +
                                    std::to_string(to_ms(start_of_day(kToday))));
    return row[0];
  };
  world.exchange->set_misbehaviour(*parse_misbehaviour("outage=4"));
  daily();
  world.exchange->set_misbehaviour({});
  world.runtime.run_for(std::chrono::hours{8});
  double volume = 0;
  for (const auto& bar : *world.exchange->truth("BTCUSDT", start_of_day(kToday), start_of_day(kToday + 1))) {
    volume += bar.volume;
  }
  EXPECT_EQ(number(daily()[5]), volume);
}

}  // namespace
}  // namespace cw::exchange::practice
