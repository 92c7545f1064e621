"""What src/market finds in the real data, held against what their own manifest says was found by other means."""

import gzip
import os
import re
import subprocess
import tempfile
import unittest
from decimal import Decimal
from pathlib import Path

DATA = Path("../shared/data")
DUMP = Path(os.environ.get("CW_BUILD_DIR", "build/release")) / "parity/market_dump"
TIMEFRAMES = {"1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "1w"}
UNFINISHED_FROM_MS = 1_730_412_000_000  # 2024-10-31 22:00, from when on the source stored bars that were still forming


def text_of(name):
    return gzip.decompress((DATA / name).read_bytes())


def run(*arguments, data):
    return subprocess.run([DUMP, *arguments], input=data, stdout=subprocess.PIPE, check=True).stdout.decode()


@unittest.skipUnless(DATA.is_dir(), "../shared/data is not here: the real data are needed")
class RealData(unittest.TestCase):
    def test_candles_built_from_trades_are_the_exchanges_own(self):
        """XRP-ETH: aggregated trades, in whole units, so that sums of quantities are exact in any order."""
        built = run("trades", data=text_of("trades/binance-XRP-ETH-aggtrades-20191011.csv.gz")).splitlines()
        wanted = text_of("candles/binance-XRP-ETH-1m.csv.gz").decode().splitlines()[1:]
        built = [[float(cell) for cell in line.split(",")] for line in built]
        wanted = [[float(cell) for cell in line.split(",")[:6]] for line in wanted]
        last = wanted[-1][0]
        self.assertGreater(len(wanted), 1_500)
        self.assertEqual([bar for bar in built if bar[0] <= last], wanted)

    def test_quality_is_what_the_manifest_says(self):
        rows = re.findall(r"^\| (candles/\S+)\.csv\.gz \|(.*)\|$", (DATA / "MANIFEST.md").read_text(), re.MULTILINE)
        checked = 0
        for name, rest in rows:
            timeframe = re.match(r"candles/\w+-\w+-\w+-(\w+)", name)[1]
            if timeframe not in TIMEFRAMES:
                continue
            with self.subTest(name):
                count, gaps, quality = [cell.strip() for cell in rest.split("|")[3:6]]
                self.check_one(name, timeframe, int(count), gaps, quality)
                checked += 1
        self.assertGreater(checked, 50)

    def check_one(self, name, timeframe, count, gaps, quality):
        lines = run("quality", timeframe, data=text_of(name + ".csv.gz")).splitlines()
        found = {kind: (int(places), int(bars)) for kind, places, bars in (line.split() for line in lines)}
        self.assertEqual(found["rows"][0], count)
        said = re.match(r"(\d+) \((\d+) bars; longest (\d+) after", gaps)
        self.assertEqual(found["gap"], (int(said[1]), int(said[2])) if said else (0, 0))
        self.assertEqual(found["longest_gap"][0], int(said[3]) if said else 0)
        for kind, words in (("zero_volume", "bars of zero volume"), ("flat", "flat bars")):
            figure = re.search(r"(\d+) " + words, quality)
            self.assertEqual(found[kind][0], int(figure[1]) if figure else 0, kind)
        for kind in ("high_low", "outside", "not_a_price", "misaligned", "duplicate", "disorder"):
            self.assertEqual(found[kind][0], 0, kind)

    def compare(self, fine, coarse, fine_file, coarse_file, until_ms=None):
        text = text_of(f"candles/{fine_file}.csv.gz").decode()
        if until_ms is not None:
            lines = text.splitlines(keepends=True)
            text = lines[0] + "".join(line for line in lines[1:] if int(line.split(",", 1)[0]) < until_ms)
        with tempfile.NamedTemporaryFile(suffix=".csv") as file:
            file.write(text_of(f"candles/{coarse_file}.csv.gz"))
            file.flush()
            lines = run("compare", fine, coarse, file.name, data=text.encode()).splitlines()
        return {key: int(value) for key, value in (line.split() for line in lines)}

    def test_series_that_add_up_differ_nowhere(self):
        for fine, coarse in (("15m", "30m"), ("15m", "1h"), ("1h", "2h"), ("1h", "4h"), ("1h", "12h"), ("1h", "1d"), ("1m", "15m")):
            with self.subTest(f"{fine} to {coarse}"):
                report = self.compare(fine, coarse, f"binance-BTC-USDT-{fine}", f"binance-BTC-USDT-{coarse}")
                self.assertGreater(report["compared"], 2_000)
                self.assertEqual(report["different"], 0)

    def test_series_that_do_not_add_up_differ_as_often_as_the_manifest_says(self):
        for asset, different in (("BTC", 4), ("ETH", 22)):
            with self.subTest(asset + " 1m"):
                report = self.compare("1m", "15m", f"coinbase-{asset}-USD-1m", f"coinbase-{asset}-USD-15m", UNFINISHED_FROM_MS)
                self.assertEqual(report["different"], different)

    def test_differences_are_those_that_exact_decimals_show(self):
        """Coinbase counts late trades differently in bars asked for at different times: 15m does not add up to 1h."""
        for asset in ("BTC", "ETH", "SOL"):
            with self.subTest(asset):
                names = (f"coinbase-{asset}-USD-15m", f"coinbase-{asset}-USD-1h")
                report = self.compare("15m", "1h", *names)
                compared, different = exact_differences(*(rows_of(name) for name in names))
                self.assertGreater(different, 50)
                self.assertEqual((report["compared"], report["different"]), (compared, different))


def rows_of(name):
    """Open time to open, high, low, close, volume as exact decimals."""
    lines = text_of(f"candles/{name}.csv.gz").decode().splitlines()[1:]
    return {int(cells[0]): [Decimal(cell) for cell in cells[1:6]] for cells in (line.split(",") for line in lines)}


def exact_differences(quarters, hours):
    """Of the hours of which all four quarters are there: how many, and how many are not what the quarters make."""
    compared = different = 0
    for time, hour in hours.items():
        parts = [quarters.get(time + quarter * 900_000) for quarter in range(4)]
        if None in parts:
            continue
        compared += 1
        made = [parts[0][0], max(part[1] for part in parts), min(part[2] for part in parts), parts[3][3], sum(part[4] for part in parts)]
        different += made != hour
    return compared, different


if __name__ == "__main__":
    unittest.main()
