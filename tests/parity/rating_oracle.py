"""TradingView's Technical Ratings, said slowly: what `rating.tradingview` is held against.

Written from the rules of the Pine library TechnicalRating, version 3, and from docs/indicators alone: lists and loops, every window
added up anew. A column is a list of floats whose first values may be NaN (na); a comparison with NaN is false, in Pine as here.

The rules are made of comparisons, and where the two sides are equal on paper their last digits decide, which two programs need not
share. So each vote is cast three times: as the numbers stand, and with every comparison made harder and easier by SLACK of the size
that rounding is measured against. That gives the least and the most that the vote can be.
"""

import math
from typing import NamedTuple

NAN = math.nan
SLACK = 1e-11
EXACT = 0.0  # the size where both sides are the same one operation on the same bars, so that all programs have the same digits
AVERAGES = [f"{kind} {n}" for kind in ("SMA", "EMA") for n in (10, 20, 30, 50, 100, 200)] + ["HMA 9", "VWMA 20", "Ichimoku"]
OSCILLATORS = ["RSI", "Stochastic", "CCI", "ADX", "AO", "Momentum", "MACD", "Stochastic RSI", "Williams %R", "Bull bear power", "UO"]


class Bars(NamedTuple):
    high: list
    low: list
    close: list
    volume: list


class Rule(NamedTuple):
    castable: list  # the vote is left out (NaN) while this is NaN
    buy: object  # (i, Reading) -> bool, made of the Reading's comparisons by `and` and `or` alone, never by `not`
    sell: object


class Reading:
    """How strictly comparisons are read: plainly with a slack of 0, harder to fulfil with one above 0, easier with one below it."""

    def __init__(self, slack):
        self.slack = slack

    def above(self, a, b, size):
        return a > b + self.slack * size

    def at_least(self, a, b, size):
        return a >= b + self.slack * size


PLAINLY, SURELY, MAYBE = Reading(0.0), Reading(SLACK), Reading(-SLACK)


class Series(NamedTuple):
    overall: list
    averages: list
    oscillators: list


class Ratings(NamedTuple):
    rating: Series
    least: Series  # what rounding can make of it at the least and at the most: nearly everywhere the rating itself
    most: Series
    votes: dict  # name -> list of -1, 0, 1 or NaN
    least_votes: dict
    most_votes: dict


# ---- Columns ----


def first_value(column):
    """Where it begins: the length of a column without any value."""
    return next((i for i, x in enumerate(column) if x == x), len(column))


def before(column, bars=1):
    """column[bars] in Pine."""
    return ([NAN] * bars + column)[:len(column)]


def combine(function, *columns):
    return [function(*values) for values in zip(*columns)]


def over(length, function, *columns):
    """function(the last `length` values of each column), once there are as many."""
    n = len(columns[0])
    begin = min(n, max(first_value(column) for column in columns) + length - 1)
    return [NAN] * begin + [function(*(column[i - length + 1:i + 1] for column in columns)) for i in range(begin, n)]


def mean(values):
    return math.fsum(values) / len(values)


def weighted_mean(values):
    """The oldest weighs 1, the newest as much as there are values."""
    return math.fsum(weight * x for weight, x in enumerate(values, 1)) / (len(values) * (len(values) + 1) // 2)


def recursive(length, weight, column):
    """Seeded with the mean of the first `length` values."""
    begin = first_value(column) + length - 1
    if begin >= len(column):
        return [NAN] * len(column)
    answers = [NAN] * begin + [mean(column[begin - length + 1:begin + 1])]
    for x in column[begin + 1:]:
        answers.append(answers[-1] + weight * (x - answers[-1]))  # stays where it is while x does
    return answers


def sma(length, column):
    return over(length, mean, column)


def wma(length, column):
    return over(length, weighted_mean, column)


def ema(length, column):
    return recursive(length, 2 / (length + 1), column)


def rma(length, column):
    return recursive(length, 1 / length, column)


def minus(a, b):
    return combine(lambda x, y: x - y, a, b)


# ---- Indicators ----


def hma(length, close):
    ahead = combine(lambda half, whole: 2 * half - whole, wma(length // 2, close), wma(length, close))
    return wma(math.isqrt(length), ahead)


def vwma(length, close, volume):
    """The close itself where nothing was traded."""
    def answer(closes, volumes):
        total = math.fsum(volumes)
        return math.fsum(x * v for x, v in zip(closes, volumes)) / total if total > 0 else closes[-1]
    return over(length, answer, close, volume)


def middle(length, bars):
    """Between the highest high and the lowest low."""
    return over(length, lambda highs, lows: (max(highs) + min(lows)) / 2, bars.high, bars.low)


def in_range(length, bars):
    """(highest high, lowest low, close)"""
    return over(length, lambda highs, lows, closes: (max(highs), min(lows), closes[-1]), bars.high, bars.low, bars.close)


def rsi(length, close):
    changes = minus(close, before(close))
    gains = [NAN if change != change else max(change, 0.0) for change in changes]
    losses = [NAN if change != change else max(-change, 0.0) for change in changes]
    def answer(gain, loss):
        return 100.0 if loss == 0 else 100 - 100 / (1 + gain / loss)
    return combine(answer, rma(length, gains), rma(length, losses))


def place(length, source, high, low, still=0.0):
    """Where the source stands in the range of the window, 0 to 100; 0 where the range is no larger than `still`."""
    def answer(sources, highs, lows):
        lowest = min(lows)
        extent = max(highs) - lowest
        return 100 * ((sources[-1] - lowest) / extent) if extent > still else 0.0
    return over(length, answer, source, high, low)


def cci(length, source):
    """0 where the window is flat but for last digits. Also the size of its rounding: that of the price, in its own units."""
    def deviation(values):
        middle_ = mean(values)
        return mean([abs(x - middle_) for x in values])
    means, deviations = over(length, mean, source), over(length, deviation, source)
    flat = combine(lambda m, d: d <= 1e-14 * abs(m), means, deviations)
    answers = combine(lambda x, m, d, f: 0.0 if f else (x - m) / (0.015 * d), source, means, deviations, flat)
    return answers, combine(lambda x, d, f: EXACT if f else abs(x) / (0.015 * d), source, deviations, flat)


def dmi(length, smoothing, bars):
    """+DI, -DI and ADX. The first bar has neither movement nor true range. A bar that reaches up as far as down, to within 1e-12
    of the high, has no movement. 0/0 is 0."""
    n = len(bars.close)
    plus, minus_, ranges = [NAN] * n, [NAN] * n, [NAN] * n
    for i in range(1, n):
        up, down = bars.high[i] - bars.high[i - 1], bars.low[i - 1] - bars.low[i]
        tie = 1e-12 * abs(bars.high[i])
        plus[i] = up if up > tie and up - down > tie else 0.0
        minus_[i] = down if down > tie and down - up > tie else 0.0
        ranges[i] = max(bars.high[i] - bars.low[i], abs(bars.high[i] - bars.close[i - 1]), abs(bars.low[i] - bars.close[i - 1]))
    def share(part, whole):
        return 100 * part / whole if whole > 0 else 0 * whole  # NaN stays NaN
    average_range = rma(length, ranges)
    plus_di, minus_di = (combine(share, rma(length, movement), average_range) for movement in (plus, minus_))
    dx = combine(lambda p, m: share(abs(p - m), p + m), plus_di, minus_di)
    return plus_di, minus_di, rma(smoothing, dx)


def ultimate(bars):
    """A window without a true range adds 0."""
    true_low = [NAN] + [min(low, close) for low, close in zip(bars.low[1:], bars.close)]
    true_high = [NAN] + [max(high, close) for high, close in zip(bars.high[1:], bars.close)]
    pressure, extent = minus(bars.close, true_low), minus(true_high, true_low)
    def share(pressures, extents):
        whole = math.fsum(extents)
        return math.fsum(pressures) / whole if whole > 0 else 0.0
    short, medium, long = (over(length, share, pressure, extent) for length in (7, 14, 28))
    return combine(lambda a, b, c: 100 * (4 * a + 2 * b + c) / 7, short, medium, long)


# ---- Votes ----


def on_scale(value, made_of):
    """The size of rounding on a scale of 100, for values that are compared with the bar before; none where both are made of the same
    numbers or are one end of the scale: all programs find them equal then."""
    def size(now, was, numbers, numbers_before):
        return EXACT if numbers == numbers_before or now == was and now in (-100, 0, 100) else 100
    return combine(size, value, before(value), made_of, before(made_of))


def average_rule(average, close):
    return Rule(average, lambda i, is_: is_.above(close[i], average[i], close[i]),
                lambda i, is_: is_.above(average[i], close[i], close[i]))


def ichimoku_rule(bars):
    close, conversion, base, lead2_now = bars.close, middle(9, bars), middle(26, bars), middle(52, bars)
    lead1 = before(combine(lambda c, b: (c + b) / 2, conversion, base), 26)
    lead2 = before(lead2_now, 26)
    def rises(i, is_, sign):
        chain = [sign * column[i] for column in (lead2, lead1, base, conversion, close)]
        return all(is_.above(upper, lower, EXACT) for lower, upper in zip(chain, chain[1:]))
    return Rule(lead2_now, lambda i, is_: rises(i, is_, 1), lambda i, is_: rises(i, is_, -1))


def extreme_rule(value, low, high, size):
    """Turning back from beyond `low` or `high`."""
    was = before(value)
    return Rule(was, lambda i, is_: is_.above(low, value[i], size[i]) and is_.above(value[i], was[i], size[i]),
                lambda i, is_: is_.above(value[i], high, size[i]) and is_.above(was[i], value[i], size[i]))


def low_k_above_d(k, d, size):
    return lambda i, is_: is_.above(20, k[i], size[i]) and is_.above(20, d[i], size[i]) and is_.above(k[i], d[i], size[i])


def high_k_below_d(k, d, size):
    return lambda i, is_: is_.above(k[i], 80, size[i]) and is_.above(d[i], 80, size[i]) and is_.above(d[i], k[i], size[i])


def stochastic_rule(bars):
    raw = place(14, bars.close, bars.high, bars.low)
    k = sma(3, raw)
    d = sma(3, k)
    same = combine(lambda r, numbers: r if r in (0, 100) else numbers, raw, in_range(14, bars))
    size = over(5, lambda last: EXACT if len(set(last)) == 1 else 100, same)  # five equal ones make k and d equal to the last digit
    return Rule(before(d), low_k_above_d(k, d, size), high_k_below_d(k, d, size))


def stochastic_rsi_rule(close, trend):
    """While the close does not change the RSI's last digits do, so that an end of the scale is met exactly only by an RSI that is
    clearly beyond all others of its window, or in a window that clearly stands still."""
    strength = rsi(14, close)
    raw = place(14, strength, strength, strength, still=1e-10)
    k = sma(3, raw)
    d = sma(3, k)
    def clearly(values):
        others = values[:-1]
        return max(values) - min(values) < 1e-11 or values[-1] > max(others) + 1e-9 or values[-1] < min(others) - 1e-9
    clear = over(14, clearly, strength)
    extent = over(14, lambda values: max(1e-10, max(values) - min(values)), strength)
    def size_of(raws, clears, extents):
        if all(clears) and len(set(raws)) == 1 and raws[0] in (0, 100):
            return EXACT
        return 100 * max(100 / x for x in extents)  # of an RSI of 100, in parts of its range
    size = over(5, size_of, raw, clear, extent)
    low, high = low_k_above_d(k, d, size), high_k_below_d(k, d, size)
    return Rule(trend, lambda i, is_: is_.above(trend[i], close[i], close[i]) and low(i, is_),
                lambda i, is_: is_.above(close[i], trend[i], close[i]) and high(i, is_))


def adx_rule(bars):
    plus, minus_, adx = dmi(14, 14, bars)
    was = before(adx)
    def grows(i, is_):
        size = EXACT if adx[i] == was[i] == 100 else 100
        return is_.above(adx[i], 20, 100) and is_.above(adx[i], was[i], size)
    return Rule(adx, lambda i, is_: grows(i, is_) and is_.above(plus[i], minus_[i], 100),
                lambda i, is_: grows(i, is_) and is_.above(minus_[i], plus[i], 100))


def awesome_rule(bars):
    """Selling is buying upside down."""
    price = combine(lambda high, low: (high + low) / 2, bars.high, bars.low)
    ao = minus(sma(5, price), sma(34, price))
    was, before_that = before(ao), before(ao, 2)
    def turns(i, is_, sign):
        now, last, first = sign * ao[i], sign * was[i], sign * before_that[i]
        crosses = is_.at_least(0, last, price[i]) and is_.above(now, 0, price[i])
        saucer = (is_.above(now, 0, price[i]) and is_.above(last, 0, price[i]) and is_.above(now, last, price[i])
                  and is_.above(first, last, price[i]))
        return crosses or saucer
    return Rule(was, lambda i, is_: turns(i, is_, 1), lambda i, is_: turns(i, is_, -1))


def momentum_rule(close):
    now = minus(close, before(close, 10))
    was = before(now)
    return Rule(was, lambda i, is_: is_.above(now[i], was[i], EXACT), lambda i, is_: is_.above(was[i], now[i], EXACT))


def macd_rule(close):
    macd = minus(ema(12, close), ema(26, close))
    signal = ema(9, macd)
    return Rule(signal, lambda i, is_: is_.above(macd[i], signal[i], close[i]), lambda i, is_: is_.above(signal[i], macd[i], close[i]))


def williams_rule(bars):
    def answer(numbers):
        highest, lowest, close = numbers
        return 100 * ((close - highest) / (highest - lowest)) if highest > lowest else 0.0
    numbers = in_range(14, bars)
    value = [NAN if x is NAN else answer(x) for x in numbers]
    return extreme_rule(value, -80, -20, on_scale(value, numbers))


def bull_bear_rule(bars, trend):
    close, average = bars.close, ema(13, bars.close)
    bull, bear = minus(bars.high, average), minus(bars.low, average)
    bull_was, bear_was = before(bull), before(bear)
    def buys(i, is_):
        size = close[i]
        return is_.above(close[i], trend[i], size) and is_.above(0, bear[i], size) and is_.above(bear[i], bear_was[i], size)
    def sells(i, is_):
        size = close[i]
        return is_.above(trend[i], close[i], size) and is_.above(bull[i], 0, size) and is_.above(bull_was[i], bull[i], size)
    return Rule(trend, buys, sells)


def ultimate_rule(bars):
    value = ultimate(bars)
    return Rule(value, lambda i, is_: is_.above(value[i], 70, 100), lambda i, is_: is_.above(30, value[i], 100))


def rules(bars):
    close = bars.close
    trend = ema(50, close)
    strength = rsi(14, close)
    cci_, cci_size = cci(20, close)
    answers = {f"SMA {n}": average_rule(sma(n, close), close) for n in (10, 20, 30, 50, 100, 200)}
    answers |= {f"EMA {n}": average_rule(ema(n, close), close) for n in (10, 20, 30, 50, 100, 200)}
    answers |= {
        "HMA 9": average_rule(hma(9, close), close),
        "VWMA 20": average_rule(vwma(20, close, bars.volume), close),
        "Ichimoku": ichimoku_rule(bars),
        "RSI": extreme_rule(strength, 30, 70, on_scale(strength, list(range(len(close))))),
        "Stochastic": stochastic_rule(bars),
        "CCI": extreme_rule(cci_, -100, 100, combine(max, cci_size, before(cci_size))),
        "ADX": adx_rule(bars),
        "AO": awesome_rule(bars),
        "Momentum": momentum_rule(close),
        "MACD": macd_rule(close),
        "Stochastic RSI": stochastic_rsi_rule(close, trend),
        "Williams %R": williams_rule(bars),
        "Bull bear power": bull_bear_rule(bars, trend),
        "UO": ultimate_rule(bars),
    }
    return answers


# ---- Ratings ----


def cast(rule, i):
    """The vote as it stands, at the least and at the most."""
    if rule.castable[i] != rule.castable[i]:
        return NAN, NAN, NAN
    maybe_buy, maybe_sell = rule.buy(i, MAYBE), rule.sell(i, MAYBE)
    if not maybe_buy and not maybe_sell:
        return 0, 0, 0
    sure_buy, sure_sell = rule.buy(i, SURELY), rule.sell(i, SURELY)
    plain = 1 if rule.buy(i, PLAINLY) else -1 if rule.sell(i, PLAINLY) else 0
    return plain, -1 if maybe_sell else int(sure_buy), 1 if maybe_buy else -int(sure_sell)


def mean_of_those_there(values):
    there = [x for x in values if x == x]
    return sum(there) / len(there) if there else NAN


def rating_of(votes):
    averages, oscillators = (combine(lambda *cast_: mean_of_those_there(cast_), *(votes[name] for name in group))
                             for group in (AVERAGES, OSCILLATORS))
    return Series(combine(lambda a, o: mean_of_those_there((a, o)), averages, oscillators), averages, oscillators)


def rate(high, low, close, volume):
    bars = Bars(list(high), list(low), list(close), list(volume))
    plain, least, most = {}, {}, {}
    for name, rule in rules(bars).items():
        casts = [cast(rule, i) for i in range(len(bars.close))]
        plain[name], least[name], most[name] = ([votes[which] for votes in casts] for which in range(3))
    return Ratings(rating_of(plain), rating_of(least), rating_of(most), plain, least, most)
