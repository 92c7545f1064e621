"""Signals as people use them: `signals record` and `components`, the same over REST and the socket of a server."""

import contextlib
import json
import math
import random
import re
import sqlite3
import time
import unittest
import urllib.parse

from candlewick import Server, run
from cli_folder import HEADER, Folder

HOUR = 3_600_000
START = 1_704_067_200_000
BANDS = ["strong_sell", "sell", "neutral", "buy", "strong_buy"]


def hours(count, seed=4):
    """A market of hours that swings with its trends."""
    chance, price, lines = random.Random(seed), 100.0, [HEADER.strip()]
    for i in range(count):
        opened = price
        price *= 1 + 0.006 * chance.uniform(-1, 1) + 0.002 * math.sin(i / 40)
        high, low = max(opened, price) * 1.001, min(opened, price) * 0.999
        lines.append(f"{START + i * HOUR},{opened!r},{high!r},{low!r},{price!r},{1 + 9 * chance.random()!r}")
    return "\n".join(lines) + "\n"


class Commands(Folder):
    def record(self, *flags):
        return run("signals", "record", "AAAUSDT", *flags, data_dir=self.data)

    def import_hours(self, count):
        self.expect(run("import", self.file("binance-AAA-USDT-1h.csv", hours(count)), data_dir=self.data), 0)

    def test_judges_every_signal_of_what_is_stored(self):
        self.import_hours(3_000)
        result = self.record("--timeframe", "1h", "--format", "json")
        self.expect(result, 0)
        told = json.loads(result.stdout)
        self.assertEqual((told["symbol"], told["timeframe"], told["horizon"]), ("AAAUSDT", "1h", "4h"))
        self.assertEqual(told["signals"], 3_000 - 199 - 4)
        self.assertEqual(sum(told["bands"][band]["n"] for band in BANDS), told["signals"])
        self.assertGreater(told["all"]["n"], 300)
        self.assertIsNone(told["bands"]["neutral"]["hit_rate"], "neutral is no trade")
        for band in (told["all"], told["bands"]["buy"]):
            low, high = band["interval"]
            self.assertLess(low, band["hit_rate"])
            self.assertLess(band["hit_rate"], high)
            self.assertLessEqual(band["independent"], band["n"] / 2, "signals of neighbouring hours share their outcome")
        self.assertEqual(told["bands"]["buy"]["hit_rate"], told["bands"]["buy"]["baselines"]["always_long"]["hit_rate"])
        self.assertEqual(sum(one["n"] for one in told["reliability"]), told["all"]["told"])

        table = self.record()
        self.expect(table, 0)
        for word in (b"BAND", b"ALWAYS LONG", b"TRADINGVIEW", b"COIN", b"buy signals: ", b"probabilities: Brier"):
            self.assertIn(word, table.stdout)

    def test_what_came_later_changes_no_record(self):
        self.import_hours(1_500)
        until = ("--to", START + 1_200 * HOUR, "--format", "json")
        before = self.record(*until).stdout
        self.import_hours(3_000)
        after = self.record(*until).stdout
        self.assertEqual(json.loads(before), json.loads(after))

    def test_scores_are_a_series_of_the_language(self):
        self.import_hours(600)
        told = run("eval", "--symbol", "AAAUSDT", "--timeframe", "1h", "--expr", "signal.score()", "--expr", 'signal.score("4h")',
                   "--format", "json", data_dir=self.data)
        self.expect(told, 0)
        rows = json.loads(told.stdout)["rows"]
        self.assertEqual([row[1] is None for row in rows], [True] * 199 + [False] * 401)
        self.assertTrue(all(row[2] is None for row in rows), "150 bars of four hours are not 200")
        screened = run("screen", "--expr", "signal.score() >= 0", "--expr", "signal.score()", "--format", "json", data_dir=self.data)
        self.expect(screened, 0)
        self.assertEqual(json.loads(screened.stdout)["rows"][0]["values"], [rows[-1][1]])
        self.expect(run("eval", "--symbol", "AAAUSDT", "--expr", "signal.score('45m')", data_dir=self.data), 2, "1:14", "45m")
        file = self.file("binance-BBB-USDT-1h.csv", hours(5))
        self.expect(run("eval", "--candles", file, "--expr", "signal.score()"), 2, "not available here", "1:1")

    def test_too_little_history_is_said(self):
        self.import_hours(150)
        result = self.record()
        self.expect(result, 0)
        self.assertIn(b"not enough history", result.stdout)

    def test_what_cannot_be_judged_is_refused(self):
        self.import_hours(300)
        self.expect(self.record("--timeframe", "30m"), 2, "30m", "1m, 5m, 15m, 1h, 4h and 1d")
        self.expect(self.record("--timeframe", "15m"), 1, "15m", "nothing is stored")
        self.expect(self.record("--horizon", "2h"), 2, "2h", "1h, 4h and 1d")
        self.expect(run("signals", "record", "NOPE", data_dir=self.data), 1, "NOPE")
        self.expect(run("signals", "record", data_dir=self.data), 2, "SYMBOL")

    def test_the_components_are_a_document_that_can_be_changed(self):
        self.import_hours(1_000)
        shipped = run("signals", "components")
        self.expect(shipped, 0)
        document = json.loads(shipped.stdout)
        path = self.file("mine.json", json.dumps(document))
        self.expect(run("signals", "components", "--check", path), 0)
        setting = ("--set", f"signals.components={path}", "--format", "json")
        self.assertEqual(json.loads(self.record(*setting).stdout), json.loads(self.record("--format", "json").stdout))

        document["name"] = "Always up"
        for component in document["components"]:
            component["vote"] = "1"
        self.file("mine.json", json.dumps(document))
        told = json.loads(self.record(*setting).stdout)
        self.assertEqual((told["components"], told["bands"]["strong_buy"]["n"]), ("Always up", told["signals"]))

        document["components"][5]["value"] = "ta.rsy(close, 14)"
        self.file("mine.json", json.dumps(document))
        for refused in (run("signals", "components", "--check", path), self.record(*setting)):
            self.expect(refused, 2, "mine.json", "components[5] 'RSI'", "value: 1:1", "ta.rsi", "^^^^^^", "unknown_name")
        self.expect(run("signals", "components", "--check", self.data / "no.json"), 1, "no.json")
        # A server says the same before it listens.
        self.expect(run("serve", "--market", "practice", "--set", f"signals.components={path}", "--set", "server.port=0", data_dir=self.data),
                    2, "mine.json", "components[5] 'RSI'", "value: 1:1", "ta.rsi")
        self.expect(run("serve", "--market", "practice", "--set", f"signals.components={self.data / 'no.json'}", "--set", "server.port=0",
                        data_dir=self.data), 1, "no.json")


class Service(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(None, "--speed", "60", "--set", "market.follow=BTCUSDT,ETHUSDT")
        deadline = time.monotonic() + 60
        for symbol in ("BTCUSDT", "ETHUSDT"):
            while cls.server.get(f"/api/signals/{symbol}").json().get("score") is None and time.monotonic() < deadline:
                time.sleep(0.2)

    @classmethod
    def tearDownClass(cls):
        cls.server.__exit__()

    def ask(self, path):
        answer = self.server.get(path)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json()

    def test_reasons_add_up_to_the_score(self):
        for horizon in ("1h", "4h", "1d"):
            told = self.ask(f"/api/signals/BTCUSDT?horizon={horizon}")
            self.assertIsNotNone(told["score"], "the practice market has a history")
            score = 50.0
            for reason in told["reasons"]:
                score += reason["contribution"]
            self.assertEqual(score, told["score"])
            self.assertEqual(told["technical"]["score"], told["score"])
            self.assertEqual(told["ai"]["status"], "no_model")
            self.assertTrue(0 <= told["confidence"] <= 1)

    def test_every_timeframe_says_what_it_is_made_of(self):
        told = self.ask("/api/signals/BTCUSDT")
        self.assertEqual([one["timeframe"] for one in told["timeframes"]], ["1m", "5m", "15m", "1h", "4h", "1d"])
        ready = [one for one in told["timeframes"] if one["status"] == "ready"]
        self.assertTrue(ready)
        for one in ready:
            self.assertAlmostEqual(sum(component["weight"] for component in one["components"]), 1)
            for component in one["components"]:
                self.assertAlmostEqual(component["contribution"], 50 * component["weight"] * component["vote"])
                self.assertNotIn("{", component["reason"])
        for one in told["timeframes"]:
            if one["status"] != "ready":
                self.assertLess(one["bars"], one["bars_needed"])
                self.assertIsNone(one["score"])
        some = self.ask("/api/signals/BTCUSDT?timeframes=1h,1m")
        self.assertEqual([one["timeframe"] for one in some["timeframes"]], ["1m", "1h"])

    def test_a_timeframe_without_a_score_says_which_bars_are_missing(self):
        for one in self.ask("/api/signals/BTCUSDT")["timeframes"]:
            if one["status"] == "ready":
                self.assertIsNone(one["missing"])
                continue
            missing = one["missing"]
            length = {"1m": 1, "5m": 5, "15m": 15, "1h": 60, "4h": 240, "1d": 1_440}[one["timeframe"]] * 60_000
            self.assertEqual((missing["to"] - missing["from"]) // length, one["bars_needed"] - one["bars"])
            self.assertEqual(missing["to"] % length, 0)

    def test_the_answer_says_what_the_summary_says_and_how_the_longer_timeframes_stand(self):
        for horizon in ("1h", "4h", "1d"):
            for _ in range(50):
                told, summary = self.ask(f"/api/signals/BTCUSDT?horizon={horizon}"), self.ask(f"/api/signals/summary/BTCUSDT?horizon={horizon}")
                if told["as_of"] == summary["as_of"]:
                    break
            for name in set(summary) - {"timeframes"}:
                self.assertEqual(told[name], summary[name], name)
            verdict, higher = told["confirmation"]["verdict"], told["confirmation"]["timeframes"]
            if verdict != "mixed":
                self.assertEqual(told["confirmation"]["aligned"], verdict == "agree")
            self.assertEqual(verdict == "none", not higher)
            self.assertEqual(told["ai"], {"status": "no_model", "score": None, "probability_up": None, "horizon": None,
                                          "model_id": None, "as_of": None})

    def test_a_bar_under_way_says_what_it_would_say(self):
        # A minute is a second here: where none is under way for a moment, or the feed has just begun, there is nothing to look at.
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            told = self.ask("/api/signals/BTCUSDT?provisional=true&horizon=1h")
            under_way = [one for one in told["timeframes"] if one["provisional"]]
            self.assertEqual(told["provisional"], bool(under_way))
            if told["provisional"]:
                break
            time.sleep(0.05)
        self.assertTrue(under_way)
        lengths = {"1m": 60_000, "5m": 300_000, "15m": 900_000, "1h": 3_600_000, "4h": 14_400_000, "1d": 86_400_000}
        for one in under_way:
            self.assertGreater(one["bar_time"] + lengths[one["timeframe"]], told["as_of"], "its bar has not closed")
        score = 50.0
        for reason in told["reasons"]:
            score += reason["contribution"]
        self.assertEqual(score, told["score"])
        closed = self.ask("/api/signals/BTCUSDT?provisional=false")
        self.assertFalse(closed["provisional"] or any(one["provisional"] for one in closed["timeframes"]))
        self.ask("/api/signals/summary/BTCUSDT?provisional=true")
        for path in ("/api/signals/BTCUSDT?provisional=maybe", "/api/signals/summary/BTCUSDT?provisional=1"):
            problem = self.server.get(path).json()
            self.assertEqual((problem["code"], problem["field"]), ("bad_parameter", "provisional"))

    def test_bars_under_way_come_over_the_socket_where_they_are_asked_for(self):
        socket = self.server.socket()
        self.addCleanup(socket.close)
        socket.send({"type": "subscribe", "id": 1, "channel": "signals", "params": {"symbol": "*", "provisional": True}})
        refused = socket.receive()
        while refused.get("id") != 1:
            refused = socket.receive()
        self.assertEqual((refused["type"], refused["code"], refused["field"]), ("error", "bad_parameter", "provisional"))
        socket.send({"type": "subscribe", "id": 2, "channel": "signals",
                     "params": {"symbol": "BTCUSDT", "timeframe": "5m", "provisional": True}})
        last_closed, provisional = 0, []
        while len(provisional) < 3:
            message = socket.receive()
            if message.get("id") == 2:
                self.assertEqual(message["type"], "subscribed", message)
                self.assertEqual([one["symbol"] for one in message["snapshot"]["states"]], ["BTCUSDT"])
            if message.get("type") != "data" or not message["key"].endswith(":5m:provisional"):
                continue
            data = message["data"]
            self.assertEqual((data["kind"], data["timeframe"]), ("signal", "5m"))
            if data["provisional"]:
                self.assertGreater(data["bar_time"], last_closed)
                provisional.append(data)
            else:
                last_closed = data["bar_time"]

    def test_an_answer_is_kept_until_the_next_bar(self):
        path = "/api/signals/ETHUSDT?timeframes=5m"
        for _ in range(200):
            first, second = self.ask(path), self.ask(path)
            if first["as_of"] == second["as_of"]:
                self.assertTrue(second["cached"])
                same = {**first, "cached": None, "expires_at": None}
                self.assertEqual(same, {**second, "cached": None, "expires_at": None})
                return
        self.fail("no two answers of one bar")

    def test_the_board_and_the_summary_say_the_same(self):
        board = self.ask("/api/signals")
        self.assertEqual([one["symbol"] for one in board["symbols"]][:2], ["BTCUSDT", "ETHUSDT"])
        summary = self.ask("/api/signals/summary/BTCUSDT")
        self.assertEqual(set(summary), set(board["symbols"][0]))
        self.assertRegex(summary["sentence"], r"^(Strong sell|Sell|Neutral|Buy|Strong buy) at \d+")
        self.assertTrue(summary["practice"])

    def board(self, **query):
        told = self.ask("/api/signals?" + urllib.parse.urlencode(query))
        return [one["symbol"] for one in told["symbols"]], told

    def evaluated(self, symbol, timeframe, expr):
        """The values of an expression by the open times of its bars."""
        query = urllib.parse.urlencode({"timeframe": timeframe, "expr": expr, "limit": 1000})
        told = self.ask(f"/api/market/eval/{symbol}?{query}")
        return dict(zip(told["times"], told["plots"][0]["values"]))

    def test_a_series_of_the_language_says_what_was_emitted(self):
        deadline = time.monotonic() + 180
        # While older bars come in, history is another one from one second to the next.
        while any(one["state"] != "done" for one in self.ask("/api/market/status")["history"]):
            self.assertLess(time.monotonic(), deadline, "the history does not end")
            time.sleep(0.5)
        # Not before: who answers no ping while it waits is let go.
        socket = self.server.socket()
        self.addCleanup(socket.close)
        socket.send({"type": "subscribe", "id": 1, "channel": "market_data",
                     "params": {"symbol": "BTCUSDT", "timeframe": "1m", "expr": "signal.score()"}})
        socket.send({"type": "subscribe", "id": 2, "channel": "signals", "params": {"symbol": "BTCUSDT", "timeframe": "1m"}})
        live, emitted, exact = {}, {}, 0
        while exact < 8:  # one after the other, from when the last run over history has taken over
            self.assertLess(time.monotonic(), deadline, (live, emitted))
            message = socket.receive()
            if message.get("type") != "data" or message["data"]["provisional"]:
                continue
            data = message["data"]
            if message["key"].startswith("signals:"):
                emitted[data["bar_time"]] = data["score"]
                continue
            live[data["time"]] = data["values"][0]
            history = self.evaluated("BTCUSDT", "1m", "signal.score()")
            told = sorted(live.keys() & emitted.keys() & history.keys(), reverse=True)
            same = [live[one] == emitted[one] == history[one] for one in told]
            exact = next((i for i, one in enumerate(same) if not one), len(same))
        directions = self.evaluated("BTCUSDT", "1m", "signal.direction()")
        for time_ms, score in history.items():
            if score is not None and time_ms in directions:
                self.assertEqual(directions[time_ms], sum(score >= one for one in (20, 40)) + sum(score > one for one in (60, 80)) - 2)

    def test_the_board_is_filtered_and_sorted_by_expressions(self):
        everyone, told = self.board()
        self.assertEqual((everyone, told["skipped"]), (["BTCUSDT", "ETHUSDT"], []))
        self.assertEqual(self.board(filter='syminfo.ticker == "ETHUSDT"')[0], ["ETHUSDT"])
        self.assertEqual(self.board(filter="close > 0 and close < 0")[0], [])
        self.assertEqual(self.board(filter="signal.score() >= 0", timeframe="1m")[0], everyone)
        self.assertEqual(self.board(filter='na(signal.score("1d"))', timeframe="1m", sort="score.1m")[1]["skipped"], [])
        self.assertEqual(self.board(sort="close desc", timeframe="1m")[0], self.board(sort="0 - close asc", timeframe="1m")[0])
        self.assertEqual(sorted(self.board(sort="signal.score('5m') asc")[0]), everyone)
        for key in ("score", "confidence", "score.5m", "probability.1m"):
            for way, sign in ((" asc", 1), (" desc", -1), ("", -1)):
                symbols = self.board(sort=key + way)[1]["symbols"]
                name, _, timeframe = key.partition(".")
                values = [next(cell for cell in one["timeframes"] if cell["timeframe"] == timeframe)[name] if timeframe else one[name]
                          for one in symbols]
                known = [sign * value for value in values if value is not None]
                self.assertEqual(known, sorted(known), key + way)
                self.assertEqual(values[len(known):], [None] * (len(values) - len(known)), "no value comes last")

    def test_what_the_board_cannot_do_is_refused_with_the_place(self):
        for query, field, code, place in (
                ({"filter": "close >"}, "filter", "bad_expression", ("unexpected", 1, 8)),
                ({"filter": "clsoe > 1"}, "filter", "bad_expression", ("unknown_name", 1, 1)),
                ({"filter": "1 + close"}, "filter", "bad_expression", ("wrong_type", 1, 1)),
                ({"filter": "close > 1", "sort": "close > 1"}, "sort", "bad_expression", ("wrong_type", 1, 1)),
                ({"sort": "ta.emaa(close, 9) desc"}, "sort", "bad_expression", ("unknown_name", 1, 1)),
                ({"filter": "signal.score('30m') > 60"}, "filter", "bad_expression", ("unknown_timeframe", 1, 14)),
                ({"sort": "score.30m"}, "sort", "unknown_timeframe", None),
                ({"filter": "close > 1", "timeframe": "2m"}, "timeframe", "unknown_timeframe", None)):
            answer = self.server.get("/api/signals?" + urllib.parse.urlencode(query))
            problem = answer.json()
            self.assertEqual((answer.status, problem["code"], problem["field"]), (400, code, field), query)
            if place:
                told = problem["diagnostic"]
                self.assertEqual((told["code"], told["line"], told["column"]), place, query)

    def test_a_record_is_that_of_the_command(self):
        told = self.ask("/api/signals/record/BTCUSDT?timeframe=1m&horizon=1h")
        self.assertEqual((told["timeframe"], told["horizon"]), ("1m", "1h"))
        to = told["last"]
        mine = self.server.command("signals", "record", "BTCUSDT", "--timeframe", "1m", "--horizon", "1h", "--to", to,
                                   "--format", "json")
        self.assertEqual(json.loads(mine.stdout)["first"], told["first"])

    def test_signals_come_live_as_their_bars_close(self):
        socket = self.server.socket()
        self.addCleanup(socket.close)
        socket.send({"type": "subscribe", "id": 1, "channel": "signals", "params": {"symbol": "*", "timeframe": "1m"}})
        seen = {}
        while len(seen) < 6:
            message = socket.receive()
            if message.get("type") != "data" or not message["key"].startswith("signals:"):
                continue
            data = message["data"]
            moment = (data["symbol"], data["bar_time"])
            self.assertNotIn(moment, seen, "once")
            seen[moment] = data
        for (symbol, bar_time), data in seen.items():
            told = self.ask(f"/api/market/eval/{symbol}?timeframe=1m&from={bar_time}&to={bar_time + 60_000}"
                            "&expr=rating.tradingview")
            if told["first_bar"] is not None and told["times"]:
                self.assertTrue(-1 <= data["rating_tradingview"] <= 1)

    def test_bad_input_is_named(self):
        for path, code, field in (("/api/signals/NOPE", "unknown_symbol", "symbol"),
                                  ("/api/signals/BTCUSDT?timeframes=30m", "unknown_timeframe", "timeframes"),
                                  ("/api/signals/BTCUSDT?horizon=2h", "bad_parameter", "horizon"),
                                  ("/api/signals/BTCUSDT?timeframes=", "unknown_timeframe", "timeframes"),
                                  ("/api/signals?horizon=4", "bad_parameter", "horizon"),
                                  ("/api/signals?timeframes=1h,x", "unknown_timeframe", "timeframes"),
                                  ("/api/signals/summary/NOPE", "unknown_symbol", "symbol"),
                                  ("/api/signals/summary/BTCUSDT?timeframes=2h", "unknown_timeframe", "timeframes"),
                                  ("/api/signals/summary/BTCUSDT?horizon=", "bad_parameter", "horizon"),
                                  ("/api/signals/history/NOPE", "unknown_symbol", "symbol"),
                                  ("/api/signals/history/BTCUSDT?timeframe=3d", "unknown_timeframe", "timeframe"),
                                  ("/api/signals/history/BTCUSDT?limit=0", "bad_parameter", "limit"),
                                  ("/api/signals/history/BTCUSDT?from=5&to=5", "bad_parameter", "from"),
                                  ("/api/signals/record/NOPE", "unknown_symbol", "symbol"),
                                  ("/api/signals/record/BTCUSDT?horizon=1w", "bad_parameter", "horizon"),
                                  ("/api/signals/record/BTCUSDT?timeframe=2m", "unknown_timeframe", "timeframe")):
            problem = self.server.get(path).json()
            self.assertEqual((problem["code"], problem["field"]), (code, field), path)
        for number, (params, code, field) in enumerate((
                ({"symbol": "NOPE"}, "unknown_symbol", "symbol"),
                ({"symbol": "BTCUSDT", "timeframe": "30m"}, "unknown_timeframe", "timeframe"),
                ({"symbol": "BTCUSDT", "timeframe": "x"}, "unknown_timeframe", "timeframe"),
                ({"symbol": "BTCUSDT", "provisional": "true"}, "bad_parameter", "provisional"),
                ({"symbol": "BTCUSDT", "horizon": "4h"}, "bad_parameter", "horizon"))):
            socket = self.server.socket()
            self.addCleanup(socket.close)
            socket.send({"type": "subscribe", "id": number, "channel": "signals", "params": params})
            while (told := socket.receive()).get("id") != number:
                pass
            self.assertEqual((told["type"], told["code"], told["field"]), ("error", code, field), params)


class Kept(Folder):
    """Signals stay as they were emitted, and a repaint is found."""

    def verify(self, *symbol):
        return run("signals", "verify", *symbol, data_dir=self.data)

    def counts(self, result):
        found = re.search(rb"(\d+) kept signals: (\d+) as the candles give them, (\d+) but for rounding, 0 that differ", result.stdout)
        self.assertTrue(found, result.stdout)
        return [int(number) for number in found.groups()]

    def test_what_was_emitted_is_what_the_candles_give_and_a_repaint_is_named(self):
        with Server(self.data, "--speed", "60", "--set", "market.follow=BTCUSDT,ETHUSDT") as server:
            deadline = time.monotonic() + 180
            # While older bars come in, longer ones are made of other stored bars than before: the same but for rounding.
            while not (history := server.get("/api/market/status").json()["history"]) or \
                    any(one["state"] != "done" for one in history):
                self.assertLess(time.monotonic(), deadline, "the history does not end")
                time.sleep(0.5)
            # Then it is run once more, and what comes after that is exact.
            while self.counts(beside := server.command("signals", "verify"))[1] < 24:
                self.assertLess(time.monotonic(), deadline, beside.stdout)
                time.sleep(1)
            kept = server.get("/api/signals/history/BTCUSDT?timeframe=1m&limit=8").json()["signals"]
            self.assertEqual(len(kept), 8)
            self.assertEqual([one["bar_time"] for one in kept], sorted({one["bar_time"] for one in kept}))
            some = server.get(f"/api/signals/history/BTCUSDT?timeframe=1m&from={kept[2]['bar_time']}&limit=2").json()["signals"]
            self.assertEqual([one["score"] for one in some], [one["score"] for one in kept[2:4]])
        result = self.verify()
        self.expect(result, 0)
        kept_in_all, exact, rounded = self.counts(result)
        self.assertEqual(exact + rounded, kept_in_all)
        self.assertGreaterEqual(exact, 8)

        with contextlib.closing(sqlite3.connect(self.data / "record.db")) as planted:
            with self.assertRaises(sqlite3.IntegrityError):
                planted.execute("UPDATE signals SET score = 99 WHERE bar_time = ?", (kept[3]["bar_time"],))
            planted.execute("DROP TRIGGER signals_stay")
            planted.execute("UPDATE signals SET score = 99 WHERE symbol = 'BTCUSDT' AND timeframe = 60000 AND bar_time = ?",
                            (kept[3]["bar_time"],))
            planted.commit()
        found = self.verify()
        self.assertEqual(found.returncode, 1)
        self.assertIn(b"1 that differ", found.stdout)
        self.assertIn(b"practice:BTCUSDT 1m ", found.stdout)
        self.assertIn(b"the kept score is 99, the candles give", found.stdout)
        self.expect(self.verify("ETHUSDT"), 0)
        # What was told beside the score is held as well.
        with contextlib.closing(sqlite3.connect(self.data / "record.db")) as planted:
            planted.execute("UPDATE signals SET tradingview = 0.123 WHERE symbol = 'ETHUSDT' AND timeframe = 60000 AND bar_time = ?",
                            (kept[3]["bar_time"],))
            planted.execute("UPDATE signals SET probability_4h = 0.987 WHERE symbol = 'ETHUSDT' AND timeframe = 60000 AND bar_time = ?",
                            (kept[4]["bar_time"],))
            # Nobody asks a model again: what is kept of it is what the score is made anew with.
            planted.execute("UPDATE signals SET probability_up = 0.9, model_id = 'planted' WHERE symbol = 'ETHUSDT' AND timeframe = 60000"
                            " AND bar_time = ?", (kept[5]["bar_time"],))
            planted.commit()
        found = self.verify("ETHUSDT")
        self.assertEqual(found.returncode, 1)
        for word in (b"3 that differ", b"TradingView's rating was another one", b"a probability was another one", b"the kept score is"):
            self.assertIn(word, found.stdout)

    def test_old_signals_go_and_what_is_left_is_still_the_same(self):

        with Server(self.data, "--set", "market.follow=BTCUSDT") as server:
            deadline = time.monotonic() + 180
            while self.counts(server.command("signals", "verify"))[0] < 1:
                self.assertLess(time.monotonic(), deadline)
                time.sleep(1)
        with contextlib.closing(sqlite3.connect(self.data / "record.db")) as planted:
            for refused in ("DELETE FROM outcomes", "DELETE FROM signals"):
                if planted.execute(refused.replace("DELETE", "SELECT count(*)")).fetchone()[0]:
                    with self.assertRaises(sqlite3.IntegrityError):
                        planted.execute(refused)
            planted.execute("INSERT INTO signal_prunings VALUES ('practice', 'BTCUSDT', 60000, 1700000000000, 0)")
            planted.commit()
        told = self.verify()
        self.expect(told, 0, "practice:BTCUSDT 1m: kept from 2023-11-14")
        with Server(self.data, "--set", "market.follow=BTCUSDT") as server:
            history = server.get("/api/signals/history/BTCUSDT?timeframe=1m").json()
            self.assertEqual(history["kept_from"], 1_700_000_000_000)
            self.assertGreaterEqual(len(history["signals"]), 1)
            self.assertIsNone(server.get("/api/signals/history/BTCUSDT?timeframe=1h").json()["kept_from"])

    def test_where_nothing_was_emitted_there_is_nothing_to_find(self):
        self.expect(run("import", self.file("binance-AAA-USDT-1h.csv", hours(300)), data_dir=self.data), 0)
        result = self.verify()
        self.expect(result, 0)
        self.assertIn(b"0 kept signals", result.stdout)


if __name__ == "__main__":
    unittest.main()
