#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/time.h"

namespace cw::market {

/// A closed bar. Prices in quote currency per unit of base, volume in units of base; all finite, prices above zero,
/// low <= open, close <= high in sound data (`quality.h` finds the rest).
struct Candle {
  Timestamp open_time;
  double open;
  double high;
  double low;
  double close;
  double volume;

  friend bool operator==(const Candle&, const Candle&) = default;
};

/// A bar that is not closed yet. Its own type on purpose: it converts to nothing, enters no stored row, no signal and
/// no strategy, and is only ever shown.
struct FormingCandle {
  Timestamp open_time;
  double open;
  double high;
  double low;
  double close;
  double volume;
  Timestamp updated_at;  // event time of the newest trade or venue update in it

  friend bool operator==(const FormingCandle&, const FormingCandle&) = default;
};

/// Six columns of equal length over somebody else's memory, in time order. Row i is a Candle.
struct CandleSpan {
  std::span<const std::int64_t> open_time_ms;
  std::span<const double> open;
  std::span<const double> high;
  std::span<const double> low;
  std::span<const double> close;
  std::span<const double> volume;

  std::size_t size() const { return open_time_ms.size(); }
  bool empty() const { return open_time_ms.empty(); }
  Candle operator[](std::size_t i) const {
    return {from_ms(open_time_ms[i]), open[i], high[i], low[i], close[i], volume[i]};
  }
  CandleSpan subspan(std::size_t from, std::size_t count) const {
    return {open_time_ms.subspan(from, count), open.subspan(from, count),  high.subspan(from, count),
            low.subspan(from, count),          close.subspan(from, count), volume.subspan(from, count)};
  }
};

/// Six columns of our own.
struct CandleColumns {
  std::vector<std::int64_t> open_time_ms;
  std::vector<double> open;
  std::vector<double> high;
  std::vector<double> low;
  std::vector<double> close;
  std::vector<double> volume;

  std::size_t size() const { return open_time_ms.size(); }
  bool empty() const { return open_time_ms.empty(); }
  Candle operator[](std::size_t i) const { return view()[i]; }
  CandleSpan view() const { return {open_time_ms, open, high, low, close, volume}; }
  void reserve(std::size_t n);
  void clear();
  void push_back(const Candle& candle);
  void append(const CandleSpan& rows);

  friend bool operator==(const CandleColumns&, const CandleColumns&) = default;
};

}  // namespace cw::market
