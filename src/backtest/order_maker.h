#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "backtest/said_rows.h"
#include "market/candle.h"
#include "strategy/compile.h"
#include "trading/broker.h"

namespace cw::backtest {

/// How entries of these rules are sized.
trading::Sizing sizing_of(const strategy::SizingRules& rules);

/// An account with the limits that the program adds.
trading::AccountSettings account_of(const strategy::Program& program, trading::AccountSettings account);

/// Makes the orders of a program's rules at a closed bar. What the rules mean is said at Engine.
class OrderMaker {
 public:
  /// All of them outlive it.
  OrderMaker(const strategy::Program& program, const trading::InstrumentRules& instrument, trading::Broker& broker,
             std::size_t number)
      : program_(program), instrument_(instrument), broker_(broker), number_(number) {}

  /// The rules at the bar of `row`; `columns` are the program's.
  /// Errors  those of Broker::submit, an entry's naming the bar
  Result<void> act(const SaidRows& said, std::span<const double* const> columns, std::size_t row, Timestamp bar_open);

  /// Which way the position is.
  Held held() const;

  /// The next row from `from` on at which what is said can matter to the position or to an entry that waits; none: the number
  /// of rows.
  std::size_t next(const SaidRows& said, std::size_t from) const;

  /// Bars at which the rules contradicted themselves, so that nothing was done.
  std::uint64_t conflicts() const { return conflicts_; }

  /// Entries that were not made: their stop, target or price had no value at the bar, or was none above zero.
  std::uint64_t without_value() const { return without_value_; }

 private:
  struct Row {
    std::span<const double* const> columns;
    std::size_t row;
    Timestamp bar_open;

    double at(std::size_t column) const { return columns[column][row]; }
  };
  Result<void> enter(trading::Side side, const strategy::SideRules& rules, const Row& row);
  Result<void> leave(trading::Side side);
  void take_back(trading::Side side);
  static std::optional<trading::Distance> distance_of(const strategy::DistanceRule& rule, const Row& row,
                                                      const strategy::DistanceRule* stop = nullptr);
  static bool put_bracket(const strategy::SideRules& rules, const Row& row, trading::Bracket& bracket);

  const strategy::Program& program_;
  const trading::InstrumentRules& instrument_;
  trading::Broker& broker_;
  std::size_t number_;                      // the instrument's
  std::array<std::uint64_t, 2> resting_{};  // entry orders that wait at a price, by side; 0: none
  std::uint64_t conflicts_ = 0;
  std::uint64_t without_value_ = 0;
};

}  // namespace cw::backtest
