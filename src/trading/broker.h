#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "market/candle.h"
#include "trading/costs.h"
#include "trading/fill.h"
#include "trading/protections.h"
#include "trading/sizing.h"

namespace cw::trading {

struct Book;
struct Resting;

/// What an account is and how it is served.
struct AccountSettings {
  Money capital = money_of_steps(10'000 * kStepsPerOne);
  FillPolicy fills;
  Costs costs;
  Limits limits;
  Protections protections;
};

/// Errors  Errc::bad_parameter with the field: `capital` not above zero or over kCapitalMost, `fills.participation` outside 0
///         to 1, and those of `limits` and `protections`
Result<void> validate(const AccountSettings& settings);

/// The bars of a lower timeframe inside one bar, in time order; empty where there are none. The memory must last until the
/// next call.
using LowerBars = std::function<market::CandleSpan(std::size_t instrument, Timestamp bar_open)>;

inline constexpr Money kCapitalMost{Int128{10'000'000'000} * kStepsPerOne * kStepsPerOne};
inline constexpr std::size_t kOrdersMost = 1'000;  // waiting at once in one instrument, exits included

/// One account's broker: orders wait, bars come, fills come out. The same code serves a backtest and a paper account.
///
/// In order, for every instant: `on_bars` of the instruments whose bars close at it, `on_instant`, then the orders made of
/// these bars. How an order fills inside a bar is written in docs/trading.md; in short: the open first (a gap fills at
/// it), then along the way that the policy gives, each order where the price comes to it. Exits of an entry rest from its
/// fill on, also within its bar.
///
/// The same calls give the same fills, bit for bit. Not thread-safe.
///
/// Cost    a bar without waiting orders and without a short or borrowed position: a few ns. Nothing is allocated once the
///         lists of orders and fills have grown to their size.
class Broker {
 public:
  /// `settings` are valid.
  explicit Broker(const AccountSettings& settings, LowerBars lower_bars = {});
  ~Broker();
  Broker(Broker&&) noexcept;
  Broker& operator=(Broker&&) noexcept;

  /// An instrument more, numbered from 0. `sizing` is valid.
  std::size_t add(const InstrumentRules& rules, const Sizing& sizing);

  /// Takes an order; the answer is its number. What it does to the position is decided when it fills: whether the limits
  /// and protections allow it, and how large it is. What they forbid is counted, and the order is gone.
  ///
  /// Errors  those of `validate(order)`; Errc::limit_exceeded where kOrdersMost wait; Errc::bad_parameter, field `type`, for
  ///         a market order that is to fill at a close while no bar has closed
  Result<std::uint64_t> submit(std::size_t instrument, const OrderRequest& order);

  /// Takes an order back, or all of an instrument, exits included. Whether there was one.
  bool cancel(std::uint64_t order);
  bool cancel_all(std::size_t instrument);

  /// A bar has closed. Bars of an instrument come in time order; prices are finite and above zero.
  void on_bar(std::size_t instrument, const market::Candle& bar);

  /// The bars of several instruments that opened at one moment and have closed, at most one of each. Their opens come before
  /// anything inside them, so no order at an open is paid with what is earned later: first the opens of instruments in which
  /// orders can only reduce, so that what is sold there pays for what is bought elsewhere, then those of the others, both in
  /// the order given. Inside the bars instruments come one after the other, those that may still open first: what comes free
  /// inside a bar is spent within it by nobody else. Of one bar the same as on_bar().
  struct BarOf {
    std::size_t instrument = 0;
    market::Candle bar{};
  };
  void on_bars(std::span<const BarOf> bars);

  /// All bars of this instant are in: the protections look at the account.
  void on_instant(Timestamp closed_at);

  /// Takes as many of these bars as mean nothing to what waits and what is held, as on_bar() and on_instant() of each would:
  /// no order is due, none is reached, none expires, nothing is paid and nothing is liquidated. At the last of them a halt
  /// may begin. The answer is how many; 0 where the next bar is for on_bar(), and always with several instruments.
  ///
  /// Shape   `value` and `equity` have a place for each bar: what the position is worth at its close (a short below zero) and
  ///         what the account is; of bars that were not taken they hold nothing of use
  /// Cost    a few bars at once where only prices are looked at
  std::size_t pass(std::size_t instrument, const market::CandleSpan& bars, Millis length, double* value,
                   double* equity);

  /// Closes what is held at the newest close, as a market order there would, and takes back what waits.
  void close_all(std::size_t instrument, Reason reason);

  /// The fills since `clear_fills`, in the order they happened.
  std::span<const Fill> fills() const { return fills_; }
  void clear_fills() { fills_.clear(); }

  const Ledger& ledger() const { return ledger_; }
  const BrokerCounts& counts() const { return counts_; }
  const Tally& closed_positions() const { return tally_; }
  std::size_t waiting(std::size_t instrument) const;

  /// Where the position's exits rest now: the nearest stop (trailing ones too) and the nearest target. Nothing where there is none.
  struct Exits {
    std::optional<double> stop{};
    std::optional<double> target{};
  };
  Exits exits(std::size_t instrument) const;

  /// Cash and all positions at their newest closes.
  double equity() const;

 private:
  struct Hit {
    std::size_t order;  // its place among the book's; kLiquidation: no order
    double level;
  };
  static constexpr std::size_t kLiquidation = static_cast<std::size_t>(-1);

  // broker.cpp: the life of orders and bars.
  void open_bar(Book& book, const market::Candle& bar);
  void walk_bar(Book& book);
  void close_bar(Book& book);
  bool may_be_liquidated(const Book& book) const;
  void pay_funding(Book& book, const market::Candle& bar);
  void rest_protective_exits();
  void end_bar(Book& book);
  void run_time_stops(Book& book);
  std::uint64_t rest(Book& book, const OrderRequest& request);

  // broker_quiet.cpp: bars that mean nothing.
  std::size_t quiet_bars(const Book& book, const market::CandleSpan& bars) const;
  void stand_after(Book& book, const market::CandleSpan& bars, std::size_t count);

  // broker_walk.cpp: which way the price goes, and what it meets.
  bool is_quiet(const Book& book, const market::Candle& bar) const;
  void fill_at_open(Book& book, const market::Candle& bar);
  void fill_inside(Book& book, const market::Candle& bar, bool lower);
  void walk_inside(Book& book, const market::Candle& bar);
  bool walk_lower_bars(Book& book, const market::Candle& bar);
  void fill_all_at(Book& book, double price);
  void fill_at_close_only(Book& book, double close);
  std::optional<Hit> first_hit(const Book& book, double from, double to) const;
  bool is_pessimistic(const Book& book) const;
  double liquidation_level(const Book& book) const;
  void liquidate(Book& book, double level);

  // broker_execute.cpp: an order's moment has come.
  struct Execution;
  bool execute(Book& book, std::size_t at, double level);  // whether it opened or added
  void plan_parts(const Book& book, const Resting& order, Execution& execution) const;
  bool set_price(const Book& book, const Resting& order, double level, Execution& execution) const;
  void add_exits(Book& book, const Resting& entry, Ticks price, Lots lots);
  void keep_or_remove(Book& book, const Resting& order, const Execution& execution);
  bool close_part(Book& book, Resting& order, Execution& execution, Reason reason);
  bool open_part(Book& book, Resting& order, Execution& execution, Refusal forbidden);
  Refusal size_opening(const Book& book, const Resting& order, Execution& execution);
  Refusal forbids_opening(const Book& book, const Resting& order) const;
  Sized sized(const Book& book, const Resting& order, double price) const;
  bool fill(Book& book, const Resting& order, const Execution& execution, Lots lots, Reason reason, bool opens);
  void end_position(Book& book, Reason reason);
  void refuse(Refusal refusal) { ++counts_.refused[static_cast<std::size_t>(refusal)]; }
  double equity_at(const Book& book, double price) const;

  AccountSettings settings_;
  LowerBars lower_bars_;
  Ledger ledger_;
  ProtectionWatch watch_;
  TradedVolume traded_;
  Tally tally_;
  BrokerCounts counts_;
  std::vector<Book> books_;
  std::vector<Fill> fills_;
  std::uint64_t order_numbers_ = 0;
  std::uint64_t position_numbers_ = 0;
};

}  // namespace cw::trading
