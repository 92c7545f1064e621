"""The expression language as people use it: `eval`, `screen`, `language docs`, the same over REST and beside a server."""

import csv
import json
import math
import signal
import subprocess
import time
import unittest
from pathlib import Path
from urllib.parse import quote

from candlewick import BINARY, Server, clean_environment, run
from cli_folder import HEADER, START_MS, Folder, rows

ROOT = Path(__file__).parents[2]
MINUTE = 60_000
LAYOUTS_MOST = 50


def table(result):
    """The head and the rows of a CSV."""
    head, *lines = csv.reader(result.stdout.decode().splitlines())
    return head, lines


class EvalOfAFile(Folder):
    def setUp(self):
        super().setUp()
        # Bar i opens at 100 + i and closes one higher; its volume is i + 1.
        self.candles = self.file("binance-AAA-USDT-1m.csv.gz", rows(10))

    def eval(self, *expressions, more=()):
        flags = [word for text in expressions for word in ("--expr", text)]
        return run("eval", "--candles", self.candles, *flags, *more, data_dir=self.data)

    def refuses(self, result, code, *words):
        """Nothing is printed but what is wrong."""
        self.expect(result, code, *words)
        self.assertEqual(result.stdout, b"")
        self.assertTrue(result.stderr.startswith(b"candlewick: "), result.stderr)

    def test_prints_what_is_worked_out_by_hand(self):
        result = self.eval("ta.sma(close, 3)", "close > 105", "close - close[2]", "volume")
        self.expect(result, 0)
        head, lines = table(result)
        self.assertEqual(head, ["time", "ta.sma(close, 3)", "close > 105", "close - close[2]", "volume"])
        self.assertEqual(result.stdout.splitlines()[0], b'time,"ta.sma(close, 3)",close > 105,close - close[2],volume')
        wanted = [[str(START_MS + i * MINUTE), str(100 + i) if i >= 2 else "", "1" if i > 4 else "0", "2" if i >= 2 else "", str(i + 1)]
                  for i in range(10)]
        self.assertEqual(lines, wanted)

    def test_names_its_columns_by_their_titles(self):
        script = self.file("two.pine", 'fast = ta.sma(close, 2)\nplot(fast, "Fast, \\"2\\"")\nplot(close > fast, "Above")\n')
        result = self.eval("close", more=("--script", script))
        self.expect(result, 0)
        self.assertEqual(table(result)[0], ["time", "close", 'Fast, "2"', "Above"])

    def test_has_no_digit_less_than_the_double(self):
        lines = table(self.eval("close / 3", "math.sqrt(close)", "close * 1e-9"))[1]
        for i, (_, third, root, tiny) in enumerate(lines):
            self.assertEqual(float(third), (101 + i) / 3)
            self.assertEqual(float(root), math.sqrt(101 + i))
            self.assertEqual(float(tiny), (101 + i) * 1e-9)

    def test_what_is_no_finite_number_is_an_empty_cell(self):
        self.assertEqual([line[1:] for line in table(self.eval("close / (close - close)", "(open - open) / (close - close)"))[1]],
                         [["", ""]] * 10)

    def test_why_a_column_is_empty_is_said(self):
        result = self.eval("ta.sma(close, 50)", "close")
        self.expect(result, 0)
        self.assertIn(b"ta.sma(close, 50) looks back 49 bars, and there are 10", result.stderr)
        self.assertNotIn(b"close looks", result.stderr)
        self.assertIn(b"no bar of 1m lies in the range; 10 were run", self.eval("close", more=("--from", "2030-01-01")).stderr)
        self.assertIn(b"'hline' is not drawn", self.eval("hline(50)\nplot(close)").stderr)

    def test_an_interrupted_eval_says_so_and_closes_nothing(self):
        candles = self.file("binance-BBB-USDT-1m.csv.gz", rows(40_000))
        heavy = " + ".join(f"ta.rci(close, {length})" for length in range(4_980, 5_000))
        process = subprocess.Popen([BINARY, "eval", "--candles", str(candles), "--expr", heavy, "--format", "json"],
                                   env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual((process.returncode, err), (1, b"candlewick: stopped; the output is not whole\n"))
        with self.assertRaises(ValueError):
            json.loads(out)

    def test_what_is_printed_changes_no_value(self):
        whole = table(self.eval("ta.ema(close, 4)", "bar_index"))[1]
        cut = table(self.eval("ta.ema(close, 4)", "bar_index", more=("--from", START_MS + 6 * MINUTE, "--to", START_MS + 8 * MINUTE)))[1]
        self.assertEqual(cut, whole[6:8])
        self.expect(self.eval("close", more=("--from", "2030-01-01")), 0)

    def test_sees_a_higher_bar_once_it_has_closed(self):
        # The first 5m bar ends with bar 4 (close 105), the second with bar 9 (close 110).
        self.assertEqual([line[1] for line in table(self.eval('request.security("5m", close)'))[1]], [""] * 4 + ["105"] * 5 + ["110"])

    def test_prints_json(self):
        told = json.loads(self.eval("ta.sma(close, 9)", more=("--format", "json")).stdout)
        self.assertEqual(told, {"timeframe": "1m", "columns": ["time", "ta.sma(close, 9)"], "first_bar": START_MS,
                                "rows": [[START_MS + i * MINUTE, 97 + i if i >= 8 else None] for i in range(10)]})

    def test_shows_a_fault_with_its_place_and_prints_nothing_else(self):
        result = self.eval("close", "close + ta.smaa(close, 3)")
        self.refuses(result, 2, "expression 2: 1:9:", "'ta.smaa'", "did you mean 'ta.sma'")
        first, line, caret = result.stderr.decode().splitlines()
        self.assertEqual((line, caret), ("close + ta.smaa(close, 3)", "        ^^^^^^^"), first)
        script = self.file("bad.pine", "a = close\nb = a +\n")
        self.assertEqual(self.eval(more=("--script", script)).stderr.decode().splitlines()[1], "b = a +")
        self.refuses(self.eval("request.security(\"30\", close)", more=("--timeframe", "1h")), 2, "1:18")

    def test_another_symbol_is_refused_by_name(self):
        self.refuses(self.eval('request.security("ETHUSDT", "1", close)'), 2, "ETHUSDT")

    def test_takes_inputs_and_a_seed(self):
        text = 'ta.sma(close, input.int(5, "Length"))'
        self.assertEqual(table(self.eval(text, more=("--input", "Length=2", "--seed", "pine")))[1][1][1], "101.5")
        self.refuses(self.eval(text, more=("--input", "Length=0")), 2)
        self.refuses(self.eval(text, more=("--input", "Length")), 2, "NAME=VALUE")
        self.refuses(self.eval(text, more=("--input", "Length=2", "--input", "Length=3")), 2, "twice")

    def test_the_timeframe_is_the_flags_else_the_names(self):
        unnamed = self.file("candles.csv", rows(3))
        self.refuses(run("eval", "--candles", unnamed, "--expr", "close"), 2, "candles.csv", "--timeframe")
        self.expect(run("eval", "--candles", unnamed, "--expr", "close", "--timeframe", "1m"), 0)
        self.expect(run("eval", "--candles", "-", "--timeframe", "1m", "--expr", "close", stdin=rows(3).encode()), 0, "101")

    def test_a_bad_row_is_named_by_file_and_line(self):
        bad = self.file("binance-AAA-USDT-1m.csv", rows(10).replace(f"{START_MS + 300_000},105", f"{START_MS + 300_000},abc"))
        self.fails(run("eval", "--candles", bad, "--expr", "close"), 1, "binance-AAA-USDT-1m.csv: line 7", "abc")
        self.fails(run("eval", "--candles", self.path / "none-1m.csv", "--expr", "close"), 1, "none-1m.csv")

    def test_usage(self):
        for arguments, word in ((["eval", "--expr", "close"], "--symbol"), (["eval", "--candles", "a", "--symbol", "b", "--expr", "c"], "--symbol"),
                                (["eval", "--symbol", "A"], "--expr"), (["eval", "--symbol", "A", "--expr", ""], "empty text"),
                                (["eval", "--symbol", "A", "--expr", "close", "--seed", "pinee"], "'pine'"),
                                (["eval", "--symbol", "A", "--expr", "close", "--format", "table"], "csv, json"),
                                (["screen"], "--expr"), (["screen", "--expr", "close", "--limit", "0"], "--limit"),
                                (["screen", *["--expr", "close"] * 33], "32")):
            with self.subTest(arguments[:4]):
                self.fails(run(*arguments, data_dir=self.data), 2, word)

    def test_makes_no_folder(self):
        self.expect(self.eval("close"), 0)
        self.assertFalse(self.data.exists())


class StoredCandles(Folder):
    TEXTS = ("ta.ema(close, 12)", "ta.sma(volume, 7) / 3", 'request.security("15m", ta.sma(close, 3))', "close > ta.sma(close, 5)")

    def flags(self):
        return [word for text in self.TEXTS for word in ("--expr", text)]

    def store(self):
        # Prices that need all their digits, and a hole.
        lines = [f"{START_MS + i * MINUTE},{100 + i / 7!r},{101.5 + i / 7!r},{99 + i / 7!r},{100 + math.sin(i) + i / 7!r},{1 + i % 13 / 3!r}\n"
                 for i in range(2_000) if not 700 <= i < 720]
        self.candles = self.file("binance-AAA-USDT-1m.csv", HEADER + "".join(lines))
        self.expect(run("import", self.candles, data_dir=self.data), 0)

    def test_a_file_the_folder_and_a_server_give_the_same_to_the_last_bit(self):
        self.store()
        of_file = run("eval", "--candles", self.candles, *self.flags())
        self.expect(of_file, 0)
        stored = ("eval", "--symbol", "AAAUSDT", "--timeframe", "1m", *self.flags())
        of_folder = run(*stored, data_dir=self.data)
        self.assertEqual(of_folder.stdout, of_file.stdout)
        with Server(self.data) as server:
            self.assertEqual(server.command(*stored).stdout, of_file.stdout)
            texts = "".join(f"&expr={quote(text, safe='')}" for text in self.TEXTS)
            told = server.get(f"/api/market/eval/AAAUSDT?timeframe=1m&limit=5000{texts}").json()
            self.refused_with_its_place(server)
        lines = table(of_file)[1]
        self.assertEqual(told["times"], [int(line[0]) for line in lines])
        self.assertEqual(told["first_bar"], START_MS)
        for i, plot in enumerate(told["plots"]):
            self.assertEqual(plot["values"], [float(line[i + 1]) if line[i + 1] else None for line in lines], plot["title"])

    def refused_with_its_place(self, server):
        answer = server.get(f"/api/market/eval/AAAUSDT?timeframe=1m&expr={quote('close +', safe='')}")
        self.assertEqual((answer.status, answer.json()["code"]), (400, "bad_expression"))
        self.assertEqual(answer.json()["diagnostic"]["line_text"], "close +")
        result = server.command("eval", "--symbol", "AAAUSDT", "--expr", "clos")
        self.expect(result, 2, "1:1:", "^^^^")

    def test_an_unknown_symbol_is_named(self):
        self.store()
        self.fails(run("eval", "--symbol", "AAAUSD", "--expr", "close", data_dir=self.data), 1, "AAAUSDT")


class Screens(Folder):
    def setUp(self):
        super().setUp()
        for name, start, count in (("AAA", 100, 90), ("BBB", 200, 90), ("CCC", 50, 90)):
            lines = [f"{START_MS + i * MINUTE},{start},{start + i + 1},{start - 1},{start + i if name != 'CCC' else start - i / 100},{i + 1}\n"
                     for i in range(count)]
            self.expect(run("import", self.file(f"binance-{name}-USDT-1m.csv", HEADER + "".join(lines)), data_dir=self.data), 0)
        self.expect(run("import", self.file("binance-DAY-USDT-1d.csv", rows(3, step=86_400_000)), data_dir=self.data), 0)

    def screen(self, *arguments):
        return run("screen", *arguments, data_dir=self.data)

    def test_filters_sorts_and_leaves_out(self):
        # The newest closes: AAA 189, BBB 289, CCC 49.11. DAY has no bar of a minute.
        result = self.screen("--timeframe", "1m", "--expr", "close > open", "--expr", "close - open", "--expr", "close", "--sort", "2 asc",
                             "--format", "csv")
        self.expect(result, 0, "2 of 4 symbols match", "left out: binance:DAYUSDT: no closed bar of 1m")
        newest = START_MS + 89 * MINUTE
        self.assertEqual(result.stdout.decode(), "venue,symbol,time,price,close - open,close\n"
                         f"binance,AAAUSDT,{newest},189,89,189\nbinance,BBBUSDT,{newest},289,89,289\n")
        told = json.loads(self.screen("--timeframe", "1m", "--expr", "close", "--sort", "close desc", "--limit", "2", "--format", "json").stdout)
        self.assertEqual([row["symbol"] for row in told["rows"]], ["BBBUSDT", "AAAUSDT"])
        self.assertEqual((told["matched"], told["screened"], told["newest_bar"]), (3, 4, newest))
        self.assertEqual([one["symbol"] for one in told["skipped"]], ["DAYUSDT"])

    def test_is_a_table_to_read(self):
        self.expect(self.screen("--expr", "close", "--timeframe", "1h"), 0, "INSTRUMENT", "binance:AAAUSDT", "159")

    def test_a_fault_is_shown_with_its_place(self):
        result = self.screen("--expr", "clsoe > 1")
        self.expect(result, 2, "1:1:", "clsoe > 1", "^^^^^")
        self.assertEqual(result.stdout, b"")
        self.fails(self.screen("--expr", "close", "--sort", "3", "--timeframe", "1m"), 2, "'3'")

    def test_beside_a_server_and_over_rest_it_is_the_same(self):
        asked = ("screen", "--timeframe", "1m", "--expr", "close > 60", "--expr", "ta.sma(close, 7) / 3", "--sort", "1", "--format", "json")
        alone = json.loads(run(*asked, data_dir=self.data).stdout)
        with Server(self.data, "--set", "market.follow=BTCUSDT") as server:
            beside = json.loads(server.command(*asked).stdout)
            query = f"timeframe=1m&sort=1&expr={quote('close > 60', safe='')}&expr={quote('ta.sma(close, 7) / 3', safe='')}"
            told = server.get(f"/api/market/screen?{query}").json()
        for answer in (beside, told):
            own = [row for row in answer["rows"] if row["venue"] == "binance"]
            self.assertEqual(own, alone["rows"])


class Documents(unittest.TestCase):
    def test_the_page_is_what_the_table_says(self):
        self.assertEqual(run("language", "docs").stdout.decode(), (ROOT / "docs/language.md").read_text())


class Layouts(Folder):
    def test_last_over_a_restart_and_are_bounded(self):
        document = {"indicators": [{"id": 1, "text": "ta.ema(close, 12)", "colors": ["#fff"]}], "panes": 2.5}
        with Server(self.data) as server:
            self.assertEqual(server.get("/api/me/layouts").json(), {"layouts": []})
            saved = server.get("/api/me/layouts/Day%20trading%20%E2%82%BF", method="PUT", body={"document": document})
            self.assertEqual((saved.status, saved.json()["name"], saved.json()["document"]), (200, "Day trading ₿", document))
            full = {"text": "x" * (64 * 1024 - len('{"text":""}'))}
            self.assertEqual(server.get("/api/me/layouts/full", method="PUT", body={"document": full}).status, 200)
            full["text"] += "x"
            over = server.get("/api/me/layouts/full", method="PUT", body={"document": full})
            self.assertEqual((over.status, over.json()["field"]), (400, "document"))
            for i in range(LAYOUTS_MOST - 2):
                self.assertEqual(server.get(f"/api/me/layouts/l{i}", method="PUT", body={"document": {}}).status, 200)
            self.assertEqual(server.get("/api/me/layouts/more", method="PUT", body={"document": {}}).status, 409)
            server.stop()
        with Server(self.data) as server:
            self.assertEqual(len(server.get("/api/me/layouts").json()["layouts"]), LAYOUTS_MOST)
            self.assertEqual(server.get("/api/me/layouts/Day%20trading%20%E2%82%BF").json(), saved.json())
            self.assertEqual(server.get("/api/me/layouts/full", method="DELETE").status, 204)
            self.assertEqual(server.get("/api/me/layouts/full").status, 404)


if __name__ == "__main__":
    unittest.main()
