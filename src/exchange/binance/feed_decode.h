#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace cw::exchange::binance {

/// What `candlewick feed decode --venue binance` found, by the kind of message.
struct FeedDecodeSummary {
  std::uint64_t lines = 0;
  std::uint64_t trades = 0, candles = 0, quotes = 0, tickers = 0, book_changes = 0, book_snapshots = 0;
  std::uint64_t answers = 0;  // acknowledgements, refusals, notices
  std::uint64_t unknown = 0, malformed = 0;
  std::uint64_t skipped = 0;  // blank lines, and a recording's own lines that hold no message

  /// One line for people: "41249 lines: 19904 trades, …; 0 unknown, 0 malformed".
  std::string text() const;
};

/// Turns raw messages into normalised events, one JSON object a line, for people and pipes.
///
/// Input   one message a line as the venue sent it; a message laid out over several lines; an array of messages; lines
///         of a recording: `<nanoseconds> <message>`, or `{"t":"recv","data":"<message>",…}`
/// Output  `{"type":"trade","symbol":"BTCUSDT","time":…,"trade_id":…,"price":…,"quantity":…,"taker_sold":…}`, and alike
///         for `candle`, `quote`, `ticker`, `book_change`, `book_snapshot`, `ack`, `refusal`, `server_shutdown`; times
///         in ms, numbers in their shortest text. docs/feeds.md lists every field
/// Errors  never stops: what is unknown or malformed goes to `on_error` as "line 7: …" and is counted
/// Bounds  a message of over `kMessageBytesMost` is malformed, the rest of its line is not read
class FeedDecode {
 public:
  static constexpr std::size_t kMessageBytesMost = 4 * 1024 * 1024;

  /// Both are called with one line without its end.
  using Line = std::function<void(std::string_view)>;
  FeedDecode(Line on_event, Line on_error);
  ~FeedDecode();

  /// Takes the next bytes of the input, cut anywhere.
  void feed(std::string_view bytes);

  /// The input has ended; a last line without its end counts.
  FeedDecodeSummary finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cw::exchange::binance
