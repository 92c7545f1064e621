"""PyneCore, an independent runtime of Pine, over numpy columns. Import it once its package is in the path."""

import importlib
import os
import tempfile
from datetime import time
from pathlib import Path

import numpy

os.environ["PYNE_SAVE_SCRIPT_TOML"] = "0"  # else it writes the inputs of each script beside it
from pynecore.core.script_runner import ScriptRunner  # noqa: E402
from pynecore.core.syminfo import SymInfo, SymInfoInterval, SymInfoSession  # noqa: E402
from pynecore.types.ohlcv import OHLCV  # noqa: E402

# What a script may name without its module.
_NAMES = ("script, ta, math, open, high, low, close, volume, hl2, hlc3, ohlc4, hlcc4, bar_index, time, na, nz, fixnan, minute, hour, "
          "dayofweek, dayofmonth, month, year")


def has(name):
    """Whether Pine, as PyneCore knows it, has the function or variable `ta.ema`."""
    *module, last = name.split(".")
    return hasattr(importlib.import_module(".".join(["pynecore.lib", *module])), last)


def _symbol(minutes):
    """A market that never closes, with ticks that nothing is rounded to."""
    week = range(7)
    return SymInfo(prefix="TEST", description="made for a test", ticker="ABCXYZ", currency="XYZ", basecurrency="ABC", type="crypto",
                   period="1D" if minutes == 1440 else str(minutes), mintick=1e-12, pricescale=10**12, pointvalue=1.0, mincontract=1e-12,
                   opening_hours=[SymInfoInterval(day, time(0), time(0)) for day in week],
                   session_starts=[SymInfoSession(day, time(0)) for day in week],
                   session_ends=[SymInfoSession(day, time(0)) for day in week])


def _script(expressions):
    """One answer an expression, the parts of a tuple together."""
    lines = ['"""@pyne"""', f"from pynecore.lib import {_NAMES}", "", '@script.indicator("parity")', "def main():"]
    lines += [f"    answer{i} = {expression}" for i, expression in enumerate(expressions)]
    return "\n".join(lines + ["    return {" + ", ".join(f'"{i}": answer{i}' for i in range(len(expressions))) + "}", ""])


def _number(value):
    """A float of what a bar answered: a bool is 0 or 1, each kind of na NaN."""
    return float(value) if isinstance(value, (float, int)) else float("nan")


def run(expressions, market):
    """The outputs of each Pine expression: a list of float64 (n,) an expression, in the order of its tuple."""
    minutes = int(market.time[1] - market.time[0]) // 60_000
    prices = zip(market.open, market.high, market.low, market.close, market.volume)
    bars = [OHLCV(int(at), *map(float, bar)) for at, bar in zip(market.time, prices)]
    with tempfile.TemporaryDirectory(prefix="cw-") as folder:
        script = Path(folder) / "parity.py"
        script.write_text(_script(expressions))
        runner = ScriptRunner(script, bars, _symbol(minutes), lossless_volume=True, lossless_prices=True)
        rows = [row for _, row in runner.run_iter()]
    answers = []
    for i in range(len(expressions)):
        bar = [row[str(i)] if isinstance(row[str(i)], tuple) else (row[str(i)],) for row in rows]
        answers.append([numpy.array([_number(value) for value in output]) for output in zip(*bar)])
    return answers
