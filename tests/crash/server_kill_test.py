"""Kill -9 of the whole server at random moments, with history, live bars, an import and a new account under way: what is stored
afterwards is the exchange's own, each bar once, of an import all or nothing, each account whose making was told, and an
audit log without a hole."""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "integration"))
from candlewick import BINARY, Server, clean_environment, run  # noqa: E402

KILLS = int(os.environ.get("CW_KILLS", "50"))
MINUTE = 60_000
SYMBOLS = ["BTCUSDT", "DOGEUSDT"]
IMPORTED_ROWS = 1_500_000


def write_import_file(folder):
    """A valid file that takes long enough to be hit."""
    path = folder / "binance-LTC-USDT-1m.csv"
    with path.open("w") as out:
        out.write("open_time_ms,open,high,low,close,volume\n")
        for i in range(IMPORTED_ROWS):
            price = 80 + i % 977 / 100
            out.write(f"{1_600_000_020_000 + i * MINUTE},{price},{price + 1},{price - 1},{price + 0.5},{i % 13}\n")
    return path


class PracticeExchange:
    """The exchange's own word: the same seed gives the same market to whoever asks."""

    def __init__(self, folder, port):
        self.base = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen([BINARY, "practice", "--port", str(port), "--data-dir", str(folder)],
                                        env=clean_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while True:
            try:
                self.get("/api/v3/ping")
                return
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.1)

    def get(self, path):
        with urllib.request.urlopen(self.base + path, timeout=60) as answer:
            return json.loads(answer.read())

    def minutes(self, symbol, first, last):
        bars = {}
        at = first
        while at <= last:
            rows = self.get(f"/api/v3/klines?symbol={symbol}&interval=1m&startTime={at}&endTime={last}&limit=1000")
            if not rows:
                break
            bars.update({row[0]: [float(value) for value in row[1:6]] for row in rows})
            at = rows[-1][0] + MINUTE
        return bars

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=60)


def stored_minutes(folder, symbol):
    shown = run("candles", f"practice:{symbol}", "--timeframe", "1m", "--limit", 200_000, "--format", "csv",
                "--from", "2000-01-01", data_dir=folder)
    assert shown.returncode == 0, shown.stderr.decode()
    rows = [line.split(",") for line in shown.stdout.decode().splitlines()[1:]]
    return [int(row[0]) for row in rows], {int(row[0]): [float(value) for value in row[1:]] for row in rows}


def imported_rows(folder):
    listed = run("candles", "list", data_dir=folder)
    assert listed.returncode == 0, listed.stderr.decode()
    rows = [line.split()[2] for line in listed.stdout.decode().splitlines() if line.startswith("binance:LTCUSDT")]
    return int(rows[0].replace(",", "")) if rows else 0


def accounts(folder):
    listed = run("user", "list", "--format", "json", data_dir=folder)
    assert listed.returncode == 0, listed.stderr.decode()
    return {account["email"] for account in json.loads(listed.stdout)}


class Killed(unittest.TestCase):
    def test_what_is_stored_is_the_exchanges_own_and_imports_are_whole(self):
        seed = int(os.environ.get("CW_SEED", time.time_ns() % 1_000_000))
        moments = random.Random(seed)
        whole = 0
        told = set()
        with tempfile.TemporaryDirectory(prefix="cw-kill-") as name, self.subTest(seed=seed):
            folder = Path(name)
            data = folder / "data"
            source = write_import_file(folder)
            for kill in range(KILLS):
                with Server(data) as server:
                    # What stands there already is no news to an import: it needs a fresh series.
                    run("candles", "prune", "binance:LTCUSDT", "--timeframe", "1m", "--before", "2090-01-01", data_dir=data)
                    importing = subprocess.Popen([BINARY, "import", str(source), "--data-dir", str(data)],
                                                 env=clean_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                    email = f"person-{kill}@example.org"
                    adding = subprocess.Popen([BINARY, "user", "add", "--email", email, "--role", "user", "--password",
                                               "a password of a crash", "--data-dir", str(data)],
                                              env=clean_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                    # Most kills fall into the import, the others into history and live bars.
                    time.sleep(moments.uniform(0.05, 0.6) if moments.random() < 0.7 else moments.uniform(0, 4))
                    server.kill()
                    # The commands would see the server gone and do the work themselves.
                    importing.kill()
                    importing.wait(timeout=60)
                    adding.kill()
                    if adding.wait(timeout=60) == 0:
                        told.add(email)
                rows = imported_rows(data)
                self.assertIn(rows, (0, IMPORTED_ROWS), f"seed {seed}: part of an import shows")
                whole += rows > 0
                self.assertLessEqual(told, accounts(data), f"seed {seed}: an account that was told is lost")
                verified = run("audit", "verify", data_dir=data)
                self.assertEqual(verified.returncode, 0, f"seed {seed}: {verified.stderr.decode()}")
            with Server(data) as server:
                server.wait_for("history of 1m bars", lambda: [
                    entry["state"] for entry in server.get("/api/market/status").json()["history"]
                    if entry["timeframe"] == "1m" and entry["symbol"] in SYMBOLS] == ["done"] * len(SYMBOLS), seconds=120)
                self.assertEqual(server.stop(), 0)
            exchange = PracticeExchange(folder / "exchange", 20_000 + os.getpid() % 20_000)
            try:
                for symbol in SYMBOLS:
                    times, bars = stored_minutes(data, symbol)
                    self.assertEqual(times, list(range(times[0], times[-1] + MINUTE, MINUTE)), f"seed {seed}: {symbol}")
                    self.assertGreater(len(times), 40_000)
                    self.assertEqual(bars, exchange.minutes(symbol, times[0], times[-1]), f"seed {seed}: {symbol}")
            finally:
                exchange.stop()
        print(f"{KILLS} kills, seed {seed}: {whole} found the import whole, {KILLS - whole} found nothing of it; "
              f"{len(told)} accounts were told of")


if __name__ == "__main__":
    unittest.main()
