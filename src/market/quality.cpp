#include "market/quality.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/require.h"

namespace cw::market {
namespace {

struct Words {
  std::string_view name;
  std::string_view sentence;
};
constexpr std::array<Words, kFindings> kWords{
    {{"gap", "bars missing between two that exist"},
     {"zero_volume", "bars in which nothing was traded"},
     {"flat", "bars whose open, high, low and close are one price"},
     {"high_low", "bars whose high is below their low"},
     {"outside", "bars whose open or close lies outside low and high"},
     {"not_a_price", "bars with a price or volume that is no sound number"},
     {"misaligned", "bars that do not open on the grid of the timeframe"},
     {"duplicate", "open times that come twice"},
     {"disorder", "bars that open before the bar before them"},
     {"spike", "excursions out of all proportion that were gone a bar later"}}};

constexpr double kNormalScale = 1.4826;  // standard deviation over median deviation of a normal distribution

bool is_price(double value) { return std::isfinite(value) && value > 0; }

}  // namespace

std::string_view name(Finding finding) { return kWords[static_cast<std::size_t>(finding)].name; }
std::string_view sentence(Finding finding) { return kWords[static_cast<std::size_t>(finding)].sentence; }

QualityScan::QualityScan(Timeframe timeframe) : timeframe_(timeframe), length_(duration(timeframe)) {
  sorted_.reserve(kSpikeWindow + 1);
}

void QualityScan::add(const CandleSpan& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) add(rows[i]);
}

void QualityScan::add(const Candle& bar) {
  check_order(bar);
  const bool sound = check_values(bar);
  if (!sound) before_.reset(), current_.reset();
  if (sound) check_spike(bar);
  ++report_.rows;
  if (!report_.first) report_.first = bar.open_time;
  report_.last = bar.open_time;
}

void QualityScan::found(Finding finding, const FindingPlace& place) {
  auto& kind = report_.kinds[static_cast<std::size_t>(finding)];
  ++kind.count;
  kind.bars += place.count;
  if (kind.first.size() < QualityReport::kPlacesMost) kind.first.push_back(place);
}

void QualityScan::check_order(const Candle& bar) {
  if (!is_open_time(timeframe_, bar.open_time)) found(Finding::misaligned, {bar.open_time, 1, 0});
  if (!report_.last) return;
  const auto last = *report_.last;
  if (bar.open_time == last) {
    found(Finding::duplicate, {bar.open_time, 1, 0});
  } else if (bar.open_time < last) {
    found(Finding::disorder, {bar.open_time, 1, 0});
  } else if (const auto missing = (bar.open_time - last) / length_ - 1; missing > 0) {
    const FindingPlace place{last + length_, static_cast<std::uint64_t>(missing), 0};
    found(Finding::gap, place);
    if (place.count > report_.longest_gap.count) report_.longest_gap = place;
  }
  if (bar.open_time != last + length_) before_.reset(), current_.reset();
}

/// Whether the bar's prices can be reckoned with.
bool QualityScan::check_values(const Candle& bar) {
  for (const double price : {bar.open, bar.high, bar.low, bar.close}) {
    if (is_price(price)) continue;
    found(Finding::not_a_price, {bar.open_time, 1, price});
    return false;
  }
  if (!std::isfinite(bar.volume) || bar.volume < 0) {
    found(Finding::not_a_price, {bar.open_time, 1, bar.volume});
  } else if (bar.volume == 0) {
    found(Finding::zero_volume, {bar.open_time, 1, 0});
  }
  if (bar.high < bar.low) {
    found(Finding::high_low, {bar.open_time, 1, bar.high});
    return false;
  }
  for (const double price : {bar.open, bar.close}) {
    if (price >= bar.low && price <= bar.high) continue;
    found(Finding::outside, {bar.open_time, 1, price});
    return true;
  }
  if (bar.high == bar.low) found(Finding::flat, {bar.open_time, 1, bar.close});
  return true;
}

/// Judges the bar before `bar`, whose close after it is now known.
void QualityScan::check_spike(const Candle& bar) {
  if (before_ && current_) {
    const double above = current_->high / std::max(before_->close, bar.close);
    const double below = std::min(before_->close, bar.close) / current_->low;
    const double ratio = std::max(above, below);
    // ln x <= x - 1: most bars are acquitted without a logarithm.
    if (sorted_.size() >= kSpikeWarmup && ratio - 1 > kSpikeScales * kQuietScale) {
      const double scale = std::max(kNormalScale * sorted_[sorted_.size() / 2], kQuietScale);
      const double excursion = std::log(ratio);
      if (excursion > kSpikeScales * scale) found(Finding::spike, {current_->open_time, 1, excursion});
    }
    note_move(std::abs(std::log(current_->close / before_->close)));
  }
  before_ = current_;
  current_ = bar;
}

void QualityScan::note_move(double move) {
  if (move == 0) return;
  if (moves_.size() == kSpikeWindow) {
    sorted_.erase(std::ranges::lower_bound(sorted_, moves_.front()));
    moves_.pop_front();
  }
  moves_.push_back(move);
  sorted_.insert(std::ranges::upper_bound(sorted_, move), move);
}

SeriesComparison::SeriesComparison(Timeframe fine, Timeframe coarse) : folder_(fine, coarse) {}

void SeriesComparison::add_fine(const CandleSpan& rows) {
  folder_.run(rows, scratch_);
  for (std::size_t i = 0; i < scratch_.size(); ++i) folded_.push_back(scratch_[i]);
  if (!rows.empty()) report_.only_stored += std::exchange(lone_stored_, 0);
  scratch_ = {};
  match();
}

void SeriesComparison::add_coarse(const CandleSpan& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) stored_.push_back(rows[i]);
  if (!rows.empty()) report_.only_folded += std::exchange(lone_folded_, 0);
  match();
}

void SeriesComparison::fed_until(Timestamp until) {
  for (; !folded_.empty() && folded_.front().bar.open_time < until; folded_.pop_front()) {
    if (!folded_.front().marks.whole()) {
      ++report_.not_whole;
    } else if (both_begun_) {
      ++lone_folded_;
    }
  }
  // The partner of the folded bar under way stays.
  const auto& state = folder_.state();
  const auto gone = std::erase_if(stored_, [&](const Candle& bar) {
    return bar.open_time < until && !(state.under_way && bar.open_time == state.bar.open_time);
  });
  if (both_begun_) lone_stored_ += gone;
}

SeriesComparison::Report SeriesComparison::finish() {
  // The bar under way is not whole; it only says how far the fine series reaches.
  if (const auto last = folder_.finish()) folded_.push_back(*last);
  match();
  for (const auto& folded : folded_) report_.not_whole += folded.marks.whole() ? 0 : 1;
  return std::exchange(report_, {});
}

void SeriesComparison::match() {
  while (!folded_.empty() && !stored_.empty()) {
    const auto& folded = folded_.front();
    const auto& stored = stored_.front();
    if (folded.bar.open_time == stored.open_time) {
      both_begun_ = true;
      compare(folded, stored);
      folded_.pop_front();
      stored_.pop_front();
    } else if (folded.bar.open_time < stored.open_time) {
      if (!folded.marks.whole())
        ++report_.not_whole;
      else if (both_begun_)
        ++report_.only_folded;
      folded_.pop_front();
    } else {
      if (both_begun_) ++report_.only_stored;
      stored_.pop_front();
    }
  }
  CW_REQUIRE(folded_.size() <= kAheadMost && stored_.size() <= kAheadMost);
}

void SeriesComparison::compare(const FoldedCandle& folded, const Candle& stored) {
  if (!folded.marks.whole()) {
    ++report_.not_whole;
    return;
  }
  ++report_.compared;
  const auto& bar = folded.bar;
  const bool same_prices =
      bar.open == stored.open && bar.high == stored.high && bar.low == stored.low && bar.close == stored.close;
  const bool same_volume =
      std::abs(bar.volume - stored.volume) <= kVolumeTolerance * std::max(bar.volume, stored.volume);
  if (same_prices && same_volume) return;
  ++report_.different;
  if (report_.first.size() < QualityReport::kPlacesMost) report_.first.push_back({bar, stored});
}

}  // namespace cw::market
