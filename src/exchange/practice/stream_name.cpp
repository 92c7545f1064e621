#include "exchange/practice/stream_name.h"

#include <algorithm>

namespace cw::exchange::practice {
namespace {

constexpr std::string_view kKline = "kline_";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool names(std::string_view small, const std::string& symbol) {
  return std::ranges::equal(small, symbol, {}, {}, lower);
}

}  // namespace

std::string stream_name(const StreamId& stream, std::span<const market::Instrument> instruments) {
  std::string text = instruments[stream.instrument].id.symbol;
  std::ranges::transform(text, text.begin(), lower);
  text += '@';
  switch (stream.kind) {
    case StreamKind::trade: return text += "trade";
    case StreamKind::agg_trade: return text += "aggTrade";
    case StreamKind::book_ticker: return text += "bookTicker";
    case StreamKind::mini_ticker: return text += "miniTicker";
    case StreamKind::kline: break;
  }
  text += kKline;
  return text += name(stream.timeframe);
}

std::optional<StreamId> parse_stream(std::string_view text, std::span<const market::Instrument> instruments) {
  const std::size_t mark = text.find('@');
  if (mark == std::string_view::npos) return std::nullopt;
  const std::string_view symbol = text.substr(0, mark);
  const auto found = std::ranges::find_if(instruments, [&](const auto& one) { return names(symbol, one.id.symbol); });
  if (found == instruments.end()) return std::nullopt;
  StreamId stream{static_cast<std::size_t>(found - instruments.begin()), StreamKind::trade};

  const std::string_view kind = text.substr(mark + 1);
  if (kind == "trade") return stream;
  if (kind == "aggTrade") return StreamId{stream.instrument, StreamKind::agg_trade};
  if (kind == "bookTicker") return StreamId{stream.instrument, StreamKind::book_ticker};
  if (kind == "miniTicker") return StreamId{stream.instrument, StreamKind::mini_ticker};
  if (!kind.starts_with(kKline)) return std::nullopt;
  const auto timeframe = market::parse_timeframe(kind.substr(kKline.size()));
  if (!timeframe) return std::nullopt;
  return StreamId{stream.instrument, StreamKind::kline, *timeframe};
}

}  // namespace cw::exchange::practice
