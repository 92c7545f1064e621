#include "signals/score.h"

#include <algorithm>
#include <cmath>

namespace cw::signals {
namespace {

int sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }

/// The say of the higher timeframes.
double say_of(std::span<const HigherRating> higher) {
  double sum = 0;
  double weights = 0;
  double weight = 1;
  for (const auto& one : higher) {
    sum += weight * one.rating;
    weights += weight;
    weight /= 2;
  }
  return weights > 0 ? sum / weights : 0;
}

double confirmed(double rating, double say) {
  if (sign(rating) * sign(say) > 0) return rating + 0.25 * say * (1 - std::abs(rating));
  return rating * (1 - 0.5 * std::abs(say));
}

Agreement agreement_of(double rating, double say, std::span<const HigherRating> higher) {
  if (higher.empty()) return Agreement::none;
  const int way = sign(rating);
  const auto lean = [&](int side) {
    return std::ranges::any_of(higher, [side](const auto& one) { return sign(one.rating) == side; });
  };
  if (way * sign(say) > 0 && !lean(-way)) return Agreement::agree;
  return way * sign(say) < 0 && !lean(way) ? Agreement::against : Agreement::mixed;
}

/// The share of the weight of components, and of higher timeframes, that points the score's way.
double confidence_of(const Technical& technical, std::span<const HigherRating> higher, double score) {
  const int way = sign(score - 50);
  double components = 0;
  for (const auto& vote : technical.votes) {
    if (!std::isnan(vote.vote) && sign(vote.vote) == way) components += vote.weight;
  }
  if (higher.empty()) return std::min(components, 1.0);
  double agreeing = 0;
  double weights = 0;
  double weight = 1;
  for (const auto& one : higher) {
    if (sign(one.rating) == way) agreeing += weight;
    weights += weight;
    weight /= 2;
  }
  return std::min((1 - kHigherShare) * components + kHigherShare * (agreeing / weights), 1.0);
}

}  // namespace

std::string_view name(Direction direction) {
  switch (direction) {
    case Direction::strong_sell: return "strong_sell";
    case Direction::sell: return "sell";
    case Direction::neutral: return "neutral";
    case Direction::buy: return "buy";
    case Direction::strong_buy: return "strong_buy";
  }
  return {};
}

Direction direction_of(double score) {
  if (score < 20) return Direction::strong_sell;
  if (score < 40) return Direction::sell;
  if (score <= 60) return Direction::neutral;
  return score <= 80 ? Direction::buy : Direction::strong_buy;
}

std::string_view name(Agreement agreement) {
  switch (agreement) {
    case Agreement::none: return "none";
    case Agreement::agree: return "agree";
    case Agreement::mixed: return "mixed";
    case Agreement::against: return "against";
  }
  return {};
}

int side_of(Direction direction) { return sign(static_cast<int>(direction) - static_cast<int>(Direction::neutral)); }

Score score_of(const ComponentPlan& plan, const Technical& technical, Timestamp bar_time,
               std::span<const HigherRating> higher, const std::optional<Prediction>& prediction, double model_weight) {
  Score score;
  score.timeframe = plan.timeframe;
  score.bar_time = bar_time;
  auto& confirmation = score.confirmation;
  confirmation.higher.assign(higher.begin(), higher.end());
  confirmation.say = say_of(higher);
  confirmation.verdict = agreement_of(technical.rating, confirmation.say, higher);
  confirmation.aligned = sign(confirmation.say) * sign(technical.rating) > 0;
  confirmation.effect = 50 * (confirmed(technical.rating, confirmation.say) - technical.rating);
  for (const auto& vote : technical.votes) score.technical += vote.contribution;
  score.technical = std::clamp(score.technical + confirmation.effect, 0.0, 100.0);
  score.score = score.technical;
  if (prediction) {
    score.components_share = 1 - model_weight;
    score.model_effect = model_weight * (50 * (2 * prediction->probability_up - 1));
    score.score = 50;
    for (const auto& vote : technical.votes) score.score += score.components_share * vote.contribution;
    score.score += score.components_share * confirmation.effect;
    score.score = std::clamp(score.score + score.model_effect, 0.0, 100.0);
  }
  score.confidence = confidence_of(technical, higher, score.score);
  return score;
}

}  // namespace cw::signals
