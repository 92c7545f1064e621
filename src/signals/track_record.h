#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "signals/score.h"
#include "signals/timeframes.h"

namespace cw::signals {

/// A signal and what became of it over one horizon.
struct Judged {
  Timestamp emitted_at{};
  double score = 50;
  double confidence = 0;
  double tradingview = 0;  // its rating at that bar
  double change = 0;       // of the price over the horizon, as a fraction
  double probability = 0;  // as it was told with the signal; NaN: none
};

/// What a way of choosing the direction was worth over some signals: trades there and back, each paying the costs.
struct Worth {
  std::uint64_t n = 0;             // trades
  std::optional<double> hit_rate;  // ended above their costs; none under kRecordLeast
  std::optional<double> mean_return;
};

/// The signals of one band.
struct BandRecord {
  std::uint64_t n = 0;
  double independent = 0;          // horizons that the signals cover without overlap: what the interval is made from
  std::optional<double> hit_rate;  // none for neutral, which is no trade, and under kRecordLeast
  std::optional<std::array<double, 2>> interval;  // Wilson, 95 %, over `independent` trials
  std::optional<double> mean_return;              // after costs, as a fraction
  std::optional<double> median_return;
  std::optional<double> brier;       // of the probabilities that were told; none under kRecordLeast of them
  std::optional<double> brier_base;  // the same of always telling the hit rate
  std::optional<double> ece;         // expected calibration error, ten equal bins
  std::uint64_t told = 0;            // signals that had a probability
  Worth always_long;                 // over the same signals
  Worth tradingview;                 // over those of them where its rating is beyond 0.1
  Worth coin;                        // the expectation of a fair one
};

/// One bin of the reliability table: signals that were told a probability of [from, to).
struct ReliabilityBin {
  double from = 0;
  double to = 0;
  std::uint64_t n = 0;
  double told = 0;  // mean probability
  double paid = 0;  // share that ended above the costs
};

struct TrackRecord {
  std::uint64_t signals = 0;
  Timestamp first{};
  Timestamp last{};
  std::array<BandRecord, kDirections.size()> bands;  // strong_sell first
  BandRecord all;                                    // buys and sells together
  std::vector<ReliabilityBin> reliability;           // bins with signals
};

/// Signals under which a figure is 'not enough history'.
inline constexpr std::uint64_t kRecordLeast = 30;

/// Judges signals of one symbol and timeframe, oldest first. `cost` as SignalRules::round_trip_cost.
///
/// Signals that follow each other within a horizon share most of their outcome: the interval counts a stretch of one horizon
/// as one trial. Units: returns are fractions. NaN changes are left out.
/// Source  E. Wilson, 1927 (interval); G. Brier, 1950; M. Naeini et al., 2015 (ECE)
TrackRecord judge(std::vector<Judged> signals, Horizon horizon, double cost);

/// "buy signals: 61 of 112 paid, no better than always-long (58 %)"; 'not enough history' under kRecordLeast.
std::string verdict(std::string_view band, const BandRecord& record);

}  // namespace cw::signals
