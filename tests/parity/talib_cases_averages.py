"""Averages, statistics, windows, bands and pivots beside TA-Lib. Where TA-Lib has lost digits ours are held to their definitions, worked
out in long double, by the rooms' own tests (src/indicators/*/…_test.cpp)."""

import numpy

from talib_cases import LENGTHS, Case, close

LONG = [(30,), (2,), (7,), (100,)]
BIASED = [(20, 1), (2, 1), (5, 1), (100, 1)]


def prices(m):
    """Of prices a difference is taken."""
    return abs(m.close)


def moves(m):
    """Where squares of prices are subtracted, what is left of a price's digits."""
    return prices(m) / 1000


def leaps(market, settings):
    """TA-Lib's sums run on and on: after a price a thousand times higher has left the window, its rounding error stays."""
    return market.name == "leaps"


def leaps_or_small(market, settings):
    """Besides: TA-Lib takes a variance below an absolute 1e-14 for 0, and as a difference of squares it has no more digits."""
    return leaps(market, settings) or numpy.median(market.close) < 1e-2


def leaps_or_two(market, settings):
    """Besides: the correlation of two bars is 1 or -1 (or 0); TA-Lib's differences of squares make 0.99999999 of it."""
    return leaps(market, settings) or settings[0] == 2 or numpy.median(market.close) < 1e-2


def equal_extremes(market, settings):
    """Of equal values TA-Lib takes now the newest and now the oldest."""
    return len(numpy.unique(market.close)) < len(market.close)


def vwma(t, m, n):
    # Without volume in a window TA-Lib answers NaN, or what rounding left in its running sums; we answer the price.
    theirs = t.VWMA(m.close, m.volume, n)
    if len(m.volume) >= n:
        empty = numpy.lib.stride_tricks.sliding_window_view(m.volume, n).max(axis=1) == 0
        theirs[n - 1 :][empty] = m.close[n - 1 :][empty]
    return theirs


def bars_back(index, n):
    """TA-Lib's places count from the first bar, and are 0 before there is a window."""
    back = (index - numpy.arange(len(index))).astype(float)
    back[: n - 1] = numpy.nan
    return back


def bands(upper, middle, lower):
    return middle, upper, lower


def pivots(line):
    def at(t, m, left, right):
        price = (m.high, m.low)[line]
        flags = t.FRACTAL(m.high, m.low, left, right)[line]
        return numpy.where(flags == 100, numpy.roll(price, right), numpy.nan)

    return at


def typical_and_bar(m):
    return [(m.high + m.low + m.close) / 3, m.high, m.low, m.close]


CASES = [
    Case("ta.rma", close, LENGTHS, lambda t, m, n: t.RMA(m.close, n)),
    Case("ta.wma", close, LENGTHS, lambda t, m, n: t.WMA(m.close, n)),
    Case("ta.hma", close, [(16,), (2,), (3,), (7,), (50,)], lambda t, m, n: t.HMA(m.close, n)),
    Case("ta.vwma", lambda m: [m.close, m.volume], LENGTHS, vwma, timed=False),
    Case("ta.dema", close, LENGTHS, lambda t, m, n: t.DEMA(m.close, n)),
    Case("ta.tema", close, LENGTHS, lambda t, m, n: t.TEMA(m.close, n)),
    Case("ta.kama", close, [(10, 2, 30), (2, 2, 30), (50, 2, 30)], lambda t, m, n, fast, slow: t.KAMA(m.close, n)),
    Case("ta.trix", close, [(18,), (2,), (9,)], lambda t, m, n: t.TRIX(m.close, n), scale=lambda m: 0.01),
    Case("ta.linreg", close, [(14, 0), (2, 0), (50, 0)], lambda t, m, n, _: t.LINEARREG(m.close, n), excuse=leaps),
    Case("ta.linreg", close, [(14, -1), (3, -1)], lambda t, m, n, _: t.TSF(m.close, n), excuse=leaps, timed=False),
    Case("ta.linreg", close, [(14, 13), (3, 2)], lambda t, m, n, _: t.LINEARREG_INTERCEPT(m.close, n), excuse=leaps, timed=False),
    Case("ta.slope", close, LENGTHS, lambda t, m, n: t.LINEARREG_SLOPE(m.close, n), scale=prices, excuse=leaps),
    Case("ta.stdev", close, BIASED, lambda t, m, n, _: t.STDDEV(m.close, n), scale=moves, excuse=leaps_or_small),
    Case("ta.variance", close, BIASED, lambda t, m, n, _: t.VAR(m.close, n), scale=lambda m: moves(m) ** 2,
         excuse=leaps_or_small),
    Case("ta.dev", close, LENGTHS, lambda t, m, n: t.AVGDEV(m.close, n), scale=prices),
    Case("ta.correlation", lambda m: [m.high, m.low], LONG, lambda t, m, n: t.CORREL(m.high, m.low, n), scale=lambda m: 1.0,
         excuse=leaps_or_two),
    Case("ta.percentrank", close, [(100,), (2,), (14,)], lambda t, m, n: t.PERCENTRANK(m.close, n)),
    Case("ta.percentile_nearest_rank", close, [(30, 50), (2, 0), (7, 33), (20, 90), (20, 100)],
         lambda t, m, n, p: t.PERCENTILE(m.close, n, float(p))),
    Case("ta.highest", close, LONG, lambda t, m, n: t.MAX(m.close, n)),
    Case("ta.highest", lambda m: [m.high], LONG, lambda t, m, n: t.MAX(m.high, n), overload=1, timed=False),
    Case("ta.lowest", close, LONG, lambda t, m, n: t.MIN(m.close, n)),
    Case("ta.lowest", lambda m: [m.low], LONG, lambda t, m, n: t.MIN(m.low, n), overload=1, timed=False),
    Case("ta.highestbars", close, LONG, lambda t, m, n: bars_back(t.MAXINDEX(m.close, n), n), excuse=equal_extremes, timed=False),
    Case("ta.lowestbars", close, LONG, lambda t, m, n: bars_back(t.MININDEX(m.close, n), n), excuse=equal_extremes, timed=False),
    Case("ta.range", close, LONG, lambda t, m, n: numpy.subtract(*t.MINMAX(m.close, n)[::-1]), scale=prices, timed=False),
    Case("math.sum", close, LONG, lambda t, m, n: t.SUM(m.close, n)),
    Case("ta.sum", lambda m: [m.volume], LONG, lambda t, m, n: t.SUM(m.volume, n), scale=lambda m: 1.0, timed=False),
    Case("ta.cum", close, [()], lambda t, m: t.CUMSUM(m.close)),
    Case("ta.change", close, [(1,), (10,)], lambda t, m, n: t.MOM(m.close, n)),
    Case("ta.donchian", lambda m: [m.high, m.low], LONG, lambda t, m, n: t.DONCHIAN(m.high, m.low, n)),
    Case("ta.bb", close, [(20, 2), (2, 2), (5, 1.5), (100, 2)],
         lambda t, m, n, mult: bands(*t.BBANDS(m.close, n, float(mult), float(mult))), excuse=leaps_or_small),
    Case("ta.kc", typical_and_bar, [(20, 2, 1), (2, 2, 1), (10, 1.5, 1)],
         lambda t, m, n, mult, _: bands(*t.KC(m.high, m.low, m.close, n, n, float(mult))), scale=prices),
    Case("ta.pivothigh", lambda m: [m.high], [(2, 2), (1, 3), (5, 5)], pivots(0), overload=1, timed=False),
    Case("ta.pivotlow", lambda m: [m.low], [(2, 2), (1, 3), (5, 5)], pivots(1), overload=1, timed=False),
]
