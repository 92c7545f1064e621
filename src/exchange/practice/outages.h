#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/random.h"
#include "exchange/practice/market_source.h"

namespace cw::exchange::practice {

/// A market that now and then stands still as a whole, as exchanges do: for 2 to 20 minutes nothing is traded, and those
/// minutes are nowhere, not in what is told nor in what is asked for afterwards. The trades that would have been made
/// leave a hole in the ids.
///
/// When it stands still follows from the seed and from when the rate was set. What has been stays as it was, whatever
/// rate is set later. Bounded: after `kOutagesMost` there are no more. Not thread-safe.
class OutageMarket final : public MarketSource {
 public:
  static constexpr std::size_t kOutagesMost = 100'000;

  struct Outage {  // open times [from, to)
    Timestamp from;
    Timestamp to;
    friend bool operator==(const Outage&, const Outage&) = default;
  };

  OutageMarket(std::unique_ptr<MarketSource> inner, std::uint64_t seed) : inner_(std::move(inner)), random_(seed) {}

  /// From the minute after `now` on outages begin `an_hour` times an hour of the market's time, on average, each some
  /// time after the end of the one before. With 0 one that is under way ends with its minute.
  void set_rate(double an_hour, Timestamp now);

  /// Those that began before `until`, in order.
  std::vector<Outage> until(Timestamp until);

  std::span<const market::Instrument> instruments() const override { return inner_->instruments(); }
  Timestamp first(std::size_t instrument) const override { return inner_->first(instrument); }
  std::optional<Timestamp> end() const override { return inner_->end(); }
  Result<DayBarsPtr> day(std::size_t instrument, std::int64_t day) override;
  Result<void> trades(std::size_t instrument, Timestamp minute, std::vector<market::Trade>& out) override;

 private:
  void plan(Timestamp until);
  bool stands_still(Timestamp minute) const;

  std::unique_ptr<MarketSource> inner_;
  Random random_;
  double an_hour_ = 0;
  Timestamp planned_to_{};
  std::vector<Outage> outages_;  // in order, apart from each other; the last ones may lie in the future
};

}  // namespace cw::exchange::practice
