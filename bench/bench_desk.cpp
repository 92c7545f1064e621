// The desk and its journal: a week of one-minute bars of twelve instruments, live and replayed.
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>

#include "base/crc32c.h"
#include "base/random.h"
#include "desk/desk.h"
#include "records/desk_recovery.h"
#include "records/journal.h"

namespace {

using namespace cw;  // NOLINT: a program of one file

constexpr std::uint32_t kInstruments = 12;
constexpr std::int64_t kMinutes = 7 * 1'440;

std::vector<desk::Event> week() {
  Random random{1};
  std::vector<desk::Event> events;
  for (std::uint32_t i = 0; i < kInstruments; ++i)
    events.push_back(desk::Followed{{"practice", fmt::format("S{}USDT", i)}});
  for (std::int64_t minute = 0; minute < kMinutes; ++minute) {
    for (std::uint32_t i = 0; i < kInstruments; ++i) {
      const double price = 100 + random.uniform();
      const market::Candle bar{
          from_ms(1'722'816'000'000 + minute * 60'000), price, price + 1, price - 1, price, random.uniform()};
      events.push_back(desk::BarArrived{i, {market::BarEvent::Kind::closed, bar, {}, {}}});
    }
  }
  return events;
}

class Watch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count(); }

 private:
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

/// Checksum of a stream of outputs, to be fed piece by piece.
struct Sum {
  std::uint32_t value = 0;
  std::string bytes;
  void add(const std::vector<desk::Output>& outputs) {
    bytes.clear();
    for (const auto& output : outputs) desk::append_bytes(output, bytes);
    value = crc32c(bytes, value);
  }
};

void line(std::string_view what, double figure, std::string_view unit) {
  fmt::print("{:<52} {:>14.2f} {}\n", what, figure, unit);
}

int measure(const std::filesystem::path& folder) {
  const auto events = week();
  const auto count = static_cast<double>(events.size());
  std::vector<desk::Output> outputs;
  Sum live;
  {
    desk::Desk desk;
    const Watch watch;
    for (const auto& event : events) {
      outputs.clear();
      desk.on(event, outputs);
    }
    line("desk alone", count / watch.seconds() / 1e6, "million events/s");
  }
  desk::Desk desk;
  for (const auto& event : events) {
    outputs.clear();
    desk.on(event, outputs);
    live.add(outputs);
  }

  auto opened = records::Journal::open(folder / "journal", {});
  if (!opened) return fmt::print("{}\n", opened.error().message), 1;
  auto& journal = **opened;
  const Watch writing;
  std::size_t syncs = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (!journal.append(events[i])) return 1;
    if (i % kInstruments != kInstruments - 1) continue;
    if (!journal.sync()) return 1;
    ++syncs;
  }
  line("journal: append and sync a minute of 12 bars", writing.seconds() / static_cast<double>(syncs) * 1e3, "ms");
  line("journal: bytes a record", static_cast<double>(journal.bytes()) / count, "bytes");

  Sum replayed;
  const Watch replaying;
  const auto recovered =
      records::recover_desk(journal, folder / "none", [&](std::uint64_t, const auto& out) { replayed.add(out); });
  if (!recovered) return fmt::print("{}\n", recovered.error().message), 1;
  line("restart without a snapshot: replay of the week", replaying.seconds(), "s");

  const Watch saving;
  if (!records::save_snapshot(folder / "snapshot", {journal.epoch(), journal.durable_offset()}, desk)) return 1;
  line("snapshot written", saving.seconds() * 1e3, "ms");
  const Watch restarting;
  const auto restarted = records::recover_desk(journal, folder / "snapshot", [](std::uint64_t, const auto&) {});
  if (!restarted || restarted->desk.save() != desk.save()) return 1;
  line("restart from it", restarting.seconds() * 1e3, "ms");

  const bool same = replayed.value == live.value && recovered->desk.save() == desk.save();
  fmt::print("\nreplayed outputs are {} (checksum {:08x})\n", same ? "the same, bit for bit" : "DIFFERENT",
             replayed.value);
  return same ? 0 : 1;
}

}  // namespace

int main() {
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("bench-desk-{}", ::getpid());
  std::filesystem::create_directories(folder);
  const int code = measure(folder);
  std::filesystem::remove_all(folder);
  return code;
}
