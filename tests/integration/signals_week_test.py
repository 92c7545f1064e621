"""A week of the practice market, live: what the desk said at each close is what the same candles give as history."""

import contextlib
import json
import re
import sqlite3
import time

from candlewick import Server, run
from cli_folder import Folder

MINUTE = 60_000
WEEK = 7 * 24 * 60 * MINUTE
SPEED = 3_600  # a week in three minutes
TIMEFRAMES = {MINUTE: 0.95, 5 * MINUTE: 0.95, 15 * MINUTE: 0.95, 60 * MINUTE: 0.95, 240 * MINUTE: 0.95}


class Week(Folder):
    def rows(self, sql, *values):
        with contextlib.closing(sqlite3.connect(self.data / "record.db")) as kept:
            return kept.execute(sql, values).fetchall()

    def live_through_a_week(self):
        """Where it began and ended, on the market's clock."""
        with Server(self.data, "--speed", str(SPEED), "--set", "market.follow=BTCUSDT") as server:
            deadline = time.monotonic() + 900
            first = None
            while True:
                self.assertLess(time.monotonic(), deadline, "the week does not end")
                time.sleep(1)
                # While older bars come in, longer ones are made of other stored bars than before: the same but for rounding.
                history = server.get("/api/market/status").json()["history"]
                if not history or any(one["state"] != "done" for one in history):
                    continue
                told = server.get("/api/signals/BTCUSDT?timeframes=1m")
                if told.status != 200 or told.json()["score"] is None:
                    continue
                as_of = told.json()["as_of"]
                # The history is run once more after its last page.
                first = first or as_of + 6 * 60 * MINUTE
                if as_of - first > WEEK:
                    return first, as_of

    def test_a_week_live_is_the_same_week_as_history(self):
        first, last = self.live_through_a_week()
        for timeframe, share in TIMEFRAMES.items():
            (count,), = self.rows("SELECT count(*) FROM signals WHERE timeframe = ? AND emitted_at >= ?", timeframe, first)
            # The practice exchange has outages: minutes that nobody traded in.
            self.assertGreater(count, share * (last - first) / timeframe - 2, timeframe)
        verified = run("signals", "verify", data_dir=self.data)
        self.expect(verified, 0)
        found = re.search(rb"(\d+) kept signals: (\d+) as the candles give them, (\d+) but for rounding, 0 that differ",
                          verified.stdout)
        self.assertTrue(found, verified.stdout)
        kept, exact, rounded = (int(number) for number in found.groups())
        (early,), = self.rows("SELECT count(*) FROM signals WHERE emitted_at < ?", first)
        self.assertLessEqual(rounded, early, "bit for bit")
        self.assertGreaterEqual(exact, kept - early)

        # The record over the same days counts what was emitted in them.
        window = ("--from", first, "--to", last, "--format", "json")
        record = json.loads(run("signals", "record", "BTCUSDT", "--timeframe", "1h", "--horizon", "1h", *window,
                                data_dir=self.data).stdout)
        (judged,), = self.rows(
            "SELECT count(*) FROM signals JOIN outcomes USING (venue, symbol, timeframe, bar_time) WHERE timeframe = ? "
            "AND emitted_at >= ? AND emitted_at < ? AND horizon = ? AND change IS NOT NULL",
            60 * MINUTE, first, last, 60 * MINUTE)
        self.assertEqual(record["signals"], judged)

        (bar_time,), = self.rows("SELECT bar_time FROM signals WHERE timeframe = ? LIMIT 1 OFFSET 70", 60 * MINUTE)
        with contextlib.closing(sqlite3.connect(self.data / "record.db")) as planted:
            planted.execute("DROP TRIGGER signals_stay")
            planted.execute("UPDATE signals SET score = score + 0.5 WHERE timeframe = ? AND bar_time = ?",
                            (60 * MINUTE, bar_time))
            planted.commit()
        found = run("signals", "verify", data_dir=self.data)
        self.assertEqual(found.returncode, 1)
        self.assertIn(b"1 that differ", found.stdout)


if __name__ == "__main__":
    import unittest
    unittest.main()
