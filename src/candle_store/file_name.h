#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/error.h"
#include "market/instrument.h"
#include "market/timeframe.h"

namespace cw::candle_store {

/// What the name of a candle file says.
struct FileNameHints {
  std::optional<std::string> venue;
  std::optional<market::SymbolParts> symbol;
  std::optional<market::Timeframe> timeframe;
};

/// Reads `VENUE-BASE-QUOTE-TIMEFRAME[-tags]` (`coinbase-BTC-USD-1m-2016to2018days.csv.gz`), freqtrade's
/// `BASE_QUOTE-TIMEFRAME` (`BTC_USDT-5m.json`) and Binance's `SYMBOL-TIMEFRAME-DATE` (`BTCUSDT-1m-2024-08.csv`), each
/// also with a venue in front; extensions are left aside. What the name does not say stays empty: an option must say
/// it.
///
/// Errors  Errc::unknown_timeframe for a name that says `1s`, `3d` or `1mo`: such bars are not kept
Result<FileNameHints> hints_of(const std::filesystem::path& path);

}  // namespace cw::candle_store
