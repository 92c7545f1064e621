#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "exchange/feed.h"

namespace cw::exchange::binance {

/// From a symbol's text to its index in the list of followed instruments. Built once; a look-up reads one or two slots.
/// Cost    O(1), no allocation; the table is at most half full
class SymbolTable {
 public:
  explicit SymbolTable(std::span<const std::string> symbols)
      : names_(symbols.begin(), symbols.end()), slots_(std::bit_ceil(2 * symbols.size() + 2)) {
    for (FollowedIndex i = 0; i < names_.size(); ++i) {
      std::size_t slot = start(names_[i]);
      while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
      slots_[slot] = i + 1;
    }
  }

  std::optional<FollowedIndex> find(std::string_view symbol) const {
    for (std::size_t slot = start(symbol); slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1)) {
      if (names_[slots_[slot] - 1] == symbol) return slots_[slot] - 1;
    }
    return std::nullopt;
  }

  std::size_t size() const { return names_.size(); }
  const std::string& name(FollowedIndex index) const { return names_[index]; }

 private:
  std::size_t start(std::string_view symbol) const {
    std::uint64_t hash = symbol.size();
    for (const char c : symbol) hash = hash * 31 + static_cast<unsigned char>(c);
    return mix64(hash) & (slots_.size() - 1);
  }

  std::vector<std::string> names_;
  std::vector<FollowedIndex> slots_;  // index + 1; 0 is an empty slot
};

}  // namespace cw::exchange::binance
