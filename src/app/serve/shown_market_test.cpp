#include "app/serve/shown_market.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "candle_store/store_story.h"

namespace cw::app {
namespace {

using candle_store::bar_at;
using candle_store::kBtc1m;

void expect_same(const ShownInstrument& got, const ShownInstrument& wanted, std::int64_t minute) {
  EXPECT_EQ(got.ticker.price, wanted.ticker.price) << minute;
  EXPECT_EQ(got.ticker.time, wanted.ticker.time) << minute;
  EXPECT_EQ(got.ticker.volume_24h, wanted.ticker.volume_24h) << minute;
  EXPECT_EQ(got.ticker.change_24h, wanted.ticker.change_24h) << minute;
  for (const auto timeframe : market::kTimeframes) {
    const auto slot = static_cast<std::size_t>(timeframe);
    ASSERT_EQ(got.forming[slot].has_value(), wanted.forming[slot].has_value()) << minute << market::name(timeframe);
    if (!wanted.forming[slot]) continue;
    EXPECT_EQ(got.forming[slot]->open_time, wanted.forming[slot]->open_time);
    EXPECT_EQ(got.forming[slot]->open, wanted.forming[slot]->open);
    EXPECT_EQ(got.forming[slot]->high, wanted.forming[slot]->high);
    EXPECT_EQ(got.forming[slot]->low, wanted.forming[slot]->low);
    EXPECT_EQ(got.forming[slot]->volume, wanted.forming[slot]->volume) << minute << market::name(timeframe);
  }
}

// Over two days with holes: after each minute what was kept up is what the store has when it is read anew.
TEST(ShownMarket, GoesOnMinuteByMinuteAsTheStoreHasIt) {
  candle_store::StoreStory store;
  ShownMarket kept_up{*store, {kBtc1m.instrument}};
  kept_up.refresh(0);
  Random random{5};
  for (std::int64_t minute = 0; minute < 3'000; ++minute) {
    if (random.below(200) == 0) minute += static_cast<std::int64_t>(random.below(90));
    const auto bar = bar_at(minute);
    ASSERT_TRUE(store->append(kBtc1m, std::vector{bar}));
    kept_up.closed(0, bar);
    if (random.below(10) != 0) continue;
    ShownMarket anew{*store, {kBtc1m.instrument}};
    anew.refresh(0);
    const auto next = bar_at(minute + 1);
    const market::FormingCandle forming{
        next.open_time, next.open, next.high, next.low, next.close, next.volume, next.open_time + Millis{30'000}};
    kept_up.on_forming(0, forming);
    anew.on_forming(0, forming);
    expect_same(kept_up.shown(0), anew.shown(0), minute);
  }
}

}  // namespace
}  // namespace cw::app
