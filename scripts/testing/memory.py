"""Which stages were good for exactly the files of now, so that an interrupted long run goes on where it stopped."""

import json
import os
import subprocess
import threading
import time

from runner import BUILD, ROOT
from tally import Tally

FOLDER = BUILD / "test-long"


def tree_of_now():
    """The hash of every file that git tracks or would add, as they are on disk."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "GIT_INDEX_FILE": str(FOLDER / "index")}
    subprocess.run(["git", "add", "-A"], cwd=ROOT, env=env, check=True, capture_output=True)
    done = subprocess.run(["git", "write-tree"], cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    return done.stdout.strip()


class Kept:
    """Counts of what was good, by name, in one file; safe to use from several threads."""

    def __init__(self, file):
        self._file = file
        self._lock = threading.Lock()
        self._known = json.loads(file.read_text()) if file.exists() else {}

    def recall(self, name):
        """The count of what was good before, or None."""
        if name not in self._known:
            return None
        known = self._known[name]
        return Tally(passed=known["passed"], skipped=known["skipped"])

    def keep(self, name, count):
        with self._lock:
            at = time.strftime("%FT%TZ", time.gmtime())
            self._known[name] = {"passed": count.passed, "skipped": count.skipped, "at": at}
            self._file.parent.mkdir(parents=True, exist_ok=True)
            unfinished = self._file.with_suffix(".new")
            unfinished.write_text(json.dumps(self._known, indent=1))
            unfinished.replace(self._file)


class Memory(Kept):
    """Counts of stages that were good for the files of now. Builds are never remembered: what they built may have been
    removed since. The fuzz stage keeps its own account, target by target."""

    def __init__(self, room=None):
        super().__init__(FOLDER / f"{tree_of_now()}{'-' + room if room else ''}.json")

    def keep(self, name, count):
        if not name.startswith("build-") and name != "fuzz":
            super().keep(name, count)
