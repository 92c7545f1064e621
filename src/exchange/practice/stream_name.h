#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "market/instrument.h"
#include "market/timeframe.h"

namespace cw::exchange::practice {

/// What a stream carries.
enum class StreamKind : std::uint8_t { trade, agg_trade, book_ticker, mini_ticker, kline };

/// A stream that this exchange can fill: one instrument, one kind.
struct StreamId {
  std::size_t instrument;
  StreamKind kind;
  market::Timeframe timeframe = market::Timeframe::m1;  // of a kline

  friend auto operator<=>(const StreamId&, const StreamId&) = default;
};

/// `btcusdt@kline_1m`, as the exchange writes it.
std::string stream_name(const StreamId& stream, std::span<const market::Instrument> instruments);

/// Reads a stream's name; the symbol's letters are small. None for a name that means nothing here: the exchange takes
/// such a subscription without a word and never fills it.
std::optional<StreamId> parse_stream(std::string_view text, std::span<const market::Instrument> instruments);

}  // namespace cw::exchange::practice
