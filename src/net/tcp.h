#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <string>

#include "net/runtime.h"
#include "net/stream.h"
#include "net/tls.h"

namespace cw::net {

using TcpSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;

/// A connected socket as a stream: no delay, non-blocking; a write tries the socket first and suspends only when its
/// buffer is full.
StreamPtr make_tcp_stream(TcpSocket socket);

/// See SystemRuntime::listen.
Result<std::unique_ptr<Listener>> listen_tcp(Runtime& runtime, const std::string& address, std::uint16_t port,
                                             std::optional<TlsContext> tls);

/// Resolves and connects; see SystemRuntime::connect. Without TLS.
Task<Result<StreamPtr>> connect_tcp(Runtime& runtime, Endpoint endpoint, Millis timeout);

}  // namespace cw::net
