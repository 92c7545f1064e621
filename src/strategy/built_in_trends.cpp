#include <array>

#include "strategy/built_in.h"

// Strategies that follow a trend once it is there.
namespace cw::strategy {
namespace {

constexpr std::array kTexts{
    std::string_view{R"yaml(name: ema-cross
title: EMA cross
description: >-
  Rides a trend from one crossing of two averages to the next: long while the fast one is over the slow one, short while it is
  under. It lives on a few long moves and pays for them with many small losses. It fails in ranges, where the averages cross back
  and forth and each crossing comes late, and in sharp reversals, where much of a gain is given back before they cross.
tags: [trend]
timeframe: 1h
inputs:
  fast: {type: int, default: 12, min: 2, max: 200, title: Fast length}
  slow: {type: int, default: 26, min: 3, max: 400, title: Slow length}
  stop: {type: float, default: 5, min: 0.1, max: 50, step: 0.5, title: Stop in percent}
let:
  fast_line: ta.ema(close, fast)
  slow_line: ta.ema(close, slow)
require:
  - fast < slow
long:
  entry: ta.crossover(fast_line, slow_line)
  exit: ta.crossunder(fast_line, slow_line)
  stop: {percent: stop}
short:
  entry: ta.crossunder(fast_line, slow_line)
  exit: ta.crossover(fast_line, slow_line)
  stop: {percent: stop}
sizing: {percent_of_equity: 100}
)yaml"},
    std::string_view{R"yaml(name: macd-trend
title: MACD trend
description: >-
  Buys when the MACD crosses over its signal line while the price is over a long average, and leaves when it crosses back: the
  average names the trend, the MACD the moment at which its speed picks up. It fails in flat markets, where the MACD crosses its
  line every few bars, and at the end of a long trend, whose first crossing against it looks like one more pause.
tags: [trend, momentum]
timeframe: 1h
inputs:
  fast: {type: int, default: 12, min: 2, max: 100}
  slow: {type: int, default: 26, min: 3, max: 200}
  smoothing: {type: int, default: 9, min: 1, max: 100}
  trend: {type: int, default: 200, min: 10, max: 1000, title: Length of the trend's average}
  stop: {type: float, default: 3, min: 0.5, max: 20, step: 0.5, title: Stop in ATR}
let:
  "[macd, signal_line, hist]": ta.macd(close, fast, slow, smoothing)
  average: ta.ema(close, trend)
require:
  - fast < slow
long:
  entry: ta.crossover(macd, signal_line) and close > average
  exit: ta.crossunder(macd, signal_line)
  stop: {atr: stop, length: 14}
short:
  entry: ta.crossunder(macd, signal_line) and close < average
  exit: ta.crossover(macd, signal_line)
  stop: {atr: stop, length: 14}
sizing: {percent_of_equity: 100}
)yaml"},
    std::string_view{R"yaml(name: supertrend
title: Supertrend
description: >-
  Always on one side of a line that trails the price by a few average true ranges: long over it, short under it, turning when a
  close crosses it. The distance grows with the market's noise, so quiet trends are followed closely and wild ones loosely. It
  fails where the price swings just wider than the line is away: each swing then is a loss of about that distance.
tags: [trend, volatility]
timeframe: 1h
inputs:
  factor: {type: float, default: 3, min: 0.5, max: 20, step: 0.5}
  length: {type: int, default: 10, min: 2, max: 200}
let:
  "[line, direction]": ta.supertrend(factor, length)
long:
  entry: direction < 0 and direction[1] > 0
  exit: direction > 0
  stop: {expression: line}
short:
  entry: direction > 0 and direction[1] < 0
  exit: direction < 0
  stop: {expression: line}
sizing: {percent_of_equity: 100}
)yaml"},
    std::string_view{R"yaml(name: ichimoku
title: Ichimoku
description: >-
  Buys when the conversion line crosses over the base line with the price above the cloud, and leaves when the price closes under
  the base line: the cloud stands for where buyers and sellers were even, the crossing for the turn. It needs long, clean trends.
  It fails in ranges, whose middle the cloud is, and after fast moves, when the base line trails so far behind that a turn costs
  most of the gain.
tags: [trend]
timeframe: 4h
inputs:
  conversion: {type: int, default: 9, min: 2, max: 200}
  base: {type: int, default: 26, min: 3, max: 400}
  span: {type: int, default: 52, min: 4, max: 800}
let:
  "[conversion_line, base_line, lead1, lead2, lagging]": ta.ichimoku(conversion, base, span, base)
  cloud_top: math.max(lead1, lead2)
  cloud_bottom: math.min(lead1, lead2)
require:
  - conversion < base
  - base < span
long:
  entry: ta.crossover(conversion_line, base_line) and close > cloud_top
  exit: close < base_line
  stop: {atr: 3, length: 14}
short:
  entry: ta.crossunder(conversion_line, base_line) and close < cloud_bottom
  exit: close > base_line
  stop: {atr: 3, length: 14}
sizing: {percent_of_equity: 100}
)yaml"},
    std::string_view{R"yaml(name: adx-trend
title: ADX trend filter
description: >-
  Trades with the stronger of the two directional indicators, and only while the ADX says that there is a trend at all; a
  trailing stop takes the profit. The filter keeps it out of most ranges, where plain crossings bleed. It fails because the ADX is
  slow: it is high when a trend is nearly over, and low through the first part of a new one, which is often the best.
tags: [trend]
timeframe: 1h
inputs:
  length: {type: int, default: 14, min: 2, max: 200}
  strong: {type: float, default: 25, min: 5, max: 60, step: 1, title: ADX of a trend}
  weak: {type: float, default: 18, min: 1, max: 60, step: 1, title: ADX at which it is over}
  trail: {type: float, default: 3, min: 0.5, max: 20, step: 0.5, title: Trailing stop in ATR}
let:
  "[plus, minus, adx]": ta.dmi(length, length)
  up: adx > strong and plus > minus
  down: adx > strong and minus > plus
require:
  - weak <= strong
long:
  entry: up and not up[1]
  exit: adx < weak or minus > plus
  trailing_stop: {atr: trail, length: length}
short:
  entry: down and not down[1]
  exit: adx < weak or plus > minus
  trailing_stop: {atr: trail, length: length}
sizing: {percent_of_equity: 100}
)yaml"},
    std::string_view{R"yaml(name: momentum
title: Time series momentum
description: >-
  Long while the price is higher than it was a good while ago, short while it is lower, with a position that shrinks as the market
  grows wild, so that each month risks about the same (Moskowitz, Ooi, Pedersen, 2012). It earns in long moves in either
  direction. It fails when markets turn quickly: the look-back then tells of a trend that is no more, and the position is largest
  after a calm that ends in a crash.
tags: [trend, momentum, volatility]
timeframe: 1d
inputs:
  length: {type: int, default: 90, min: 5, max: 1000, title: Look-back in bars}
  target: {type: float, default: 40, min: 1, max: 200, step: 5, title: Volatility in percent a year}
let:
  change: ta.roc(close, length)
  up: change > 0
  down: change < 0
long:
  entry: up and not up[1]
  exit: down
short:
  entry: down and not down[1]
  exit: up
sizing: {volatility_target: target, length: 30, max_percent: 100}
)yaml"},
    std::string_view{R"yaml(name: trend-pullback
title: Pullback in a longer trend
description: >-
  Looks for the trend on a longer timeframe and buys, on the shorter one, the dip that ends: the RSI was low and turns up while the
  longer average still rises. Wins are twice the risk. It fails when the dip is the turn: the longer timeframe learns it last, so
  the losses come several in a row at the end of each trend, and it stands aside in trends so strong that they never dip.
tags: [trend, reversion, timeframes]
timeframe: 1h
inputs:
  trend_timeframe: {type: timeframe, default: 1d, title: Timeframe of the trend}
  trend_length: {type: int, default: 20, min: 2, max: 200}
  dip: {type: float, default: 40, min: 5, max: 50, step: 1, title: RSI of a dip}
  stop: {type: float, default: 2, min: 0.5, max: 20, step: 0.5, title: Stop in ATR}
  reward: {type: float, default: 2, min: 0.5, max: 20, step: 0.5, title: Target in units of the risk}
let:
  average: request.security(trend_timeframe, ta.ema(close, trend_length))
  before: request.security(trend_timeframe, ta.ema(close, trend_length)[1])
  up: close > average and average > before
  down: close < average and average < before
  rsi: ta.rsi(close, 14)
long:
  entry: up and ta.crossover(rsi, dip)
  exit: average < before
  stop: {atr: stop, length: 14}
  target: {risk: reward}
short:
  entry: down and ta.crossunder(rsi, 100 - dip)
  exit: average > before
  stop: {atr: stop, length: 14}
  target: {risk: reward}
sizing: {risk_percent: 1, max_percent: 100}
)yaml"},
};

}  // namespace

std::span<const std::string_view> trend_texts() { return kTexts; }

}  // namespace cw::strategy
