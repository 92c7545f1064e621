"""The golden trades against the live peers: fails where one would trade otherwise now."""

import sys
import unittest
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).resolve().parents[1])]
import goldens_write  # noqa: E402
import trade_cases  # noqa: E402
import trade_record  # noqa: E402


def _shape(trade):
    return trade.side, trade.entry_bar, trade.exit_bar, trade.reason


def _near(a, b):
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b), 1.0)


@unittest.skipUnless(trade_cases.DATA.is_dir(), "../shared/data/candles is not here: the real data are needed")
class LivePeers(unittest.TestCase):
    def hold(self, folder):
        version, answers = trade_record.parse(goldens_write.ask(folder, "trades.py"))
        kept_version, kept_answers = trade_record.read(folder)
        self.assertEqual(version, kept_version)
        self.assertEqual({name: answer.digest for name, answer in answers.items()},
                         {name: answer.digest for name, answer in kept_answers.items()})
        for name, answer in answers.items():
            with self.subTest(name):
                self.hold_case(answer, kept_answers[name])

    def hold_case(self, now, kept):
        self.assertGreater(len(now.trades), 100)
        self.assertEqual([_shape(trade) for trade in now.trades], [_shape(trade) for trade in kept.trades])
        for trade, before in zip(now.trades, kept.trades):
            for member in ("entry_price", "exit_price", "quantity", "pnl"):
                self.assertTrue(_near(getattr(trade, member), getattr(before, member)), f"now {trade}\nkept {before}")
        if now.final_equity is None or kept.final_equity is None:
            self.assertEqual(now.final_equity, kept.final_equity)
        else:
            both = f"now {now.final_equity}, kept {kept.final_equity}"
            self.assertTrue(_near(now.final_equity, kept.final_equity), both)

    def test_backtesting_py(self):
        self.hold("backtesting_py")

    def test_vectorbt(self):
        self.hold("vectorbt")

    def test_raptorbt(self):
        self.hold("raptorbt")


if __name__ == "__main__":
    unittest.main()
