#pragma once

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "net/runtime.h"
#include "net/stream.h"

namespace cw::net {

struct SimOptions {
  std::uint64_t seed = 1;
  Timestamp start = from_ms(1'700'000'000'000);
  Millis latency_min{0};  // each write is seen by the other side after a delay drawn from [min, max], in order
  Millis latency_max{0};
  std::size_t pipe_bytes = 64 * 1024;  // a direction holds so many unread bytes; then the writer waits
  bool split_reads = false;            // reads give random pieces, as a network may
};

/// Which of the two sides of a connection.
enum class SimSide { client, server };

/// A connection of the simulation, for faults. Stays usable after the connection has ended; then it does nothing.
class SimLink {
 public:
  virtual ~SimLink() = default;
  /// Both sides see a lost connection at once (Errc::disconnected).
  virtual void cut() = 0;
  /// `reader` stops getting bytes, as behind a dead or slow path; the other side's writes wait once the pipe is full.
  virtual void stall(SimSide reader, bool stalled) = 0;
  virtual bool is_open() const = 0;
  virtual std::uint64_t id() const = 0;  // 1, 2, … in order of connecting; in `peer()` as `pipe:1`
};
using SimLinkPtr = std::shared_ptr<SimLink>;

/// What `connect` meets at an address.
enum class SimReach {
  open,     // a listener answers; refused where there is none
  refused,  // nobody listens
  silent,   // no answer: the connector times out
};

/// A world without a machine: the clock moves only in `run_for` and `run_until`, connections are in-memory pipes, chance
/// comes from the seed. The same seed and the same code give the same order of everything.
///
/// `connect` finds the listener of the endpoint's host and port; `tls` is ignored (there is nobody to hide from).
/// Destroying it frees every coroutine that is still alive without resuming it; whatever their local variables refer to
/// must live as long as the runtime.
class SimRuntime final : public Runtime {
 public:
  SimRuntime(Logger& logger, SimOptions options);
  ~SimRuntime() override;

  boost::asio::io_context& loop() override { return loop_; }
  Clock& clock() override { return clock_; }
  Millis elapsed() override { return clock_.now() - options_.start; }
  Task<void> sleep_for(Millis duration) override;
  std::unique_ptr<Alarm> make_alarm(std::move_only_function<void()> ring) override;
  Task<Result<StreamPtr>> connect(Endpoint endpoint, Millis timeout) override;
  void fill_random(std::span<unsigned char> bytes) override;

  /// Takes connections to `host`:`port`; port 0 picks a free one. Errors  busy: somebody listens there already.
  Result<std::unique_ptr<Listener>> listen(std::string host, std::uint16_t port);

  /// Runs everything that is ready, moves the clock to the next timer, and so on until `until`.
  void run_until(Timestamp until);
  void run_for(Millis duration) { run_until(now() + duration); }
  /// Runs what is ready without moving the clock.
  void run_ready();
  /// Runs until `work` has ended, for at most `limit` of simulated time. Its answer, or nothing where it has not ended.
  template <class T>
  std::optional<T> run(Task<T> work, Millis limit = std::chrono::hours{1}) {
    auto answer = std::make_shared<std::optional<T>>();
    spawn("run", keep(std::move(work), answer));
    const auto until = now() + limit;
    do {
      run_ready();
    } while (!*answer && ring_next(until));
    return std::move(*answer);
  }

  // Faults.
  void set_reach(const std::string& host, std::uint16_t port, SimReach reach);
  /// Open connections to an address, oldest first.
  std::vector<SimLinkPtr> links(const std::string& host, std::uint16_t port) const;

  Random& random() { return random_; }

  /// Steps of the loop so far; equal for equal runs.
  std::uint64_t steps() const { return steps_; }

  // For the pipes and timers of this room.
  using TimerKey = std::pair<Timestamp, std::uint64_t>;
  TimerKey add_timer(Timestamp when, std::move_only_function<void()> ring);
  void remove_timer(const TimerKey& key) { timers_.erase(key); }
  const SimOptions& options() const { return options_; }
  struct Port;

 private:
  template <class T>
  static Task<void> keep(Task<T> work, std::shared_ptr<std::optional<T>> answer) {
    answer->emplace(co_await std::move(work));
  }
  bool ring_next(
      Timestamp until);  // moves the clock to the next timer; false, and to `until`, where none is due by then

  using Address = std::pair<std::string, std::uint16_t>;
  SimOptions options_;
  ManualClock clock_;
  Random random_;
  std::uint64_t next_timer_ = 0;
  std::uint64_t next_link_ = 0;
  std::uint64_t steps_ = 0;
  std::map<TimerKey, std::move_only_function<void()>> timers_;
  std::map<Address, std::shared_ptr<Port>> ports_;
  std::map<Address, SimReach> reach_;
  boost::asio::io_context loop_;  // last: it dies first and takes the coroutines with it
};

}  // namespace cw::net
