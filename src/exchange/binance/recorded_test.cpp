// Every message of messages/binance in the shared test data: decoded as the table says, expectations held.
#include <gtest/gtest.h>
#include <zlib.h>

#include <nlohmann/json.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "base/number.h"
#include "exchange/binance/feed_decode.h"
#include "exchange/binance/messages.h"
#include "exchange/binance/recorded_table.h"
#include "exchange/binance/rest_messages.h"

namespace cw::exchange::binance {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path kData = "../shared/data";
const fs::path kMessages = kData / "messages/binance";

std::string read(const fs::path& path) {
  std::string out;
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) {
    ADD_FAILURE() << "cannot open " << path;
    return out;
  }
  std::vector<char> chunk(1 << 16);
  for (int n = 0; (n = gzread(file, chunk.data(), static_cast<unsigned>(chunk.size()))) > 0;) {
    out.append(chunk.data(), static_cast<std::size_t>(n));
  }
  gzclose(file);
  return out;
}

std::string kind_of(const Message& message) {
  struct Name {
    std::string operator()(const TradeMessage& m) const { return m.aggregate ? "aggregate" : "trade"; }
    std::string operator()(const KlineMessage&) const { return "candle"; }
    std::string operator()(const QuoteMessage&) const { return "quote"; }
    std::string operator()(const TickerMessage&) const { return "ticker"; }
    std::string operator()(const BookMessage& m) const { return m.snapshot ? "book_snapshot" : "book_change"; }
    std::string operator()(const AckMessage&) const { return "ack"; }
    std::string operator()(const RefusalMessage&) const { return "refusal"; }
    std::string operator()(const ShutdownMessage&) const { return "server_shutdown"; }
    std::string operator()(const UnknownMessage& m) const { return "unknown " + std::string(m.name); }
    std::string operator()(const MalformedMessage&) const { return "malformed"; }
  };
  return std::visit(Name{}, message);
}

std::string reason_of(const Message& message) {
  const auto* bad = std::get_if<MalformedMessage>(&message);
  return bad ? std::string(bad->reason) : "";
}

// The figures of a decoded message against those of an independent reading of the same JSON.
void expect_same_figures(const Message& message, const json& raw) {
  const json& data = raw.contains("data") ? raw["data"] : raw;
  const auto number = [](const json& at, const char* key) {
    return std::strtod(at[key].get<std::string>().c_str(), nullptr);
  };
  if (const auto* m = std::get_if<TradeMessage>(&message)) {
    EXPECT_EQ(m->symbol, data["s"].get<std::string>());
    EXPECT_EQ(m->trade.price, number(data, "p"));
    EXPECT_EQ(m->trade.quantity, number(data, "q"));
    EXPECT_EQ(to_ms(m->trade.time), data["T"].get<std::int64_t>());
    EXPECT_EQ(m->trade.trade_id, data[m->aggregate ? "l" : "t"].get<std::int64_t>());
    EXPECT_EQ(m->trade.taker_sold, data["m"].get<bool>());
  } else if (const auto* k = std::get_if<KlineMessage>(&message)) {
    const json& bar = data["k"];
    EXPECT_EQ(to_ms(k->candle.bar.open_time), bar["t"].get<std::int64_t>());
    EXPECT_EQ(k->candle.bar.open, number(bar, "o"));
    EXPECT_EQ(k->candle.bar.high, number(bar, "h"));
    EXPECT_EQ(k->candle.bar.low, number(bar, "l"));
    EXPECT_EQ(k->candle.bar.close, number(bar, "c"));
    EXPECT_EQ(k->candle.bar.volume, number(bar, "v"));
    EXPECT_EQ(k->candle.closed, bar["x"].get<bool>());
  } else if (const auto* q = std::get_if<QuoteMessage>(&message)) {
    EXPECT_EQ(q->update_id, data["u"].get<std::int64_t>());
    EXPECT_EQ(q->quote.bid, number(data, "b"));
    EXPECT_EQ(q->quote.bid_size, number(data, "B"));
    EXPECT_EQ(q->quote.ask, number(data, "a"));
    EXPECT_EQ(q->quote.ask_size, number(data, "A"));
    EXPECT_LT(q->quote.bid, q->quote.ask);
  } else if (const auto* b = std::get_if<BookMessage>(&message)) {
    const json& bids = data[b->snapshot ? "bids" : "b"];
    ASSERT_EQ(b->bids.size(), bids.size());
    for (std::size_t i = 0; i < bids.size(); ++i) {
      EXPECT_EQ(b->bids[i].price, std::strtod(bids[i][0].get<std::string>().c_str(), nullptr));
      EXPECT_EQ(b->bids[i].quantity, std::strtod(bids[i][1].get<std::string>().c_str(), nullptr));
    }
    EXPECT_EQ(b->asks.size(), data[b->snapshot ? "asks" : "a"].size());
  }
}

void check_messages(const Recorded& entry, const std::string& text) {
  const json parsed = json::parse(text);
  MessageDecoder decoder;
  for (const json& raw : parsed.is_array() ? parsed : json::array({parsed})) {
    // A single message is decoded as it was sent, white space and order included.
    const std::string sent = parsed.is_array() ? raw.dump() : text;
    const Message message = decoder.decode(sent, Timestamp{});
    ASSERT_EQ(kind_of(message), entry.what) << reason_of(message);
    expect_same_figures(message, raw);
  }
}

void check_recording(const std::string& text) {
  std::uint64_t errors = 0;
  FeedDecode decode([](std::string_view line) { EXPECT_TRUE(json::accept(line)) << line; },
                    [&](std::string_view line) { ADD_FAILURE() << line, ++errors; });
  decode.feed(text);
  const FeedDecodeSummary summary = decode.finish();
  EXPECT_EQ(summary.unknown + summary.malformed, 0u) << summary.text();
  EXPECT_GT(summary.trades + summary.quotes, 0u);
}

void check_klines(const std::string& text) {
  const json raw = json::parse(text);
  const auto rows = decode_klines(text);
  ASSERT_TRUE(rows) << rows.error().message;
  ASSERT_EQ(rows->size(), raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    EXPECT_EQ(to_ms((*rows)[i].bar.open_time), raw[i][0].get<std::int64_t>());
    EXPECT_EQ((*rows)[i].bar.close, std::strtod(raw[i][4].get<std::string>().c_str(), nullptr));
    EXPECT_EQ((*rows)[i].bar.volume, std::strtod(raw[i][5].get<std::string>().c_str(), nullptr));
    EXPECT_EQ(to_ms((*rows)[i].close_time), raw[i][6].get<std::int64_t>());
  }
}

void check_exchange_info(const std::string& text) {
  const json raw = json::parse(text);
  const auto info = decode_exchange_info(text, "binance");
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->listings.size(), raw["symbols"].size());
  EXPECT_EQ(info->weight_per_minute.has_value(), !raw["rateLimits"].empty());
  for (const Listing& listing : info->listings) {
    EXPECT_GT(parse_double(listing.instrument.tick_size).value_or(0), 0) << listing.instrument.id.text();
    EXPECT_GT(parse_double(listing.instrument.lot_size).value_or(0), 0) << listing.instrument.id.text();
    EXPECT_EQ(listing.instrument.base + listing.instrument.quote, listing.instrument.id.symbol);
  }
}

TEST(Recorded, EveryFileIsDecodedOrListedAsOutOfScope) {
  if (!fs::exists(kMessages)) GTEST_SKIP() << kMessages << " is not there";
  for (const Recorded& entry : kRecorded) {
    SCOPED_TRACE(entry.file);
    const fs::path path = kMessages / entry.file;
    ASSERT_TRUE(fs::exists(path));
    EXPECT_TRUE(entry.way != Way::out_of_scope || !entry.what.empty());
    if (entry.way == Way::out_of_scope) continue;
    const std::string text = read(path);
    switch (entry.way) {
      case Way::message: check_messages(entry, text); break;
      case Way::klines: check_klines(text); break;
      case Way::time: {
        const auto at = decode_time(text);
        ASSERT_TRUE(at) << at.error().message;
        EXPECT_EQ(to_ms(*at), json::parse(text)["serverTime"].get<std::int64_t>());
        break;
      }
      case Way::exchange_info: check_exchange_info(text); break;
      case Way::api_error: {
        const auto error = decode_api_error(text);
        ASSERT_TRUE(error);
        EXPECT_EQ(error->code, json::parse(text)["code"].get<std::int64_t>());
        EXPECT_EQ(kind_of(MessageDecoder().decode(text, Timestamp{})), "refusal");
        break;
      }
      case Way::recording: check_recording(text); break;
      case Way::out_of_scope: break;
    }
  }
}

TEST(Recorded, TheTableNamesEveryFileOnce) {
  if (!fs::exists(kMessages)) GTEST_SKIP() << kMessages << " is not there";
  std::set<std::string> listed;
  for (const Recorded& entry : kRecorded) EXPECT_TRUE(listed.insert(std::string(entry.file)).second) << entry.file;
  for (const auto& file : fs::recursive_directory_iterator(kMessages)) {
    const std::string name = fs::relative(file.path(), kMessages).generic_string();
    if (!file.is_regular_file() || name.ends_with(".expected.json")) continue;
    EXPECT_TRUE(listed.contains(name)) << name << " is new: say in recorded_table.h what it must come out as";
  }
}

// ---- the expectations that the sources of the messages state

// "orderbook.asks[2].price" and alike, of a decoded message; an empty text where the message has no such value.
std::string value_of(const Message& message, const std::string& field, bool& numeric) {
  numeric = true;
  const auto decimal = [](double value) { return format_double(value); };
  if (const auto* quote = std::get_if<QuoteMessage>(&message)) {
    const market::Quote& q = quote->quote;
    const std::map<std::string, std::string> values{{"bbo_msg.id", std::to_string(quote->update_id)},
                                                    {"bbo_msg.ask_price", decimal(q.ask)},
                                                    {"bbo_msg.ask_quantity_base", decimal(q.ask_size)},
                                                    {"bbo_msg.ask_quantity_quote", decimal(q.ask * q.ask_size)},
                                                    {"bbo_msg.ask_quantity_contract", ""},
                                                    {"bbo_msg.bid_price", decimal(q.bid)},
                                                    {"bbo_msg.bid_quantity_base", decimal(q.bid_size)},
                                                    {"bbo_msg.bid_quantity_quote", decimal(q.bid * q.bid_size)},
                                                    {"bbo_msg.bid_quantity_contract", ""},
                                                    {"message.timestamp_ms", ""}};
    numeric = !field.ends_with(".symbol");
    return numeric ? values.at(field) : std::string(quote->symbol);
  }
  const auto& book = std::get<BookMessage>(message);
  const std::string time = book.sent_at ? std::to_string(to_ms(*book.sent_at)) : "";
  if (field == "message.symbol") return numeric = false, book.symbol.empty() ? "NONE" : std::string(book.symbol);
  if (field == "message.timestamp_ms" || field == "orderbook.timestamp") return time;
  if (field == "orderbook.seq_id") return std::to_string(book.last_id);
  if (field == "orderbook.prev_seq_id") return "";
  const auto& side = field.starts_with("orderbook.asks") ? book.asks : book.bids;
  if (field.ends_with(".len()")) return std::to_string(side.size());
  const BookLevel level = side[static_cast<std::size_t>(std::stoi(field.substr(field.find('[') + 1)))];
  if (field.ends_with(".price")) return decimal(level.price);
  if (field.ends_with(".quantity_base")) return decimal(level.quantity);
  if (field.ends_with(".quantity_quote")) return decimal(level.price * level.quantity);
  if (field.ends_with(".quantity_contract")) return "";
  throw std::out_of_range(field);
}

TEST(Recorded, StatedExpectationsHold) {
  if (!fs::exists(kMessages)) GTEST_SKIP() << kMessages << " is not there";
  int files = 0;
  for (const auto& file : fs::recursive_directory_iterator(kMessages)) {
    const std::string path = file.path().string();
    if (!path.ends_with(".expected.json")) continue;
    const json expected = json::parse(read(path));
    if (!expected.contains("asserts")) continue;  // counts of a recording: the test below
    ++files;
    SCOPED_TRACE(path);
    MessageDecoder decoder;
    const std::string text = read(path.substr(0, path.size() - std::string(".expected.json").size()) + ".json");
    const Message message = decoder.decode(text, Timestamp{});
    for (const json& line : expected["asserts"]) {
      const std::string field = line["field"];
      bool numeric = true;
      const std::string value = value_of(message, field, numeric);
      const std::string wanted = line["expected"].is_null() ? "" : line["expected"].get<std::string>();
      if (numeric && !wanted.empty()) {
        EXPECT_DOUBLE_EQ(parse_double(value).value_or(NAN), parse_double(wanted).value_or(NAN)) << field;
      } else {
        EXPECT_EQ(value, wanted) << field;
      }
    }
  }
  EXPECT_EQ(files, 3);
}

// The source counts one call per snapshot and per change after it: a change that a snapshot holds already is dropped.
TEST(Recorded, TheCountsOfTheReplayedSessionHold) {
  const fs::path path = kMessages / "ws/recording--cryptofeed--20211012.jsonl.gz";
  if (!fs::exists(path)) GTEST_SKIP() << path << " is not there";
  const json expected = json::parse(read(kMessages / "ws/recording--cryptofeed--20211012.expected.json"))["counts"];
  const std::string recording = read(path);

  std::map<std::string, std::int64_t> snapshot_id;
  MessageDecoder decoder;
  std::istringstream lines(recording);
  for (std::string line; std::getline(lines, line);) {
    const json record = json::parse(line);
    if (record["t"] != "http" || record["url"].get<std::string>().find("/depth?") == std::string::npos) continue;
    const Message message = decoder.decode(record["data"].get<std::string>(), Timestamp{});
    const std::string url = record["url"];
    const auto from = url.find("symbol=") + 7;
    snapshot_id[url.substr(from, url.find('&', from) - from)] = std::get<BookMessage>(message).last_id;
  }
  std::map<std::string, int> counts{{"l2_book", static_cast<int>(snapshot_id.size())}};
  FeedDecode decode(
      [&](std::string_view text) {
        const json event = json::parse(text);
        const std::string type = event["type"];
        if (type == "trade") ++counts["trades"];
        if (type == "candle") ++counts["candles"];
        if (type == "quote") ++counts["ticker"];
        if (type == "book_change" && event["last_id"] > snapshot_id.at(event["symbol"])) ++counts["l2_book"];
      },
      [](std::string_view line) { ADD_FAILURE() << line; });
  decode.feed(recording);
  decode.finish();
  for (const auto& [channel, count] : expected.items()) EXPECT_EQ(counts[channel], count) << channel;
}

struct TapeRow {
  std::int64_t id, time_ms;
  double price, quantity;
  bool taker_sold;
  friend bool operator==(const TapeRow&, const TapeRow&) = default;
};

TEST(Recorded, TheTapeOfTheRecordingsIsTheTradesFileRowByRow) {
  const fs::path trades = kData / "trades/binance-BTC-USDT-trades-20240808.csv.gz";
  if (!fs::exists(trades)) GTEST_SKIP() << trades << " is not there";
  std::vector<TapeRow> tape;
  MessageDecoder decoder;
  double last_bid = 0;
  for (const char* day : {"20240808", "20240809"}) {
    std::istringstream lines(read(kMessages / ("ws/recording--hftbacktest--btcusdt_" + std::string(day) + ".txt.gz")));
    for (std::string line; std::getline(lines, line);) {
      const Message message = decoder.decode(std::string_view(line).substr(line.find(' ') + 1), Timestamp{});
      ASSERT_FALSE(std::holds_alternative<MalformedMessage>(message)) << line;
      if (const auto* m = std::get_if<TradeMessage>(&message)) {
        tape.push_back(
            {m->trade.trade_id, to_ms(m->trade.time), m->trade.price, m->trade.quantity, m->trade.taker_sold});
      } else if (const auto* q = std::get_if<QuoteMessage>(&message)) {
        ASSERT_LT(q->quote.bid, q->quote.ask);
        last_bid = q->quote.bid;
      }
    }
  }
  EXPECT_GT(last_bid, 50'000);

  std::vector<TapeRow> wanted;
  std::istringstream rows(read(trades));
  std::string row;
  std::getline(rows, row);
  while (std::getline(rows, row)) {
    std::int64_t id = 0, time_us = 0;
    double price = 0, quantity = 0;
    int sold = 0;
    ASSERT_EQ(std::sscanf(row.c_str(), "%ld,%ld,%lf,%lf,%d", &id, &time_us, &price, &quantity, &sold), 5) << row;
    wanted.push_back({id, time_us / 1'000, price, quantity, sold == 1});
  }
  EXPECT_EQ(wanted.size(), 19'904u);
  ASSERT_EQ(tape.size(), wanted.size());
  for (std::size_t i = 0; i < tape.size(); ++i) {
    ASSERT_EQ(tape[i], wanted[i]) << "row " << i + 1;
    if (i > 0) ASSERT_EQ(tape[i].id, tape[i - 1].id + 1);
  }
}

}  // namespace
}  // namespace cw::exchange::binance
