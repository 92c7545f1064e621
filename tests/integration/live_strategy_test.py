"""A strategy on the live desk: what it tells as bars close is what a backtest of the same bars says, trade for trade."""

import contextlib
import time
import unittest

from candlewick import Server

# In and out every few minutes, both ways, with stops inside the bar.
RULES = """name: both-ways
timeframe: 1m
long: {entry: 'close > close[1]', exit: 'close < close[2]', stop: {percent: 0.05}}
short: {entry: 'close < close[1]', exit: 'close > close[2]', target: {percent: 0.05}}
"""
# Out of the market often enough that the one place in the account changes hands between two symbols.
SPARSE = """name: both-ways
timeframe: 1m
long: {entry: 'close > close[1] and close[1] > close[2]', exit: 'close < close[1]', stop: {percent: 0.05}}
short: {entry: 'close < close[1] and close[1] < close[2]', exit: 'close > close[1]', target: {percent: 0.05}}
sizing: {percent_of_equity: 70}
"""
# Says what another symbol does, and leaves inside the bar, where only shorter bars know whether stop or target came first.
LOOKING = """name: both-ways
timeframe: 5m
let: {other: 'request.security("ETHUSDT", "5", close)'}
long: {entry: 'other > other[1]', stop: {percent: 0.05}, target: {percent: 0.05}}
short: {entry: 'other < other[1]', stop: {percent: 0.05}, target: {percent: 0.05}}
"""
EVENTS = 40


class LiveStrategy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(None, "--speed", "60", "--set", "market.follow=BTCUSDT,ETHUSDT", "--set", "lab.idle=false")
        cls.addClassCleanup(cls.server.__exit__)

    def ask(self, method, path, body=None):
        answer = self.server.get(path, method=method, body=body)
        self.assertEqual(answer.status, 200, f"{method} {path}: {answer.body[:600]}")
        return answer.json()

    def check(self, symbols, rules, most, minutes=1, events_wanted=EVENTS, **more):
        self.server.wait_for("the history", lambda: (told := self.ask("GET", "/api/market/status")["history"]) and
                             all(one["state"] == "done" for one in told), 180)
        # The desk runs the history through its scores once it is there: until then it says that it is not ready.
        self.server.wait_for("scores of every symbol", lambda: all(
            self.server.get(f"/api/signals/summary/{symbol}").status == 200 for symbol in ("BTCUSDT", "ETHUSDT")), 180)
        now = self.ask("GET", "/api/signals/summary/BTCUSDT")["as_of"]
        asked = {"document": rules, "symbol": ",".join(symbols), "timeframe": f"{minutes}m", "from": now - 6 * 3_600_000,
                 "protections": "none", "commission": "bps:2", "name": "both ways", "max_positions": most, "wait_ms": 10_000,
                 **more}
        run = self.ask("POST", "/api/signals/backtest", asked)
        self.assertEqual(run["status"], "done")
        with contextlib.closing(self.server.socket()) as socket:
            for i, symbol in enumerate(symbols):
                socket.send({"type": "subscribe", "id": i + 1, "channel": "signals",
                             "params": {"symbol": symbol, "timeframe": f"{minutes}m", "strategies": True}})
            self.ask("PUT", f"/api/backtests/{run['id']}", {"live": True})
            heard, deadline = [], time.monotonic() + 240
            while len(heard) < events_wanted or {one["symbol"] for one in heard} != set(symbols):
                self.assertLess(time.monotonic(), deadline, f"only {len(heard)} entries and exits came")
                message = socket.receive()
                if message.get("data", {}).get("kind") == "strategy":
                    heard.append(message["data"])
        self.ask("PUT", f"/api/backtests/{run['id']}", {"live": False})
        self.assertEqual({(one["run"], one["strategy"]) for one in heard}, {(run["id"], "both-ways")})
        told = [(one["symbol"], one["bar_time"], one["event"], one["side"], one["price"]) for one in heard]
        self.assertEqual(len(told), len(set(told)), "nothing is told twice")

        again = self.ask("POST", "/api/signals/backtest", asked)
        trades = self.ask("GET", f"/api/backtests/{again['id']}/trades?limit=10000")["trades"]
        events = {(one["symbol"], one["entry_time"], "entry", one["side"], one["entry_price"]) for one in trades}
        events |= {(one["symbol"], one["exit_time"], "exit", one["side"], one["exit_price"]) for one in trades
                   if one["exit_reason"] != "open"}
        self.assertLessEqual(set(told), events, "all that was told is in the backtest")
        # And all of the backtest was told, from the second bar that was heard of to the last but one.
        begin, end = min(one[1] for one in told) + minutes * 60_000, max(one[1] for one in told) - minutes * 60_000
        self.assertEqual({one for one in told if begin <= one[1] <= end}, {one for one in events if begin <= one[1] <= end})

    def test_what_the_desk_tells_is_the_backtest(self):
        self.check(["BTCUSDT"], RULES, 0)
        held = self.ask("GET", "/api/signals/BTCUSDT?strategy=ema-cross&horizon=1h")["strategy"]
        self.assertIn(held["position"], ("long", "short", "flat"))

    def test_several_symbols_in_one_account_too(self):
        self.check(["BTCUSDT", "ETHUSDT"], SPARSE, 1)

    def test_one_that_looks_at_another_symbol_and_walks_shorter_bars_too(self):
        self.check(["BTCUSDT"], LOOKING, 0, minutes=5, events_wanted=24, intrabar="magnifier")


if __name__ == "__main__":
    unittest.main()
