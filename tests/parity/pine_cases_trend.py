"""Volatility and trend."""

import numpy

from pine_case import LENGTHS, Case, hundred


def bar(m):
    return [m.high, m.low, m.close]


def before_the_line(m, settings):
    """Pine's first bar has a line at 0, and its direction is 1 until there is a line; ours are NaN."""
    return numpy.arange(len(m.close)) < max(settings[1] - 1, 1)


CASES = [
    Case("ta.tr", "ta.tr", bar, [(False,)]),
    Case("ta.tr", "ta.tr({0})", bar, [(True,), (False,)]),
    Case("ta.atr", "ta.atr({0})", bar, LENGTHS),
    Case("ta.dmi", "ta.dmi({0}, {1})", bar, [(14, 14), (2, 2), (5, 9), (30, 10)], scale=hundred, degree=0),
    Case("ta.supertrend", "ta.supertrend({0}, {1})", bar, [(3, 10), (1, 2), (2.5, 30)], excuse=before_the_line),
    Case("ta.sar", "ta.sar({0}, {1}, {2})", lambda m: [m.high, m.low], [(0.02, 0.02, 0.2), (0.1, 0.05, 0.5), (0.01, 0, 0.3)]),
]
