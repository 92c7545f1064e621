"""TradingView's Technical Ratings against an independent implementation (rating_oracle.py), and both against bars worked out by hand
(rating_by_hand.txt): NaN for the same bars, values to 1e-9.

Where the two sides of a comparison are equal on paper (an RSI while the close stands still, a simple average of ticks that is the
close) their last digits decide a vote, and those two programs need not share. The oracle says for each bar the least and the most that
its rating can be if every comparison within 1e-11 may fall either way. Ours has to lie between them, which are one number on nearly
all bars, and to be a whole number of votes. How many bars and votes are so in doubt is bounded here too.
"""

import re
import sys
import unittest
from fractions import Fraction
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "peers")]
from peer_environment import use_packages  # noqa: E402

use_packages(Path(__file__).parent / "requirements.txt")
import numpy  # noqa: E402

import columns  # noqa: E402
import markets  # noqa: E402
import rating_oracle  # noqa: E402

NAMES = ("rating.tradingview", "rating.tradingview_averages", "rating.tradingview_oscillators")  # as the oracle's Series
TOLERANCE = 1e-9
REAL_BARS = 20_000  # of each market: the oracle takes some 150 microseconds a bar
# Of all bars, and of all votes. Prices in coarse ticks, or that stand still half of the time, are equal on paper far more often.
DOUBT, DOUBT_OF_TICKS = (0.01, 0.001), (0.25, 0.015)
TICKS = {"flat runs", "coarse ticks", "fine ticks", "binance-SHIB-USDT-5m.csv.gz"}


def is_there(name):
    return name in columns.names()


def drifting(name, n, drift, seed):
    market = markets.walk(name, n, step=0.004, seed=seed)
    factor = numpy.exp(drift * numpy.arange(n))
    prices = (column * factor for column in (market.open, market.high, market.low, market.close))
    return markets.Market(name, market.time, *prices, market.volume)


def oracle(market):
    return rating_oracle.rate(*(column.tolist() for column in (market.high, market.low, market.close, market.volume)))


def ours(name, market):
    return columns.run(name, [market.high, market.low, market.close, market.volume])[0]


def doubts(ratings):
    """The shares of the bars and of the votes that rounding decides."""
    bars = [least != most for least, most in zip(ratings.least.overall, ratings.most.overall) if least == least]
    votes = [least != most for name in ratings.votes for least, most in zip(ratings.least_votes[name], ratings.most_votes[name])
             if least == least]
    return sum(bars) / max(1, len(bars)), sum(votes) / max(1, len(votes))


def votes_there(ratings, group):
    return numpy.sum([~numpy.isnan(ratings.votes[name]) for name in group], axis=0)


def hand_worked():
    """(market, bar, votes, [overall, averages, oscillators]) of each bar of rating_by_hand.txt."""
    made, bars = {}, []
    for line in (Path(__file__).parent / "rating_by_hand.txt").read_text().splitlines():
        if found := re.fullmatch(r"market (\w+): begin (\d+), legs (.*)", line):
            close = [float(found[2])]
            for count, step in re.findall(r"(\d+) x ([+-]\d+)", found[3]):
                close += [close[-1] + float(step) * i for i in range(1, int(count) + 1)]
            made[found[1]] = market_of(found[1], numpy.array(close))
        elif found := re.match(r"bar (\w+) (\d+): close (\d+)", line):
            market, at = made[found[1]], int(found[2])
            assert market.close[at] == float(found[3]), line
            bars.append((market, at, {}, {}))
        elif found := re.fullmatch(r"(averages|oscillators|overall) .*: (\S+)", line):
            bars[-1][3][found[1]] = numpy.nan if found[2] == "na" else float(Fraction(found[2]))
        elif line and not line.startswith("#"):
            bars[-1][2][line[:16].strip()] = int(line.split()[-1])
    return [(market, at, votes, [ratings[name] for name in rating_oracle.Series._fields]) for market, at, votes, ratings in bars]


def market_of(name, close):
    """The last bar's close is this one's open."""
    falls = numpy.diff(close, prepend=close[0]) < 0
    time = numpy.arange(len(close), dtype=numpy.int64) * 60_000
    return markets.Market(name, time, numpy.append(close[0], close[:-1]), close + 1, close - 1, close, numpy.where(falls, 3.0, 1.0))


def upside_down(market):
    """Every high a low. Its volumes stay with their bars."""
    return markets.Market(market.name + " upside down", market.time, *(600 - column for column in (
        market.open, market.low, market.high, market.close)), market.volume)


class RatingOracle(unittest.TestCase):
    """The oracle alone: these need nothing of ours."""

    def test_ten_bars_worked_out_by_hand(self):
        self.assertEqual(len(hand_worked()), 10)
        for market, at, votes, ratings in hand_worked():
            with self.subTest(f"bar {at} of {market.name}"):
                answer = oracle(market)
                self.assertEqual({name: vote[at] for name, vote in answer.votes.items() if vote[at] == vote[at]}, votes)
                numpy.testing.assert_allclose([series[at] for series in answer.rating], ratings, rtol=0, atol=1e-15)

    def test_the_same_bars_upside_down_vote_the_other_way(self):
        for market, at, votes, _ in hand_worked():
            with self.subTest(f"bar {at} of {market.name}"):
                turned = oracle(upside_down(market)).votes
                self.assertEqual({name: -turned[name][at] for name in votes}, votes)

    def test_those_bars_cast_every_vote_either_way(self):
        cast = {(name, sign * vote) for _, _, votes, _ in hand_worked() for name, vote in votes.items() for sign in (1, -1)}
        names = rating_oracle.AVERAGES + rating_oracle.OSCILLATORS
        self.assertEqual({(name, vote) for name in names for vote in (-1, 1)} - cast, set())

    def test_every_vote_begins_with_its_first_bar(self):
        begins = {f"{kind} {n}": n - 1 for kind in ("SMA", "EMA") for n in (10, 20, 30, 50, 100, 200)}
        begins |= {"HMA 9": 10, "VWMA 20": 19, "Ichimoku": 51, "RSI": 15, "Stochastic": 18, "CCI": 20, "ADX": 27, "AO": 34,
                   "Momentum": 11, "MACD": 33, "Stochastic RSI": 49, "Williams %R": 14, "Bull bear power": 49, "UO": 28}
        for market in (markets.walk("walk", 300), market_of("flat", numpy.full(300, 100.0))):
            self.assertEqual({name: rating_oracle.first_value(vote) for name, vote in oracle(market).votes.items()}, begins)

    def test_no_bars_and_too_few_bars(self):
        self.assertEqual(rating_oracle.rate([], [], [], []).rating, ([], [], []))
        short = oracle(markets.walk("nine", 9)).rating
        self.assertTrue(all(numpy.isnan(series).all() for series in short))


class RatingParity(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        missing = [name for name in NAMES if not is_there(name)]
        if len(missing) == len(NAMES):
            raise unittest.SkipTest(f"the table of functions has no {', '.join(missing)} yet")
        assert not missing, missing

    def compare(self, market):
        answer = oracle(market)
        for name, plain, least, most in zip(NAMES, answer.rating, answer.least, answer.most, strict=True):
            with self.subTest(f"{name} on {market.name}"):
                our, plain, least, most = (numpy.asarray(column, dtype=float) for column in (ours(name, market), plain, least, most))
                numpy.testing.assert_array_equal(numpy.isnan(our), numpy.isnan(plain), "not NaN for the same bars")
                off = (our < least - TOLERANCE) | (our > most + TOLERANCE)
                at = int(numpy.argmax(off))
                self.assertFalse(off.any(), f"{int(off.sum())} rows, first {at}: ours {our[at]!r}, the oracle's {plain[at]!r}: "
                                            f"{ {vote: column[at] for vote, column in answer.votes.items()} }")
        for name, group in zip(NAMES[1:], (rating_oracle.AVERAGES, rating_oracle.OSCILLATORS)):
            votes = ours(name, market) * votes_there(answer, group)
            votes = votes[~numpy.isnan(votes)]
            self.assertTrue((abs(votes - numpy.round(votes)) < TOLERANCE).all(), f"{name} on {market.name}: not a whole number of votes")
        bars, votes = doubts(answer)
        bars_most, votes_most = DOUBT_OF_TICKS if market.name in TICKS else DOUBT
        self.assertLess(bars, bars_most, f"bars of {market.name} in doubt")
        self.assertLess(votes, votes_most, f"votes of {market.name} in doubt")

    def test_on_made_up_markets(self):
        for market in markets.made_up():
            self.compare(market)

    def test_on_markets_that_rise_and_fall_all_the_time(self):
        for market in (drifting("rise", 3_000, 0.004, 10), drifting("fall", 3_000, -0.004, 11)):
            self.compare(market)

    def test_on_a_market_that_hardly_moves(self):
        self.compare(markets.walk("nearly flat", 3_000, step=1e-5, seed=12))
        self.compare(markets.walk("fine ticks", 3_000, step=0.001, seed=13, tick=0.01))

    def test_a_price_that_stands_still(self):
        """The averages are the price and no oscillator moves; but the ultimate one is 0 for want of a range (docs/indicators), and so
        below 30: one of the oscillators sells, from bar 28 on."""
        n = 300
        still = markets.Market("still", numpy.arange(n) * 60_000, *[numpy.full(n, 100.0)] * 4, numpy.ones(n))
        casts = [sum(at >= begin for begin in (11, 14, 15, 18, 20, 27, 28, 33, 34, 49, 49)) for at in range(n)]
        oscillators = numpy.array([numpy.nan if not cast else -1 / cast if at >= 28 else 0 for at, cast in enumerate(casts)])
        averages = numpy.where(numpy.arange(n) < 9, numpy.nan, 0.0)
        overall = numpy.where(numpy.isnan(oscillators), averages, oscillators / 2)
        for name, wanted in zip(NAMES, (overall, averages, oscillators), strict=True):
            numpy.testing.assert_allclose(ours(name, still), wanted, rtol=0, atol=TOLERANCE, err_msg=name)

    def test_ten_bars_worked_out_by_hand(self):
        for market, at, _, ratings in hand_worked():
            for name, wanted in zip(NAMES, ratings, strict=True):
                with self.subTest(f"{name}, bar {at} of {market.name}"):
                    numpy.testing.assert_allclose(ours(name, market)[at], wanted, rtol=0, atol=TOLERANCE)
                    numpy.testing.assert_allclose(ours(name, upside_down(market))[at], -wanted, rtol=0, atol=TOLERANCE)

    @unittest.skipUnless(markets.DATA.is_dir(), "../shared/data/candles is not here: the real data are needed")
    def test_on_real_candles(self):
        for market in markets.real(REAL_BARS):
            self.compare(market)


if __name__ == "__main__":
    unittest.main()
