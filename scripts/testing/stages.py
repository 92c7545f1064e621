"""The stages of the first tier (`make test`) and of the second (`make test-long`).

Usage: stages.py short [STAGE…]
       stages.py long [--room ROOM] [STAGE…]
"""

import argparse
import os
import shutil
import sys

import fuzzing
import tally
from memory import Memory
from runner import BUILD, JOBS, LOGS, ROOT, Stage, StageFailed, must, run_logged, run_stages, say
from tally import Tally

# What each tier gives to things that could go on for ever.
_SHORT_FUZZ_SECONDS, _LONG_FUZZ_SECONDS = 20, 600
_SHORT_SEEDS, _LONG_SEEDS = 1_000, 20_000


def build(preset, *targets):
    """Configures and builds targets of one preset; counts nothing."""
    must(f"configure-{preset}", ["cmake", "--preset", preset])
    if targets:
        must(f"build-{preset}", ["cmake", "--build", "--preset", preset, "-j", JOBS, "--target", *targets],
             timeout=7200)
    return Tally()


def build_release():
    build("release", "candlewick", "tests")
    must("build-web", ["scripts/web", "build"])
    return Tally()


def run_ctest(name, preset, labels, *, room=None, seeds=_SHORT_SEEDS, may_be_empty=False):
    """Runs the tests that carry one of `labels` (and, when given, belong to `room`), counting cases."""
    results = BUILD / preset / "test-results"
    shutil.rmtree(results, ignore_errors=True)
    junit = LOGS / f"{name}.junit.xml"
    junit.unlink(missing_ok=True)
    command = ["ctest", "--preset", preset, "-j", JOBS, "-L", f"^({'|'.join(labels)})$", "--output-on-failure",
               "--output-junit", junit, "--no-tests=ignore"]
    if room:
        command += ["-L", f"^({'|'.join(['uses-all'] + ['uses-' + module for module in modules_of(room)])})$"]
    env = {"CW_SIM_SEEDS": str(seeds), "CW_PATIENCE": "5" if preset == "tsan" else "1"}
    code = run_logged(name, command, env=env, timeout=7200)
    if not junit.exists() and code == 0 and may_be_empty:
        return Tally()
    count = tally.from_ctest(junit, results)
    if code != 0 and count.failed == 0:
        count.fail(f"ctest ended with exit code {code}")
    if count.passed + count.failed + count.skipped == 0 and not may_be_empty:
        count.fail(f"no test carries the label {' or '.join(labels)}")
    return count


def modules_of(room):
    """The cw_module names in a room (`exchange` has several)."""
    sys.path.insert(0, str(ROOT / "tests/architecture"))
    import rooms
    found = [module.name for module in rooms.read_modules(ROOT / "src").values() if room in (module.room, module.name)]
    if not found:
        raise StageFailed(f"'{room}' is no room of src/")
    return found


def web():
    """The dashboard's own checks: types, lint, client types as the contract has them, unit tests."""
    count = Tally()
    must("web-install", ["scripts/web", "--install"])
    for name, command in (("typecheck", ["scripts/web", "--exec", "tsc", "--noEmit"]),
                          ("lint", ["scripts/web", "--exec", "biome", "ci", "."])):
        if run_logged(f"web-{name}", command, timeout=600) == 0:
            count.passed += 1
        else:
            count.fail(name)
    types = BUILD / "api-types.ts"
    code = run_logged("web-types", ["scripts/web", "--exec", "openapi-typescript", "../docs/openapi.yaml", "-o", types])
    kept = ROOT / "web/src/lib/api/schema.ts"
    if code == 0 and kept.exists() and kept.read_text() == types.read_text():
        count.passed += 1
    else:
        count.fail("the client types are not those of docs/openapi.yaml (scripts/web generate makes them)")
    report = LOGS / "vitest.json"
    report.unlink(missing_ok=True)
    code = run_logged("web-test", ["scripts/web", "test", "--reporter=default", "--reporter=json",
                                   f"--outputFile.json={report}"], timeout=900)
    return count.add(_with_code(tally.from_vitest_json(report), code, "vitest"))


def end_to_end():
    report = LOGS / "playwright.json"
    report.unlink(missing_ok=True)
    code = run_logged("e2e", ["scripts/web", "e2e", "--reporter=line,json"], timeout=1200,
                      env={"PLAYWRIGHT_JSON_OUTPUT_NAME": str(report),
                           "CW_BINARY": str(BUILD / "release/bin/candlewick")})
    return _with_code(tally.from_playwright_json(report), code, "playwright")


def _with_code(count, code, runner):
    if code != 0 and count.failed == 0:
        count.fail(f"{runner} ended with exit code {code}")
    return count


def short_tier():
    return [
        Stage("build-asan", "unit tests and fuzz targets, with AddressSanitizer and UBSan",
              lambda: build("asan", "units", "fuzzers")),
        Stage("units", "every room's unit tests under ASan and UBSan",
              lambda: run_ctest("units", "asan", ["unit"]), ("build-asan",)),
        Stage("build-release", "the server, what tests it from outside, the dashboard", build_release),
        Stage("system", f"architecture, integration, parity, simulations with {_SHORT_SEEDS} seeds",
              lambda: run_ctest("system", "release", ["architecture", "integration", "parity", "sim"]),
              ("build-release",)),
        Stage("fuzz", f"each corpus, then {_SHORT_FUZZ_SECONDS} s a target",
              lambda: fuzzing.short(_SHORT_FUZZ_SECONDS), ("build-asan",)),
        Stage("web", "the dashboard's types, lint and unit tests", web),
        Stage("e2e", "the product in headless Chromium", end_to_end, ("build-release",)),
    ]


def fresh():
    if os.geteuid() != 0:
        say("    make test-fresh takes root; left out")
        return Tally(skipped=1)
    must("test-fresh", ["scripts/test-fresh"], timeout=7200)
    return Tally(passed=1)


def long_tier(room):
    of_room = f" of {room}" if room else ""
    stages = [
        Stage("build-tsan", "with ThreadSanitizer", lambda: build("tsan", "candlewick", "units", "tests")),
        Stage("tsan", f"units and integration tests{of_room} under TSan",
              # Not the simulations: they run on one thread, so there is nothing to race.
              lambda: run_ctest("tsan", "tsan", ["unit", "integration"], room=room),
              ("build-tsan",)),
        Stage("build-release", "the server and what tests it from outside", build_release),
    ]
    for label, what, seeds in (("sim", f"simulations with {_LONG_SEEDS} seeds", _LONG_SEEDS),
                               ("sim-long", "the long simulations", _LONG_SEEDS),
                               ("crash", "kill -9 and power loss", _SHORT_SEEDS),
                               ("peer", "live peers", _SHORT_SEEDS)):
        stages.append(Stage(label, what + of_room, lambda label=label, seeds=seeds: run_ctest(
            f"long-{label}", "release", [label], room=room, seeds=seeds, may_be_empty=True), ("build-release",)))
    stages += [
        Stage("build-asan", "the fuzz targets", lambda: build("asan", "fuzzers")),
        Stage("fuzz", f"{_LONG_FUZZ_SECONDS // 60} CPU-minutes a target{of_room}", lambda: fuzzing.long(
            _LONG_FUZZ_SECONDS, modules_of(room) if room else None), ("build-asan",)),
    ]
    if not room:
        stages.append(Stage("fresh", "both commands in an empty Debian 12", fresh))
    return stages


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tier", choices=("short", "long"))
    parser.add_argument("--room", help="only what this room touches")
    parser.add_argument("stages", nargs="*", help="only these stages")
    chosen = parser.parse_intermixed_args()  # the stages may stand after --room
    try:
        stages = short_tier() if chosen.tier == "short" else long_tier(chosen.room)
    except StageFailed as error:
        say(f"FAILED {error}")
        say("0 passed, 1 failed, 0 skipped")
        return 1
    unknown = set(chosen.stages) - {stage.name for stage in stages}
    if unknown:
        parser.error(f"no stage '{unknown.pop()}'; there are: {' '.join(stage.name for stage in stages)}")
    if chosen.stages:
        stages = [stage for stage in stages if stage.name in chosen.stages]
    return run_stages(stages, Memory(chosen.room) if chosen.tier == "long" else None)


if __name__ == "__main__":
    sys.exit(main())
