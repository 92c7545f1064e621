"""Runs whose trades are held against other backtesters': a document of strategies/, real candles, an account."""

import gzip
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

DATA = Path(__file__).resolve().parents[4] / "shared/data/candles"
LOT = 1e-8
MINUTE = 60_000
LENGTHS = {"1m": MINUTE, "15m": 15 * MINUTE, "1h": 60 * MINUTE, "4h": 240 * MINUTE, "1d": 1440 * MINUTE}
HEADER = "open_time_ms,open,high,low,close,volume"


@dataclass(frozen=True)
class Case:
    """`excused`: by peer how often each exception (trade_exceptions.py) is met here; a peer that is not named is not
    asked."""

    name: str
    file: str  # of ../shared/data/candles
    first: int  # rows of it
    rows: int
    timeframe: str
    at_close: bool  # orders fill at the close that decides, else at the next open
    fee: float  # of a fill's value
    fixed: float = 0.0  # of the quote currency a position, or
    percent: float = 0.0  # of the equity
    stop: float = 0.0  # percent; 0: none
    target: float = 0.0
    excused: dict = field(default_factory=dict)
    capital: float = 10_000.0

    @property
    def document(self):
        return Path(__file__).parent / f"strategies/{self.name}.yaml"


@dataclass
class Candles:
    """Columns of a case, and its lines as they stand in the file."""

    lines: list
    time: list
    open: list
    high: list
    low: list
    close: list
    volume: list

    def text(self):
        return "\n".join([HEADER, *self.lines]) + "\n"


ENTRY_BAR, BUSY, GAP, FOLLOWS = "entry-bar", "busy-bar", "target-gap", "follows"
NONE = {}
CASES = (
    Case("sma-cross", "binance-BTC-USDT-1h.csv.gz", 40_000, 16_000, "1h", False, 0.001, percent=95,
         excused={"backtesting_py": NONE, "vectorbt": NONE, "raptorbt": NONE}),
    Case("ema-reversal", "binance-BTC-USDT-4h.csv.gz", 0, 8_000, "4h", False, 0.001, fixed=1_000,
         excused={"backtesting_py": NONE, "vectorbt": NONE, "raptorbt": NONE}),
    Case("rsi-bracket", "binance-BTC-USDT-1h.csv.gz", 0, 24_000, "1h", False, 0.001, fixed=1_000, stop=2.5, target=4,
         excused={"backtesting_py": NONE, "vectorbt": {ENTRY_BAR: 16, BUSY: 5}, "raptorbt": {BUSY: 5, FOLLOWS: 9}}),
    Case("bollinger-close", "binance-SOL-USDT-15m.csv.gz", 20_000, 8_000, "15m", True, 0.0005, fixed=1_000, stop=1,
         target=1.5,
         excused={"backtesting_py": NONE, "vectorbt": {BUSY: 11, FOLLOWS: 2}, "raptorbt": {BUSY: 11, FOLLOWS: 6}}),
    Case("donchian-breakout", "binance-ETH-USDT-1h.csv.gz", 10_000, 8_000, "1h", False, 0.001, percent=50, stop=2,
         target=8, excused={"backtesting_py": NONE}),
    Case("macd-close", "binance-DOGE-USDT-1h.csv.gz", 8_000, 6_000, "1h", True, 0.001, percent=95,
         excused={"backtesting_py": NONE, "vectorbt": NONE, "raptorbt": NONE}),
    Case("three-falls", "binance-BNB-USDT-1d.csv.gz", 0, 2_794, "1d", False, 0.0, fixed=1_000, stop=8, target=12,
         excused={"backtesting_py": NONE, "vectorbt": {ENTRY_BAR: 25, BUSY: 7, FOLLOWS: 19},
                  "raptorbt": {BUSY: 25, FOLLOWS: 16}}),
    Case("momentum-stop", "binance-XRP-USDT-15m.csv.gz", 30_000, 12_000, "15m", False, 0.001, fixed=1_000, stop=1.5,
         excused={"backtesting_py": NONE, "vectorbt": {ENTRY_BAR: 5, BUSY: 4}, "raptorbt": {BUSY: 1}}),
    Case("outages", "coinbase-BTC-USD-1m-2016to2018days.csv.gz", 0, 12_423, "1m", False, 0.001, fixed=1_000, stop=1,
         target=2, excused={"backtesting_py": NONE, "vectorbt": {BUSY: 1}, "raptorbt": {GAP: 2}}),
)


def cases_of(peer):
    return [case for case in CASES if peer in case.excused]


def load(case):
    with gzip.open(DATA / case.file, "rt") as lines:
        lines = list(lines)[1 + case.first:1 + case.first + case.rows]
    rows = [",".join(line.rstrip("\n").split(",")[:6]) for line in lines]
    table = [[float(cell) for cell in row.split(",")] for row in rows]
    time, *columns = (list(column) for column in zip(*table))
    return Candles(rows, [int(t) for t in time], *columns)


def digest(case, candles):
    """Of all that a peer's answer depends on: the candles, the document, the account."""
    account = repr((case.at_close, case.fee, case.fixed, case.percent, case.stop, case.target, case.capital))
    return hashlib.sha256((candles.text() + case.document.read_text() + account).encode()).hexdigest()
