#include "exchange/binance/feed_decode.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <iterator>

#include "base/number.h"
#include "exchange/binance/messages.h"

namespace cw::exchange::binance {
namespace {

// What bracket depth a text ends at, strings aside: 0 for a whole message, above 0 where it goes on.
int open_brackets(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return in_string ? -1 : depth;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  return text;
}

// `<nanoseconds> {…`: the message behind the receipt time.
std::string_view without_receipt_time(std::string_view line) {
  const auto digits = line.find_first_not_of("0123456789");
  if (digits == 0 || digits == line.npos || line[digits] != ' ') return line;
  return trimmed(line.substr(digits));
}

// `{"t":"recv",…`: of the venue's own messages, none begins with a text called `t`.
bool is_recorded(std::string_view text) {
  constexpr std::string_view kBegin = R"({"t":)";
  return text.starts_with(kBegin) && trimmed(text.substr(kBegin.size())).starts_with('"');
}

void append_text(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < ' ') {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  out += '"';
}

// Builds one JSON object in a kept string.
class Object {
 public:
  explicit Object(std::string& out, std::string_view type) : out_(out) {
    out_ = R"({"type":)";
    append_text(out_, type);
  }
  Object& text(std::string_view key, std::string_view value) {
    name(key);
    append_text(out_, value);
    return *this;
  }
  Object& number(std::string_view key, double value) {
    name(key);
    append_double(out_, value);
    return *this;
  }
  Object& integer(std::string_view key, std::int64_t value) {
    name(key);
    fmt::format_to(std::back_inserter(out_), "{}", value);
    return *this;
  }
  Object& time(std::string_view key, Timestamp value) { return integer(key, to_ms(value)); }
  Object& flag(std::string_view key, bool value) {
    name(key);
    out_ += value ? "true" : "false";
    return *this;
  }
  Object& levels(std::string_view key, std::span<const BookLevel> levels) {
    name(key);
    out_ += '[';
    for (const BookLevel& level : levels) {
      out_ += out_.back() == '[' ? "[" : ",[";
      append_double(out_, level.price);
      out_ += ',';
      append_double(out_, level.quantity);
      out_ += ']';
    }
    out_ += ']';
    return *this;
  }
  std::string_view end() { return out_ += '}'; }

 private:
  void name(std::string_view key) { fmt::format_to(std::back_inserter(out_), ",\"{}\":", key); }
  std::string& out_;
};

}  // namespace

std::string FeedDecodeSummary::text() const {
  return fmt::format(
      "{} lines: {} trades, {} candles, {} quotes, {} tickers, {} book changes, {} book snapshots, {} answers and "
      "notices; {} unknown, {} malformed, {} lines without a message",
      lines, trades, candles, quotes, tickers, book_changes, book_snapshots, answers, unknown, malformed, skipped);
}

struct FeedDecode::Impl {
  Line on_event;
  Line on_error;
  MessageDecoder decoder;
  simdjson::ondemand::parser parser;
  FeedDecodeSummary summary;
  std::string line;  // what is read of the current line
  bool line_too_long = false;
  std::string message;  // lines of a message that is laid out over several
  std::uint64_t message_line = 0;
  std::string out;

  void error(std::uint64_t line_number, std::string_view what) {
    on_error(fmt::format("line {}: {}", line_number, what));
  }
  void malformed(std::uint64_t line_number, std::string_view reason) {
    ++summary.malformed;
    error(line_number, fmt::format("malformed message: {}", reason));
  }

  void emit(const TradeMessage& m) {
    ++summary.trades;
    Object object(out, "trade");
    object.text("symbol", m.symbol).time("time", m.trade.time).integer("trade_id", m.trade.trade_id);
    object.number("price", m.trade.price).number("quantity", m.trade.quantity).flag("taker_sold", m.trade.taker_sold);
    if (m.aggregate) object.flag("aggregate", true);
    on_event(object.end());
  }
  void emit(const KlineMessage& m) {
    ++summary.candles;
    const market::FormingCandle& bar = m.candle.bar;
    Object object(out, "candle");
    object.text("symbol", m.symbol).text("timeframe", m.interval).time("open_time", bar.open_time);
    object.number("open", bar.open).number("high", bar.high).number("low", bar.low).number("close", bar.close);
    object.number("volume", bar.volume).integer("trades", m.candle.trades).flag("closed", m.candle.closed);
    on_event(object.time("time", bar.updated_at).end());
  }
  void emit(const QuoteMessage& m) {
    ++summary.quotes;
    Object object(out, "quote");
    object.text("symbol", m.symbol).integer("update_id", m.update_id).number("bid", m.quote.bid);
    object.number("bid_size", m.quote.bid_size).number("ask", m.quote.ask).number("ask_size", m.quote.ask_size);
    if (m.has_time) object.time("time", m.quote.time);
    on_event(object.end());
  }
  void emit(const TickerMessage& m) {
    ++summary.tickers;
    Object object(out, "ticker");
    object.text("symbol", m.symbol).time("time", m.sent_at).number("open", m.open).number("high", m.high);
    object.number("low", m.low).number("last", m.last).number("volume", m.volume);
    on_event(object.number("quote_volume", m.quote_volume).end());
  }
  void emit(const BookMessage& m) {
    ++(m.snapshot ? summary.book_snapshots : summary.book_changes);
    Object object(out, m.snapshot ? "book_snapshot" : "book_change");
    object.text("symbol", m.symbol);
    if (m.sent_at) object.time("time", *m.sent_at);
    if (m.first_id) object.integer("first_id", *m.first_id);
    on_event(object.integer("last_id", m.last_id).levels("bids", m.bids).levels("asks", m.asks).end());
  }
  void emit(const AckMessage& m) {
    ++summary.answers;
    Object object(out, "ack");
    if (m.id) object.integer("id", *m.id);
    on_event(object.end());
  }
  void emit(const RefusalMessage& m) {
    ++summary.answers;
    Object object(out, "refusal");
    if (m.id) object.integer("id", *m.id);
    on_event(object.integer("code", m.code).text("message", m.message).end());
  }
  void emit(const ShutdownMessage& m) {
    ++summary.answers;
    on_event(Object(out, "server_shutdown").time("time", m.sent_at).end());
  }

  void take_message(std::string_view text, std::uint64_t line_number) {
    std::visit(
        [&]<class T>(const T& m) {
          if constexpr (std::is_same_v<T, UnknownMessage>) {
            ++summary.unknown;
            error(line_number, fmt::format("unknown message '{:.100}'", m.name));
          } else if constexpr (std::is_same_v<T, MalformedMessage>) {
            malformed(line_number, m.reason);
          } else {
            emit(m);
          }
        },
        decoder.decode(text, Timestamp{}));
  }

  // `[{…}, {…}]`: each element is a message of its own.
  void take_array(std::string_view text, std::uint64_t line_number) {
    simdjson::padded_string padded(text);
    simdjson::ondemand::document document;
    simdjson::ondemand::array array;
    if (parser.iterate(padded).get(document) != simdjson::SUCCESS ||
        document.get_array().get(array) != simdjson::SUCCESS) {
      return malformed(line_number, "not a JSON array");
    }
    for (auto element : array) {
      simdjson::ondemand::object object;
      std::string_view raw;
      if (element.get_object().get(object) != simdjson::SUCCESS || object.raw_json().get(raw) != simdjson::SUCCESS) {
        return malformed(line_number, "an element of the array is no message");
      }
      take_message(raw, line_number);
    }
  }

  // A line of a recording: `recv` holds a message, and so does an `http` answer that is a snapshot of a book.
  void take_recorded(std::string_view text, std::uint64_t line_number) {
    simdjson::padded_string padded(text);
    simdjson::ondemand::document document;
    std::string_view kind;
    std::string_view data;
    if (parser.iterate(padded).get(document) != simdjson::SUCCESS ||
        document["t"].get_string().get(kind) != simdjson::SUCCESS) {
      return malformed(line_number, "not a line of a recording");
    }
    if (kind != "recv" && kind != "http") {
      ++summary.skipped;
      return;
    }
    if (document["data"].get_string().get(data) != simdjson::SUCCESS) {
      return malformed(line_number, "a recorded line without its text 'data'");
    }
    if (kind == "http" && !trimmed(data).starts_with(R"({"lastUpdateId")")) {
      ++summary.skipped;
      return;
    }
    take_message(data, line_number);
  }

  void take_text(std::string_view text, std::uint64_t line_number) {
    if (is_recorded(text)) return take_recorded(text, line_number);
    if (text.starts_with('[')) return take_array(text, line_number);
    take_message(text, line_number);
  }

  void give_up_message() {
    if (message.empty()) return;
    malformed(message_line, "a message that never ends");
    message.clear();
  }

  void end_line() {
    ++summary.lines;
    const std::uint64_t number = summary.lines;
    if (line_too_long) {
      line_too_long = false;
      line.clear();
      message.clear();
      return malformed(number, fmt::format("over {} bytes", kMessageBytesMost));
    }
    const std::string_view text = trimmed(line);
    // A line that begins like a message ends a message that was never closed.
    if (!message.empty() && line.starts_with('{') && message.starts_with('{')) give_up_message();
    if (!message.empty()) {
      message.append(text);
      message += ' ';
      if (message.size() > kMessageBytesMost) return give_up_message(), line.clear();
      if (open_brackets(message) <= 0) {
        take_text(trimmed(message), message_line);
        message.clear();
      }
    } else if (text.empty()) {
      ++summary.skipped;
    } else if ((text.front() == '{' || text.front() == '[') && open_brackets(text) > 0) {
      message.assign(text);
      message += ' ';
      message_line = number;
    } else {
      take_text(without_receipt_time(text), number);
    }
    line.clear();
  }

  void feed(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto end = bytes.find('\n');
      const std::string_view part = bytes.substr(0, end);
      line_too_long |= line.size() + part.size() > kMessageBytesMost;
      if (!line_too_long) line.append(part);
      if (end == bytes.npos) return;
      end_line();
      bytes.remove_prefix(end + 1);
    }
  }
};

FeedDecode::FeedDecode(Line on_event, Line on_error) : impl_(std::make_unique<Impl>()) {
  impl_->on_event = std::move(on_event);
  impl_->on_error = std::move(on_error);
}
FeedDecode::~FeedDecode() = default;

void FeedDecode::feed(std::string_view bytes) { impl_->feed(bytes); }

FeedDecodeSummary FeedDecode::finish() {
  if (!impl_->line.empty() || impl_->line_too_long) impl_->end_line();
  impl_->give_up_message();
  return impl_->summary;
}

}  // namespace cw::exchange::binance
