#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trading/units.h"

namespace cw::trading {

enum class SlippageKind : std::uint8_t { none, fixed_bps, spread, volatility, volume_share };

/// `none`, `fixed_bps`, `spread`, `volatility`, `volume_share`.
std::string_view name(SlippageKind kind);

/// How much worse than the price on the chart an order fills that takes what is offered. It always hurts: buys pay more,
/// sells get less. What waits at a limit has none.
///
/// none          the price on the chart
/// fixed_bps     `value` basis points of the price
/// spread        half of a spread of `value` basis points
/// volatility    `value` times the mean true range of the bars before
/// volume_share  `value` times sigma times sqrt(quantity / volume of the bar): the square-root law of impact, without a cap.
///               Sigma is the mean true range of the bars before over 1.596, a Brownian motion's mean range in standard
///               deviations. Price moves grow with the root of the time and volume with the time, so the law reads the
///               same on bars of any length. Over a bar without volume the share counts as 1.
///
/// Source  B. Tóth and others, Anomalous Price Impact and the Critical Nature of Liquidity, 2011 (value about 1); W. Feller,
///         The Asymptotic Distribution of the Range of Sums of Independent Random Variables, 1951 (1.596 = sqrt(8 / pi))
struct Slippage {
  SlippageKind kind = SlippageKind::none;
  double value = 0;
  double warn_share = 0.1;  // orders over this share of a bar's volume are counted and reported, whatever the kind

  bool needs_range() const { return kind == SlippageKind::volatility || kind == SlippageKind::volume_share; }

  friend bool operator==(const Slippage&, const Slippage&) = default;
};

/// What is known when an order fills.
struct SlippageInput {
  double price = 0;       // on the chart
  double quantity = 0;    // in units of base
  double volume = 0;      // of the bar it fills in, in units of base
  double mean_range = 0;  // mean true range of the bars before it, in the quote currency
};

/// The distance from the price, at least 0, in the quote currency.
double slippage_of(const Slippage& slippage, const SlippageInput& input);

/// The order's share of the bar's volume; 1 over a bar without volume.
double volume_share(double quantity, double volume);

/// Reads `none`, `fixed_bps:5`, `spread:4`, `volatility:0.1`, `volume_share` (value 1), `volume_share:0.8`.
///
/// Errors  Errc::bad_parameter, field `slippage`: none of these, with the nearest; a value that is negative, over 5000
///         (fixed_bps, spread) or over 10
Result<Slippage> parse_slippage(std::string_view text);

/// As parse_slippage reads it: `fixed_bps:5`.
std::string text_of(const Slippage& slippage);

/// The mean true range, as Wilder's average of 14 bars begun by a plain mean; 0 before there is a bar.
/// Source  J. W. Wilder, New Concepts in Technical Trading Systems, 1978
class MeanRange {
 public:
  void add(double high, double low, double close);
  double value() const { return mean_; }

 private:
  static constexpr int kLength = 14;

  double mean_ = 0;
  double close_ = 0;
  int bars_ = 0;
};

}  // namespace cw::trading
