#include "net/resolver.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>

#include <fmt/format.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "net/wakeup.h"

namespace cw::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr int kLookUpsMost = 16;

// Of the whole process: a look-up may outlive the runtime that began it.
std::atomic<int> look_ups_under_way = 0;

/// Between the caller on its loop and the thread of the look-up.
struct Exchange {
  std::mutex guard;
  asio::io_context* loop = nullptr;  // null, like `caller`, once nobody waits any more
  Wakeup* caller = nullptr;          // used on the loop's thread alone
  std::optional<Result<Addresses>> answer;
};

void work(const std::shared_ptr<Exchange>& exchange, const LookUp& look_up, const std::string& host,
          std::uint16_t port) {
  auto found = look_up(host, port);
  --look_ups_under_way;
  const std::scoped_lock lock(exchange->guard);
  exchange->answer = std::move(found);
  if (!exchange->loop) return;
  asio::post(*exchange->loop, [exchange] {
    if (exchange->caller) exchange->caller->notify();
  });
}

bool begin(const std::shared_ptr<Exchange>& exchange, LookUp look_up, std::string host, std::uint16_t port) {
  if (++look_ups_under_way > kLookUpsMost) {
    --look_ups_under_way;
    return false;
  }
  try {
    std::thread([exchange, look_up = std::move(look_up), host = std::move(host), port] {
      work(exchange, look_up, host, port);
    }).detach();
    return true;
  } catch (const std::system_error&) {
    --look_ups_under_way;
    return false;
  }
}

}  // namespace

Result<Addresses> ask_machine(const std::string& host, std::uint16_t port) {
  asio::io_context own;
  tcp::resolver resolver(own);
  error_code ec;
  const auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::numeric_service, ec);
  if (ec) return fail(Errc::not_found, fmt::format("the host name '{}' could not be resolved: {}", host, ec.message()));
  Addresses addresses;
  for (const auto& entry : found) addresses.push_back(entry.endpoint());
  return addresses;
}

Task<Result<Addresses>> resolve(Runtime& runtime, std::string host, std::uint16_t port, LookUp look_up) {
  error_code not_literal;
  const auto literal = asio::ip::make_address(host, not_literal);
  if (!not_literal) co_return Addresses{tcp::endpoint(literal, port)};

  Wakeup answered(runtime.loop());
  const auto exchange = std::make_shared<Exchange>();
  exchange->loop = &runtime.loop();
  exchange->caller = &answered;
  struct Leaving {
    Exchange& exchange;
    ~Leaving() {
      const std::scoped_lock lock(exchange.guard);
      exchange.loop = nullptr;
      exchange.caller = nullptr;
    }
  } const leaving{*exchange};
  const auto keeps_running = asio::make_work_guard(runtime.loop());
  if (!begin(exchange, std::move(look_up), host, port)) {
    co_return fail(Errc::busy, fmt::format("the host name '{}' was not looked up: {} look-ups have no answer yet", host,
                                           kLookUpsMost));
  }
  for (;;) {
    {
      const std::scoped_lock lock(exchange->guard);
      if (exchange->answer) co_return std::move(*exchange->answer);
    }
    if (!co_await answered.wait()) co_return fail(Errc::cancelled, "looking up a name was cancelled");
  }
}

}  // namespace cw::net
