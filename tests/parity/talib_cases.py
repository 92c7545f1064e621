"""What is compared with TA-Lib: one case a function. Where a difference is TA-Lib's own doing, `excuse` says on which inputs, and a
comment beside it why."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class Case:
    name: str  # ours
    columns: Callable  # market -> our input columns
    settings: list  # tuples of settings, the default ones and others
    talib: Callable  # (talib, market, *settings) -> their outputs, in the order of ours
    overload: int = 0
    seed: str = "talib"  # "pine" where that is what TA-Lib calls by another name
    outputs: list | None = None  # which of our outputs, where TA-Lib has not all
    scale: Callable | None = None  # market -> column: the size of what a value is the difference of
    read: Callable | None = None  # what of a TA-Lib answer is compared; not timed
    timed: bool = True  # in bench/indicators.py; not where `talib` is more than its one call
    excuse: Callable | None = None  # (market, settings) -> whether they may differ there


def close(m):
    return [m.close]


LENGTHS = [(14,), (2,), (3,), (50,)]

CASES = [
    Case("ta.sma", close, LENGTHS, lambda t, m, n: t.SMA(m.close, n)),
    Case("ta.ema", close, LENGTHS, lambda t, m, n: t.EMA(m.close, n)),
]

# A family's cases lie in a file of its own, which takes Case from here: so these come last.
import talib_cases_averages  # noqa: E402
import talib_cases_candlesticks  # noqa: E402
import talib_cases_momentum  # noqa: E402
import talib_cases_trend  # noqa: E402

CASES += talib_cases_averages.CASES
CASES += talib_cases_candlesticks.CASES
CASES += talib_cases_momentum.CASES
CASES += talib_cases_trend.CASES
