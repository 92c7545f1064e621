"""What the tests of commands share: a folder of their own, candle files, what a command should say."""

import gzip
import tempfile
import unittest
from pathlib import Path

HEADER = "open_time_ms,open,high,low,close,volume\n"
START_MS = 1_704_067_200_000  # 2024-01-01


def rows(count, start=START_MS, step=60_000, skip=()):
    """One-minute bars with round numbers: bar i opens at 100 + i and closes one higher."""
    lines = [f"{start + i * step},{100 + i},{102 + i},{99 + i},{101 + i},{i + 1}\n" for i in range(count) if i not in skip]
    return HEADER + "".join(lines)


class Folder(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory(prefix="cw-")
        self.addCleanup(self._folder.cleanup)
        self.path = Path(self._folder.name)
        self.data = self.path / "data"

    def file(self, name, text):
        path = self.path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return path

    def expect(self, result, code, *words):
        self.assertEqual(result.returncode, code, result.stderr.decode())
        for word in words:
            self.assertIn(word, (result.stdout + result.stderr).decode())

    def fails(self, result, code, *words):
        self.expect(result, code, *words)
        self.assertTrue(result.stderr.startswith(b"candlewick: "), result.stderr)
        self.assertEqual(result.stderr.count(b"\n"), 1, result.stderr)
