#include "candle_store/candle_reader.h"

#include <fmt/format.h>

#include "candle_store/csv_reader.h"
#include "candle_store/freqtrade_json.h"
#include "candle_store/row_check.h"
#include "candle_store/text_window.h"

namespace cw::candle_store {
namespace {

// Room for the longest line and the block behind it.
constexpr std::size_t kWindowBytes = 512 * 1024;
constexpr std::size_t kLookedAt = 256;  // enough to tell the formats apart
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

std::string_view name(FileFormat format) {
  switch (format) {
    case FileFormat::csv: return "csv";
    case FileFormat::binance_klines: return "binance klines";
    case FileFormat::freqtrade_json: return "freqtrade json";
  }
  return "csv";
}

Result<std::unique_ptr<CandleReader>> read_candles(std::unique_ptr<ByteSource> bytes, market::Timeframe timeframe) {
  TextWindow window(std::move(bytes), kWindowBytes);
  while (window.rest().size() < kLookedAt) {
    const auto more = window.more();
    if (!more) return pass_on(more);
    if (!*more) break;
  }
  if (window.rest().starts_with(kByteOrderMark)) window.consume(kByteOrderMark.size());
  if (window.rest().empty()) return fail(Errc::bad_input, "it is empty");

  const auto text = window.rest().substr(0, kLookedAt - kByteOrderMark.size());
  const auto first = text.find_first_not_of(" \t\r\n");
  const char c = first == std::string_view::npos ? ' ' : text[first];
  if (c == '[') return read_freqtrade_json(std::move(window), timeframe);
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  if (letter || (c >= '0' && c <= '9')) return read_csv(std::move(window), timeframe);
  return fail(Errc::bad_input,
              fmt::format("line 1: '{}' begins neither a CSV file with a header, nor Binance's klines, nor "
                          "freqtrade's JSON",
                          shown(text.substr(0, text.find('\n')))));
}

}  // namespace cw::candle_store
