"""The tree as the rules see it: its files, its rooms, and C++ without comments and strings."""
import functools
import os
import re
import subprocess
from pathlib import Path
from typing import NamedTuple

_SKIPPED = {".git", ".cache", "build", "node_modules", "__pycache__"}

# A comment, or a string or character literal with its delimiters apart from its contents. A quote
# after a letter or digit is a digit separator (100'000).
_COMMENT_OR_LITERAL = re.compile(
    r"""//(?:\\\n|[^\n])*
      | /\*.*?\*/
      | R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)"
      | "(?:\\.|[^"\\\n])*"
      | (?<![0-9A-Za-z_])(?:u8|[uUL])?'(?:\\.|[^'\\\n])+'""",
    re.VERBOSE | re.DOTALL,
)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])', re.MULTILINE)
_NAME = re.compile(r'[<"]([^>"\n]+)[>"]')


def _blank(match: re.Match) -> str:
    found = match.group(0)
    kept = found[0] + found[-1] if found[0] == '"' else ""
    blanks = re.sub(r"[^\n]", " ", found)
    return kept[:1] + blanks[1:-1] + kept[1:] if kept else blanks


class Include(NamedTuple):
    line: int
    name: str
    ours: bool  # written with quotes


class File:
    """One file; `path` is relative to the root, with slashes."""

    def __init__(self, root: Path, path: str):
        self.path = path
        self.full = root / path
        parts = path.split("/")
        self.room = parts[1] if parts[0] == "src" and len(parts) > 2 else None
        self.suffix = os.path.splitext(path)[1]
        self.is_cpp = self.suffix in (".cc", ".h")
        self.is_test = re.search(r"_(test|fuzz|bench)\.cc$", path) is not None

    @functools.cached_property
    def text(self) -> str:
        """The contents; empty if they are not text."""
        contents = self.full.read_bytes()
        return "" if b"\0" in contents else contents.decode("utf-8", "replace")

    @functools.cached_property
    def code(self) -> str:
        """The text with comments and the insides of literals blanked; lines keep their numbers."""
        return _COMMENT_OR_LITERAL.sub(_blank, self.text)

    @functools.cached_property
    def includes(self) -> list[Include]:
        found = []
        for match in _INCLUDE.finditer(self.code):
            name = _NAME.match(self.text, match.end() - 1)
            if name:
                found.append(Include(line_of(self.code, match.end()), name.group(1), match.group(1) == '"'))
        return found


def line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


class Tree:
    def __init__(self, root: Path):
        self.root = root
        self.files = [File(root, path) for path in sorted(_list(root))]
        self.by_path = {file.path: file for file in self.files}
        self.cpp = [file for file in self.files if file.is_cpp]

    def included(self, include: Include) -> File | None:
        """The file of src/ that an include names, if it is there."""
        return self.by_path.get("src/" + include.name) if include.ours else None


def _list(root: Path) -> list[str]:
    """What git tracks or would track; every file when the tree is no checkout (or git is missing)."""
    if (root / ".git").exists():
        try:
            listed = subprocess.run(
                ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                capture_output=True, check=True, text=True).stdout
            return [path for path in set(listed.split("\0")) if path and (root / path).is_file()]
        except (OSError, subprocess.CalledProcessError):
            pass
    found = []
    for directory, names, files in os.walk(root):
        names[:] = [name for name in names if name not in _SKIPPED]
        found += [os.path.relpath(os.path.join(directory, name), root) for name in files]
    return found


class Report:
    """Collects what was found; prints it in order of file and line."""

    def __init__(self):
        self._errors: list[tuple[str, int, str]] = []
        self._warnings: list[tuple[str, int, str]] = []

    def error(self, path: str, line: int, message: str) -> None:
        self._errors.append((path, line, message))

    def warning(self, path: str, line: int, message: str) -> None:
        self._warnings.append((path, line, message))

    def close(self, files: int) -> int:
        for path, line, message in sorted(set(self._warnings)):
            print(f"{path}:{line}: warning: {message}")
        for path, line, message in sorted(set(self._errors)):
            print(f"{path}:{line}: {message}")
        print(f"tidy: {files} files, {len(self._errors)} errors, {len(self._warnings)} warnings")
        return 1 if self._errors else 0
