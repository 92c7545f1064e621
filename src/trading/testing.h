#pragma once

// The small vocabulary of the broker's tests: an account, bars, and fills as text. Of *_test.cpp alone.

#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/number.h"
#include "trading/broker.h"

namespace cw::trading::testing {

inline constexpr InstrumentRules kCents{1'000'000, 1'000'000, {}};  // tick 0.01, lot 0.01

constexpr Distance percent(double value) { return {DistanceKind::percent, value}; }
constexpr Distance amount(double value) { return {DistanceKind::amount, value}; }
constexpr Distance level(double value) { return {DistanceKind::level, value}; }

inline Ticks ticks(double price) { return kCents.nearest_ticks(price).value(); }
inline Lots lots(double quantity) { return kCents.lots_within(quantity); }

/// An account of 10000 without costs, limits of exposure that do not matter, and protections.
inline AccountSettings free_account() {
  AccountSettings made;
  made.limits = {
      .exposure_percent = 10'000, .symbol_exposure_percent = 10'000, .positions_most = 0, .pyramiding = 1'000};
  made.protections = Protections::none();
  return made;
}

inline OrderRequest market(Side side, double quantity = 1) {
  OrderRequest order;
  order.side = side;
  order.quantity = lots(quantity);
  return order;
}

inline OrderRequest limit(Side side, double price, double quantity = 1) {
  OrderRequest order = market(side, quantity);
  order.type = OrderType::limit;
  order.limit = ticks(price);
  return order;
}

inline OrderRequest stop(Side side, double price, double quantity = 1) {
  OrderRequest order = market(side, quantity);
  order.type = OrderType::stop;
  order.stop = ticks(price);
  return order;
}

inline OrderRequest trailing(Side side, Distance trail, double quantity = 1) {
  OrderRequest order = market(side, quantity);
  order.type = OrderType::trailing_stop;
  order.trail = trail;
  return order;
}

/// All that is held, at the market.
inline OrderRequest exit_of(Side side) {
  OrderRequest order;
  order.side = side;
  order.reduce_only = true;
  return order;
}

inline OrderRequest with_exits(OrderRequest order, Distance stop_at, std::vector<Target> rungs = {}) {
  order.bracket.stop = stop_at;
  for (const auto& rung : rungs) order.bracket.ladder[static_cast<std::size_t>(order.bracket.targets++)] = rung;
  return order;
}

/// One instrument, bars of an hour.
class Story {
 public:
  explicit Story(const AccountSettings& settings = free_account(), LowerBars lower = {},
                 const Sizing& sizing = {SizingKind::fixed_quantity, 1})
      : broker(settings, std::move(lower)) {
    broker.add(kCents, sizing);
  }

  std::uint64_t submit(const OrderRequest& order) { return broker.submit(0, order).value(); }

  /// A bar; the answer is what filled in it: `buy 1 @ 100 entry`, parted by commas.
  std::string bar(double open, double high, double low, double close, double volume = 1'000) {
    broker.clear_fills();
    broker.on_bar(0, {at, open, high, low, close, volume});
    at += std::chrono::hours{1};
    broker.on_instant(at);
    return fills();
  }

  /// A bar that stands still.
  std::string bar(double price) { return bar(price, price, price, price); }

  std::string fills() const {
    std::string text;
    for (const auto& fill : broker.fills()) {
      if (!text.empty()) text += ", ";
      text += fmt::format("{} {} @ {} {}", name(fill.side), format_double(kCents.quantity(fill.lots)),
                          format_double(kCents.price(fill.price)), name(fill.reason));
    }
    return text;
  }

  double held() const { return kCents.quantity(broker.ledger().position(0).lots); }
  std::string cash() const { return broker.ledger().cash().text(); }

  Broker broker;
  Timestamp at = parse_time("2024-03-01").value();
};

}  // namespace cw::trading::testing
