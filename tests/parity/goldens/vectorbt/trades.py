"""The trades of vectorbt in the cases of tests/parity/trades, as text on stdout. Runs in the environment of its requirements.txt.

Signals come a bar later where orders fill at the next open. A share of the equity it takes itself and does not round to lots; a
fixed amount is given as the quantity of each bar's fill."""

import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
sys.path.insert(0, str(Path(__file__).parents[2] / "trades"))
import numpy  # noqa: E402
import pandas  # noqa: E402
import vectorbt  # noqa: E402

import trade_cases  # noqa: E402
import trade_record  # noqa: E402
import trade_signals  # noqa: E402
from trade_cases import LOT  # noqa: E402


def simulate(case, candles):
    said = trade_signals.of(case, candles)
    index = pandas.to_datetime(candles.time, unit="ms")
    columns = {name: pandas.Series(getattr(candles, name), index=index) for name in ("open", "high", "low", "close")}
    price = columns["close" if case.at_close else "open"]

    def at_fill(column):
        return pandas.Series(column if case.at_close else numpy.concatenate([[False], column[:-1]]), index=index)

    size = {"size": numpy.floor(case.fixed / price / LOT) * LOT} if case.fixed else \
           {"size": case.percent / 100, "size_type": "percent"}
    return vectorbt.Portfolio.from_signals(
        columns["close"], entries=at_fill(said.buy), exits=at_fill(said.sell), short_entries=at_fill(said.short),
        short_exits=at_fill(said.cover), open=columns["open"], high=columns["high"], low=columns["low"], price=price,
        sl_stop=case.stop / 100 if case.stop else None, tp_stop=case.target / 100 if case.target else None,
        stop_entry_price="fillprice", stop_exit_price="stoplimit", upon_opposite_entry="reverse", fees=case.fee,
        init_cash=case.capital, freq=pandas.Timedelta(trade_cases.LENGTHS[case.timeframe], "ms"), **size)


def answer(case):
    candles = trade_cases.load(case)
    portfolio = simulate(case, candles)
    trades = [trade_record.Trade("long" if row["direction"] == 0 else "short", int(row["entry_idx"]), int(row["exit_idx"]),
                                 float(row["entry_price"]), float(row["exit_price"]), float(row["size"]), float(row["pnl"]),
                                 "-" if row["status"] == 1 else "open") for row in portfolio.trades.values]
    return trade_record.Answer(trade_cases.digest(case, candles), float(portfolio.final_value()), trades)


if __name__ == "__main__":
    answers = {case.name: answer(case) for case in trade_cases.cases_of("vectorbt")}
    sys.stdout.write(trade_record.text("vectorbt", vectorbt.__version__, answers))
