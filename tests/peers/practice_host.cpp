// The practice exchange on a free port of this machine, until its input ends. Prints the port.
//   practice_host SPEED [CERTIFICATE KEY]
#include <fmt/format.h>
#include <unistd.h>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read.hpp>

#include <array>
#include <cstdio>

#include "base/number.h"
#include "exchange/practice/practice_command.h"

namespace {

using namespace cw;                      // NOLINT: a program of its own
using namespace cw::exchange::practice;  // NOLINT

net::Task<void> serve(net::SystemRuntime& runtime, PracticeOptions options, Metrics& metrics) {
  boost::asio::posix::stream_descriptor input(runtime.loop(), ::dup(STDIN_FILENO));
  std::array<char, 64> bytes{};
  const auto served = co_await run_practice(
      runtime, std::move(options), nullptr, metrics, [&](PracticeExchange& exchange, std::uint16_t port) {
        fmt::print("{}\n", port);
        std::fflush(stdout);
        input.async_read_some(boost::asio::buffer(bytes), [&](const boost::system::error_code&, std::size_t) {
          runtime.spawn("stop", exchange.stop(Millis{200}));
        });
      });
  if (!served) fmt::print(stderr, "{}\n", served.error().message);
}

}  // namespace

int main(int count, char** arguments) {
  PracticeOptions options;
  options.port = 0;
  options.speed = count > 1 ? parse_double(arguments[1]).value_or(1) : 1;
  if (count > 3) {
    options.certificate = arguments[2];
    options.key = arguments[3];
  }
  const auto checked = validate(options);
  if (!checked) {
    fmt::print(stderr, "{}\n", checked.error().message);
    return 2;
  }
  NullLogger logger;
  Metrics metrics;
  net::SystemRuntime runtime(logger);
  runtime.spawn("serve", serve(runtime, *checked, metrics));
  runtime.run();
  return 0;
}
