#pragma once

#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "base/log.h"
#include "base/time.h"
#include "net/stream.h"

namespace cw::net {

/// Everything that an edge asks of the outside world: the time, a wait, a connection. `SystemRuntime` is the machine;
/// `SimRuntime` (net/sim_runtime.h) is a manual clock and in-memory pipes, so that ten hours of an exchange with all its
/// faults pass in a second and can be repeated from a seed. Single-threaded: one runtime, one loop.
class Runtime {
 public:
  virtual ~Runtime() = default;

  virtual boost::asio::io_context& loop() = 0;
  virtual Clock& clock() = 0;
  Timestamp now() { return clock().now(); }

  /// Waits. Answers early when the coroutine is cancelled.
  virtual Task<void> sleep_for(Millis duration) = 0;

  /// Connects, TLS handshake and certificate check included, within `timeout`.
  /// Errors  timed_out, refused (nobody listens; a certificate that is not valid, with the reason), disconnected
  virtual Task<Result<StreamPtr>> connect(Endpoint endpoint, Millis timeout) = 0;

  /// Starts a coroutine on the loop. What escapes it is logged under `what` and ends only that coroutine.
  void spawn(std::string what, Task<void> work);

  /// Runs `work` for at most `limit` of this runtime's time, else cancels it and answers Errc::timed_out.
  template <class T>
  Task<Result<T>> within(Millis limit, Task<Result<T>> work);

  /// `logger` outlives the runtime.
  explicit Runtime(Logger& logger) : logger_(logger) {}
  Logger& logger() { return logger_; }

 private:
  Logger& logger_;
};

}  // namespace cw::net
