#include <array>

#include "strategy/built_in.h"

// Strategies that enter where a price leaves its range.
namespace cw::strategy {
namespace {

constexpr std::array kTexts{
    std::string_view{R"yaml(name: donchian-breakout
title: Donchian breakout
description: >-
  The Turtles' rule of 1983: buy a close above the highest high of twenty bars, leave at one below the lowest low of ten, risk the
  same share of the account each time. It takes every long trend there is, since none can begin without a new high. It fails in
  ranges, where each new high is the edge that the price turns back from, and wins in about a third of its trades at best: hard to
  keep to.
tags: [breakout, trend]
timeframe: 4h
inputs:
  entry_length: {type: int, default: 20, min: 2, max: 500}
  exit_length: {type: int, default: 10, min: 1, max: 500}
  stop: {type: float, default: 2, min: 0.5, max: 20, step: 0.5, title: Stop in ATR}
  units: {type: int, default: 1, min: 1, max: 10, title: Entries of one position}
let:
  entry_high: ta.highest(high, entry_length)[1]
  entry_low: ta.lowest(low, entry_length)[1]
  exit_high: ta.highest(high, exit_length)[1]
  exit_low: ta.lowest(low, exit_length)[1]
require:
  - exit_length <= entry_length
long:
  entry: close > entry_high
  exit: close < exit_low
  stop: {atr: stop, length: 20}
short:
  entry: close < entry_low
  exit: close > exit_high
  stop: {atr: stop, length: 20}
sizing: {risk_percent: 1, max_percent: 100}
pyramiding: units
)yaml"},
    std::string_view{R"yaml(name: squeeze-breakout
title: Bollinger squeeze breakout
description: >-
  Waits until the Bollinger bands lie inside of the Keltner channel, a market unusually quiet, and goes with the direction in which
  it wakes up (Carter's squeeze); leaves when the momentum has weakened for two bars. Quiet is followed by movement often enough,
  but nothing says in which direction: it fails on false starts, where the first push is taken back, and where a quiet market stays
  quiet.
tags: [breakout, volatility]
timeframe: 1h
inputs:
  length: {type: int, default: 20, min: 5, max: 200}
  bands: {type: float, default: 2, min: 0.5, max: 5, step: 0.1, title: Bollinger factor}
  channel: {type: float, default: 1.5, min: 0.5, max: 5, step: 0.1, title: Keltner factor}
  stop: {type: float, default: 2, min: 0.5, max: 20, step: 0.5, title: Stop in ATR}
let:
  "[quiet, momentum]": pattern.squeeze(length, bands, channel)
  released: quiet[1] and not quiet
long:
  entry: released and momentum > 0
  exit: ta.falling(momentum, 2)
  stop: {atr: stop, length: 14}
short:
  entry: released and momentum < 0
  exit: ta.rising(momentum, 2)
  stop: {atr: stop, length: 14}
sizing: {percent_of_equity: 100}
)yaml"},
    std::string_view{R"yaml(name: composite-score
title: The desk's score
description: >-
  Follows the desk's own signal: long once its score of this timeframe rises to buy, until it is neutral again; short in the same
  way below. The score weighs averages, momentum, oscillators, volume and patterns by the market's regime and lets longer
  timeframes confirm it, so this shows what the score alone is worth after costs. It fails as its parts do, late at turns and often
  wrong in ranges, and has less to say on short timeframes, where costs weigh most.
tags: [score]
timeframe: 1h
inputs:
  buy: {type: float, default: 65, min: 50, max: 100, step: 1, title: Score that buys}
  sell: {type: float, default: 35, min: 0, max: 50, step: 1, title: Score that sells short}
  stop: {type: float, default: 3, min: 0.5, max: 20, step: 0.5, title: Stop in ATR}
let:
  score: signal.score()
long:
  entry: score >= buy and score[1] < buy
  exit: score < 50
  stop: {atr: stop, length: 14}
short:
  entry: score <= sell and score[1] > sell
  exit: score > 50
  stop: {atr: stop, length: 14}
sizing: {percent_of_equity: 100}
)yaml"},
    std::string_view{R"yaml(name: buy-and-hold
title: Buy and hold
description: >-
  Buys at the first bar and never sells: the baseline that every other strategy has to beat after costs, and over most of the
  history of large coins few do. It fails whenever the market falls, by all of the fall, and says nothing about coins that are no
  longer there.
tags: [baseline]
timeframe: 1d
long:
  entry: true
sizing: {percent_of_equity: 100}
)yaml"},
};

}  // namespace

std::span<const std::string_view> breakout_texts() { return kTexts; }

}  // namespace cw::strategy
