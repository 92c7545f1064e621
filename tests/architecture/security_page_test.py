"""docs/security.md names only tests that there are, and only items that are written once where they are answered."""

import ast
import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/security.md").read_text()


def cpp_tests():
    """`Suite.Name` of every C++ test."""
    sources = [path.read_text() for folder in ("src", "tests") for path in (ROOT / folder).rglob("*_test.cpp")]
    return {".".join(names) for source in sources for names in re.findall(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)", source, re.M)}


def python_tests():
    """`file.Class.test` of every Python test."""
    found = set()
    for path in (ROOT / "tests").rglob("*_test.py"):
        for part in ast.parse(path.read_text()).body:
            if isinstance(part, ast.ClassDef):
                found |= {f"{path.stem}.{part.name}.{one.name}" for one in part.body if isinstance(one, ast.FunctionDef)}
    return found


def named(page):
    """What the page names as a test: `Suite.Name`, `file_test.Class.test_…`, `fuzz_…`."""
    return set(re.findall(r"`(\w+_test\.\w+\.test_\w+|[A-Z]\w+\.[A-Z]\w+|fuzz_\w+)`", page))


class SecurityPage(unittest.TestCase):
    def test_every_test_that_it_names_exists(self):
        there = cpp_tests() | python_tests() | {path.stem for path in (ROOT / "tests/fuzz").glob("fuzz_*.cpp")}
        self.assertGreater(len(there), 500)
        self.assertGreater(len(named(PAGE)), 100)
        self.assertEqual(sorted(named(PAGE) - there), [])
        self.assertEqual(named("`Token.IsNoSuchTest` and `access_test.Matrix.test_none`") & there, set(), "it would be noticed")

    def test_every_row_names_a_test_or_says_that_there_is_none(self):
        rows = [line for line in PAGE.splitlines() if re.match(r"\| \d+\.\d+\.\d+", line)]
        self.assertGreater(len(rows), 60)
        for row in rows:
            last = row.rstrip(" |").rsplit("|", 1)[1].strip()
            self.assertTrue(named(last) or last.startswith(("no test", "by design", "by the contract")), row)

    def test_no_item_is_answered_twice(self):
        items = [item for line in PAGE.splitlines() if (cell := re.match(r"\| (\d+\.\d+\.\d+[^|]*)\|", line))
                 for item in re.findall(r"\d+\.\d+\.\d+", cell[1])]
        self.assertEqual(sorted(item for item in set(items) if items.count(item) > 1), [])


if __name__ == "__main__":
    unittest.main()
