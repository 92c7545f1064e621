"""What every file of the repository keeps to: its length, and what no file may say."""

import re
import subprocess
from pathlib import Path

_LINES_MAX = 500
_TEXT_SUFFIXES = {".h", ".cpp", ".cmake", ".txt", ".py", ".sh", ".md", ".json", ".ts", ".tsx", ".css", ".html", ".yaml",
                  ".yml", ".toml", ".js", ".mjs", ""}
_CODE_SUFFIXES = {".h", ".cpp", ".cmake", ".py", ".sh", ".ts", ".tsx", ".css", ".js", ".mjs", ""}
# Written in pieces, so that this file does not find itself.
_FORBIDDEN = (
    (re.compile(r"(?<![\w.])/(?:wor" r"k|roo" r"t|hom" r"e)/\w"), "a path of one machine"),
    (re.compile(r"registry\.np" r"mjs|registry\.yarn" r"pkg|files\.python" r"hosted|pypi\.or" r"g"),
     "the host of a package registry"),
    (re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b"), "a note of unfinished work"),
    (re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE), "a merge that was not finished"),
)


def tracked_files(root):
    """Files that git tracks or would add."""
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            check=True, capture_output=True, text=True).stdout
    return sorted({Path(name) for name in listed.split("\0") if name and (Path(root) / name).is_file()})


def _is_data(path):
    """Corpora, recorded data and locks are not written by hand."""
    return ("corpus" in path.parts or "data" in path.parts or "fixtures" in path.parts or
            path.name in ("package-lock.json", "LICENSE") or "generated" in path.parts or ".gen." in path.name)


def violations(root, excepted=(), used=None):
    """Sentences about files under `root`, one a violation. `excepted`: (check, path); those met are added to `used`."""
    wrong = []
    used = set() if used is None else used
    for path in tracked_files(root):
        if path.suffix not in _TEXT_SUFFIXES or _is_data(path):
            continue
        try:
            text = (Path(root) / path).read_text()
        except UnicodeDecodeError:
            continue
        if "auto-generated" in text[:200]:
            continue
        found = {"length": [], "text": []}
        lines = text.count("\n")
        if path.suffix in _CODE_SUFFIXES and lines > _LINES_MAX:
            found["length"].append(f"{path}: {lines} lines; split it, or say in exceptions.txt why not")
        for pattern, what in _FORBIDDEN:
            for match in pattern.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                found["text"].append(f"{path}:{line}: {what} ('{match.group().strip()}')")
        for check, sentences in found.items():
            if not sentences:
                continue
            if (check, str(path)) in excepted:
                used.add((check, str(path)))
            else:
                wrong += sentences
    return wrong
