// How fast messages of a market-data socket are decoded: a recorded session of Binance (trades, quotes, book changes),
// beside a DOM parser of good name on the same texts, equal results checked first.
#include <fmt/format.h>
#include <zlib.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "exchange/binance/messages.h"

namespace {
std::atomic<std::uint64_t> allocations{0};
}

void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace {

using cw::exchange::binance::BookLevel;
using cw::exchange::binance::BookMessage;
using cw::exchange::binance::Message;
using cw::exchange::binance::MessageDecoder;
using cw::exchange::binance::QuoteMessage;
using cw::exchange::binance::TradeMessage;

constexpr const char* kRecording = "../shared/data/messages/binance/ws/recording--hftbacktest--btcusdt_20240808.txt.gz";
constexpr int kRounds = 5;

// What a decoder got out of the texts: the same sums from both, or one of them is wrong.
struct Sums {
  std::uint64_t trades = 0, quotes = 0, levels = 0;
  double prices = 0, sizes = 0;
  friend bool operator==(const Sums&, const Sums&) = default;
};

std::vector<std::string> read_messages() {
  std::vector<std::string> messages;
  gzFile file = gzopen(kRecording, "rb");
  if (file == nullptr) return messages;
  std::vector<char> line(1 << 20);
  while (gzgets(file, line.data(), static_cast<int>(line.size())) != nullptr) {
    const std::string_view text(line.data());
    const auto begin = text.find('{');
    if (begin == text.npos || text.find("lastUpdateId") != text.npos) continue;
    messages.emplace_back(text.substr(begin, text.find_last_not_of("\r\n") + 1 - begin));
  }
  gzclose(file);
  return messages;
}

Sums decode_ours(MessageDecoder& decoder, const std::vector<std::string>& messages) {
  Sums sums;
  for (const std::string& text : messages) {
    const Message message = decoder.decode(text, {});
    if (const auto* trade = std::get_if<TradeMessage>(&message)) {
      ++sums.trades;
      sums.prices += trade->trade.price;
      sums.sizes += trade->trade.quantity;
    } else if (const auto* quote = std::get_if<QuoteMessage>(&message)) {
      ++sums.quotes;
      sums.prices += quote->quote.bid + quote->quote.ask;
      sums.sizes += quote->quote.bid_size + quote->quote.ask_size;
    } else if (const auto* book = std::get_if<BookMessage>(&message)) {
      for (const BookLevel& level : book->bids) sums.prices += level.price, sums.sizes += level.quantity, ++sums.levels;
      for (const BookLevel& level : book->asks) sums.prices += level.price, sums.sizes += level.quantity, ++sums.levels;
    }
  }
  return sums;
}

Sums decode_peer(const std::vector<std::string>& messages) {
  const auto number = [](const nlohmann::json& at) {
    return std::strtod(at.get_ref<const std::string&>().c_str(), nullptr);
  };
  Sums sums;
  for (const std::string& text : messages) {
    const nlohmann::json message = nlohmann::json::parse(text);
    const nlohmann::json& data = message["data"];
    if (!data.contains("e")) {
      ++sums.quotes;
      sums.prices += number(data["b"]) + number(data["a"]);
      sums.sizes += number(data["B"]) + number(data["A"]);
    } else if (data["e"] == "trade") {
      ++sums.trades;
      sums.prices += number(data["p"]);
      sums.sizes += number(data["q"]);
    } else {
      for (const char* side : {"b", "a"}) {
        for (const nlohmann::json& level : data[side]) {
          sums.prices += number(level[0]), sums.sizes += number(level[1]), ++sums.levels;
        }
      }
    }
  }
  return sums;
}

template <class Work>
double best_seconds(const Work& work) {
  double best = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return best;
}

void line(std::string_view what, double seconds, std::size_t count, double bytes) {
  fmt::print("  {:<42} {:>8.0f} ns a message  {:>6.2f} M messages/s  {:>6.0f} MB/s\n", what,
             seconds * 1e9 / static_cast<double>(count), static_cast<double>(count) / seconds / 1e6,
             bytes / seconds / 1e6);
}

}  // namespace

int main() {
  const std::vector<std::string> all = read_messages();
  if (all.empty()) {
    fmt::print("decode: {} is not there\n", kRecording);
    return 77;
  }
  // What the product subscribes to: trades and quotes; changes of the book are longer and decoded by `feed decode`
  // alone.
  std::vector<std::string> ticks;
  for (const std::string& text : all) {
    if (text.find("depthUpdate") == text.npos) ticks.push_back(text);
  }
  fmt::print("decoding of Binance messages\n");
  MessageDecoder decoder;
  for (const std::vector<std::string>* messages :
       std::initializer_list<const std::vector<std::string>*>{&ticks, &all}) {
    if (!(decode_ours(decoder, *messages) == decode_peer(*messages))) {
      fmt::print(stderr, "decode: the two decoders disagree\n");
      return 1;
    }
    double bytes = 0;
    for (const std::string& text : *messages) bytes += static_cast<double>(text.size());
    fmt::print(" {} of one session, {:.0f} bytes each\n",
               messages == &ticks ? "trades and quotes" : "with changes of the book",
               bytes / static_cast<double>(messages->size()));
    const std::uint64_t before = allocations.load();
    const double ours = best_seconds([&] { decode_ours(decoder, *messages); });
    const double each =
        static_cast<double>(allocations.load() - before) / kRounds / static_cast<double>(messages->size());
    line("MessageDecoder", ours, messages->size(), bytes);
    line("nlohmann::json, DOM (equal results)", best_seconds([&] { decode_peer(*messages); }), messages->size(), bytes);
    fmt::print("  {:<42} {:>8.4f} (asked: 0)\n", "allocations a message, MessageDecoder", each);
    if (each != 0) return 1;
  }
  return 0;
}
