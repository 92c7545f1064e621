"""The virtual environment of the foreign packages in requirements.txt, made beside the build and shared by the tests."""

import fcntl
import os
import subprocess
import sys
import unittest
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parent / "requirements.txt"
BUILD = Path(os.environ.get("CW_BUILD_DIR", "build/dev")).resolve()
_FOLDER = BUILD / "peers/venv"


def peer_python():
    """Its interpreter. Makes the environment once for these requirements; unittest.SkipTest where that can't be done."""
    python, done = _FOLDER / "bin/python", _FOLDER / "requirements.txt"
    _FOLDER.parent.mkdir(parents=True, exist_ok=True)
    with open(_FOLDER.parent / "venv.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two tests may come at once
        if not done.exists() or done.read_text() != REQUIREMENTS.read_text():
            subprocess.run([sys.executable, "-m", "venv", "--clear", _FOLDER], check=True)
            command = [python, "-m", "pip", "install", "-q", "--require-hashes", "-r", REQUIREMENTS]
            installed = subprocess.run(command, capture_output=True, text=True, timeout=200)
            if installed.returncode != 0:
                raise unittest.SkipTest(f"no foreign client, pip says: {installed.stderr.strip()[-200:]}")
            done.write_text(REQUIREMENTS.read_text())
    return python


def use_packages():
    """Puts the packages into this process's path."""
    peer_python()
    sys.path.insert(0, str(next((_FOLDER / "lib").glob("python3*")) / "site-packages"))
