#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/random.h"

namespace cw::strategy {

/// 128 bits that differ, but for chance, where what was added differs. Two chains of mix64; nothing that stands against an
/// attacker depends on it.
class Digest {
 public:
  void add(std::uint64_t value) {
    first_ = mix64(first_ ^ value);
    second_ = mix64(second_ + std::rotl(value, 29));
  }
  void add(double value) { add(std::bit_cast<std::uint64_t>(value)); }
  void add(std::string_view text) {
    add(static_cast<std::uint64_t>(text.size()));
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      word = (word << 8) | static_cast<unsigned char>(text[i]);
      if (i % 8 == 7) add(std::exchange(word, 0));
    }
    if (text.size() % 8 != 0) add(word);
  }
  void add(const Digest& other) {
    add(other.first_);
    add(other.second_);
  }

  std::string hex() const { return fmt::format("{:016x}{:016x}", first_, second_); }

 private:
  std::uint64_t first_ = 0x6a09e667f3bcc908;
  std::uint64_t second_ = 0xbb67ae8584caa73b;
};

}  // namespace cw::strategy
