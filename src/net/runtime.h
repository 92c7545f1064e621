#pragma once

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/log.h"
#include "base/time.h"
#include "net/stream.h"

namespace cw::net {

/// A resettable one-shot timer that calls a function on the loop. Destroying it clears it. One serves a connection for
/// all its life, so that a request costs no timer.
class Alarm {
 public:
  virtual ~Alarm() = default;
  /// Rings once, `after` from now; replaces what was set before. Zero rings in the loop's next step.
  virtual void set(Millis after) = 0;
  virtual void clear() = 0;
};

/// Everything that an edge asks of the outside world: the time, a wait, a connection. `SystemRuntime` is the machine;
/// `SimRuntime` (net/sim_runtime.h) is a manual clock and in-memory pipes, so that ten hours of an exchange with all its
/// faults pass in a second and can be repeated from a seed. Single-threaded: one runtime, one loop.
class Runtime {
 public:
  /// `logger` outlives the runtime.
  explicit Runtime(Logger& logger) : logger_(logger) {}
  virtual ~Runtime() = default;
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  virtual boost::asio::io_context& loop() = 0;
  virtual Clock& clock() = 0;
  Timestamp now() { return clock().now(); }

  /// Time since the runtime began; never jumps, whatever happens to the machine's clock. What deadlines are counted in.
  virtual Millis elapsed() = 0;

  /// Waits. A cancelled coroutine unwinds from here at once.
  virtual Task<void> sleep_for(Millis duration) = 0;

  virtual std::unique_ptr<Alarm> make_alarm(std::move_only_function<void()> ring) = 0;

  /// Connects, TLS handshake and certificate check included, within `timeout`.
  /// Errors  timed_out, refused (nobody listens; a certificate that is not valid, with the reason), disconnected, not_found
  ///         (no such host name)
  virtual Task<Result<StreamPtr>> connect(Endpoint endpoint, Millis timeout) = 0;

  /// Unpredictable bytes for mask keys and ids; a simulation draws them from its seed.
  virtual void fill_random(std::span<unsigned char> bytes) = 0;

  /// Starts a coroutine on the loop. What escapes it is logged under `what` and ends only that coroutine.
  void spawn(std::string what, Task<void> work);

  /// Runs `work` for at most `limit` of this runtime's time, else cancels it, waits until it has unwound and answers
  /// Errc::timed_out. Whatever `work` refers to in the caller's frame stays alive all along. Work that is done at the very
  /// moment counts as done.
  template <class T>
  Task<Result<T>> within(Millis limit, Task<Result<T>> work) {
    auto answer = std::make_shared<std::optional<Result<T>>>();
    const bool in_time = co_await race(limit, keep_answer(std::move(work), answer));
    if (*answer && (in_time || (*answer)->has_value())) co_return std::move(**answer);
    co_return timed_out_after(limit);
  }

  Logger& logger() { return logger_; }

 protected:
  /// Throws what a cancelled coroutine unwinds with.
  [[noreturn]] static void throw_cancelled();

 private:
  template <class T>
  static Task<void> keep_answer(Task<Result<T>> work, std::shared_ptr<std::optional<Result<T>>> answer) {
    answer->emplace(co_await std::move(work));
  }
  static std::unexpected<Error> timed_out_after(Millis limit);
  Task<bool> race(Millis limit, Task<void> work);  // false where the limit came first

  Logger& logger_;
};

/// Coroutines that end together: the background work of one object. Destroying or cancelling the group asks all of them
/// to unwind; `join` waits until they have. The runtime outlives the group.
class TaskGroup {
 public:
  explicit TaskGroup(Runtime& runtime);
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Like Runtime::spawn. After `cancel` it does nothing.
  void spawn(std::string what, Task<void> work);
  void cancel();
  /// Answers when none is left. One waiter.
  Task<void> join();
  std::size_t size() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace cw::net
