"""The shape of a golden file: who answered, of which input, what. Numbers that are none are words: nan, inf, -inf."""

import json
import math
import sys
from pathlib import Path

import peer_runs

FOLDER = Path(__file__).parent / "goldens"


def number(value):
    """A figure of a peer as float; a span of time (pandas', also one that is none) in seconds."""
    return float(value.total_seconds() if hasattr(value, "total_seconds") else value)


def _plain(value):
    return value if math.isfinite(value) else str(value)


def text(peer, version, answers):
    """`answers`: by the run's name the run and its figures."""
    made = {"peer": peer, "version": version, "runs": {}}
    for name, (run, figures) in answers.items():
        made["runs"][name] = {"input_sha256": peer_runs.digest(run), "figures": {k: _plain(v) for k, v in figures.items()}}
    return json.dumps(made, indent=1) + "\n"


def write(peer, version, answers):
    sys.stdout.write(text(peer, version, answers))


def parse(content):
    """(version, {run: (hash, {figure: number})}) of a golden file's text."""
    made = json.loads(content)
    runs = {name: (run["input_sha256"], {k: float(v) for k, v in run["figures"].items()}) for name, run in made["runs"].items()}
    return made["version"], runs


def read(folder):
    """What parse() makes of goldens/`folder`."""
    return parse((FOLDER / folder / "golden.json").read_text())
