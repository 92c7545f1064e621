"""What backtesting.py's own statistics say of each made-up run, as JSON on stdout. Runs in the environment of its
requirements.txt."""

import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
sys.path.insert(0, str(Path(__file__).parents[2]))
import backtesting  # noqa: E402
import numpy  # noqa: E402
import pandas  # noqa: E402
from backtesting._stats import compute_stats  # noqa: E402

import golden_file  # noqa: E402
import peer_runs  # noqa: E402


def answer(run):
    index = pandas.DatetimeIndex(pandas.to_datetime(run.time, unit="ms"))
    closed = [trade for trade in run.trades if not trade.is_open]
    trades = pandas.DataFrame({
        "EntryBar": [trade.entry_bar for trade in closed],
        "ExitBar": [trade.exit_bar for trade in closed],
        "PnL": [trade.pnl for trade in closed],
        "ReturnPct": [trade.pnl_pct / 100 for trade in closed],
        "Duration": pandas.to_timedelta([run.time[t.exit_bar] - run.time[t.entry_bar] for t in closed], unit="ms"),
    })
    candles = pandas.DataFrame({"Close": run.close}, index=index)

    class NoIndicators:  # the market's return then counts from the first bar
        _indicators = []

    stats = compute_stats(trades, numpy.array(run.equity), candles, NoIndicators())
    answers = {}
    for key, value in stats.items():
        if key.startswith("_") or key in ("Start", "End", "Duration"):
            continue
        answers[key] = golden_file.number(value)
    return answers


if __name__ == "__main__":
    golden_file.write("backtesting.py", backtesting.__version__, {run.name: (run, answer(run)) for run in peer_runs.runs()})
