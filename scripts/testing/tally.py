"""Counts test cases from what the runners left behind.

A runner that dies, or that reports success and leaves no result, is a failure: a count never comes out better than
what happened.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree


@dataclass
class Tally:
    """Counts of cases, and one line about each that failed."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: list[str] = field(default_factory=list)

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.failures += other.failures
        return self

    def fail(self, line):
        self.failed += 1
        self.failures.append(line)

    def count(self, outcome, line):
        """One case that `passed`, `failed` or was `skipped`; `line` names it where it failed."""
        if outcome == "passed":
            self.passed += 1
        elif outcome == "skipped":
            self.skipped += 1
        else:
            self.fail(line)

    def line(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"

    def good(self):
        """True when something ran and nothing failed."""
        return self.failed == 0 and self.passed > 0


def _left_by(runner, read, tally):
    """What `read` makes of the result that `runner` left; None, and a failure in `tally`, where it left none."""
    try:
        return read()
    except (OSError, ValueError, ElementTree.ParseError) as error:
        tally.fail(f"{runner} left no result ({error})")
        return None


def from_gtest_xml(path):
    """Cases of one GoogleTest XML file. Raises ValueError when the file is not one (a runner cut off while writing)."""
    try:
        root = ElementTree.parse(path).getroot()
    except ElementTree.ParseError as error:
        raise ValueError(f"{path} is cut off: {error}") from error
    tally = Tally()
    for case in root.iter("testcase"):
        name = ".".join(part for part in (case.get("classname"), case.get("name")) if part)
        if case.find("failure") is not None or case.find("error") is not None:
            tally.count("failed", name)
        elif case.find("skipped") is not None or case.get("result") == "skipped":
            tally.count("skipped", name)
        elif case.get("status") != "notrun":  # disabled tests and those a filter left out are not ours to count
            tally.count("passed", name)
    return tally


def from_ctest(junit, results):
    """Cases of one CTest run: `junit` is its --output-junit file, `results` the folder of the programs' own XML.

    A program that failed while none of its cases did (a crash, a leak found at exit, a time limit) counts as one
    failure more; so does one that claims success and left no XML.
    """
    tally = Tally()
    tree = _left_by("ctest", lambda: ElementTree.parse(junit), tally)
    for test in tree.iter("testcase") if tree is not None else ():
        name, status = test.get("name"), test.get("status")
        xml = Path(results) / f"{name}.xml"
        cases = Tally()
        try:
            if xml.exists():
                cases = from_gtest_xml(xml)
        except ValueError as error:
            cases.fail(str(error))
        if status == "run":
            if not xml.exists():
                cases.fail(f"{name}: the program ended well and left no result")
        elif test.find("skipped") is not None and status == "notrun" and "SKIP" in _message(test):
            if not xml.exists():
                cases.skipped += 1
        elif cases.failed == 0:
            cases.fail(f"{name}: the program failed outside its cases ({_message(test) or status})")
        cases.failures = [line if line.startswith(name) else f"{name}: {line}" for line in cases.failures]
        tally.add(cases)
    return tally


def _message(test):
    for tag in ("failure", "skipped"):
        found = test.find(tag)
        if found is not None:
            return found.get("message") or ""
    return ""


def from_vitest_json(path):
    """Cases of Vitest's JSON reporter (--reporter=json --outputFile). A file that failed to load is a failure."""
    tally = Tally()
    report = _left_by("vitest", lambda: json.loads(Path(path).read_text()), tally)
    for file in report["testResults"] if report is not None else ():
        cases = file["assertionResults"]
        for case in cases:
            outcome = case["status"] if case["status"] in ("passed", "failed") else "skipped"
            tally.count(outcome, f"{Path(file['name']).name}: {case['fullName']}")
        if file["status"] == "failed" and not any(case["status"] == "failed" for case in cases):
            tally.fail(f"{Path(file['name']).name}: {file.get('message') or 'the file failed outside its cases'}")
    return tally


def from_playwright_json(path):
    """Cases of Playwright's JSON reporter. A flaky test (failed, then passed) is a failure: it told two stories."""
    tally = Tally()
    report = _left_by("playwright", lambda: json.loads(Path(path).read_text()), tally) or {}
    for error in report.get("errors", []):
        tally.fail(str(error.get("message", error)))
    suites = list(report.get("suites", []))
    while suites:
        suite = suites.pop()
        suites += suite.get("suites", [])
        for spec in suite.get("specs", []):
            for test in spec["tests"]:
                outcome = {"expected": "passed", "skipped": "skipped"}.get(test["status"], "failed")
                tally.count(outcome, f"{spec['title']} ({test['status']})")
    return tally
