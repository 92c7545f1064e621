"""Runs one file of unittest cases and writes the cases where GTEST_OUTPUT says, in GoogleTest's XML shape.

Usage: run_unittest.py FILE. Exit code 0 when nothing failed and something ran.
"""

import importlib.util
import os
import sys
import time
import unittest
from pathlib import Path
from xml.etree import ElementTree


class _Cases(unittest.TextTestResult):
    """Remembers each case as (name, seconds, "passed" | "failed" | "skipped", text)."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.cases = []

    def startTest(self, test):
        super().startTest(test)
        self._started = time.monotonic()
        self._subtest_failed = False

    def _note(self, test, outcome, text=""):
        self.cases.append((str(test.id()), time.monotonic() - self._started, outcome, text))

    def addSuccess(self, test):
        super().addSuccess(test)
        self._note(test, "passed")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        if not hasattr(self, "_started"):  # a whole class was skipped before its first case
            self._started = time.monotonic()
        self._note(test, "skipped", reason)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._note(test, "failed", self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        if not hasattr(self, "_started"):
            self._started = time.monotonic()
        self._note(test, "failed", self.errors[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None and not self._subtest_failed:  # a case counts once, however many of its parts fail
            self._subtest_failed = True
            self._note(test, "failed", str(err[1]))

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self._note(test, "passed")

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self._note(test, "failed", "was expected to fail and did not")


def _write_xml(cases, path):
    root = ElementTree.Element("testsuites")
    suite = ElementTree.SubElement(root, "testsuite", name=path.stem)
    for name, seconds, outcome, text in cases:
        status = "notrun" if outcome == "skipped" else "run"
        case = ElementTree.SubElement(suite, "testcase", name=name, time=f"{seconds:.3f}", status=status,
                                      result="skipped" if outcome == "skipped" else "completed")
        if outcome == "failed":
            ElementTree.SubElement(case, "failure", message=text)
        if outcome == "skipped":
            ElementTree.SubElement(case, "skipped", message=text)
    path.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def main(file):
    sys.path.insert(0, str(file.parent))
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    result = unittest.TextTestRunner(stream=sys.stdout, resultclass=_Cases, verbosity=2).run(suite)
    output = os.environ.get("GTEST_OUTPUT", "")
    if output.startswith("xml:"):
        _write_xml(result.cases, Path(output.removeprefix("xml:")))
    if not result.cases:
        print(f"{file}: holds no test")
        return 1
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
