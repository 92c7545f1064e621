"""The metrics and the robustness statistics, written anew with numpy and scipy from their definitions, beside the product's."""

import itertools
import os
import subprocess
import sys
import unittest
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1] / "peers")]
from peer_environment import use_packages  # noqa: E402

use_packages(Path(__file__).parent / "requirements.txt")
import numpy  # noqa: E402
from scipy import stats  # noqa: E402

import peer_runs  # noqa: E402

DUMP = Path(os.environ.get("CW_BUILD_DIR", "build/release")).resolve() / "parity/metrics_dump"
DAY = 86_400_000
SPREAD_AT = (5, 25, 50, 75, 95)


def dump(*args, given=""):
    ended = subprocess.run([DUMP, *map(str, args)], input=given, capture_output=True, text=True, check=True)
    return [line.split() for line in ended.stdout.splitlines()]


def words(values):
    return " ".join(repr(float(value)) for value in values)


def by_key(lines):
    return {line[0]: [float(word) for word in line[1:]] for line in lines}


def equity_figures(run):
    """The figures of equity from their definitions; those that are not told are left out by the caller."""
    time, equity, close = (numpy.array(column, dtype=float) for column in (run.time, run.equity, run.close))
    step = peer_runs.STEPS[run.timeframe]
    day = (time + step - 1) // DAY
    last = numpy.append(numpy.diff(day) != 0, True)
    r = numpy.diff(numpy.concatenate([[run.capital], equity[last]])) / numpy.concatenate([[run.capital], equity[last][:-1]])
    b = numpy.diff(numpy.concatenate([[run.open[0]], close[last]])) / numpy.concatenate([[run.open[0]], close[last][:-1]])
    year = 365 / max(1, step / DAY)
    years = (time[-1] + step - time[0]) / DAY / 365
    peak = numpy.maximum(numpy.maximum.accumulate(equity), run.capital)
    under = (peak - equity) / peak
    depths = [max(group) for is_under, group in
              ((key, list(values)) for key, values in itertools.groupby(under, lambda value: value > 0)) if is_under]
    position = numpy.abs(run.position) / equity
    cagr = (equity[-1] / run.capital) ** (1 / years) - 1
    q5, q95 = numpy.percentile(r, [5, 95])
    line = stats.linregress(b, r)
    return {
        "net_profit": equity[-1] - run.capital, "total_return": equity[-1] / run.capital - 1, "cagr": cagr,
        "volatility": r.std(ddof=1) * year**0.5, "sharpe": r.mean() / r.std(ddof=1) * year**0.5,
        "sortino": r.mean() / numpy.sqrt(numpy.mean(numpy.minimum(r, 0) ** 2)) * year**0.5, "calmar": cagr / under.max(),
        "omega": r[r > 0].sum() / -r[r < 0].sum(), "max_drawdown": under.max(), "average_drawdown": numpy.mean(depths),
        "ulcer_index": numpy.sqrt(numpy.mean(under**2)), "buy_and_hold_return": close[-1] / run.open[0] - 1,
        "beta": line.slope, "alpha": line.intercept * year, "var_95": -q5, "cvar_95": -r[r <= q5].mean(),
        "tail_ratio": abs(q95 / q5), "skew": stats.skew(r), "kurtosis": stats.kurtosis(r, fisher=False),
        "time_in_market": numpy.mean(position > 0), "average_exposure": position.mean(), "largest_exposure": position.max(),
    }


class Metrics(unittest.TestCase):
    def test_figures_of_equity(self):
        told = 0
        for run in peer_runs.runs():
            if run.name == "no trade":
                continue
            wanted = equity_figures(run)
            lines = {line[0]: line[1:] for line in dump("metrics", given=run.text()) if len(line) == 4}
            for key, value in wanted.items():
                ours, n, missing = lines[key]
                with self.subTest(f"{run.name}: {key}"):
                    if missing == "none":
                        told += 1
                        numpy.testing.assert_allclose(float(ours), value, rtol=1e-9, atol=1e-12)
                    else:
                        self.assertIn(missing, ("too_few", "undefined", "ruined"))
        self.assertGreater(told, 100)

    def test_figures_of_trades(self):
        run = peer_runs.runs()[0]
        closed = [trade for trade in run.trades if not trade.is_open]
        pnl = numpy.array([trade.pnl for trade in closed])
        wins, losses = pnl[pnl > 0], pnl[pnl < 0]
        ours = {line[0]: float(line[1]) for line in dump("metrics", given=run.text()) if len(line) == 4}
        share, payoff = len(wins) / len(pnl), wins.mean() / -losses.mean()
        value = sum((t.entry_price + (0 if t.is_open else t.exit_price)) * t.quantity for t in run.trades)
        wanted = {"trades": len(pnl), "gross_profit": wins.sum(), "gross_loss": -losses.sum(), "win_rate": share,
                  "profit_factor": wins.sum() / -losses.sum(), "expectancy": pnl.mean(), "payoff": payoff,
                  "kelly": share - (1 - share) / payoff, "sqn": len(pnl) ** 0.5 * pnl.mean() / pnl.std(ddof=1),
                  "fees_paid": sum(t.fees for t in run.trades), "best_trade": max(t.pnl_pct for t in closed) / 100,
                  "turnover": value / numpy.mean(run.equity)}
        for key, number in wanted.items():
            numpy.testing.assert_allclose(ours[key], number, rtol=1e-9, err_msg=key)


class Chances(unittest.TestCase):
    def test_normal_and_student(self):
        x = numpy.concatenate([numpy.linspace(-30, 5, 400), [-37.0, 0.0]])
        ours = numpy.array([[float(word) for word in line] for line in dump("normal", given=words(x))])
        numpy.testing.assert_allclose(ours[:, 0], stats.norm.cdf(x), rtol=1e-11)
        numpy.testing.assert_allclose(ours[:, 1], stats.norm.ppf(stats.norm.cdf(x)), rtol=1e-9, atol=1e-12)
        numpy.testing.assert_allclose(ours[:, 2], 2 * stats.t.sf(abs(x), 7), rtol=1e-10)

    def test_probabilistic_and_deflated_sharpe(self):
        dice = numpy.random.default_rng(1)
        for n, spread, tails in ((40, 0.01, 3), (700, 0.02, 4), (2000, 0.01, 30)):
            r = 0.001 + spread * dice.standard_t(tails, n)
            sharpe = r.mean() / r.std(ddof=1)
            error = numpy.sqrt((1 - stats.skew(r) * sharpe + (stats.kurtosis(r, fisher=False) - 1) / 4 * sharpe**2) / (n - 1))
            e = numpy.euler_gamma
            for against, trials, variance in ((0.0, 10, 0.002), (0.02, 500, 0.0005)):
                best = variance**0.5 * ((1 - e) * stats.norm.ppf(1 - 1 / trials) + e * stats.norm.ppf(1 - 1 / (trials * numpy.e)))
                ours = by_key(dump("chance", against, trials, variance, given=words(r)))
                numpy.testing.assert_allclose(ours["skew"][0], stats.skew(r), rtol=1e-9)
                numpy.testing.assert_allclose(ours["kurtosis"][0], stats.kurtosis(r, fisher=False), rtol=1e-9)
                numpy.testing.assert_allclose(ours["psr"][0], stats.norm.cdf((sharpe - against) / error), rtol=1e-9)
                numpy.testing.assert_allclose(ours["dsr"][0], stats.norm.cdf((sharpe - best) / error), rtol=1e-9)
                if sharpe > against:
                    least = 1 + error**2 * (n - 1) * (stats.norm.ppf(0.95) / (sharpe - against)) ** 2
                    numpy.testing.assert_allclose(ours["least"][0], least, rtol=1e-9)


def overfitting(returns, blocks):
    """PBO, chance of loss and slope from the definition; `returns`: float64 (variants, bars)."""
    variants, bars = returns.shape
    cut = [returns[:, block * bars // blocks:(block + 1) * bars // blocks] for block in range(blocks)]
    picks, logits = [], []
    for half in itertools.combinations(range(blocks), blocks // 2):
        inside = numpy.concatenate([cut[block] for block in half], axis=1)
        outside = numpy.concatenate([cut[block] for block in range(blocks) if block not in half], axis=1)
        inside, outside = (part.mean(axis=1) / part.std(axis=1, ddof=1) for part in (inside, outside))
        best = int(numpy.argmax(inside))
        w = stats.rankdata(outside)[best] / (variants + 1)
        logits.append(numpy.log(w / (1 - w)))
        picks.append((inside[best], outside[best]))
    picks = numpy.array(picks)
    return {"pbo": numpy.mean(numpy.array(logits) <= 0), "chance_of_loss": numpy.mean(picks[:, 1] < 0),
            "slope": stats.linregress(picks[:, 0], picks[:, 1]).slope}, sorted(logits)


class Robustness(unittest.TestCase):
    def test_overfitting(self):
        dice = numpy.random.default_rng(2)
        for variants, bars, blocks in ((7, 203, 8), (25, 400, 10), (2, 100, 4)):
            returns = 0.01 * dice.standard_normal((variants, bars)) + 0.002 * dice.standard_normal((variants, 1))
            wanted, logits = overfitting(returns, blocks)
            lines = dump("overfitting", blocks, variants, given=words(returns.ravel()))
            ours = by_key(line for line in lines if line[0] != "logit")
            for key, value in wanted.items():
                numpy.testing.assert_allclose(ours[key][0], value, rtol=1e-9, err_msg=f"{variants} variants: {key}")
            numpy.testing.assert_allclose(sorted(float(line[1]) for line in lines if line[0] == "logit"), logits, rtol=1e-9)

    def test_bootstrap(self):
        """Another generator's paths: the quantiles agree as far as 4,000 and 4,000 paths can."""
        dice = numpy.random.default_rng(3)
        r = 0.001 + 0.01 * dice.standard_t(5, 250)
        for block in (1, 8):
            starts = dice.integers(0, 250, (4000, 250))
            anew = dice.random((4000, 250)) < 1 / block
            at = numpy.empty((4000, 250), dtype=int)
            at[:, 0] = starts[:, 0]
            for k in range(1, 250):
                at[:, k] = numpy.where(anew[:, k], starts[:, k], (at[:, k - 1] + 1) % 250)
            growth = numpy.cumprod(1 + r[at], axis=1)
            peak = numpy.maximum(numpy.maximum.accumulate(growth, axis=1), 1)
            theirs = {"total_return": growth[:, -1] - 1, "max_drawdown": ((peak - growth) / peak).max(axis=1),
                      "sharpe": r[at].mean(axis=1) / r[at].std(axis=1, ddof=1) * 365**0.5, "halfway": growth[:, 124]}
            ours = by_key(dump("bootstrap", 4000, block, 5, given=words(r)))
            for key, sample in theirs.items():
                scale = sample.std()
                numpy.testing.assert_allclose(ours[key][0], sample.mean(), atol=5 * scale * (2 / 4000) ** 0.5, err_msg=key)
                numpy.testing.assert_allclose(ours[key][1:], numpy.percentile(sample, SPREAD_AT), atol=0.15 * scale, err_msg=key)
            self.assertAlmostEqual(ours["chance_of_loss"][0], numpy.mean(growth[:, -1] < 1), delta=0.05)

    def test_shuffled_trades(self):
        dice = numpy.random.default_rng(4)
        pnl = 5 + 60 * dice.standard_normal(80)
        orders = dice.permuted(numpy.tile(pnl, (4000, 1)), axis=1)

        def deepest(rows):
            value = 1000 + numpy.cumsum(rows, axis=-1)
            peak = numpy.maximum(numpy.maximum.accumulate(value, axis=-1), 1000)
            return ((peak - value) / peak).max(axis=-1)

        sample = deepest(orders)
        ours = by_key(dump("shuffle", 4000, 1000, 6, given=words(pnl)))
        numpy.testing.assert_allclose(ours["observed"][0], deepest(pnl), rtol=1e-12)
        numpy.testing.assert_allclose(ours["max_drawdown"][1:], numpy.percentile(sample, SPREAD_AT), atol=0.15 * sample.std())
        self.assertAlmostEqual(ours["chance_deeper"][0], numpy.mean(sample >= deepest(pnl)), delta=0.05)

    def test_random_entries(self):
        dice = numpy.random.default_rng(7)
        returns = dice.standard_normal(500)
        returns[dice.random(500) < 0.1] = numpy.nan
        possible = numpy.flatnonzero(~numpy.isnan(returns))
        entries = numpy.sort(dice.choice(possible, 30, replace=False))
        observed = returns[entries].mean()
        places = numpy.searchsorted(possible, entries)
        draws = {"scatter": numpy.array([dice.choice(returns[possible], 30, replace=False).mean() for _ in range(4000)]),
                 "rotate": numpy.array([returns[possible][(places + by) % len(possible)].mean() for by in range(len(possible))])}
        for draw, sample in draws.items():
            ours = by_key(dump("entries", 4000, draw, 8, 500, given=words(returns) + " " + words(entries)))
            numpy.testing.assert_allclose(ours["observed"][0], observed, rtol=1e-12)
            numpy.testing.assert_allclose(ours["random"][1:], numpy.percentile(sample, SPREAD_AT), atol=0.15 * sample.std())
            self.assertAlmostEqual(ours["p_value"][0], numpy.mean(sample >= observed - 1e-12), delta=0.04)


if __name__ == "__main__":
    unittest.main()
