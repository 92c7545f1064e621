#include "exchange/practice/generated_market.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/require.h"
#include "exchange/practice/hashed.h"

namespace cw::exchange::practice {
namespace {

struct Character {
  std::string_view base;
  int price_decimals;     // the tick is 10^-price_decimals
  int quantity_decimals;  // the lot likewise
  double price;           // about where it moves, quote currency
  double beta;            // how much of the common path it takes
  double own_volatility;  // of a day, beside the common path
  double daily_quantity;  // units of base traded on an ordinary day
  std::uint32_t trades_a_minute;
};

// Price levels, ticks and lots as on the large exchanges about the middle of 2025; volumes of the same order.
constexpr std::array<Character, GeneratedMarket::kSymbols> kCharacters{{
    {"BTC", 2, 5, 104'000, 1.00, 0.008, 18'000, 60},
    {"ETH", 2, 4, 2'600, 1.15, 0.018, 450'000, 48},
    {"BNB", 2, 3, 650, 0.80, 0.017, 180'000, 30},
    {"SOL", 2, 3, 155, 1.25, 0.026, 3'500'000, 40},
    {"XRP", 4, 1, 2.2, 1.05, 0.030, 140'000'000, 36},
    {"DOGE", 5, 0, 0.18, 1.25, 0.032, 900'000'000, 30},
    {"ADA", 4, 1, 0.68, 1.15, 0.029, 110'000'000, 26},
    {"AVAX", 3, 2, 21, 1.25, 0.030, 3'600'000, 24},
    {"LINK", 3, 2, 14.5, 1.15, 0.030, 3'200'000, 24},
    {"DOT", 3, 2, 4.1, 1.10, 0.028, 5'200'000, 20},
    {"LTC", 2, 3, 92, 0.90, 0.026, 420'000, 20},
    {"TRX", 5, 1, 0.27, 0.55, 0.020, 190'000'000, 20},
}};

constexpr FactorSettings kCommonSettings{0.025, 0.40, 0.007, 0.02, 0.035, 0.13};
constexpr FactorSettings own_settings(double volatility) {
  return {volatility, 6 * volatility, 0, 0.015, 1.5 * volatility, 0.10};
}

enum Purpose : std::uint64_t { kCommonPath = 1, kOwnPath, kTrades, kActivity, kDayActivity };

constexpr std::array<double, 9> kPowersOfTen{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8};

double price_ticks(const Character& one, double common_level, double own_level) {
  const double price = one.price * std::exp(one.beta * common_level + own_level);
  return std::max(1.0, std::floor(price * kPowersOfTen[one.price_decimals] + 0.5));
}

std::string step_text(int decimals) {
  return decimals == 0 ? "1" : "0." + std::string(static_cast<std::size_t>(decimals - 1), '0') + "1";
}

constexpr std::uint32_t kTradesMost = 512;  // of one minute

}  // namespace

/// One minute's trades as columns, so that the compiler can make several at once. Prices and quantities are whole ticks
/// and lots until the end.
struct MinuteTrades {
  std::uint32_t count;
  std::array<std::uint64_t, kTradesMost> bits;
  std::array<double, kTradesMost> ticks;
  std::array<double, kTradesMost> price;
  std::array<double, kTradesMost> quantity;

  bool taker_sold(std::uint32_t i) const {
    if (i > 0 && ticks[i] != ticks[i - 1]) return ticks[i] < ticks[i - 1];
    return (bits[i] & 1) != 0;
  }
  Millis offset(std::uint32_t i) const { return Millis{(i * 60'000 + (((bits[i] >> 48) * 60'000) >> 16)) / count}; }
};

/// What a day of a symbol's trades is made from.
struct GeneratedMarket::Plan {
  std::uint64_t key;
  Timestamp start;
  double price_scale;     // ticks a unit of quote currency
  double quantity_scale;  // lots a unit of base
  std::int64_t first_id;
  std::array<double, kMinutesADay + 1> ticks;  // whole numbers
  std::array<std::uint32_t, kMinutesADay + 1> first_trade;
  std::array<float, kMinutesADay> wander;  // standard deviation of the price over the minute, ticks
  std::array<float, kMinutesADay> lots;    // mean quantity of a trade

  void make_minute(int minute, MinuteTrades& out) const;
  market::Trade trade(int minute, const MinuteTrades& made, std::uint32_t i) const {
    return {first_id + first_trade[minute] + i, start + kMinute * minute + made.offset(i), made.price[i],
            made.quantity[i], made.taker_sold(i)};
  }
};

void GeneratedMarket::Plan::make_minute(int minute, MinuteTrades& out) const {
  constexpr double kRootOf6 = 2.449489742783178;
  const std::uint32_t count = first_trade[minute + 1] - first_trade[minute];
  CW_REQUIRE(count >= 2 && count <= kTradesMost);
  const std::uint64_t minute_key = hashed(key, kTrades, minute);
  const double step = static_cast<double>(wander[minute]) * kRootOf6 / std::sqrt(static_cast<double>(count - 1));
  out.count = count;

  for (std::uint32_t i = 0; i < count; ++i) out.bits[i] = mix64(minute_key + i);
  double at = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    out.ticks[i] = at;
    const auto both = static_cast<std::uint32_t>((out.bits[i] & 0xffff) + ((out.bits[i] >> 16) & 0xffff));
    at += (static_cast<double>(both) * 0x1p-16 - 1) * step;
  }
  const double begin = ticks[minute];
  const double tie = (ticks[minute + 1] - begin - out.ticks[count - 1]) / (count - 1);
  const auto mean = static_cast<double>(lots[minute]);
  for (std::uint32_t i = 0; i < count; ++i) {
    out.ticks[i] = std::max(1.0, std::floor(begin + out.ticks[i] + tie * i + 0.5));
    // A trade's size falls off as a power law; half over the square root of a uniform number has mean 1.
    const auto rank = static_cast<std::uint32_t>((out.bits[i] >> 32) & 0xffff);
    const double size = 0.5 / std::sqrt((static_cast<double>(rank) + 1) * 0x1p-16);
    out.quantity[i] = (1 + std::floor(mean * size)) / quantity_scale;
  }
  out.ticks[count - 1] = ticks[minute + 1];
  for (std::uint32_t i = 0; i < count; ++i) out.price[i] = out.ticks[i] / price_scale;
}

GeneratedMarket::GeneratedMarket(std::uint64_t seed, Timestamp first)
    : seed_(seed), first_(first), common_(hashed(seed, kCommonPath), kCommonSettings) {
  for (std::size_t i = 0; i < kCharacters.size(); ++i) {
    const Character& one = kCharacters[i];
    const std::string base(one.base);
    instruments_.push_back(
        {{"practice", base + "USDT"}, base, "USDT", step_text(one.price_decimals), step_text(one.quantity_decimals)});
    own_.emplace_back(hashed(seed, kOwnPath, static_cast<std::int64_t>(i)), own_settings(one.own_volatility));
  }
}

GeneratedMarket::~GeneratedMarket() = default;

const FactorPath::Day& GeneratedMarket::common(std::int64_t day) {
  for (const auto& kept : common_days_) {
    if (kept->day == day) return kept->path;
  }
  std::unique_ptr<CommonDay> made;
  if (common_days_.size() == kCommonKept) {
    made = std::move(common_days_.front());
    common_days_.pop_front();
  } else {
    made = std::make_unique<CommonDay>();
  }
  made->day = day;
  common_.fill(day, made->path);
  common_days_.push_back(std::move(made));
  return common_days_.back()->path;
}

double GeneratedMarket::opening_price(std::size_t instrument, std::int64_t day) {
  const Character& one = kCharacters[instrument];
  const double scale = kPowersOfTen[one.price_decimals];
  return price_ticks(one, common_.level(day), own_[instrument].level(day)) / scale;
}

GeneratedMarket::PlanPtr GeneratedMarket::make_plan(std::size_t instrument, std::int64_t day) {
  const Character& one = kCharacters[instrument];
  const FactorPath::Day& shared = common(day);
  auto own_day = std::make_unique<FactorPath::Day>();
  own_[instrument].fill(day, *own_day);

  auto made = std::make_shared<Plan>();
  Plan& plan = *made;
  plan.key = hashed(hashed(seed_, kTrades, static_cast<std::int64_t>(instrument)), kTrades, day);
  plan.start = start_of_day(day);
  plan.price_scale = kPowersOfTen[one.price_decimals];
  plan.quantity_scale = kPowersOfTen[one.quantity_decimals];
  const std::int64_t trades_a_day = std::int64_t{one.trades_a_minute} * kMinutesADay;
  plan.first_id = day * trades_a_day + 1;

  for (int m = 0; m <= kMinutesADay; ++m) plan.ticks[m] = price_ticks(one, shared.level[m], own_day->level[m]);

  const double ordinary =
      std::sqrt(one.beta * one.beta * kCommonSettings.daily_volatility * kCommonSettings.daily_volatility +
                one.own_volatility * one.own_volatility) /
      std::sqrt(double{kMinutesADay});
  const std::uint64_t activity_key = hashed(plan.key, kActivity);
  const double day_size = busyness_of_day(day) * std::exp(0.25 * to_bell(hashed(plan.key, kDayActivity))) *
                          one.daily_quantity * plan.quantity_scale / static_cast<double>(trades_a_day);
  std::array<double, kMinutesADay> busy{};
  double all = 0;
  for (int m = 0; m < kMinutesADay; ++m) {
    const double mine = own_day->volatility[m];
    const double volatility =
        std::sqrt(one.beta * one.beta * shared.volatility[m] * shared.volatility[m] + mine * mine);
    const double relative = std::sqrt(volatility / ordinary);
    busy[m] = std::sqrt(busyness(m)) * relative * (0.6 + 0.8 * to_uniform(hashed(activity_key, 1, m)));
    all += busy[m];
    plan.wander[m] = static_cast<float>(0.8 * volatility * plan.ticks[m]);
    plan.lots[m] = static_cast<float>(day_size * std::sqrt(busyness(m)) * relative *
                                      std::exp(0.35 * to_bell(hashed(activity_key, 2, m))));
  }

  // Two trades for every minute, the others by how busy it is; the day's total is always the same.
  const double others = static_cast<double>(trades_a_day - 2 * kMinutesADay) / all;
  double shared_out = 0;
  for (int m = 0; m < kMinutesADay; ++m) {
    plan.first_trade[m] = static_cast<std::uint32_t>(2 * m) + static_cast<std::uint32_t>(shared_out * others);
    shared_out += busy[m];
  }
  plan.first_trade[kMinutesADay] = static_cast<std::uint32_t>(trades_a_day);
  return made;
}

GeneratedMarket::PlanPtr GeneratedMarket::plan(std::size_t instrument, std::int64_t day) {
  CW_REQUIRE(instrument < kSymbols);
  for (const auto& [kept, plan] : plans_) {
    if (kept.day == day && kept.instrument == instrument) return plan;
  }
  if (plans_.size() == kPlansKept) plans_.pop_front();
  plans_.emplace_back(Kept{instrument, day}, make_plan(instrument, day));
  return plans_.back().second;
}

Result<DayBarsPtr> GeneratedMarket::day(std::size_t instrument, std::int64_t day) {
  for (const auto& [kept, bars] : days_) {
    if (kept.day == day && kept.instrument == instrument) return bars;
  }
  auto made = std::make_shared<DayBars>();
  if (start_of_day(day) + kDay > first_) {
    const PlanPtr from = plan(instrument, day);
    made->reserve(kMinutesADay);
    MinuteTrades made_minute;
    for (int m = 0; m < kMinutesADay; ++m) {
      const Timestamp open_time = from->start + kMinute * m;
      if (open_time < first_) continue;
      Bar bar = Bar::empty_at(open_time);
      from->make_minute(m, made_minute);
      for (std::uint32_t i = 0; i < made_minute.count; ++i) bar.add(from->trade(m, made_minute, i));
      made->push_back(bar);
    }
  }
  if (days_.size() == kDaysKept) days_.pop_front();
  days_.emplace_back(Kept{instrument, day}, std::move(made));
  return days_.back().second;
}

Result<void> GeneratedMarket::trades(std::size_t instrument, Timestamp minute, std::vector<market::Trade>& out) {
  if (minute < first_) return {};
  const std::int64_t day = day_of(minute);
  const PlanPtr from = plan(instrument, day);
  const int at = static_cast<int>((minute - from->start) / kMinute);
  MinuteTrades made;
  from->make_minute(at, made);
  for (std::uint32_t i = 0; i < made.count; ++i) out.push_back(from->trade(at, made, i));
  return {};
}

}  // namespace cw::exchange::practice
