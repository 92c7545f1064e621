// Texts of a market-data socket, and whole inputs of `feed decode`: whatever comes, one message comes out whose numbers
// keep their promises, every line is accounted for, and what is printed is one line.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/require.h"
#include "exchange/binance/feed_decode.h"
#include "exchange/binance/messages.h"

namespace cw::exchange::binance {
namespace {

bool in_range(Timestamp t) { return to_ms(t) >= kEarliestMs && to_ms(t) < kLatestMs; }
bool is_price(double value) { return std::isfinite(value) && value > 0; }
bool is_size(double value) { return std::isfinite(value) && value >= 0; }

struct Check {
  void operator()(const TradeMessage& m) const {
    CW_REQUIRE(!m.symbol.empty() && is_price(m.trade.price) && is_price(m.trade.quantity));
    CW_REQUIRE(in_range(m.trade.time) && in_range(m.sent_at));
  }
  void operator()(const KlineMessage& m) const {
    const market::FormingCandle& bar = m.candle.bar;
    CW_REQUIRE(is_price(bar.open) && is_price(bar.high) && is_price(bar.low) && is_price(bar.close));
    CW_REQUIRE(is_size(bar.volume) && in_range(bar.open_time) && in_range(m.close_time));
  }
  void operator()(const QuoteMessage& m) const {
    CW_REQUIRE(is_size(m.quote.bid) && is_size(m.quote.ask) && is_size(m.quote.bid_size) && is_size(m.quote.ask_size));
  }
  void operator()(const TickerMessage& m) const { CW_REQUIRE(is_size(m.last) && in_range(m.sent_at)); }
  void operator()(const BookMessage& m) const {
    CW_REQUIRE(m.bids.size() <= MessageDecoder::kLevelsMost && m.asks.size() <= MessageDecoder::kLevelsMost);
    for (const BookLevel& level : m.bids) CW_REQUIRE(is_size(level.price) && is_size(level.quantity));
  }
  void operator()(const ShutdownMessage& m) const { CW_REQUIRE(in_range(m.sent_at)); }
  void operator()(const MalformedMessage& m) const {
    CW_REQUIRE(!m.reason.empty() && m.reason.find('\n') == m.reason.npos);
  }
  void operator()(const AckMessage&) const {}
  void operator()(const RefusalMessage&) const {}
  void operator()(const UnknownMessage&) const {}
};

void decode_as_input(std::string_view text, std::size_t piece) {
  FeedDecode decode([](std::string_view line) { CW_REQUIRE(line.starts_with('{') && line.find('\n') == line.npos); },
                    [](std::string_view line) { CW_REQUIRE(line.starts_with("line ")); });
  for (std::size_t at = 0; at < text.size(); at += piece) decode.feed(text.substr(at, piece));
  const FeedDecodeSummary summary = decode.finish();
  std::uint64_t lines = text.empty() || text.ends_with('\n') ? 0 : 1;
  for (const char c : text) lines += c == '\n';
  CW_REQUIRE(summary.lines == lines);
}

}  // namespace
}  // namespace cw::exchange::binance

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cw::exchange::binance;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static MessageDecoder kept;  // state left by one text must not change the next
  MessageDecoder fresh;
  const Message message = kept.decode(text, cw::from_ms(1'700'000'000'000));
  std::visit(Check{}, message);
  CW_REQUIRE(message.index() == fresh.decode(text, cw::from_ms(1'700'000'000'000)).index());
  decode_as_input(text, 1 + size % 7);
  return 0;
}
