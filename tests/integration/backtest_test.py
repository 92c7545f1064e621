"""`candlewick backtest`: a strategy on stored candles and on a file's, as a table and as JSON, and what is refused."""

import csv
import json
import math
import random
import unittest
from pathlib import Path

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
        for word in (b"ema-cross on binance:AAAUSDT 1h", b"next_open", b"Sharpe", b"n = ", b"buy and hold", b"10000.00 became",
                     b"ambiguous bars", b"PSR / DSR", b"break-even cost", b"No leak"):
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

    def told(self, *options, strategy=MINE, count=3_000):
        result = run("backtest", "--candles", self.candles(count), "--strategy", self.file("mine.yaml", strategy), "--json",
                     *options)
        self.expect(result, 0)
        return json.loads(result.stdout)

    def test_the_result_says_what_it_is_worth(self):
        told = self.told()
        self.assertTrue(told["leaks"]["passed"])
        self.assertEqual(told["leaks"]["found"], [])
        self.assertEqual([(one["time"], one["intrabar"], one["run"]) for one in told["policies"]],
                         [(time, way, way != "magnifier") for time in ("next_open", "close")
                          for way in ("pessimistic", "adaptive", "magnifier")])
        asked = [one for one in told["policies"] if one["asked"]]
        self.assertEqual(len(asked), 1)
        self.assertAlmostEqual(asked[0]["net_profit"], told["final_equity"] - told["initial_capital"], delta=1e-6)
        curve = {point["bps"]: point for point in told["cost_curve"]}
        self.assertEqual(list(curve), [0, 1, 2, 5, 10, 20, 30, 50, 75, 100])
        self.assertEqual(curve[10]["net_profit"], asked[0]["net_profit"])  # the run's own costs
        self.assertGreater(curve[0]["net_profit"], curve[100]["net_profit"])
        even = told["break_even_bps"]
        if even is None:
            self.assertTrue(told["break_even_why"])
        else:
            self.assertEqual(even > 10, told["final_equity"] > told["initial_capital"])
        robustness = told["robustness"]
        self.assertIn(robustness["grade"], ("good", "doubtful", "bad"))
        for part in ("psr", "dsr", "monte_carlo", "shuffle", "random_entries"):
            self.assertIn(robustness[part]["grade"], ("good", "doubtful", "bad"), robustness[part])
            self.assertGreater(len(robustness[part]["verdict"]), 20)
        self.assertEqual(len(robustness["monte_carlo"]["growth"]), len(robustness["monte_carlo"]["after"]))
        self.assertEqual(robustness["trials"], 1)
        self.assertIn("the command line keeps no record of tries", robustness["dsr"]["verdict"])
        self.assertEqual(self.told()["robustness"], robustness)  # the same each time
        self.assertNotIn("leaks", self.told("--no-checks"))

    def test_a_leak_ends_the_command_loudly(self):
        counts = MINE.replace("entry: ta.crossover(ta.sma(close, fast), ta.sma(close, 20))", "entry: bar_index % 10 == 3")
        on = ("backtest", "--candles", self.candles(6_000), "--strategy", self.file("counts.yaml", counts))
        refused = run(*on, "--json")
        self.assertEqual((refused.returncode, refused.stdout), (1, b""))
        for words in (b"LEAK", b"long.entry (line 7)", b"depends on where the data begin", b"--no-checks"):
            self.assertIn(words, refused.stderr)
        let_through = run(*on, "--no-checks")
        self.expect(let_through, 0)
        self.assertIn(b"Leaks were not looked for.", let_through.stdout)

    def test_files_are_written_whole_or_not_at_all(self):
        folder = Path(self.data).parent / "told"
        folder.mkdir()
        named = {name: folder / name for name in ("report.html", "trades.csv", "equity.csv")}
        told = self.told("--report", str(named["report.html"]), "--trades-csv", str(named["trades.csv"]),
                         f"--equity-csv={named['equity.csv']}")
        self.assertEqual(sorted(path.name for path in folder.iterdir()), sorted(named))
        with named["trades.csv"].open(newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([float(row["pnl"]) for row in rows], [trade["pnl"] for trade in told["trades"]])
        self.assertEqual([row["exit_reason"] for row in rows], [trade["exit_reason"] for trade in told["trades"]])
        with named["equity.csv"].open(newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([float(row["equity"]) for row in rows], [one["equity"] for one in told["equity"]])
        page = named["report.html"].read_text()
        self.assertTrue(page.startswith("<!doctype html>") and page.rstrip().endswith("</html>"))
        self.assertEqual(page.count("</script>"), 2)
        before = named["report.html"].read_bytes()
        none = folder / "none" / "report.html"
        path = self.candles(300)
        self.fails(run("backtest", "--candles", path, "--strategy", "ema-cross", "--report", "a.html", "--equity-csv", "a.html"), 2, "a.html")
        self.fails(run("backtest", "--candles", path, "--strategy", "ema-cross", "--input", "fast=5", "--input", "fast=6"), 2,
                   "--input names 'fast' twice")
        torn = self.file("torn-1h.csv", Path(path).read_text() + "1,2,x,4,5,6\n")
        self.fails(run("backtest", "--candles", torn, "--strategy", "ema-cross"), 1, "torn-1h.csv: line 302: column 3 (high)")
        refused = run("backtest", "--candles", path, "--strategy", "ema-cross", "--report", str(none))
        self.expect(refused, 1, str(none))
        self.assertEqual(named["report.html"].read_bytes(), before)

    def test_text_of_a_strategy_is_no_markup(self):
        evil = MINE.replace("name: mine", 'name: mine\ntitle: "</script><script>alert(1)</script>"\ndescription: "<img src=x>"')
        page = Path(self.data).parent / "evil.html"
        self.told("--report", str(page), strategy=evil)
        text = page.read_text()
        self.assertNotIn("<script>alert", text)
        self.assertNotIn("<img", text)
        self.assertIn("&lt;/script&gt;", text)

    def test_the_figures_of_others(self):
        figures = self.told("--metrics-as", "backtesting.py")["metrics_as"]
        self.assertEqual(figures["peer"], "backtesting.py")
        self.assertIn("Sharpe Ratio", figures["figures"])
        table = run("backtest", "--candles", self.candles(), "--strategy", "ema-cross", "--metrics-as", "vectorbt")
        self.expect(table, 0)
        self.assertIn(b"as vectorbt 1.2.0 would print it", table.stdout)

    def test_what_was_refused_is_told_by_its_name_and_shorts_cost_what_is_said(self):
        path = self.candles()
        wrong = self.file("wrong.yaml", "name: wrong\ntimeframe: 1h\nlong: {entry: 'close > close[1]', stop: {expression: close * 2}}\n")
        told = json.loads(run("backtest", "--candles", path, "--strategy", wrong, "--protections", "none", "--json").stdout)
        self.assertEqual(list(told["refused"]), ["wrong_side"])
        self.assertGreater(told["refused"]["wrong_side"], 500)
        self.assertTrue(any("wrong side" in text for text in told["warnings"]), told["warnings"])
        short = self.file("short.yaml", "name: short\ntimeframe: 1h\nshort: {entry: 'bar_index == 100', exit: 'bar_index == 2900'}\n")
        on = ("backtest", "--candles", path, "--strategy", short, "--protections", "none", "--commission", "none", "--json")
        free, charged = (json.loads(run(*on, *options).stdout) for options in ((), ("--funding", "borrow:10")))
        self.assertEqual((free["costs"]["funding"], charged["costs"]["funding_model"]), (0, "borrow:10"))
        years = 2_800 / 24 / 365
        self.assertAlmostEqual(charged["costs"]["funding"] / (10_000 * 0.1 * years), 1, delta=0.15)
        self.assertAlmostEqual(free["final_equity"] - charged["final_equity"], charged["costs"]["funding"], delta=1e-6)

    def test_the_magnifier_walks_shorter_candles(self):
        hour, lines = [line.split(",") for line in hours(3_000).splitlines()[1:]], [HEADER.strip()]
        for time, opened, high, low, close, volume in hour:  # down first, then up: stops before targets
            way = [opened, low, high, close, close]
            for i in range(4):
                first, last = float(way[i]), float(way[i + 1])
                lines.append(f"{int(time) + i * HOUR // 4},{first!r},{max(first, last)!r},{min(first, last)!r},{last!r},"
                             f"{float(volume) / 4!r}")
        quarters = self.file("binance-AAA-USDT-15m.csv", "\n".join(lines) + "\n")
        told = self.told("--intrabar", "magnifier", "--lower-candles", quarters)
        self.assertEqual(told["fills_policy"]["intrabar"], "magnifier")
        self.assertTrue(all(one["run"] for one in told["policies"]))
        self.assertEqual([text for text in told["warnings"] if "no lower bars" in text], [])
        for path in (self.candles(), quarters):
            self.expect(run("import", path, data_dir=self.data), 0)
        stored = run("backtest", "--symbol", "AAAUSDT", "--timeframe", "1h", "--strategy", self.file("mine.yaml", MINE),
                     "--intrabar", "magnifier", "--json", data_dir=self.data)
        self.expect(stored, 0)
        self.assertEqual(json.loads(stored.stdout)["trades"], told["trades"])

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
        self.expect(run(*on, "ema-cross", "--metrics-as", "quantstats"), 2, "freqtrade", "vectorbt")
        self.expect(run(*on, "ema-cross", "--intrabar", "magnifier"), 2, "--lower-candles")
        self.expect(run(*on, "ema-cross", "--intrabar", "kind"), 2, "adaptive", "magnifier")
        self.expect(run(*on, "ema-cross", "--lower-candles", path), 2, "--lower-candles")
        self.expect(run(*on, "ema-cross", "--timeframe", "5m"), 2, "--timeframe", "60 minutes")
        self.expect(run(*on, "ema-cross", "--funding", "much"), 2, "--funding", "perpetual")
        self.expect(run(*on, "ema-cross", "--capital", "nan"), 2, "--capital")
        quarters = [line.split(",") for line in hours(300, seed=99).splitlines()]
        other = self.file("binance-BBB-USDT-15m.csv", "\n".join(
            [HEADER.strip(), *(",".join([row[0], *(repr(3 * float(x)) for x in row[1:5]), row[5]]) for row in quarters[1:])]) + "\n")
        self.expect(run(*on, "ema-cross", "--intrabar", "magnifier", "--lower-candles", other), 2, "not of what is tested")
        broken = self.file("broken.yaml", MINE.replace("ta.crossover", "ta.crosover"))
        refused = run(*on, broken)
        self.assertNotEqual(refused.returncode, 0)
        for word in (b"broken.yaml", b"long.entry", b"ta.crossover"):
            self.assertIn(word, refused.stderr)


if __name__ == "__main__":
    unittest.main()
