#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "candle_store/byte_source.h"
#include "market/candle.h"
#include "market/timeframe.h"

namespace cw::candle_store {

enum class FileFormat { csv, binance_klines, freqtrade_json };
std::string_view name(FileFormat format);

/// Rows of one file on their way in, block by block, checked: strictly in time order, on the grid of the timeframe,
/// prices above zero, volume not below. A line that says the same as the one before is left out and counted. What is
/// well-formed but unlikely (high below low, a leap) passes: that is for `candles check`, never repaired here.
///
/// Memory  bounded, whatever the file: a line has at most `kLineMost` bytes
/// Errors  bad_input with line and column and the offending text; after an error the reader is done
class CandleReader {
 public:
  static constexpr std::size_t kLineMost = 65'536;
  static constexpr std::size_t kBlockRows = 8'192;

  virtual ~CandleReader() = default;

  /// Replaces `rows` by the next ones, at most `kBlockRows`; false when the file is over.
  virtual Result<bool> next(market::CandleColumns& rows) = 0;

  virtual FileFormat format() const = 0;
  virtual std::uint64_t duplicates() const = 0;
  /// Bytes of the file that were read, and of the whole file, for a progress bar.
  virtual std::uint64_t position() const = 0;
  virtual std::uint64_t size() const = 0;
};

/// A reader for the format that the content shows: `[` begins freqtrade's JSON, a letter a CSV header, a digit
/// Binance's klines without one. A byte order mark is skipped; lines end with LF or CRLF, the last one with or without.
/// Errors  not_found, io_error; bad_input (empty, or none of these formats)
Result<std::unique_ptr<CandleReader>> read_candles(std::unique_ptr<ByteSource> bytes, market::Timeframe timeframe);

}  // namespace cw::candle_store
