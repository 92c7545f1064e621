// What the practice exchange costs: making days, folding two years of them, and playing twelve symbols live.
#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "exchange/practice/generated_market.h"
#include "exchange/practice/history.h"
#include "exchange/practice/live_tape.h"
#include "exchange/practice/wire.h"

namespace {

using namespace cw;                      // NOLINT: a program of its own
using namespace cw::exchange::practice;  // NOLINT
using market::Timeframe;

constexpr std::int64_t kToday = 20'400;

double seconds(auto work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Writes every event as the exchange would, for nobody.
class Writer final : public TapeSink {
 public:
  explicit Writer(const MarketSource& source) : source_(source) {}
  void on_trade(std::size_t i, const market::Trade& trade, Timestamp at) override {
    begin();
    wire::trade(text_, source_.instruments()[i].id.symbol, trade, at);
  }
  void on_quote(std::size_t i, std::int64_t id, const market::Quote& quote) override {
    begin();
    wire::book_ticker(text_, source_.instruments()[i].id.symbol, id, quote);
  }
  void on_kline(const StreamId& stream, const Bar& bar, bool closed, Timestamp at) override {
    begin();
    wire::kline(text_, source_.instruments()[stream.instrument].id.symbol, stream.timeframe, bar, closed, at);
  }
  void on_mini_ticker(std::size_t, const Bar&, Timestamp) override {}
  std::uint64_t events = 0;

 private:
  void begin() {
    text_.clear();
    ++events;
  }
  const MarketSource& source_;
  std::string text_;
};

void live(double speed) {
  GeneratedMarket market(1, start_of_day(kToday - 30));
  LiveTape tape(market, speed);
  Writer writer(market);
  Timestamp now = start_of_day(kToday) + kMinute * 840;
  const Timestamp end = now + kMinute * 60;
  for (std::size_t i = 0; i < GeneratedMarket::kSymbols; ++i) {
    for (const StreamKind kind : {StreamKind::trade, StreamKind::book_ticker, StreamKind::kline}) {
      if (!tape.follow({i, kind}, now)) return;
    }
  }
  const double spent = seconds([&] {
    while (now < end) {
      if (!tape.advance(now, writer)) return;
      now = std::max(now + Millis{static_cast<std::int64_t>(5 * speed)}, *tape.next());
    }
  });
  fmt::print(
      "  12 symbols live at speed {:<4} {:9.3f} % of a core {:8.0f} events/s      asked: well under 2 % at speed 1\n",
      speed, 100 * spent / (3'600 / speed), static_cast<double>(writer.events) / (3'600 / speed));
}

}  // namespace

int main() {
  fmt::print("practice exchange\n");
  GeneratedMarket market(1, start_of_day(kToday - 730));
  double slowest = 0;
  double all = 0;
  for (std::size_t i = 0; i < GeneratedMarket::kSymbols; ++i) {
    const double day = seconds([&] {
                         for (int d = 0; d < 20; ++d) static_cast<void>(market.day(i, kToday - 700 + d));
                       }) /
                       20;
    slowest = std::max(slowest, day);
    all += day;
  }
  fmt::print("  a day of a symbol, mean         {:9.3f} ms                             asked: well under 10 ms\n",
             1e3 * all / GeneratedMarket::kSymbols);
  fmt::print("  a day of the busiest symbol     {:9.3f} ms\n", 1e3 * slowest);
  for (const Timeframe timeframe : {Timeframe::m15, Timeframe::h1, Timeframe::d1}) {
    History history(market);
    const History::Question page{7, timeframe, std::nullopt, std::nullopt, 1'000, start_of_day(kToday)};
    const double cold = seconds([&] { static_cast<void>(history.ask(page)); });
    const double again = seconds([&] { static_cast<void>(history.ask(page)); });
    fmt::print("  a page of klines, {:<3}           {:9.1f} ms cold {:9.2f} ms again\n", name(timeframe), 1e3 * cold,
               1e3 * again);
  }
  live(1);
  live(60);
}
