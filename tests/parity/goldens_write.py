"""Asks each peer, in an environment of its own: `make goldens` writes what they answer of the made-up runs (golden.json), and of
real candles (trades.txt.gz; not where ../shared/data is not there)."""

import os
import subprocess
import sys
from pathlib import Path

os.environ.setdefault("CW_BUILD_DIR", "build/release")
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent / "trades"), str(Path(__file__).parents[1] / "peers")]
from peer_environment import peer_python  # noqa: E402

import golden_file  # noqa: E402
import trade_cases  # noqa: E402
import trade_record  # noqa: E402

PEERS = ("freqtrade", "backtesting_py", "vectorbt")
TRADERS = ("backtesting_py", "vectorbt", "raptorbt")


def ask(folder, script="answer.py"):
    """The text of goldens/`folder`/golden.json, or with trades.py of its trades.txt.gz, as its peer would have it now."""
    place = golden_file.FOLDER / folder
    python = peer_python(place / "requirements.txt")
    ended = subprocess.run([python, "-W", "ignore", place / script], capture_output=True, text=True, timeout=600)
    if ended.returncode != 0:
        raise RuntimeError(f"{folder}: {ended.stderr.strip()[-2000:]}")
    return ended.stdout


if __name__ == "__main__":
    for peer in PEERS:
        (golden_file.FOLDER / peer / "golden.json").write_text(ask(peer))
        print(f"{peer}: written")
    if trade_cases.DATA.is_dir():
        for peer in TRADERS:
            trade_record.write(peer, ask(peer, "trades.py"))
            print(f"{peer}: trades written")
    else:
        print("trades: not asked, ../shared/data/candles is not here")
