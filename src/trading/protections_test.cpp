#include "trading/protections.h"

#include <gtest/gtest.h>

namespace cw::trading {
namespace {

/// A watch over one instrument whose bars close one an hour.
struct Story {
  explicit Story(const Protections& protections, double equity = 1'000) : watch(protections, equity) { watch.add(); }

  /// A bar closes with this equity. Whether a halt of the account begins.
  bool bar(double equity = 1'000) {
    watch.on_bar(0);
    at += std::chrono::hours{1};
    return watch.on_equity(at, equity);
  }

  /// Bars from now in which nothing may be opened, at most 100.
  int sat_out() {
    int bars = 0;
    for (; bars < 100 && watch.forbids(0) != Refusal::none; ++bars) bar();
    return bars;
  }

  ProtectionWatch watch;
  Timestamp at = parse_time("2024-03-01").value();
};

TEST(CoolDown, SitsOutTheBarsAfterALoss) {
  Protections only = Protections::none();
  only.cool_down_bars = 3;
  Story story{only};
  story.watch.on_exit(0, false, true);
  EXPECT_EQ(story.watch.forbids(0), Refusal::none) << "a win";
  story.watch.on_exit(0, true, true);
  EXPECT_EQ(story.watch.forbids(0), Refusal::cool_down) << "also in the bar of the loss";
  story.bar();
  EXPECT_EQ(story.sat_out(), 3);
}

TEST(StopLossGuard, CountsStopsWithinItsBars) {
  Protections only = Protections::none();
  only.guard_stops = 3;
  only.guard_lookback_bars = 10;
  only.guard_bars = 5;
  Story story{only};
  const auto stop_and_wait = [&](int bars) {
    story.watch.on_exit(0, true, true);
    for (int i = 0; i < bars; ++i) story.bar();
  };
  stop_and_wait(5);
  stop_and_wait(5);
  stop_and_wait(0);  // the first is ten bars ago
  EXPECT_EQ(story.watch.forbids(0), Refusal::none);
  story.bar();
  story.watch.on_exit(0, true, false);
  EXPECT_EQ(story.watch.forbids(0), Refusal::none) << "no stop";
  stop_and_wait(1);  // bars 6, 11 and 12
  EXPECT_EQ(story.watch.forbids(0), Refusal::stop_loss_guard);
  EXPECT_EQ(story.sat_out(), 5);
}

TEST(DrawdownHalt, EndsAfterItsDaysAndCountsFromThere) {
  Protections only = Protections::none();
  only.drawdown_percent = 20;
  only.drawdown_days = 2;
  Story story{only};
  EXPECT_FALSE(story.bar(1'500));
  EXPECT_FALSE(story.bar(1'201));
  EXPECT_TRUE(story.bar(1'200)) << "a fifth below 1500";
  EXPECT_EQ(story.watch.forbids(0), Refusal::drawdown_halt);
  for (int i = 0; i < 47; ++i) EXPECT_FALSE(story.bar(900));
  EXPECT_EQ(story.watch.forbids(0), Refusal::drawdown_halt);
  EXPECT_FALSE(story.bar(900)) << "900 is the peak now";
  EXPECT_EQ(story.watch.forbids(0), Refusal::none);
  EXPECT_TRUE(story.bar(720));
}

TEST(DailyLossHalt, LastsUntilTheNextDay) {
  Protections only = Protections::none();
  only.daily_loss_percent = 5;
  Story story{only};
  for (int hour = 1; hour < 10; ++hour) EXPECT_FALSE(story.bar(951));
  EXPECT_TRUE(story.bar(950));
  EXPECT_EQ(story.watch.forbids(0), Refusal::daily_loss_halt);
  for (int hour = 11; hour <= 24; ++hour) EXPECT_FALSE(story.bar(980)) << "told once a day";
  EXPECT_EQ(story.watch.forbids(0), Refusal::daily_loss_halt) << "the bar that closes at midnight";
  EXPECT_FALSE(story.bar(932)) << "980 is what the day began with";
  EXPECT_EQ(story.watch.forbids(0), Refusal::none);
  EXPECT_TRUE(story.bar(931));
}

TEST(Protections, AreOnByDefaultAndCanBeOff) {
  Story usual{Protections{}};
  usual.watch.on_exit(0, true, false);
  EXPECT_EQ(usual.watch.forbids(0), Refusal::cool_down);
  Story off{Protections::none()};
  for (int i = 0; i < 20; ++i) off.watch.on_exit(0, true, true);
  EXPECT_FALSE(off.bar(1));
  EXPECT_EQ(off.watch.forbids(0), Refusal::none);
}

TEST(Protections, NameTheNumberThatIsWrong) {
  const auto field = [](auto change) {
    Protections one;
    change(one);
    const auto checked = validate(one);
    return checked ? std::string{} : checked.error().field;
  };
  EXPECT_EQ(field([](auto&) {}), "");
  EXPECT_EQ(field([](auto& p) { p = Protections::none(); }), "");
  EXPECT_EQ(field([](auto& p) { p.cool_down_bars = -1; }), "protections.cool_down_bars");
  EXPECT_EQ(field([](auto& p) { p.guard_stops = kGuardStopsMost + 1; }), "protections.guard_stops");
  EXPECT_EQ(field([](auto& p) { p.guard_bars = 0; }), "protections.guard_bars");
  EXPECT_EQ(field([](auto& p) { p.drawdown_percent = 101; }), "protections.drawdown_percent");
  EXPECT_EQ(field([](auto& p) { p.drawdown_days = 0; }), "protections.drawdown_days");
  EXPECT_EQ(field([](auto& p) { p.daily_loss_percent = -1; }), "protections.daily_loss_percent");
}

}  // namespace
}  // namespace cw::trading
