#include <chrono>
#include <cmath>

#include <gtest/gtest.h>

#include "base/random.h"
#include "trading/testing.h"

namespace cw::trading {
namespace {

using namespace testing;

AccountSettings random_settings(Random& random) {
  AccountSettings settings;
  settings.fills.time = random.chance(0.5) ? FillTime::close : FillTime::next_open;
  settings.fills.intrabar = static_cast<Intrabar>(random.below(3));
  settings.fills.participation = random.chance(0.3) ? 0.05 : 0;
  constexpr std::array kCommissions{"none", "percent:0.1/0.2", "fixed:0.37", "kraken"};
  constexpr std::array kSlippages{"none", "fixed_bps:7", "spread:11", "volatility:0.2", "volume_share:1"};
  settings.costs = {parse_commission(kCommissions[random.below(4)]).value(),
                    parse_slippage(kSlippages[random.below(5)]).value(),
                    parse_funding(random.chance(0.5) ? "perpetual:0.03" : "none").value()};
  settings.limits = {.exposure_percent = random.chance(0.5) ? 100.0 : 3'000.0,
                     .symbol_exposure_percent = 2'000,
                     .positions_most = static_cast<int>(random.below(3)),
                     .pyramiding = 1 + static_cast<int>(random.below(3))};
  if (random.chance(0.5)) settings.protections = Protections::none();
  if (random.chance(0.5)) settings.protections.daily_loss_percent = 2;
  settings.protections.close_positions = random.chance(0.5);
  return settings;
}

double near(Random& random, double price, double percent_most) {
  return price * (1 + (random.uniform() - 0.5) * percent_most / 50);
}

Bracket random_bracket(Random& random) {
  Bracket bracket;
  if (random.chance(0.7)) bracket.stop = percent(0.2 + 4 * random.uniform());
  if (random.chance(0.2)) bracket.trailing = percent(0.5 + 3 * random.uniform());
  bracket.targets = static_cast<int>(random.below(4));
  for (int i = 0; i < bracket.targets; ++i)
    bracket.ladder[static_cast<std::size_t>(i)] = {percent(0.3 + 5 * random.uniform()), 1.0 / bracket.targets};
  if (random.chance(0.2)) bracket.time_stop_bars = 1 + static_cast<int>(random.below(10));
  return bracket;
}

OrderRequest random_order(Random& random, double price) {
  OrderRequest order;
  order.side = random.chance(0.5) ? Side::buy : Side::sell;
  order.type = static_cast<OrderType>(random.below(5));
  if (random.chance(0.7))
    order.quantity = Lots{1 + static_cast<std::int64_t>(random.below(100'000) >> random.below(8))};
  const bool has_limit = order.type == OrderType::limit || order.type == OrderType::stop_limit;
  if (has_limit) order.limit = ticks(near(random, price, 4));
  if (order.type == OrderType::stop || order.type == OrderType::stop_limit) order.stop = ticks(near(random, price, 4));
  if (order.type == OrderType::trailing_stop) order.trail = percent(0.5 + 3 * random.uniform());
  if (order.type != OrderType::market) {
    order.good_for_bars = static_cast<int>(random.below(6));
    order.oco = random.chance(0.3) ? 1 + static_cast<std::uint32_t>(random.below(3)) : 0;
  }
  order.reduce_only = random.chance(0.25);
  if (!order.reduce_only) order.bracket = random_bracket(random);
  return order;
}

market::Candle next_bar(Random& random, Timestamp at, double close) {
  const double open = random.chance(0.1) ? near(random, close, 5) : close;
  const double end = near(random, open, 4);
  const double high = std::max(open, end) * (1 + random.uniform() * 0.02);
  const double low = std::min(open, end) * (1 - random.uniform() * 0.02);
  return {at, open, high, low, end, random.chance(0.05) ? 0 : 5'000 * random.uniform()};
}

/// A broker of two instruments that is given random orders and bars; what every fill must keep to is checked.
class RandomRun {
 public:
  explicit RandomRun(std::uint64_t seed) : random_(seed), settings_(random_settings(random_)), broker_(settings_) {
    broker_.add(kCents, {SizingKind::percent_of_equity, 20});
    broker_.add(kCents, {SizingKind::fixed_amount, 700});
  }

  void run(int bars) {
    for (int i = 0; i < bars && !::testing::Test::HasFatalFailure(); ++i) {
      for (std::size_t instrument = 0; instrument < 2; ++instrument) step(instrument);
      at_ += std::chrono::hours{1};
      broker_.on_instant(at_);
    }
  }

  const Broker& broker() const { return broker_; }
  const std::vector<Fill>& fills() const { return all_; }

 private:
  void step(std::size_t instrument) {
    const auto bar = next_bar(random_, at_, price_[instrument]);
    broker_.clear_fills();
    broker_.on_bar(instrument, bar);
    price_[instrument] = bar.close;
    for (const auto& fill : broker_.fills()) check(fill, bar);
    ASSERT_TRUE(broker_.ledger().is_balanced());
    broker_.clear_fills();
    if (random_.chance(0.3)) ASSERT_TRUE(broker_.submit(instrument, random_order(random_, bar.close)));
    for (const auto& fill : broker_.fills()) check(fill, bar);
    ASSERT_TRUE(broker_.ledger().is_balanced());
    ASSERT_EQ(held_[instrument], broker_.ledger().position(instrument).lots);
  }

  void check(const Fill& fill, const market::Candle& bar) {
    all_.push_back(fill);
    Lots& held = held_[fill.instrument];
    const Lots before = held;
    held += Lots{sign(fill.side) * fill.lots.count};
    ASSERT_GT(fill.lots.count, 0);
    ASSERT_EQ(held, fill.held);
    // What closes makes the position smaller, what opens larger, nothing goes through none.
    ASSERT_EQ(fill.opens, held.size() > before.size());
    ASSERT_GE(static_cast<double>(held.count) * static_cast<double>(before.count), 0);
    // Before slippage the price was traded in the bar, to the tick; slippage never helps.
    ASSERT_GE(kCents.price(fill.reference), bar.low - 0.005001);
    ASSERT_LE(kCents.price(fill.reference), bar.high + 0.005001);
    ASSERT_GE(fill.slippage, Money{});
    if (fill.liquidity == Liquidity::maker) ASSERT_EQ(fill.price, fill.reference);
    if (fill.opens)
      ASSERT_EQ(fill.reason, Reason::entry);
    else
      ASSERT_NE(fill.reason, Reason::entry);
    if (fill.reason == Reason::target) ASSERT_TRUE(fill.slippage == Money{});
  }

  Random random_;
  AccountSettings settings_;
  Broker broker_;
  Timestamp at_ = parse_time("2024-03-01").value();
  std::array<double, 2> price_{100, 20};
  std::array<Lots, 2> held_{};
  std::vector<Fill> all_;
};

TEST(Broker, KeepsItsRulesOverRandomOrdersAndBars) {
  std::uint64_t fills = 0;
  std::array<int, 11> reasons{};
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    RandomRun run{seed};
    run.run(400);
    ASSERT_FALSE(HasFatalFailure()) << "seed " << seed;
    fills += run.fills().size();
    for (const auto& fill : run.fills()) ++reasons[static_cast<std::size_t>(fill.reason)];
    const auto& ledger = run.broker().ledger();
    Money realised{};
    Money commissions{};
    for (const auto& fill : run.fills()) {
      realised += fill.realised;
      commissions += fill.commission;
    }
    ASSERT_TRUE(realised == ledger.realised()) << "seed " << seed;
    ASSERT_TRUE(commissions == ledger.fees()) << "seed " << seed;
  }
  // The run reaches what it is to check.
  EXPECT_GT(fills, 10'000u);
  for (const Reason reason : {Reason::entry, Reason::signal, Reason::stop, Reason::target, Reason::trailing_stop,
                              Reason::time_stop, Reason::reversal, Reason::protection, Reason::liquidation})
    EXPECT_GT(reasons[static_cast<std::size_t>(reason)], 0) << name(reason);
}

TEST(Broker, GivesTheSameFillsForTheSameCalls) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    RandomRun first{seed};
    RandomRun second{seed};
    first.run(300);
    second.run(300);
    ASSERT_EQ(first.fills().size(), second.fills().size());
    for (std::size_t i = 0; i < first.fills().size(); ++i) {
      const Fill& a = first.fills()[i];
      const Fill& b = second.fills()[i];
      ASSERT_TRUE(a.bar == b.bar && a.order == b.order && a.lots == b.lots && a.price == b.price &&
                  a.reason == b.reason);
    }
    ASSERT_TRUE(first.broker().ledger().cash() == second.broker().ledger().cash());
  }
}

/// The exits of an entry at the open, told straight from the rules: what a bar of a long position does.
std::string long_by_the_rules(const market::Candle& bar, double stop_at, double target_at, Intrabar intrabar) {
  if (bar.open <= stop_at) return fmt::format("stop {}", bar.open);
  if (bar.open >= target_at) return fmt::format("target {}", bar.open);
  const bool stop_in = bar.low <= stop_at;
  const bool target_in = bar.high >= target_at;
  const bool high_is_nearer = bar.high - bar.open < bar.open - bar.low;
  if (stop_in && !(target_in && intrabar == Intrabar::adaptive && high_is_nearer))
    return fmt::format("stop {}", stop_at);
  return target_in ? fmt::format("target {}", target_at) : "";
}

TEST(Broker, AgreesWithTheRulesToldStraight) {
  Random random{99};
  const auto cents = [](double price) { return kCents.price(ticks(price)); };
  for (int i = 0; i < 20'000; ++i) {
    const Intrabar intrabar = random.chance(0.5) ? Intrabar::adaptive : Intrabar::pessimistic;
    auto settings = free_account();
    settings.fills.intrabar = intrabar;
    Story story{settings};
    const double stop_at = cents(100 - 5 * random.uniform() - 0.01);
    const double target_at = cents(100 + 5 * random.uniform() + 0.01);
    story.submit(with_exits(market(Side::buy), level(stop_at), {{level(target_at)}}));
    story.bar(100);
    const double open = cents(near(random, 100, 8));
    const double close = cents(near(random, 100, 8));
    const market::Candle bar{story.at,
                             open,
                             cents(std::max(open, close) + 3 * random.uniform()),
                             cents(std::min(open, close) - 3 * random.uniform()),
                             close,
                             1};
    const auto want = long_by_the_rules(bar, stop_at, target_at, intrabar);
    story.bar(bar.open, bar.high, bar.low, bar.close);
    std::string got;
    for (const auto& fill : story.broker.fills())
      got += fmt::format("{} {}", name(fill.reason), kCents.price(fill.price));
    ASSERT_EQ(got, want) << bar.open << ' ' << bar.high << ' ' << bar.low << ' ' << bar.close;
  }
}

}  // namespace
}  // namespace cw::trading
