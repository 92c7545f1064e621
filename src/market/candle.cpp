#include "market/candle.h"

namespace cw::market {

void CandleColumns::reserve(std::size_t n) {
  open_time_ms.reserve(n);
  open.reserve(n);
  high.reserve(n);
  low.reserve(n);
  close.reserve(n);
  volume.reserve(n);
}

void CandleColumns::clear() {
  open_time_ms.clear();
  open.clear();
  high.clear();
  low.clear();
  close.clear();
  volume.clear();
}

void CandleColumns::push_back(const Candle& candle) {
  open_time_ms.push_back(to_ms(candle.open_time));
  open.push_back(candle.open);
  high.push_back(candle.high);
  low.push_back(candle.low);
  close.push_back(candle.close);
  volume.push_back(candle.volume);
}

void CandleColumns::append(const CandleSpan& rows) {
  open_time_ms.insert(open_time_ms.end(), rows.open_time_ms.begin(), rows.open_time_ms.end());
  open.insert(open.end(), rows.open.begin(), rows.open.end());
  high.insert(high.end(), rows.high.begin(), rows.high.end());
  low.insert(low.end(), rows.low.begin(), rows.low.end());
  close.insert(close.end(), rows.close.begin(), rows.close.end());
  volume.insert(volume.end(), rows.volume.begin(), rows.volume.end());
}

}  // namespace cw::market
