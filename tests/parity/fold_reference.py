"""Folding to higher timeframes, said slowly: what the product's candles are held against.

Written from the definition in docs/market-data.md alone. A bar of a timeframe opens at a whole multiple of its length
since 1970 (weeks on Monday) and is made of the source bars that open in its span, in time order: the first one's
open, the highest high, the lowest low, the last one's close, the volumes added one after the other in double.

    python3 fold_reference.py TIMEFRAME FILE.csv.gz      prints the folded bars with their marks
"""

import gzip
import sys
from bisect import bisect_left
from typing import NamedTuple

MINUTE = 60_000
LENGTHS = {"1m": 1, "3m": 3, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "2h": 120, "4h": 240, "6h": 360, "8h": 480, "12h": 720,
           "1d": 1_440, "1w": 10_080}  # in minutes
HIGHER = [name for name in LENGTHS if name != "1m"]
FIRST_MONDAY = 4 * 1_440 * MINUTE  # 1970-01-05

GAP, STARTS_LATE, ENDS_EARLY = 1, 2, 4


class Series(NamedTuple):
    """Six columns of equal length: open times in ms, and prices and volumes as floats."""

    time: list
    open: list
    high: list
    low: list
    close: list
    volume: list


class Folded(NamedTuple):
    time: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    marks: int
    source_bars: int


def read_csv(path):
    """The series of a `open_time_ms,open,high,low,close,volume[,…]` file, plain or gzip."""
    opener = gzip.open if str(path).endswith(".gz") else open
    columns = Series([], [], [], [], [], [])
    with opener(path, "rt", newline="") as lines:
        next(lines)
        for line in lines:
            cells = line.split(",", 6)
            columns.time.append(int(cells[0]))
            for column, cell in zip(columns[1:], cells[1:6]):
                column.append(float(cell))
    return columns


def open_of(time, timeframe):
    """Where the bar that holds `time` opens."""
    length = LENGTHS[timeframe] * MINUTE
    begin = FIRST_MONDAY if timeframe == "1w" else 0
    return begin + (time - begin) // length * length


def fold(series, timeframe, source="1m"):
    """Every bar of `timeframe`, the unfinished last one included."""
    length, step = LENGTHS[timeframe] * MINUTE, LENGTHS[source] * MINUTE
    if not series.time:
        return []
    series_first, series_last = series.time[0], series.time[-1]
    bars = []
    at = 0
    while at < len(series.time):
        start = open_of(series.time[at], timeframe)
        end = bisect_left(series.time, start + length, at)
        volume = series.volume[at]
        for more in series.volume[at + 1:end]:
            volume += more
        # The source bars that could be there: those of the span between the series' first and last.
        last_of_span = start + length - step
        could_be = (min(last_of_span, series_last) - max(start, series_first)) // step + 1
        marks = 0
        if end - at < could_be:
            marks |= GAP
        if series_first > start:
            marks |= STARTS_LATE
        if series_last < last_of_span:
            marks |= ENDS_EARLY
        bars.append(Folded(start, series.open[at], max(series.high[at:end]), min(series.low[at:end]), series.close[end - 1],
                           volume, marks, end - at))
        at = end
    return bars


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in LENGTHS:
        sys.exit(__doc__)
    for bar in fold(read_csv(sys.argv[2]), sys.argv[1]):
        print(*bar, sep=",")


if __name__ == "__main__":
    main()
