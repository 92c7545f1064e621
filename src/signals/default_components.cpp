#include "signals/component_document.h"

// The components that the product ships: a document as a user would write one.
namespace cw::signals {

std::string_view default_components() {
  return R"json({
  "name": "Candlewick",
  "version": 1,
  "regime": {
    "adx": "ta.adx(14, 14)",
    "efficiency": "ta.efficiency_ratio(close, 20)",
    "trend": "adx >= 25 or (adx >= 18 and efficiency >= 0.4)"
  },
  "families": [
    {"name": "averages", "title": "Moving averages", "trend": 3, "range": 1},
    {"name": "momentum", "title": "Momentum", "trend": 2, "range": 1},
    {"name": "oscillators", "title": "Oscillators", "trend": 0.5, "range": 3},
    {"name": "strength", "title": "Trend strength", "trend": 2, "range": 0.5},
    {"name": "volatility", "title": "Volatility", "trend": 1, "range": 1.5},
    {"name": "volume", "title": "Volume", "trend": 1, "range": 1},
    {"name": "patterns", "title": "Patterns", "trend": 1, "range": 1}
  ],
  "components": [
    {
      "name": "EMA ladder", "family": "averages", "weight": 2,
      "let": ["fast = ta.ema(close, 20)", "middle = ta.ema(close, 50)", "slow = ta.ema(close, 200)", "atr = ta.atr(14)"],
      "value": "(close - middle) / atr",
      "vote": "(math.sign(close - fast) + math.sign(fast - middle) + math.sign(middle - slow)) / 3",
      "numbers": {"fast": "fast", "middle": "middle", "slow": "slow"},
      "reason": {
        "up": "the price is {value:+1} ATR from its EMA 50; EMA 20, 50, 200 stand at {fast}, {middle}, {slow}",
        "down": "the price is {value:+1} ATR from its EMA 50; EMA 20, 50, 200 stand at {fast}, {middle}, {slow}",
        "flat": "EMA 20, 50 and 200 disagree: {fast}, {middle}, {slow}"
      }
    },
    {
      "name": "Slope", "family": "averages", "weight": 1,
      "let": ["atr = ta.atr(14)"],
      "value": "ta.slope(close, 20) / atr",
      "vote": "math.max(-1, math.min(1, value * 5))",
      "reason": {
        "up": "the last 20 closes rise by {value:2} ATR a bar",
        "down": "the last 20 closes fall: {value:2} ATR a bar",
        "flat": "the last 20 closes go nowhere"
      }
    },
    {
      "name": "Ichimoku", "family": "averages", "weight": 1,
      "let": [
        "[conversion, base, lead1, lead2, lagging] = ta.ichimoku(9, 26, 52, 26)",
        "above = close > math.max(lead1, lead2)",
        "below = close < math.min(lead1, lead2)"
      ],
      "value": "close - (lead1 + lead2) / 2",
      "vote": "(above ? 0.5 : below ? -0.5 : 0) + 0.5 * math.sign(conversion - base)",
      "numbers": {"lead1": "lead1", "lead2": "lead2", "conversion": "conversion", "base": "base"},
      "reason": {
        "up": "cloud from {lead1} to {lead2}, conversion line {conversion}, base line {base}: leaning up",
        "down": "cloud from {lead1} to {lead2}, conversion line {conversion}, base line {base}: leaning down",
        "flat": "price and lines say different things around the cloud ({lead1} to {lead2})"
      }
    },
    {
      "name": "MACD", "family": "momentum", "weight": 1,
      "let": ["[macd, signal, hist] = ta.macd(close, 12, 26, 9)", "atr = ta.atr(14)"],
      "value": "hist / atr",
      "vote": "math.max(-1, math.min(1, value * 4))",
      "numbers": {"macd": "macd", "signal": "signal"},
      "reason": {
        "up": "MACD {macd} is over its signal line {signal}",
        "down": "MACD {macd} is under its signal line {signal}",
        "flat": "MACD stands on its signal line at {signal}"
      }
    },
    {
      "name": "Rate of change", "family": "momentum", "weight": 1,
      "let": ["roc = ta.roc(close, 10)", "usual = ta.natr(14)"],
      "value": "roc",
      "vote": "usual > 0 ? math.max(-1, math.min(1, roc / (usual * 3))) : 0",
      "numbers": {"usual": "usual"},
      "reason": {
        "up": "{value:+2} % in 10 bars, a usual bar being {usual:2} %",
        "down": "{value:+2} % in 10 bars, a usual bar being {usual:2} %",
        "flat": "no change in 10 bars"
      }
    },
    {
      "name": "RSI", "family": "oscillators", "weight": 1,
      "value": "ta.rsi(close, 14)",
      "vote": "value < 40 ? math.min(1, (40 - value) / 20) : value > 60 ? math.max(-1, (60 - value) / 20) : 0",
      "reason": {
        "up": "RSI {value:1} is low",
        "down": "RSI {value:1} is high",
        "flat": "RSI {value:1} is in its middle"
      }
    },
    {
      "name": "Stochastic", "family": "oscillators", "weight": 1,
      "let": ["k = ta.sma(ta.stoch(close, high, low, 14), 3)"],
      "value": "k",
      "vote": "k < 25 ? (25 - k) / 25 : k > 75 ? (75 - k) / 25 : 0",
      "reason": {
        "up": "stochastic {value:1} is near the low of its range",
        "down": "stochastic {value:1} is near the high of its range",
        "flat": "stochastic {value:1} is in the middle of its range"
      }
    },
    {
      "name": "CCI", "family": "oscillators", "weight": 1,
      "value": "ta.cci(hlc3, 20)",
      "vote": "value < -100 ? math.min(1, (-100 - value) / 100) : value > 100 ? math.max(-1, (100 - value) / 100) : 0",
      "reason": {
        "up": "CCI {value:0} is under -100",
        "down": "CCI {value:0} is over 100",
        "flat": "CCI {value:0} is within 100"
      }
    },
    {
      "name": "Directional movement", "family": "strength", "weight": 1,
      "let": ["[plus, minus, adx] = ta.dmi(14, 14)"],
      "value": "adx",
      "vote": "plus + minus > 0 ? (plus - minus) / (plus + minus) * math.min(1, adx / 30) : 0",
      "numbers": {"plus": "plus", "minus": "minus"},
      "reason": {
        "up": "+DI {plus:1} over -DI {minus:1} with ADX {value:1}",
        "down": "-DI {minus:1} over +DI {plus:1} with ADX {value:1}",
        "flat": "+DI and -DI are equal, ADX {value:1}"
      }
    },
    {
      "name": "Supertrend", "family": "strength", "weight": 1,
      "let": ["[line, direction] = ta.supertrend(3, 10)"],
      "value": "line",
      "vote": "-direction",
      "reason": {
        "up": "the trend's stop lies below, at {value}",
        "down": "the trend's stop lies above, at {value}",
        "flat": "no stop"
      }
    },
    {
      "name": "Aroon", "family": "strength", "weight": 1,
      "value": "ta.aroon_osc(25)",
      "vote": "value / 100",
      "reason": {
        "up": "the highest of 25 bars is newer than the lowest: {value:0}",
        "down": "the lowest of 25 bars is newer than the highest: {value:0}",
        "flat": "highest and lowest of 25 bars are equally old"
      }
    },
    {
      "name": "Bollinger position", "family": "volatility", "weight": 1,
      "let": ["[middle, upper, lower] = ta.bb(close, 20, 2)", "width = upper - lower"],
      "value": "width > 0 ? (close - lower) / width : 0.5",
      "vote": "value < 0.2 ? math.min(1, (0.2 - value) * 4) : value > 0.8 ? math.max(-1, (0.8 - value) * 4) : 0",
      "numbers": {"upper": "upper", "lower": "lower"},
      "reason": {
        "up": "near or under the lower Bollinger band {lower}",
        "down": "near or over the upper Bollinger band {upper}",
        "flat": "well within the Bollinger bands {lower} to {upper}"
      }
    },
    {
      "name": "Squeeze", "family": "volatility", "weight": 1,
      "let": ["[tight, way] = pattern.squeeze(20, 2, 1.5)", "atr = ta.atr(14)"],
      "value": "atr > 0 ? way / atr : 0",
      "vote": "tight ? 0 : math.max(-1, math.min(1, value / 2))",
      "reason": {
        "up": "released upward: {value:+1} ATR from the middle",
        "down": "released downward: {value:+1} ATR from the middle",
        "flat": "squeezed: the bands lie inside the Keltner channel"
      }
    },
    {
      "name": "Money flow", "family": "volume", "weight": 1,
      "value": "ta.cmf(20)",
      "vote": "math.max(-1, math.min(1, value * 4))",
      "reason": {
        "up": "volume sits on closes near the highs: money flow {value:+2}",
        "down": "volume sits on closes near the lows: money flow {value:+2}",
        "flat": "volume is balanced"
      }
    },
    {
      "name": "On balance volume", "family": "volume", "weight": 1,
      "let": ["obv = ta.obv", "mean = ta.sma(obv, 20)", "spread = ta.stdev(obv, 20)"],
      "value": "spread > 0 ? (obv - mean) / spread : 0",
      "vote": "math.max(-1, math.min(1, value / 2))",
      "reason": {
        "up": "on balance volume leads its mean by {value:1} deviations",
        "down": "on balance volume is under its mean: {value:1} deviations",
        "flat": "on balance volume stands on its mean"
      }
    },
    {
      "name": "Candlesticks", "family": "patterns", "weight": 1,
      "let": [
        "pairs = pattern.engulfing + pattern.harami + pattern.piercing + pattern.dark_cloud_cover()",
        "singles = pattern.hammer + pattern.shooting_star + pattern.hanging_man + pattern.inverted_hammer",
        "stars = pattern.morning_star() + pattern.evening_star() + pattern.three_white_soldiers + pattern.three_black_crows",
        "net = (pairs + singles + stars) / 100"
      ],
      "value": "math.sum(net, 3)",
      "vote": "math.max(-1, math.min(1, value / 2))",
      "reason": {
        "up": "bullish candlesticks in the last three bars",
        "down": "bearish candlesticks in the last three bars",
        "flat": "no leaning of the last three bars' candlesticks"
      }
    },
    {
      "name": "Breakout", "family": "patterns", "weight": 1,
      "let": ["[signal, top, bottom, top_bar, bottom_bar] = pattern.range_breakout(20)"],
      "value": "signal",
      "vote": "math.max(-1, math.min(1, math.sum(signal, 3)))",
      "numbers": {"top": "top", "bottom": "bottom"},
      "reason": {
        "up": "closed over the highest of 20 bars lately",
        "down": "closed under the lowest of 20 bars lately",
        "flat": "within the range of 20 bars, {bottom} to {top}"
      }
    },
    {
      "name": "Structure", "family": "patterns", "weight": 1,
      "let": ["[state, last_high, last_low, high_bar, low_bar] = pattern.structure(5, 5)"],
      "value": "nz(state)",
      "vote": "nz(state)",
      "reason": {
        "up": "higher highs and higher lows",
        "down": "lower highs and lower lows",
        "flat": "no clear order of highs and lows"
      }
    },
    {
      "name": "Divergence", "family": "patterns", "weight": 1,
      "let": ["[signal, first_bar, second_bar, first_value, second_value] = pattern.rsi_divergence(14, 5, 5, 60)"],
      "value": "nz(signal)",
      "vote": "math.max(-1, math.min(1, math.sum(nz(signal), 10)))",
      "reason": {
        "up": "a bullish divergence of price and RSI in the last ten bars",
        "down": "a bearish divergence of price and RSI in the last ten bars",
        "flat": "price and RSI go together"
      }
    }
  ],
  "patterns": [
    {"name": "Bullish engulfing", "when": "pattern.engulfing > 0"},
    {"name": "Bearish engulfing", "when": "pattern.engulfing < 0"},
    {"name": "Hammer", "when": "pattern.hammer > 0"},
    {"name": "Shooting star", "when": "pattern.shooting_star < 0"},
    {"name": "Morning star", "when": "pattern.morning_star() > 0"},
    {"name": "Evening star", "when": "pattern.evening_star() < 0"},
    {"name": "Piercing line", "when": "pattern.piercing > 0"},
    {"name": "Dark cloud cover", "when": "pattern.dark_cloud_cover() < 0"},
    {"name": "Three white soldiers", "when": "pattern.three_white_soldiers > 0"},
    {"name": "Three black crows", "when": "pattern.three_black_crows < 0"},
    {"name": "Doji", "when": "pattern.doji > 0"},
    {"name": "Inside bar", "when": "pattern.inside_bar > 0"},
    {"name": "Breakout upward", "let": ["[signal, top, bottom, top_bar, bottom_bar] = pattern.range_breakout(20)"], "when": "signal > 0"},
    {"name": "Breakout downward", "let": ["[signal, top, bottom, top_bar, bottom_bar] = pattern.range_breakout(20)"], "when": "signal < 0"},
    {"name": "Squeeze", "let": ["[tight, way] = pattern.squeeze(20, 2, 1.5)"], "when": "tight"},
    {"name": "Bullish divergence", "let": ["[signal, a, b, c, d] = pattern.rsi_divergence(14, 5, 5, 60)"], "when": "signal > 0"},
    {"name": "Bearish divergence", "let": ["[signal, a, b, c, d] = pattern.rsi_divergence(14, 5, 5, 60)"], "when": "signal < 0"}
  ]
}
)json";
}

}  // namespace cw::signals
