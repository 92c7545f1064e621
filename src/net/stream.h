#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/error.h"

namespace cw::net {

template <class T>
using Task = boost::asio::awaitable<T>;

/// An ordered two-way stream of bytes: TCP, TLS over TCP, or an in-memory pipe of a simulation. One reader and one
/// writer at a time, both on the stream's own loop. Every wait is bounded by the caller (`Runtime::within`) or ended by
/// `close`, which makes pending reads and writes answer Errc::cancelled.
class Stream {
 public:
  virtual ~Stream() = default;

  /// Reads at least one byte into `into` (not empty). 0 means that the other side ended in good order.
  virtual Task<Result<std::size_t>> read_some(std::span<char> into) = 0;

  /// Writes all of `bytes`, which must stay alive until it answers.
  virtual Task<Result<void>> write(std::span<const char> bytes) = 0;

  /// Ends both directions at once, without waiting. Any number of times.
  virtual void close() = 0;

  /// Address of the other side for logs and limits: `127.0.0.1:51234`, `pipe`.
  virtual std::string peer() const = 0;
};

using StreamPtr = std::unique_ptr<Stream>;

/// Where to connect.
struct Endpoint {
  std::string host;  // a name or a literal address; also what a certificate must be valid for
  std::uint16_t port = 0;
  bool tls = false;
};

/// Takes connections, one at a time.
class Listener {
 public:
  virtual ~Listener() = default;
  /// Errc::cancelled after `close`.
  virtual Task<Result<StreamPtr>> accept() = 0;
  virtual std::uint16_t port() const = 0;
  virtual void close() = 0;
};

}  // namespace cw::net
