"""What holds the rooms apart. Each check gives a list of sentences, one a violation; none is good."""

import re
from pathlib import Path

import rooms

_CODE = {".h", ".cpp"}

# In a pure room: time, data and randomness come in as arguments.
_IMPURE_HEADERS = {"thread", "mutex", "shared_mutex", "condition_variable", "future", "stop_token", "semaphore", "latch",
                   "barrier", "fstream", "filesystem", "iostream", "cstdio", "stdio.h", "ctime", "time.h", "unistd.h",
                   "fcntl.h", "pthread.h", "random"}
_IMPURE_FOLDERS = ("sys/", "boost/asio", "boost/beast", "netinet/", "arpa/")
_IMPURE_WORDS = re.compile(r"\b(?:system_clock|steady_clock|high_resolution_clock|utc_clock)\s*::\s*now\b"
                           r"|\bgetenv\s*\(|\bstd::random_device\b|\bclock_gettime\s*\(")

# Costly to compile, or an implementation's own business: never in a header.
_HEAVY = ("boost/beast", "nlohmann/", "spdlog/", "simdjson", "lmdb", "openssl/", "sqlite3", "prometheus/", "toml++/",
          "CLI/", "boost/asio/ssl")


def code_files(src):
    return sorted(path for path in src.rglob("*") if path.suffix in _CODE)


def _is_test(path):
    return path.stem.endswith("_test") or path.stem.startswith("fuzz_") or "testing" in path.parts


def _module_of(relative, by_folder):
    for parent in relative.parents:
        if parent in by_folder:
            return by_folder[parent]
    return None


class Tree:
    """One `src` and the page that describes it."""

    def __init__(self, src, page, exceptions=()):
        self.src = Path(src)
        self.table = rooms.read_table(page)
        self.modules = rooms.read_modules(self.src)
        self.by_folder = {module.folder: module for module in self.modules.values()}
        self.excepted = set(exceptions)  # (check, path under src)
        self.used_exceptions = set()
        self._depends = {name: set(module.depends) for name, module in self.modules.items()}

    def _is_excepted(self, check, relative):
        key = (check, f"src/{relative}")
        if key in self.excepted:
            self.used_exceptions.add(key)
            return True
        return False

    def page_is_true(self):
        """Every room that is there has a row, and a row says 'to come' exactly when its room is not there."""
        wrong = []
        present = {module.room for module in self.modules.values()}
        for room in sorted(present - set(self.table.order)):
            wrong.append(f"src/{room} is no room of ARCHITECTURE.md's table")
        for room in self.table.order:
            if room in self.table.to_come and room in present:
                wrong.append(f"ARCHITECTURE.md says that `{room}/` is to come, and it is there")
            if room not in self.table.to_come and room not in present:
                wrong.append(f"ARCHITECTURE.md lists `{room}/` as present, and there is no such room")
        return wrong

    def depends_are_allowed(self):
        wrong = []
        for module in self.modules.values():
            for name in module.depends:
                if name not in self.modules:
                    wrong.append(f"{module.folder}/CMakeLists.txt: DEPENDS names '{name}', which is no room")
                    continue
                other = self.modules[name].room
                if other != module.room and other not in self.table.may_use.get(module.room, set()):
                    wrong.append(f"{module.folder}/CMakeLists.txt: `{module.room}` may not use `{other}`")
        if ring := rooms.ring_in(self._depends):
            wrong.append("DEPENDS goes round in a ring: " + " > ".join(ring))
        return wrong

    def includes_are_allowed(self):
        """Each include of ours names a file that is there, in a room that both DEPENDS and the table allow."""
        wrong = []
        graph = {name: set() for name in self.modules}
        for path in code_files(self.src):
            relative = path.relative_to(self.src)
            module = _module_of(relative, self.by_folder)
            if module is None:
                wrong.append(f"src/{relative}: belongs to no cw_module")
                continue
            for line, ours, _ in rooms.includes_of(path.read_text()):
                if ours is None or (path.parent / ours).exists() and not (self.src / ours).exists():
                    continue
                place = f"src/{relative}:{line}"
                if not (self.src / ours).exists():
                    if not ours.startswith(("tests/", "bench/")):
                        wrong.append(f'{place}: "{ours}" is no file under src')
                    continue
                other = _module_of(Path(ours), self.by_folder)
                if other is None or other is module:
                    continue
                if not _is_test(path):
                    graph[module.name].add(other.name)
                if other.name not in rooms.closure(self._depends, module.name):
                    wrong.append(f'{place}: includes "{ours}", and DEPENDS of {module.name} does not lead to {other.name}')
                if other.room != module.room and other.room not in self.table.may_use.get(module.room, set()):
                    wrong.append(f'{place}: includes "{ours}", and `{module.room}` may not use `{other.room}`')
        if ring := rooms.ring_in(graph):
            wrong.append("includes go round in a ring: " + " > ".join(ring))
        return wrong

    def sources_are_built(self):
        """Each .cpp is named by its room's cw_module: a test that nobody builds can not fail."""
        wrong = []
        for path in code_files(self.src):
            relative = path.relative_to(self.src)
            module = _module_of(relative, self.by_folder)
            if path.suffix != ".cpp" or module is None:
                continue
            if str(relative.relative_to(module.folder)) not in module.files:
                text = (self.src / module.folder / "CMakeLists.txt").read_text()
                if str(relative.relative_to(module.folder)) not in text:
                    wrong.append(f"src/{relative}: no CMakeLists.txt builds it")
        return wrong

    def pure_rooms_are_pure(self):
        wrong = []
        for path in code_files(self.src):
            relative = path.relative_to(self.src)
            if relative.parts[0] not in rooms.PURE or _is_test(relative):
                continue
            found = []
            text = path.read_text()
            for line, _, theirs in rooms.includes_of(text):
                if theirs and (theirs in _IMPURE_HEADERS or theirs.startswith(_IMPURE_FOLDERS)):
                    found.append(f"src/{relative}:{line}: <{theirs}> in a pure room")
            text = rooms.without_comments(text)
            for match in _IMPURE_WORDS.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                found.append(f"src/{relative}:{line}: {match.group()} in a pure room")
            if found and not self._is_excepted("pure", relative):
                wrong += found
        return wrong

    def headers_are_light(self):
        wrong = []
        for path in code_files(self.src):
            relative = path.relative_to(self.src)
            if path.suffix != ".h":
                continue
            included = rooms.includes_of(path.read_text())
            if any((theirs or "").startswith("gtest/") for _, _, theirs in included):
                continue  # the tests' own vocabulary
            found = [f"src/{relative}:{line}: <{theirs}> belongs in a .cpp" for line, ours, theirs in included
                     if (theirs or ours).startswith(_HEAVY)]
            if found and not self._is_excepted("heavy", relative):
                wrong += found
        return wrong
