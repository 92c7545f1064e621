"""Candles as numpy columns: made-up markets of every kind, and the real ones of ../shared where they are."""

import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy

DATA = Path("../shared/data/candles")
REAL = ("binance-BTC-USDT-1d.csv.gz", "binance-ETH-USDT-1m.csv.gz", "binance-SHIB-USDT-5m.csv.gz", "binance-XRP-ETH-5m.csv.gz")


@dataclass
class Market:
    name: str
    time: numpy.ndarray
    open: numpy.ndarray
    high: numpy.ndarray
    low: numpy.ndarray
    close: numpy.ndarray
    volume: numpy.ndarray


def walk(name, n, scale=1.0, step=0.01, seed=1, flat_share=0.0, tick=0.0):
    random = numpy.random.default_rng(seed)
    flat = random.random(n) < flat_share
    moves = numpy.where(flat, 0, step * random.standard_normal(n))
    gaps = numpy.where(flat | (random.random(n) < 0.9), 0, 3 * step * random.standard_normal(n))
    log_close = numpy.cumsum(moves + gaps)
    close = 100 * scale * numpy.exp(log_close)
    open_ = numpy.where(flat, close, close * numpy.exp(-moves))
    high = numpy.maximum(open_, close) * (1 + numpy.where(flat, 0, step * abs(random.standard_normal(n))))
    low = numpy.minimum(open_, close) / (1 + numpy.where(flat, 0, step * abs(random.standard_normal(n))))
    if tick:
        open_, high, low, close = (numpy.maximum(tick, numpy.round(x / tick) * tick) for x in (open_, high, low, close))
    volume = numpy.where(flat, 0, numpy.exp(random.standard_normal(n)))
    time = numpy.arange(n, dtype=numpy.int64) * 60_000 + 1_700_000_040_000
    return Market(name, time, open_, high, low, close, volume)


def made_up(n=3_000):
    return [walk("walk", n), walk("tiny prices", n, scale=1e-8, seed=2), walk("huge prices", n, scale=1e8, seed=3),
            walk("leaps", n, step=0.2, seed=4), walk("flat runs", n, seed=5, flat_share=0.5), walk("coarse ticks", n, seed=6, tick=1.0),
            walk("short", 40, seed=7)]


def real(most_rows=60_000):
    """Empty where the data are not here."""
    markets = []
    for name in REAL:
        if (DATA / name).is_file():
            with gzip.open(DATA / name, "rt") as lines:
                header = next(lines).strip().split(",")
                table = numpy.loadtxt(lines, delimiter=",", usecols=range(6), max_rows=most_rows)
            assert header[:6] == ["open_time_ms", "open", "high", "low", "close", "volume"], header
            markets.append(Market(name, table[:, 0].astype(numpy.int64), *(numpy.ascontiguousarray(table[:, i]) for i in range(1, 6))))
    return markets
