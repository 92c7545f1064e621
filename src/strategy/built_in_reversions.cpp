#include <array>

#include "strategy/built_in.h"

// Strategies that expect a price to come back.
namespace cw::strategy {
namespace {

constexpr std::array kTexts{
    std::string_view{R"yaml(name: rsi-reversion
title: RSI mean reversion
description: >-
  Buys when the RSI comes back from being oversold and sells once it is in its middle again; the other way round above. Many small
  gains while a market swings around a level. It fails in trends: oversold stays oversold, each rebound is bought too early, and one
  such loss takes back many gains, which is why there is a stop and a limit of time.
tags: [reversion]
timeframe: 1h
inputs:
  length: {type: int, default: 14, min: 2, max: 100}
  oversold: {type: float, default: 30, min: 1, max: 49, step: 1}
  overbought: {type: float, default: 70, min: 51, max: 99, step: 1}
  stop: {type: float, default: 3, min: 0.5, max: 20, step: 0.5, title: Stop in ATR}
  patience: {type: int, default: 48, min: 1, max: 1000, title: Bars at most}
let:
  rsi: ta.rsi(close, length)
long:
  entry: ta.crossover(rsi, oversold)
  exit: rsi > 50
  stop: {atr: stop, length: 14}
  time_stop: {bars: patience}
short:
  entry: ta.crossunder(rsi, overbought)
  exit: rsi < 50
  stop: {atr: stop, length: 14}
  time_stop: {bars: patience}
sizing: {percent_of_equity: 100}
)yaml"},
    std::string_view{R"yaml(name: bollinger-reversion
title: Bollinger reversion
description: >-
  Buys a close that comes back inside of the lower Bollinger band while the ADX sees no trend, and sells at the middle. The bands are
  as wide as the market is restless, so the same rule fits quiet and wild weeks. It fails when a range ends: the move that breaks it
  begins with a close outside of a band, and the ADX notices only later.
tags: [reversion, volatility]
timeframe: 1h
inputs:
  source: {type: source, default: close}
  length: {type: int, default: 20, min: 5, max: 200}
  width: {type: float, default: 2, min: 0.5, max: 5, step: 0.1, title: Standard deviations}
  calm: {type: float, default: 25, min: 5, max: 100, step: 1, title: ADX below which there is no trend}
  stop: {type: float, default: 2.5, min: 0.5, max: 20, step: 0.5, title: Stop in ATR}
let:
  "[middle, upper, lower]": ta.bb(source, length, width)
  ranging: ta.adx(14, 14) < calm
long:
  entry: ta.crossover(source, lower) and ranging
  exit: source >= middle
  stop: {atr: stop, length: 14}
  time_stop: {bars: 48}
short:
  entry: ta.crossunder(source, upper) and ranging
  exit: source <= middle
  stop: {atr: stop, length: 14}
  time_stop: {bars: 48}
sizing: {percent_of_equity: 100}
)yaml"},
    std::string_view{R"yaml(name: vwap-reversion
title: VWAP reversion
description: >-
  Measures how far the price is from the day's volume-weighted average, in average true ranges, and trades its way back: the average
  is what the day's traders paid, and large orders are judged by it. Made for bars of an hour and shorter. It fails on days with a
  direction, on which the price leaves the average in the morning and does not come back, and has little to go by in the first
  hours after midnight UTC, when the average begins anew.
tags: [reversion, intraday]
timeframe: 15m
inputs:
  distance: {type: float, default: 2.5, min: 0.5, max: 10, step: 0.25, title: Distance in ATR}
  stop: {type: float, default: 2, min: 0.5, max: 20, step: 0.5, title: Stop in ATR}
  patience: {type: int, default: 32, min: 1, max: 1000, title: Bars at most}
let:
  average: ta.vwap(hlc3)
  away: (close - average) / ta.atr(14)
long:
  entry: ta.crossover(away, -distance)
  exit: close >= average
  stop: {atr: stop, length: 14}
  time_stop: {bars: patience}
short:
  entry: ta.crossunder(away, distance)
  exit: close <= average
  stop: {atr: stop, length: 14}
  time_stop: {bars: patience}
sizing: {percent_of_equity: 100}
)yaml"},
    std::string_view{R"yaml(name: rsi2-pullback
title: Two-day RSI
description: >-
  Connors' and Alvarez' rule of 2008: over its average of 200 bars a market is bought after two hard days, when an RSI of length 2 is
  near its bottom, and sold at the first close over a short average. Long alone, in the market a few days at a time. It fails in
  crashes that begin above the average: it buys every step down, and its authors found that stops made their
  results worse, so there is only a wide one.
tags: [reversion]
timeframe: 1d
inputs:
  trend: {type: int, default: 200, min: 20, max: 1000}
  oversold: {type: float, default: 10, min: 1, max: 40, step: 1}
  exit_length: {type: int, default: 5, min: 2, max: 50}
let:
  average: ta.sma(close, trend)
  rsi: ta.rsi(close, 2)
long:
  entry: close > average and rsi < oversold
  exit: close > ta.sma(close, exit_length)
  stop: {percent: 15}
  time_stop: {bars: 20}
sizing: {percent_of_equity: 100}
)yaml"},
};

}  // namespace

std::span<const std::string_view> reversion_texts() { return kTexts; }

}  // namespace cw::strategy
