"""Strategies and backtests over REST and the socket of a server: kept, run, told, compared, swept, live."""

import contextlib
import json
import tempfile
import time
import unittest
from pathlib import Path

from accounts import Socket, person
from candlewick import Server, run
from signals_test import HOUR, START, hours

MINE = """name: my-cross
timeframe: 1h
inputs:
  fast: {type: int, default: 9, min: 2, max: 100}
long: {entry: 'ta.crossover(ta.ema(close, fast), ta.ema(close, 30))', exit: 'ta.crossunder(ta.ema(close, fast), ta.ema(close, 30))', stop: {percent: 3}}
"""
# Each cell ranks series that no other cell has: some thousand of them take seconds on any machine.
SLOW = """name: ranks
timeframe: 1h
inputs:
  fast: {type: int, default: 9, min: 2, max: 100}
  slow: {type: int, default: 101, min: 101, max: 250}
long: {entry: 'ta.percentrank(ta.ema(close, fast) - ta.ema(close, slow), 1000) > 90', exit: 'ta.percentrank(ta.sma(close, fast) - ta.sma(close, slow), 1000) < 40'}
"""
# Counts from the first bar that there is: where the data begin later it answers otherwise.
LEAKS = """name: lk
timeframe: 1h
inputs: {n: {type: int, default: 10, min: 2, max: 50}}
long: {entry: bar_index % n == 0, exit: bar_index % n == 1}
"""
ASKED = {"strategy": "ema-cross", "symbol": "AAAUSDT", "timeframe": "1h", "wait_ms": 10_000}


class Lab(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="cw-lab-")
        cls.data = Path(cls.folder.name) / "data"
        for asset, bars in (("AAA", 4_000), ("LONG", 6_000)):
            candles = Path(cls.folder.name) / f"binance-{asset}-USDT-1h.csv"
            candles.write_text(hours(bars))
            made = run("import", candles, data_dir=cls.data)
            assert made.returncode == 0, made.stderr
        cls.server = Server(cls.data, "--set", "market.follow=BTCUSDT", "--set", "lab.idle=false")

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()
        cls.folder.cleanup()

    def ask(self, method, path, body=None, status=200):
        answer = self.server.get(path, method=method, body=body)
        self.assertEqual(answer.status, status, f"{method} {path}: {answer.body[:600]}")
        return answer.json() if answer.body else None

    def test_strategies_are_kept_in_versions(self):
        listed = self.ask("GET", "/api/strategies")["strategies"]
        self.assertEqual(self.ask("GET", "/api/signals/strategies")["strategies"], listed)
        self.assertGreaterEqual(sum(one["built_in"] for one in listed), 12)
        for one in listed:
            self.assertGreater(len(one["description"]), 60, f"{one['name']} says what it is about")
        made = self.ask("POST", "/api/strategies", {"document": MINE}, 201)
        self.assertEqual((made["version"], made["inputs"][0]["name"], made["document"]), (1, "fast", MINE))
        self.ask("POST", "/api/strategies", {"document": MINE}, 409)
        changed = MINE.replace("percent: 3", "percent: 4")
        self.assertEqual(self.ask("PUT", "/api/strategies/my-cross", {"document": changed, "version": 1})["version"], 2)
        self.ask("PUT", "/api/strategies/my-cross", {"document": MINE, "version": 1}, 409)
        self.assertEqual(self.ask("GET", "/api/strategies/my-cross?version=1")["document"], MINE)
        self.assertEqual([one["version"] for one in self.ask("GET", "/api/strategies/my-cross")["versions"]], [2, 1])
        self.assertEqual(self.ask("PUT", "/api/strategies/ema-cross", {"document": MINE}, 409)["code"], "conflict")
        self.assertEqual(self.ask("PUT", "/api/strategies/my-cross", {"document": MINE.replace("my-cross", "other")}, 422)["field"], "name")

        bob = person(self.server, "bob-strategies@example.org")
        self.assertEqual(bob.ask("GET", "/api/strategies/my-cross").status, 404)
        self.assertNotIn("my-cross", bob.ask("GET", "/api/strategies").body.decode())

        refused = self.ask("POST", "/api/strategies", {"document": MINE.replace("ta.crossover", "ta.crossofer")}, 422)
        self.assertEqual((refused["code"], refused["faults"][0]["field"], refused["faults"][0]["line"]), ("bad_strategy", "long.entry", 5))
        self.assertIn("ta.crossover", refused["suggestions"])
        run_of_it = self.ask("POST", "/api/signals/backtest", {**ASKED, "strategy": "my-cross", "version": 1})
        # Its request asks for the same again, by name; with another text it is of a text, as one without a name is.
        again = self.ask("POST", "/api/signals/backtest", {**run_of_it["request"], "wait_ms": 10_000})
        self.assertEqual((again["request"], again["version"]), (run_of_it["request"], 1))
        for asked in ({"document": MINE}, {"strategy": "my-cross", "version": 1, "document": MINE + "tags: [other]\n"},
                      {"strategy": "never-was", "document": MINE}):
            of_text = self.ask("POST", "/api/signals/backtest", {"symbol": "AAAUSDT", "wait_ms": 10_000, **asked})
            self.assertEqual((of_text["strategy"], of_text["version"]), ("my-cross", None))
            self.assertFalse({"strategy", "version"} & set(of_text["request"]), of_text["request"])
        self.assertEqual((run_of_it["strategy"], run_of_it["version"], run_of_it["request"]["document"]), ("my-cross", 1, MINE))
        self.ask("DELETE", "/api/strategies/my-cross", status=204)
        self.ask("GET", "/api/strategies/my-cross", status=404)
        self.assertEqual(self.ask("GET", f"/api/backtests/{run_of_it['id']}")["request"]["document"], MINE, "a run knows what it ran")

    def test_a_document_is_checked_as_it_is_typed(self):
        checked = self.ask("POST", "/api/strategies/check", {"document": MINE, "symbol": "AAAUSDT", "bars": 1_000})
        self.assertEqual((checked["ok"], checked["faults"], checked["strategy"]["name"]), (True, [], "my-cross"))
        self.assertGreater(len(checked["trades"]), 3)
        first = min(trade["entry_time"] for trade in checked["trades"])
        self.assertGreaterEqual(first, START + 3_000 * HOUR)
        wrong = self.ask("POST", "/api/strategies/check", {"document": MINE + "nonsense: 1\n"})
        self.assertEqual((wrong["ok"], wrong["faults"][0]["line"]), (False, 6))
        self.ask("POST", "/api/strategies/check", {"document": MINE, "symbol": "NOPE"}, 404)

    def test_a_run_is_what_the_command_says(self):
        told = self.ask("POST", "/api/signals/backtest", {**ASKED, "inputs": {"fast": 8, "slow": 21}, "commission": "bps:7"})
        self.assertEqual((told["status"], told["progress"], told["error"]), ("done", 1, None))
        command = self.server.command("backtest", "--symbol", "AAAUSDT", "--timeframe", "1h", "--strategy", "ema-cross", "--input", "fast=8",
                                      "--input", "slow=21", "--commission", "bps:7", "--json")
        self.assertEqual(command.returncode, 0, command.stderr)
        same = json.loads(command.stdout)
        for member in ("metrics", "long", "short", "months", "years", "trades", "costs", "fills_policy", "final_equity", "bars", "inputs"):
            self.assertEqual(told[member], same[member], member)
        self.assertGreater(len(told["trades"]), 30)
        self.assertEqual(told["trade_count"], len(told["trades"]))
        self.assertTrue(told["leaks"]["passed"])
        for member in ("cost_curve", "robustness"):
            self.assertTrue(told[member], member)
        self.assertEqual(told["summary"]["final_equity"], told["final_equity"])

        of = f"/api/backtests/{told['id']}"
        self.assertEqual(self.ask("GET", of), told)
        page = self.ask("GET", f"{of}/trades?from=5&limit=3")
        self.assertEqual((page["trades"], page["total"]), (told["trades"][5:8], told["trade_count"]))
        rows = self.ask("GET", f"{of}/equity?from={told['bars'] - 2}")
        self.assertEqual((len(rows["equity"]), rows["total"], rows["equity"][-1]["equity"]), (2, told["bars"], told["final_equity"]))
        csv = self.server.get(f"{of}/trades?format=csv")
        self.assertEqual((csv.headers["Content-Type"].split(";")[0], csv.body.count(b"\r\n")), ("text/csv", told["trade_count"] + 1))
        self.assertEqual(self.server.get(f"{of}/equity?format=csv").body.count(b"\r\n"), told["bars"] + 1)
        report = self.server.get(f"{of}/report.html")
        self.assertEqual(report.headers["Content-Type"].split(";")[0], "text/html")
        self.assertIn("attachment", report.headers["Content-Disposition"])
        self.assertTrue(b"EMA cross" in report.body and b"AAAUSDT" in report.body)

    def test_runs_are_listed_named_compared_and_forgotten(self):
        ids = [self.ask("POST", "/api/signals/backtest", {**ASKED, "inputs": {"fast": fast}})["id"] for fast in (5, 6, 7)]
        named = self.ask("PUT", f"/api/backtests/{ids[1]}", {"name": "Zebra crossing"})
        self.assertEqual(named["name"], "Zebra crossing")
        self.assertEqual([one["id"] for one in self.ask("GET", "/api/backtests?search=zebra")["items"]], [ids[1]])
        first = self.ask("GET", "/api/backtests?limit=2")
        self.assertEqual([one["id"] for one in first["items"]], [ids[2], ids[1]])
        second = self.ask("GET", f"/api/backtests?limit=1&after={first['next']}")
        self.assertEqual(second["items"][0]["id"], ids[0])
        beside = self.ask("GET", f"/api/backtests/compare?id={ids[0]}&id={ids[2]}")
        self.assertEqual([one["id"] for one in beside["runs"]], [ids[0], ids[2]])
        self.assertEqual(beside["differences"], [{"field": "inputs.fast", "values": ["5", "7"]}])
        for one in beside["runs"]:
            self.assertAlmostEqual(one["growth"][-1]["growth"], one["summary"]["final_equity"] / 10_000)
            self.assertLessEqual(len(one["growth"]), 500)
        bob = person(self.server, "bob-runs@example.org")
        for path in ("", "/trades", "/equity", "/report.html"):
            self.assertEqual(bob.ask("GET", f"/api/backtests/{ids[0]}{path}").status, 404)
        self.assertEqual(bob.ask("DELETE", f"/api/backtests/{ids[0]}").status, 404)
        self.assertEqual(json.loads(bob.ask("GET", "/api/backtests").body)["items"], [])
        self.ask("DELETE", f"/api/backtests/{ids[0]}", status=204)
        self.ask("GET", f"/api/backtests/{ids[0]}", status=404)
        self.ask("GET", f"/api/backtests/compare?id={ids[0]}&id={ids[2]}", status=404)

    def test_what_cannot_be_run_is_refused_with_its_field(self):
        for field, change in (
                ("strategy", {"strategy": "ema-corss"}), ("version", {"version": 7}), ("inputs.fast", {"inputs": {"fast": 5_000}}),
                ("inputs.slwo", {"inputs": {"slwo": 5}}), ("capital", {"capital": 0}), ("capital", {"capital": -5}), ("commission", {"commission": "bps:90000"}),
                ("slippage", {"slippage": "a lot"}), ("to", {"from": 5, "to": 4}), ("from", {"from": START + 90_000 * HOUR}),
                ("to", {"to": START - HOUR}), ("commission", {"commission": "a lot"})):
            refused = self.ask("POST", "/api/signals/backtest", {**ASKED, **change}, 422)
            self.assertEqual((refused["code"], refused["field"]), ("bad_backtest", field), refused["detail"])
        for field, change in (("timeframe", {"timeframe": "7m"}), ("fill", {"fill": "never"}), ("capital", {"capital": "much"}), ("inputs", {"inputs": [1]})):
            self.assertEqual(self.ask("POST", "/api/signals/backtest", {**ASKED, **change}, 400)["field"], field)
        self.assertIn("ema-cross", self.ask("POST", "/api/signals/backtest", {**ASKED, "strategy": "ema-corss"}, 422)["suggestions"])
        self.assertEqual(self.ask("POST", "/api/signals/backtest", {**ASKED, "symbol": "NOPE"}, 404)["code"], "unknown_symbol")
        self.assertEqual(self.ask("POST", "/api/signals/backtest", {**ASKED, "wait": 1}, 400)["field"], "wait")
        broken = self.ask("POST", "/api/signals/backtest", {**ASKED, "document": "name: x\nlong: {entry: 'close >'}\ntimeframe: 1h\n"}, 422)
        self.assertEqual((broken["code"], broken["faults"][0]["field"], broken["faults"][0]["line"]), ("bad_strategy", "long.entry", 2))
        # Stored as hours, so there are no minutes.
        self.assertEqual(self.ask("POST", "/api/signals/backtest", {**ASKED, "timeframe": "1m"}, 422)["field"], "symbol")

    def test_the_owner_hears_of_a_run_and_nobody_else(self):
        bob = person(self.server, "bob-hears@example.org")
        with contextlib.closing(Socket(self.server, token=self.server.token())) as own, contextlib.closing(Socket(self.server, token=bob.access)) as other:
            keys = []
            for socket in (own, other):
                socket.receive()
                socket.send({"type": "subscribe", "id": 1, "channel": "backtests"})
                opened = socket.receive()
                self.assertEqual((opened["type"], opened["snapshot"]), ("subscribed", {"runs": []}))
                keys.append(opened["key"])
            self.assertNotEqual(*keys)
            made = self.ask("POST", "/api/signals/backtest", ASKED)
            heard = []
            while not heard or heard[-1]["status"] != "done":
                message = own.receive()
                self.assertEqual(message["key"], keys[0])
                heard.append(message["data"])
            self.assertEqual({(one["kind"], one["id"]) for one in heard}, {("backtest", made["id"])})
            self.assertEqual(heard[-1]["progress"], 1)
            other.send({"type": "ping", "id": 2})
            self.assertEqual(other.receive()["type"], "pong", "there was nothing for others")

    def sweep(self, **change):
        return {"strategy": "ema-cross", "symbol": "AAAUSDT", "timeframe": "1h", "axes": {"fast": "5:20:5", "slow": "25:40:5"}, **change}

    def finished(self, of, status="done"):
        return self.server.wait_for(f"a sweep that is {status}", lambda: (told := self.ask("GET", of))["status"] == status and told, 120)

    def test_a_sweep_tells_its_best_with_what_luck_makes_of_it(self):
        begun = self.ask("POST", "/api/backtests/sweep", self.sweep(), 202)
        told = self.finished(f"/api/backtests/sweeps/{begun['id']}")
        self.assertEqual((told["done"], told["total"], len(told["cells"])), (16, 16, 16))
        best = max((cell for cell in told["cells"] if cell["objective"] is not None), key=lambda cell: cell["objective"])
        self.assertEqual((told["best"]["index"], told["best"]["objective"]), (best["index"], best["objective"]))
        self.assertIn("deflated_sharpe", told["best"])
        self.assertGreaterEqual(told["best"]["trials"], 16)
        one = self.ask("POST", "/api/signals/backtest", {**ASKED, "inputs": best["inputs"]})
        self.assertAlmostEqual(one["metrics"]["sharpe"]["value"], best["sharpe"], 12)
        self.assertEqual(one["summary"]["trades"], best["trades"])
        # The list tells in short what the sweep tells.
        listed = next(item for item in self.ask("GET", "/api/backtests/sweeps")["items"] if item["id"] == begun["id"])
        self.assertEqual(listed, {name: told[name] for name in listed})
        self.assertEqual((listed["done"], len(listed["axes"]), listed["best"]["index"]), (16, 2, best["index"]))
        self.ask("DELETE", f"/api/backtests/sweeps/{begun['id']}", status=204)
        self.ask("GET", f"/api/backtests/sweeps/{begun['id']}", status=404)
        self.assertEqual(self.ask("POST", "/api/backtests/sweep", self.sweep(axes={}), 400)["field"], "axes")
        for field, words, change in (("axes", "over the limit of 100000", {"axes": {"fast": "2:200:1", "slow": "3:400:1", "stop": "1:9:1"}}),
                                     ("axes.foo", "axes.foo: ", {"axes": {"foo": "1:2:1"}}), ("objective", "joy", {"objective": "joy"}),
                                     ("intrabar", "shorter bars", {"intrabar": "magnifier"})):
            refused = self.ask("POST", "/api/backtests/sweep", self.sweep(**change), 422)
            self.assertEqual(refused["field"], field, refused)
            self.assertIn(words, refused["detail"])

    def test_a_run_that_leaks_names_rule_line_and_bar(self):
        asked = self.ask("POST", "/api/signals/backtest", {"document": LEAKS, "symbol": "LONGUSDT", "wait_ms": 0}, 202)
        failed = self.finished(f"/api/backtests/{asked['id']}", "failed")
        for words in ("LEAK", "long.entry (line 4)", "long.exit (line 4)", "at the bar of 20"):
            self.assertIn(words, failed["error"]["message"])

    def test_a_leak_that_few_bars_do_not_show_is_found_in_more(self):
        asked = {"document": LEAKS.replace("default: 10", "default: 9"), "wait_ms": 0}
        begun = self.ask("POST", "/api/signals/backtest", {**asked, "symbol": "AAAUSDT"}, 202)
        self.assertFalse(self.finished(f"/api/backtests/{begun['id']}")["leaks"]["begin_told"])
        begun = self.ask("POST", "/api/signals/backtest", {**asked, "symbol": "LONGUSDT"}, 202)
        self.finished(f"/api/backtests/{begun['id']}", "failed")

    def test_a_sweep_that_leaks_fails_loudly(self):
        asked = {"document": LEAKS, "symbol": "LONGUSDT", "axes": {"n": "5:8"}}
        begun = self.ask("POST", "/api/backtests/sweep", asked, 202)
        failed = self.finished(f"/api/backtests/sweeps/{begun['id']}", "failed")
        self.assertEqual((failed["best"], failed["done"], failed["error"]["code"]), (None, 0, "bad_input"))
        for words in ("LEAK", "long.entry (line 4)", "long.exit (line 4)", "at the bar of 20"):
            self.assertIn(words, failed["error"]["message"])

    def test_a_walk_forward_leaves_out_what_it_is_told(self):
        begun = self.ask("POST", "/api/backtests/sweep", self.sweep(folds=3, purge=24, embargo=12), 202)
        self.assertEqual((begun["request"]["purge"], begun["request"]["embargo"]), (24, 12))
        walked = self.finished(f"/api/backtests/sweeps/{begun['id']}")["walk_forward"]
        self.assertEqual((walked["purge"], walked["embargo"], len(walked["folds"])), (24, 12, 3))
        for fold in walked["folds"]:
            self.assertEqual(fold["test"]["from"] - fold["train"]["to"], 36 * HOUR)
        self.assertEqual(self.ask("POST", "/api/backtests/sweep", self.sweep(purge=24), 422)["field"], "purge")
        # More than is stored is left out: refused before it waits.
        self.assertEqual(self.ask("POST", "/api/backtests/sweep", self.sweep(folds=3, purge=900_000), 422)["field"], "purge")
        self.assertEqual(self.ask("POST", "/api/backtests/sweep", self.sweep(folds=3, embargo=-1), 400)["field"], "embargo")

    def test_neither_editing_nor_renaming_makes_trials_unmade(self):
        eve = person(self.server, "eve-trials@example.org")

        def ask(method, path, body, status=200):
            answer = eve.ask(method, path, body)
            self.assertEqual(answer.status, status, answer.body[:600])
            return json.loads(answer.body)

        def trials(**change):
            begun = eve.ask("POST", "/api/signals/backtest", {"symbol": "AAAUSDT", "wait_ms": 10_000, **(change or {"strategy": "my-cross"})})
            self.assertIn(begun.status, (200, 202), begun.body[:600])
            of = f"/api/backtests/{begun.json()['id']}"
            told = self.server.wait_for("the run's end", lambda: (one := ask("GET", of, None))["status"] == "done" and one, 120)
            return told["robustness"]["trials"]

        ask("POST", "/api/strategies", {"document": MINE}, 201)
        self.assertEqual((trials(), trials(), trials(strategy="my-cross", inputs={"fast": 8})), (1, 1, 2), "each set of inputs once")
        for version, percent in enumerate((4, 5), 1):
            changed = MINE.replace("percent: 3", f"percent: {percent}")
            ask("PUT", "/api/strategies/my-cross", {"document": changed, "version": version})
            self.assertEqual(trials(), 2 + version, "another text of the same name is a further variant")
        renamed = changed.replace("my-cross", "another-cross")
        self.assertEqual(trials(document=renamed), 4, "nor does another name help")

        # Of four cells one breaks the strategy's condition: it is skipped, and was not tried.
        shipped = {"strategy": "ema-cross", "symbol": "AAAUSDT", "timeframe": "1h", "axes": {"fast": "5,30", "slow": "20,40"}}
        begun = ask("POST", "/api/backtests/sweep", shipped, 202)
        of = f"/api/backtests/sweeps/{begun['id']}"
        swept = self.server.wait_for("a sweep that is done", lambda: (told := ask("GET", of, None))["status"] == "done" and told, 120)
        self.assertEqual((swept["done"], swept["skipped"], swept["best"]["trials"]), (4, 1, 3))
        self.assertEqual(trials(strategy="ema-cross"), 3 + 1)

    def test_a_run_does_not_wait_for_the_end_of_a_sweep(self):
        cells = 99 * 150
        asked = {"document": SLOW, "symbol": "AAAUSDT", "axes": {"fast": "2:100:1", "slow": "101:250:1"}}
        begun = self.ask("POST", "/api/backtests/sweep", asked, 202)
        of = f"/api/backtests/sweeps/{begun['id']}"
        self.server.wait_for("cells", lambda: self.ask("GET", of)["done"] > 0)
        run_beside = self.server.post("/api/signals/backtest", ASKED).json()["id"]
        self.server.wait_for("the run's end", lambda: self.ask("GET", f"/api/backtests/{run_beside}")["status"] == "done")
        under_way = self.ask("GET", of)
        self.assertEqual((under_way["status"], under_way["finished_at"]), ("running", None))
        self.assertTrue(0 < under_way["done"] < under_way["total"], "the run came first")

        # What was done before it gave way is neither lost nor done twice, nor counted as tried before.
        whole = self.finished(of)
        self.assertEqual((whole["done"], whole["total"]), (cells, cells))
        self.assertEqual([cell["index"] for cell in whole["cells"]], list(range(cells)))
        self.assertEqual(whole["best"]["trials"], cells)
        begun = self.ask("POST", "/api/backtests/sweep", {**asked, "axes": {"fast": "2:100:14", "slow": "101:250:33"}}, 202)
        part = self.finished(f"/api/backtests/sweeps/{begun['id']}")
        found = {tuple(cell["inputs"].values()): cell for cell in whole["cells"]}
        for cell in part["cells"]:
            self.assertEqual({**found[tuple(cell["inputs"].values())], "index": cell["index"]}, cell)
        self.assertEqual(part["best"]["trials"], cells + len(part["cells"]), "those of another sweep count")


class Restart(unittest.TestCase):
    def test_what_was_under_way_is_gone_on_with(self):
        with tempfile.TemporaryDirectory(prefix="cw-lab-") as folder:
            data = Path(folder) / "data"
            candles = Path(folder) / "binance-AAA-USDT-1h.csv"
            candles.write_text(hours(10_000))
            self.assertEqual(run("import", candles, data_dir=data).returncode, 0)
            asked = {"strategy": "ema-cross", "symbol": "AAAUSDT", "timeframe": "1h", "axes": {"fast": "2:30:1", "slow": "61:160:1"}}
            with Server(data, "--set", "market.follow=BTCUSDT", "--set", "lab.idle=false") as server:
                begun = server.post("/api/backtests/sweep", asked).json()
                of = f"/api/backtests/sweeps/{begun['id']}"
                server.wait_for("cells", lambda: 0 < server.get(of).json()["done"])
                queued = server.post("/api/signals/backtest", {**ASKED, "wait_ms": 0})
                self.assertEqual((queued.status, queued.headers["Location"]), (202, f"/api/backtests/{queued.json()['id']}"))
                server.kill()
            with Server(data, "--set", "market.follow=BTCUSDT", "--set", "lab.idle=false") as server:
                stopped = server.get(of, method="PUT", body={"status": "stopped"})
                self.assertIn(stopped.status, (200, 409))
                resting = server.wait_for("a stopped sweep", lambda: (one := server.get(of).json())["status"] in ("stopped", "done") and one)
                told = server.wait_for("the run's end", lambda: (one := server.get(f"/api/backtests/{queued.json()['id']}").json())["status"] == "done" and one, 300)
                self.assertGreater(told["bars"], 9_000)
                if resting["status"] == "stopped":
                    self.assertLess(resting["done"], resting["total"])
                    self.assertEqual(server.get(of, method="PUT", body={"status": "running"}).status, 200)
                    time.sleep(0.3)
                    server.get(of, method="DELETE")
                    self.assertEqual(server.get(of).status, 404)

    def test_a_sweep_that_gave_way_is_gone_on_with(self):
        with tempfile.TemporaryDirectory(prefix="cw-lab-") as folder:
            data = Path(folder) / "data"
            candles = Path(folder) / "binance-AAA-USDT-1h.csv"
            candles.write_text(hours(4_000))
            self.assertEqual(run("import", candles, data_dir=data).returncode, 0)
            asked = {"document": SLOW, "symbol": "AAAUSDT", "axes": {"fast": "2:100:1", "slow": "101:250:1"}}
            with Server(data, "--set", "market.follow=BTCUSDT", "--set", "lab.idle=false") as server:
                ofs = []
                for _ in range(2):  # with one thread for both, the first rests when the second has cells
                    ofs.append(f"/api/backtests/sweeps/{server.post('/api/backtests/sweep', asked).json()['id']}")
                    server.wait_for("cells", lambda of=ofs[-1]: 0 < server.get(of).json()["done"])
                before = server.get(ofs[0]).json()
                self.assertEqual((before["status"], before["finished_at"]), ("running", None))
            with Server(data, "--set", "market.follow=BTCUSDT", "--set", "lab.idle=false") as server:
                after = server.get(ofs[0]).json()
                self.assertIn(after["status"], ("queued", "running"))
                self.assertGreaterEqual(after["done"], before["done"])
                self.assertEqual(server.get(ofs[1], method="DELETE").status, 204)
                server.wait_for("more cells", lambda: before["done"] < server.get(ofs[0]).json()["done"])


if __name__ == "__main__":
    unittest.main()
