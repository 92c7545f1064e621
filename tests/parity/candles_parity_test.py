"""The real binary end to end: 1m files of the real data imported, then printed as CSV at all twelve higher timeframes, equal the
slow reference to the last bit."""

import csv
import io
import os
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import fold_reference  # noqa: E402

DATA = Path("../shared/data/candles")
BINARY = os.environ.get("CW_BINARY", "build/release/bin/candlewick")
# Coinbase's is single days with years between them, Kraken's has many minutes without a trade.
FILES = {"binance:BTCUSDT": "binance-BTC-USDT-1m.csv.gz", "binance:XRPETH": "binance-XRP-ETH-1m.csv.gz",
         "binanceus:BTCUSDT": "binanceus-BTC-USDT-1m.csv.gz", "coinbase:BTC-USD": "coinbase-BTC-USD-1m-2016to2018days.csv.gz",
         "kraken:BTC-USDC": "kraken-BTC-USDC-1m.csv.gz"}
BAR = struct.Struct("<q5d")


@unittest.skipUnless(DATA.is_dir(), "../shared/data/candles is not here: the real data are needed")
class CandlesParity(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="cw-")
        self.addCleanup(folder.cleanup)
        self.data = folder.name

    def run_command(self, *arguments):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CANDLEWICK_")}
        return subprocess.run([BINARY, *map(str, arguments), "--data-dir", self.data], env=environment, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=True, timeout=60).stdout.decode()

    def test_what_is_printed_is_what_the_reference_folds(self):
        self.run_command("import", *(DATA / name for name in FILES.values()))
        bars = 0
        for symbol, name in FILES.items():
            series = fold_reference.read_csv(DATA / name)
            for timeframe in fold_reference.HIGHER:
                with self.subTest(f"{symbol} {timeframe}"):
                    # A last bar whose span the data does not reach the end of is not closed, and not printed.
                    wanted = [bar[:6] for bar in fold_reference.fold(series, timeframe) if not bar.marks & fold_reference.ENDS_EARLY]
                    self.compare(self.run_command("candles", symbol, "--timeframe", timeframe, "--format", "csv"), wanted)
                    bars += len(wanted)
        self.assertGreater(bars, 10_000)

    def compare(self, text, wanted):
        lines = csv.reader(io.StringIO(text))
        self.assertEqual(next(lines), ["open_time_ms", "open", "high", "low", "close", "volume"])
        got = [(int(cells[0]), *map(float, cells[1:])) for cells in lines]
        for ours, reference in zip(got, wanted):
            self.assertEqual(BAR.pack(*ours), BAR.pack(*reference), f"the first bar that differs: {ours}, and the reference {reference}")
        self.assertEqual(len(got), len(wanted))


if __name__ == "__main__":
    unittest.main()
