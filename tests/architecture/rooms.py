"""Reads the rooms: the table of ARCHITECTURE.md, the cw_module calls, and who includes whom."""

import re
from dataclasses import dataclass, field
from pathlib import Path

_ROW = re.compile(r"^\|\s*`(?P<room>\w+)/`(?P<state>[^|]*)\|(?P<what>[^|]*)\|(?P<may>[^|]*)\|\s*$")
_CALL = re.compile(r"\bcw_module\s*\(\s*(?P<name>\w+)(?P<body>[^)]*)\)", re.DOTALL)
_INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"(?P<ours>[^"]+)"|<(?P<theirs>[^>]+)>)', re.MULTILINE)
_SECTIONS = {"SOURCES", "DEPENDS", "LINK", "TESTS", "FUZZ", "EDGE"}

# Down to `desk`, and in `backtest`: no clock, thread, file or socket.
PURE = ("base", "market", "indicators", "expr", "trading", "strategy", "signals", "alerts", "portfolio", "desk",
        "backtest")


@dataclass
class Module:
    """One cw_module call: a room, or a part of one (`exchange/binance`)."""

    name: str
    folder: Path  # relative to src
    depends: list[str]
    files: list[str]  # every file that the call names

    @property
    def room(self):
        return self.folder.parts[0]


@dataclass
class Table:
    """The rooms table. `may_use` is closed: what a named room may use is in it too."""

    order: list[str]
    to_come: set[str]
    may_use: dict[str, set[str]] = field(default_factory=dict)


def read_table(text):
    """The rooms table in a page's text. Raises ValueError when a row names a room that is not above it."""
    rows = [match for line in text.splitlines() if (match := _ROW.match(line))]
    table = Table(order=[row["room"] for row in rows],
                  to_come={row["room"] for row in rows if "to come" in row["state"]})
    if not rows:
        raise ValueError("the page holds no rooms table")
    for row in rows:
        room, above = row["room"], list(table.may_use)
        used = set()
        for words in re.split(r"[,;]| and ", row["may"]):
            words = words.strip().strip("`")
            if words in ("", "-"):
                continue
            if words == "everything above":
                used |= set(above)
            elif words == "the pure rooms":
                used |= set(PURE) & set(above)
            elif words in above:
                used.add(words)
            else:
                raise ValueError(f"`{room}` may use '{words}', which is no room above it")
        for name in list(used):
            used |= table.may_use[name]
        table.may_use[room] = used
    return table


def read_modules(src):
    """Every cw_module under `src`, by name."""
    modules = {}
    for file in sorted(src.rglob("CMakeLists.txt")):
        text = re.sub(r"#.*", "", file.read_text())
        for call in _CALL.finditer(text):
            parts = {"": []}
            section = ""
            for word in call["body"].split():
                if word in _SECTIONS:
                    section = word
                    parts.setdefault(section, [])
                else:
                    parts[section].append(word)
            files = [name for key in ("SOURCES", "TESTS", "FUZZ") for name in parts.get(key, [])]
            modules[call["name"]] = Module(call["name"], file.parent.relative_to(src), parts.get("DEPENDS", []), files)
    return modules


def without_comments(text):
    """C++ text with comments blanked (line numbers stay) and string literals kept."""
    pattern = re.compile(r'R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)

    def blank(match):
        found = match.group()
        return "\n" * found.count("\n") if found.startswith("/") else found

    return pattern.sub(blank, text)


def includes_of(text):
    """(line, ours, theirs) of each include; one of the two is None."""
    text = without_comments(text)
    return [(text.count("\n", 0, match.start("ours" if match["ours"] else "theirs")) + 1, match["ours"],
             match["theirs"]) for match in _INCLUDE.finditer(text)]


def closure(graph, start):
    """Every node that can be reached from `start`, without `start` itself unless it lies on a ring."""
    seen, waiting = set(), list(graph.get(start, ()))
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen.add(node)
            waiting += graph.get(node, ())
    return seen


def ring_in(graph):
    """The nodes of one ring as a path that ends where it began, or an empty list."""
    done = set()

    def visit(node, path):
        if node in path:
            return path[path.index(node):] + [node]
        if node in done:
            return []
        for following in sorted(graph.get(node, ())):
            if found := visit(following, path + [node]):
                return found
        done.add(node)
        return []

    for node in sorted(graph):
        if found := visit(node, []):
            return found
    return []
