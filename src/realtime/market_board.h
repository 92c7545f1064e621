#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "market/candle.h"
#include "market/instrument.h"
#include "market/timeframe.h"

namespace cw::realtime {

/// Index of an instrument on the board; given once, never reused.
using BoardIndex = std::uint32_t;

/// What is known of an instrument's price now; each part is missing until it was heard of.
struct Ticker {
  std::optional<double> price{};  // last trade, else last close
  std::optional<double> bid{};
  std::optional<double> ask{};
  std::optional<double> change_24h{};  // a fraction: 0.05 is 5 % up
  std::optional<double> volume_24h{};  // units of base
  std::optional<Timestamp> time{};     // event time of `price`

  friend bool operator==(const Ticker&, const Ticker&) = default;
};

/// The newest state of every instrument, for snapshots and the REST API: what a client that joins now must know.
/// Owned by the network loop; not thread-safe.
class MarketBoard {
 public:
  /// `default_venue` decides between venues for a bare symbol.
  explicit MarketBoard(std::string default_venue);

  /// Adds an instrument, or updates what is known about one; gives its index. `followed`: live prices arrive for it; once
  /// said, it stays so.
  BoardIndex put(market::Instrument instrument, bool followed);

  /// Finds what a person means. Errors: unknown_symbol, ambiguous_symbol (see InstrumentBook::resolve)
  Result<BoardIndex> resolve(std::string_view symbol) const;

  std::size_t size() const { return rows_.size(); }
  const std::string& default_venue() const { return book_.default_venue(); }
  const market::Instrument& instrument(BoardIndex index) const { return row(index).instrument; }
  bool is_followed(BoardIndex index) const { return row(index).followed; }
  const Ticker& ticker(BoardIndex index) const { return row(index).ticker; }
  const std::optional<market::Candle>& closed(BoardIndex index, market::Timeframe timeframe) const;
  const std::optional<market::FormingCandle>& forming(BoardIndex index, market::Timeframe timeframe) const;

  void set_ticker(BoardIndex index, const Ticker& ticker) { row(index).ticker = ticker; }
  /// A forming bar that opened no later is over and goes.
  void set_closed(BoardIndex index, market::Timeframe timeframe, const market::Candle& bar);
  void set_forming(BoardIndex index, market::Timeframe timeframe, const market::FormingCandle& bar);

 private:
  struct Row {
    market::Instrument instrument;
    bool followed = false;
    Ticker ticker;
    std::array<std::optional<market::Candle>, market::kTimeframes.size()> closed;
    std::array<std::optional<market::FormingCandle>, market::kTimeframes.size()> forming;
  };
  const Row& row(BoardIndex index) const;
  Row& row(BoardIndex index);

  market::InstrumentBook book_;
  std::vector<Row> rows_;
};

}  // namespace cw::realtime
