"""The candlestick patterns against TA-Lib where they are common, and where a comparison is a tie.

TA-Lib keeps running sums of bodies and ranges, which carry the roundings of everything before; ours are summed anew for each
bar. Where prices lie on a tick that no double holds, a body may equal the mean to the last digit, and then a running sum's
roundings decide. Such a row may differ only if both are true, and both are checked for every one of them:
- TA-Lib gives our answer when it is asked for that bar alone, with nothing before its look-back;
- in exact arithmetic some body, shadow or distance of the pattern's bars and what it is compared with agree to 1e-12 of the
  price."""

import sys
import unittest
from fractions import Fraction
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "peers")]
from peer_environment import use_packages  # noqa: E402

use_packages(Path(__file__).parent / "requirements.txt")
import numpy  # noqa: E402
import talib  # noqa: E402

import columns  # noqa: E402
from talib_cases import talib_cases_candlesticks  # noqa: E402

PATTERNS, WITH_PENETRATION = talib_cases_candlesticks.PATTERNS, talib_cases_candlesticks.WITH_PENETRATION
ROWS = 100_000
TIE = Fraction(1, 10**12)


def theirs(function, market, settings):
    return talib_cases_candlesticks.read(function)(getattr(talib, "CDL" + function)(*market, *settings))


def shaped(open_, close, over, under):
    """Columns of sound bars whose shadows are `over` and `under` long."""
    high, low = numpy.maximum(open_, close) + over, numpy.minimum(open_, close) - under
    return [numpy.ascontiguousarray(column, dtype=float) for column in (open_, high, low, close)]


def leaping(seed):
    """Bars that have nothing to do with each other: gaps everywhere, shadows often missing."""
    random = numpy.random.default_rng(seed)
    shadows = [random.exponential(1, ROWS) * (random.random(ROWS) < 0.5) for _ in range(2)]
    return shaped(100 + 3 * random.standard_normal(ROWS), 100 + 3 * random.standard_normal(ROWS), *shadows)


def marching(seed):
    """Runs of bars of one colour that open within the body before and have hardly a shadow: soldiers and crows."""
    random = numpy.random.default_rng(seed)
    direction = numpy.repeat(numpy.where(random.random(ROWS // 4 + 1) < 0.5, 1, -1), 4)[:ROWS]
    body = direction * (2 + random.random(ROWS))
    close = 1e6 + numpy.cumsum(body * 0.8)
    return shaped(close - body, close, *(random.exponential(0.1, ROWS) for _ in range(2)))


def grid(seed):
    """Few prices, whole numbers: ties of every kind, exact in doubles."""
    random = numpy.random.default_rng(seed)
    return shaped(*(100 + random.integers(0, 6, ROWS) for _ in range(2)), *(random.integers(0, 3, ROWS) for _ in range(2)))


def ticks(seed, tick):
    """Whole numbers of a tick that no double holds, the price falling over many powers of two: a sum that ran through large
    prices keeps their roundings."""
    random = numpy.random.default_rng(seed)
    base = numpy.round(100_000 * numpy.exp(numpy.linspace(0, -9, ROWS)))
    open_, close = (numpy.maximum(10, base + random.integers(-4, 5, ROWS)) for _ in range(2))
    return [column * tick for column in shaped(open_, close, *(random.integers(0, 3, ROWS) for _ in range(2)))]


def exact_ties(window):
    """Whether some measure of the last four bars of a look-back window ties with one that patterns compare it with."""
    bars = [tuple(Fraction(float(column[i])) for column in window) for i in range(len(window[0]))]
    body = [abs(c - o) for o, h, l, c in bars]
    upper = [h - max(o, c) for o, h, l, c in bars]
    lower = [min(o, c) - l for o, h, l, c in bars]
    both = [u + d for u, d in zip(upper, lower)]
    spread = [h - l for o, h, l, c in bars]

    def mean(part, at, n):
        return sum(part[at - n:at]) / n if at >= n else None

    for at in range(max(0, len(bars) - 4), len(bars)):
        o, h, l, c = bars[at]
        limits = [(body[at], mean(body, at, 10)), (body[at], mean(spread, at, 10) and mean(spread, at, 10) / 10)]
        for shadow in (upper[at], lower[at]):
            limits += [(shadow, mean(spread, at, 10) and mean(spread, at, 10) / 10), (shadow, mean(both, at, 10) and mean(both, at, 10) / 2)]
        if at >= 1 and (near := mean(spread, at - 1, 5)) is not None:
            before = bars[at - 1]
            distances = [min(o, c) - before[2], before[1] - min(o, c), o - before[3], abs(c - before[3]), body[at - 1] - body[at]]
            limits += [(distance, near * share) for distance in distances
                       for share in (Fraction(1, 5), Fraction(3, 5), Fraction(1, 20))]
        if any(limit is not None and abs(measure - limit) <= TIE * h for measure, limit in limits):
            return True
    return False


class CandlestickParity(unittest.TestCase):
    def answers(self, name, function, market, settings):
        ours = columns.run("pattern." + name, market, *settings)[0]
        expected = theirs(function, market, settings)
        self.assertTrue((numpy.isnan(ours) == numpy.isnan(expected)).all(), "look-back")
        differ = numpy.flatnonzero(~numpy.isnan(ours) & (ours != expected))
        return ours, differ

    def every(self):
        yield from ((name, function, ()) for name, function in PATTERNS.items())
        yield from ((name, function, (share,)) for name, function in WITH_PENETRATION.items() for share in (0.25, 0.5))

    def test_every_pattern_occurs_and_is_theirs(self):
        markets = [leaping(1), marching(2), grid(3)]
        seen = {name: set() for name in (*PATTERNS, *WITH_PENETRATION)}
        for name, function, settings in self.every():
            for number, market in enumerate(markets):
                with self.subTest(f"{name}{settings} on market {number}"):
                    ours, differ = self.answers(name, function, market, settings)
                    self.assertEqual(len(differ), 0, f"first at row {differ[:1]}")
                    seen[name] |= set(ours[~numpy.isnan(ours)])
        bullish = {"doji", "dragonfly_doji", "gravestone_doji", "long_legged_doji", "takuri", "hammer", "inverted_hammer",
                   "piercing", "matching_low", "three_white_soldiers", "morning_star", "morning_doji_star"}
        bearish = {"hanging_man", "shooting_star", "three_black_crows", "dark_cloud_cover", "evening_star", "evening_doji_star"}
        for name, answers in seen.items():
            wanted = {100.0} if name in bullish else {-100.0} if name in bearish else {100.0, -100.0}
            if name in {"engulfing", "harami", "harami_cross"}:
                wanted |= {80.0, -80.0}
            self.assertEqual(answers, wanted | {0.0}, name)

    def test_a_row_may_differ_only_by_their_roundings(self):
        differences = 0
        for tick, seed in ((0.01, 1), (0.1, 2), (0.3, 3)):
            market = ticks(seed, tick)
            for name, function, settings in self.every():
                with self.subTest(f"{name}{settings} on ticks of {tick}"):
                    ours, differ = self.answers(name, function, market, settings)
                    differences += len(differ)
                    self.assertLess(len(differ), ROWS // 50)
                    lookback = int(numpy.isnan(ours).sum())
                    for row in differ:
                        window = [column[row - lookback:row + 1] for column in market]
                        alone = theirs(function, window, settings)[-1]
                        self.assertEqual(alone, ours[row], f"row {row}: TA-Lib's answer on the bars alone")
                        self.assertTrue(exact_ties(window), f"row {row}: no comparison is a tie")
        self.assertGreater(differences, 100, "these markets are here for their ties")


if __name__ == "__main__":
    unittest.main()
