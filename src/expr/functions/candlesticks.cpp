#include "expr/functions/tables.h"
#include "indicators/patterns/candlestick/doji.h"
#include "indicators/patterns/candlestick/hammer.h"
#include "indicators/patterns/candlestick/lines.h"
#include "indicators/patterns/candlestick/pairs.h"
#include "indicators/patterns/candlestick/ranges.h"
#include "indicators/patterns/candlestick/stars.h"
#include "indicators/patterns/candlestick/triples.h"

namespace cw::expr {

using namespace indicators;

namespace {

/// What one candlestick's row says; the rest is the same for all.
struct Text {
  std::string_view name;
  std::string_view title;
  std::string_view summary;
  std::string_view units;
  std::string_view lookback;
  std::string_view example;
  std::string_view talib{};
};

constexpr std::string_view kAlways100 = "100 where the pattern is complete, else 0; it has no direction";
constexpr std::string_view kBullish = "100 (bullish) where the pattern is complete, else 0";
constexpr std::string_view kBearish = "-100 (bearish) where the pattern is complete, else 0";
constexpr std::string_view kColour =
    "100 of a white bar, -100 of a black one, 0 where there is none; not bullish and bearish";
constexpr std::string_view kEither = "100 bullish, -100 bearish, 0 none";
constexpr std::string_view kWeaker = "100 bullish, -100 bearish, 80 and -80 where the bodies share an end, 0 none";

Function row(const Text& text) {
  return {.name = text.name,
          .group = "Candlestick patterns",
          .title = text.title,
          .bar_fields = {BarField::Open, BarField::High, BarField::Low, BarField::Close},
          .outputs = {{"pattern", Type::Int}},
          .summary = text.summary,
          .units = text.units,
          .lookback = text.lookback,
          .nan_rule = "0 means none; only the look-back is NaN. A bar with a NaN is skipped.",
          .example = text.example,
          .talib = text.talib,
          .source = text.talib.empty() ? "docs/indicators/patterns.md" : "TA-Lib's default candle settings"};
}

template <class Pattern>
void add(std::vector<Function>& rows, const Text& text) {
  Function function = row(text);
  function.variable = true;
  function.make = [](const Settings&) { return kernel<Candlestick<Pattern>>(); };
  rows.push_back(std::move(function));
}

template <class Pattern>
void add_with_penetration(std::vector<Function>& rows, const Text& text) {
  Function function = row(text);
  function.parameters = {number_setting("penetration", Pattern{}.penetration, 0, 1, "Penetration of the body")};
  function.make = [](const Settings& s) { return kernel<Candlestick<Pattern>>(Pattern{s.number(0)}); };
  rows.push_back(std::move(function));
}

void add_single_bars(std::vector<Function>& rows) {
  add<Doji>(rows, {"pattern.doji", "Doji", "A body of at most a tenth of the mean range of the ten bars before.",
                   kAlways100, "10", "pattern.doji", "CDLDOJI"});
  add<DragonflyDoji>(
      rows, {"pattern.dragonfly_doji", "Dragonfly doji", "A doji with a lower shadow and no upper one to speak of.",
             kAlways100, "10", "pattern.dragonfly_doji", "CDLDRAGONFLYDOJI"});
  add<GravestoneDoji>(
      rows, {"pattern.gravestone_doji", "Gravestone doji", "A doji with an upper shadow and no lower one to speak of.",
             kAlways100, "10", "pattern.gravestone_doji", "CDLGRAVESTONEDOJI"});
  add<LongLeggedDoji>(rows, {"pattern.long_legged_doji", "Long-legged doji",
                             "A doji with a shadow longer than its body on either side.", kAlways100, "10",
                             "pattern.long_legged_doji", "CDLLONGLEGGEDDOJI"});
  add<Takuri>(rows, {"pattern.takuri", "Takuri",
                     "A doji without an upper shadow to speak of whose lower shadow is more than twice its body.",
                     kAlways100, "10", "pattern.takuri", "CDLTAKURI"});
  add<Marubozu>(rows, {"pattern.marubozu", "Marubozu", "A long body without shadows to speak of.", kColour, "10",
                       "pattern.marubozu", "CDLMARUBOZU"});
  add<ClosingMarubozu>(rows, {"pattern.closing_marubozu", "Closing marubozu",
                              "A long body without a shadow to speak of at the end where it closed.", kColour, "10",
                              "pattern.closing_marubozu", "CDLCLOSINGMARUBOZU"});
  add<BeltHold>(
      rows, {"pattern.belt_hold", "Belt hold", "A long body without a shadow to speak of at the end where it opened.",
             kColour, "10", "pattern.belt_hold", "CDLBELTHOLD"});
  add<SpinningTop>(rows, {"pattern.spinning_top", "Spinning top", "A short body between two shadows longer than it.",
                          kColour, "10", "pattern.spinning_top", "CDLSPINNINGTOP"});
  add<HighWave>(rows,
                {"pattern.high_wave", "High wave", "A short body between two shadows of more than twice its length.",
                 kColour, "10", "pattern.high_wave", "CDLHIGHWAVE"});
  add<LongLine>(rows, {"pattern.long_line", "Long line", "A long body between two short shadows.", kColour, "10",
                       "pattern.long_line", "CDLLONGLINE"});
  add<ShortLine>(rows, {"pattern.short_line", "Short line", "A short body between two short shadows.", kColour, "10",
                        "pattern.short_line", "CDLSHORTLINE"});
}

void add_hammers(std::vector<Function>& rows) {
  add<Hammer>(rows,
              {"pattern.hammer", "Hammer",
               "A short body, a lower shadow longer than it, no upper shadow to speak of, near or below the low of the "
               "bar before.",
               kBullish, "11", "pattern.hammer", "CDLHAMMER"});
  add<HangingMan>(
      rows, {"pattern.hanging_man", "Hanging man",
             "A short body, a lower shadow longer than it, no upper shadow to speak of, near or above the high of "
             "the bar before.",
             kBearish, "11", "pattern.hanging_man", "CDLHANGINGMAN"});
  add<InvertedHammer>(
      rows, {"pattern.inverted_hammer", "Inverted hammer",
             "A short body, an upper shadow longer than it, no lower shadow to speak of, the body below that of "
             "the bar before.",
             kBullish, "11", "pattern.inverted_hammer", "CDLINVERTEDHAMMER"});
  add<ShootingStar>(
      rows, {"pattern.shooting_star", "Shooting star",
             "A short body, an upper shadow longer than it, no lower shadow to speak of, the body above that of "
             "the bar before.",
             kBearish, "11", "pattern.shooting_star", "CDLSHOOTINGSTAR"});
}

void add_pairs(std::vector<Function>& rows) {
  add<Engulfing>(rows,
                 {"pattern.engulfing", "Engulfing", "A body that holds the whole body before it, of the other colour.",
                  kWeaker, "2", "pattern.engulfing", "CDLENGULFING"});
  add<Harami>(rows, {"pattern.harami", "Harami", "A body no longer than usual within the long body before it.", kWeaker,
                     "11", "pattern.harami", "CDLHARAMI"});
  add<HaramiCross>(rows, {"pattern.harami_cross", "Harami cross", "A doji within the long body before it.", kWeaker,
                          "11", "pattern.harami_cross", "CDLHARAMICROSS"});
  add<Piercing>(rows,
                {"pattern.piercing", "Piercing line",
                 "A long white bar that opens below the low of a long black one and closes within its body, above the "
                 "middle.",
                 kBullish, "11", "pattern.piercing", "CDLPIERCING"});
  add_with_penetration<DarkCloudCover>(
      rows,
      {"pattern.dark_cloud_cover", "Dark cloud cover",
       "A black bar that opens above the high of a long white one and closes within its body, more than `penetration` "
       "of the body below its top.",
       kBearish, "11", "pattern.dark_cloud_cover(0.5)", "CDLDARKCLOUDCOVER"});
  add<Kicking>(rows, {"pattern.kicking", "Kicking",
                      "Two marubozu of different colours with a gap between them, in the direction "
                      "of the second.",
                      kEither, "11", "pattern.kicking", "CDLKICKING"});
  add<MatchingLow>(rows,
                   {"pattern.matching_low", "Matching low",
                    "Two black bars that close at the same price, give or take 0.05 of the mean range of the five bars "
                    "before the first.",
                    kBullish, "6", "pattern.matching_low", "CDLMATCHINGLOW"});
  add<TweezerTop>(
      rows, {"pattern.tweezer_top", "Tweezer top",
             "A white bar, then a black one with the same high, give or take 0.05 of the mean range of the five bars "
             "before the first.",
             kBearish, "6", "pattern.tweezer_top"});
  add<TweezerBottom>(
      rows, {"pattern.tweezer_bottom", "Tweezer bottom",
             "A black bar, then a white one with the same low, give or take 0.05 of the mean range of the five "
             "bars before the first.",
             kBullish, "6", "pattern.tweezer_bottom"});
  add<InsideBar>(rows,
                 {"pattern.inside_bar", "Inside bar", "A lower high and a higher low than those of the bar before.",
                  kAlways100, "1", "pattern.inside_bar"});
  add<OutsideBar>(rows,
                  {"pattern.outside_bar", "Outside bar", "A higher high and a lower low than those of the bar before.",
                   kColour, "1", "pattern.outside_bar"});
}

void add_triples(std::vector<Function>& rows) {
  constexpr std::string_view kMorning =
      "A long black bar, a small body that gaps below it, and a white bar that closes more than `penetration` of the "
      "long body "
      "above its close.";
  constexpr std::string_view kEvening =
      "A long white bar, a small body that gaps above it, and a black bar that closes more than `penetration` of the "
      "long body "
      "below its close.";
  add_with_penetration<MorningStar>(rows, {"pattern.morning_star", "Morning star", kMorning, kBullish, "12",
                                           "pattern.morning_star(0.3)", "CDLMORNINGSTAR"});
  add_with_penetration<EveningStar>(rows, {"pattern.evening_star", "Evening star", kEvening, kBearish, "12",
                                           "pattern.evening_star(0.3)", "CDLEVENINGSTAR"});
  add_with_penetration<MorningDojiStar>(
      rows, {"pattern.morning_doji_star", "Morning doji star", "A morning star whose middle bar is a doji.", kBullish,
             "12", "pattern.morning_doji_star(0.3)", "CDLMORNINGDOJISTAR"});
  add_with_penetration<EveningDojiStar>(
      rows, {"pattern.evening_doji_star", "Evening doji star", "An evening star whose middle bar is a doji.", kBearish,
             "12", "pattern.evening_doji_star(0.3)", "CDLEVENINGDOJISTAR"});
  add<ThreeWhiteSoldiers>(
      rows, {"pattern.three_white_soldiers", "Three white soldiers",
             "Three white bars without upper shadows to speak of, each closing higher and opening within or "
             "near the body before.",
             kBullish, "12", "pattern.three_white_soldiers", "CDL3WHITESOLDIERS"});
  add<ThreeBlackCrows>(rows,
                       {"pattern.three_black_crows", "Three black crows",
                        "After a white bar, three black ones without lower shadows to speak of, each closing lower and "
                        "opening within the body before.",
                        kBearish, "13", "pattern.three_black_crows", "CDL3BLACKCROWS"});
  add<ThreeInside>(rows, {"pattern.three_inside", "Three inside up and down",
                          "A harami, then a bar that closes beyond where the long one opened.", kEither, "12",
                          "pattern.three_inside", "CDL3INSIDE"});
  add<ThreeOutside>(rows, {"pattern.three_outside", "Three outside up and down",
                           "An engulfing pair, then a bar that closes further on.", kEither, "3",
                           "pattern.three_outside", "CDL3OUTSIDE"});
}

}  // namespace

void add_candlesticks(std::vector<Function>& rows) {
  add_single_bars(rows);
  add_hammers(rows);
  add_pairs(rows);
  add_triples(rows);
}

}  // namespace cw::expr
