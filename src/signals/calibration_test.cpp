#include "signals/calibration.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"

namespace cw::signals {
namespace {

/// Isotonic regression by its definition: of the fit at i, the greatest over j <= i of the least over k >= i of the mean of
/// j..k (Barlow et al., 1972).
std::vector<double> isotonic(const std::vector<double>& seen, const std::vector<double>& paid) {
  std::vector<double> fit(seen.size());
  for (std::size_t i = 0; i < seen.size(); ++i) {
    double greatest = -1;
    for (std::size_t j = 0; j <= i; ++j) {
      double least = 2;
      for (std::size_t k = i; k < seen.size(); ++k) {
        double n = 0;
        double s = 0;
        for (std::size_t m = j; m <= k; ++m) n += seen[m], s += paid[m];
        if (n > 0) least = std::min(least, s / n);
      }
      if (least <= 1) greatest = std::max(greatest, least);
    }
    fit[i] = greatest;
  }
  return fit;
}

/// The fit where stretches of one value with fewer than `least` outcomes go together with the stretch before them, the first
/// ones with what comes after them until they are enough.
std::vector<double> of_enough(const std::vector<double>& fit, const std::vector<double>& seen,
                              const std::vector<double>& paid, double least) {
  struct Stretch {
    std::size_t from, to;
    double n, s;
  };
  std::vector<Stretch> all;
  for (std::size_t i = 0; i < fit.size(); ++i) {
    if (!all.empty() && std::abs(fit[i] - fit[all.back().from]) < 1e-12) {
      all.back().to = i, all.back().n += seen[i], all.back().s += paid[i];
    } else {
      all.push_back({i, i, seen[i], paid[i]});
    }
  }
  for (bool joined = true; joined;) {
    joined = false;
    for (std::size_t k = 0; k + 1 < all.size() && !joined; ++k) {
      if (all[k].n >= least && all[k + 1].n >= least) continue;
      all[k] = {all[k].from, all[k + 1].to, all[k].n + all[k + 1].n, all[k].s + all[k + 1].s};
      all.erase(all.begin() + static_cast<std::ptrdiff_t>(k) + 1);
      joined = true;
    }
  }
  std::vector<double> out(fit.size());
  for (const auto& one : all)
    std::fill(out.begin() + static_cast<std::ptrdiff_t>(one.from),
              out.begin() + static_cast<std::ptrdiff_t>(one.to) + 1, one.s / one.n);
  return out;
}

TEST(Calibration, IsTheIsotonicRegressionOfWhatItHasSeen) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Random random{seed};
    Calibration calibration;
    std::vector<double> seen(Calibration::kBins);
    std::vector<double> paid(Calibration::kBins);
    const bool buys = random.chance(0.5);
    const auto score_of = [&](std::size_t bin) {
      const double beyond = Calibration::kBinPoints * (static_cast<double>(bin) + 0.5);
      return buys ? 60 + beyond : 40 - beyond;
    };
    const std::uint64_t outcomes = 200 + random.below(500);
    for (std::uint64_t n = 0; n < outcomes; ++n) {
      const std::size_t bin = random.below(random.chance(0.5) ? 5 : Calibration::kBins);
      const bool ended_well = random.chance(0.3 + 0.02 * static_cast<double>(bin));
      calibration.learn(score_of(bin), ended_well);
      seen[bin] += 1;
      paid[bin] += ended_well ? 1 : 0;
    }
    const auto wanted = of_enough(isotonic(seen, paid), seen, paid, Calibration::kBlockLeast);
    double before = 0;
    for (std::size_t bin = 0; bin < Calibration::kBins; ++bin) {
      const double told = calibration.probability(score_of(bin));
      EXPECT_GE(told, before);
      before = told;
      if (seen[bin] > 0) EXPECT_NEAR(told, wanted[bin], 1e-12) << "seed " << seed << " bin " << bin;
    }
  }
}

TEST(Calibration, TellsNothingUnderItsLeastAndOfNeutralScores) {
  Calibration calibration;
  for (std::uint32_t i = 0; i + 1 < Calibration::kLeast; ++i) calibration.learn(70, true);
  EXPECT_TRUE(std::isnan(calibration.probability(70)));
  calibration.learn(50, true);
  calibration.learn(30, true);
  EXPECT_TRUE(std::isnan(calibration.probability(70))) << "neither a neutral outcome nor a sell's is a buy's";
  calibration.learn(62, false);
  EXPECT_EQ(calibration.count(99), Calibration::kLeast);
  EXPECT_EQ(calibration.probability(60.5), 199.0 / 200) << "one trade is no chance of its own";
  EXPECT_EQ(calibration.probability(99), 199.0 / 200);
  for (std::uint32_t i = 1; i < Calibration::kBlockLeast; ++i) calibration.learn(62, false);
  EXPECT_EQ(calibration.probability(60.5), 0) << "the bin of 60 has not paid";
  EXPECT_EQ(calibration.probability(99), 1);
  EXPECT_TRUE(std::isnan(calibration.probability(55)));
  EXPECT_TRUE(std::isnan(calibration.probability(20)));
}

}  // namespace
}  // namespace cw::signals
