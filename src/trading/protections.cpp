#include "trading/protections.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

namespace cw::trading {
namespace {

std::unexpected<Error> wrong(std::string_view key, std::string_view sentence) {
  auto field = fmt::format("protections.{}", key);
  auto message = fmt::format("{}: {}", field, sentence);
  return std::unexpected(Error{Errc::bad_parameter, std::move(message), {}, std::move(field)});
}

constexpr std::size_t kCalm = 32;  // bars that are judged at once

/// The UTC day of what closes at `at`: a bar that closes at midnight belongs to the day that ends there.
std::int64_t day_of(Timestamp at) {
  return std::chrono::floor<std::chrono::days>(at - Millis{1}).time_since_epoch().count();
}

Result<void> check_count(std::string_view key, int value, int most) {
  if (value < 0 || value > most) return wrong(key, fmt::format("0 to {}", most));
  return {};
}

Result<void> check_percent(std::string_view key, double value) {
  if (!(value >= 0 && value <= 100)) return wrong(key, "0 to 100 percent");
  return {};
}

}  // namespace

Result<void> validate(const Protections& protections) {
  constexpr int kBars = 100'000;
  const Protections& p = protections;
  for (const auto& checked :
       {check_count("cool_down_bars", p.cool_down_bars, kBars),
        check_count("guard_stops", p.guard_stops, kGuardStopsMost),
        check_count("guard_lookback_bars", p.guard_lookback_bars, kBars),
        check_count("guard_bars", p.guard_bars, kBars), check_percent("drawdown_percent", p.drawdown_percent),
        check_count("drawdown_days", p.drawdown_days, 3'650),
        check_percent("daily_loss_percent", p.daily_loss_percent)}) {
    if (!checked) return checked;
  }
  if (p.guard_stops > 0 && (p.guard_lookback_bars == 0 || p.guard_bars == 0))
    return wrong("guard_bars", "a guard needs a look-back and a length");
  if (p.drawdown_percent > 0 && p.drawdown_days == 0) return wrong("drawdown_days", "a halt needs a length");
  return {};
}

void ProtectionWatch::on_exit(std::size_t instrument, bool lost, bool stopped) {
  Watched& one = instruments_[instrument];
  // The bar that is under way closes as number bars + 1; the bars after it are those that are sat out.
  const std::int64_t bar = one.bars + 1;
  if (lost && protections_.cool_down_bars > 0)
    one.cool_until = std::max(one.cool_until, bar + protections_.cool_down_bars);
  if (!stopped || protections_.guard_stops == 0) return;
  const auto needed = protections_.guard_stops;
  one.stops[static_cast<std::size_t>(one.stop_count++ % needed)] = bar;
  const std::int64_t oldest = one.stops[static_cast<std::size_t>(one.stop_count % needed)];
  if (one.stop_count >= needed && bar - oldest < protections_.guard_lookback_bars)
    one.guard_until = bar + protections_.guard_bars;
}

bool ProtectionWatch::starts_drawdown_halt(Timestamp at, double equity) {
  if (protections_.drawdown_percent <= 0) return false;
  if (drawn_down_) {
    if (at < drawn_down_until_) return false;
    drawn_down_ = false;
    peak_ = equity;
  }
  peak_ = std::max(peak_, equity);
  if (equity > peak_ * (1 - protections_.drawdown_percent / 100)) return false;
  drawn_down_ = true;
  drawn_down_until_ = at + std::chrono::days{protections_.drawdown_days};
  return true;
}

bool ProtectionWatch::starts_daily_halt(Timestamp at, double equity) {
  if (protections_.daily_loss_percent <= 0) return false;
  const auto day = day_of(at);
  if (day != day_) {
    day_start_ = newest_;
    day_ = day;
    day_lost_ = false;
  }
  newest_ = equity;
  if (day_lost_ || equity > day_start_ * (1 - protections_.daily_loss_percent / 100)) return false;
  day_lost_ = true;
  return true;
}

bool ProtectionWatch::on_equity(Timestamp at, double equity) {
  const bool drawn_down = starts_drawdown_halt(at, equity);
  const bool lost = starts_daily_halt(at, equity);
  return drawn_down || lost;
}

/// Takes kCalm bars at once where none of them can begin a halt: they are of the day under way, and the lowest of them is
/// above what the highest would forbid.
bool ProtectionWatch::is_calm(const std::int64_t* open_time_ms, Millis length, const double* equity) {
  if (drawn_down_ || day_of(from_ms(open_time_ms[0]) + length) != day_ ||
      day_of(from_ms(open_time_ms[kCalm - 1]) + length) != day_)
    return false;
  std::array<double, 4> low;
  std::array<double, 4> high;
  low.fill(equity[0]);
  high.fill(equity[0]);
  for (std::size_t i = 0; i < kCalm; i += low.size()) {
    for (std::size_t k = 0; k < low.size(); ++k) {
      low[k] = std::min(low[k], equity[i + k]);
      high[k] = std::max(high[k], equity[i + k]);
    }
  }
  const double lowest = *std::ranges::min_element(low);
  const double peak = std::max(peak_, *std::ranges::max_element(high));
  const Protections& p = protections_;
  if (p.drawdown_percent > 0 && !(lowest > peak * (1 - p.drawdown_percent / 100))) return false;
  if (p.daily_loss_percent > 0) {
    if (!day_lost_ && !(lowest > day_start_ * (1 - p.daily_loss_percent / 100))) return false;
    newest_ = equity[kCalm - 1];
  }
  if (p.drawdown_percent > 0) peak_ = peak;
  return true;
}

std::size_t ProtectionWatch::on_equities(const std::int64_t* open_time_ms, Millis length, const double* equity,
                                         std::size_t bars) {
  if (!watches_equity()) return bars;
  for (std::size_t i = 0; i < bars;) {
    if (i + kCalm <= bars && is_calm(open_time_ms + i, length, equity + i)) {
      i += kCalm;
      continue;
    }
    if (on_equity(from_ms(open_time_ms[i]) + length, equity[i])) return i;
    ++i;
  }
  return bars;
}

Refusal ProtectionWatch::forbids(std::size_t instrument) const {
  const Watched& one = instruments_[instrument];
  const std::int64_t bar = one.bars + 1;
  if (drawn_down_) return Refusal::drawdown_halt;
  if (day_lost_) return Refusal::daily_loss_halt;
  if (bar <= one.guard_until) return Refusal::stop_loss_guard;
  if (bar <= one.cool_until) return Refusal::cool_down;
  return Refusal::none;
}

}  // namespace cw::trading
