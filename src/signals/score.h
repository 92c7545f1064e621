#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "signals/prediction.h"
#include "signals/technical.h"

namespace cw::signals {

/// What a score says. Below 20 strong_sell, below 40 sell, to 60 neutral, to 80 buy, above strong_buy.
enum class Direction : unsigned char { strong_sell, sell, neutral, buy, strong_buy };
inline constexpr std::array kDirections{Direction::strong_sell, Direction::sell, Direction::neutral, Direction::buy,
                                        Direction::strong_buy};
std::string_view name(Direction direction);
Direction direction_of(double score);
/// 1 for the buys, -1 for the sells, 0.
int side_of(Direction direction);

/// What a higher timeframe said at its newest closed bar.
struct HigherRating {
  market::Timeframe timeframe{};
  Timestamp bar_time{};  // its open time
  double rating = 0;     // of its components alone, -1 to 1
};

/// How the higher timeframes stand to a rating, in one word.
enum class Agreement : unsigned char {
  none,     // there are none
  agree,    // their say has its sign, and not one of them has the other
  mixed,    // some have it and some have the other, or none has any
  against,  // their say has the other sign, and not one of them has its
};
std::string_view name(Agreement agreement);

/// How the higher timeframes change a rating. Their mean, the nearest counting 1, the next 1/2, then 1/4 and so on, is their
/// say, -1 to 1. Where it has the rating's sign the rating goes a quarter of the say's size toward 1 (or -1); where it has
/// the other sign the rating shrinks by half of the say's size. Without either sign nothing changes.
struct Confirmation {
  bool aligned = false;  // there are higher timeframes and their say has the rating's sign
  Agreement verdict = Agreement::none;
  double say = 0;
  double effect = 0;  // score points
  std::vector<HigherRating> higher;
};

/// How much of the confidence the higher timeframes have, where there are any.
inline constexpr double kHigherShare = 0.25;

/// The score of one timeframe at one closed bar: 50 and the contributions of the components, in the document's order, of the
/// confirmation and of the model, added up one after the other. So it is 0 to 100 but for rounding, which is cut.
struct Score {
  market::Timeframe timeframe{};
  Timestamp bar_time{};  // open time of the bar
  double score = 50;
  double technical = 50;    // without the model
  double confidence = 0;    // 0 to 1: the share of vote weight that points the score's way
  double model_effect = 0;  // score points
  double components_share =
      1;  // what the model leaves to components and confirmation: their contributions are times this
  Confirmation confirmation;

  Direction direction() const { return direction_of(score); }
};

/// The weight of a model beside the components, 0 to 1.
inline constexpr double kModelWeightDefault = 0.3;

/// Scores a bar. `higher` holds the ratings of the higher timeframes that have one, the nearest first.
Score score_of(const ComponentPlan& plan, const Technical& technical, Timestamp bar_time,
               std::span<const HigherRating> higher, const std::optional<Prediction>& prediction = std::nullopt,
               double model_weight = kModelWeightDefault);

}  // namespace cw::signals
