"""Made-up runs that the peers' figures are asked of: the same bits on every machine (standard library, no function of the
mathematics library), so a golden file can name its input by hash."""

import hashlib
import random
from dataclasses import dataclass, field

MINUTE = 60_000
STEPS = {"15m": 15 * MINUTE, "1h": 60 * MINUTE, "1d": 1440 * MINUTE, "1w": 7 * 1440 * MINUTE}
MONDAY = 1_704_067_200_000  # 2024-01-01
FEE = 0.001


@dataclass
class Trade:
    side: int  # 1 long, -1 short
    entry_bar: int
    entry_price: float
    quantity: float
    exit_bar: int = -1
    exit_price: float = 0.0
    fees: float = 0.0
    is_open: bool = False

    @property
    def pnl(self):
        return self.side * (self.exit_price - self.entry_price) * self.quantity - self.fees

    @property
    def pnl_pct(self):
        return self.pnl / (self.entry_price * self.quantity) * 100


@dataclass
class Run:
    """Columns of one run. Orders fill at a bar's open, one a bar; fees are FEE of the fill's value."""

    name: str
    timeframe: str
    capital: float = 10_000.0
    time: list = field(default_factory=list)
    open: list = field(default_factory=list)
    close: list = field(default_factory=list)
    equity: list = field(default_factory=list)
    position: list = field(default_factory=list)
    trades: list = field(default_factory=list)

    def end_time(self, trade):
        """Instant of a trade's end; of an open one the last close."""
        return self.time[-1] + STEPS[self.timeframe] if trade.is_open else self.time[trade.exit_bar]

    def text(self):
        """As metrics_dump reads it."""
        lines = [f"{self.capital!r} {self.open[0]!r} {self.timeframe} {len(self.time)} {len(self.trades)}"]
        lines += [f"{t} {e!r} {c!r} {p!r}" for t, e, c, p in zip(self.time, self.equity, self.close, self.position)]
        for trade in self.trades:
            lines.append(f"{'long' if trade.side > 0 else 'short'} {self.time[trade.entry_bar]} {trade.entry_price!r} "
                         f"{self.end_time(trade)} {trade.exit_price!r} {trade.quantity!r} {trade.pnl!r} {trade.pnl_pct!r} "
                         f"{trade.fees!r} 0 0 0 {trade.exit_bar - trade.entry_bar} {int(trade.is_open)}")
        return "\n".join(lines) + "\n"


def _make(name, timeframe, bars, seed, trade_share=0.05, hold=20, drift=0.0, sides=(1, -1), only_winners=False, start=MONDAY,
          close_at_end=False, most_trades=10**9):
    dice = random.Random(seed)
    run = Run(name, timeframe)
    price, cash, now = 100.0, run.capital, None
    for bar in range(bars):
        run.time.append(start + bar * STEPS[timeframe])
        run.open.append(price)
        if now and (bar - now.entry_bar >= hold * dice.random() + 1 or close_at_end and bar == bars - 1):
            if not only_winners or now.side * (price / now.entry_price - 1) > 0.01:
                fee = now.quantity * price * FEE
                now.exit_bar, now.exit_price = bar, price
                now.fees += fee
                cash += now.side * now.quantity * price - fee
                now = None
        elif not now and len(run.trades) < most_trades and dice.random() < trade_share and bar < bars - 1:
            side = sides[int(dice.random() * len(sides))]
            quantity = round(cash * (0.3 + 0.6 * dice.random()) / price, 6)
            fee = quantity * price * FEE
            now = Trade(side, bar, price, quantity, fees=fee)
            run.trades.append(now)
            cash -= side * quantity * price + fee
        price *= 1 + drift + 0.03 * (dice.random() - 0.5)
        run.close.append(price)
        run.position.append(now.side * now.quantity * price if now else 0.0)
        run.equity.append(cash + run.position[-1])
    if now:
        now.exit_bar, now.exit_price, now.is_open = bars - 1, price, True
    return run


def runs():
    tuesday = MONDAY + 24 * 60 * MINUTE
    return [
        _make("hours", "1h", 3000, seed=1),
        _make("days", "1d", 700, seed=2, trade_share=0.3, close_at_end=True),
        _make("quarters of an hour", "15m", 2000, seed=3, trade_share=0.2, hold=8, close_at_end=True),
        _make("weeks", "1w", 150, seed=4, trade_share=0.5, hold=4, close_at_end=True),
        _make("winners alone", "1h", 900, seed=5, drift=0.0004, sides=(1,), only_winners=True),
        _make("no trade", "1h", 300, seed=6, trade_share=0.0),
        _make("one trade", "1h", 400, seed=7, most_trades=1, close_at_end=True),
        _make("two days without a weekend", "1h", 60, seed=8, trade_share=0.3, hold=3, start=tuesday, close_at_end=True),
        _make("always falling", "1d", 90, seed=9, drift=-0.016, sides=(1,), trade_share=0.4, hold=5, close_at_end=True),
    ]


def digest(run):
    return hashlib.sha256(run.text().encode()).hexdigest()
