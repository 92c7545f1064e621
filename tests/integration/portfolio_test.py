"""Several symbols in one account: the command, the server, and a second account kept with a pencil."""

import csv
import io
import json
import math
import tempfile
import unittest
from pathlib import Path

from backtest_test import HOUR, START, hours
from candlewick import Server, run
from cli_folder import HEADER

NAMES = ("AAA", "BBB", "CCC", "DDD")
RULES = """name: steps
timeframe: 1h
long: {entry: 'close > close[1] * 1.004', exit: 'close < close[1] * 0.996'}
sizing: {percent_of_equity: 60}
"""
# Holds one symbol while another rises.
LOOKING = """name: looking
timeframe: 1h
let: {other: 'request.security("BBBUSDT", "60", close)'}
long: {entry: 'other > other[1]', exit: 'other < other[1]'}
"""


def bars_of(index):
    """Rows of a file: each symbol begins some hours later than the one before, and misses every hundredth bar."""
    lines = hours(900, seed=7 + index).splitlines()[1:]
    return [line for i, line in enumerate(lines) if i >= 20 * index and (i + 30 * index) % 100 != 99]


class Pencil:
    """The account as a person would keep it: floats, one moment after the other, no shared code."""

    def __init__(self, all_bars, most, share, fee, capital=10_000.0):
        self.cash, self.fee, self.held, self.mark, self.trades = capital, fee, {}, {}, []
        self.most, self.share = most, share
        rows = [{int(line.split(",")[0]): [float(x) for x in line.split(",")[1:]] for line in bars} for bars in all_bars]
        wish, before = {}, {}
        for moment in sorted(set().union(*rows)):
            due = [i for i in range(len(rows)) if moment in rows[i]]
            for i in due:
                self.mark[i] = rows[i][moment][0]
            for what in ("exit", "entry"):
                for i in due:
                    if wish.get(i) == what:
                        wish.pop(i)
                        (self.sell if what == "exit" else self.buy)(i, moment)
            for i in due:
                close = rows[i][moment][3]
                self.mark[i] = close
                if i in before:
                    if i in self.held and close < before[i] * 0.996:
                        wish[i] = "exit"
                    elif i not in self.held and close > before[i] * 1.004:
                        wish[i] = "entry"
                before[i] = close

    def equity(self):
        return self.cash + sum(quantity * self.mark[i] for i, (quantity, _, _) in self.held.items())

    def buy(self, i, moment):
        if len(self.held) >= self.most:
            return
        equity, price = self.equity(), self.mark[i]
        elsewhere = sum(quantity * self.mark[k] for k, (quantity, _, _) in self.held.items())
        wanted = 0.6 * equity / (price * (1 + self.fee))
        room = min(equity - elsewhere, equity * self.share) / (price * (1 + self.fee))
        if room < 0.01 * wanted:
            return
        quantity = min(wanted, room)
        self.cash -= quantity * price * (1 + self.fee)
        self.held[i] = (quantity, price, moment)

    def sell(self, i, moment):
        quantity, price, since = self.held.pop(i)
        self.cash += quantity * self.mark[i] * (1 - self.fee)
        # Fills are at ticks, of 1e-8 here.
        self.trades.append((NAMES[i] + "USDT", since, round(price, 8), moment, round(self.mark[i], 8), quantity))


class Portfolio(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="cw-portfolio-")
        cls.data = Path(cls.folder.name) / "data"
        cls.bars = [bars_of(i) for i in range(len(NAMES))]
        for name, bars in zip(NAMES, cls.bars):
            path = Path(cls.folder.name) / f"binance-{name}-USDT-1h.csv"
            path.write_text(HEADER.strip() + "\n" + "\n".join(bars) + "\n")
            made = run("import", path, data_dir=cls.data)
            assert made.returncode == 0, made.stderr
        cls.rules = Path(cls.folder.name) / "steps.yaml"
        cls.rules.write_text(RULES)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def command(self, *options, symbols="AAAUSDT,BBBUSDT,CCCUSDT,DDDUSDT", code=0):
        done = run("backtest", "--symbol", symbols, "--strategy", self.rules, "--protections", "none", *options, data_dir=self.data)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def test_an_account_kept_with_a_pencil_comes_to_the_same(self):
        for most, exposure, fee_bps in ((0, None, 10), (2, None, 25), (3, 45, 0)):
            options = ["--max-positions", str(most), "--commission-bps", str(fee_bps), "--json"]
            if exposure:
                options += ["--symbol-exposure", str(exposure)]
            told = json.loads(self.command(*options).stdout)
            share = exposure / 100 if exposure else 1 / (most or len(NAMES))
            pencil = Pencil(self.bars, most or len(NAMES), share, fee_bps / 10_000)
            closed = [one for one in told["trades"] if one["exit_reason"] != "open"]
            mine = [(one["symbol"], one["entry_time"], round(one["entry_price"], 8), one["exit_time"], one["exit_price"])
                    for one in closed]
            self.assertGreater(len(mine), 100)
            # Ends of one moment are told in the order of the symbols.
            self.assertEqual(mine, [trade[:5] for trade in sorted(pencil.trades, key=lambda one: (one[3], one[0]))])
            for one, trade in zip(closed, sorted(pencil.trades, key=lambda one: (one[3], one[0]))):
                self.assertAlmostEqual(one["quantity"] / trade[5], 1, delta=1e-6)
            self.assertAlmostEqual(told["final_equity"] / pencil.equity(), 1, delta=1e-7)
            self.assertGreater(len({one[0] for one in mine}), 3)

    def test_the_result_tells_each_symbol(self):
        told = json.loads(self.command("--max-positions", "2", "--json").stdout)
        self.assertEqual(told["symbol"], "AAAUSDT,BBBUSDT,CCCUSDT,DDDUSDT")
        self.assertEqual((told["venue"], told["limits"]["max_positions"], told["limits"]["symbol_exposure_percent"]), ("binance", 2, 50))
        self.assertEqual([one["symbol"] for one in told["symbols"]], [name + "USDT" for name in NAMES])
        for one in told["symbols"]:
            own = [trade for trade in told["trades"] if trade["symbol"] == one["symbol"]]
            closed = [trade for trade in own if trade["exit_reason"] != "open"]
            self.assertEqual((one["trades"], one["won"]), (len(closed), sum(trade["pnl"] > 0 for trade in closed)))
            self.assertAlmostEqual(one["net_profit"], sum(trade["pnl"] for trade in own), delta=1e-6)
        self.assertAlmostEqual(sum(one["net_profit"] for one in told["symbols"]), told["final_equity"] - 10_000, delta=1e-4)
        page = Path(self.folder.name) / "page.html"
        table = Path(self.folder.name) / "trades.csv"
        done = self.command("--report", page, "--trades-csv", table)
        for word in (b"AAAUSDT, BBBUSDT, CCCUSDT, DDDUSDT (binance)", b"shared account", b"25 % in one"):
            self.assertIn(word, done.stdout)
        self.assertIn("By symbol", page.read_text())
        rows = list(csv.DictReader(io.StringIO(table.read_text())))
        self.assertEqual({row["symbol"] for row in rows}, {name + "USDT" for name in NAMES})

    def test_what_cannot_be_run_is_refused(self):
        for symbols, code, word in (("AAAUSDT,AAAUSDT", 2, b"AAAUSDT is named twice"), ("AAAUSDT,", 2, b"empty"),
                                    ("AAAUSDT,binance:AAAUSDT", 2, b"binance:AAAUSDT is named twice"),
                                    ("AAAUSDT,NONEUSDT", 1, b"NONEUSDT")):
            self.assertIn(word, self.command(symbols=symbols, code=code).stderr)
        for options in (("--max-positions", "x"), ("--exposure", "0"), ("--symbol-exposure", "-1")):
            self.assertIn(options[0].encode(), self.command(*options, code=2).stderr)

    def test_what_candles_lack_is_said(self):
        """A symbol that ended before the period holds its share idle, so it is refused; one that begins or ends inside it is told."""
        gone, most = self.bars[0][:300], "--max-positions"
        with tempfile.TemporaryDirectory(prefix="cw-coverage-") as folder:
            data, rules = Path(folder) / "data", Path(folder) / "steps.yaml"
            for name, bars in (("AAA", self.bars[0]), ("BBB", gone), ("CCC", self.bars[2][100:])):
                path = Path(folder) / f"binance-{name}-USDT-1h.csv"
                path.write_text(HEADER.strip() + "\n" + "\n".join(bars) + "\n")
                self.assertEqual(run("import", path, data_dir=data).returncode, 0)
            rules.write_text(RULES)
            end = int(gone[-1].split(",")[0]) + HOUR
            later = ("--from", str(end + 24 * HOUR))

            def done(symbols, *options, command="backtest", of=RULES):
                rules.write_text(of)
                return run(command, "--symbol", symbols, "--strategy", rules, "--protections", "none", "--json", *options, data_dir=data)

            whole = done("AAAUSDT,BBBUSDT,CCCUSDT", most, "2")
            self.assertEqual(whole.returncode, 0, whole.stderr)
            told = json.loads(whole.stdout)["warnings"]
            self.assertEqual(sum("BBBUSDT has no bars after" in text for text in told), 1, told)
            self.assertEqual(sum("CCCUSDT has no bars before" in text for text in told), 1, told)
            self.assertFalse(any("AAAUSDT" in text for text in told), told)
            self.assertFalse(any("no bars" in text for text in json.loads(done("AAAUSDT").stdout)["warnings"]))
            long_ago = json.loads(done("AAAUSDT", "--from", "2020-01-01").stdout)["warnings"]
            self.assertTrue(any("asked from 2020-01-01 on; the bars begin at 2024-01-01" in text for text in long_ago), long_ago)
            for command in ("backtest", "sweep"):
                grid = ("--grid", "most=1:3:1") if command == "sweep" else ()
                of = RULES + "inputs: {most: {type: int, default: 1, min: 1, max: 3}}\n"
                refused = done("AAAUSDT,BBBUSDT", *later, *grid, command=command, of=of)
                self.assertEqual(refused.returncode, 1, refused.stdout[:300])
                self.assertIn(b"No bar of BBBUSDT 1h lies in the period; the last ends at 2024-01-", refused.stderr)
            swept = done("AAAUSDT,BBBUSDT,CCCUSDT", most, "2", "--grid", "most=1:3:1", command="sweep",
                         of=RULES + "inputs: {most: {type: int, default: 1, min: 1, max: 3}}\n")
            lacks = [text for text in json.loads(swept.stdout)["warnings"] if "no bars" in text]
            self.assertEqual(lacks, [text for text in told if "no bars" in text])
            for name, text in (("practice-AAA-USDT", self.bars[0]), ("binance-AAA-EUR", self.bars[0])):
                path = Path(folder) / f"{name}-1h.csv"
                path.write_text(HEADER.strip() + "\n" + "\n".join(text) + "\n")
                made = run("import", path, data_dir=data)
                self.assertEqual(made.returncode, 2 if "practice" in name else 0, made.stderr)
            mixed = done("AAAUSDT,AAAEUR")
            self.assertEqual(mixed.returncode, 2, mixed.stdout[:300])
            self.assertIn(b"AAAEUR in EUR; an account has one currency", mixed.stderr)
            looking = json.loads(done("AAAUSDT", of=LOOKING).stdout)["warnings"]
            self.assertEqual(sum("BBBUSDT, which the strategy looks at, has no bars after" in text for text in looking), 1, looking)
            with Server(data, "--set", "market.follow=BTCUSDT", "--set", "lab.idle=false") as server:
                asked = {"document": RULES, "protections": "none", "wait_ms": 10_000, "symbol": "AAAUSDT,BBBUSDT,CCCUSDT", "max_positions": 2}
                made = server.get("/api/signals/backtest", method="POST", body=asked).json()
                self.assertEqual(made["warnings"], told)
                kept = server.get(f"/api/backtests/{made['id']}").json()
                self.assertEqual(kept["warnings"], told)
                for change, field, word in (({"symbol": "AAAUSDT,AAAEUR"}, "symbol", "one currency"),
                                            ({"intrabar": "magnifier"}, "intrabar", "shorter bars")):
                    refused = server.get("/api/signals/backtest", method="POST", body=asked | change)
                    self.assertEqual((refused.status, refused.json()["field"]), (422, field), refused.body)
                    self.assertIn(word, refused.json()["detail"])
                refused = server.get("/api/signals/backtest", method="POST", body=asked | {"from": end + 24 * HOUR})
                self.assertEqual((refused.status, refused.json()["field"]), (422, "from"), refused.body)
                self.assertIn("BBBUSDT", refused.json()["detail"])

    def test_an_error_names_the_symbol_the_bar_and_the_line(self):
        wide = Path(self.folder.name) / "wide.yaml"
        wide.write_text("name: wide\ntimeframe: 1h\nlong:\n  entry: close > close[1]\n  stop: {expression: close - 1000}\n")
        done = run("backtest", "--symbol", "AAAUSDT,BBBUSDT", "--strategy", wide, "--no-checks", data_dir=self.data)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stderr.decode(), r"line 5: AAAUSDT: the bar of 2024-01-01T\d\d:00:00Z, long\.stop: ")

    def entries_and_exits(self):
        """The times of LOOKING on AAAUSDT, kept by hand: each bar knows of BBBUSDT what had closed when it opened."""
        mine = [[float(x) for x in bar.split(",")] for bar in self.bars[0]]
        other = [[float(x) for x in bar.split(",")] for bar in self.bars[1]]
        seen = []
        for bar in mine:
            known = [row[4] for row in other if row[0] + HOUR <= bar[0]]
            seen.append(known[-1] if known else math.nan)
        times, held = [], False
        for i in range(1, len(mine) - 1):
            if seen[i] < seen[i - 1] if held else seen[i] > seen[i - 1]:
                held = not held
                times.append(int(mine[i + 1][0]))
        return times

    def test_a_strategy_looks_at_another_symbol(self):
        expected = self.entries_and_exits()
        self.assertGreater(len(expected), 100)
        rules = Path(self.folder.name) / "looking.yaml"
        rules.write_text(LOOKING)
        options = ("backtest", "--strategy", rules, "--protections", "none", "--json")
        done = run(*options, "--symbol", "AAAUSDT", data_dir=self.data)
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout)
        times = [time for trade in told["trades"] for time in (trade["entry_time"], trade["exit_time"])]
        self.assertEqual(times[:len(expected) // 2 * 2], expected[:len(expected) // 2 * 2])
        self.assertEqual(told["leaks"]["passed"], True)
        for symbols in ("AAAUSDT,CCCUSDT", "BBBUSDT"):
            self.assertEqual(run(*options, "--symbol", symbols, data_dir=self.data).returncode, 0, symbols)

        path = Path(self.folder.name) / "binance-AAA-USDT-1h.csv"
        of_file = run(*options, "--candles", path)
        self.assertNotEqual(of_file.returncode, 0)
        self.assertIn(b"BBBUSDT", of_file.stderr)
        rules.write_text(LOOKING.replace("BBBUSDT", "NONEUSDT"))
        unknown = run(*options, "--symbol", "AAAUSDT", data_dir=self.data)
        self.assertNotEqual(unknown.returncode, 0)
        self.assertIn(b"NONEUSDT", unknown.stderr)

        # Of whose chart's timeframe the other symbol has no bars.
        quarters = Path(self.folder.name) / "binance-EEE-USDT-15m.csv"
        quarters.write_text(HEADER.strip() + "\n" + "".join(f"{START + i * HOUR // 4},100,102,99,101,1\n" for i in range(400)))
        self.assertEqual(run("import", quarters, data_dir=self.data).returncode, 0)
        with Server(self.data, "--set", "market.follow=BTCUSDT", "--set", "lab.idle=false") as server:
            of_quarters = {"document": LOOKING.replace('"60"', '"15"'), "symbol": "EEEUSDT", "timeframe": "15m"}
            refused = server.get("/api/signals/backtest", method="POST", body=of_quarters)
            self.assertEqual((refused.status, refused.json()["field"]), (422, "strategy"), refused.body)
            self.assertIn("binance:BBBUSDT", refused.json()["detail"])
            checked = server.get("/api/strategies/check", method="POST", body=of_quarters).json()
            self.assertTrue(checked["ok"])
            self.assertIn("BBBUSDT", checked["warnings"][-1])
            asked = {"document": LOOKING, "symbol": "AAAUSDT", "protections": "none", "wait_ms": 10_000}
            answer = server.get("/api/signals/backtest", method="POST", body=asked)
            self.assertEqual(answer.status, 200, answer.body[:600])
            self.assertEqual(answer.json()["trades"], told["trades"])
            checked = server.get("/api/strategies/check", method="POST",
                                 body={"document": LOOKING, "symbol": "AAAUSDT", "bars": 300})
            self.assertEqual(checked.status, 200, checked.body[:600])
            self.assertGreater(len(checked.json()["trades"]), 20)
            refused = server.get("/api/signals/backtest", method="POST", body=asked | {"document": LOOKING.replace("BBBUSDT", "NONEUSDT")})
            self.assertEqual((refused.status, refused.json()["field"]), (422, "let.other"), refused.body)

    def test_the_server_gives_the_commands_run(self):
        # The command writes no runs, so the two may follow each other.
        told = json.loads(self.command("--max-positions", "2", "--json").stdout)
        with Server(self.data, "--set", "market.follow=BTCUSDT", "--set", "lab.idle=false") as server:
            asked = {"document": RULES, "symbol": "AAAUSDT, BBBUSDT,CCCUSDT,DDDUSDT", "protections": "none", "max_positions": 2,
                     "wait_ms": 10_000, "name": "four in one"}
            answer = server.get("/api/signals/backtest", method="POST", body=asked)
            self.assertEqual(answer.status, 200, answer.body[:600])
            made = answer.json()
            for member in ("trades", "symbols", "limits", "metrics", "symbol", "venue", "final_equity"):
                self.assertEqual(made[member], told[member], member)
            row = server.get("/api/backtests?search=CCCUSDT%20four").json()["items"][0]
            self.assertEqual(row["symbol"], told["symbol"])
            trades = server.get(f"/api/backtests/{made['id']}/trades?limit=10000").json()["trades"]
            self.assertEqual(trades, told["trades"])
            table = server.get(f"/api/backtests/{made['id']}/trades?format=csv").body.decode()
            self.assertEqual(len(list(csv.DictReader(io.StringIO(table)))), len(trades))
            self.assertIn("By symbol", server.get(f"/api/backtests/{made['id']}/report.html").body.decode())
            for symbols in ("AAAUSDT,AAAUSDT", "AAAUSDT,NONEUSDT", "AAAUSDT,"):
                refused = server.get("/api/signals/backtest", method="POST", body=asked | {"symbol": symbols})
                self.assertEqual((refused.status // 100, refused.json()["field"]), (4, "symbol"), refused.body)
            refused = server.get("/api/signals/backtest", method="POST", body=asked | {"exposure_percent": 0})
            self.assertEqual((refused.status, refused.json()["field"]), (422, "exposure_percent"))


if __name__ == "__main__":
    unittest.main()
