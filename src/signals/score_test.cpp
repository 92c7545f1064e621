#include "signals/score.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "base/random.h"
#include "signals/testing.h"

namespace cw::signals {
namespace {

using market::Timeframe;

const ComponentPlan& plan() { return testing::shipped_rules().plans[3]; }

/// A row of the plan's outputs with the same vote of every component.
std::vector<double> row_of(double vote, bool trend = true) {
  std::vector<double> row(plan().outputs(), 1.0);
  for (const auto& columns : plan().components) row[columns.vote] = vote;
  row[plan().trend] = trend ? 1 : 0;
  return row;
}

Technical technical_of(const std::vector<double>& row) {
  Technical technical;
  EXPECT_TRUE(read_technical(plan(), row, technical));
  return technical;
}

TEST(Direction, HasItsBordersWhereTheyAreStated) {
  EXPECT_EQ(direction_of(0), Direction::strong_sell);
  EXPECT_EQ(direction_of(std::nextafter(20, 0)), Direction::strong_sell);
  EXPECT_EQ(direction_of(20), Direction::sell);
  EXPECT_EQ(direction_of(std::nextafter(40, 0)), Direction::sell);
  EXPECT_EQ(direction_of(40), Direction::neutral);
  EXPECT_EQ(direction_of(60), Direction::neutral);
  EXPECT_EQ(direction_of(std::nextafter(60, 100)), Direction::buy);
  EXPECT_EQ(direction_of(80), Direction::buy);
  EXPECT_EQ(direction_of(std::nextafter(80, 100)), Direction::strong_buy);
  EXPECT_EQ(side_of(Direction::strong_sell), -1);
  EXPECT_EQ(side_of(Direction::neutral), 0);
  EXPECT_EQ(side_of(Direction::buy), 1);
}

TEST(Technical, AFamilyHasOneVoiceWhoseWeightIsTheRegimes) {
  for (const bool trend : {true, false}) {
    const auto technical = technical_of(row_of(1, trend));
    EXPECT_EQ(technical.regime, trend ? Regime::trend : Regime::range);
    std::vector<double> shares(plan().document->families.size());
    double all = 0;
    for (std::size_t i = 0; i < technical.votes.size(); ++i) {
      shares[plan().document->components[i].family] += technical.votes[i].weight;
      all += technical.votes[i].weight;
    }
    EXPECT_NEAR(all, 1, 1e-12);
    double weights = 0;
    for (const auto& family : plan().document->families) weights += trend ? family.trend : family.range;
    for (std::size_t f = 0; f < shares.size(); ++f) {
      const auto& family = plan().document->families[f];
      EXPECT_NEAR(shares[f], (trend ? family.trend : family.range) / weights, 1e-12) << family.name;
    }
    EXPECT_NEAR(technical.rating, 1, 1e-12);
  }
}

TEST(Technical, ASilentComponentLeavesItsWeightToItsFamily) {
  auto row = row_of(1);
  row[plan().components[0].vote] = std::numeric_limits<double>::quiet_NaN();
  const auto technical = technical_of(row);
  EXPECT_EQ(technical.votes[0].weight, 0);
  double all = 0;
  for (const auto& vote : technical.votes) all += vote.weight;
  EXPECT_NEAR(all, 1, 1e-12);
  Technical nothing;
  EXPECT_FALSE(read_technical(plan(), row_of(std::numeric_limits<double>::quiet_NaN()), nothing));
}

TEST(Technical, VotesBeyondOneAreCut) {
  EXPECT_NEAR(technical_of(row_of(7)).rating, 1, 1e-12);
  EXPECT_NEAR(technical_of(row_of(-7)).rating, -1, 1e-12);
}

TEST(Score, ContributionsAddUpAndTheModelIsOneOfThem) {
  Random random{7};
  const auto unit = [&random] { return static_cast<double>(random.below(2'000'001)) / 1e6 - 1; };
  for (int n = 0; n < 2'000; ++n) {
    auto row = row_of(0, random.chance(0.5));
    for (const auto& columns : plan().components) row[columns.vote] = random.chance(0.1) ? std::nan("") : unit();
    const auto technical = technical_of(row);
    std::vector<HigherRating> higher;
    for (std::uint64_t i = random.below(3); i > 0; --i) higher.push_back({Timeframe::h4, {}, unit()});
    std::optional<Prediction> prediction;
    if (random.chance(0.5)) prediction = Prediction{(unit() + 1) / 2, Horizon::h4, "m", {}};
    const auto score = score_of(plan(), technical, {}, higher, prediction);
    double sum = 50;
    for (const auto& vote : technical.votes) sum += score.components_share * vote.contribution;
    sum += score.components_share * score.confirmation.effect;
    sum += score.model_effect;
    ASSERT_EQ(score.score, sum) << n;
    ASSERT_GE(score.score, 0);
    ASSERT_LE(score.score, 100);
    ASSERT_GE(score.confidence, 0);
    ASSERT_LE(score.confidence, 1);
    if (!prediction) ASSERT_EQ(score.score, score.technical);
  }
}

TEST(Score, HigherTimeframesRaiseWhatTheyShareAndDampWhatTheyDoNot) {
  const auto technical = technical_of(row_of(0.4));
  const auto alone = score_of(plan(), technical, {}, {});
  EXPECT_NEAR(alone.score, 70, 1e-9);
  EXPECT_FALSE(alone.confirmation.aligned);
  EXPECT_EQ(alone.confirmation.effect, 0);

  const std::vector<HigherRating> agreeing{{Timeframe::h4, {}, 0.6}, {Timeframe::d1, {}, 0.3}};
  const auto raised = score_of(plan(), technical, {}, agreeing);
  EXPECT_TRUE(raised.confirmation.aligned);
  EXPECT_NEAR(raised.confirmation.say, (0.6 + 0.15) / 1.5, 1e-12);
  EXPECT_NEAR(raised.score, 50 + 50 * (0.4 + 0.25 * 0.5 * 0.6), 1e-9);

  const std::vector<HigherRating> against{{Timeframe::h4, {}, -0.6}};
  const auto damped = score_of(plan(), technical, {}, against);
  EXPECT_FALSE(damped.confirmation.aligned);
  EXPECT_NEAR(damped.score, 50 + 50 * (0.4 * 0.7), 1e-9);
  EXPECT_GT(raised.confidence, damped.confidence);

  const auto down = score_of(plan(), technical_of(row_of(-0.4)), {}, against);
  EXPECT_NEAR(down.score, 50 - 50 * (0.4 + 0.25 * 0.6 * 0.6), 1e-9) << "the same downward";
}

TEST(Score, SaysHowTheHigherTimeframesStandToIt) {
  const auto verdict = [](double rating, std::vector<double> ratings) {
    std::vector<HigherRating> higher;
    for (const double one : ratings) higher.push_back({Timeframe::h4, {}, one});
    const auto score = score_of(plan(), technical_of(row_of(rating)), {}, higher);
    if (score.confirmation.verdict == Agreement::agree) EXPECT_TRUE(score.confirmation.aligned);
    if (score.confirmation.verdict == Agreement::against) EXPECT_FALSE(score.confirmation.aligned);
    return score.confirmation.verdict;
  };
  for (const double way : {1.0, -1.0}) {
    EXPECT_EQ(verdict(0.4 * way, {}), Agreement::none);
    EXPECT_EQ(verdict(0.4 * way, {0.1 * way}), Agreement::agree);
    EXPECT_EQ(verdict(0.4 * way, {0.6 * way, -0.3 * way}), Agreement::mixed) << "though aligned as a whole";
    EXPECT_EQ(verdict(0.4 * way, {-0.6 * way, 0.3 * way}), Agreement::mixed);
    EXPECT_EQ(verdict(0.4 * way, {-0.6 * way, -0.3 * way}), Agreement::against);
    EXPECT_EQ(verdict(0.4 * way, {-0.6 * way, 0}), Agreement::against);
    EXPECT_EQ(verdict(0.4 * way, {0}), Agreement::mixed);
    EXPECT_EQ(verdict(0, {0.6 * way}), Agreement::mixed);
  }
}

TEST(Score, ConfidenceIsTheShareThatPointsItsWay) {
  auto row = row_of(1, true);
  for (std::size_t i = 0; i < plan().components.size(); ++i) {
    if (plan().document->families[plan().document->components[i].family].name == "oscillators")
      row[plan().components[i].vote] = -1;
  }
  const auto technical = technical_of(row);
  double against = 0;
  for (const auto& vote : technical.votes) against += vote.vote < 0 ? vote.weight : 0;
  EXPECT_NEAR(score_of(plan(), technical, {}, {}).confidence, 1 - against, 1e-12);
}

TEST(Reasons, SayTheNumbers) {
  auto row = row_of(0.5);
  const auto& rsi = plan().components[5];
  row[rsi.value] = 23.456;
  auto technical = technical_of(row);
  EXPECT_EQ(reason_text(plan(), 5, technical.votes[5], row), "RSI 23.5 is low");
  row[plan().components[0].value] = -0.04;
  row[plan().components[0].numbers[0]] = 73369.954;
  technical = technical_of(row);
  EXPECT_EQ(reason_text(plan(), 0, technical.votes[0], row),
            "the price is 0.0 ATR from its EMA 50; EMA 20, 50, 200 stand at 73370, 1.0000, 1.0000");
}

}  // namespace
}  // namespace cw::signals
