"""`candlewick backtest` on real candles, trade for trade as backtesting.py, vectorbt and RaptorBT made them (../goldens,
written by `make goldens`). Where their rules differ is in trade_exceptions.py; the tolerances are in trade_compare.py."""

import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).resolve().parents[2] / "integration")]
from candlewick import run  # noqa: E402

import trade_cases  # noqa: E402
import trade_compare  # noqa: E402
import trade_record  # noqa: E402

# Signals and reversals fill at a bar's open or close, stops and targets inside of it.
SIGNALS = ("signal", "reversal")
# How far a share of the equity may be apart, relative: what the roundings of all trades before made of the equity. Ours
# rounds each commission to 1e-8; vectorbt also buys parts of a lot.
DRIFT = {"backtesting_py": 1e-9, "vectorbt": 1e-8, "raptorbt": 1e-9}
CLOSES_WORD = {"raptorbt"}


def _trade(case, row_of, told):
    """One trade of the product's JSON. A fill at a close has the instant of the close."""
    length = trade_cases.LENGTHS[case.timeframe]
    at_close = told["exit_reason"] == "open" or case.at_close and told["exit_reason"] in SIGNALS
    reason = "signal" if told["exit_reason"] in SIGNALS else told["exit_reason"]
    return trade_record.Trade(told["side"], row_of[told["entry_time"] - case.at_close * length],
                              row_of[told["exit_time"] - at_close * length], told["entry_price"], told["exit_price"],
                              told["quantity"], told["pnl"], reason)


def ours(case, candles):
    """(trades, final equity) of the product."""
    with tempfile.TemporaryDirectory(prefix="cw-") as folder:
        path = Path(folder) / f"{case.file.removesuffix('.csv.gz')}.csv"
        path.write_text(candles.text())
        commission = f"percent:{case.fee * 100:g}" if case.fee else "none"
        ended = run("backtest", "--candles", path, "--strategy", case.document, "--timeframe", case.timeframe, "--capital",
                    f"{case.capital:g}", "--commission", commission, "--slippage", "none", "--fill",
                    "close" if case.at_close else "next_open", "--protections", "none", "--json")
    if ended.returncode != 0:
        raise AssertionError(f"{case.name}: {ended.stderr.decode()}")
    told = json.loads(ended.stdout)
    row_of = {time: row for row, time in enumerate(candles.time)}
    return [_trade(case, row_of, trade) for trade in told["trades"]], told["final_equity"]


def _in_order(trades):
    return sorted(trades, key=lambda trade: (trade.entry_bar, trade.exit_bar))


@unittest.skipUnless(trade_cases.DATA.is_dir(), "../shared/data/candles is not here: the real data are needed")
class Trades(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.candles = {case.name: trade_cases.load(case) for case in trade_cases.CASES}
        cls.ours = {case.name: ours(case, cls.candles[case.name]) for case in trade_cases.CASES}

    def hold(self, peer):
        version, answers = trade_record.read(peer)
        cases = trade_cases.cases_of(peer)
        self.assertEqual([case.name for case in cases], list(answers))
        for case in cases:
            with self.subTest(case.name):
                self.hold_case(case, peer, version, answers[case.name])

    def hold_case(self, case, peer, version, theirs):
        candles = self.candles[case.name]
        self.assertEqual(trade_cases.digest(case, candles), theirs.digest, "the golden file is of another input: make goldens")
        trades, final = self.ours[case.name]
        drift = DRIFT[peer] if case.percent else 0.0
        outcome = trade_compare.compare(case, candles, _in_order(trades), _in_order(theirs.trades), peer in CLOSES_WORD,
                                        drift)
        excused = "".join(f", {count} {name}" for name, count in sorted(outcome.excused.items()))
        print(f"{case.name} as {peer} {version}: {len(trades)} trades, {outcome.equal} equal{excused}")
        self.assertFalse(outcome.wrong, "\n" + "\n".join(outcome.wrong))
        self.assertGreater(outcome.equal, 100)
        self.assertEqual(dict(outcome.excused), case.excused[peer])
        if theirs.final_equity is not None:
            # What the excused trades made more or less is all that the ends may be apart.
            self.assertAlmostEqual(final - theirs.final_equity, outcome.profit, delta=1e-8 * theirs.final_equity)

    def test_as_backtesting_py(self):
        self.hold("backtesting_py")

    def test_as_vectorbt(self):
        self.hold("vectorbt")

    def test_as_raptorbt(self):
        self.hold("raptorbt")

    def test_each_case_is_held_against_a_peer_without_exceptions(self):
        self.assertGreaterEqual(len(trade_cases.CASES), 6)
        for case in trade_cases.CASES:
            self.assertIn({}, case.excused.values(), case.name)


class Comparison(unittest.TestCase):
    """The comparison finds what is wrong."""

    case = trade_cases.CASES[0]
    trade = trade_record.Trade("long", 3, 9, 100.0, 110.0, 1.5, 14.0, "signal")

    def wrong(self, **change):
        other = trade_record.Trade(**{**self.trade.__dict__, **change})
        candles = trade_cases.Candles([], [], [100.0] * 20, [], [], [], [])
        return trade_compare.compare(self.case, candles, [self.trade], [other], False).wrong

    def test_of_each_member(self):
        self.assertFalse(self.wrong())
        self.assertFalse(self.wrong(reason="-", entry_price=100.0 + 1e-8, quantity=1.5 + 1e-8))
        for change in ({"side": "short"}, {"entry_bar": 4}, {"exit_bar": 10}, {"entry_price": 100.0001},
                       {"exit_price": 110.0001}, {"quantity": 1.5 + 3e-8}, {"pnl": 14.00001}, {"reason": "stop"}):
            self.assertTrue(self.wrong(**change), change)


if __name__ == "__main__":
    unittest.main()
