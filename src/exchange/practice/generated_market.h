#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "exchange/practice/factor_path.h"
#include "exchange/practice/market_source.h"

namespace cw::exchange::practice {

/// An invented market of twelve symbols, all of it a function of the seed: prices, volumes and single trades of any
/// day, made when asked for and without the days before it. It has no beginning of its own; `first` says how far back
/// the exchange shows it.
///
/// Shape   A symbol's log price is a constant plus `beta` times a common path plus a path of its own (FactorPath),
/// rounded to
///         its tick. A minute's first trade is at the price of the last one's end, its last at its own end, between
///         them a random walk tied at both; so a day opens where the day before closed.
/// Trades  Each symbol has a fixed number of trades a day, shared out by how busy the minutes are, so that trade ids
///         rise by one without a hole and are known without counting the past.
/// Cost    about 0.5 ms a day of one symbol (1,440 minutes, some 50,000 trades); memory bounded by the days kept
/// Source  what it imitates: R. Cont, Empirical properties of asset returns, Quantitative Finance 1, 2001
class GeneratedMarket final : public MarketSource {
 public:
  GeneratedMarket(std::uint64_t seed, Timestamp first);
  ~GeneratedMarket() override;

  std::span<const market::Instrument> instruments() const override { return instruments_; }
  Timestamp first(std::size_t) const override { return first_; }
  Result<DayBarsPtr> day(std::size_t instrument, std::int64_t day) override;
  Result<void> trades(std::size_t instrument, Timestamp minute, std::vector<market::Trade>& out) override;

  /// The common path's mood on a day.
  Regime regime(std::int64_t day) { return common_.regime(day); }

  /// The price at which a day opens, without making the day: cheap.
  double opening_price(std::size_t instrument, std::int64_t day);

  static constexpr std::size_t kSymbols = 12;

 private:
  struct Plan;
  using PlanPtr = std::shared_ptr<const Plan>;
  static constexpr std::size_t kPlansKept = 48;  // about 40 KB each
  static constexpr std::size_t kDaysKept = 96;   // about 160 KB each
  static constexpr std::size_t kCommonKept = 4;  // about 25 KB each

  struct CommonDay {
    std::int64_t day;
    FactorPath::Day path;
  };
  struct Kept {
    std::size_t instrument;
    std::int64_t day;
  };

  const FactorPath::Day& common(std::int64_t day);
  PlanPtr plan(std::size_t instrument, std::int64_t day);
  PlanPtr make_plan(std::size_t instrument, std::int64_t day);

  std::uint64_t seed_;
  Timestamp first_;
  std::vector<market::Instrument> instruments_;
  FactorPath common_;
  std::vector<FactorPath> own_;
  std::deque<std::unique_ptr<CommonDay>> common_days_;
  std::deque<std::pair<Kept, PlanPtr>> plans_;
  std::deque<std::pair<Kept, DayBarsPtr>> days_;
};

}  // namespace cw::exchange::practice
