"""Every function that has a TA-Lib counterpart against TA-Lib itself: values to a relative 1e-9, NaN for exactly the same bars."""

import sys
import unittest
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "peers")]
from peer_environment import use_packages  # noqa: E402

use_packages(Path(__file__).parent / "requirements.txt")
import numpy  # noqa: E402
import talib  # noqa: E402

import columns  # noqa: E402
import markets  # noqa: E402
from talib_cases import CASES  # noqa: E402
from talib_difference import difference  # noqa: E402


class TalibParity(unittest.TestCase):
    def compare(self, market):
        for case in CASES:
            for settings in case.settings:
                with self.subTest(f"{case.name}{settings} on {market.name}"):
                    ours = columns.run(case.name, case.columns(market), *settings, overload=case.overload, seed=case.seed)
                    theirs = case.talib(talib, market, *settings)
                    theirs = theirs if isinstance(theirs, (tuple, list)) else [theirs]
                    theirs = [case.read(their) for their in theirs] if case.read else theirs
                    for output, (our, their) in enumerate(zip([ours[i] for i in case.outputs or range(len(ours))], theirs, strict=True)):
                        found = difference(our, numpy.asarray(their, dtype=float), case.scale(market) if case.scale else 0.0)
                        if found and not (case.excuse and case.excuse(market, settings)):
                            self.fail(f"output {output}: {found}")

    def test_on_made_up_markets(self):
        for market in markets.made_up():
            self.compare(market)

    @unittest.skipUnless(markets.DATA.is_dir(), "../shared/data/candles is not here: the real data are needed")
    def test_on_real_candles(self):
        for market in markets.real():
            self.compare(market)


if __name__ == "__main__":
    unittest.main()
