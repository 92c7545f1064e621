#pragma once

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/time.h"
#include "net/runtime.h"
#include "net/tls.h"

namespace cw::net {

/// The machine: its clock, TCP, TLS, DNS. One thread calls `run`; only `stop` and posting to `loop()` are thread-safe.
/// Names are resolved as net/resolver.h says: nothing waits for a look-up whose caller was cancelled.
class SystemRuntime final : public Runtime {
 public:
  explicit SystemRuntime(Logger& logger);
  /// Trusts the authorities of `client_tls` instead of the machine's own alone.
  SystemRuntime(Logger& logger, TlsContext client_tls);
  ~SystemRuntime() override;

  boost::asio::io_context& loop() override { return loop_; }
  Clock& clock() override { return clock_; }
  Millis elapsed() override;
  Task<void> sleep_for(Millis duration) override;
  std::unique_ptr<Alarm> make_alarm(std::move_only_function<void()> ring) override;
  /// Tries the host's addresses one after the other, the two families in turn (after RFC 8305), each for a part of
  /// `timeout`.
  Task<Result<StreamPtr>> connect(Endpoint endpoint, Millis timeout) override;
  void fill_random(std::span<unsigned char> bytes) override;

  /// Listens on a literal address; port 0 picks a free one. With `tls` every connection must speak it.
  /// Errors  bad_parameter: not an address of this machine; busy: the port is taken (the sentence names it and says what
  ///         to do); io_error
  Result<std::unique_ptr<Listener>> listen(const std::string& address, std::uint16_t port,
                                           std::optional<TlsContext> tls = std::nullopt);

  /// Runs the loop until there is nothing left to do or `stop`.
  void run();
  void stop();

 private:
  Task<Result<StreamPtr>> connect_now(Endpoint endpoint, Millis timeout);
  Result<TlsContext> client_tls();

  SystemClock clock_;
  std::chrono::steady_clock::time_point began_;
  std::optional<TlsContext> client_tls_;  // made at the first TLS connection
  boost::asio::io_context loop_;          // last: it dies first and takes the coroutines with it
};

}  // namespace cw::net
