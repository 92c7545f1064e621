#include "net/tcp.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>

#include <poll.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "net/resolver.h"

namespace cw::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

using TcpAcceptor = asio::basic_socket_acceptor<tcp, Executor>;
constexpr auto use_result = asio::as_tuple(use_task);

constexpr std::size_t kAddressesTried = 8;
constexpr Millis kLeastTry{250};

std::unexpected<Error> io_failure(const error_code& ec) {
  if (ec == asio::error::operation_aborted || ec == asio::error::bad_descriptor) {
    return fail(Errc::cancelled, "the stream was closed on this side");
  }
  return fail(Errc::disconnected, "the connection was lost: " + ec.message());
}

std::string address_text(const tcp::endpoint& endpoint) {
  return to_text({.host = endpoint.address().to_string(), .port = endpoint.port()});
}

class TcpStream final : public Stream {
 public:
  explicit TcpStream(TcpSocket socket) : socket_(std::move(socket)) {
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
    const auto remote = socket_.remote_endpoint(ignored);
    peer_ = ignored ? "unknown" : address_text(remote);
  }

  Task<Result<std::size_t>> read_some(std::span<char> into) override {
    const auto [ec, got] = co_await socket_.async_read_some(asio::buffer(into.data(), into.size()), use_result);
    if (ec == asio::error::eof) co_return std::size_t{0};
    if (ec) co_return io_failure(ec);
    co_return got;
  }

  void cancel_read() override {
    error_code ignored;
    socket_.cancel(ignored);
  }

  Task<Result<void>> write_both(std::span<const char> head, std::span<const char> body) override {
    for (;;) {
      const std::array<asio::const_buffer, 2> rest{asio::const_buffer(head.data(), head.size()),
                                                   asio::const_buffer(body.data(), body.size())};
      error_code ec;
      auto sent = socket_.write_some(rest, ec);
      if (ec == asio::error::would_block || ec == asio::error::try_again) {
        const auto [later_ec, later_sent] = co_await socket_.async_write_some(rest, use_result);
        ec = later_ec;
        sent = later_sent;
      }
      if (ec) co_return io_failure(ec);
      const auto from_head = std::min(sent, head.size());
      head = head.subspan(from_head);
      body = body.subspan(sent - from_head);
      if (head.empty() && body.empty()) co_return Result<void>{};
    }
  }

  Task<void> finish() override {
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    co_return;
  }

  void close() override {
    error_code ignored;
    socket_.close(ignored);
  }

  bool is_gone() override {
    pollfd other{socket_.native_handle(), POLLRDHUP, 0};
    return ::poll(&other, 1, 0) > 0 && (other.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) != 0;
  }
  std::string peer() const override { return peer_; }

 private:
  TcpSocket socket_;
  std::string peer_;
};

class TcpListener final : public Listener {
 public:
  TcpListener(Runtime& runtime, TcpAcceptor acceptor, std::optional<TlsContext> tls)
      : runtime_(runtime), acceptor_(std::move(acceptor)), tls_(std::move(tls)) {
    error_code ignored;
    port_ = acceptor_.local_endpoint(ignored).port();
  }

  Task<Result<StreamPtr>> accept() override {
    auto [ec, socket] = co_await acceptor_.async_accept(use_result);
    if (ec == asio::error::operation_aborted || ec == asio::error::bad_descriptor) {
      co_return fail(Errc::cancelled, "the listener was closed");
    }
    if (ec) co_return fail(Errc::io_error, "taking a connection failed: " + ec.message());
    auto stream = make_tcp_stream(std::move(socket));
    co_return tls_ ? tls_accept(runtime_, *tls_, std::move(stream)) : std::move(stream);
  }
  std::uint16_t port() const override { return port_; }
  void close() override {
    error_code ignored;
    acceptor_.close(ignored);
  }

 private:
  Runtime& runtime_;
  TcpAcceptor acceptor_;
  std::optional<TlsContext> tls_;
  std::uint16_t port_ = 0;
};

/// Interleaves the address families in the resolver's order.
Addresses in_turn(const Addresses& found) {
  Addresses first;
  Addresses other;
  for (const auto& endpoint : found) {
    const bool leads = first.empty() || endpoint.protocol() == first.front().protocol();
    (leads ? first : other).push_back(endpoint);
  }
  Addresses all;
  for (std::size_t i = 0; i < std::max(first.size(), other.size()); ++i) {
    if (i < first.size()) all.push_back(first[i]);
    if (i < other.size()) all.push_back(other[i]);
  }
  if (all.size() > kAddressesTried) all.resize(kAddressesTried);
  return all;
}

Task<Result<StreamPtr>> connect_one(Runtime& runtime, tcp::endpoint endpoint) {
  TcpSocket socket(runtime.loop());
  const auto [ec] = co_await socket.async_connect(endpoint, use_result);
  if (ec == asio::error::operation_aborted) co_return fail(Errc::cancelled, "connecting was cancelled");
  if (ec == asio::error::connection_refused) co_return fail(Errc::refused, "nobody listens there");
  if (ec) co_return fail(Errc::disconnected, ec.message());
  co_return make_tcp_stream(std::move(socket));
}

}  // namespace

StreamPtr make_tcp_stream(TcpSocket socket) { return std::make_unique<TcpStream>(std::move(socket)); }

Task<Result<StreamPtr>> connect_tcp(Runtime& runtime, Endpoint endpoint, Millis timeout) {
  const auto began = runtime.elapsed();
  const auto found = co_await resolve(runtime, endpoint.host, endpoint.port);
  if (!found) co_return pass_on(found);
  const Addresses addresses = in_turn(*found);
  Error last{Errc::not_found, fmt::format("the host name '{}' has no address", endpoint.host), {}, {}};
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const auto& address = addresses[i];
    const auto left = timeout - (runtime.elapsed() - began);
    const auto share = std::max(left / static_cast<std::int64_t>(addresses.size() - i), kLeastTry);
    auto stream = co_await runtime.within(share, connect_one(runtime, address));
    if (stream) co_return stream;
    const std::string name = to_text(endpoint);
    const std::string number = address_text(address);
    last = with_place(stream.error(), name == number ? fmt::format("connecting to {}", name)
                                                     : fmt::format("connecting to {} ({})", name, number));
  }
  co_return std::unexpected(last);
}

Result<std::unique_ptr<Listener>> listen_tcp(Runtime& runtime, const std::string& address, std::uint16_t port,
                                             std::optional<TlsContext> tls) {
  error_code ec;
  const auto literal = asio::ip::make_address(address, ec);
  if (ec) {
    return fail(Errc::bad_parameter,
                fmt::format("'{}' is not an address to listen on; write 127.0.0.1 or ::1", address));
  }
  const tcp::endpoint endpoint(literal, port);
  TcpAcceptor acceptor(runtime.loop());
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (ec == asio::error::address_in_use) {
    return fail(Errc::busy,
                fmt::format("port {} on {} is taken by another program; stop that program or choose another port", port,
                            address));
  }
  if (ec == error_code(EADDRNOTAVAIL, boost::system::system_category())) {
    return fail(Errc::bad_parameter, fmt::format("{} is not an address of this machine", address));
  }
  if (ec == asio::error::access_denied) {
    return fail(Errc::io_error,
                fmt::format("port {} needs more rights than this program has; choose one above 1023", port));
  }
  if (ec) return fail(Errc::io_error, fmt::format("listening on {} failed: {}", address_text(endpoint), ec.message()));
  return std::make_unique<TcpListener>(runtime, std::move(acceptor), std::move(tls));
}

}  // namespace cw::net
