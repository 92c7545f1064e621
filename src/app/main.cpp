#include <atomic>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <exception>
#include <string>
#include <vector>

#include <fcntl.h>

#include <fmt/format.h>

#include "app/console.h"
#include "app/program.h"

namespace {

// Raised by Ctrl-C and SIGTERM. A second Ctrl-C ends the process at once; a second SIGTERM does not, since supervisors send
// it to the process and to its group. Nor does a SIGINT right behind the first one: `timeout -s INT` does the same.
std::atomic<bool> stop_asked{false};
std::atomic<std::int64_t> first_asked_ms{0};
constexpr std::int64_t kOneAskingMs = 300;

std::int64_t now_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);  // may be called in a signal handler
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

void on_stop_signal(int signal) {
  if (!stop_asked.exchange(true)) {
    first_asked_ms = now_ms();
  } else if (signal == SIGINT && now_ms() - first_asked_ms >= kOneAskingMs) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
}

/// Streams that were closed at the start stay unusable, so that no file of ours ever gets their number.
void occupy_closed_streams() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (::fcntl(fd, F_GETFD) < 0) ::open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
  }
}

}  // namespace

int main(int argc, char** argv) {
  occupy_closed_streams();
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe shows as a failed write, which ends a command quietly
  std::signal(SIGINT, on_stop_signal);
  std::signal(SIGTERM, on_stop_signal);
  cw::app::LocalConsole console{stop_asked};
  try {
    return cw::app::run_program(std::vector<std::string>{argv + 1, argv + argc}, console);
  } catch (const std::exception& failure) {
    console.err(fmt::format("candlewick: cannot go on: {}\n", failure.what()));
    return 1;
  }
}
