#include "exchange/practice/outages.h"

#include <algorithm>
#include <cmath>

namespace cw::exchange::practice {
namespace {

constexpr std::int64_t kShortest = 2;  // minutes
constexpr std::int64_t kLongest = 20;

}  // namespace

void OutageMarket::set_rate(double an_hour, Timestamp now) {
  const Timestamp next = std::chrono::floor<std::chrono::minutes>(now) + kMinute;
  plan(next);
  std::erase_if(outages_, [&](const Outage& outage) { return outage.from >= next; });
  if (!outages_.empty() && an_hour == 0) outages_.back().to = std::min(outages_.back().to, next);
  an_hour_ = an_hour;
  planned_to_ = outages_.empty() ? next : std::max(next, outages_.back().to);
}

void OutageMarket::plan(Timestamp until) {
  while (an_hour_ > 0 && planned_to_ <= until && outages_.size() < kOutagesMost) {
    const double hours = -std::log(1 - random_.uniform()) / an_hour_;
    const auto minutes = 1 + static_cast<std::int64_t>(std::min(hours * 60, 1e7));
    const Timestamp from = planned_to_ + kMinute * minutes;
    const auto length = kShortest + static_cast<std::int64_t>(random_.below(kLongest - kShortest + 1));
    planned_to_ = from + kMinute * length;
    outages_.push_back({from, planned_to_});
  }
}

bool OutageMarket::stands_still(Timestamp minute) const {
  const auto after = std::ranges::upper_bound(outages_, minute, {}, &Outage::from);
  return after != outages_.begin() && minute < std::prev(after)->to;
}

std::vector<OutageMarket::Outage> OutageMarket::until(Timestamp until) {
  plan(until);
  return {outages_.begin(), std::ranges::lower_bound(outages_, until, {}, &Outage::from)};
}

Result<DayBarsPtr> OutageMarket::day(std::size_t instrument, std::int64_t day) {
  auto bars = inner_->day(instrument, day);
  plan(start_of_day(day + 1));
  const auto ends_in_it = std::ranges::upper_bound(outages_, start_of_day(day), {}, &Outage::to);
  if (!bars || ends_in_it == outages_.end() || ends_in_it->from >= start_of_day(day + 1)) return bars;
  DayBars left;
  left.reserve((*bars)->size());
  std::ranges::copy_if(**bars, std::back_inserter(left),
                       [&](const Bar& bar) { return !stands_still(bar.candle.open_time); });
  return DayBarsPtr(std::make_shared<const DayBars>(std::move(left)));
}

Result<void> OutageMarket::trades(std::size_t instrument, Timestamp minute, std::vector<market::Trade>& out) {
  plan(minute);
  if (stands_still(minute)) return {};
  return inner_->trades(instrument, minute, out);
}

}  // namespace cw::exchange::practice
