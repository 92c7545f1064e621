#include "exchange/binance/messages.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "base/number.h"
#include "base/require.h"

namespace cw::exchange::binance {
namespace {

// The library looks for the marks of a text with the widest instructions that the machine has, as it finds when it runs.
// Only the walk over them is compiled here, in its plain form, since x86-64-v3 does not promise PCLMULQDQ; its AVX2 form
// (-mpclmul) was measured to take the same time.
namespace ondemand = simdjson::ondemand;

constexpr std::size_t kShownMost = 40;  // of an offending text

std::string_view trimmed(std::string_view token) {
  while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ') token.remove_suffix(1);
  return token;
}

std::string_view unquoted(std::string_view token) {
  if (token.size() >= 2 && token.front() == '"' && token.back() == '"') return token.substr(1, token.size() - 2);
  return token;
}

// The scalars of one object whose keys are single letters, as raw tokens, by letter. The venue may send them in any
// order and what a letter means depends on the event type, so the reading of values waits until all are there.
class Letters {
 public:
  void clear() { present_ = {}; }
  void put(char key, std::string_view token) {
    const auto index = static_cast<unsigned char>(key) & 127;
    tokens_[index] = trimmed(token);
    present_[index >> 6] |= std::uint64_t{1} << (index & 63);
  }
  bool has(char key) const {
    const auto index = static_cast<unsigned char>(key) & 127;
    return (present_[index >> 6] >> (index & 63)) & 1;
  }
  std::string_view token(char key) const {
    return has(key) ? tokens_[static_cast<unsigned char>(key) & 127] : std::string_view{};
  }
  std::string_view text(char key) const { return unquoted(token(key)); }

 private:
  std::array<std::string_view, 128> tokens_;
  std::array<std::uint64_t, 2> present_{};
};

// What a text holds, before it is known what it is.
struct Parts {
  std::string_view stream;
  Letters fields;  // of the payload
  Letters kline;   // of its `k`
  std::vector<BookLevel> bids, asks;
  bool has_kline = false, has_bids = false, has_asks = false;
  bool has_result = false, has_status = false, has_code = false, has_msg = false;
  std::string_view last_update_id, id, code, msg;

  void clear() {
    fields.clear();
    kline.clear();
    bids.clear();
    asks.clear();
    has_kline = has_bids = has_asks = has_result = has_status = has_code = has_msg = false;
    stream = last_update_id = id = code = msg = {};
  }
};

}  // namespace

std::optional<Timestamp> time_of(std::int64_t number) {
  constexpr std::int64_t kSmallestMicros = 100'000'000'000'000;  // in ms the year 5138, in us 1973
  const std::int64_t ms = number >= kSmallestMicros ? number / 1'000 : number;
  if (ms < kEarliestMs || ms >= kLatestMs) return std::nullopt;
  return from_ms(ms);
}

struct MessageDecoder::Impl {
  ondemand::parser parser;
  std::vector<char> buffer;
  Parts parts;
  std::array<char, 256> reason{};
  std::array<char, 32> symbol{};
  bool failed = false;  // a reason was written for this text

  MalformedMessage malformed() const { return {std::string_view(reason.data())}; }

  // Keeps the first reason. Control characters of the offending text become '?', so that a reason stays one line.
  template <class... Args>
  void fail(fmt::format_string<Args...> format, Args&&... args) {
    if (failed) return;
    failed = true;
    auto* end = fmt::format_to_n(reason.data(), reason.size() - 1, format, std::forward<Args>(args)...).out;
    *end = '\0';
    std::replace_if(reason.data(), end, [](char c) { return static_cast<unsigned char>(c) < ' '; }, '?');
  }

  // ---- from text to parts

  bool read_levels(ondemand::array array, std::vector<BookLevel>& levels) {
    for (auto element : array) {
      ondemand::array pair;
      if (element.get_array().get(pair) != simdjson::SUCCESS) return false;
      std::array<double, 2> numbers{};
      std::size_t count = 0;
      for (auto item : pair) {
        std::string_view token;
        if (item.raw_json_token().get(token) != simdjson::SUCCESS) return false;
        if (count < 2) {
          const auto number = parse_double(unquoted(trimmed(token)));
          if (!number || *number < 0) {
            fail("a book level holds '{:.{}}', not a number", trimmed(token), kShownMost);
            return false;
          }
          numbers[count] = *number;
        }
        ++count;
      }
      if (count < 2 || levels.size() == kLevelsMost) {
        fail("{}", count < 2 ? "a book level has no price or no size" : "a side of the book has over 5000 levels");
        return false;
      }
      levels.push_back({numbers[0], numbers[1]});
    }
    return true;
  }

  template <class Field>
  bool read_field(Field& field, bool in_kline) {
    ondemand::raw_json_string key_text;
    if (field.key().get(key_text) != simdjson::SUCCESS) return false;
    const char* raw = key_text.raw();
    auto value = field.value();
    ondemand::json_type type;
    if (value.type().get(type) != simdjson::SUCCESS) return false;
    const bool scalar = type != ondemand::json_type::array && type != ondemand::json_type::object;
    const auto key_is = [&](std::string_view name) { return key_text.unsafe_is_equal(name); };

    if (type == ondemand::json_type::object) {
      ondemand::object object;
      if (key_is("k") && !in_kline) {
        parts.has_kline = true;
        return value.get_object().get(object) == simdjson::SUCCESS && read_object(object, true);
      }
      if (key_is("data") || key_is("event") || key_is("error")) {
        return value.get_object().get(object) == simdjson::SUCCESS && read_object(object, false);
      }
      parts.has_result |= key_is("result");
      return true;
    }
    if (type == ondemand::json_type::array) {
      ondemand::array array;
      if (key_is("b") || key_is("bids")) {
        parts.has_bids = true;
        return value.get_array().get(array) == simdjson::SUCCESS && read_levels(array, parts.bids);
      }
      if (key_is("a") || key_is("asks")) {
        parts.has_asks = true;
        return value.get_array().get(array) == simdjson::SUCCESS && read_levels(array, parts.asks);
      }
      parts.has_result |= key_is("result");
      return true;
    }

    std::string_view token;
    if (!scalar || value.raw_json_token().get(token) != simdjson::SUCCESS) return false;
    if (raw[0] != '\0' && raw[0] != '"' && raw[1] == '"') {
      (in_kline ? parts.kline : parts.fields).put(raw[0], token);
    } else if (in_kline) {
      return true;
    } else if (key_is("stream")) {
      parts.stream = unquoted(trimmed(token));
    } else if (key_is("lastUpdateId")) {
      parts.last_update_id = trimmed(token);
    } else if (key_is("id")) {
      parts.id = unquoted(trimmed(token));
    } else if (key_is("result")) {
      parts.has_result = true;
    } else if (key_is("status")) {
      parts.has_status = true;
    } else if (key_is("code")) {
      parts.has_code = true;
      parts.code = trimmed(token);
    } else if (key_is("msg")) {
      parts.has_msg = true;
      return value.get_string().get(parts.msg) == simdjson::SUCCESS;
    }
    return true;
  }

  bool read_object(ondemand::object object, bool in_kline) {
    for (auto field : object) {
      if (field.error() != simdjson::SUCCESS || !read_field(field, in_kline)) return false;
    }
    return true;
  }

  // ---- from parts to values

  void fail_field(const Letters& from, char key, std::string_view what) {
    if (from.has(key)) {
      fail("field '{}' ('{:.{}}') {}", key, from.text(key), kShownMost, what);
    } else {
      fail("field '{}' is missing", key);
    }
  }

  double number(const Letters& from, char key, bool above_zero) {
    const auto value = parse_double(from.text(key));
    if (!value) {
      fail_field(from, key, "is not a number");
      return 0;
    }
    if (above_zero && *value <= 0) fail_field(from, key, "must be above zero");
    if (*value < 0) fail_field(from, key, "must not be negative");
    return *value;
  }

  std::int64_t integer(const Letters& from, char key) {
    const auto value = parse_int(from.token(key));
    if (!value) fail_field(from, key, "is not an integer");
    return value.value_or(0);
  }

  Timestamp time(const Letters& from, char key) {
    const std::int64_t value = integer(from, key);
    const auto at = time_of(value);
    if (!at) fail("field '{}' ({}) is not a time in 2000..2099", key, value);
    return at.value_or(Timestamp{});
  }

  bool boolean(const Letters& from, char key) {
    const std::string_view token = from.token(key);
    if (token != "true" && token != "false") fail_field(from, key, "is neither true nor false");
    return token == "true";
  }

  std::string_view text(const Letters& from, char key) {
    const std::string_view token = from.token(key);
    if (token.size() < 3 || token.front() != '"' || token.find('\\') != token.npos) {
      fail_field(from, key, "is not a name");
    }
    return unquoted(token);
  }

  // The message, unless something in it was wrong.
  template <class T>
  Message whole(const T& message) const {
    return failed ? Message{malformed()} : Message{message};
  }

  // A message of the kind that says whom it is about and when it was sent.
  template <class T>
  T addressed() {
    T out{};
    out.symbol = text(parts.fields, 's');
    out.sent_at = time(parts.fields, 'E');
    return out;
  }

  Message trade(bool aggregate) {
    const Letters& f = parts.fields;
    auto out = addressed<TradeMessage>();
    out.trade.trade_id = integer(f, aggregate ? 'l' : 't');
    out.trade.time = time(f, 'T');
    out.trade.price = number(f, 'p', true);
    out.trade.quantity = number(f, 'q', true);
    out.trade.taker_sold = boolean(f, 'm');
    out.aggregate = aggregate;
    return whole(out);
  }

  Message kline() {
    const Letters& f = parts.fields;
    const Letters& k = parts.kline;
    if (!parts.has_kline) fail("field 'k' is missing");
    KlineMessage out{};
    out.symbol = text(f, 's');
    out.interval = text(k, 'i');
    out.close_time = time(k, 'T');
    market::FormingCandle& bar = out.candle.bar;
    bar.updated_at = time(f, 'E');
    bar.open_time = time(k, 't');
    bar.open = number(k, 'o', true);
    bar.high = number(k, 'h', true);
    bar.low = number(k, 'l', true);
    bar.close = number(k, 'c', true);
    bar.volume = number(k, 'v', false);
    out.candle.trades = integer(k, 'n');
    out.candle.closed = boolean(k, 'x');
    return whole(out);
  }

  Message quote(Timestamp received_at) {
    const Letters& f = parts.fields;
    QuoteMessage out{};
    out.symbol = text(f, 's');
    out.update_id = integer(f, 'u');
    out.has_time = f.has('E');
    out.quote.time = out.has_time ? time(f, 'E') : received_at;
    out.quote.bid = number(f, 'b', false);
    out.quote.bid_size = number(f, 'B', false);
    out.quote.ask = number(f, 'a', false);
    out.quote.ask_size = number(f, 'A', false);
    return whole(out);
  }

  Message ticker() {
    const Letters& f = parts.fields;
    auto out = addressed<TickerMessage>();
    out.open = number(f, 'o', false);
    out.high = number(f, 'h', false);
    out.low = number(f, 'l', false);
    out.last = number(f, 'c', false);
    out.volume = number(f, 'v', false);
    out.quote_volume = number(f, 'q', false);
    return whole(out);
  }

  Message book(BookMessage out) const {
    out.bids = parts.bids;
    out.asks = parts.asks;
    return whole(out);
  }

  Message book_change() {
    const Letters& f = parts.fields;
    auto out = addressed<BookMessage>();
    out.first_id = integer(f, 'U');
    out.last_id = integer(f, 'u');
    if (!parts.has_bids || !parts.has_asks) fail("a side of the book is missing");
    return book(out);
  }

  Message book_snapshot() {
    BookMessage out{};
    const std::string_view name = parts.stream.substr(0, std::min(parts.stream.find('@'), symbol.size()));
    std::transform(name.begin(), name.end(), symbol.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    out.symbol = std::string_view(symbol.data(), name.size());
    const auto id = parse_int(parts.last_update_id);
    if (!id) fail("field 'lastUpdateId' ('{:.{}}') is not an integer", parts.last_update_id, kShownMost);
    out.last_id = id.value_or(0);
    out.snapshot = true;
    return book(out);
  }

  Message refusal() {
    const auto code = parse_int(parts.code);
    if (!code) fail("field 'code' ('{:.{}}') is not an integer", parts.code, kShownMost);
    return whole(RefusalMessage{parse_int(parts.id), code.value_or(0), parts.msg});
  }

  Message event(std::string_view type, Timestamp received_at) {
    if (type == "trade") return trade(false);
    if (type == "aggTrade") return trade(true);
    if (type == "kline") return kline();
    if (type == "bookTicker") return quote(received_at);
    if (type == "24hrTicker" || type == "24hrMiniTicker") return ticker();
    if (type == "depthUpdate") return book_change();
    if (type == "serverShutdown") return whole(ShutdownMessage{time(parts.fields, 'E')});
    return UnknownMessage{type};
  }

  Message classify(Timestamp received_at) {
    const Letters& f = parts.fields;
    if (parts.has_code && parts.has_msg) return refusal();
    if (f.has('e')) {
      const std::string_view type = text(f, 'e');
      return failed ? Message{malformed()} : event(type, received_at);
    }
    if (!parts.last_update_id.empty() && parts.has_bids && parts.has_asks) return book_snapshot();
    if (f.has('u') && f.has('b') && f.has('B') && f.has('a') && f.has('A')) return quote(received_at);
    if (parts.has_result) {
      return parts.has_status ? Message{UnknownMessage{"answer of the WebSocket API"}}
                              : Message{AckMessage{parse_int(parts.id)}};
    }
    if (!parts.stream.empty()) return UnknownMessage{parts.stream};
    return UnknownMessage{"object without an event type"};
  }

  Message decode(std::string_view text, Timestamp received_at) {
    failed = false;
    parts.clear();
    if (text.size() > kBytesMost) {
      fail("{} bytes, over the limit of {}", text.size(), kBytesMost);
      return malformed();
    }
    if (trimmed(text).empty()) {
      fail("empty text");
      return malformed();
    }
    if (buffer.size() < text.size() + simdjson::SIMDJSON_PADDING) {
      buffer.resize(std::max(2 * buffer.size(), text.size() + simdjson::SIMDJSON_PADDING));
    }
    std::memcpy(buffer.data(), text.data(), text.size());
    std::memset(buffer.data() + text.size(), 0, simdjson::SIMDJSON_PADDING);

    ondemand::document document;
    auto error = parser.iterate(buffer.data(), text.size(), buffer.size()).get(document);
    ondemand::json_type type{};
    if (error == simdjson::SUCCESS) error = document.type().get(type);
    if (error == simdjson::SUCCESS && type == ondemand::json_type::array) return UnknownMessage{"array"};
    if (error == simdjson::SUCCESS && type != ondemand::json_type::object) {
      fail("not a JSON object");
      return malformed();
    }
    ondemand::object root;
    if (error == simdjson::SUCCESS) error = document.get_object().get(root);
    if (error != simdjson::SUCCESS) {
      fail("not valid JSON: {}", simdjson::error_message(error));
      return malformed();
    }
    if (!read_object(root, false)) {
      fail("not valid JSON near byte {}", place(document));
      return malformed();
    }
    if (document.current_location().error() == simdjson::SUCCESS) {
      fail("text goes on after the message");
      return malformed();
    }
    return classify(received_at);
  }

  std::size_t place(ondemand::document& document) const {
    const char* at = nullptr;
    if (document.current_location().get(at) != simdjson::SUCCESS) return 0;
    return static_cast<std::size_t>(at - buffer.data());
  }
};

MessageDecoder::MessageDecoder() : impl_(std::make_unique<Impl>()) {}
MessageDecoder::~MessageDecoder() = default;

void MessageDecoder::reserve(std::size_t bytes, std::size_t levels) {
  CW_REQUIRE(bytes <= kBytesMost && levels <= kLevelsMost);
  impl_->buffer.resize(std::max(impl_->buffer.size(), bytes + simdjson::SIMDJSON_PADDING));
  impl_->parts.bids.reserve(levels);
  impl_->parts.asks.reserve(levels);
  // The parser's own buffers grow at the first text of that size.
  const std::string blank = '"' + std::string(bytes > 2 ? bytes - 2 : 0, ' ') + '"';
  decode(blank, Timestamp{});
}

Message MessageDecoder::decode(std::string_view text, Timestamp received_at) {
  return impl_->decode(text, received_at);
}

}  // namespace cw::exchange::binance
