"""Every function as it is built for release: over whole columns, in portions and one bar at a time it gives the same bits. (The rooms'
own tests say so of the build with assertions, in which the compiler keeps less in registers.)"""

import sys
import unittest
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "peers")]
from peer_environment import use_packages  # noqa: E402

use_packages(Path(__file__).parent / "requirements.txt")
import numpy  # noqa: E402

import columns  # noqa: E402
import markets  # noqa: E402
from pine_cases import CASES as PINE  # noqa: E402
from talib_cases import CASES as TALIB  # noqa: E402

BARS = 220


def in_portions(function, inputs, portions):
    inputs = [numpy.ascontiguousarray(column, dtype=float) for column in inputs]
    out = [numpy.full(len(inputs[0]), -1.0) for _ in range(function.outputs)]
    at = 0
    while at < len(inputs[0]):
        rows = slice(at, at + next(portions))
        function.into([column[rows] for column in inputs], [column[rows] for column in out])
        at = rows.stop
    return out


def ones():
    while True:
        yield 1


def of_many_sizes():
    while True:
        yield from (1, 7, 2, 64, 3, 31)


def bits(outputs):
    return [output.tobytes() for output in outputs]


class Portions(unittest.TestCase):
    def test_columns_portions_and_single_bars_give_the_same_bits(self):
        market = markets.walk("walk that stands still at times", BARS, seed=10, flat_share=0.3)
        tried = set()
        for case, seed in [(case, "pine") for case in PINE] + [(case, "talib") for case in TALIB]:
            inputs = case.columns(market)
            for settings in case.settings:
                with self.subTest(f"{case.name}{settings}, {seed}"):
                    made = [columns.Function(case.name, *settings, overload=case.overload, seed=seed) for _ in range(3)]
                    whole = bits(made[0](*inputs))
                    self.assertTrue(bits(in_portions(made[1], inputs, ones())) == whole, "one bar at a time")
                    self.assertTrue(bits(in_portions(made[2], inputs, of_many_sizes())) == whole, "in portions")
                    tried.add(case.name)
        self.assertGreater(len(tried), 90)


if __name__ == "__main__":
    unittest.main()
