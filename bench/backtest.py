#!/usr/bin/env python3
"""Backtests beside other engines, on the same made-up bars in the same call: a cross of two means over 10 M one-minute bars, the
same with costs, a stop and a target, and a sweep of 10,000 sets of parameters over 200,000 bars. Timed is the way from columns in
memory to the finished figures: signals, fills, equity, statistics. Before a time is printed, the results must be the same.

Single runs are measured in time of the process, the best of some turns; sweeps by the clock, with two threads each."""

import json
import math
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
os.chdir(ROOT)
os.environ.setdefault("CW_BUILD_DIR", "build/release")
sys.path[:0] = [str(ROOT / "tests/peers")]
from peer_environment import peer_python  # noqa: E402

PEERS = ROOT / "bench/requirements-backtest.txt"
OURS = Path(os.environ["CW_BUILD_DIR"]) / "bench/bench_backtest"
BARS, SWEEP_BARS = 10_000_000, 200_000
SETS, PEER_SETS = 10_000, 500
THREADS = 2
RUNS = ("cross", "cross with costs, stop and target")
# Theirs are doubles, ours whole units of 1e-16 at prices and quantities of eight places.
TOLERANCE = 1e-6


def answers(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{command[0]} ended with {done.returncode}: {done.stderr.strip()[-800:]}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def must_be_equal(what, ours, theirs):
    """[closed trades, final equity] of both."""
    if ours[0] != theirs[0] or abs(ours[1] - theirs[1]) > TOLERANCE * abs(ours[1]):
        sys.exit(f"{what}: {theirs[0]} trades that end at {theirs[1]}, ours {ours[0]} that end at {ours[1]}")


def line(what, ours, theirs, asked, unit="s"):
    ratio = ours / theirs
    over = "" if ratio <= asked else "  over"
    print(f"{what:<58}{ours:>9.3f} {unit:<3}{theirs:>9.3f} {unit:<3}{ratio:>8.4f}{asked:>8.3g}{over}", flush=True)


def single_runs(python, columns):
    ours = {run["what"]: run for run in answers(OURS, "--file", columns, BARS)}
    print(f"{BARS:,} one-minute bars; trades: " + ", ".join(f"{ours[what]['closed']:,}" for what in RUNS))
    print(f"{'':<58}{'ours':>9}    {'theirs':>9}    {'ratio':>8}{'asked':>8}")
    for what in RUNS:
        line(f"{what}: a loop by hand", ours[what]["seconds"], ours[what]["floor_seconds"], 2 if what == RUNS[0] else math.inf)
    for peer, asked in (("raptorbt", 0.25), ("vectorbt", 0.01)):
        for run in answers(python, ROOT / "bench/backtest_peers.py", peer, columns, BARS):
            what = run["what"]
            # RaptorBT lets a target slip, which here waits in the book: each that filled costs it that share of all that it has.
            slips = (1 - run["slips_at_target"]) ** ours[what]["targets"] if "slips_at_target" in run else 1
            expected = [ours[what]["closed"], ours[what]["final_equity"] * slips]
            must_be_equal(f"{what}, {peer}", expected, [run["closed"], run["final_equity"]])
            line(f"{what}: {peer} {run['version']}", ours[what]["seconds"], run["seconds"], asked)
            if "seconds_of_few" in run:  # of the 24 figures of its first table, where ours are all
                line(f"{what}: {peer}, its stats() alone", ours[what]["seconds"], run["seconds_of_few"], math.inf)


def sweep(python, columns):
    (ours,) = answers(OURS, "--sweep", columns, SWEEP_BARS, SETS, THREADS)
    (few,) = answers(OURS, "--sweep", columns, SWEEP_BARS, SETS // 10, THREADS)
    sets = json.dumps([cell[:2] for cell in ours["cells"][:PEER_SETS]])
    (theirs,) = answers(python, ROOT / "bench/backtest_peers.py", "sweep", columns, SWEEP_BARS, sets)
    for cell, their in zip(ours["cells"], theirs["cells"]):
        must_be_equal(f"sweep, {cell[:2]}", cell[2:], their)
    scaled = theirs["seconds"] * SETS / PEER_SETS
    print(f"\n{SETS:,} sets of {SWEEP_BARS:,} bars, {THREADS} threads; raptorbt runs {PEER_SETS} of them, its time is stretched")
    line(f"sweep: raptorbt {theirs['version']}", ours["seconds"], scaled, 0.5)
    line("peak memory", ours["peak_mb"], theirs["peak_mb"], 0.5, "MB")
    line(f"our peak memory beside that of {SETS // 10:,} sets", ours["peak_mb"], few["peak_mb"], 1.2, "MB")


def main():
    try:
        python = peer_python(PEERS)
    except unittest.SkipTest as why:
        print(why)
        sys.exit(77)
    with tempfile.TemporaryDirectory(dir=os.environ["CW_BUILD_DIR"]) as folder:
        for bars, work in ((BARS, single_runs), (SWEEP_BARS, sweep)):
            columns = Path(folder) / "columns"
            subprocess.run([OURS, "--walk", columns, str(bars)], check=True)
            work(python, columns)


if __name__ == "__main__":
    main()
