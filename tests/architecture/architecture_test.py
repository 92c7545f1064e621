"""The rooms of src/ are as ARCHITECTURE.md says, and the checks that hold them find what is planted."""

import subprocess
import tempfile
import unittest
from pathlib import Path

import checks
import repository
import rooms

ROOT = Path(__file__).resolve().parents[2]


def read_exceptions():
    found = set()
    for line in (ROOT / "tests/architecture/exceptions.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            check, path, why = line.split(maxsplit=2)
            assert len(why.split()) >= 3, f"the exception of {path} gives no reason"
            found.add((check, path))
    return found


class TheProduct(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.exceptions = read_exceptions()
        cls.tree = checks.Tree(ROOT / "src", (ROOT / "ARCHITECTURE.md").read_text(), cls.exceptions)

    def none(self, violations):
        self.assertEqual(violations, [], "\n" + "\n".join(violations))

    def test_the_page_names_the_rooms_that_are_there(self):
        self.none(self.tree.page_is_true())

    def test_rooms_depend_only_on_what_the_page_allows(self):
        self.none(self.tree.depends_are_allowed())

    def test_files_include_only_what_their_room_may(self):
        self.none(self.tree.includes_are_allowed())

    def test_every_source_is_built(self):
        self.none(self.tree.sources_are_built())

    def test_pure_rooms_touch_no_clock_thread_file_or_socket(self):
        self.none(self.tree.pure_rooms_are_pure())

    def test_headers_bring_no_heavy_library(self):
        self.none(self.tree.headers_are_light())

    def test_files_are_short_and_say_nothing_that_only_one_machine_understands(self):
        self.none(repository.violations(ROOT, self.exceptions))

    def test_every_exception_is_still_needed(self):
        used = set()
        repository.violations(ROOT, self.exceptions, used)
        self.tree.pure_rooms_are_pure()
        self.tree.headers_are_light()
        self.none([f"{check} {path}: not needed any more" for check, path in
                   sorted(self.exceptions - used - self.tree.used_exceptions)])


PAGE = """
| room | what lives there | may use |
|---|---|---|
| `base/` | words | - |
| `market/` | candles | base |
| `net/` | sockets | base |
| `api/` (to come) | answers | everything above |
"""


class APlantedViolation(unittest.TestCase):
    """A small tree with nothing wrong in it; each case plants one thing and expects exactly that to be found."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.src = self.root / "src"
        self.write("base/CMakeLists.txt", "cw_module(base SOURCES error.cpp)")
        self.write("base/error.h", "#pragma once\n#include <string>\n")
        self.write("base/error.cpp", '#include "base/error.h"\n')
        self.write("market/CMakeLists.txt", "cw_module(market\n  SOURCES fold.cpp  # why not\n  DEPENDS base\n"
                                            "  TESTS fold_test.cpp)")
        self.write("market/fold.h", '#include "base/error.h"\n')
        self.write("market/fold.cpp", '#include "market/fold.h"\n')
        self.write("market/fold_test.cpp", '#include "market/fold.h"\n#include <fstream>\n')
        self.write("net/CMakeLists.txt", "cw_module(net SOURCES socket.cpp DEPENDS base EDGE)")
        self.write("net/socket.h", '#include "base/error.h"\n')
        self.write("net/socket.cpp", '#include "net/socket.h"\n#include <boost/beast/core.hpp>\n#include <thread>\n')

    def write(self, path, text):
        (self.src / path).parent.mkdir(parents=True, exist_ok=True)
        (self.src / path).write_text(text)

    def found(self, page=PAGE, exceptions=()):
        tree = checks.Tree(self.src, page, exceptions)
        return (tree.page_is_true() + tree.depends_are_allowed() + tree.includes_are_allowed() +
                tree.sources_are_built() + tree.pure_rooms_are_pure() + tree.headers_are_light())

    def test_is_absent_from_the_clean_tree(self):
        self.assertEqual(self.found(), [])

    def test_an_include_upwards(self):
        self.write("base/error.cpp", '#include "market/fold.h"\n')
        found = self.found()
        self.assertEqual(len(found), 3, found)  # DEPENDS, table, and the ring that it closes
        self.assertIn("src/base/error.cpp:1", found[0])

    def test_an_include_that_the_table_allows_and_depends_does_not(self):
        self.write("net/CMakeLists.txt", "cw_module(net SOURCES socket.cpp EDGE)")
        found = self.found()
        self.assertEqual(len(found), 1, found)
        self.assertIn("DEPENDS of net does not lead to base", found[0])

    def test_depends_that_the_table_does_not_allow(self):
        self.write("net/CMakeLists.txt", "cw_module(net SOURCES socket.cpp DEPENDS base market EDGE)")
        self.assertEqual(self.found(), ["net/CMakeLists.txt: `net` may not use `market`"])

    def test_a_ring_between_the_parts_of_one_room(self):
        page = PAGE.replace("| `net/` | sockets | base |", "| `net/` | sockets | base, market |")
        self.write("net/a/CMakeLists.txt", "cw_module(a DEPENDS base b)")
        self.write("net/b/CMakeLists.txt", "cw_module(b DEPENDS base a)")
        self.assertEqual(self.found(page), ["DEPENDS goes round in a ring: a > b > a"])

    def test_a_room_that_the_page_does_not_know(self):
        self.write("cellar/CMakeLists.txt", "cw_module(cellar)")
        self.assertEqual(self.found(), ["src/cellar is no room of ARCHITECTURE.md's table"])

    def test_a_page_that_lags_behind(self):
        self.write("api/CMakeLists.txt", "cw_module(api DEPENDS market)")
        self.assertEqual(self.found(), ["ARCHITECTURE.md says that `api/` is to come, and it is there"])
        (self.src / "net/CMakeLists.txt").unlink()
        self.assertIn("ARCHITECTURE.md lists `net/` as present, and there is no such room", self.found())

    def test_a_table_row_that_names_a_room_below_it(self):
        with self.assertRaisesRegex(ValueError, "`market` may use 'net', which is no room above it"):
            rooms.read_table(PAGE.replace("| candles | base |", "| candles | base, net |"))

    def test_a_clock_in_a_pure_room(self):
        self.write("market/fold.cpp", '#include "market/fold.h"\nauto t = std::chrono::system_clock::now();\n')
        self.assertEqual(self.found(), ["src/market/fold.cpp:2: system_clock::now in a pure room"])

    def test_a_clock_in_a_comment_is_none(self):
        self.write("market/fold.cpp", '#include "market/fold.h"\n// never system_clock::now()\n/* <thread>\n */\n')
        self.assertEqual(self.found(), [])

    def test_a_file_and_a_thread_in_a_pure_room(self):
        self.write("market/fold.cpp", "#include <fstream>\n#include <thread>\n#include <sys/socket.h>\n")
        self.assertEqual(self.found(), ["src/market/fold.cpp:1: <fstream> in a pure room",
                                        "src/market/fold.cpp:2: <thread> in a pure room",
                                        "src/market/fold.cpp:3: <sys/socket.h> in a pure room"])
        self.assertEqual(self.found(exceptions={("pure", "src/market/fold.cpp")}), [])

    def test_a_heavy_header(self):
        self.write("net/socket.h", "#pragma once\n#include <boost/beast/core.hpp>\n")
        self.assertEqual(self.found(), ["src/net/socket.h:2: <boost/beast/core.hpp> belongs in a .cpp"])

    def test_a_heavy_header_of_tests_alone_is_none(self):
        self.write("net/story.h", "#include <gtest/gtest.h>\n#include <nlohmann/json.hpp>\n")
        self.assertEqual(self.found(), [])

    def test_a_test_that_nobody_builds(self):
        self.write("market/gap_test.cpp", '#include "market/fold.h"\n')
        self.assertEqual(self.found(), ["src/market/gap_test.cpp: no CMakeLists.txt builds it"])

    def test_an_include_of_nothing(self):
        self.write("market/fold.cpp", '#include "market/flod.h"\n')
        self.assertEqual(self.found(), ['src/market/fold.cpp:1: "market/flod.h" is no file under src'])


class APlantedSentence(unittest.TestCase):
    def violations_of(self, name, text):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["git", "init", "-q", folder], check=True)
            (Path(folder) / name).write_text(text)
            return repository.violations(folder)

    def test_a_plain_file_is_fine(self):
        self.assertEqual(self.violations_of("a.md", "Work in /var/lib, root of the tree, https://x.org/home/page\n"), [])

    def test_a_path_of_one_machine(self):
        self.assertEqual(len(self.violations_of("a.md", "see /wor" "k/shared/data\n")), 1)
        self.assertEqual(len(self.violations_of("a.cpp", 'open("/roo' 't/x");\n')), 1)

    def test_a_registry_host(self):
        self.assertEqual(len(self.violations_of("a.toml", "https://registry.np" "mjs.org/x\n")), 1)

    def test_unfinished_work(self):
        self.assertEqual(len(self.violations_of("a.h", "// TO" "DO: later\n")), 1)

    def test_a_file_that_is_too_long(self):
        self.assertEqual(self.violations_of("a.cpp", "int a;\n" * 500), [])
        self.assertEqual(len(self.violations_of("a.cpp", "int a;\n" * 501)), 1)


if __name__ == "__main__":
    unittest.main()
