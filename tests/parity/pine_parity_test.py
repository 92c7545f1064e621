"""Every function that has a Pine name, with `seed = pine`, against PyneCore, a runtime of Pine: values to a relative 1e-9, NaN for the
same bars, arguments and tuples in Pine's order."""

import sys
import unittest
from dataclasses import replace
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "peers")]
from peer_environment import use_packages  # noqa: E402

use_packages(Path(__file__).parent / "requirements.txt")
import numpy  # noqa: E402

import columns  # noqa: E402
import markets  # noqa: E402
import pine_oracle  # noqa: E402
from pine_cases import CASES, GAPS_DIFFER, NOT_IN_PYNECORE  # noqa: E402
from talib_difference import difference  # noqa: E402

BARS = 500  # of each market: PyneCore takes some 20 microseconds a bar and expression
LARGE = 2.0**14  # the price at which Pine's absolute 1e-10 is nothing, and neither is the rounding in its sums more than that


def enlargement(market):
    """A power of two, by which a price is multiplied without a change in its digits."""
    return 2.0 ** numpy.ceil(numpy.log2(LARGE / numpy.median(market.close)))


def enlarged(market):
    prices = {name: getattr(market, name) * enlargement(market) for name in ("open", "high", "low", "close")}
    return replace(market, **prices)


def stands_still(market):
    """Whether there are bars without a range, without a change or without volume: only there can Pine divide by 0."""
    return bool((market.high == market.low).any() or (numpy.diff(market.close) == 0).any() or (market.volume == 0).any())


def calls(cases):
    return [(case, settings) for case in cases for settings in case.settings]


def answers_of_pine(cases, market):
    """A list of columns a call, in the order of `calls`."""
    exact, tolerant = (pine_oracle.run([case.expression(settings) for case, settings in calls(cases) if (case.degree is not None) == large],
                                       enlarged(market) if large else market) for large in (False, True))
    exact, tolerant = iter(exact), iter(tolerant)
    for case, _ in calls(cases):
        yield next(exact) if case.degree is None else [column / enlargement(market) ** case.degree for column in next(tolerant)]


def allowed(case, settings, market, ours, theirs):
    """Pine's answers with ours in the rows where the case says that they differ."""
    if case.undefined and (case.dust or stands_still(market)):
        empty = case.dust(market, settings) if case.dust else numpy.isnan(theirs)
        theirs = numpy.where(empty & ~numpy.isnan(ours), case.undefined(market), theirs)
    return numpy.where(case.excuse(market, settings), ours, theirs) if case.excuse else theirs


class PineParity(unittest.TestCase):
    def compare(self, cases, market):
        """Answers which of the cases that allow a difference needed it."""
        needed = set()
        for (case, settings), theirs in zip(calls(cases), answers_of_pine(cases, market), strict=True):
            with self.subTest(f"{case.expression(settings)} on {market.name}"):
                ours = columns.run(case.name, case.columns(market), *case.own_settings(settings), overload=case.overload, seed="pine")
                ours, theirs = (case.view(outputs) if case.view else outputs for outputs in (ours, theirs))
                scales = case.scale(market) if case.scale else 0.0
                for output, (our, their) in enumerate(zip(ours, theirs, strict=True)):
                    their = numpy.where(numpy.isinf(their), numpy.nan, their)  # Pine's na() is true of an infinity
                    scale = scales[output] if isinstance(scales, list) else scales
                    found = difference(our, allowed(case, settings, market, our, their), scale, "Pine")
                    self.assertFalse(found, f"output {output}: {found}")
                    if difference(our, their, scale):
                        needed.add(case.pine)
        return needed

    def test_on_made_up_markets(self):
        needed = set()
        for market in markets.made_up(BARS):
            needed |= self.compare(CASES, market)
        allowing = {case.pine for case in CASES if case.excuse or case.undefined}
        self.assertEqual(allowing - needed, set(), "these agree with Pine everywhere")

    @unittest.skipUnless(markets.DATA.is_dir(), "../shared/data/candles is not here: the real data are needed")
    def test_on_real_candles(self):
        for market in markets.real(BARS):
            self.compare(CASES, market)

    def test_changes_below_1e_10_are_changes_which_pine_takes_for_none(self):
        """What `degree` is for, and that each case that has one needs it."""
        market = markets.walk("tiny prices", BARS, scale=1e-12, seed=9)
        cases = [replace(case, degree=None) for case in CASES if case.degree is not None]
        agree = {case.name for case in cases}
        for (case, settings), theirs in zip(calls(cases), answers_of_pine(cases, market), strict=True):
            ours = columns.run(case.name, case.columns(market), *case.own_settings(settings), overload=case.overload, seed="pine")
            if any(difference(our, their, 0.0) for our, their in zip(ours, theirs, strict=True)):
                agree.discard(case.name)
        self.assertEqual(agree, set())

    def test_bars_without_a_value_are_skipped_as_pine_skips_them(self):
        """Every function of a source over a close that is na at times: ours is NaN (or false) then, where Pine repeats some answers; on
        the bars that have a value the two are equal."""
        market = markets.walk("walk with gaps", BARS, seed=8)
        missing = market.volume <= 0.5
        gaps = replace(market, close=numpy.where(missing, numpy.nan, market.close))
        over_gaps = [replace(case, pine=case.pine.replace("(close,", "((close if volume > 0.5 else na),"), excuse=lambda *_: missing,
                             columns=lambda _, case=case: case.columns(gaps))
                     for case in CASES if "(close," in case.pine and case.name not in GAPS_DIFFER]
        self.assertGreater(len(over_gaps), 10)
        self.compare(over_gaps, market)
        for case, settings in calls(over_gaps):
            ours = columns.run(case.name, case.columns(market), *case.own_settings(settings), overload=case.overload, seed="pine")
            self.assertTrue(all(numpy.isnan(output[missing]).all() for output in ours), case.name)

    def test_every_function_with_a_pine_name_has_a_case(self):
        tested = {(case.name, case.overload) for case in CASES}
        named = {(name, overload) for name, overload, pine in columns.pine_names() if pine}
        self.assertEqual(named - tested - set(NOT_IN_PYNECORE), set())
        self.assertEqual((tested | set(NOT_IN_PYNECORE)) - named, set())

    def test_pine_has_the_names_that_the_table_says_it_has(self):
        for name, overload, pine in columns.pine_names():
            if pine and (name, overload) not in NOT_IN_PYNECORE:
                with self.subTest(name):
                    self.assertTrue(pine_oracle.has(pine.split()[0].rstrip(",;")), pine)


if __name__ == "__main__":
    unittest.main()
