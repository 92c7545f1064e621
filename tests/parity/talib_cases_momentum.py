"""Momentum and volume beside TA-Lib. TA-Lib's own thresholds and gaps, where they show, are met here and said why."""

import numpy

from talib_cases import Case, LENGTHS, close


def middle(m):
    return (m.high + m.low + m.close) / 3


def prices(m):
    return m.close


def hundred(m):
    """Of an oscillator around 0 whose parts are percent: its rounding errors are those of 100."""
    return numpy.full(len(m.close), 100.0)


def one(m):
    return numpy.ones(len(m.close))


def flow(m):
    """A bound of the volumes that accumulation adds up: differences of such sums carry the sums' rounding."""
    return numpy.cumsum(m.volume)


def no_volume(m, n):
    """Whether a bar's last n bars, itself included, traded nothing."""
    traded = numpy.concatenate([numpy.zeros(n), numpy.cumsum(m.volume > 0)])
    return traded[n:] == traded[:-n]


def cmf(t, m, n):
    """In a window without volume TA-Lib divides what its running sums have left over; ours is 0."""
    theirs = t.CMF(m.high, m.low, m.close, m.volume, n)
    return numpy.where(no_volume(m, n) & ~numpy.isnan(theirs), 0.0, theirs)


def volume_ratio(t, m, n):
    """TA-Lib has NaN after n bars without volume; ours 0."""
    theirs = t.RVOL(m.volume, n)
    theirs[n:][no_volume(m, n)[n - 1:-1]] = 0.0
    return theirs


def vwap(t, m):
    """TA-Lib has 0 before the first volume; ours the price."""
    return numpy.where(numpy.cumsum(m.volume) == 0, middle(m), t.VWAP(m.high, m.low, m.close, m.volume))


def first_bar(m):
    return (numpy.arange(len(m.close)) == 0).astype(float)


CASES = [
    Case("ta.rsi", close, LENGTHS, lambda t, m, n: t.RSI(m.close, n)),
    Case("ta.cmo", close, LENGTHS, lambda t, m, n: t.CMO(m.close, n), scale=hundred),
    Case("ta.cmo", close, LENGTHS, lambda t, m, n: t.CMOU(m.close, n), scale=hundred, seed="pine"),
    Case("ta.tsi", close, [(13, 25), (2, 3), (7, 4), (50, 30)], lambda t, m, s, l: t.TSI(m.close, l, s), scale=hundred),
    Case("ta.mfi", lambda m: [middle(m), m.volume], LENGTHS,
         lambda t, m, n: t.MFI(m.high, m.low, m.close, m.volume, n), scale=hundred),  # a running sum never comes back to 0
    Case("ta.stoch", lambda m: [m.close, m.high, m.low], LENGTHS,
         lambda t, m, n: t.STOCHF(m.high, m.low, m.close, n, 1, 0)[0]),
    Case("ta.stoch_full", lambda m: [m.high, m.low, m.close], [(14, 3, 3), (5, 3, 3), (2, 2, 2), (21, 1, 5), (40, 8, 4)],
         lambda t, m, n, k, d: t.STOCH(m.high, m.low, m.close, n, k, 0, d, 0), scale=hundred),
    Case("ta.stochrsi", close, [(14, 14, 1, 3), (14, 5, 1, 3), (3, 4, 1, 2), (30, 20, 1, 1)],
         lambda t, m, r, n, k, d: t.STOCHRSI(m.close, r, n, d, 0), scale=hundred),
    Case("ta.wpr", lambda m: [m.high, m.low, m.close], LENGTHS, lambda t, m, n: t.WILLR(m.high, m.low, m.close, n)),
    Case("ta.macd", close, [(12, 26, 9), (3, 10, 16), (2, 3, 2), (5, 35, 5), (20, 20, 3)],
         lambda t, m, f, s, g: t.MACD(m.close, f, s, g), scale=prices),
    Case("ta.apo", close, [(12, 26), (2, 3), (10, 50)], lambda t, m, f, s: t.APO(m.close, f, s, 1), scale=prices),
    Case("ta.ppo", close, [(12, 26), (2, 3), (10, 50)], lambda t, m, f, s: t.PPO(m.close, f, s, 1), scale=hundred),
    Case("ta.mom", close, LENGTHS, lambda t, m, n: t.MOM(m.close, n)),
    Case("ta.roc", close, LENGTHS, lambda t, m, n: t.ROC(m.close, n), scale=hundred),
    Case("ta.ao", lambda m: [m.high, m.low], [(5, 34), (2, 3), (10, 50)], lambda t, m, f, s: t.AO(m.high, m.low, f, s),
         scale=prices),
    Case("ta.cci", lambda m: [middle(m)], [(14,), (20,), (2,), (3,), (50,)],
         lambda t, m, n: t.CCI(m.high, m.low, m.close, n), scale=hundred),
    Case("ta.uo", lambda m: [m.high, m.low, m.close], [(7, 14, 28), (1, 2, 3), (5, 5, 40)],
         lambda t, m, a, b, c: t.ULTOSC(m.high, m.low, m.close, a, b, c), scale=hundred),
    Case("ta.bbp", lambda m: [m.high, m.low, m.close], [(13,), (2,), (50,)],
         lambda t, m, n: t.ERI(m.high, m.low, m.close, n), scale=prices),
    Case("ta.bop", lambda m: [m.open, m.high, m.low, m.close], [()], lambda t, m: t.BOP(m.open, m.high, m.low, m.close)),

    Case("ta.obv", lambda m: [m.close, m.volume], [()], lambda t, m: t.OBV(m.close, m.volume), scale=flow),
    Case("ta.accdist", lambda m: [m.high, m.low, m.close, m.volume], [()],
         lambda t, m: t.AD(m.high, m.low, m.close, m.volume), scale=flow),
    Case("ta.pvt", lambda m: [m.close, m.volume], [()], lambda t, m: t.PVT(m.close, m.volume), scale=flow),
    Case("ta.nvi", lambda m: [m.close, m.volume], [()], lambda t, m: t.NVI(m.close, m.volume)),
    Case("ta.pvi", lambda m: [m.close, m.volume], [()], lambda t, m: t.PVI(m.close, m.volume)),
    Case("ta.wad", lambda m: [m.high, m.low, m.close], [()], lambda t, m: t.WAD(m.high, m.low, m.close), scale=prices),
    Case("ta.adosc", lambda m: [m.high, m.low, m.close, m.volume], [(3, 10), (2, 3), (12, 5)],
         lambda t, m, f, s: t.ADOSC(m.high, m.low, m.close, m.volume, f, s), scale=flow),
    Case("ta.cmf", lambda m: [m.high, m.low, m.close, m.volume], [(20,), (2,), (3,), (50,)],
         cmf, scale=one),
    Case("ta.force", lambda m: [m.close, m.volume], [(13,), (1,), (2,), (50,)], lambda t, m, n: t.EFI(m.close, m.volume, n),
         scale=lambda m: m.close * m.volume.max()),
    Case("ta.volume_ratio", lambda m: [m.volume], [(20,), (1,), (2,), (50,)], volume_ratio, timed=False),
    Case("ta.vwap", lambda m: [middle(m), first_bar(m), m.volume], [()], vwap, overload=1, timed=False),
]
