#include "backtest/robustness/overfitting.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "backtest/statistics.h"
#include "base/require.h"

namespace cw::backtest {
namespace {

constexpr std::size_t kMostBlocks = 20;

/// Halves of the blocks as bits, each beside the rest; of the two that make one cut only that with block 0.
std::vector<std::uint32_t> halves(std::size_t blocks) {
  std::vector<std::uint32_t> found;
  for (std::uint32_t bits = 1; bits < (1U << blocks); bits += 2) {
    if (static_cast<std::size_t>(std::popcount(bits)) == blocks / 2) found.push_back(bits);
  }
  return found;
}

/// The rank of one among all, 1 the worst; equal ones share theirs.
double rank_of(std::span<const double> all, double one) {
  double less = 0;
  double equal = 0;
  for (const double value : all) {
    less += value < one ? 1 : 0;
    equal += value == one ? 1 : 0;
  }
  return less + (equal + 1) / 2;
}

struct Pick {
  double inside;
  double outside;
};

double slope_of(const std::vector<Pick>& picks) {
  double x = 0;
  double y = 0;
  for (const auto& pick : picks) x += pick.inside, y += pick.outside;
  x /= static_cast<double>(picks.size());
  y /= static_cast<double>(picks.size());
  double together = 0;
  double squares = 0;
  for (const auto& pick : picks) {
    together += (pick.inside - x) * (pick.outside - y);
    squares += (pick.inside - x) * (pick.inside - x);
  }
  return squares > 0 ? together / squares : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

Result<OverfittingTable> OverfittingTable::make(std::size_t bars, std::size_t blocks) {
  const auto bad = [](const std::string& why) {
    return std::unexpected(Error{Errc::bad_parameter, "blocks: " + why, {}, "blocks"});
  };
  if (blocks < 4 || blocks > kMostBlocks || blocks % 2 != 0) {
    return bad(fmt::format("{} is no even number in 4..{}", blocks, kMostBlocks));
  }
  if (bars / blocks < kLeastBarsOfBlock) {
    return bad(fmt::format("{} of {} bars are under {} bars each", blocks, bars, kLeastBarsOfBlock));
  }
  return OverfittingTable(bars, blocks);
}

OverfittingTable::Variant OverfittingTable::variant_of(std::span<const double> returns) const {
  CW_REQUIRE(returns.size() == bars_);
  const Moments whole = moments(returns);
  const double smallest = 1e-10 * whole.largest;
  Variant variant{.mean = whole.mean, .least = smallest * smallest};
  for (std::size_t block = 0; block < blocks(); ++block) {
    double sum = 0;
    double squares = 0;
    for (std::size_t i = begin_of(block); i < begin_of(block + 1); ++i) {
      const double d = returns[i] - whole.mean;
      sum += d;
      squares += d * d;
    }
    variant.sums.push_back(sum);
    variant.squares.push_back(squares);
  }
  return variant;
}

void OverfittingTable::add(const Variant& variant) {
  CW_REQUIRE(variant.sums.size() == blocks() && variant.squares.size() == blocks());
  base_.push_back(variant.mean);
  least_.push_back(variant.least);
  for (std::size_t block = 0; block < blocks(); ++block) {
    sums_[block].push_back(variant.sums[block]);
    squares_[block].push_back(variant.squares[block]);
  }
}

void OverfittingTable::sharpe_of_half(std::uint32_t half, std::vector<double>& sharpe,
                                      std::vector<double>& scratch) const {
  std::ranges::fill(sharpe, 0);
  std::ranges::fill(scratch, 0);
  double n = 0;
  for (std::size_t block = 0; block < sums_.size(); ++block) {
    if ((half >> block & 1U) == 0) continue;
    n += static_cast<double>(begin_of(block + 1) - begin_of(block));
    for (std::size_t k = 0; k < sharpe.size(); ++k) {
      sharpe[k] += sums_[block][k];
      scratch[k] += squares_[block][k];
    }
  }
  for (std::size_t k = 0; k < sharpe.size(); ++k) {
    const double off = sharpe[k] / n;
    const double variance = (scratch[k] - off * sharpe[k]) / (n - 1);
    const double ratio = (base_[k] + off) / std::sqrt(variance);
    sharpe[k] = variance > least_[k] ? ratio : 0;
  }
}

Result<Overfitting> OverfittingTable::measure() const {
  const std::size_t n = variants();
  if (n < 2) return fail(Errc::bad_input, fmt::format("{} variants: it takes two to pick from", n));
  const auto cuts = halves(sums_.size());
  if (2 * cuts.size() * n > kMostWork) {
    return fail(Errc::limit_exceeded, fmt::format("{} variants in {} splits are over the limit of {} together: take "
                                                  "fewer blocks",
                                                  n, 2 * cuts.size(), kMostWork));
  }
  Overfitting found;
  found.variants = n;
  const std::uint32_t all = (1U << sums_.size()) - 1;
  std::vector<double> one(n);
  std::vector<double> other(n);
  std::vector<double> scratch(n);
  std::vector<Pick> picks;
  std::size_t low = 0;
  std::size_t losses = 0;
  const auto judge = [&](const std::vector<double>& inside, const std::vector<double>& outside) {
    const auto best = static_cast<std::size_t>(std::ranges::max_element(inside) - inside.begin());
    const double place = rank_of(outside, outside[best]) / static_cast<double>(n + 1);
    found.logits.push_back(std::log(place / (1 - place)));
    picks.push_back({inside[best], outside[best]});
    low += place <= 0.5 ? 1 : 0;
    losses += outside[best] < 0 ? 1 : 0;
  };
  for (const std::uint32_t half : cuts) {
    sharpe_of_half(half, one, scratch);
    sharpe_of_half(all & ~half, other, scratch);
    judge(one, other);
    judge(other, one);
  }
  found.splits = picks.size();
  found.pbo = static_cast<double>(low) / static_cast<double>(found.splits);
  found.chance_of_loss = static_cast<double>(losses) / static_cast<double>(found.splits);
  found.slope = slope_of(picks);
  return found;
}

}  // namespace cw::backtest
