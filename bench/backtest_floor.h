#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "backtest/equity_pass.h"
#include "backtest/result.h"
#include "market/candle.h"

/// The floor of bench_backtest: one rule, one loop, doubles.
namespace floor_of {

using cw::backtest::EquityFacts;
using cw::backtest::Trade;

struct Costs {
  double commission = 0;  // of a fill's value
  double slippage = 0;    // of the price, of what is no limit
  double stop = 0;        // of the entry's price; 0: none
  double target = 0;
};

struct Run {
  EquityFacts facts;
  std::vector<Trade> trades;
};

/// What a hand would write for this rule alone: long while the mean of `fast` closes is above that of `slow`, all of the equity,
/// fills at the next open, the stop before the target; and everything that the metrics are made of, in one pass.
template <bool Exits>
class Loop {
 public:
  Loop(double capital, std::size_t fast, std::size_t slow, const Costs& costs)
      : fast_(fast), slow_(slow), costs_(costs), capital_(capital), cash_(capital) {}

  Run run(const cw::market::CandleSpan& bars) {
    const std::size_t n = bars.size();
    const double* close = bars.close.data();
    const double to_fast = 1.0 / static_cast<double>(fast_), to_slow = 1.0 / static_cast<double>(slow_);
    double fast = 0, slow = 0;
    double equity_sum = 0, exposure_sum = 0, exposure_most = 0;
    std::uint64_t in_market = 0;
    bool was_above = true, was_below = true;
    bool buys = false, sells = false;
    std::int64_t day_ends = std::numeric_limits<std::int64_t>::min();
    auto& facts = out_.facts;
    peak_ = low_ = capital_;
    peak_at_ = bars.open_time_ms[0];
    for (std::size_t i = 0; i < n; ++i) {
      if (buys)
        open(i, bars), buys = false;
      else if (sells)
        end(i, bars.open[i], true, bars, cw::trading::Reason::signal), sells = false;
      if constexpr (Exits) {
        if (quantity_ != 0) look_at_exits(i, bars);
      }
      if (quantity_ != 0) {
        lowest_ = std::min(lowest_, bars.low[i]);
        highest_ = std::max(highest_, bars.high[i]);
        ++in_market;
      }
      fast += close[i] - (i >= fast_ ? close[i - fast_] : 0);
      slow += close[i] - (i >= slow_ ? close[i - slow_] : 0);
      if (i + 1 >= slow_) {
        const double a = fast * to_fast, b = slow * to_slow;
        const bool above = a > b, below = a < b;
        buys = above && !was_above && quantity_ == 0;
        sells = below && !was_below && quantity_ != 0;
        was_above = above;
        was_below = below;
      }
      const double value = quantity_ * close[i];
      const double equity = cash_ + value;
      equity_sum += equity;
      const double exposure = value / equity;
      exposure_sum += exposure;
      exposure_most = std::max(exposure_most, exposure);
      drawdown(i, equity, bars);
      if (bars.open_time_ms[i] > day_ends) {
        const std::int64_t day = (bars.open_time_ms[i] + 59'999) / 86'400'000;
        day_ends = (day + 1) * 86'400'000 - 60'000;
        facts.periods.push_back({day, 0, 0});
      }
      facts.periods.back().equity = equity;
      facts.periods.back().benchmark = close[i];
    }
    const double last = quantity_ * close[n - 1] + cash_;
    if (quantity_ != 0) end(n - 1, close[n - 1], false, bars, cw::trading::Reason::open);
    facts.capital = capital_;
    facts.first_price = close[0];
    facts.timeframe = cw::market::Timeframe::m1;
    facts.bars = n;
    facts.begins_at_ms = bars.open_time_ms[0];
    facts.ends_at_ms = bars.open_time_ms[n - 1] + 60'000;
    facts.final_equity = last;
    facts.mean_equity = equity_sum / static_cast<double>(n);
    facts.exposure_known = true;
    facts.bars_in_market = in_market;
    facts.sum_of_exposure = exposure_sum;
    facts.largest_exposure = exposure_most;
    if (low_ < peak_) recovered(n, 0);
    facts.drawdown.sum_of_squares = squares_;
    facts.drawdown.peak = peak_;
    return std::move(out_);
  }

 private:
  void open(std::size_t i, const cw::market::CandleSpan& bars) {
    const double price = bars.open[i] * (1 + costs_.slippage);
    quantity_ = cash_ / (price * (1 + costs_.commission));
    trade_ = {};
    trade_.id = out_.trades.size() + 1;
    trade_.entry_time = bars.open_time_ms[i];
    trade_.entry_price = price;
    trade_.quantity = quantity_;
    trade_.fees = quantity_ * price * costs_.commission;
    trade_.slippage = quantity_ * bars.open[i] * costs_.slippage;
    cash_ -= quantity_ * price + trade_.fees;
    lowest_ = highest_ = price;
    opened_at_ = i;
    stop_ = price * (1 - costs_.stop);
    target_ = price * (1 + costs_.target);
  }

  void look_at_exits(std::size_t i, const cw::market::CandleSpan& bars) {
    using cw::trading::Reason;
    const double from = bars.open[i];
    if (from <= stop_) return end(i, from, true, bars, Reason::stop);
    if (from >= target_) return end(i, from, false, bars, Reason::target);
    if (bars.low[i] <= stop_) return end(i, stop_, true, bars, Reason::stop);
    if (bars.high[i] >= target_) return end(i, target_, false, bars, Reason::target);
  }

  void end(std::size_t i, double asked, bool takes, const cw::market::CandleSpan& bars, cw::trading::Reason reason) {
    const bool is_open = reason == cw::trading::Reason::open;
    const double price = takes ? asked * (1 - costs_.slippage) : asked;
    const double fee = is_open ? 0 : quantity_ * price * costs_.commission;
    if (!is_open && opened_at_ != i) see(bars.open[i]);
    if (!is_open) see(price);
    trade_.exit_time = bars.open_time_ms[i];
    trade_.exit_price = price;
    trade_.bars = static_cast<std::uint32_t>(i - opened_at_);
    trade_.fees += fee;
    trade_.slippage += takes ? quantity_ * (asked - price) : 0;
    trade_.pnl = (price - trade_.entry_price) * quantity_ - trade_.fees;
    trade_.pnl_pct = 100 * trade_.pnl / (trade_.entry_price * quantity_);
    trade_.mae = std::max(0.0, 100 * (trade_.entry_price - lowest_) / trade_.entry_price);
    trade_.mfe = std::max(0.0, 100 * (highest_ - trade_.entry_price) / trade_.entry_price);
    trade_.exit_reason = reason;
    out_.trades.push_back(trade_);
    cash_ += quantity_ * price - fee;
    quantity_ = 0;
  }

  void see(double price) {
    lowest_ = std::min(lowest_, price);
    highest_ = std::max(highest_, price);
  }

  void drawdown(std::size_t i, double equity, const cw::market::CandleSpan& bars) {
    if (equity >= peak_) {
      if (low_ < peak_) recovered(i + 1, bars.open_time_ms[i] + 60'000);
      peak_ = low_ = equity;
      to_peak_ = 1 / peak_;
      peak_at_ = bars.open_time_ms[i] + 60'000;
      peak_bar_ = i + 1;
      return;
    }
    if (equity < low_) low_ = equity, low_at_ = bars.open_time_ms[i] + 60'000, low_bar_ = i + 1;
    const double under = (peak_ - equity) * to_peak_;
    squares_ += under * under;
  }

  void recovered(std::size_t bar, std::int64_t at) {
    auto& found = out_.facts.drawdown;
    const double depth = (peak_ - low_) / peak_;
    const std::uint64_t bars = bar - peak_bar_;
    ++found.count;
    found.sum_of_depths += depth;
    found.sum_of_bars += bars;
    found.longest_bars = std::max(found.longest_bars, bars);
    if (depth <= found.depth) return;
    found.depth = depth;
    found.peak_at_ms = peak_at_;
    found.trough_at_ms = low_at_;
    found.bars = bars;
    found.bars_to_trough = low_bar_ - peak_bar_;
    if (at != 0)
      found.recovered_at_ms = at;
    else
      found.recovered_at_ms.reset();
  }

  std::size_t fast_, slow_;
  Costs costs_;
  double capital_, cash_;
  double quantity_ = 0, lowest_ = 0, highest_ = 0, stop_ = 0, target_ = 0;
  std::size_t opened_at_ = 0;
  Trade trade_{};
  double peak_ = 0, low_ = 0, to_peak_ = 1, squares_ = 0;
  std::int64_t peak_at_ = 0, low_at_ = 0;
  std::uint64_t peak_bar_ = 0, low_bar_ = 0;
  Run out_;
};

}  // namespace floor_of
