#!/usr/bin/env python3
"""Every indicator that TA-Lib has too, beside TA-Lib: time a bar over 1 M bars, in one process, both writing into fresh arrays of the
same size, taking turns. Results are checked equal first. Asked for: geometric mean at most 0.5x, none above 1.1x."""

import math
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
os.chdir(ROOT)
os.environ.setdefault("CW_BUILD_DIR", "build/release")
sys.path[:0] = [str(ROOT / "tests/parity"), str(ROOT / "tests/peers")]
import unittest  # noqa: E402

from peer_environment import use_packages  # noqa: E402

try:
    use_packages(ROOT / "tests/parity/requirements.txt")
except unittest.SkipTest as why:
    print(why)
    sys.exit(77)
import numpy  # noqa: E402
import talib  # noqa: E402

import columns  # noqa: E402
import markets  # noqa: E402
from talib_cases import CASES  # noqa: E402
from talib_difference import difference  # noqa: E402

BARS = 1_000_000
TURNS = 9
MEAN_ASKED, MOST_ASKED = 0.5, 1.1


def ours_of(case, market, settings):
    """Called anew each time: an operator of its own, outputs of its own."""
    inputs = [numpy.ascontiguousarray(column) for column in case.columns(market)]
    return lambda: columns.Function(case.name, *settings, overload=case.overload, seed=case.seed)(*inputs)


def seconds(work):
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure(case, market):
    settings = case.settings[0]
    ours, theirs = ours_of(case, market, settings), lambda: case.talib(talib, market, *settings)
    answer, oracle = ours(), theirs()
    oracle = oracle if isinstance(oracle, (tuple, list)) else [oracle]
    oracle = [case.read(their) for their in oracle] if case.read else oracle
    for our, their in zip([answer[i] for i in case.outputs or range(len(answer))], oracle, strict=True):
        found = difference(our, numpy.asarray(their, dtype=float), case.scale(market) if case.scale else 0.0)
        if found and not (case.excuse and case.excuse(market, settings)):
            sys.exit(f"{case.name}{settings} is not TA-Lib's: {found}")
    del answer, oracle, our, their
    turns = [(seconds(ours), seconds(theirs)) for _ in range(TURNS)]
    return min(turn[0] for turn in turns) * 1e9 / BARS, min(turn[1] for turn in turns) * 1e9 / BARS


def main():
    market = markets.walk("bench", BARS, step=0.001, seed=11)
    print(f"{BARS:,} bars; TA-Lib {talib.__ta_version__.decode()}; the best of {TURNS} turns each, ns a bar")
    print(f"{'function':<34}{'ours':>9}{'TA-Lib':>9}{'ratio':>8}")
    ratios = {}
    for case in sorted((case for case in CASES if case.timed), key=lambda case: case.name):
        ours, theirs = measure(case, market)
        name = f"{case.name}{case.settings[0]}".replace(",)", ")")
        ratios[name] = ours / theirs
        print(f"{name:<34}{ours:>9.2f}{theirs:>9.2f}{ours / theirs:>8.2f}{'  over' if ours > MOST_ASKED * theirs else ''}", flush=True)
    mean = math.exp(sum(map(math.log, ratios.values())) / len(ratios))
    worst = max(ratios, key=ratios.get)
    print(f"geometric mean of {len(ratios)}: {mean:.2f}x (asked: at most {MEAN_ASKED}x)")
    print(f"the slowest beside TA-Lib: {worst} {ratios[worst]:.2f}x (asked: at most {MOST_ASKED}x)")


if __name__ == "__main__":
    main()
