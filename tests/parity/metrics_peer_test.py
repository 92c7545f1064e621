"""The golden files against the live peers: fails where one would answer otherwise now."""

import unittest

import golden_file
import goldens_write
from metrics_golden_test import agree


class LivePeers(unittest.TestCase):
    def hold(self, folder):
        version, runs = golden_file.parse(goldens_write.ask(folder))
        golden_version, golden_runs = golden_file.read(folder)
        self.assertEqual(version, golden_version)
        self.assertEqual({name: digest for name, (digest, _) in runs.items()},
                         {name: digest for name, (digest, _) in golden_runs.items()})
        for name, (_, figures) in runs.items():
            kept = golden_runs[name][1]
            self.assertEqual(sorted(figures), sorted(kept), name)
            wrong = [f"{key}: now {value!r}, kept {kept[key]!r}" for key, value in figures.items() if not agree(value, kept[key])]
            self.assertFalse(wrong, f"{name}\n" + "\n".join(wrong))

    def test_freqtrade(self):
        self.hold("freqtrade")

    def test_backtesting_py(self):
        self.hold("backtesting_py")

    def test_vectorbt(self):
        self.hold("vectorbt")


if __name__ == "__main__":
    unittest.main()
