#include "exchange/practice/replay_market.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/number.h"
#include "base/require.h"
#include "exchange/practice/hashed.h"

namespace cw::exchange::practice {
namespace {

constexpr int kTrades = ReplayMarket::kTradesABar;

bool is_sound(const market::Candle& c) {
  return c.low > 0 && c.low <= c.open && c.low <= c.close && c.high >= c.open && c.high >= c.close &&
         std::isfinite(c.high) && std::isfinite(c.volume);
}

// Whole units of 1e-8 where the volume is large enough for that to leave the last trade its share.
double share_of(double volume, double share) {
  const double part = volume * share;
  return volume > 1e-5 && volume < 1e7 ? std::floor(part * 1e8) / 1e8 : part;
}

}  // namespace

ReplayMarket::ReplayMarket(std::unique_ptr<CandleSource> candles, std::uint64_t seed)
    : candles_(std::move(candles)), seed_(seed) {
  CW_REQUIRE(candles_ != nullptr);
  for (const CandleSource::Series& one : candles_->series()) {
    instruments_.push_back(one.instrument);
    const double tick = parse_double(one.instrument.tick_size).value_or(1e-8);
    ticks_.push_back(tick > 0 ? tick : 1e-8);
  }
}

std::optional<Timestamp> ReplayMarket::end() const {
  std::optional<Timestamp> latest;
  for (const CandleSource::Series& one : candles_->series()) latest = std::max(latest.value_or(one.end), one.end);
  return latest;
}

void ReplayMarket::make_trades(std::size_t instrument, const market::Candle& bar,
                               std::vector<market::Trade>& out) const {
  if (!is_sound(bar) || !(bar.volume > 0)) return;
  const std::int64_t minute = to_ms(bar.open_time) / kMinute.count();
  const std::uint64_t key = hashed(seed_, instrument + 1, minute);

  // Open, two turning points, close; the turning points lie in the first and the second half.
  const bool rising = bar.close >= bar.open;
  const bool low_first = rising != (to_uniform(hashed(key, 1)) < 0.15);
  const int first_turn = 1 + static_cast<int>(hashed(key, 2) % (kTrades / 2 - 1));
  const int second_turn = kTrades / 2 + static_cast<int>(hashed(key, 3) % (kTrades / 2 - 1));
  const std::array<int, 4> at{0, first_turn, second_turn, kTrades - 1};
  const std::array<double, 4> level{bar.open, low_first ? bar.low : bar.high, low_first ? bar.high : bar.low,
                                    bar.close};

  double taken = 0;
  double before = bar.open;
  std::size_t leg = 0;
  for (int i = 0; i < kTrades; ++i) {
    while (leg < 2 && i > at[leg + 1]) ++leg;
    const std::uint64_t bits = hashed(key, 4, i);
    double price = level[leg];
    if (i == at[leg + 1]) {
      price = level[leg + 1];
    } else if (i > at[leg]) {
      const double along = static_cast<double>(i - at[leg]) / (at[leg + 1] - at[leg]);
      const double straight = level[leg] + (level[leg + 1] - level[leg]) * along;
      const double stray = (bar.high - bar.low) * 0.1 * (to_uniform(bits) - 0.5);
      price = std::clamp(on_grid(straight + stray, ticks_[instrument]), bar.low, bar.high);
    }
    // The first ones together take at least half of the volume and not all of it: then what is left is an exact
    // difference, and adding it gives the volume back to the last bit (P. H. Sterbenz, Floating-Point Computation,
    // 1974).
    double quantity = bar.volume - taken;
    if (i + 1 < kTrades) quantity = share_of(bar.volume, (0.6 + 0.35 * to_uniform(hashed(bits, 1))) / (kTrades - 1));
    taken += quantity;
    const auto offset = (i * kMinute.count() + static_cast<std::int64_t>(hashed(bits, 2) % 3'700)) / kTrades;
    const bool sold = price != before ? price < before : (bits & 1) != 0;
    out.push_back({minute * kTrades + i + 1, bar.open_time + Millis{offset}, price, quantity, sold});
    before = price;
  }
}

Result<DayBarsPtr> ReplayMarket::day(std::size_t instrument, std::int64_t day) {
  for (const auto& [key, bars] : days_) {
    if (key.day == day && key.instrument == instrument) return bars;
  }
  market::CandleColumns rows;
  if (auto read = candles_->read(instrument, start_of_day(day), start_of_day(day + 1), rows); !read) {
    return pass_on(read);
  }
  auto made = std::make_shared<DayBars>();
  made->reserve(rows.size());
  std::vector<market::Trade> trades;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const market::Candle candle = rows[i];
    trades.clear();
    make_trades(instrument, candle, trades);
    Bar bar = Bar::empty_at(candle.open_time);
    for (const market::Trade& trade : trades) bar.add(trade);
    bar.candle = candle;  // the same where there are trades
    made->push_back(bar);
  }
  if (days_.size() == kDaysKept) days_.pop_front();
  days_.emplace_back(Key{instrument, day}, std::move(made));
  return days_.back().second;
}

Result<void> ReplayMarket::trades(std::size_t instrument, Timestamp minute, std::vector<market::Trade>& out) {
  const Result<DayBarsPtr> bars = day(instrument, day_of(minute));
  if (!bars) return pass_on(bars);
  const auto at = std::ranges::lower_bound(**bars, minute, {}, [](const Bar& bar) { return bar.candle.open_time; });
  if (at != (*bars)->end() && at->candle.open_time == minute) make_trades(instrument, at->candle, out);
  return {};
}

}  // namespace cw::exchange::practice
