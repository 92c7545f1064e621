"""`candlewick sweep`: many values of a strategy's inputs, as a table and as JSON; stopping and going on; what is refused."""

import json
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from backtest_test import HEADER, HOUR, START, hours
from candlewick import BINARY, PATIENCE, Server, clean_environment, run
from cli_folder import Folder

CROSS = """
name: cross
timeframe: 1h
inputs:
  fast: {type: int, default: 5, min: 2, max: 100}
  slow: {type: int, default: 20, min: 3, max: 300}
require:
  - fast < slow
long:
  entry: ta.crossover(ta.ema(close, fast), ta.ema(close, slow))
  exit: ta.crossunder(ta.ema(close, fast), ta.ema(close, slow))
"""
GRID = ("--grid", "fast=4:20:4", "--grid", "slow=12:60:8")


def quarters(count, low_first):
    """Four candles in each of `hours`, by its low and high in this order."""
    lines = [HEADER.strip()]
    for time_of, opened, high, low, close, volume in (line.split(",") for line in hours(count).splitlines()[1:]):
        way = [opened, low, high, close, close] if low_first else [opened, high, low, close, close]
        for i in range(4):
            first, last = float(way[i]), float(way[i + 1])
            lines.append(f"{int(time_of) + i * HOUR // 4},{first!r},{max(first, last)!r},{min(first, last)!r},{last!r},"
                         f"{float(volume) / 4!r}")
    return "\n".join(lines) + "\n"


class Sweep(Folder):
    def setUp(self):
        super().setUp()
        self.candles = self.file("binance-AAA-USDT-1h.csv", hours(3_000))
        self.strategy = self.file("cross.yaml", CROSS)

    def sweep(self, *options, code=0):
        result = run("sweep", "--candles", self.candles, "--strategy", self.strategy, *options, timeout=300)
        self.expect(result, code)
        return result

    def told(self, *options):
        return json.loads(self.sweep("--json", *options).stdout)

    def test_each_cell_is_the_backtest_with_its_values(self):
        told = self.told(*GRID, "--slippage", "fixed_bps:5")
        self.assertEqual((told["status"], told["done"], told["total"], told["skipped"]), ("done", 35, 35, 4))
        self.assertEqual((told["from"], told["bars"]), (START, 3_000))
        self.assertEqual(told["to"], START + 3_000 * HOUR)
        self.assertEqual([axis["name"] for axis in told["axes"]], ["fast", "slow"])
        for cell in told["cells"][::9]:
            if cell["why"] is not None:
                self.assertGreaterEqual(cell["inputs"]["fast"], cell["inputs"]["slow"])
                continue
            values = [text for name, value in cell["inputs"].items() for text in ("--input", f"{name}={value}")]
            result = run("backtest", "--candles", self.candles, "--strategy", self.strategy, "--slippage", "fixed_bps:5",
                         "--json", *values)
            self.expect(result, 0)
            metrics = json.loads(result.stdout)["metrics"]
            for name in ("sharpe", "total_return", "max_drawdown", "trades", "profit_factor"):
                self.assertEqual(cell[name], metrics[name]["value"], name)

    def test_the_best_cell_never_stands_alone(self):
        told = self.told(*GRID)
        best = told["best"]
        self.assertEqual(best["objective"], max(cell["objective"] for cell in told["cells"] if cell["why"] is None))
        self.assertEqual(best["trials"], 31)
        self.assertTrue(0 <= best["deflated_sharpe"] <= 1)
        self.assertIn(best["verdict"], ("better_than_luck", "not_better_than_luck"))
        self.assertTrue(0 <= told["pbo"]["probability"] <= 1)
        self.assertGreater(told["stability"]["neighbours"], 0)
        table = self.sweep(*GRID).stdout
        for word in (b"cross on binance:AAAUSDT 1h", b"35 cells, 4 skipped", b"deflated Sharpe", b"over 31 trials",
                     b"probability of overfitting", b"one step away", b"sharpe by slow (down) and fast (across)"):
            self.assertIn(word, table)

    def test_threads_change_nothing(self):
        for options in (GRID, (*GRID, "--search", "random", "--trials", "20"),
                        ("--grid", "fast=2:40", "--grid", "slow=10:120", "--search", "tpe", "--trials", "40", "--folds", "2")):
            one = self.sweep("--json", *options, "--threads", "1")
            many = self.sweep("--json", *options, "--threads", "3")
            self.assertEqual(one.stdout, many.stdout)

    def test_a_walk_forward_judges_what_its_trainings_chose(self):
        for kind in ("rolling", "anchored"):
            walked = self.told(*GRID, "--folds", "3", "--walk-forward", kind, "--purge", "24", "--embargo", "12")["walk_forward"]
            self.assertEqual(walked["kind"], kind)
            self.assertEqual(len(walked["folds"]), 3)
            for before, after in zip(walked["folds"], walked["folds"][1:]):
                self.assertEqual(before["test"]["to"], after["test"]["from"])
            for fold in walked["folds"]:
                self.assertEqual(fold["test"]["from"] - fold["train"]["to"], 36 * HOUR)
            self.assertEqual(walked["folds"][-1]["test"]["to"], START + 3_000 * HOUR)
        self.assertIn(b"walk-forward, rolling, purge 0", self.sweep(*GRID, "--folds", "2").stdout)

    def start(self, state, *options):
        # A session of its own, so that the signal is for this process alone.
        return subprocess.Popen([BINARY, "sweep", "--candles", str(self.candles), "--strategy", str(self.strategy), "--json",
                                 "--state", str(state), "--threads", "1", *options], env=clean_environment(),
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)

    def test_a_sweep_that_was_stopped_goes_on_to_the_same_result(self):
        for search in ((), ("--search", "tpe", "--trials", "1500")):
            options = ("--grid", "fast=2:60", "--grid", "slow=10:150", *search)
            state = self.path / f"kept{len(search)}.sweep"
            process = self.start(state, *options)
            deadline = time.monotonic() + 60 * PATIENCE
            while not state.exists() and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60 * PATIENCE)
            self.assertEqual(process.returncode, 1, err)
            self.assertIn(b"the same command goes on", err)
            self.assertEqual(out, b"")
            kept = state.read_text().splitlines()
            self.assertGreater(len(kept), 1)
            state.write_text("\n".join(kept) + "\n" + kept[-1][:40])  # as if it had been cut off
            gone_on = self.sweep("--json", "--state", state, *options)
            whole = self.sweep("--json", *options)
            self.assertEqual(gone_on.stdout, whole.stdout)
            # All is there now: nothing is left to run.
            self.assertEqual(self.sweep("--json", "--state", state, *options).stdout, whole.stdout)

    def test_a_state_of_another_question_is_refused(self):
        state = self.path / "kept.sweep"
        self.sweep(*GRID, "--state", state)
        before = state.read_bytes()
        for options, words in (((*GRID, "--commission", "none"), ("costs",)), ((*GRID, "--objective", "calmar"), ("objective",)),
                               (("--grid", "fast=4:20:4"), ("axes", "trials")), ((*GRID, "--to", "2024-03-01"), ("candles", "bars"))):
            result = run("sweep", "--candles", self.candles, "--strategy", self.strategy, "--state", state, *options)
            self.fails(result, 1, "is the state of another sweep", *words)
        self.assertEqual(state.read_bytes(), before)
        state.write_text("something else\n")
        self.fails(run("sweep", "--candles", self.candles, "--strategy", self.strategy, "--state", state, *GRID), 1,
                   "not what is kept of a sweep")

    def test_stored_candles_and_the_file_give_one_result(self):
        self.expect(run("import", self.candles, data_dir=self.data), 0)
        stored = run("sweep", "--symbol", "AAAUSDT", "--strategy", self.strategy, *GRID, "--json", data_dir=self.data)
        self.expect(stored, 0)
        self.assertEqual(stored.stdout, self.sweep(*GRID, "--json").stdout)

    def test_the_magnifier_walks_shorter_candles_in_each_cell_and_they_are_part_of_the_question(self):
        # Stop and target lie in many bars together: what comes first there is what the shorter candles say.
        text = CROSS + "  stop: {percent: 0.4}\n  target: {percent: 0.4}\n"
        strategy = self.file("brackets.yaml", text)
        lower, other = (self.file(name, quarters(3_000, low_first)) for name, low_first in
                        (("binance-AAA-USDT-15m.csv", False), ("binance-BBB-USDT-15m.csv", True)))
        state = str(self.path / "kept.sweep")
        asked = ("--strategy", strategy, "--protections", "none", "--intrabar", "magnifier")
        on = ("sweep", "--candles", self.candles, *asked, *GRID)
        swept = run(*on, "--lower-candles", lower, "--state", state, "--json", timeout=300)
        self.expect(swept, 0)
        cells = [cell for cell in json.loads(swept.stdout)["cells"] if cell["why"] is None]
        values = [text for name, value in cells[5]["inputs"].items() for text in ("--input", f"{name}={value}")]
        metrics = {}
        for way, more in (("magnifier", ("--lower-candles", lower)), ("pessimistic", ())):
            result = run("backtest", "--candles", self.candles, *asked[:-1], way, *more, "--json", *values)
            self.expect(result, 0)
            metrics[way] = json.loads(result.stdout)["metrics"]
        self.assertEqual(cells[5]["total_return"], metrics["magnifier"]["total_return"]["value"])
        self.assertNotEqual(cells[5]["total_return"], metrics["pessimistic"]["total_return"]["value"])
        self.expect(run(*on, "--lower-candles", other, "--state", state, timeout=300), 1, "shorter_candles")

    def test_what_is_wrong_is_named(self):
        for options, words in (
                ((), ("needs a --grid",)), (("--grid", "fast"), ("NAME=FROM:TO:STEP",)),
                (("--grid", "quick=1:2:1"), ("grid.quick", "no such input")),
                (("--grid", "fast=1:5:1"), ("grid.fast", "at least 2")), (("--grid", "fast=5:9:0"), ("grid.fast", "step")),
                ((*GRID, "--search", "luck"), ("search",)), ((*GRID, "--objective", "luck"), ("objective",)),
                ((*GRID, "--trials", "3"), ("trials",)), ((*GRID, "--folds", "0"), ("--folds",)),
                ((*GRID, "--purge", "3"), ("purge",)), ((*GRID, "--input", "fast=3"), ("inputs.fast",)),
                ((*GRID, "--heat-map", "fast"), ("--heat-map",)), ((*GRID, "--walk-forward", "up"), ("walk_forward",)),
                ((*GRID, "--intrabar", "magnifier"), ("--lower-candles",))):
            result = run("sweep", "--candles", self.candles, "--strategy", self.strategy, *options)
            self.expect(result, 2, *words)

    def test_a_period_that_is_too_short_says_so(self):
        short = self.file("binance-AAA-USDT-1h.csv", hours(300))
        result = run("sweep", "--candles", short, "--strategy", self.strategy, *GRID)
        self.expect(result, 0, "No cell has an objective (untold: too_few)")


SEVERAL = "AAAUSDT,BBBUSDT,CCCUSDT"
LOOKING = """name: looking
timeframe: 1h
inputs: {fast: {type: int, default: 5, min: 2, max: 50}}
let: {other: 'request.security("BBBUSDT", "60", ta.sma(close, fast))'}
long: {entry: 'other > other[1]', exit: 'other < other[1]'}
"""
# Which symbol is looked at is one of the values that are tried.
CHOOSING = """name: choosing
timeframe: 1h
inputs: {which: {type: choice, default: BBBUSDT, options: [BBBUSDT, CCCUSDT]}, fast: {type: int, default: 5, min: 2, max: 50}}
let: {other: 'request.security(which, "60", ta.sma(close, fast))'}
long: {entry: 'other > other[1]', exit: 'other < other[1]'}
"""
FIGURES = ("sharpe", "total_return", "max_drawdown", "trades", "profit_factor", "fees_paid")


class SweepOfSeveral(unittest.TestCase):
    """Several symbols in one account: of different beginnings and ends, each with holes of its own."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="cw-sweeps-")
        cls.data = Path(cls.folder.name) / "data"
        for i, name in enumerate(("AAA", "BBB", "CCC")):
            lines = hours(2_000, seed=7 + i).splitlines()
            kept = [line for at, line in enumerate(lines[1:]) if 150 * i <= at < 2_000 - 90 * i and (at + 30 * i) % 100 != 99]
            path = Path(cls.folder.name) / f"binance-{name}-USDT-1h.csv"
            path.write_text("\n".join([lines[0], *kept]) + "\n")
            made = run("import", path, data_dir=cls.data)
            assert made.returncode == 0, made.stderr
        cls.rules = Path(cls.folder.name) / "cross.yaml"
        cls.rules.write_text(CROSS)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def sweep(self, *options, symbols=SEVERAL, grid=GRID, code=0):
        done = run("sweep", "--symbol", symbols, "--strategy", self.rules, *grid, *options, data_dir=self.data, timeout=300)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def run_of(self, inputs, *options):
        values = [text for name, value in inputs.items() for text in ("--input", f"{name}={value}")]
        done = run("backtest", "--symbol", SEVERAL, "--strategy", self.rules, "--json", *values, *options, data_dir=self.data)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_each_cell_is_the_run_of_all_with_its_values(self):
        limits = ("--max-positions", "2", "--exposure", "150", "--symbol-exposure", "60")
        told = json.loads(self.sweep("--json", *limits).stdout)
        self.assertEqual((told["symbol"], told["venue"], told["done"], told["skipped"]), (SEVERAL, "binance", 35, 4))
        self.assertEqual(told["limits"], {"max_positions": 2, "exposure_percent": 150, "symbol_exposure_percent": 60})
        for cell in [cell for cell in told["cells"] if cell["why"] is None][::7]:
            made = self.run_of(cell["inputs"], *limits)
            self.assertEqual((told["from"], told["bars"]), (made["equity"][0]["time"], len(made["equity"])))
            for name in FIGURES:
                self.assertEqual(cell[name], made["metrics"][name]["value"], name)
        self.assertGreater(len({cell["total_return"] for cell in told["cells"]}), 20)
        table = self.sweep("--max-positions", "2", "--folds", "2", "--objective", "return").stdout
        for word in (b"cross on AAAUSDT, BBBUSDT, CCCUSDT (binance) 1h", b"one shared account: at most 2 positions", b"50 % in one",
                     b"probability of overfitting", b"one step away", b"walk-forward, rolling"):
            self.assertIn(word, table)

    def test_searches_and_folds_come_to_the_same_in_any_number_of_threads(self):
        for search in ("random", "tpe"):
            options = ("--json", "--search", search, "--trials", "30", "--folds", "2", "--purge", "12", "--objective", "return")
            one = self.sweep(*options, "--threads", "1")
            self.assertEqual(one.stdout, self.sweep(*options, "--threads", "3").stdout)
            walked = json.loads(one.stdout)["walk_forward"]
            self.assertEqual([fold["test"]["from"] - fold["train"]["to"] for fold in walked["folds"]], [12 * HOUR] * 2)
            for fold in walked["folds"]:
                self.assertIsNotNone(fold["out_of_sample"])

    def test_what_was_kept_goes_on_and_is_of_these_symbols_alone(self):
        state = Path(self.folder.name) / "kept.sweep"
        whole = self.sweep("--json", "--state", state)
        lines = state.read_text().splitlines()
        state.write_text("\n".join(lines[:14]) + "\n")
        self.assertEqual(self.sweep("--json", "--state", state).stdout, whole.stdout)
        before = state.read_bytes()
        for symbols, options, word in (("AAAUSDT,BBBUSDT", (), b"symbol"), ("BBBUSDT,AAAUSDT,CCCUSDT", (), b"symbol"),
                                       ("AAAUSDT", (), b"symbol"), (SEVERAL, ("--max-positions", "1"), b"limits")):
            done = self.sweep("--state", state, *options, symbols=symbols, code=1)
            self.assertIn(b"is the state of another sweep", done.stderr)
            self.assertIn(word, done.stderr)
        self.assertEqual(state.read_bytes(), before)

    def test_a_strategy_that_looks_at_another_symbol(self):
        # A folder of its own, in which the other symbol's candles change.
        with tempfile.TemporaryDirectory(prefix="cw-looking-") as folder:
            data, rules, state = Path(folder) / "data", Path(folder) / "looking.yaml", Path(folder) / "kept.sweep"
            rules.write_text(LOOKING)
            for name, seed in (("AAA", 7), ("CCC", 8), ("BBB", 9)):
                path = Path(folder) / f"binance-{name}-USDT-1h.csv"
                path.write_text(hours(1_500, seed=seed))
                self.assertEqual(run("import", path, data_dir=data).returncode, 0)
            on = ("--symbol", "AAAUSDT,CCCUSDT", "--strategy", rules, "--json")
            sweep = ("sweep", *on, "--grid", "fast=3:12:3", "--state", state)
            done = run(*sweep, data_dir=data)
            self.assertEqual(done.returncode, 0, done.stderr)
            told = json.loads(done.stdout)
            self.assertEqual(told["done"], 4)
            for cell in told["cells"]:
                made = run("backtest", *on, "--input", f"fast={cell['inputs']['fast']}", data_dir=data)
                for name in FIGURES:
                    self.assertEqual(cell[name], json.loads(made.stdout)["metrics"][name]["value"], name)
            with Server(data, "--set", "market.follow=BTCUSDT", "--set", "lab.idle=false") as server:
                begun = server.post("/api/backtests/sweep", {"document": LOOKING, "symbol": "AAAUSDT,CCCUSDT", "axes": {"fast": "3:12:3"}})
                self.assertEqual(begun.status, 202, begun.body)
                of = f"/api/backtests/sweeps/{begun.json()['id']}"
                made = server.wait_for("a sweep that is done", lambda: (one := server.get(of).json())["status"] == "done" and one, 120)
                for member in ("cells", "from", "to", "bars", "warm_up_bars", "initial_capital", "limits", "folds", "fills_policy", "costs"):
                    self.assertEqual(made[member], told[member], member)
            choosing, chosen = Path(folder) / "choosing.yaml", Path(folder) / "chosen.sweep"
            choosing.write_text(CHOOSING)
            choose = ("sweep", "--symbol", "AAAUSDT", "--strategy", choosing, "--grid", "which=CCCUSDT,BBBUSDT", "--grid", "fast=3:12:3",
                      "--state", chosen)
            for _ in range(2):
                self.assertEqual(run(*choose, data_dir=data).returncode, 0)
            # Candles of the other symbol are part of the question, of whichever cell looks at it.
            path.write_text(hours(1_600, seed=9))
            self.assertEqual(run("import", path, data_dir=data).returncode, 0)
            other = run(*sweep, data_dir=data)
            self.assertEqual(other.returncode, 1)
            self.assertIn(b"other_candles", other.stderr)
            other = run(*choose, data_dir=data)
            self.assertEqual(other.returncode, 1)
            self.assertIn(b"other_candles (binance:BBBUSDT 1h)", other.stderr)
            of_file = run("sweep", "--candles", path.with_name("binance-AAA-USDT-1h.csv"), *on[2:], "--grid", "fast=3:12:3")
            self.assertEqual((of_file.returncode, of_file.stdout), (2, b""))
            for word in (b"looking.yaml: line 4", b"BBBUSDT"):
                self.assertIn(word, of_file.stderr)

    def test_what_cannot_be_swept_is_refused(self):
        for symbols, code, word in (("AAAUSDT,AAAUSDT", 2, b"AAAUSDT is named twice"), ("AAAUSDT,", 2, b"empty"),
                                    ("AAAUSDT,NONEUSDT", 1, b"NONEUSDT")):
            self.assertIn(word, self.sweep(symbols=symbols, code=code).stderr)
        for options in (("--max-positions", "x"), ("--exposure", "0"), ("--symbol-exposure", "-1")):
            self.assertIn(options[0].encode(), self.sweep(*options, code=2).stderr)

    def test_the_server_sweeps_and_opens_a_cell(self):
        told = json.loads(self.sweep("--json", "--max-positions", "2").stdout)
        asked = {"document": CROSS, "symbol": "AAAUSDT, BBBUSDT,CCCUSDT", "max_positions": 2}
        axes = {"fast": "4:20:4", "slow": "12:60:8"}
        with Server(self.data, "--set", "market.follow=BTCUSDT", "--set", "lab.idle=false") as server:
            def swept(body):
                begun = server.post("/api/backtests/sweep", body)
                self.assertEqual(begun.status, 202, begun.body)
                self.assertEqual((begun.json()["symbol"], begun.json()["venue"]), (SEVERAL, "binance"))
                of = f"/api/backtests/sweeps/{begun.json()['id']}"
                return server.wait_for("a sweep that is done", lambda: (one := server.get(of).json())["status"] == "done" and one, 120)

            made = swept(asked | {"axes": axes})
            self.assertEqual(made["cells"], told["cells"])
            self.assertEqual((made["bars"], made["request"]["symbol"]), (told["bars"], asked["symbol"]))
            self.assertIn(SEVERAL, [item["symbol"] for item in server.get("/api/backtests/sweeps").json()["items"]])
            best = made["cells"][made["best"]["index"]]
            run_of_best = server.post("/api/signals/backtest", asked | {"inputs": best["inputs"], "wait_ms": 10_000}).json()
            for name in FIGURES:
                self.assertEqual(best[name], run_of_best["metrics"][name]["value"], name)
            walked = swept(asked | {"axes": axes, "search": "tpe", "trials": 25, "folds": 2, "embargo": 6, "objective": "total_return"})
            self.assertEqual((walked["done"], len(walked["walk_forward"]["folds"])), (75, 2))
            # Stopped, and gone on with by another process.
            begun = server.post("/api/backtests/sweep", asked | {"axes": {"fast": "2:40:1", "slow": "50:250:2"}}).json()
            of = f"/api/backtests/sweeps/{begun['id']}"
            server.wait_for("cells", lambda: 0 < server.get(of).json()["done"])
            server.get(of, method="PUT", body={"status": "stopped"})
            stopped = server.wait_for("a sweep that rests", lambda: (one := server.get(of).json())["status"] in ("stopped", "done") and one)
            for symbols in ("AAAUSDT,AAAUSDT", "AAAUSDT,NONEUSDT", "AAAUSDT,"):
                refused = server.post("/api/backtests/sweep", asked | {"axes": axes, "symbol": symbols})
                self.assertEqual((refused.status // 100, refused.json()["field"]), (4, "symbol"), refused.body)
            for field in ("exposure_percent", "symbol_exposure_percent"):
                refused = server.post("/api/backtests/sweep", asked | {"axes": axes, field: 0})
                self.assertEqual((refused.status, refused.json()["field"]), (422, field))
        with Server(self.data, "--set", "market.follow=BTCUSDT", "--set", "lab.idle=false") as server:
            if stopped["status"] == "stopped":
                self.assertEqual(server.get(of, method="PUT", body={"status": "running"}).status, 200)
            more = server.wait_for("more cells", lambda: (one := server.get(of).json())["done"] > stopped["done"] and one
                                   if stopped["status"] == "stopped" else stopped)
            self.assertEqual(more["symbol"], SEVERAL)
            self.assertEqual(more["cells"][:len(stopped["cells"])], stopped["cells"])


if __name__ == "__main__":
    unittest.main()
