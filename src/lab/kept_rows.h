#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backtest/engine.h"
#include "backtest/result.h"
#include "base/error.h"

// How a run's trades and equity are kept: rows of fixed width, little endian, some thousand a piece, so that a page of them is
// read without the rest.
namespace cw::lab {

inline constexpr std::size_t kTradesAPiece = 5'000;
inline constexpr std::size_t kEquityAPiece = 20'000;
/// Rows of equity that are kept; of a longer run each stretch keeps its lowest and its highest.
inline constexpr std::size_t kEquityKeptMost = 400'000;

/// A row of the kept equity.
struct EquityRow {
  std::int64_t open_time_ms = 0;
  double equity = 0;
  double drawdown = 0;  // a fraction of the highest equity before

  friend bool operator==(const EquityRow&, const EquityRow&) = default;
};

/// The equity of a run, at most `most` rows: the first, the last, and of each stretch between them the lowest and the highest,
/// in time order. `most` is at least 4.
std::vector<EquityRow> equity_rows(const backtest::RunRows& rows, std::size_t most);

/// A table of time, equity and drawdown, as RFC 4180 has it.
std::string equity_csv(std::span<const EquityRow> rows);

std::string encode(const std::vector<EquityRow>& rows, std::size_t from, std::size_t count);
/// Errors  corrupt
Result<std::vector<EquityRow>> decode_equity(std::string_view bytes);

std::string encode(const std::vector<backtest::Trade>& trades, std::size_t from, std::size_t count);
/// Errors  corrupt
Result<std::vector<backtest::Trade>> decode_trades(std::string_view bytes);

}  // namespace cw::lab
