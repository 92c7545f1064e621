"""Arithmetic, missing values and the calendar."""

import numpy

from pine_case import Case


def body(m):
    return [m.close - m.open]


def wave(m):
    """-1 to 1 and beyond."""
    return [1.5 * numpy.sin(numpy.arange(len(m.close)))]


WAVE = "1.5 * math.sin(bar_index)"


def bars(m):
    return [numpy.arange(len(m.close), dtype=float)]


def gaps(m):
    return numpy.where(m.volume > 0.5, m.close, numpy.nan)


GAPS = "(close if volume > 0.5 else na)"


def times(m):
    return [m.time.astype(float)]


CASES = [
    Case("math.abs", "math.abs(int(bar_index) - 20)", lambda m: [bars(m)[0] - 20], overload=0),
    Case("math.abs", "math.abs(close - open)", body, overload=1),
    Case("math.sign", "math.sign(close - open)", body),
    Case("math.floor", "math.floor(1000 * (close - open))", lambda m: [1000 * body(m)[0]]),
    Case("math.ceil", "math.ceil(1000 * (close - open))", lambda m: [1000 * body(m)[0]]),
    Case("math.round", f"math.round(10 * {WAVE})", lambda m: [10 * wave(m)[0]]),
    Case("math.round", f"math.round({WAVE}, 2)", lambda m: [*wave(m), numpy.full(len(m.close), 2.0)], overload=1),
    Case("math.max", "math.max(int(bar_index), 20)", lambda m: [*bars(m), numpy.full(len(m.close), 20.0)]),
    Case("math.max", "math.max(open, close)", lambda m: [m.open, m.close], overload=1),
    Case("math.min", "math.min(int(bar_index), 20)", lambda m: [*bars(m), numpy.full(len(m.close), 20.0)]),
    Case("math.min", "math.min(open, close)", lambda m: [m.open, m.close], overload=1),
    Case("math.pow", f"math.pow({WAVE}, 3)", lambda m: [*wave(m), numpy.full(len(m.close), 3.0)]),
    Case("math.sqrt", "math.sqrt(volume - 1)", lambda m: [m.volume - 1]),
    Case("math.exp", f"math.exp({WAVE})", wave),
    Case("math.log", f"math.log({WAVE})", wave),
    Case("math.log10", f"math.log10({WAVE})", wave),
    Case("math.sin", "math.sin(bar_index)", bars),
    Case("math.cos", "math.cos(bar_index)", bars),
    Case("math.tan", "math.tan(bar_index)", bars),
    Case("math.asin", f"math.asin({WAVE})", wave),
    Case("math.acos", f"math.acos({WAVE})", wave),
    Case("math.atan", f"math.atan({WAVE})", wave),
    Case("math.todegrees", f"math.todegrees({WAVE})", wave),
    Case("math.toradians", f"math.toradians({WAVE})", wave),

    Case("na", f"na({GAPS})", lambda m: [gaps(m)]),
    Case("nz", f"nz({GAPS})", lambda m: [gaps(m)]),
    Case("nz", f"nz({GAPS}, open)", lambda m: [gaps(m), m.open], overload=1),
    Case("fixnan", f"fixnan({GAPS})", lambda m: [gaps(m)]),

    Case("minute", "minute", times),
    Case("hour", "hour", times),
    Case("dayofweek", "dayofweek", times),
    Case("dayofmonth", "dayofmonth", times),
    Case("month", "month", times),
    Case("year", "year", times),
]
