"""What freqtrade's own report says of each made-up run, as JSON on stdout. Runs in the environment of its requirements.txt."""

import logging
import sys
import warnings
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

warnings.simplefilter("ignore")
logging.disable()
sys.path.insert(0, str(Path(__file__).parents[2]))
import freqtrade  # noqa: E402
import pandas  # noqa: E402
from freqtrade.data.metrics import calculate_market_change  # noqa: E402
from freqtrade.optimize.optimize_reports.optimize_reports import generate_strategy_stats  # noqa: E402

import golden_file  # noqa: E402
import peer_runs  # noqa: E402

NAMES = """total_trades trade_count_long trade_count_short avg_stake_amount profit_mean profit_median profit_total profit_total_abs
profit_total_long profit_total_short profit_total_long_abs profit_total_short_abs cagr backtest_days trades_per_day market_change
expectancy expectancy_ratio sortino sharpe calmar sqn p_value profit_factor max_drawdown_account max_relative_drawdown
max_drawdown_abs max_drawdown_high max_drawdown_low drawdown_duration_s csum_min csum_max backtest_best_day backtest_worst_day
backtest_best_day_abs backtest_worst_day_abs winning_days draw_days losing_days wins draws losses winrate holding_avg_s
winner_holding_avg_s loser_holding_avg_s max_consecutive_wins max_consecutive_losses""".split()
OF_WALLET = """start_balance end_balance high_balance low_balance sharpe sortino calmar max_drawdown_account max_relative_drawdown
max_drawdown_abs max_drawdown_high max_drawdown_low drawdown_duration_s""".split()


def moment(ms):
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=ms)


def answer(run):
    columns = ["pair", "stake_amount", "open_date", "close_date", "open_rate", "close_rate", "profit_abs", "profit_ratio",
               "is_short", "trade_duration", "exit_reason", "enter_tag"]
    rows = []
    for trade in run.trades:
        begin, end = moment(run.time[trade.entry_bar]), moment(run.end_time(trade))
        rows.append(["X/USDT", trade.entry_price * trade.quantity, begin, end, trade.entry_price, trade.exit_price, trade.pnl,
                     trade.pnl_pct / 100, trade.side < 0, int((end - begin).total_seconds() // 60),
                     "force_exit" if trade.is_open else "exit_signal", ""])
    results = pandas.DataFrame(rows, columns=columns).astype({"profit_abs": float, "profit_ratio": float, "is_short": bool,
                                                              "stake_amount": float})
    dates = [moment(ms) for ms in run.time]
    config = defaultdict(lambda: None, stake_currency="USDT", dry_run_wallet=run.capital, max_open_trades=1,
                         timeframe=run.timeframe)
    content = {"results": results, "config": config, "locks": [], "final_balance": run.equity[-1], "rejected_signals": 0,
               "timedout_entry_orders": 0, "timedout_exit_orders": 0, "canceled_trade_entries": 0, "canceled_entry_orders": 0,
               "replaced_entry_orders": 0, "backtest_start_time": 0, "backtest_end_time": 0,
               "wallet_summary": pandas.DataFrame({"date": dates, "currency": "USDT", "rate": 1.0, "balance": run.equity})}
    candles = {"X/USDT": pandas.DataFrame({"date": dates, "close": run.close})}
    stats = generate_strategy_stats(["X/USDT"], "made up", content, dates[0], dates[-1],
                                    calculate_market_change(candles, "close"), is_hyperopt=True)
    answers = {name: float(stats[name]) for name in NAMES if name in stats}
    for name in ("holding_avg", "winner_holding_avg", "loser_holding_avg"):  # of no trade it has no seconds
        answers[f"{name}_s"] = stats[name].total_seconds() if name in stats and not run.trades else answers[f"{name}_s"]
    for name in OF_WALLET:
        answers[f"wallet_stats.{name}"] = float(stats["wallet_stats"][name])
    return answers


if __name__ == "__main__":
    golden_file.write("freqtrade", freqtrade.__version__, {run.name: (run, answer(run)) for run in peer_runs.runs()})
