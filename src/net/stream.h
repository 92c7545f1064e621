#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/error.h"

namespace cw::net {

/// The concrete executor of every coroutine of ours: type-erased ones cost a third of a small request's time.
using Executor = boost::asio::io_context::executor_type;

/// A coroutine on a runtime's loop. Nothing of it runs before it is awaited or spawned.
///
/// Cancelling (Runtime::within, TaskGroup) ends the wait it is in early: a wait with a Result answers Errc::cancelled,
/// `sleep_for` throws, and any later co_await of the coroutine throws boost::system::system_error(operation_aborted), so
/// that it unwinds whatever its code looks like. Never swallow that exception: let it pass `catch (...)`.
template <class T>
using Task = boost::asio::awaitable<T, Executor>;

/// The completion token of an Asio operation inside a Task.
inline constexpr boost::asio::use_awaitable_t<Executor> use_task{};

/// An ordered two-way stream of bytes: TCP, TLS over either, or an in-memory pipe of a simulation. One reader and one
/// writer at a time, both on the stream's own loop; they may overlap. Every wait is bounded by the caller
/// (`Runtime::within`, an `Alarm`) or ended by `close`, which makes pending reads and writes answer Errc::cancelled.
/// A cancelled read loses nothing and may be repeated; after a cancelled write the stream is of no more use.
class Stream {
 public:
  virtual ~Stream() = default;

  /// Reads at least one byte into `into` (not empty). 0 means that the other side ended in good order.
  /// Errors  disconnected, cancelled; refused where a TLS handshake fails on the accepting side, with the reason
  virtual Task<Result<std::size_t>> read_some(std::span<char> into) = 0;

  /// Makes a read that is waiting answer Errc::cancelled; the stream stays as good as it was. Not while a write waits.
  virtual void cancel_read() = 0;

  /// Writes all of `head`, then all of `body`, in one system call where that is possible. Both must stay alive until it
  /// answers.
  virtual Task<Result<void>> write_both(std::span<const char> head, std::span<const char> body) = 0;
  Task<Result<void>> write(std::span<const char> bytes) { return write_both(bytes, {}); }

  /// Tells the other side that nothing more comes, in good order; reading goes on.
  virtual Task<void> finish() = 0;

  /// Ends both directions at once, without waiting. Any number of times.
  virtual void close() = 0;

  /// Address of the other side for logs and limits: `127.0.0.1:51234`, `pipe:3`.
  virtual std::string peer() const = 0;

  /// Whether the other side has ended its direction, or the connection broke: seen without reading, so that who is busy with
  /// an answer can look. What was sent before may still be unread.
  virtual bool is_gone() { return false; }

  /// Whether what is read and written is encrypted on its way (TLS).
  virtual bool is_tls() const { return false; }
};

using StreamPtr = std::unique_ptr<Stream>;

/// Where to connect.
struct Endpoint {
  std::string host;  // a name or a literal address; also what a certificate must be valid for
  std::uint16_t port = 0;
  bool tls = false;
};

/// `example.org:443`, `[::1]:80`.
std::string to_text(const Endpoint& endpoint);

/// Takes connections, one at a time.
class Listener {
 public:
  virtual ~Listener() = default;
  /// Errc::cancelled after `close`; other errors are passing (too many open files) and worth another try after a pause.
  /// On a TLS listener the handshake happens inside the stream's first read, so a silent client holds up nobody.
  virtual Task<Result<StreamPtr>> accept() = 0;
  virtual std::uint16_t port() const = 0;
  virtual void close() = 0;
};

}  // namespace cw::net
