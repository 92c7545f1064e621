"""One function of ours beside the same in Pine. Shared by the lists of cases, which are one a family."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy


@dataclass
class Case:
    name: str  # ours
    pine: str  # the expression in Pine, "ta.sma(close, {0})": settings by their place
    columns: Callable  # market -> our input columns
    settings: list = field(default_factory=lambda: [()])  # tuples of settings, the default ones and others
    overload: int = 0
    own: Callable | None = None  # settings -> ours, where Pine has them in its name or not at all
    outputs: list | None = None  # which of our outputs, where Pine has not all
    view: Callable | None = None  # outputs -> the columns that are compared, of ours and of Pine's
    scale: Callable | None = None  # market -> the size of what a value is the difference of; or a list, one a column
    # Pine compares within an absolute 1e-10, and we exactly. Where that can show, Pine is given prices multiplied by such a
    # power of two that 1e-10 is nothing beside them; `degree` is the power of the price in the answer.
    degree: int | None = None
    # market -> column or value: ours where Pine divides by 0 and has no number. Only on markets that stand still at times.
    undefined: Callable | None = None
    dust: Callable | None = None  # (market, settings) -> rows where Pine divides what rounding left of 0; there too
    excuse: Callable | None = None  # (market, settings) -> rows that may differ; a comment says why

    def expression(self, settings):
        return self.pine.format(*settings)

    def own_settings(self, settings):
        return self.own(settings) if self.own else settings


def close(m):
    return [m.close]


def prices(m):
    """Where prices are subtracted."""
    return abs(m.close)


def one(m):
    return 1.0


def hundred(m):
    """Of an oscillator whose parts are percent: its rounding errors are those of 100."""
    return 100.0


def zero(m):
    return 0.0


def windows(column, length):
    """The last `length` values of each row, (n, length); before there are as many, NaN stands for them."""
    padded = numpy.concatenate([numpy.full(length - 1, numpy.nan), column])
    return numpy.lib.stride_tricks.sliding_window_view(padded, length)


def squares(m):
    """Of squared prices that are subtracted: 1e-13 of them is what is left when 1e-9 of this is."""
    return (numpy.maximum.accumulate(abs(m.close)) / 100) ** 2


def band_squares(outputs):
    """A band's distance from the middle is a root; where it is small, only its square has digits to compare."""
    middle, upper, lower = outputs
    return [middle, (upper - middle) ** 2, (lower - middle) ** 2]


def band_scale(m):
    return [0.0, 10 * squares(m), 10 * squares(m)]


LENGTHS = [(14,), (2,), (3,), (50,)]
