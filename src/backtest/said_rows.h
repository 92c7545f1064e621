#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "market/candle.h"
#include "strategy/compile.h"

namespace cw::backtest {

/// What the rules of one side say at one bar.
struct Said {
  bool entry = false;
  bool exit = false;
};

/// Which way the position is that rules are looked at for.
enum class Held : std::uint8_t { none, long_side, short_side };

/// What a program's rules say at the rows of a portion, a bit a row, so that the next row at which anything is said is found
/// without a look at those between.
class SaidRows {
 public:
  static constexpr std::size_t kRowsMost = 1'024;

  /// Reads the columns of the rules at `rows` rows, at most kRowsMost. NaN says nothing: it is not yet.
  void read(const strategy::Program& program, std::span<const double* const> columns, std::size_t rows);

  /// The first row from `from` on at which what is said can matter to such a position; none: the number of rows.
  std::size_t next(Held held, std::size_t from) const;

  /// Has the bars after those at which anything is said brought nearer: they are looked at whole, and of the columns that are
  /// not read otherwise they lie far away.
  void fetch(const market::CandleSpan& bars) const;

  Said buy(std::size_t row) const { return {is_set(buy_entry_, row), is_set(buy_exit_, row)}; }
  Said sell(std::size_t row) const { return {is_set(sell_entry_, row), is_set(sell_exit_, row)}; }

 private:
  static constexpr std::size_t kWords = kRowsMost / 64;
  using Bits = std::array<std::uint64_t, kWords>;

  static bool is_set(const Bits& bits, std::size_t row) { return (bits[row / 64] >> (row % 64) & 1) != 0; }

  std::size_t rows_ = 0;
  Bits buy_entry_{};
  Bits buy_exit_{};
  Bits sell_entry_{};
  Bits sell_exit_{};
  std::array<Bits, 3> matters_{};  // by Held
};

}  // namespace cw::backtest
