#include "net/system_runtime.h"

#include <openssl/rand.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/require.h"
#include "net/tcp.h"

namespace cw::net {
namespace {

namespace asio = boost::asio;
using SteadyTimer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

class SystemAlarm final : public Alarm {
 public:
  SystemAlarm(asio::io_context& loop, std::move_only_function<void()> ring)
      : timer_(loop), state_(std::make_shared<State>(std::move(ring))) {}
  ~SystemAlarm() override { SystemAlarm::clear(); }

  void set(Millis after) override {
    const auto round = ++state_->round;
    timer_.expires_after(std::max(after, Millis{0}));
    timer_.async_wait([state = state_, round](const boost::system::error_code& ec) {
      if (!ec && state->round == round) state->ring();  // may destroy this alarm
    });
  }
  void clear() override {
    ++state_->round;  // one that has rung already but not run yet is stopped here
    timer_.cancel();
  }

 private:
  struct State {
    explicit State(std::move_only_function<void()> f) : ring(std::move(f)) {}
    std::move_only_function<void()> ring;
    std::uint64_t round = 0;
  };
  SteadyTimer timer_;
  std::shared_ptr<State> state_;
};

}  // namespace

SystemRuntime::SystemRuntime(Logger& logger) : Runtime(logger), began_(std::chrono::steady_clock::now()), loop_(1) {}

SystemRuntime::SystemRuntime(Logger& logger, TlsContext client_tls) : SystemRuntime(logger) {
  client_tls_ = std::move(client_tls);
}

SystemRuntime::~SystemRuntime() = default;

Millis SystemRuntime::elapsed() { return std::chrono::floor<Millis>(std::chrono::steady_clock::now() - began_); }

Task<void> SystemRuntime::sleep_for(Millis duration) {
  SteadyTimer timer(loop_, std::max(duration, Millis{0}));
  const auto [ec] = co_await timer.async_wait(asio::as_tuple(use_task));
  if (ec) throw_cancelled();
}

std::unique_ptr<Alarm> SystemRuntime::make_alarm(std::move_only_function<void()> ring) {
  return std::make_unique<SystemAlarm>(loop_, std::move(ring));
}

Task<Result<StreamPtr>> SystemRuntime::connect(Endpoint endpoint, Millis timeout) {
  auto stream = co_await within(timeout, connect_now(endpoint, timeout));
  if (!stream && stream.error().code == Errc::timed_out) {
    co_return fail(Errc::timed_out,
                   fmt::format("no connection to {} within {}", to_text(endpoint), format_duration(timeout)));
  }
  co_return stream;
}

Task<Result<StreamPtr>> SystemRuntime::connect_now(Endpoint endpoint, Millis timeout) {
  auto stream = co_await connect_tcp(*this, endpoint, timeout);
  if (!stream || !endpoint.tls) co_return stream;
  auto context = client_tls();
  if (!context) co_return pass_on(context);
  co_return co_await tls_connect(*this, *context, std::move(*stream), endpoint.host);
}

Result<TlsContext> SystemRuntime::client_tls() {
  if (client_tls_) return *client_tls_;
  auto made = TlsContext::for_client();
  if (made) client_tls_ = *made;
  return made;
}

void SystemRuntime::fill_random(std::span<unsigned char> bytes) {
  CW_REQUIRE(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
}

Result<std::unique_ptr<Listener>> SystemRuntime::listen(const std::string& address, std::uint16_t port,
                                                        std::optional<TlsContext> tls) {
  return listen_tcp(*this, address, port, std::move(tls));
}

void SystemRuntime::run() {
  loop_.restart();
  loop_.run();
}

void SystemRuntime::stop() { loop_.stop(); }

}  // namespace cw::net
