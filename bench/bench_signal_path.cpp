// A closing message's way to the published score, on the parts that serve: the exchange's text is decoded, journaled and stored
// on a real disk by the market thread, and the server's loop makes the signal and sends it to a subscriber. 500 symbols of six
// timeframes. Asked for: p99 under 1 ms between the bursts, a minute's burst of 500 closes in 15 ms.
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>

#include "signal_path.h"

namespace {

using namespace cw;         // NOLINT: a program of one file
using namespace cw::bench;  // NOLINT

constexpr int kSpacedMinutes = 6;
constexpr int kBursts = 12;
constexpr std::chrono::microseconds kSpace{2'000};
constexpr std::size_t kTradesBetween = 8;  // of other symbols, with each close: some 4,000 a second

void line(std::string_view what, double figure, std::string_view asked) {
  fmt::print("{:<66} {:>10.3f} ms   {}\n", what, figure, asked);
}

void measure_spaced(Exchange& exchange, const Subscriber& subscriber, std::string_view name) {
  std::vector<double> way;
  for (int m = 0; m < kSpacedMinutes; ++m) {
    for (const auto& text : exchange.minute()) {
      for (std::size_t k = 0; k < kTradesBetween; ++k) exchange.trade();
      std::this_thread::sleep_for(kSpace);
      const auto before = subscriber.count();
      const auto begun = std::chrono::steady_clock::now();
      exchange.take(text);
      way.push_back(ms_since(begun, subscriber.wait_for(before + 1)));
    }
  }
  line(fmt::format("{}: one close, message to published score, median", name), at_share(way, 0.5), "");
  line(fmt::format("{}: one close, message to published score, p99", name), at_share(way, 0.99), "asked: under 1");
}

void measure_bursts(Exchange& exchange, const Subscriber& subscriber, std::string_view name) {
  std::vector<double> whole;
  for (int m = 0; m < kBursts; ++m) {
    const auto texts = exchange.minute();
    const auto before = subscriber.count();
    const auto begun = std::chrono::steady_clock::now();
    for (const auto& text : texts) exchange.take(text);
    whole.push_back(ms_since(begun, subscriber.wait_for(before + kSymbols)));
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
  }
  line(fmt::format("{}: the minute's burst, 500 closes, median", name), at_share(whole, 0.5), "asked: 15");
  line(fmt::format("{}: the minute's burst, 500 closes, longest", name), at_share(whole, 1), "");
}

int measure_in(const std::filesystem::path& parent, std::string_view name) {
  const auto folder = parent / fmt::format("bench-signal-path-{}", ::getpid());
  std::filesystem::create_directories(folder);
  const auto walks = fill(folder / "candles");
  const auto path = walks ? SignalPath::open(folder, *walks) : pass_on(walks);
  if (path) {
    measure_spaced(*(*path)->exchange, (*path)->server->subscriber, name);
    measure_bursts(*(*path)->exchange, (*path)->server->subscriber, name);
  } else {
    fmt::print("{}\n", path.error().message);
  }
  std::filesystem::remove_all(folder);
  return path ? 0 : 1;
}

}  // namespace

int main() {
  fmt::print(
      "{} symbols x 6 timeframes, market thread and server's loop; each close is journaled and stored before it is "
      "told\n\n",
      kSymbols);
  // In memory a sync costs nothing: what the program itself takes.
  if (const int code = measure_in("/dev/shm", "in memory"); code != 0) return code;
  return measure_in(std::filesystem::temp_directory_path(), "on disk");
}
