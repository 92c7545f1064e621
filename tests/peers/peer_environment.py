"""Virtual environments of the foreign packages that tests need, made beside the build, one a list of requirements."""

import fcntl
import os
import subprocess
import sys
import unittest
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parent / "requirements.txt"
BUILD = Path(os.environ.get("CW_BUILD_DIR", "build/dev")).resolve()


def _folder(requirements):
    """build/x/peers/venv for the list beside this file, build/x/parity/venv for the one of tests/parity, …"""
    return BUILD / requirements.parent.name / "venv"


def peer_python(requirements=REQUIREMENTS):
    """Their interpreter. Makes the environment once for these requirements; unittest.SkipTest where that can't be done."""
    folder = _folder(requirements)
    python, done = folder / "bin/python", folder / "requirements.txt"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.parent / "venv.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two tests may come at once
        if not done.exists() or done.read_text() != requirements.read_text():
            subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
            command = [python, "-m", "pip", "install", "-q", "--require-hashes", "-r", requirements]
            installed = subprocess.run(command, capture_output=True, text=True, timeout=600)
            if installed.returncode != 0:
                raise unittest.SkipTest(f"the foreign packages are not here, pip says: {installed.stderr.strip()[-200:]}")
            done.write_text(requirements.read_text())
    return python


def use_packages(requirements=REQUIREMENTS):
    """Puts the packages into this process's path."""
    peer_python(requirements)
    sys.path.insert(0, str(next((_folder(requirements) / "lib").glob("python3*")) / "site-packages"))
