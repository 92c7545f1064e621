#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "exchange/practice/market_source.h"
#include "market/candle.h"

namespace cw::exchange::practice {

/// Stored one-minute candles, as far as a replay needs them. Whoever keeps candles gives one of these; the practice
/// exchange does not know where they live.
class CandleSource {
 public:
  virtual ~CandleSource() = default;

  struct Series {
    market::Instrument instrument;
    Timestamp first;  // open time of the first candle
    Timestamp end;    // close time of the last one
  };
  virtual std::span<const Series> series() const = 0;

  /// Appends the candles of a series that open in [from, to), in time order, none where there are none.
  /// Errors  what the store says (corrupt, io_error)
  virtual Result<void> read(std::size_t series, Timestamp from, Timestamp to, market::CandleColumns& out) = 0;
};

/// A market that happened: stored candles, with trades made up inside each so that they fold to it to the last bit.
///
/// Shape   A candle with volume becomes `kTradesABar` trades: at the open, through the high and the low (a rising bar
///         mostly visits its low first), at the close; on the tick between. The last trade takes what is missing of the
///         volume. A candle without volume, or one that is not sound (high below low, and so on), stands without
///         trades. A minute that was not stored does not exist.
/// Trades  Ids rise by one inside a bar and from bar to bar; a missing or empty minute leaves a hole in them.
class ReplayMarket final : public MarketSource {
 public:
  static constexpr int kTradesABar = 16;

  explicit ReplayMarket(std::unique_ptr<CandleSource> candles, std::uint64_t seed = 1);

  std::span<const market::Instrument> instruments() const override { return instruments_; }
  Timestamp first(std::size_t instrument) const override { return candles_->series()[instrument].first; }
  /// Of the series that goes on longest.
  std::optional<Timestamp> end() const override;
  Result<DayBarsPtr> day(std::size_t instrument, std::int64_t day) override;
  Result<void> trades(std::size_t instrument, Timestamp minute, std::vector<market::Trade>& out) override;

 private:
  static constexpr std::size_t kDaysKept = 64;
  struct Key {
    std::size_t instrument;
    std::int64_t day;
  };
  void make_trades(std::size_t instrument, const market::Candle& candle, std::vector<market::Trade>& out) const;

  std::unique_ptr<CandleSource> candles_;
  std::uint64_t seed_;
  std::vector<market::Instrument> instruments_;
  std::vector<double> ticks_;
  std::deque<std::pair<Key, DayBarsPtr>> days_;
};

}  // namespace cw::exchange::practice
