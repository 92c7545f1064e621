#pragma once

#include <memory>

#include "candle_store/candle_reader.h"
#include "candle_store/text_window.h"

namespace cw::candle_store {

/// freqtrade's JSON data files: one array of `[open_time_ms, open, high, low, close, volume]` arrays. Read as a stream,
/// so that the size of the file does not matter; blanks and line ends between values are free. Source  freqtrade
/// documentation, "Data Downloading", data format `json`
Result<std::unique_ptr<CandleReader>> read_freqtrade_json(TextWindow window, market::Timeframe timeframe);

}  // namespace cw::candle_store
