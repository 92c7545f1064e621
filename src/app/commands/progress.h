#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "app/console.h"

namespace cw::app {

/// How far a file is: a bar that rewrites itself on a terminal, nothing otherwise (a log of bars helps nobody). Redrawn at
/// most ten times a second.
class ProgressBar {
 public:
  ProgressBar(Console& console, std::string label) : console_(console), label_(std::move(label)) {}
  ~ProgressBar() { clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void show(std::uint64_t done, std::uint64_t all, std::uint64_t rows);
  /// With a text of its own behind the bar.
  void show(std::uint64_t done, std::uint64_t all, std::string_view said);
  void clear();

  /// The line as it would be drawn: `label  [=====>    ]  52 %  1,234,567 rows`. Pure, for tests.
  static std::string line(const std::string& label, std::uint64_t done, std::uint64_t all, std::uint64_t rows,
                          int columns);
  static std::string line(const std::string& label, std::uint64_t done, std::uint64_t all, std::string_view said,
                          int columns);

 private:
  Console& console_;
  std::string label_;
  std::chrono::steady_clock::time_point drawn_{};
  bool is_drawn_ = false;
};

/// `1,234,567`.
std::string with_commas(std::uint64_t value);

}  // namespace cw::app
