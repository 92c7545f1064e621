#include <gtest/gtest.h>

#include "indicators/patterns/candlestick/doji.h"
#include "indicators/patterns/candlestick/hammer.h"
#include "indicators/patterns/candlestick/lines.h"
#include "indicators/patterns/candlestick/pairs.h"
#include "indicators/patterns/candlestick/ranges.h"
#include "indicators/patterns/candlestick/stars.h"
#include "indicators/patterns/candlestick/triples.h"
#include "indicators/testing.h"

namespace cw::indicators {
namespace {

struct Bar {
  double open, high, low, close;
};

/// What `pattern` says of the last of `bars`, after 13 usual ones: white and black in turn around 100, body 2, each shadow
/// 1, range 4. So beside them a body over 2 is long, one of 0.4 or less a doji's, a shadow under 0.4 none; near is 0.8, far
/// 2.4, equal 0.2 (while the bars before are the usual ones).
template <class Pattern>
double after_usual_bars(std::initializer_list<Bar> bars, Pattern pattern = {}) {
  Candlestick<Pattern> kernel{pattern};
  for (int i = 0; i < 13; ++i) (void)(i % 2 == 0 ? kernel.step(99, 102, 98, 101) : kernel.step(101, 102, 98, 99));
  double answer = kNaN;
  for (const Bar& bar : bars) answer = kernel.step(bar.open, bar.high, bar.low, bar.close);
  return answer;
}

template <class... Pattern>
void expect_all_sound(Pattern... patterns) {
  (testing::expect_sound(Candlestick<Pattern>{patterns}, "ohlc"), ...);
}

TEST(Candlesticks, OfOneBarKeepTheKernelsPromises) {
  expect_all_sound(Doji{}, DragonflyDoji{}, GravestoneDoji{}, LongLeggedDoji{}, Takuri{}, Marubozu{}, ClosingMarubozu{},
                   BeltHold{}, SpinningTop{}, HighWave{}, LongLine{}, ShortLine{}, Hammer{}, HangingMan{},
                   InvertedHammer{}, ShootingStar{});
}

TEST(Candlesticks, OfMoreBarsKeepTheKernelsPromises) {
  expect_all_sound(Engulfing{}, Harami{}, HaramiCross{}, Piercing{}, DarkCloudCover{}, Kicking{}, MatchingLow{},
                   TweezerTop{}, TweezerBottom{}, InsideBar{}, OutsideBar{}, MorningStar{}, EveningStar{},
                   MorningDojiStar{}, EveningDojiStar{}, ThreeInside{}, ThreeOutside{}, ThreeWhiteSoldiers{},
                   ThreeBlackCrows{});
}

// Longer than a chunk of the run over columns, with a NaN in the second one.
TEST(Candlesticks, AnswerLongColumnsAsTheyAnswerBarByBar) {
  testing::Bars bars = testing::walk("long", 10'000, 1, 0.01, 9);
  bars.low[6'000] = kNaN;
  const auto in = testing::columns_of<Candlestick<Harami>>(bars, "ohlc");
  const auto whole = testing::run_whole(Candlestick<Harami>{}, in, bars.size());
  Candlestick<Harami> streamed;
  int found = 0;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const double answer = streamed.step(bars.open[i], bars.high[i], bars.low[i], bars.close[i]);
    ASSERT_TRUE(testing::same_bits(answer, whole[0][i])) << i;
    found += answer == 100 || answer == -100 || answer == 80 || answer == -80 ? 1 : 0;
  }
  EXPECT_GT(found, 10);
  EXPECT_TRUE(is_nan(whole[0][6'000]));
}

// An answer is that of the bars it looks at: what was before, however large, leaves no trace.
TEST(Candlesticks, RememberNothingBeyondTheirLookBack) {
  const testing::Bars bars = testing::walk("short", 40, 1, 0.01, 10);
  Candlestick<Hammer> fresh;
  Candlestick<Hammer> old;
  for (int i = 0; i < 100; ++i) (void)old.step(1e300, 1.5e300, 1e299, 1.1e300);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const double a = fresh.step(bars.open[i], bars.high[i], bars.low[i], bars.close[i]);
    const double b = old.step(bars.open[i], bars.high[i], bars.low[i], bars.close[i]);
    if (i >= 11) EXPECT_EQ(a, b);
  }
}

TEST(Doji, HasABodyOfAtMostATenthOfTheUsualRange) {
  EXPECT_EQ(after_usual_bars<Doji>({{100, 101, 99, 100.25}}), 100);
  EXPECT_EQ(after_usual_bars<Doji>({{100, 101, 99, 99.75}}), 100);
  EXPECT_EQ(after_usual_bars<Doji>({{100, 101, 99, 100.5}}), 0);
}

TEST(Doji, IsADragonflyAboveItsShadowAndAGravestoneBelowIt) {
  const std::initializer_list<Bar> dragonfly{{100, 100.25, 98, 100.25}};
  const std::initializer_list<Bar> gravestone{{100, 102, 99.75, 99.75}};
  const std::initializer_list<Bar> between{{100, 101, 99, 100}};
  EXPECT_EQ(after_usual_bars<DragonflyDoji>(dragonfly), 100);
  EXPECT_EQ(after_usual_bars<DragonflyDoji>(gravestone), 0);
  EXPECT_EQ(after_usual_bars<GravestoneDoji>(gravestone), 100);
  EXPECT_EQ(after_usual_bars<GravestoneDoji>(between), 0);
  EXPECT_EQ(after_usual_bars<LongLeggedDoji>(between), 100);
  EXPECT_EQ(after_usual_bars<LongLeggedDoji>({{100, 100.25, 99.875, 100.25}}), 0);
  EXPECT_EQ(after_usual_bars<Takuri>(dragonfly), 100);
  EXPECT_EQ(after_usual_bars<Takuri>({{100, 100.25, 99.5, 100.25}}), 0);  // the shadow is twice the body, not more
}

TEST(Lines, AreToldByWhatIsLongBesideTheBarsBefore) {
  EXPECT_EQ(after_usual_bars<Marubozu>({{98, 102.25, 97.75, 102}}), 100);
  EXPECT_EQ(after_usual_bars<Marubozu>({{102, 102.25, 97.75, 98}}), -100);
  EXPECT_EQ(after_usual_bars<Marubozu>({{98, 103, 97.75, 102}}), 0);
  EXPECT_EQ(after_usual_bars<Marubozu>({{99, 101.25, 98.75, 101}}), 0);  // a usual body is not long
  EXPECT_EQ(after_usual_bars<ClosingMarubozu>({{98, 102.25, 97, 102}}), 100);
  EXPECT_EQ(after_usual_bars<ClosingMarubozu>({{98, 103, 97.75, 102}}), 0);
  EXPECT_EQ(after_usual_bars<BeltHold>({{98, 103, 97.75, 102}}), 100);
  EXPECT_EQ(after_usual_bars<BeltHold>({{102, 102.25, 97, 98}}), -100);
  EXPECT_EQ(after_usual_bars<BeltHold>({{98, 102.25, 97, 102}}), 0);
  EXPECT_EQ(after_usual_bars<SpinningTop>({{100, 102.5, 98.5, 101}}), 100);
  EXPECT_EQ(after_usual_bars<SpinningTop>({{101, 102, 98.5, 100}}), 0);  // the upper shadow is no longer than the body
  EXPECT_EQ(after_usual_bars<HighWave>({{101, 103.5, 97.5, 100}}), -100);
  EXPECT_EQ(after_usual_bars<HighWave>({{101, 103, 97.5, 100}}), 0);
  EXPECT_EQ(after_usual_bars<LongLine>({{98, 102.5, 97.5, 102}}), 100);
  EXPECT_EQ(after_usual_bars<LongLine>({{98, 103, 97.5, 102}}), 0);  // a usual shadow is not short
  EXPECT_EQ(after_usual_bars<ShortLine>({{101, 101.5, 99.5, 100}}), -100);
  EXPECT_EQ(after_usual_bars<ShortLine>({{101, 102.5, 99.5, 100}}), 0);
}

// The bar before is a usual one: low 98, high 102, body 99 to 101.
TEST(Hammer, IsToldFromAHangingManByWhereItStands) {
  const std::initializer_list<Bar> at_the_low{{98.75, 99.25, 97, 99.25}};  // the body's bottom within 0.8 of the low
  const std::initializer_list<Bar> at_the_high{{101.5, 102, 99, 102}};     // the body's bottom within 0.8 of the high
  const std::initializer_list<Bar> between{{100, 100.5, 98, 100.5}};
  EXPECT_EQ(after_usual_bars<Hammer>(at_the_low), 100);
  EXPECT_EQ(after_usual_bars<HangingMan>(at_the_low), 0);
  EXPECT_EQ(after_usual_bars<Hammer>(at_the_high), 0);
  EXPECT_EQ(after_usual_bars<HangingMan>(at_the_high), -100);
  EXPECT_EQ(after_usual_bars<Hammer>(between), 0);
  EXPECT_EQ(after_usual_bars<HangingMan>(between), 0);
  EXPECT_EQ(after_usual_bars<Hammer>({{98.75, 99.75, 97, 99.25}}), 0);  // an upper shadow
}

TEST(InvertedHammer, IsBelowTheBodyBeforeAndAShootingStarAboveIt) {
  const std::initializer_list<Bar> below{{98, 100, 98, 98.5}};
  const std::initializer_list<Bar> above{{101.5, 103.5, 101.5, 102}};
  EXPECT_EQ(after_usual_bars<InvertedHammer>(below), 100);
  EXPECT_EQ(after_usual_bars<InvertedHammer>(above), 0);
  EXPECT_EQ(after_usual_bars<ShootingStar>(above), -100);
  EXPECT_EQ(after_usual_bars<ShootingStar>(below), 0);
  EXPECT_EQ(after_usual_bars<ShootingStar>({{101, 103, 101, 101.5}}), 0);  // touching is no gap
}

TEST(Engulfing, HoldsTheBodyBeforeAndIsWeakerWhereAnEndIsShared) {
  EXPECT_EQ(after_usual_bars<Engulfing>({{101, 102, 98, 99}, {98.5, 102, 98, 101.5}}), 100);
  EXPECT_EQ(after_usual_bars<Engulfing>({{101, 102, 98, 99}, {99, 102, 98, 101.5}}), 80);
  EXPECT_EQ(after_usual_bars<Engulfing>({{99, 102, 98, 101}, {101.5, 102, 98, 98.5}}), -100);
  EXPECT_EQ(after_usual_bars<Engulfing>({{99, 102, 98, 101}, {101.5, 102, 98, 99}}), -80);
  EXPECT_EQ(after_usual_bars<Engulfing>({{101, 102, 98, 99}, {99, 102, 98, 101}}), 0);      // equal bodies
  EXPECT_EQ(after_usual_bars<Engulfing>({{99, 102, 98, 101}, {98.5, 102, 98, 101.5}}), 0);  // of one colour
}

TEST(Harami, LiesWithinALongBodyAndSpeaksAgainstIt) {
  EXPECT_EQ(after_usual_bars<Harami>({{103, 104, 97, 98}, {100, 102, 99, 101}}), 100);
  EXPECT_EQ(after_usual_bars<Harami>({{98, 104, 97, 103}, {101, 102, 99, 100}}), -100);
  EXPECT_EQ(after_usual_bars<Harami>({{103, 104, 97, 98}, {98, 102, 97, 99}}), 80);
  EXPECT_EQ(after_usual_bars<Harami>({{103, 104, 97, 98}, {97.5, 102, 97, 99}}), 0);
  EXPECT_EQ(after_usual_bars<Harami>({{101, 102, 98, 99}, {99.5, 102, 98, 100}}), 0);  // within a usual body
  EXPECT_EQ(after_usual_bars<HaramiCross>({{103, 104, 97, 98}, {100, 102, 99, 100.25}}), 100);
  EXPECT_EQ(after_usual_bars<HaramiCross>({{98, 104, 97, 103}, {103, 104, 99, 102.75}}), -80);
  EXPECT_EQ(after_usual_bars<HaramiCross>({{103, 104, 97, 98}, {100, 102, 99, 101}}), 0);
}

TEST(Piercing, ClosesAboveTheMiddleOfTheLongBlackBody) {
  EXPECT_EQ(after_usual_bars<Piercing>({{103, 104, 97, 98}, {96, 102, 96, 101}}), 100);
  EXPECT_EQ(after_usual_bars<Piercing>({{103, 104, 97, 98}, {96, 102, 96, 100.5}}), 0);  // the middle itself
  EXPECT_EQ(after_usual_bars<Piercing>({{103, 104, 97, 98}, {97, 102, 96, 101}}), 0);    // opens at the low
  EXPECT_EQ(after_usual_bars<Piercing>({{103, 104, 97, 98}, {96, 104, 96, 103}}), 0);    // closes at its open
}

TEST(DarkCloudCover, ReachesAsDeepAsItIsAskedTo) {
  const std::initializer_list<Bar> half{{98, 104, 97, 103}, {105, 106, 100, 100}};
  EXPECT_EQ(after_usual_bars<DarkCloudCover>(half), -100);
  EXPECT_EQ(after_usual_bars<DarkCloudCover>(half, {.penetration = 0.6}), 0);  // 3 of 5 is not more than 0.6
  EXPECT_EQ(after_usual_bars<DarkCloudCover>({{98, 104, 97, 103}, {104, 106, 100, 100}}), 0);
}

TEST(Kicking, IsTwoMarubozuWithAGap) {
  EXPECT_EQ(after_usual_bars<Kicking>({{103, 103, 98, 98}, {104, 109, 104, 109}}), 100);
  EXPECT_EQ(after_usual_bars<Kicking>({{98, 103, 98, 103}, {97, 97, 92, 92}}), -100);
  EXPECT_EQ(after_usual_bars<Kicking>({{103, 103, 98, 98}, {103, 109, 103, 109}}), 0);
  EXPECT_EQ(after_usual_bars<Kicking>({{103, 104, 98, 98}, {105, 110, 105, 110}}), 0);
}

TEST(MatchingLow, IsTwoBlackBarsThatCloseAlike) {
  EXPECT_EQ(after_usual_bars<MatchingLow>({{101, 102, 98, 99}, {102, 103, 98, 99.125}}), 100);
  EXPECT_EQ(after_usual_bars<MatchingLow>({{101, 102, 98, 99}, {102, 103, 98, 99.25}}), 0);
  EXPECT_EQ(after_usual_bars<MatchingLow>({{98, 102, 98, 99}, {102, 103, 98, 99}}), 0);
}

TEST(Tweezers, ShareAHighOrALow) {
  EXPECT_EQ(after_usual_bars<TweezerTop>({{99, 104, 98, 101}, {101, 103.875, 97, 99}}), -100);
  EXPECT_EQ(after_usual_bars<TweezerTop>({{99, 104, 98, 101}, {101, 103.75, 97, 99}}), 0);
  EXPECT_EQ(after_usual_bars<TweezerTop>({{101, 104, 98, 99}, {101, 104, 97, 99}}), 0);
  EXPECT_EQ(after_usual_bars<TweezerBottom>({{101, 103, 97, 99}, {99, 104, 97.125, 101}}), 100);
  EXPECT_EQ(after_usual_bars<TweezerBottom>({{101, 103, 97, 99}, {99, 104, 96.75, 101}}), 0);
  EXPECT_EQ(after_usual_bars<TweezerBottom>({{101, 103, 97, 99}, {101, 104, 97, 99}}), 0);
}

TEST(InsideBar, StaysWithinTheBarBeforeAndAnOutsideBarLeavesItOnBothSides) {
  EXPECT_EQ(after_usual_bars<InsideBar>({{100, 104, 96, 101}, {100, 103, 97, 99}}), 100);
  EXPECT_EQ(after_usual_bars<InsideBar>({{100, 104, 96, 101}, {100, 104, 97, 99}}), 0);
  EXPECT_EQ(after_usual_bars<OutsideBar>({{100, 104, 96, 101}, {100, 105, 95, 101}}), 100);
  EXPECT_EQ(after_usual_bars<OutsideBar>({{100, 104, 96, 101}, {100, 105, 95, 99}}), -100);
  EXPECT_EQ(after_usual_bars<OutsideBar>({{100, 104, 96, 101}, {100, 105, 96, 99}}), 0);
}

// The long body is 5, so 0.3 of it is 1.5: a morning star's close must be above 99.5, an evening star's below 101.5.
TEST(Stars, TurnAMoveRoundAfterASmallBodyBeyondIt) {
  const Bar fall{103, 104, 97, 98};
  const Bar rise{98, 104, 97, 103};
  EXPECT_EQ(after_usual_bars<MorningStar>({fall, {97, 98, 96, 96.5}, {96.5, 103, 96, 102}}), 100);
  EXPECT_EQ(after_usual_bars<MorningStar>({fall, {97, 98, 96, 96.5}, {96, 103, 96, 99.5}}), 0);
  EXPECT_EQ(after_usual_bars<MorningStar>({fall, {97, 98, 96, 96.5}, {96, 103, 96, 99.5}}, {.penetration = 0.25}), 100);
  EXPECT_EQ(after_usual_bars<MorningStar>({fall, {98, 98, 96, 96.5}, {96.5, 103, 96, 102}}), 0);  // no gap
  EXPECT_EQ(after_usual_bars<MorningDojiStar>({fall, {97, 98, 96, 97}, {97, 103, 96, 102}}), 100);
  EXPECT_EQ(after_usual_bars<MorningDojiStar>({fall, {97, 98, 96, 96}, {97, 103, 96, 102}}), 0);
  EXPECT_EQ(after_usual_bars<EveningStar>({rise, {104, 105, 103, 104.5}, {104, 105, 98, 99}}), -100);
  EXPECT_EQ(after_usual_bars<EveningStar>({rise, {104, 105, 103, 104.5}, {105, 105, 98, 101.5}}), 0);
  EXPECT_EQ(after_usual_bars<EveningStar>({rise, {103, 105, 103, 104.5}, {104, 105, 98, 99}}), 0);
  EXPECT_EQ(after_usual_bars<EveningDojiStar>({rise, {104, 105, 103, 104}, {104, 105, 98, 99}}), -100);
  EXPECT_EQ(after_usual_bars<EveningDojiStar>({rise, {104, 105, 103, 105}, {104, 105, 98, 99}}), 0);
}

TEST(ThreeInside, ClosesBeyondWhereTheLongBodyBegan) {
  EXPECT_EQ(after_usual_bars<ThreeInside>({{103, 104, 97, 98}, {99, 102, 98, 100}, {100, 105, 99, 104}}), 100);
  EXPECT_EQ(after_usual_bars<ThreeInside>({{103, 104, 97, 98}, {99, 102, 98, 100}, {100, 105, 99, 103}}), 0);
  EXPECT_EQ(after_usual_bars<ThreeInside>({{98, 104, 97, 103}, {101, 102, 98, 100}, {100, 105, 96, 97}}), -100);
  EXPECT_EQ(after_usual_bars<ThreeInside>({{98, 104, 97, 103}, {101, 103, 98, 103}, {100, 105, 96, 97}}), 0);
}

TEST(ThreeOutside, GoesOnWhereTheEngulfingBodyClosed) {
  EXPECT_EQ(after_usual_bars<ThreeOutside>({{101, 102, 98, 99}, {98.5, 102, 98, 101.5}, {101, 103, 100, 102}}), 100);
  EXPECT_EQ(after_usual_bars<ThreeOutside>({{101, 102, 98, 99}, {98.5, 102, 98, 101.5}, {101, 103, 100, 101.5}}), 0);
  EXPECT_EQ(after_usual_bars<ThreeOutside>({{99, 102, 98, 101}, {101.5, 102, 98, 98.5}, {99, 103, 97, 98}}), -100);
  EXPECT_EQ(after_usual_bars<ThreeOutside>({{101, 102, 98, 99}, {99, 102, 98, 101.5}, {101, 103, 100, 102}}), 0);
}

TEST(ThreeWhiteSoldiers, MarchUpWithoutUpperShadows) {
  EXPECT_EQ(after_usual_bars<ThreeWhiteSoldiers>({{99, 102, 98, 102}, {101, 104, 100, 104}, {103, 106, 102, 106}}),
            100);
  EXPECT_EQ(after_usual_bars<ThreeWhiteSoldiers>({{99, 102, 98, 102}, {101, 105, 100, 104}, {103, 106, 102, 106}}), 0);
  EXPECT_EQ(after_usual_bars<ThreeWhiteSoldiers>({{99, 102, 98, 102}, {101, 104, 100, 104}, {105, 108, 102, 108}}), 0);
}

TEST(ThreeBlackCrows, FlyDownFromAWhiteBarWithoutLowerShadows) {
  const Bar white{99, 102, 98, 101};
  EXPECT_EQ(after_usual_bars<ThreeBlackCrows>({white, {101, 102, 98, 98}, {100, 101, 96, 96}, {98, 99, 94, 94}}), -100);
  EXPECT_EQ(after_usual_bars<ThreeBlackCrows>({white, {101, 102, 98, 98}, {100, 101, 95, 96}, {98, 99, 94, 94}}), 0);
  EXPECT_EQ(
      after_usual_bars<ThreeBlackCrows>({{101, 102, 98, 99}, {101, 102, 98, 98}, {100, 101, 96, 96}, {98, 99, 94, 94}}),
      0);
}

}  // namespace
}  // namespace cw::indicators
