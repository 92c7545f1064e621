"""`candlewick backtest`: a strategy on stored candles and on a file's, as a table and as JSON, and what is refused."""

import json
import math
import random
import unittest

from candlewick import run
from cli_folder import HEADER, Folder

HOUR = 3_600_000
START = 1_704_067_200_000
MINE = """
name: mine
timeframe: 1h
inputs:
  fast: {type: int, default: 5, min: 2, max: 50}
long:
  entry: ta.crossover(ta.sma(close, fast), ta.sma(close, 20))
  exit: ta.crossunder(ta.sma(close, fast), ta.sma(close, 20))
  stop: {percent: 3}
"""


def hours(count, seed=4):
    chance, price, lines = random.Random(seed), 100.0, [HEADER.strip()]
    for i in range(count):
        price = opened = price * (1 + 0.001 * chance.uniform(-1, 1))
        price *= 1 + 0.012 * chance.uniform(-1, 1) + 0.002 * math.sin(i / 40)
        high, low = max(opened, price) * 1.002, min(opened, price) * 0.998
        lines.append(f"{START + i * HOUR},{opened!r},{high!r},{low!r},{price!r},{1 + 9 * chance.random()!r}")
    return "\n".join(lines) + "\n"


class Backtest(Folder):
    def candles(self, count=3_000):
        return self.file("binance-AAA-USDT-1h.csv", hours(count))

    def test_stored_candles_and_the_file_give_one_result(self):
        path = self.candles()
        self.expect(run("import", path, data_dir=self.data), 0)
        mine = self.file("mine.yaml", MINE)
        options = ("--strategy", mine, "--timeframe", "1h", "--commission-bps", "10", "--json")
        stored = run("backtest", "--symbol", "AAAUSDT", *options, data_dir=self.data)
        self.expect(stored, 0)
        of_file = run("backtest", "--candles", path, *options)
        self.expect(of_file, 0)
        told, same = json.loads(stored.stdout), json.loads(of_file.stdout)
        self.assertEqual(told["trades"], same["trades"])
        self.assertEqual(told["equity"], same["equity"])
        self.assertEqual((told["status"], told["strategy"], told["bars"]), ("done", "mine", 3_000))
        self.assertEqual(len(told["equity"]), 3_000)
        self.assertGreater(len(told["trades"]), 20)
        earned = sum(trade["pnl"] for trade in told["trades"])
        self.assertAlmostEqual(told["final_equity"] - told["initial_capital"], earned, delta=1e-4)
        self.assertAlmostEqual(told["costs"]["fees"], sum(trade["fees"] for trade in told["trades"]), delta=1e-4)
        for trade in told["trades"]:
            self.assertEqual(trade["side"], "long")
            if trade["exit_reason"] == "stop":
                self.assertLessEqual(trade["exit_price"], trade["entry_price"] * 0.97 + 1e-6)
        self.assertEqual(told["metrics"]["trades"]["value"], sum(t["exit_reason"] != "open" for t in told["trades"]))
        self.assertEqual(min(one["drawdown"] for one in told["equity"]), 0)
        self.assertEqual(told["warnings"], [text for text in told["warnings"] if "contradicted" not in text])

    def test_the_table_is_for_people(self):
        result = run("backtest", "--candles", self.candles(), "--strategy", "ema-cross", "--input", "fast=5")
        self.expect(result, 0)
        for word in (b"ema-cross on binance:AAAUSDT 1h", b"next_open", b"Sharpe", b"n = ", b"buy and hold", b"10000.00 became"):
            self.assertIn(word, result.stdout)

    def test_costs_and_policies_change_the_result_as_they_must(self):
        path = self.candles()

        def final(*options):
            result = run("backtest", "--candles", path, "--strategy", self.file("mine.yaml", MINE), "--protections", "none",
                         "--json", *options)
            self.expect(result, 0)
            return json.loads(result.stdout)["final_equity"]

        free = final("--commission", "none")
        self.assertGreater(free, final("--commission-bps", "10"))
        self.assertGreater(free, final("--commission", "none", "--slippage", "fixed_bps:5"))
        self.assertNotEqual(free, final("--commission", "none", "--fill", "close"))
        self.assertNotEqual(free, final("--commission", "none", "--input", "fast=9"))

    def test_what_cannot_be_run_is_refused(self):
        path = self.candles(300)
        on = ("backtest", "--candles", path, "--strategy")
        self.expect(run("backtest", "--strategy", "ema-cross"), 2, "--symbol", "--candles")
        self.expect(run("backtest", "--candles", path), 2, "--strategy")
        self.expect(run(*on, "no-such"), 2, "no-such", "ema-cross")
        self.expect(run(*on, "ema-cross", "--input", "fast=900"), 2, "fast", "200")
        self.expect(run(*on, "ema-cross", "--input", "quick=9"), 2, "quick")
        self.expect(run(*on, "ema-cross", "--capital", "0"), 2, "capital")
        self.expect(run(*on, "ema-cross", "--slippage", "much"), 2, "slippage", "fixed_bps")
        self.expect(run(*on, "ema-cross", "--fill", "later"), 2, "next_open")
        self.expect(run(*on, "ema-cross", "--from", "2030-01-01"), 1, "no bar")
        broken = self.file("broken.yaml", MINE.replace("ta.crossover", "ta.crosover"))
        refused = run(*on, broken)
        self.assertNotEqual(refused.returncode, 0)
        for word in (b"broken.yaml", b"long.entry", b"ta.crossover"):
            self.assertIn(word, refused.stderr)


if __name__ == "__main__":
    unittest.main()
