"""Volatility and trend beside TA-Lib. NATR of length 1 (not in percent there) and PLUS_DI, MINUS_DI of length 1 (without the factor
100) are not compared."""

import numpy

from talib_cases import Case


def hl(m):
    return [m.high, m.low]


def hlc(m):
    return [m.high, m.low, m.close]


def close(m):
    return [m.close]


def supertrend_line(t, m, factor, length):
    return t.SUPERTREND(m.high, m.low, m.close, length, factor)[0]


def supertrend_direction(t, m, factor, length):
    """TA-Lib's trend is 1 where ours is -1, and 0 before there is one."""
    line, trend = t.SUPERTREND(m.high, m.low, m.close, length, factor)
    return numpy.where(numpy.isnan(line), numpy.nan, -1.0 * trend)


def dmi(t, m, length, smoothing):
    """Lengths that differ have no counterpart: the ADX is compared where they are equal."""
    return t.PLUS_DI(m.high, m.low, m.close, length), t.MINUS_DI(m.high, m.low, m.close, length), t.ADX(m.high, m.low, m.close, length)


LENGTHS = [(14,), (2,), (3,), (50,)]
FACTORS = [(3.0, 10), (1.0, 2), (0.5, 3), (2.5, 50), (0.0, 7)]
TWICE = [(14, 14), (2, 2), (3, 3), (50, 50)]

CASES = [
    Case("ta.tr", hlc, [(0,)], lambda t, m, _: t.TRANGE(m.high, m.low, m.close)),
    Case("ta.atr", hlc, [*LENGTHS, (1,)], lambda t, m, n: t.ATR(m.high, m.low, m.close, n)),
    Case("ta.natr", hlc, LENGTHS, lambda t, m, n: t.NATR(m.high, m.low, m.close, n)),
    Case("ta.mass", hl, [(9, 25), (2, 2), (5, 40)], lambda t, m, n, s: t.MASSI(m.high, m.low, n, s)),
    Case("ta.supertrend", hlc, FACTORS, supertrend_line, outputs=[0]),
    Case("ta.supertrend", hlc, FACTORS, supertrend_direction, outputs=[1], timed=False),
    Case("ta.sar", hl, [(0.02, 0.02, 0.2), (0.05, 0.05, 0.5), (0.3, 0.3, 0.1), (0.0, 0.0, 0.2)],
         lambda t, m, start, inc, most: t.SAR(m.high, m.low, start, most)),
    Case("ta.sar", hl, [(0.01, 0.03, 0.25), (0.5, 0.02, 0.2)],
         lambda t, m, start, inc, most: abs(t.SAREXT(m.high, m.low, 0, 0, start, inc, most, start, inc, most)), timed=False),
    Case("ta.dmi", hlc, TWICE, dmi, timed=False),
    Case("ta.adx", hl, TWICE, lambda t, m, n, _: t.ADX(m.high, m.low, m.close, n)),
    Case("ta.dx", hl, LENGTHS, lambda t, m, n: t.DX(m.high, m.low, m.close, n)),
    Case("ta.plus_di", hlc, LENGTHS, lambda t, m, n: t.PLUS_DI(m.high, m.low, m.close, n)),
    Case("ta.minus_di", hlc, LENGTHS, lambda t, m, n: t.MINUS_DI(m.high, m.low, m.close, n)),
    Case("ta.aroon", hl, LENGTHS, lambda t, m, n: t.AROON(m.high, m.low, n)[::-1]),
    Case("ta.aroon_osc", hl, LENGTHS, lambda t, m, n: t.AROONOSC(m.high, m.low, n)),
    Case("ta.vortex", hlc, [*LENGTHS, (1,)], lambda t, m, n: t.VORTEX(m.high, m.low, m.close, n)),
    Case("ta.efficiency_ratio", close, [(10,), (2,), (3,), (50,)], lambda t, m, n: t.ER(m.close, n)),
    Case("ta.midpoint", close, LENGTHS, lambda t, m, n: t.MIDPOINT(m.close, n)),
    Case("ta.midprice", hl, LENGTHS, lambda t, m, n: t.MIDPRICE(m.high, m.low, n)),
]
