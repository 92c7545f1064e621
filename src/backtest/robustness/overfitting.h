#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"

namespace cw::backtest {

/// How likely it is that picking the best of many variants picked luck.
struct Overfitting {
  double pbo = 0;  // share of the splits in which the best half-time variant was in the lower half of the rest
  double chance_of_loss = 0;  // share in which its Sharpe ratio on the rest was below zero
  double slope =
      0;  // of its Sharpe ratio on the rest over that on the half it was picked by; below zero: the better the
          // worse. NaN where all were picked with the same
  std::size_t variants = 0;
  std::size_t splits = 0;
  std::vector<double> logits;  // of each split: ln(w / (1 - w)), w the picked one's relative rank on the rest
};

/// Probability of backtest overfitting by combinatorially symmetric cross-validation: the bars are cut into blocks; in each
/// split half of them picks the variant with the best Sharpe ratio, the other half judges it.
///
/// Takes one variant's returns after the other and keeps two sums a block of it, so its memory does not grow with the bars.
///
/// Shape   every variant has `bars` returns; blocks are of equal length or one bar longer
/// Units   returns as fractions, finite; a variant that does not move has a Sharpe ratio of 0
/// Errors  as at make() and measure()
/// Cost    add: O(bars). measure: O(splits * variants * blocks)
/// Source  D. H. Bailey, J. M. Borwein, M. López de Prado, Q. J. Zhu, The Probability of Backtest Overfitting, 2015
class OverfittingTable {
 public:
  static constexpr std::size_t kLeastBarsOfBlock = 10;
  static constexpr std::uint64_t kMostWork = 2'000'000'000;  // splits * variants

  /// Errors  Errc::bad_parameter: `blocks` not even, not in 4..20, or of under kLeastBarsOfBlock bars each
  static Result<OverfittingTable> make(std::size_t bars, std::size_t blocks = 16);

  /// What is kept of a variant, 2 * blocks() + 2 numbers: it may be made elsewhere and be stored, and gives the same bits.
  struct Variant {
    double mean = 0;
    double least = 0;               // the variance under which a half of it stands still
    std::vector<double> sums{};     // by block, of returns less the mean: so the squares lose no digits
    std::vector<double> squares{};  // likewise
    friend bool operator==(const Variant&, const Variant&) = default;
  };
  Variant variant_of(std::span<const double> returns) const;

  void add(std::span<const double> returns) { add(variant_of(returns)); }
  /// One that a table of as many bars and blocks made.
  void add(const Variant& variant);

  std::size_t blocks() const { return sums_.size(); }
  std::size_t variants() const { return base_.size(); }

  /// Errors  Errc::bad_input: under two variants; Errc::limit_exceeded: over kMostWork
  Result<Overfitting> measure() const;

 private:
  OverfittingTable(std::size_t bars, std::size_t blocks) : bars_(bars), sums_(blocks), squares_(blocks) {}

  std::size_t begin_of(std::size_t block) const { return block * bars_ / sums_.size(); }
  void sharpe_of_half(std::uint32_t half, std::vector<double>& sharpe, std::vector<double>& scratch) const;

  std::size_t bars_;
  std::vector<std::vector<double>> sums_;  // by block and variant
  std::vector<std::vector<double>> squares_;
  std::vector<double> base_;  // by variant: the mean
  std::vector<double> least_;
};

}  // namespace cw::backtest
