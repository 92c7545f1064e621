#pragma once

#include <memory>

#include "candle_store/candle_reader.h"
#include "candle_store/text_window.h"

namespace cw::candle_store {

/// CSV with a header, and Binance's public klines with and without one.
///
/// With a header: columns by name, in any order, others ignored: `open_time_ms` (or `open_time`), `open`, `high`,
/// `low`, `close`, `volume`. Without: the twelve columns of Binance's archive. `open_time` is in milliseconds or, in
/// Binance's files since 2025, microseconds; which of them says the first row. No quotes, no blanks around values.
Result<std::unique_ptr<CandleReader>> read_csv(TextWindow window, market::Timeframe timeframe);

}  // namespace cw::candle_store
