#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace cw::signals {

/// From scores to probabilities: of the trades that were made in a score's direction, the share that ended above their costs,
/// as a function that does not fall while the score moves away from the middle (isotonic regression by pooling adjacent
/// violators; Ayer et al., 1955). Buys and sells have a function each.
///
/// Scores are told apart by kBinPoints, and no chance is told of fewer than kBlockLeast outcomes: a smaller block joins the one before
/// it, else three lucky trades at the end of the scale were a chance of 100 %. It learns outcome by outcome and answers from what it has seen, so a probability
/// never knows of an outcome that came later.
class Calibration {
 public:
  static constexpr std::uint32_t kLeast = 200;      // outcomes of a side under which there is no probability
  static constexpr std::uint32_t kBlockLeast = 50;  // outcomes that one probability is read off
  static constexpr double kBinPoints = 2;
  static constexpr std::size_t kBins = 20;  // of a side: 40 points

  /// Learns how a trade in the direction of `score` ended. A neutral score is none and teaches nothing.
  void learn(double score, bool paid);

  /// The chance that a trade in the direction of `score` ends above its costs. NaN for a neutral score and under kLeast.
  /// Cost    some 20 additions
  double probability(double score) const;

  /// How many outcomes of the side of `score` it has seen; 0 for a neutral one.
  std::uint32_t count(double score) const;

  friend bool operator==(const Calibration&, const Calibration&) = default;

 private:
  struct Bin {
    std::uint32_t seen = 0;
    std::uint32_t paid = 0;
    friend bool operator==(const Bin&, const Bin&) = default;
  };
  using Side = std::array<Bin, kBins>;  // by distance from the neutral band
  struct Block {
    double seen = 0;
    double paid = 0;
    std::size_t last = 0;  // its last bin
  };
  static std::span<const Block> blocks_of(const Side& side, std::array<Block, kBins>& blocks);
  std::array<Side, 2> sides_{};  // sells, buys
};

}  // namespace cw::signals
