"""The trades of backtesting.py in the cases of tests/parity/trades, as text on stdout. Runs in the environment of its requirements.txt.

Its units are whole, so both currencies are told in 1e-8: a unit is a lot of ours, and prices stay what they are. What an order
needs of its fill (units of a fixed amount, stop, target) is known to it only before, so it is given the price of the fill; a share
of the equity it takes itself."""

import math
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
sys.path.insert(0, str(Path(__file__).parents[2] / "trades"))
import backtesting  # noqa: E402
import pandas  # noqa: E402

import trade_cases  # noqa: E402
import trade_record  # noqa: E402
import trade_signals  # noqa: E402
from trade_cases import LOT  # noqa: E402


def strategy_of(case, candles, signals):
    class Rules(backtesting.Strategy):
        def init(self):
            pass

        def enter(self, order, side, bar):
            if not case.at_close and bar + 1 == len(candles.time):
                return
            price = candles.close[bar] if case.at_close else candles.open[bar + 1]
            size = math.floor(case.fixed / price / LOT) if case.fixed else case.percent / 100
            order(size=size, sl=price * (1 - side * case.stop / 100) if case.stop else None,
                  tp=price * (1 + side * case.target / 100) if case.target else None)

        def next(self):
            bar = len(self.data) - 1
            if signals.buy[bar] and not self.position.is_long:
                self.enter(self.buy, 1, bar)
            elif signals.short[bar] and not self.position.is_short:
                self.enter(self.sell, -1, bar)
            elif self.position.is_long and signals.sell[bar] or self.position.is_short and signals.cover[bar]:
                self.position.close()

    return Rules


def answer(case):
    candles = trade_cases.load(case)
    frame = pandas.DataFrame({"Open": candles.open, "High": candles.high, "Low": candles.low, "Close": candles.close,
                              "Volume": candles.volume}, index=pandas.to_datetime(candles.time, unit="ms"))
    rules = strategy_of(case, candles, trade_signals.of(case, candles))
    stats = backtesting.Backtest(frame, rules, cash=case.capital / LOT, commission=case.fee, trade_on_close=case.at_close,
                                 exclusive_orders=True).run()
    trades = [trade_record.Trade("long" if row.Size > 0 else "short", row.EntryBar, row.ExitBar, row.EntryPrice, row.ExitPrice,
                                 abs(row.Size) * LOT, row.PnL * LOT) for row in stats["_trades"].itertuples()]
    for trade in stats["_strategy"].trades:  # open ones: their profit does not know of the commission yet
        pnl = trade.pl - case.fee * abs(trade.size) * trade.entry_price
        trades.append(trade_record.Trade("long" if trade.is_long else "short", trade.entry_bar, len(candles.time) - 1,
                                         trade.entry_price, candles.close[-1], abs(trade.size) * LOT, pnl * LOT, "open"))
    return trade_record.Answer(trade_cases.digest(case, candles), stats["Equity Final [$]"] * LOT, trades)


if __name__ == "__main__":
    answers = {case.name: answer(case) for case in trade_cases.cases_of("backtesting_py")}
    sys.stdout.write(trade_record.text("backtesting.py", backtesting.__version__, answers))
