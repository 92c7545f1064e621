#include "signals/calibration.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "signals/score.h"

namespace cw::signals {
namespace {

/// Which bin of its side a directed score is in.
std::size_t bin_of(double score) {
  const double beyond = score > 50 ? score - 60 : 40 - score;
  return std::min(static_cast<std::size_t>(std::max(beyond, 0.0) / Calibration::kBinPoints), Calibration::kBins - 1);
}

std::size_t side_index(double score) { return score > 50 ? 1 : 0; }

}  // namespace

void Calibration::learn(double score, bool paid) {
  if (side_of(direction_of(score)) == 0) return;
  auto& bin = sides_[side_index(score)][bin_of(score)];
  ++bin.seen;
  bin.paid += paid ? 1 : 0;
}

std::uint32_t Calibration::count(double score) const {
  if (side_of(direction_of(score)) == 0) return 0;
  std::uint32_t seen = 0;
  for (const auto& bin : sides_[side_index(score)]) seen += bin.seen;
  return seen;
}

double Calibration::probability(double score) const {
  if (count(score) < kLeast) return std::numeric_limits<double>::quiet_NaN();
  std::array<Block, kBins> memory;
  const auto blocks = blocks_of(sides_[side_index(score)], memory);
  const std::size_t wanted = bin_of(score);
  const auto block =
      std::find_if(blocks.begin(), blocks.end() - 1, [&](const Block& one) { return wanted <= one.last; });
  return block->paid / block->seen;
}

/// The blocks of equal chance, which rise with the distance from the middle. There is at least one outcome.
std::span<const Calibration::Block> Calibration::blocks_of(const Side& side, std::array<Block, kBins>& blocks) {
  std::size_t count = 0;
  const auto join_last_two = [&] {
    blocks[count - 2] = {blocks[count - 2].seen + blocks[count - 1].seen,
                         blocks[count - 2].paid + blocks[count - 1].paid, blocks[count - 1].last};
    --count;
  };
  for (std::size_t i = 0; i < kBins; ++i) {
    if (side[i].seen == 0 && count == 0) continue;
    blocks[count++] = {static_cast<double>(side[i].seen), static_cast<double>(side[i].paid), i};
    // A block without outcomes, or below the one before it, joins that one.
    while (count > 1 &&
           blocks[count - 1].paid * blocks[count - 2].seen <= blocks[count - 2].paid * blocks[count - 1].seen) {
      join_last_two();
    }
  }
  // Then the small ones, in the same way: what two neighbours are together lies between them, so the order stays.
  const std::size_t isotonic = count;
  count = 0;
  for (std::size_t i = 0; i < isotonic; ++i) {
    blocks[count++] = blocks[i];
    if (count > 1 && (blocks[count - 1].seen < kBlockLeast || blocks[count - 2].seen < kBlockLeast)) join_last_two();
  }
  return {blocks.data(), count};
}

}  // namespace cw::signals
