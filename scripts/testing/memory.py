"""Which stages were good for exactly the files of now, so that an interrupted long run goes on where it stopped."""

import json
import os
import subprocess
import time

from runner import BUILD, ROOT
from tally import Tally

_FOLDER = BUILD / "test-long"


def tree_of_now():
    """The hash of every file that git tracks or would add, as they are on disk."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "GIT_INDEX_FILE": str(_FOLDER / "index")}
    subprocess.run(["git", "add", "-A"], cwd=ROOT, env=env, check=True, capture_output=True)
    done = subprocess.run(["git", "write-tree"], cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    return done.stdout.strip()


class Memory:
    """Counts of good stages. Builds are never remembered: what they built may have been removed since."""

    def __init__(self, room=None):
        self._file = _FOLDER / f"{tree_of_now()}{'-' + room if room else ''}.json"
        self._known = json.loads(self._file.read_text()) if self._file.exists() else {}

    def recall(self, stage):
        """The count of a stage that was good before, or None."""
        if stage not in self._known:
            return None
        known = self._known[stage]
        return Tally(passed=known["passed"], skipped=known["skipped"])

    def keep(self, stage, count):
        if stage.startswith("build-"):
            return
        self._known[stage] = {"passed": count.passed, "skipped": count.skipped, "at": time.strftime("%FT%TZ", time.gmtime())}
        unfinished = self._file.with_suffix(".new")
        unfinished.write_text(json.dumps(self._known, indent=1))
        unfinished.replace(self._file)
