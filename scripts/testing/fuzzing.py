"""Fuzz targets: each corpus replayed, then a search for what breaks the target.

New inputs are kept in build/, never in the tree; what breaks a target is left there too, and named.
"""

import hashlib
import os
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from memory import FOLDER, Kept
from runner import BUILD, JOBS, LOGS, ROOT, run_logged, say, show_end_of
from tally import Tally

_LIMITS = ["-rss_limit_mb=2048", "-timeout=10"]
_ENV = {"ASAN_SYMBOLIZER_PATH": "/usr/bin/llvm-symbolizer-19", "UBSAN_OPTIONS": "print_stacktrace=1"}


def targets(modules=None):
    """The fuzz targets that the asan build has now, or only those of some modules."""
    listed = [line.split() for line in (BUILD / "asan/fuzzers.txt").read_text().splitlines()]
    return [fuzzer for module, fuzzer in listed if modules is None or module in modules]


def short(seconds):
    """Every target for some seconds by the clock; two cases each, the replay and the search."""
    return _side_by_side(lambda fuzzer: _fuzz(fuzzer, lambda log: _search(fuzzer, log, seconds)[0]), targets())


def long(cpu_seconds, modules=None):
    """As `short`, each for seconds of processor time, however busy the machine is.

    A target that was good is not searched again while its program and its corpus stay the same.
    """
    kept = Kept(FOLDER / "fuzz.json")

    def one(fuzzer):
        identity = f"{fuzzer} {cpu_seconds} s {_digest(fuzzer)}"
        if (before := kept.recall(identity)) is not None:
            say(f"    {fuzzer}: good before, and unchanged")
            return before
        begun = time.monotonic()
        count = _fuzz(fuzzer, lambda log: _search_by_cpu(fuzzer, log, cpu_seconds))
        say(f"    {fuzzer}: {count.line()} in {time.monotonic() - begun:.0f} s")
        if count.good():
            kept.keep(identity, count)
        return count

    return _side_by_side(one, targets(modules))


def _side_by_side(work, fuzzers):
    count = Tally()
    with ThreadPoolExecutor(JOBS) as pool:
        for one in pool.map(work, fuzzers):
            count.add(one)
    return count


def _program(fuzzer):
    return BUILD / "asan/fuzz" / fuzzer


def _corpus(fuzzer):
    return ROOT / "tests/fuzz/corpus" / fuzzer.removeprefix("fuzz_")


def _digest(fuzzer):
    """Changes with the program and with each of its corpus' files."""
    digest = hashlib.sha256()
    for file in [_program(fuzzer), *sorted(_corpus(fuzzer).iterdir())]:
        digest.update(file.name.encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _fuzz(fuzzer, search):
    count = Tally()
    short_name, corpus = fuzzer.removeprefix("fuzz_"), _corpus(fuzzer)
    if not corpus.is_dir() or not any(corpus.iterdir()):
        count.fail(f"{fuzzer}: no corpus in {corpus.relative_to(ROOT)}")
        return count
    if run_logged(f"replay-{short_name}", [_program(fuzzer), "-runs=0", *_LIMITS, corpus], env=_ENV, timeout=600) != 0:
        count.fail(f"{fuzzer}: its corpus breaks it (see build/logs/replay-{short_name}.log)")
        return count
    count.passed += 1
    log = LOGS / f"fuzz-{short_name}.log"
    code = search(log)
    if code == 0:
        count.passed += 1
    else:
        show_end_of(log, code)
        broke = BUILD / "fuzz" / short_name / "broke"
        count.fail(f"{fuzzer}: broken by an input in {broke.relative_to(ROOT)} (see {log.relative_to(ROOT)})")
    return count


def _search(fuzzer, log, seconds):
    """Looks for `seconds` by the clock; gives the exit code and the processor time it took."""
    folder = BUILD / "fuzz" / fuzzer.removeprefix("fuzz_")
    for name in ("found", "broke"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    command = [_program(fuzzer), f"-max_total_time={seconds}", "-print_final_stats=1", *_LIMITS,
               f"-artifact_prefix={folder}/broke/", folder / "found", _corpus(fuzzer)]
    with log.open("wb") as out:
        process = subprocess.Popen([str(part) for part in command], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=subprocess.STDOUT, env={**os.environ, **_ENV}, start_new_session=True)
        stop = threading.Timer(seconds * 3 + 300, os.killpg, (process.pid, signal.SIGKILL))
        stop.start()
        _, status, usage = os.wait4(process.pid, 0)
        stop.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_utime + usage.ru_stime


def _search_by_cpu(fuzzer, log, cpu_seconds):
    left = cpu_seconds
    while left >= 1:
        code, used = _search(fuzzer, log, int(left) + 1)
        if code != 0:
            return code
        left -= max(used, 1)
    return 0
