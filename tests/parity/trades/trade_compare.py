"""Two lists of trades beside each other."""

from collections import Counter
from dataclasses import dataclass, field

import trade_exceptions
from trade_cases import LOT

RELATIVE = 1e-9
HALF_TICK = 0.5e-8  # ours rounds a stop's price to the tick, which is 1e-8 here


def _near(a, b, most):
    return abs(a - b) <= most


def same_entry(a, b, drift=0.0):
    return (a.side, a.entry_bar) == (b.side, b.entry_bar) and \
        _near(a.entry_price, b.entry_price, RELATIVE * b.entry_price + HALF_TICK) and \
        _near(a.quantity, b.quantity, 1.01 * LOT + drift * b.quantity)


def same_exit(a, b):
    reasons = "-" in (a.reason, b.reason) or a.reason == b.reason
    return a.exit_bar == b.exit_bar and _near(a.exit_price, b.exit_price, RELATIVE * b.exit_price + HALF_TICK) and reasons


def same_profit(a, b, drift=0.0):
    """It may be off by what the quantity's lot, both prices' half tick and each commission's rounding (1e-8) make."""
    of_lot = 1.01 * LOT * (abs(b.exit_price - b.entry_price) + 0.002 * (b.exit_price + b.entry_price))
    of_ticks = 2 * HALF_TICK * b.quantity
    return _near(a.pnl, b.pnl, (RELATIVE + drift) * b.quantity * b.entry_price + of_lot + of_ticks + 2e-8)


def same(a, b, drift=0.0):
    return same_entry(a, b, drift) and same_exit(a, b) and same_profit(a, b, drift)


@dataclass
class Outcome:
    equal: int = 0
    excused: Counter = field(default_factory=Counter)
    wrong: list = field(default_factory=list)
    profit: float = 0.0  # what ours earned more in the trades that differ


def compare(case, candles, ours, theirs, closes_word, drift=0.0):
    """Both lists in the order of their entries; `closes_word` as in trade_exceptions.of_entry, `drift` how far quantities
    may be apart, relative. What no exception names is wrong."""
    outcome, differed = Outcome(), []
    i = j = 0

    def excuse(name, *trades):
        differed.extend(trades)
        if name is None:
            outcome.wrong.append("; ".join(trade.line() for trade in trades))
        else:
            outcome.excused[name] += 1

    while i < len(ours) or j < len(theirs):
        a = ours[i] if i < len(ours) else None
        b = theirs[j] if j < len(theirs) else None
        if a and b and same_entry(a, b, drift):
            if same_exit(a, b) and same_profit(a, b, drift):
                outcome.equal += 1
            else:
                excuse(trade_exceptions.of_exit(case, candles, a, b), a, b)
                outcome.profit += a.pnl - b.pnl
            i, j = i + 1, j + 1
        elif b is None or a and a.entry_bar <= b.entry_bar:
            excuse(trade_exceptions.of_entry(case, a, theirs, differed, closes_word), a)
            outcome.profit += a.pnl
            i += 1
        else:
            excuse(trade_exceptions.of_entry(case, b, ours, differed, closes_word), b)
            outcome.profit -= b.pnl
            j += 1
    return outcome
