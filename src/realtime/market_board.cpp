#include "realtime/market_board.h"

#include <utility>

#include "base/require.h"

namespace cw::realtime {
namespace {

std::size_t slot(market::Timeframe timeframe) { return static_cast<std::size_t>(timeframe); }

}  // namespace

MarketBoard::MarketBoard(std::string default_venue) : book_(std::move(default_venue)) {}

BoardIndex MarketBoard::put(market::Instrument instrument, bool followed) {
  book_.put(instrument);
  std::size_t i = 0;
  while (i < rows_.size() && rows_[i].instrument.id != instrument.id) ++i;
  if (i == rows_.size()) rows_.emplace_back();
  rows_[i].instrument = std::move(instrument);
  rows_[i].followed = rows_[i].followed || followed;
  return static_cast<BoardIndex>(i);
}

Result<BoardIndex> MarketBoard::resolve(std::string_view symbol) const {
  const auto found = book_.resolve(symbol);
  if (!found) return pass_on(found);
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (rows_[i].instrument.id == found->id) return static_cast<BoardIndex>(i);
  }
  return fail(Errc::internal, "the board lost an instrument that its book has");
}

const std::optional<market::Candle>& MarketBoard::closed(BoardIndex index, market::Timeframe timeframe) const {
  return row(index).closed[slot(timeframe)];
}

const std::optional<market::FormingCandle>& MarketBoard::forming(BoardIndex index, market::Timeframe timeframe) const {
  return row(index).forming[slot(timeframe)];
}

void MarketBoard::set_closed(BoardIndex index, market::Timeframe timeframe, const market::Candle& bar) {
  Row& r = row(index);
  r.closed[slot(timeframe)] = bar;
  auto& forming = r.forming[slot(timeframe)];
  if (forming && forming->open_time <= bar.open_time) forming.reset();
}

void MarketBoard::set_forming(BoardIndex index, market::Timeframe timeframe, const market::FormingCandle& bar) {
  row(index).forming[slot(timeframe)] = bar;
}

const MarketBoard::Row& MarketBoard::row(BoardIndex index) const {
  CW_REQUIRE(index < rows_.size());
  return rows_[index];
}

MarketBoard::Row& MarketBoard::row(BoardIndex index) {
  CW_REQUIRE(index < rows_.size());
  return rows_[index];
}

}  // namespace cw::realtime
