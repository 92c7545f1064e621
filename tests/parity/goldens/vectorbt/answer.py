"""What vectorbt's own portfolio says of each made-up run, as JSON on stdout. Its engine runs the orders anew, so the equity is
its own, too. Runs in the environment of its requirements.txt."""

import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
sys.path.insert(0, str(Path(__file__).parents[2]))
import numpy  # noqa: E402
import pandas  # noqa: E402
import vectorbt  # noqa: E402

import golden_file  # noqa: E402
import peer_runs  # noqa: E402


def answer(run):
    index = pandas.DatetimeIndex(pandas.to_datetime(run.time, unit="ms"))
    size = numpy.full(len(index), numpy.nan)
    for trade in run.trades:
        size[trade.entry_bar] = trade.side * trade.quantity
        if not trade.is_open:
            size[trade.exit_bar] = -trade.side * trade.quantity
    portfolio = vectorbt.Portfolio.from_orders(
        pandas.Series(run.close, index=index), size=pandas.Series(size, index=index), price=pandas.Series(run.open, index=index),
        fees=peer_runs.FEE, init_cash=run.capital, freq=pandas.Timedelta(peer_runs.STEPS[run.timeframe], "ms"))
    if not numpy.allclose(portfolio.value().values, run.equity, rtol=1e-9):
        sys.exit(f"{run.name}: its equity is another one")
    answers = {"SQN": float(portfolio.trades.closed.sqn())}
    for stats in (portfolio.stats(), portfolio.returns_stats()):
        for key, value in stats.items():
            if key in ("Start", "End", "Period", "Max Gross Exposure [%]"):
                continue
            answers[key] = golden_file.number(value)
    return answers


if __name__ == "__main__":
    golden_file.write("vectorbt", vectorbt.__version__, {run.name: (run, answer(run)) for run in peer_runs.runs()})
