"""The trades of RaptorBT in the cases of tests/parity/trades, as text on stdout. Runs in the environment of its requirements.txt.

A run of it has one direction: long and short ones are run apart, each left by the other's entry, and put together. That is the same
only where a position's size does not depend on what was earned. Its stops and targets are fractions of the price of the fill.

It takes an entry after another only when an exit was said in between, whatever stops and targets did. So each bar in which one was
met is told to it as an exit, and it is asked again until no other comes out."""

import sys
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "trades"))
import numpy  # noqa: E402
import raptorbt  # noqa: E402

import trade_cases  # noqa: E402
import trade_record  # noqa: E402
import trade_signals  # noqa: E402
from trade_cases import LOT  # noqa: E402

REASONS = {"Signal": "signal", "StopLoss": "stop", "TakeProfit": "target", "EndOfData": "open"}


def simulate(case, candles, direction, entries, exits):
    config = raptorbt.BacktestConfig(initial_capital=case.capital, fees=case.fee, slippage=0.0,
                                     fill_timing="same_bar_close" if case.at_close else "next_bar_open")
    if case.stop:
        config.set_fixed_stop(case.stop / 100)
    if case.target:
        config.set_fixed_target(case.target / 100)
    # A fixed amount is told with the entry's commission, which it takes off.
    instrument = raptorbt.InstrumentConfig(lot_size=LOT, alloted_capital=case.fixed * (1 + case.fee) if case.fixed else None)
    shares = numpy.full(len(candles.time), case.percent / 100) if case.percent else None
    columns = [numpy.array(getattr(candles, name)) for name in ("open", "high", "low", "close", "volume")]
    return raptorbt.run_single_backtest(numpy.array(candles.time, numpy.int64) * 1_000_000, *columns, entries, exits, direction, 1.0,
                                        "X", config, shares, instrument)


def settled(case, candles, direction, entries, exits):
    """Its result once every stop and target is an exit of its own, too."""
    told = exits.copy()
    while True:
        result = simulate(case, candles, direction, entries, told)
        met = [trade.exit_idx for trade in result.trades() if trade.exit_reason in ("StopLoss", "TakeProfit")]
        if told[met].all():
            return result
        told[met] = True


def answer(case):
    candles = trade_cases.load(case)
    said = trade_signals.of(case, candles)
    sides = [(1, said.buy, said.sell | said.short)]
    if said.short.any():
        assert case.fixed, "its two runs share no money"
        sides.append((-1, said.short, said.cover | said.buy))
    trades, final = [], None
    for side in sides:
        result = settled(case, candles, *side)
        final = result.metrics.end_value if len(sides) == 1 else None  # its equity of shorts: trade_exceptions.py
        trades += [trade_record.Trade("long" if t.direction == 1 else "short", t.entry_idx, t.exit_idx, t.entry_price, t.exit_price,
                                      t.size, t.pnl, REASONS[t.exit_reason]) for t in result.trades()]
    trades.sort(key=lambda trade: (trade.exit_bar, trade.entry_bar))
    return trade_record.Answer(trade_cases.digest(case, candles), final, trades)


if __name__ == "__main__":
    answers = {case.name: answer(case) for case in trade_cases.cases_of("raptorbt")}
    sys.stdout.write(trade_record.text("raptorbt", version("raptorbt"), answers))
