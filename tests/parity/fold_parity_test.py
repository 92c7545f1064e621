"""Every 1m file of the real data, folded by the product to all twelve higher timeframes, equals the slow reference to the
last bit, gaps and marks included."""

import gzip
import os
import struct
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import fold_reference  # noqa: E402

DATA = Path("../shared/data/candles")
DUMP = Path(os.environ.get("CW_BUILD_DIR", "build/release")) / "parity/market_dump"
RECORD = struct.Struct("<q5dBI")


def bars_of(folded):
    """What the dump's bytes hold, a list of timeframes, each a list of bars."""
    at, timeframes = 0, []
    while at < len(folded):
        (count,) = struct.unpack_from("<I", folded, at)
        end = at + 4 + count * RECORD.size
        timeframes.append([fold_reference.Folded(*bar) for bar in RECORD.iter_unpack(folded[at + 4:end])])
        at = end
    return timeframes


class FoldParity(unittest.TestCase):
    def test_a_hand_worked_series(self):
        """10:01 to 10:02 and 10:05, 1m to 3m: begins late and whole after that; then a gap and an early end."""
        text = "open_time_ms,open,high,low,close,volume\n" + "".join(
            f"{1_722_852_000_000 + minute * 60_000},{bar}\n"
            for minute, bar in [(1, "10,12,9,11,0.1"), (2, "11,11.5,8,9,0.2"), (5, "9,10,9,10,4"), (7, "10,10,10,10,0")])
        folded = subprocess.run([DUMP, "fold"], input=text.encode(), stdout=subprocess.PIPE, check=True).stdout
        wanted = [fold_reference.Folded(1_722_852_000_000, 10, 12, 8, 9, 0.1 + 0.2, fold_reference.STARTS_LATE, 2),
                  fold_reference.Folded(1_722_852_180_000, 9, 10, 9, 10, 4, fold_reference.GAP, 1),
                  fold_reference.Folded(1_722_852_360_000, 10, 10, 10, 10, 0, fold_reference.GAP | fold_reference.ENDS_EARLY, 1)]
        self.assertEqual(bars_of(folded)[0], wanted)
        series = fold_reference.Series([1_722_852_060_000, 1_722_852_120_000, 1_722_852_300_000, 1_722_852_420_000],
                                       [10., 11., 9., 10.], [12., 11.5, 10., 10.], [9., 8., 9., 10.], [11., 9., 10., 10.],
                                       [.1, .2, 4., 0.])
        self.assertEqual(fold_reference.fold(series, "3m"), wanted)

    def test_every_1m_file(self):
        files = sorted(path for path in DATA.glob("*-1m*.csv.gz") if "-1mo" not in path.name)
        if not files:
            self.skipTest("../shared/data/candles is not here: the real data are needed")
        rows = 0
        for path in files:
            with self.subTest(path.name):
                folded = subprocess.run([DUMP, "fold"], input=gzip.decompress(path.read_bytes()), stdout=subprocess.PIPE,
                                        check=True).stdout
                series = fold_reference.read_csv(path)
                rows += len(series.time)
                self.compare(folded, series)
        self.assertGreater(rows, 1_000_000)

    def compare(self, folded, series):
        at = 0
        for timeframe in fold_reference.HIGHER:
            wanted = fold_reference.fold(series, timeframe)
            packed = struct.pack("<I", len(wanted)) + b"".join([RECORD.pack(*bar) for bar in wanted])
            got = folded[at:at + len(packed)]
            at += len(packed)
            if got != packed:
                self.explain(timeframe, bars_of(folded)[fold_reference.HIGHER.index(timeframe)], wanted)
        self.assertEqual(at, len(folded), "the product gives more bars than the reference")

    def explain(self, timeframe, got, wanted):
        for ours, reference in zip(got, wanted):
            self.assertEqual(ours, reference, f"the first bar of {timeframe} that differs")
        self.fail(f"{timeframe}: {len(got)} bars, and the reference has {len(wanted)}")


if __name__ == "__main__":
    unittest.main()
