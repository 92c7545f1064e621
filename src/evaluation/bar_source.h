#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "base/error.h"
#include "candle_store/candle_reader.h"
#include "candle_store/candle_store.h"
#include "expr/plan.h"
#include "market/candle.h"

namespace cw::evaluation {

/// Closed bars, oldest first, some at a time.
class BarSource {
 public:
  virtual ~BarSource() = default;
  /// Replaces `rows` by the next ones; false when there are no more.
  virtual Result<bool> next(market::CandleColumns& rows) = 0;
};

/// Where an instrument's series are: a replay has a store of its own beside that of all others. May be asked on any thread.
using StoreOf = std::function<const candle_store::CandleStore&(const market::InstrumentId&)>;

/// The stored bars of an instrument at a timeframe that open in [from, to), as candle_store/query.h finds them. The store
/// outlives the source. Memory is bounded: some ten thousand rows.
std::unique_ptr<BarSource> stored_bars(const candle_store::CandleStore& store, const market::InstrumentId& instrument,
                                       market::Timeframe timeframe, Timestamp from, Timestamp to);

/// The rows of a file. The reader outlives the source.
std::unique_ptr<BarSource> file_bars(candle_store::CandleReader& reader);

/// The rows of another source that open before `to`. That source outlives this one.
std::unique_ptr<BarSource> bars_until(BarSource& bars, Timestamp to);

/// How many bars of a timeframe are stored of an instrument, holes counted as bars; 0 where none are. Reads no bar.
std::uint64_t bars_at_most(const candle_store::CandleStore& store, const market::InstrumentId& instrument,
                           market::Timeframe timeframe);

/// The other symbols' bars that a plan asks for, from their stores, read ahead some thousand rows at a time.
class StoredOtherBars final : public expr::OtherBars {
 public:
  /// `feeds` as Plan::feeds() tells; their symbols are whole ids (`binance:ETHUSDT`).
  StoredOtherBars(const StoreOf& store_of, const std::vector<expr::Context>& feeds);
  ~StoredOtherBars() override;

  bool next(std::size_t feed, Timestamp time, market::Candle& bar) override;

  /// Open time of the newest bar of a feed that was taken.
  std::optional<Timestamp> newest(std::size_t feed) const;

  /// What went wrong while bars were read; an answer made meanwhile is not to be used.
  const std::optional<Error>& error() const { return error_; }

 private:
  struct Feed;
  std::vector<std::unique_ptr<Feed>> feeds_;
  std::optional<Error> error_;
};

}  // namespace cw::evaluation
