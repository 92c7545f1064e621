#include "signals/track_record.h"

#include <algorithm>
#include <cmath>
#include <span>

#include <fmt/format.h>

namespace cw::signals {
namespace {

constexpr double kZ = 1.959963984540054;  // of 95 %
constexpr std::size_t kReliabilityBins = 10;
constexpr double kRatingBound = 0.1;  // beyond it TradingView says buy or sell

/// The returns of trades, after costs.
struct Trades {
  std::vector<double> returns;
  std::uint64_t paid = 0;

  void add(int side, double change, double cost) {
    returns.push_back(side * change - cost);
    paid += returns.back() > 0 ? 1 : 0;
  }
  double mean() const {
    double sum = 0;
    for (const double one : returns) sum += one;
    return sum / static_cast<double>(returns.size());
  }
  double median() {
    const auto middle = returns.begin() + static_cast<std::ptrdiff_t>(returns.size() / 2);
    std::ranges::nth_element(returns, middle);
    if (returns.size() % 2 == 1) return *middle;
    return (*std::max_element(returns.begin(), middle) + *middle) / 2;
  }
  double hit_rate() const { return static_cast<double>(paid) / static_cast<double>(returns.size()); }
  bool enough() const { return returns.size() >= kRecordLeast; }
  Worth worth() const {
    if (!enough()) return {returns.size(), {}, {}};
    return {returns.size(), hit_rate(), mean()};
  }
};

std::array<double, 2> wilson(double rate, double n) {
  const double z2 = kZ * kZ / n;
  const double middle = (rate + z2 / 2) / (1 + z2);
  const double half = kZ / (1 + z2) * std::sqrt(rate * (1 - rate) / n + z2 / (4 * n));
  return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

/// How many horizons the signals cover: a signal begins a trial where the one before it is over.
double independent_of(std::span<const Judged> signals, Millis horizon) {
  double count = 0;
  std::optional<Timestamp> until;
  for (const auto& signal : signals) {
    if (until && signal.emitted_at < *until) continue;
    ++count;
    until = signal.emitted_at + horizon;
  }
  return count;
}

struct Told {
  double probability;
  bool paid;
};

std::vector<Told> told_of(std::span<const Judged> signals, double cost) {
  std::vector<Told> told;
  for (const auto& signal : signals) {
    const int side = side_of(direction_of(signal.score));
    if (side != 0 && !std::isnan(signal.probability)) told.push_back({signal.probability, side * signal.change > cost});
  }
  return told;
}

std::vector<ReliabilityBin> reliability_of(std::span<const Told> told) {
  std::vector<ReliabilityBin> bins(kReliabilityBins);
  for (std::size_t i = 0; i < bins.size(); ++i) {
    bins[i].from = static_cast<double>(i) / kReliabilityBins;
    bins[i].to = static_cast<double>(i + 1) / kReliabilityBins;
  }
  for (const auto& one : told) {
    auto& bin = bins[std::min(static_cast<std::size_t>(one.probability * kReliabilityBins), kReliabilityBins - 1)];
    ++bin.n;
    bin.told += one.probability;
    bin.paid += one.paid ? 1 : 0;
  }
  std::erase_if(bins, [](const ReliabilityBin& bin) { return bin.n == 0; });
  for (auto& bin : bins) {
    bin.told /= static_cast<double>(bin.n);
    bin.paid /= static_cast<double>(bin.n);
  }
  return bins;
}

void judge_probabilities(std::span<const Told> told, BandRecord& record) {
  record.told = told.size();
  if (told.size() < kRecordLeast) return;
  const auto n = static_cast<double>(told.size());
  double paid = 0;
  for (const auto& one : told) paid += one.paid ? 1 : 0;
  const double base = paid / n;
  double brier = 0;
  double of_base = 0;
  for (const auto& one : told) {
    const double outcome = one.paid ? 1 : 0;
    brier += (one.probability - outcome) * (one.probability - outcome);
    of_base += (base - outcome) * (base - outcome);
  }
  record.brier = brier / n;
  record.brier_base = of_base / n;
  double error = 0;
  for (const auto& bin : reliability_of(told)) error += static_cast<double>(bin.n) / n * std::abs(bin.told - bin.paid);
  record.ece = error;
}

BandRecord record_of(std::span<const Judged> signals, Horizon horizon, double cost) {
  BandRecord record;
  record.n = signals.size();
  record.independent = independent_of(signals, duration(horizon));
  Trades own;
  Trades long_side;
  Trades short_side;
  Trades tradingview;
  for (const auto& signal : signals) {
    if (const int side = side_of(direction_of(signal.score)); side != 0) own.add(side, signal.change, cost);
    long_side.add(1, signal.change, cost);
    short_side.add(-1, signal.change, cost);
    if (std::abs(signal.tradingview) > kRatingBound)
      tradingview.add(signal.tradingview > 0 ? 1 : -1, signal.change, cost);
  }
  if (own.enough()) {
    record.hit_rate = own.hit_rate();
    record.interval = wilson(*record.hit_rate, std::max(record.independent, 1.0));
    record.mean_return = own.mean();
    record.median_return = own.median();
  }
  record.always_long = long_side.worth();
  record.tradingview = tradingview.worth();
  record.coin.n = signals.size();
  if (long_side.enough()) {
    record.coin.hit_rate = (long_side.hit_rate() + short_side.hit_rate()) / 2;
    record.coin.mean_return = (long_side.mean() + short_side.mean()) / 2;
  }
  judge_probabilities(told_of(signals, cost), record);
  return record;
}

}  // namespace

TrackRecord judge(std::vector<Judged> signals, Horizon horizon, double cost) {
  std::erase_if(signals, [](const Judged& signal) { return std::isnan(signal.change); });
  TrackRecord record;
  record.signals = signals.size();
  if (signals.empty()) return record;
  record.first = signals.front().emitted_at;
  record.last = signals.back().emitted_at;
  std::vector<Judged> directed;
  std::array<std::vector<Judged>, kDirections.size()> bands;
  for (const auto& signal : signals) {
    const auto direction = direction_of(signal.score);
    bands[static_cast<std::size_t>(direction)].push_back(signal);
    if (direction != Direction::neutral) directed.push_back(signal);
  }
  for (std::size_t i = 0; i < bands.size(); ++i) record.bands[i] = record_of(bands[i], horizon, cost);
  record.all = record_of(directed, horizon, cost);
  record.reliability = reliability_of(told_of(directed, cost));
  return record;
}

std::string verdict(std::string_view band, const BandRecord& record) {
  if (!record.hit_rate && record.n >= kRecordLeast)
    return fmt::format("{} signals: {}, and nothing is traded on them", band, record.n);
  if (!record.hit_rate) {
    return fmt::format("{} signals: not enough history ({} of {})", band, record.n, kRecordLeast);
  }
  const auto paid = static_cast<std::uint64_t>(std::llround(*record.hit_rate * static_cast<double>(record.n)));
  const double coin = record.coin.hit_rate.value_or(0);
  const double always_long = record.always_long.hit_rate.value_or(0);
  const auto& [low, high] = *record.interval;
  std::string judged = "no better than always-long or a coin";
  if (low > std::max(coin, always_long))
    judged = "better than always-long and a coin";
  else if (low > coin)
    judged = "better than a coin, no better than always-long";
  else if (high < std::min(coin, always_long))
    judged = "worse than always-long and a coin";
  else if (high < coin)
    judged = "worse than a coin";
  else if (high < always_long)
    judged = "no better than a coin, worse than always-long";
  return fmt::format("{} signals: {} of {} paid ({:.0f} %), {} (always-long {:.0f} %, coin {:.0f} %)", band, paid,
                     record.n, 100 * *record.hit_rate, judged, 100 * always_long, 100 * coin);
}

}  // namespace cw::signals
