"""The other engines' side of bench/backtest.py: one process a peer, JSON lines. backtest_peers.py raptorbt|vectorbt COLUMNS BARS, or
sweep COLUMNS BARS SETS."""

import json
import resource
import sys
import time

import numpy

FAST, SLOW = 20, 50
CAPITAL = 10_000.0
COST, STOP, TARGET = 0.05e-4, 0.004, 0.006
RUNS = ("cross", "cross with costs, stop and target")
TURNS = 3
GROUP = 20  # sets that raptorbt is given at once: it keeps all of their results


class Bars:
    """The columns that bench_backtest --walk wrote."""

    def __init__(self, path, count):
        with open(path, "rb") as file:
            self.time_ms = numpy.fromfile(file, dtype=numpy.int64, count=count)
            self.open, self.high, self.low, self.close, self.volume = (numpy.fromfile(file, count=count) for _ in range(5))


def say(what, version, seconds, closed, equity, **more):
    print(json.dumps({"what": what, "version": version, "seconds": seconds, "closed": int(closed), "final_equity": float(equity), **more}), flush=True)


def best(turns, work):
    times = []
    for _ in range(turns):
        begun = time.process_time()
        answer = work()
        times.append(time.process_time() - begun)
    return min(times), answer


def crosses(fast, slow):
    """Where one comes to lie above the other, and below. NaN is never above nor below."""
    above, below, known = fast > slow, fast < slow, ~numpy.isnan(slow)
    up, down = numpy.zeros(len(fast), bool), numpy.zeros(len(fast), bool)
    up[1:] = above[1:] & ~above[:-1] & known[:-1]
    down[1:] = below[1:] & ~below[:-1] & known[:-1]
    return up, down


def raptor_settings(raptorbt, exits):
    cost = COST if exits else 0.0
    config = raptorbt.BacktestConfig(initial_capital=CAPITAL, fees=cost, slippage=cost, fill_timing="next_bar_open")
    if exits:
        config.set_fixed_stop(STOP)
        config.set_fixed_target(TARGET)
    return config


def run_raptorbt(bars):
    import raptorbt

    times = bars.time_ms * 1_000_000

    def run(exits):
        up, down = crosses(raptorbt.sma(bars.close, FAST), raptorbt.sma(bars.close, SLOW))
        config = raptor_settings(raptorbt, exits)
        columns = (times, bars.open, bars.high, bars.low, bars.close, bars.volume, up, down)
        return raptorbt.run_single_backtest(*columns, 1, 1.0, "X", config).metrics.to_dict()

    for what, exits in zip(RUNS, (False, True)):
        seconds, figures = best(TURNS, lambda: run(exits))
        more = {"slips_at_target": COST} if exits else {}
        say(what, raptorbt.__version__, seconds, figures["Total Closed Trades"], figures["End Value"], **more)


def run_vectorbt(bars):
    import pandas
    import vectorbt

    def run(count):
        begun = time.process_time()
        index = pandas.to_datetime(bars.time_ms[:count], unit="ms")
        close = pandas.Series(bars.close[:count], index=index)
        fast, slow = vectorbt.MA.run(close, FAST), vectorbt.MA.run(close, SLOW)
        # Its signals act on the bar that they stand at: those of a close stand at the next open.
        up = fast.ma_crossed_above(slow).vbt.signals.fshift(1)
        down = fast.ma_crossed_below(slow).vbt.signals.fshift(1)
        done = vectorbt.Portfolio.from_signals(close, up, down, price=bars.open[:count], init_cash=CAPITAL, freq="1min")
        figures = done.stats()
        few = time.process_time() - begun
        # The figures that every backtest here has, as far as its tables go.
        for table in (done.returns_stats, done.trades.stats, done.drawdowns.stats):
            table()
        return figures["Total Closed Trades"], figures["End Value"], few

    # Without the run with exits: it looks at a stop from the bar after the entry on, so its trades are others.
    run(5_000)  # compiles
    seconds, (closed, equity, few) = best(1, lambda: run(len(bars.close)))
    say(RUNS[0], vectorbt.__version__, seconds, closed, equity, seconds_of_few=few)


def sweep_raptorbt(bars, sets):
    import raptorbt

    times = bars.time_ms * 1_000_000
    config = raptor_settings(raptorbt, False)
    cells = []
    begun = time.perf_counter()
    for at in range(0, len(sets), GROUP):
        means, items = {}, []
        for fast, slow in sets[at : at + GROUP]:
            for length in (fast, slow):
                if length not in means:
                    means[length] = raptorbt.sma(bars.close, length)
            items.append(raptorbt.BatchSingleItem(f"{fast} {slow}", *crosses(means[fast], means[slow])))
        results = raptorbt.batch_single_backtest(times, bars.open, bars.high, bars.low, bars.close, bars.volume, items, config)
        for _, result in results:
            figures = result.metrics.to_dict()
            cells.append([int(figures["Total Closed Trades"]), figures["End Value"]])
    seconds = time.perf_counter() - begun
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"version": raptorbt.__version__, "seconds": seconds, "peak_mb": peak_mb, "cells": cells}))


if __name__ == "__main__":
    given = Bars(sys.argv[2], int(sys.argv[3]))
    if sys.argv[1] == "sweep":
        sweep_raptorbt(given, json.loads(sys.argv[4]))
    else:
        {"raptorbt": run_raptorbt, "vectorbt": run_vectorbt}[sys.argv[1]](given)
