"""`--metrics-as`: what freqtrade, backtesting.py and vectorbt answered of made-up runs (goldens/, written by `make goldens`), and what
the product says in their name."""

import math
import os
import subprocess
import unittest
from pathlib import Path

import golden_file
import peer_runs

DUMP = Path(os.environ.get("CW_BUILD_DIR", "build/release")).resolve() / "parity/metrics_dump"
RELATIVE = 1e-9


def said_as(peer, run):
    """(version, {figure: number}) of the product."""
    ended = subprocess.run([DUMP, "as", peer], input=run.text(), capture_output=True, text=True, check=True)
    lines = dict(line.split("\t") for line in ended.stdout.splitlines())
    return lines.pop("version"), {key: float(value) for key, value in lines.items()}


def agree(ours, theirs):
    if math.isnan(ours) or math.isnan(theirs):
        return math.isnan(ours) and math.isnan(theirs)
    return ours == theirs or abs(ours - theirs) <= RELATIVE * max(abs(ours), abs(theirs), 1e-3)


class Goldens(unittest.TestCase):
    def hold(self, folder, peer):
        version, answers = golden_file.read(folder)
        runs = peer_runs.runs()
        self.assertEqual([run.name for run in runs], list(answers))
        for run in runs:
            digest, figures = answers[run.name]
            self.assertEqual(digest, peer_runs.digest(run), f"{run.name}: the golden file is of another input: make goldens")
            our_version, ours = said_as(peer, run)
            self.assertEqual(our_version, version)
            with self.subTest(run.name):
                self.assertEqual(sorted(ours), sorted(figures))
                wrong = [f"{key}: ours {ours[key]!r}, theirs {value!r}" for key, value in figures.items()
                         if not agree(ours[key], value)]
                self.assertFalse(wrong, "\n" + "\n".join(wrong))

    def test_freqtrade(self):
        self.hold("freqtrade", "freqtrade")

    def test_backtesting_py(self):
        self.hold("backtesting_py", "backtesting.py")

    def test_vectorbt(self):
        self.hold("vectorbt", "vectorbt")

    def test_a_peer_that_is_none_is_refused_by_name(self):
        ended = subprocess.run([DUMP, "as", "zipline"], capture_output=True, text=True)
        self.assertEqual(ended.returncode, 1)
        self.assertIn("'zipline' is none of freqtrade, backtesting.py, vectorbt", ended.stderr)


if __name__ == "__main__":
    unittest.main()
