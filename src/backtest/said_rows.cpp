#include "backtest/said_rows.h"

#include <bit>
#include <optional>

#include "base/require.h"
#include "indicators/lanes.h"

namespace cw::backtest {
namespace {

using indicators::Lanes;

/// A bit for each of 64 values: whether it is above zero.
std::uint64_t above_zero(const double* values) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < 64; i += 4) {
    const auto found = indicators::lanes_at(values + i) > indicators::spread(0.0);
    const auto four = static_cast<unsigned>(__builtin_ia32_movmskpd256(reinterpret_cast<Lanes>(found)));
    bits |= std::uint64_t{four} << i;
  }
  return bits;
}

template <class Bits>
void read_column(Bits& bits, const double* values, std::size_t rows) {
  std::size_t row = 0;
  for (; row + 64 <= rows; row += 64) bits[row / 64] = above_zero(values + row);
  if (row == rows) return;
  bits[row / 64] = 0;
  for (; row < rows; ++row) bits[row / 64] |= std::uint64_t{values[row] > 0} << (row % 64);
}

}  // namespace

void SaidRows::read(const strategy::Program& program, std::span<const double* const> columns, std::size_t rows) {
  CW_REQUIRE(rows <= kRowsMost && columns.size() == program.nodes.size());
  rows_ = rows;
  if (const auto& side = program.long_side) {
    read_column(buy_entry_, columns[side->entry], rows);
    if (side->exit) read_column(buy_exit_, columns[*side->exit], rows);
  }
  if (const auto& side = program.short_side) {
    read_column(sell_entry_, columns[side->entry], rows);
    if (side->exit) read_column(sell_exit_, columns[*side->exit], rows);
  }
  // An entry of the side that is held says something only where it may add.
  const std::uint64_t adds = program.pyramiding > 1 ? ~std::uint64_t{0} : 0;
  for (std::size_t word = 0; word * 64 < rows; ++word) {
    const auto buy = buy_entry_[word];
    const auto sell = sell_entry_[word];
    matters_[static_cast<std::size_t>(Held::none)][word] = buy | sell;
    matters_[static_cast<std::size_t>(Held::long_side)][word] = buy_exit_[word] | sell | (buy & adds);
    matters_[static_cast<std::size_t>(Held::short_side)][word] = sell_exit_[word] | buy | (sell & adds);
  }
}

void SaidRows::fetch(const market::CandleSpan& bars) const {
  const Bits& opens = matters_[static_cast<std::size_t>(Held::none)];
  const Bits& closes = matters_[static_cast<std::size_t>(Held::long_side)];
  for (std::size_t word = 0; word * 64 < rows_; ++word) {
    std::uint64_t left = opens[word] | closes[word];
    // Where rules speak all the time the columns are read from end to end anyhow.
    if (std::popcount(left) > 16) continue;
    for (; left != 0; left &= left - 1) {
      const std::size_t row = word * 64 + static_cast<std::size_t>(std::countr_zero(left)) + 1;
      if (row == rows_) break;
      __builtin_prefetch(&bars.open_time_ms[row]);
      for (const auto& column : {bars.open, bars.high, bars.low, bars.volume}) __builtin_prefetch(&column[row]);
    }
  }
}

std::size_t SaidRows::next(Held held, std::size_t from) const {
  const Bits& bits = matters_[static_cast<std::size_t>(held)];
  if (from >= rows_) return rows_;
  std::uint64_t word = bits[from / 64] >> (from % 64) << (from % 64);
  for (std::size_t at = from / 64;;) {
    if (word != 0) return at * 64 + static_cast<std::size_t>(std::countr_zero(word));
    if (++at * 64 >= rows_) return rows_;
    word = bits[at];
  }
}

}  // namespace cw::backtest
