#include <array>
#include <cerrno>

#include <poll.h>
#include <unistd.h>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "base/nearest.h"
#include "base/printable.h"
#include "exchange/binance/feed_decode.h"

namespace cw::app {
namespace {
constexpr std::size_t kReadBytes = 64 * 1024;
const std::vector<std::string> kVenues{"binance"};
}  // namespace

int run_feed_decode(Console& console, const FeedDecodeArgs& args) {
  if (args.venue != "binance") {
    const auto near = nearest_names(args.venue, kVenues);
    return report(console, {Errc::bad_parameter,
                            fmt::format("--venue: '{}' is no venue whose messages are known{}; there is binance",
                                        printable(args.venue), did_you_mean(near)),
                            near, "venue"});
  }
  std::string out;
  bool is_read = true;
  exchange::binance::FeedDecode decode{
      [&](std::string_view line) {
        out.append(line).push_back('\n');
        if (out.size() >= kReadBytes) is_read = console.out(out), out.clear();
      },
      [&](std::string_view line) { console.err(fmt::format("candlewick: {}\n", line)); }};
  std::array<char, kReadBytes> buffer{};
  while (is_read && !console.cancelled()) {
    const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return report(console, {Errc::io_error, "stdin cannot be read", {}, {}});
    if (got == 0) break;
    decode.feed({buffer.data(), static_cast<std::size_t>(got)});
    // What has been read is shown before the next wait: a pipe may be slow.
    pollfd more{STDIN_FILENO, POLLIN, 0};
    if (!out.empty() && ::poll(&more, 1, 0) == 0) is_read = console.out(out), out.clear();
  }
  if (is_read) console.out(out);
  out.clear();
  const auto summary = decode.finish();
  if (is_read && !out.empty()) console.out(out);
  console.err(fmt::format("{}\n", summary.text()));
  return kGood;
}

}  // namespace cw::app
