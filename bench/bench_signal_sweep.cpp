// The way of bench_signal_path, alone and while the lab sweeps without pause in the same process. Messages come when they are
// due, whether or not those before are published, so what waits is seen, and a close's way begins when it was due. Asked for:
// p99 under 2 ms between the bursts while a sweep works on every thread that it may have, and no queue of the desk grows. Where
// other programs are at work, `chrt -r 1` before it lets the desk go before them, and they keep the sweep waiting: what the desk
// waits for then is the disk, or something that an idle thread holds.
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>

#include "signal_lab.h"
#include "signal_path.h"

namespace {

using namespace cw;         // NOLINT: a program of one file
using namespace cw::bench;  // NOLINT
using std::chrono::milliseconds;

constexpr int kSpacedMinutes = 3;
constexpr int kBursts = 10;
constexpr milliseconds kSpace{4};
constexpr milliseconds kRest{150};
constexpr std::size_t kTradesBetween = 8;  // of other symbols, with each close: some 2,000 a second

/// How many wait somewhere.
struct Queue {
  double most_between = 0;  // between the bursts
  double most_in_burst = 0;
  double left = 0;  // at the end
};

struct Run {
  std::vector<double> ways;    // ms of each close between the bursts
  std::vector<double> bursts;  // ms until all closes of one are published
  Queue market, loop, records;
  double feed_waits = 0;
  double records_refused = 0;
  std::uint64_t cells = 0;
  bool sweep_ended = false;
  std::vector<std::size_t> said;  // digests of the signals, in their order
};

/// Sends, and notes when each close was due.
class Sender {
 public:
  explicit Sender(SignalPath& path)
      : path_(path),
        first_(path.server->subscriber.count()),
        taken_(path.metrics.counter("candlewick_market_bars_total", {})),
        taken_before_(taken_.value()) {}

  void close(const std::string& text, Instant due) {
    due_.push_back(due);
    path_.exchange->take(text);
    most_waiting_ = std::max(most_waiting_, waiting());
  }
  void wait_for_all() const { path_.server->subscriber.wait_for(first_ + due_.size()); }

  /// Closes that are not yet journaled and stored.
  double waiting() const { return static_cast<double>(due_.size() - (taken_.value() - taken_before_)); }
  /// The most of them since the last call.
  double take_most_waiting() { return std::exchange(most_waiting_, 0); }

  /// Of the closes from number `from` on.
  std::vector<double> ways(std::size_t from) const {
    std::vector<double> ways;
    for (std::size_t i = from; i < due_.size(); ++i)
      ways.push_back(ms_since(due_[i], path_.server->subscriber.heard()[first_ + i].at));
    return ways;
  }
  std::size_t sent() const { return due_.size(); }

 private:
  SignalPath& path_;
  std::size_t first_;
  Counter& taken_;
  std::uint64_t taken_before_;
  std::vector<Instant> due_;
  double most_waiting_ = 0;
};

void send_spaced(SignalPath& path, Sender& sender, Run& run) {
  auto due = std::chrono::steady_clock::now() + kRest;
  for (int m = 0; m < kSpacedMinutes; ++m) {
    for (const auto& text : path.exchange->minute()) {
      std::this_thread::sleep_until(due);
      sender.close(text, due);
      for (std::size_t k = 0; k < kTradesBetween; ++k) path.exchange->trade();
      due += kSpace;
    }
  }
  sender.wait_for_all();
  run.ways = sender.ways(0);
}

void send_bursts(SignalPath& path, Sender& sender, Run& run) {
  auto due = std::chrono::steady_clock::now() + kRest;
  for (int m = 0; m < kBursts; ++m) {
    const auto texts = path.exchange->minute();
    const auto before = sender.sent();
    std::this_thread::sleep_until(due);
    for (const auto& text : texts) sender.close(text, due);
    sender.wait_for_all();
    run.bursts.push_back(sender.ways(before).back());
    due = std::chrono::steady_clock::now() + kRest;
  }
  std::this_thread::sleep_until(due);
}

/// The most that waited anywhere since the last call.
void take_most(SignalPath& path, Sender& sender, double Queue::* into, Run& run) {
  run.market.*into = sender.take_most_waiting();
  run.loop.*into = path.server->take_most_said();
  run.records.*into = path.server->subscriber.take_most_kept_waiting();
}

Result<Run> measure(const std::filesystem::path& folder, const std::vector<Walk>& walks, bool sweeps) {
  auto opened = SignalPath::open(folder, walks);
  if (!opened) return pass_on(opened);
  SignalPath& path = **opened;
  std::optional<LabAtWork> lab;
  if (sweeps) {
    if (auto begun = lab.emplace(path).begin(); !begun) return pass_on(begun);
  }
  Run run;
  Sender sender(path);
  const auto cells_before = lab ? lab->cells() : 0;
  Run warm_up;
  take_most(path, sender, &Queue::most_in_burst, warm_up);
  send_spaced(path, sender, run);
  take_most(path, sender, &Queue::most_between, run);
  send_bursts(path, sender, run);
  take_most(path, sender, &Queue::most_in_burst, run);
  if (lab) run.cells = lab->cells() - cells_before;
  run.sweep_ended = lab && lab->has_ended();

  const MetricLabels file{{"file", "record.db"}};
  run.market.left = sender.waiting();
  run.loop.left = path.server->said();
  run.records.left = path.metrics.gauge("candlewick_db_jobs_waiting", {}, file).value();
  run.feed_waits = static_cast<double>(path.metrics.counter("candlewick_market_inbox_waits_total", {}).value());
  run.records_refused = static_cast<double>(path.metrics.counter("candlewick_db_refused_total", {}, file).value());
  for (const auto& heard : path.server->subscriber.heard()) run.said.push_back(heard.digest);
  return run;
}

void line(std::string_view what, double alone, double sweeping, int places, std::string_view asked) {
  fmt::print("{:<62} {:>10.{}f} {:>14.{}f}   {}\n", what, alone, places, sweeping, places, asked);
}

void print(std::string_view name, const Run& alone, const Run& sweeping) {
  const auto ways = [&](std::string_view what, double share, std::string_view asked) {
    line(what, at_share(alone.ways, share), at_share(sweeping.ways, share), 3, asked);
  };
  const auto bursts = [&](std::string_view what, double share) {
    line(what, at_share(alone.bursts, share), at_share(sweeping.bursts, share), 3, "");
  };
  const auto queue = [&](std::string_view what, Queue Run::* one) {
    const std::pair<std::string_view, double Queue::*> parts[] = {{"most between bursts", &Queue::most_between},
                                                                  {"in a burst", &Queue::most_in_burst},
                                                                  {"at the end", &Queue::left}};
    for (const auto& [when, part] : parts)
      line(fmt::format("{}, {}", what, when), (alone.*one).*part, (sweeping.*one).*part, 0, "");
  };
  fmt::print("{:<62} {:>10} {:>14}\n", name, "alone", "under a sweep");
  ways("one close, message to published score, ms: median", 0.5, "");
  ways("one close, p99", 0.99, "asked: under 2");
  ways("one close, longest", 1, "");
  bursts("the minute's burst, 500 closes, ms: median", 0.5);
  bursts("the minute's burst, longest", 1);
  queue("closes that wait for the market thread", &Run::market);
  queue("bars that wait for the server's loop", &Run::loop);
  queue("writes that wait for record.db", &Run::records);
  line("times that the feed had to wait", alone.feed_waits, sweeping.feed_waits, 0, "asked: 0");
  line("cells of 200,000 bars that were swept meanwhile", 0, static_cast<double>(sweeping.cells), 0, "over 0");
  fmt::print("\n");
}

/// False where the figures are not of what they are called, or something grew.
bool holds(const Run& alone, const Run& sweeping) {
  const auto complain = [](std::string_view what) {
    return fmt::print(stderr, "bench_signal_sweep: {}\n", what), false;
  };
  if (alone.said.empty() || alone.said != sweeping.said)
    return complain("the signals under a sweep are not those of the desk alone");
  if (sweeping.cells == 0) return complain("no cell was swept: the figures are of no sweep");
  if (sweeping.sweep_ended) return complain("a sweep ended while the desk was measured");
  for (const Run* run : {&alone, &sweeping}) {
    // A sweep that keeps its cells just then has its one write there, and waits for it.
    const auto of_sweeps = run == &sweeping ? static_cast<double>(lab::job_threads()) : 0;
    if (run->market.left > 0 || run->loop.left > 0 || run->records.left > of_sweeps)
      return complain("a queue was not empty at the end");
    if (run->feed_waits > 0 || run->records_refused > 0) return complain("a queue was full");
  }
  return true;
}

/// What is removed with it.
struct Folder {
  Folder(const std::filesystem::path& parent, std::string_view name)
      : path(parent / fmt::format("bench-signal-sweep-{}-{}", name, ::getpid())) {
    std::filesystem::create_directories(path);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path path;
};

/// Both in turn, from copies of the same stored bars.
Result<bool> measure_in(const std::filesystem::path& parent, const std::filesystem::path& candles,
                        const std::vector<Walk>& walks, std::string_view name) {
  std::vector<Run> runs;
  for (const bool sweeps : {false, true}) {
    const Folder folder{parent, "desk"};
    std::filesystem::copy(candles, folder.path / "candles", std::filesystem::copy_options::recursive);
    auto run = measure(folder.path, walks, sweeps);
    if (!run) return pass_on(run);
    runs.push_back(std::move(*run));
  }
  print(name, runs[0], runs[1]);
  return holds(runs[0], runs[1]);
}

Result<bool> measure_all() {
  // In memory a sync costs nothing: what the program itself takes.
  const std::filesystem::path memory = "/dev/shm";
  const Folder folder{memory, "stored"};
  const auto candles = folder.path / "candles";
  const auto walks = fill(candles, {LabAtWork::bars()});
  if (!walks) return pass_on(walks);
  auto in_memory = measure_in(memory, candles, *walks, "in memory");
  if (!in_memory) return in_memory;
  auto on_disk = measure_in(std::filesystem::temp_directory_path(), candles, *walks, "on disk");
  if (!on_disk) return on_disk;
  return *in_memory && *on_disk;
}

}  // namespace

int main() {
  fmt::print("{} symbols x 6 timeframes; {} threads of sweeps, of idle priority\n\n", kSymbols, lab::job_threads());
  const auto done = measure_all();
  if (!done) fmt::print(stderr, "bench_signal_sweep: {}\n", done.error().message);
  return done.value_or(false) ? 0 : 1;
}
