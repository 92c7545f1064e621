"""Commands without a server: usage, import and candles, pipes, two at once."""

import json
import os
import signal
import subprocess
import time
import unittest

from candlewick import BINARY, Server, clean_environment, run
from cli_folder import HEADER, START_MS, Folder, rows


class CommandLine(Folder):
    def test_help_on_every_command_shows_examples(self):
        for command in ("serve", "import", "candles", "candles list", "candles check", "candles prune", "eval", "screen", "language docs", "feed decode", "practice",
                        "user", "user add", "user list", "user set-role", "user reset-password", "user disable", "user enable",
                        "user invite", "user setup-link", "audit verify", "config show", "version"):
            with self.subTest(command):
                self.expect(run(*command.split(), "--help"), 0, "Examples:", "--data-dir", "--config")

    def test_what_is_misspelt_names_the_nearest(self):
        self.fails(run("serv"), 2, "'serv' is no command", "'serve'")
        self.fails(run("serve", "--prot", "1"), 2, "--prot", "'--port'")
        self.fails(run("candles", "BTCUSDT", "--timeframe", "90m"), 2, "'90m'", "'1h' or '2h'")
        self.fails(run("candles", "BTCUSDT", "--timeframe", "1mo"), 2, "1mo")
        self.fails(run("candles", "BTCUSDT", "--format", "jsn"), 2, "json")
        self.fails(run("config", "shw"), 2, "'show'")
        self.fails(run("feed", "decode", "--venue", "binanse"), 2, "'binance'")

    def test_usage_is_told_in_words(self):
        self.fails(run("serve", "--port", "0", "--port", "1"), 2, "--port is given twice")
        self.fails(run("serve", "--port", "0", "--port", "1", "--port", "2"), 2, "--port is given several times")
        self.fails(run("candles", "A", "B"), 2, "'B' is one argument too many for 'candlewick candles'")
        self.fails(run("bogus", "--help"), 2, "'bogus' is no command")
        self.fails(run("config", "bogus", "--help"), 2, "'bogus' is no command")
        self.expect(run("import", "--help"), 0, "FILE...")
        for arguments in (["candles", "B", "--timeframe", ""], ["import", "f", "--venue", ""], ["import", ""], ["candles", ""]):
            with self.subTest(arguments):
                self.fails(run(*arguments, data_dir=self.data), 2, "is given an empty text")

    def test_a_bad_venue_or_symbol_of_an_import_is_a_usage_error(self):
        path = self.file("some.csv", rows(3))
        for arguments, *words in ((["--venue", "bad venue!"], "--venue: 'bad venue!'"), (["--symbol", "AAA USDT"], "--symbol", "'AAA USDT'"),
                                  (["--symbol", "bad!:AAA-USD"], "--symbol: 'bad!'"),
                                  (["--symbol", "kraken:AAA-USD", "--venue", "binance"], "'kraken'", "'binance'")):
            with self.subTest(arguments):
                self.fails(run("import", path, "--timeframe", "1m", *arguments, data_dir=self.data), 2, *words)
        self.assertFalse(self.data.exists())

    def test_what_to_play_asks_for_a_replay(self):
        self.fails(run("serve", "--market", "practice", "--replay", "BTCUSDT", data_dir=self.data), 2, "--replay", "'practice'")
        self.fails(run("serve", "--set", "market.mode=live", "--replay", "BTCUSDT", data_dir=self.data), 2, "--replay", "'live'")
        quiet = ("--port", "0", "--set", "log.level=error")
        for market in ((), ("--market", "replay")):
            with self.subTest(market):
                # Nothing is stored that it could play, which only a replay minds.
                self.fails(run("serve", "--replay", "BTCUSDT", *market, *quiet, data_dir=self.data), 1, "no candles are stored")

    def test_values_out_of_range_are_usage_errors(self):
        for arguments in (["candles", "B", "--limit", "0"], ["candles", "B", "--from", "yesterday"], ["serve", "--port", "70000"],
                          ["candles", "B", "--from", "2024-02-01", "--to", "2024-01-01"], ["practice", "--port", "-1"],
                          ["practice", "--from", "last week"],
                          ["serve", "--host", "0.0.0.0"], ["import"], ["serve", "extra"]):
            with self.subTest(arguments):
                self.fails(run(*arguments, data_dir=self.data), 2)
        self.assertFalse(self.data.exists())

    def test_foreign_addresses_are_refused_with_the_reason(self):
        self.fails(run("serve", "--host", "192.168.1.5", data_dir=self.data), 2, "'192.168.1.5'", "--tls-self-signed", "unencrypted")

    def test_version(self):
        self.expect(run("version"), 0, "candlewick ")
        self.assertEqual(run("--version").stdout, run("version").stdout)

    def test_decode_reports_bad_messages_and_goes_on(self):
        good = (b'{"e":"trade","E":1700000000001,"s":"BTCUSDT","t":5,"p":"100.5","q":"0.25","T":1700000000000,"m":true,"M":true}\n')
        result = run("feed", "decode", "--venue", "binance", stdin=b"not json\n" + good)
        self.expect(result, 0, "line 1")
        events = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual([(e["type"], e["symbol"], e["price"], e["quantity"], e["taker_sold"]) for e in events],
                         [("trade", "BTCUSDT", 100.5, 0.25, True)])


class MissingFolder(Folder):
    READING = (["candles", "list"], ["candles", "BTCUSDT"], ["candles", "check", "BTCUSDT"], ["candles", "prune"],
               ["eval", "--symbol", "A", "--expr", "close"], ["screen", "--expr", "close"],
               ["practice", "--replay", "BTCUSDT"], ["config", "show"])

    def test_a_command_that_only_reads_makes_no_folder_and_says_so(self):
        for command in self.READING:
            with self.subTest(command):
                self.fails(run(*command, data_dir=self.data), 1, str(self.data), "does not exist", "--data-dir")
                self.fails(run(*command, environment={"CANDLEWICK_DATA_DIR": str(self.data)}), 1, "does not exist")
                self.assertFalse(self.data.exists())

    def test_what_is_no_folder_is_named_too(self):
        for command in self.READING:
            with self.subTest(command):
                self.fails(run(*command, data_dir=self.file("data", "")), 1, str(self.data), "is not a folder")

    def test_settings_are_shown_before_the_first_start(self):
        home = {"HOME": str(self.path), "XDG_DATA_HOME": ""}
        self.expect(run("config", "show", environment=home), 0, "server.port", "8080")
        self.assertEqual(list(self.path.iterdir()), [])

    def test_an_import_makes_the_folder_for_its_owner_alone(self):
        self.expect(run("import", self.file("binance-BTC-USDT-1m.csv", rows(3)), data_dir=self.data), 0, "3 added")
        self.assertEqual(self.data.stat().st_mode & 0o777, 0o700)


class Candles(Folder):
    def test_import_then_candles_gives_the_rows_back(self):
        text = rows(50)
        self.expect(run("import", self.file("binance-BTC-USDT-1m.csv.gz", text), data_dir=self.data), 0, "50 added")
        result = run("candles", "BTCUSDT", "--timeframe", "1m", "--format", "csv", data_dir=self.data)
        self.assertEqual(result.stdout.decode(), text)

    def test_import_twice_changes_nothing(self):
        path = self.file("binance-BTC-USDT-1m.csv", rows(10))
        run("import", path, data_dir=self.data)
        self.expect(run("import", path, data_dir=self.data), 0, "0 added", "10 unchanged")

    def test_a_conflict_is_refused_unless_replaced(self):
        run("import", self.file("binance-BTC-USDT-1m.csv", rows(10)), data_dir=self.data)
        # The open of the first bar and the low of the second.
        other = self.file("binance-BTC-USDT-1m-other.csv", rows(10).replace(",100,", ",100.5,"))
        where = ("--venue", "binance", "--symbol", "BTCUSDT", "--timeframe", "1m")
        self.fails(run("import", other, *where, data_dir=self.data), 1)
        self.expect(run("import", other, *where, "--replace", data_dir=self.data), 0, "2 replaced")

    def test_a_bad_line_stores_nothing_and_is_named(self):
        text = rows(10).replace("1704067500000,105", "1704067500000,abc")
        self.fails(run("import", self.file("binance-BTC-USDT-1m.csv", text), data_dir=self.data), 1, "binance-BTC-USDT-1m.csv", "line 7", "abc")
        self.expect(run("candles", "list", data_dir=self.data), 0, "No candles")

    def test_folding_by_hand(self):
        # Bars 0..4: open 100, highest high 106, lowest low 99, last close 105, volume 1+2+3+4+5.
        run("import", self.file("binance-BTC-USDT-1m.csv", rows(10)), data_dir=self.data)
        result = run("candles", "BTCUSDT", "--timeframe", "5m", "--limit", "2", "--format", "csv", data_dir=self.data)
        self.assertEqual(result.stdout.decode(), HEADER + f"{START_MS},100,106,99,105,15\n{START_MS + 300_000},105,111,104,110,40\n")

    def test_files_of_one_name_are_told_apart_by_their_folders(self):
        for folder in ("a", "b"):
            (self.path / folder).mkdir()
            self.file(f"{folder}/binance-BTC-USDT-1m.csv", rows(5) if folder == "a" else rows(5).replace("105", "x"))
        files = [self.path / folder / "binance-BTC-USDT-1m.csv" for folder in ("a", "b")]
        result = run("import", *files, data_dir=self.data)
        self.expect(result, 1, f"{files[0]}: 5 rows", f"candlewick: {files[1]}: line 5")

    def test_a_missing_file_is_missing_whatever_its_name_says(self):
        for name in ("none.csv", "binance-BTC-USDT-1m.csv", "BTC-USDT-3d.csv"):
            with self.subTest(name):
                self.fails(run("import", self.path / name, data_dir=self.data), 1, f"{self.path / name}: there is no such file")
        self.fails(run("import", self.file("some.csv", rows(3)), data_dir=self.data), 2, "some.csv", "--timeframe")

    def test_practice_candles_are_not_imported(self):
        where = ("--symbol", "BTCUSDT", "--timeframe", "1m")
        for arguments in ((self.file("some.csv", rows(3)), *where, "--venue", "practice"), (self.file("practice-BTC-USDT-1m.csv", rows(3)),),
                          (self.file("some.csv", rows(3)), *where, "--venue", "Practice"),
                          (self.file("some.csv", rows(3)), *where, "--venue", "replay"), (self.file("replay-BTC-USDT-1m.csv", rows(3)),)):
            with self.subTest(arguments):
                self.fails(run("import", *arguments, data_dir=self.data), 2, str(arguments[0]), "practice exchange")
        self.assertFalse(self.data.exists())

    def test_a_venue_in_front_of_the_symbol_is_taken(self):
        path = self.file("some.csv", rows(3))
        for arguments in (["--symbol", "kraken:AAA-USD"], ["--symbol", "Kraken:AAA-USD", "--venue", "kraken"]):
            self.expect(run("import", path, "--timeframe", "1m", *arguments, data_dir=self.data), 0, "into kraken:AAA-USD 1m")

    def test_a_venue_that_only_a_file_name_says_is_told(self):
        path = self.file("krakne-AAA-USDT-1m.csv", rows(3))
        told = f"candlewick: {path}: new venue 'krakne', taken from the file name (did you mean 'kraken'?)\n".encode()
        self.assertEqual(run("import", path, data_dir=self.data).stderr, told)
        self.assertEqual(run("import", path, data_dir=self.data).stderr, b"", "it is stored by now")
        self.assertEqual(run("import", self.file("kraken-AAA-USDT-1m.csv", rows(3)), data_dir=self.data).stderr, b"")
        self.assertEqual(run("import", path, "--venue", "elsewhere", data_dir=self.data).stderr, b"")

    def test_rows_that_a_server_will_prune_are_counted_and_the_setting_named(self):
        day = 86_400_000
        today = int(time.time() * 1000) // day * day
        # 6 bars before the cut at midnight ten days ago, 4 from it on.
        text = rows(10, start=today - 10 * day - 6 * 60_000)
        keep = ("--set", "store.keep_1m_days=10")
        path = self.file("binance-BTC-USDT-1m.csv", text)
        result = run("import", path, *keep, data_dir=self.data)
        self.expect(result, 0, "10 added", f"warning: {path}: 6 rows of 10 are older than store.keep_1m_days = 10", "BTCUSDT")
        # Not of what is kept for ever, nor of what is not followed, nor of another venue.
        self.assertEqual(run("import", path, "--set", "store.keep_1m_days=0", data_dir=self.data).stderr, b"")
        self.assertEqual(run("import", path, *keep, "--set", "market.follow=ETHUSDT", data_dir=self.data).stderr, b"")
        self.assertEqual(run("import", self.file("kraken-BTC-USDT-1m.csv", text), *keep, data_dir=self.data).stderr, b"")

    def test_a_bar_over_a_gap_is_marked(self):
        run("import", self.file("binance-BTC-USDT-1m.csv", rows(10, skip={2})), data_dir=self.data)
        result = run("candles", "BTCUSDT", "--timeframe", "5m", "--format", "json", data_dir=self.data)
        self.assertEqual(json.loads(result.stdout)["gapped"], [START_MS])
        self.expect(run("candles", "check", "BTCUSDT", data_dir=self.data), 0, "gap")

    def test_unknown_symbols_name_the_nearest(self):
        run("import", self.file("binance-BTC-USDT-1m.csv", rows(3)), data_dir=self.data)
        for text in ("BTCUSD", "bitcoin", "btc"):
            self.fails(run("candles", text, data_dir=self.data), 1, "'BTCUSDT'")
        self.fails(run("candles", "NOPENOPENOPE", data_dir=self.data), 1, "'candlewick candles list'", "/api/market/symbols")
        self.fails(run("candles", "比特币", data_dir=self.data), 1, "'比特币'")

    def test_prune_before_a_time(self):
        run("import", self.file("binance-BTC-USDT-1m.csv", rows(10)), data_dir=self.data)
        before = ("--before", str(START_MS + 4 * 60_000))
        self.expect(run("candles", "prune", "BTCUSDT", *before, "--dry-run", data_dir=self.data), 0, "4 bars", "would be")
        self.expect(run("candles", "prune", "BTCUSDT", *before, data_dir=self.data), 0, "4 bars")
        self.expect(run("candles", "list", "--format", "csv", data_dir=self.data), 0, "binance,BTCUSDT,1m,6,")

    def test_nothing_to_check_once_all_is_pruned(self):
        run("import", self.file("binance-BTC-USDT-1m.csv", rows(10)), data_dir=self.data)
        run("candles", "prune", "BTCUSDT", "--before", "2030-01-01", data_dir=self.data)
        for command in (["candles", "check", "BTCUSDT"], ["candles", "BTCUSDT"]):
            self.fails(run(*command, data_dir=self.data), 1, "no candles are stored here yet")

    def test_an_import_of_nothing_makes_no_folder(self):
        result = run("import", self.path / "none.csv", self.path, data_dir=self.data)
        self.expect(result, 1, "none.csv: there is no such file", "it is a folder")
        self.assertFalse(self.data.exists())

    def test_a_range_without_bars_says_what_is_stored(self):
        run("import", self.file("binance-BTC-USDT-1m.csv", rows(10)), data_dir=self.data)
        result = run("candles", "BTCUSDT", "--timeframe", "1m", "--from", "2030-01-01", "--format", "csv", data_dir=self.data)
        self.expect(result, 0, "1m  2024-01-01T00:00:00Z to 2024-01-01T00:09:00Z")
        self.assertEqual(result.stdout.decode(), HEADER)

    def test_notes_about_the_source_are_few(self):
        # Every second five-minute bar lacks a minute: 40 stretches.
        run("import", self.file("binance-BTC-USDT-1m.csv", rows(200, skip=set(range(2, 200, 10)))), data_dir=self.data)
        result = run("candles", "BTCUSDT", "--timeframe", "5m", "--format", "csv", data_dir=self.data)
        notes = result.stderr.decode().splitlines()
        self.assertEqual((len(notes), notes[10]), (11, "source: and 30 more stretches; --format json lists all"))

    def test_marks_tell_a_gap_from_an_end(self):
        # From 00:02 on, 00:07 is missing.
        run("import", self.file("binance-BTC-USDT-1m.csv", rows(15, skip={0, 1, 7})), data_dir=self.data)
        lines = run("candles", "BTCUSDT", "--timeframe", "5m", data_dir=self.data).stdout.decode().splitlines()
        self.assertEqual([line.split("  ")[-1] for line in lines[1:3]], ["starts late", "gap"])
        self.assertEqual(lines[1].count("gap"), 0)

    def test_check_counts_what_it_does_not_show(self):
        run("import", self.file("binance-BTC-USDT-1m.csv", rows(100, skip=set(range(3, 99, 12)))), data_dir=self.data)
        self.expect(run("candles", "check", "BTCUSDT", data_dir=self.data), 0, "and 3 more")

    def test_lost_output_is_an_error(self):
        run("import", self.file("binance-BTC-USDT-1m.csv", rows(100)), data_dir=self.data)
        commands = (f"candles binance:BTCUSDT --timeframe 1m --format csv --data-dir {self.data}", f"candles list --data-dir {self.data}",
                    f"candles check binance:BTCUSDT --data-dir {self.data}", f"config show --data-dir {self.data}", "version")
        trade = '{"e":"trade","E":1700000000001,"s":"BTCUSDT","t":5,"p":"1","q":"1","T":1700000000000,"m":true,"M":true}'

        def lose():
            for command in (*commands, f"feed decode --venue binance <<<'{trade}'"):
                for where, why in ((">/dev/full", "No space left on device"), (">&-", "stdout is closed")):
                    with self.subTest(command + where):
                        result = subprocess.run(["bash", "-c", f"{BINARY} {command} {where}"], capture_output=True,
                                                env=clean_environment(), timeout=60, check=False)
                        self.expect(result, 1, f"candlewick: the output could not be written: {why}")
        lose()
        with Server(self.data):
            lose()

    def test_a_closed_pipe_is_quiet(self):
        run("import", self.file("binance-BTC-USDT-1m.csv", rows(20_000)), data_dir=self.data)
        command = f"{BINARY} candles BTCUSDT --timeframe 1m --format csv --data-dir {self.data} | head -1"
        result = subprocess.run(["bash", "-c", command], capture_output=True, env=clean_environment(), timeout=60, check=False)
        self.assertEqual(result.stdout.decode(), HEADER)
        self.assertEqual(result.stderr, b"")

    def test_many_commands_at_once_share_the_folder(self):
        self.data.mkdir(mode=0o700)  # which of them comes first is open, and one that only reads makes no folder
        path = self.file("binance-BTC-USDT-1m.csv", rows(30_000))
        commands = [["import", str(path)]] + [["candles", "list"]] * 5
        running = [subprocess.Popen([BINARY, *command, "--data-dir", str(self.data)], env=clean_environment(), stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE) for command in commands]
        for process in running:
            _, errors = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 0, errors)
        self.expect(run("candles", "list", "--format", "csv", data_dir=self.data), 0, ",30000,")


FIFO = ("--venue", "binance", "--symbol", "FFUSDT", "--timeframe", "1m")


class Pipes(Folder):
    """What is imported need not be a file, and its end may never come."""

    def start(self, *arguments, **streams):
        process = subprocess.Popen([BINARY, *map(str, arguments), "--data-dir", str(self.data)], env=clean_environment(),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, **streams)
        self.addCleanup(lambda: (process.kill(), process.wait(), process.stdout.close(), process.stderr.close()))
        return process

    def open_when_read(self, path):
        """The writing end of a named pipe, once somebody reads it."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                return os.open(path, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:
                time.sleep(0.02)
        raise AssertionError(f"nobody reads {path}")

    def hanging_import(self, path):
        process = self.start("import", path, *FIFO)
        end = self.open_when_read(path)  # and never writes
        self.addCleanup(os.close, end)
        return process

    def stopped(self, process):
        out, errors = process.communicate(timeout=30)
        self.assertEqual((process.returncode, out), (1, b""), errors)
        self.assertIn(b"ff: stopped, nothing of it was stored", errors)

    def fifo(self):
        path = self.path / "ff"
        if not path.exists():
            os.mkfifo(path)
        return path

    def reads_pipes(self):
        text = rows(3000)
        commands = f"cat {self.file('x.csv', text)} | {BINARY} import /dev/stdin {' '.join(FIFO)} --data-dir {self.data} && " \
                   f"{BINARY} import <(cat {self.path}/x.csv) {' '.join(FIFO)} --data-dir {self.data}"
        result = subprocess.run(["bash", "-c", commands], capture_output=True, env=clean_environment(), timeout=60, check=False)
        self.expect(result, 0, "3,000 added", "3,000 unchanged")

    def test_without_a_server(self):
        self.reads_pipes()
        for stop in (signal.SIGINT, signal.SIGTERM):
            process = self.hanging_import(self.fifo())
            process.send_signal(stop)
            self.stopped(process)

    def test_beside_a_server(self):
        with Server(self.data) as server:
            self.reads_pipes()
            for _ in range(10):  # more than there are slots
                process = self.hanging_import(self.fifo())
                process.send_signal(signal.SIGINT)
                self.stopped(process)
            self.expect(run("candles", "list", data_dir=self.data, timeout=5), 0, "FFUSDT")
            last = self.hanging_import(self.fifo())
            begin = time.monotonic()
            self.assertEqual(server.stop(), 0)
            self.assertLess(time.monotonic() - begin, 10)
            self.stopped(last)

    def test_a_server_that_is_busy_says_with_what(self):
        with Server(self.data):
            for i in range(8):
                path = self.path / f"ff{i}"
                os.mkfifo(path)
                self.hanging_import(path)
            self.fails(run("candles", "list", data_dir=self.data), 1, "the server is busy with 8 commands (8 import); try again")

    def test_readers_that_pause_hold_up_nobody(self):
        with Server(self.data):
            run("import", self.file("binance-BTC-USDT-1m.csv", rows(50_000)), data_dir=self.data)
            paused = [self.start("candles", "binance:BTCUSDT", "--timeframe", "1m", "--format", "csv") for _ in range(12)]
            for process in paused:
                os.read(process.stdout.fileno(), 1)  # it has begun, and nobody reads on
            self.expect(run("candles", "list", data_dir=self.data, timeout=8), 0, "BTCUSDT")
            for process in paused:
                out, errors = process.communicate(timeout=60)
                self.assertEqual((process.returncode, out.count(b"\n")), (0, 50_001), errors)


if __name__ == "__main__":
    unittest.main()
