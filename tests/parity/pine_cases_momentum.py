"""Momentum and volume."""

import numpy

from pine_case import LENGTHS, Case, band_scale, band_squares, close, hundred, one, prices, windows, zero


def typical(m):
    return (m.high + m.low + m.close) / 3


def bar(m):
    return [m.high, m.low, m.close]


def flow(m):
    """A bound of the volumes that accumulation adds up: differences of such sums carry the sums' rounding."""
    return numpy.cumsum(m.volume)


def flat(m, settings):
    """Windows of one price but for its last digits, which Pine takes for a deviation."""
    window = windows(typical(m), settings[0])
    return numpy.ptp(window, axis=1) < 1e-13 * window.mean(axis=1)


def steps(m, settings):
    """The sizes of the changes in a window of `length` of them."""
    return windows(abs(numpy.diff(typical(m), prepend=numpy.nan)), settings[0])


def without_a_step(m, settings):
    return steps(m, settings).max(axis=1) == 0


def a_small_step(m, settings):
    """Pine takes a change of less than 1e-10 for none; on tiny prices there are such. (Larger ones would not do here: they make
    what Pine's sums leave of 0 larger than that.)"""
    return ((steps(m, settings) > 0) & (steps(m, settings) <= 1.001e-10)).any(axis=1)


def anchors(m):
    return (m.volume > 2).astype(float)


MACD = [(12, 26, 9), (3, 10, 16), (2, 3, 2)]

MOMENTUM = [
    Case("ta.rsi", "ta.rsi(close, {0})", close, LENGTHS, degree=0),
    Case("ta.cmo", "ta.cmo(close, {0})", close, LENGTHS, degree=0, scale=hundred, undefined=zero),
    Case("ta.tsi", "ta.tsi(close, {0}, {1})", close, [(13, 25), (2, 3), (7, 4), (30, 20)], scale=one),
    Case("ta.mfi", "ta.mfi(hlc3, {0})", lambda m: [typical(m), m.volume], LENGTHS, scale=hundred,
         undefined=hundred, dust=without_a_step, excuse=a_small_step),
    Case("ta.stoch", "ta.stoch(close, high, low, {0})", lambda m: [m.close, m.high, m.low], LENGTHS, scale=hundred, undefined=zero),
    Case("ta.wpr", "ta.wpr({0})", bar, LENGTHS, scale=hundred, undefined=zero),
    Case("ta.macd", "ta.macd(close, {0}, {1}, {2})", close, MACD, scale=prices),
    Case("ta.mom", "ta.mom(close, {0})", close, [(10,), (1,), (40,)]),
    Case("ta.roc", "ta.roc(close, {0})", close, [(10,), (1,), (40,)], scale=hundred),
    Case("ta.cci", "ta.cci(hlc3, {0})", lambda m: [typical(m)], [(20,), (2,), (5,), (50,)], scale=hundred, undefined=zero, dust=flat),
    Case("ta.rci", "ta.rci(close, {0})", close, [(10,), (2,), (5,), (40,)], degree=0, scale=hundred, undefined=zero),
]

VOLUME = [
    Case("ta.obv", "ta.obv", lambda m: [m.close, m.volume], scale=flow),
    Case("ta.accdist", "ta.accdist", lambda m: [m.high, m.low, m.close, m.volume], scale=flow),
    Case("ta.pvt", "ta.pvt", lambda m: [m.close, m.volume], scale=flow),
    Case("ta.nvi", "ta.nvi", lambda m: [m.close, m.volume]),
    Case("ta.pvi", "ta.pvi", lambda m: [m.close, m.volume]),
    Case("ta.wad", "ta.wad", bar, scale=prices),
    Case("ta.wvad", "ta.wvad", lambda m: [m.open, m.high, m.low, m.close, m.volume], scale=lambda m: m.volume, undefined=zero),
    Case("ta.iii", "ta.iii", lambda m: [m.high, m.low, m.close, m.volume], undefined=zero),
    Case("ta.vwap", "ta.vwap", lambda m: [typical(m), m.volume, m.time.astype(float)]),
    Case("ta.vwap", "ta.vwap(close)", lambda m: [m.close, m.volume, m.time.astype(float)]),
    Case("ta.vwap", "ta.vwap(close, volume > 2)", lambda m: [m.close, anchors(m), m.volume], overload=1),
    Case("ta.vwap", "ta.vwap(close, volume > 2, {0})", lambda m: [m.close, anchors(m), m.volume], [(2,), (1,)], overload=2,
         view=band_squares, scale=band_scale),
]

CASES = [*MOMENTUM, *VOLUME]
