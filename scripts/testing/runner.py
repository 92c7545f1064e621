"""Runs stages one after another: their logs, their time, what they count, and the last line."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from tally import Tally

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
LOGS = BUILD / "logs"
JOBS = int(os.environ.get("CW_JOBS", "2"))


class StageFailed(Exception):
    """A stage that could not do its work; the text says why. It counts as one failure."""


@dataclass
class Stage:
    """One step of a tier.

    work    does it and returns what it counted; a build counts nothing
    needs   stages whose failure makes this one pointless
    """

    name: str
    what: str
    work: Callable[[], Tally]
    needs: tuple[str, ...] = ()


def say(line=""):
    print(line, flush=True)


def run_logged(name, command, *, timeout=3600, env=None, show_end=True):
    """Runs a command from the root without input, its output in build/logs/NAME.log. Gives the exit code.

    After `timeout` seconds the command and its children are killed and the code is 124. On failure the log's end is
    shown.
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    with log.open("wb") as out:
        process = subprocess.Popen([str(part) for part in command], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=subprocess.STDOUT, env={**os.environ, **(env or {})}, start_new_session=True)
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            _kill_group(process)
            out.write(f"\nkilled: still running after {timeout} s\n".encode())
            code = 124
        except BaseException:
            _kill_group(process)
            raise
    if code != 0 and show_end:
        show_end_of(log, code)
    return code


def show_end_of(log, code):
    end = log.read_text(errors="replace").splitlines()[-40:]
    say("\n".join(f"    {line}" for line in end))
    say(f"    (exit code {code}; all of it: {log.relative_to(ROOT)})")


def _kill_group(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def must(name, command, **options):
    """run_logged, and StageFailed unless it ended well."""
    code = run_logged(name, command, **options)
    if code != 0:
        raise StageFailed(f"{name} failed (exit code {code})")


def run_stages(stages, remembered=None):
    """Runs the stages in order and prints each one's count and time, then all failures, then the last line.

    remembered  a Memory of stages that were good for exactly these files, which are not repeated
    Returns the exit code: 0 when something ran and nothing failed.
    """
    total, failed, rows = Tally(), set(), []
    started = time.monotonic()
    for stage in stages:
        begun = time.monotonic()
        again = remembered.recall(stage.name) if remembered else None
        if again is not None:
            total.add(again)
            rows.append((stage.name, again.line(), "before"))
            say(f"{stage.name}: {again.line()} (done before for these files)")
            continue
        if missing := [name for name in stage.needs if name in failed]:
            failed.add(stage.name)
            count = Tally()
            count.fail(f"left out, because {missing[0]} failed")
        else:
            say(f"{stage.name}: {stage.what} …")
            try:
                count = stage.work()
            except StageFailed as error:
                count = Tally()
                count.fail(str(error))
            except Exception as error:  # a fault of the stage itself must not look like success
                count = Tally()
                count.fail(f"the stage itself broke: {type(error).__name__}: {error}")
        if count.failed:
            failed.add(stage.name)
        elif remembered:
            remembered.keep(stage.name, count)
        seconds = time.monotonic() - begun
        count.failures = [f"{stage.name}: {line}" for line in count.failures]
        total.add(count)
        rows.append((stage.name, count.line(), f"{seconds:.0f} s"))
        say(f"{stage.name}: {count.line()} in {seconds:.0f} s")
    say()
    width = max(len(row[0]) for row in rows)
    for name, line, took in rows:
        say(f"  {name:<{width}}  {line:<40}  {took:>8}")
    say(f"  {'all':<{width}}  {'':<40}  {time.monotonic() - started:6.0f} s")
    for failure in total.failures:
        say(f"  FAILED {failure}")
    sys.stderr.flush()
    say(total.line())
    return 0 if total.good() else 1
