#include "app/commands/progress.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace cw::app {
namespace {
constexpr auto kRedrawEvery = std::chrono::milliseconds{100};
constexpr std::string_view kClearLine = "\r\x1b[K";
}  // namespace

std::string with_commas(std::uint64_t value) {
  std::string digits = fmt::to_string(value);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string ProgressBar::line(const std::string& label, std::uint64_t done, std::uint64_t all, std::uint64_t rows,
                              int columns) {
  return line(label, done, all, with_commas(rows) + " rows", columns);
}

std::string ProgressBar::line(const std::string& label, std::uint64_t done, std::uint64_t all, std::string_view said,
                              int columns) {
  const double share = all == 0 ? 0 : std::min(1.0, static_cast<double>(done) / static_cast<double>(all));
  const std::string tail = fmt::format("  {:3.0f} %  {}", share * 100, said);
  const auto room = static_cast<std::ptrdiff_t>(columns) - 1;
  const std::ptrdiff_t width =
      std::min<std::ptrdiff_t>(40, room - static_cast<std::ptrdiff_t>(label.size() + tail.size()) - 4);
  if (width < 5) return (label + tail).substr(0, static_cast<std::size_t>(std::max<std::ptrdiff_t>(room, 0)));
  const auto filled = static_cast<std::size_t>(share * static_cast<double>(width));
  return fmt::format("{}  [{}{}]{}", label, std::string(filled, '='),
                     std::string(static_cast<std::size_t>(width) - filled, ' '), tail);
}

void ProgressBar::show(std::uint64_t done, std::uint64_t all, std::uint64_t rows) {
  show(done, all, with_commas(rows) + " rows");
}

void ProgressBar::show(std::uint64_t done, std::uint64_t all, std::string_view said) {
  if (!console_.err_is_terminal()) return;
  const auto now = std::chrono::steady_clock::now();
  if (is_drawn_ && now - drawn_ < kRedrawEvery) return;
  drawn_ = now;
  is_drawn_ = true;
  console_.err(std::string{kClearLine} + line(label_, done, all, said, console_.columns()));
}

void ProgressBar::clear() {
  if (std::exchange(is_drawn_, false)) console_.err(kClearLine);
}

}  // namespace cw::app
