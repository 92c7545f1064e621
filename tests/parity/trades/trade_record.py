"""A trade as every side tells it, and the file of one peer's trades: who answered, of which input, what."""

import gzip
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "goldens"


@dataclass(frozen=True)
class Trade:
    side: str  # "long" or "short"
    entry_bar: int  # row of the candles whose open, range or close filled it
    exit_bar: int  # of an open trade the last row
    entry_price: float
    exit_price: float  # of an open trade the last close
    quantity: float
    pnl: float  # after the commission of both fills, of an open one after the first's
    reason: str = "-"  # "signal", "stop", "target", "open"; "-": the peer does not say

    def line(self):
        return (f"{self.side} {self.entry_bar} {self.exit_bar} {self.entry_price:.15g} {self.exit_price:.15g} "
                f"{self.quantity:.15g} {self.pnl:.9f} {self.reason}")


def _of_line(line):
    side, entry_bar, exit_bar, *numbers, reason = line.split()
    return Trade(side, int(entry_bar), int(exit_bar), *map(float, numbers), reason)


@dataclass(frozen=True)
class Answer:
    digest: str  # of the input
    final_equity: float | None  # None: not compared, see trade_exceptions.py
    trades: list


def text(peer, version, answers):
    """`answers`: by the case's name."""
    lines = [f"peer {peer} {version}"]
    for name, answer in answers.items():
        final = "-" if answer.final_equity is None else f"{answer.final_equity:.9f}"
        lines.append(f"case {name} {answer.digest} {final} {len(answer.trades)}")
        lines += [trade.line() for trade in answer.trades]
    return "\n".join(lines) + "\n"


def parse(content):
    """(version, {case: Answer}) of text()'s text."""
    lines = iter(content.splitlines())
    _, _, version = next(lines).split()
    answers = {}
    for line in lines:
        _, name, digest, final, count = line.split()
        trades = [_of_line(next(lines)) for _ in range(int(count))]
        answers[name] = Answer(digest, None if final == "-" else float(final), trades)
    return version, answers


def golden(folder):
    return FOLDER / folder / "trades.txt.gz"


def read(folder):
    return parse(gzip.decompress(golden(folder).read_bytes()).decode())


def write(folder, content):
    golden(folder).write_bytes(gzip.compress(content.encode(), 9, mtime=0))
