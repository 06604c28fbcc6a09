"""Rules about text of any kind: length, whitespace, machine paths, fragments of changes, links."""
import re

from .tree import File, Report, Tree, line_of

_CODE = (".cc", ".h", ".py", ".js", ".mjs", ".css", ".sh", ".html")
_LINES_MAX, _LINES_GOOD = 600, 300
# Recorded or made input: it is data, and may hold anything.
_DATA = ("tests/corpus/", "tests/streams/", "packs/")
_MACHINE_PATH = re.compile(r"(?<![\w.}])/(?:home/\w|work/\w|tmp/w/)")
_FRAGMENT_KINDS = ("added", "changed", "fixed", "removed", "security")
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_INLINE_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")


def check(tree: Tree, report: Report) -> None:
    for file in tree.files:
        if file.path.startswith("changes/"):
            _check_fragment(file, report)
        if file.path.startswith(_DATA) or file.path == "LICENSE":
            continue
        _check_length(file, report)
        _check_characters(file, report)
        if file.suffix == ".md":
            _check_links(tree, file, report)


def _check_length(file: File, report: Report) -> None:
    lines = file.text.count("\n")
    if file.suffix not in _CODE or lines <= _LINES_GOOD:
        return
    if lines > _LINES_MAX:
        report.error(file.path, lines, f"has {lines} lines, {_LINES_MAX} at most (find the second idea in it and move it out)")
    else:
        report.warning(file.path, lines, f"has {lines} lines; most files fit in {_LINES_GOOD}")


def _check_characters(file: File, report: Report) -> None:
    for number, line in enumerate(file.text.split("\n"), 1):
        if line != line.rstrip():
            report.error(file.path, number, "ends in blanks (remove them)")
        if file.is_cpp and "\t" in line:
            report.error(file.path, number, "holds a tab (./dev fmt)")
        path = _MACHINE_PATH.search(line)
        if path:
            report.error(file.path, number, f"names a path of one machine, {path.group(0)}... "
                         "(make it relative to the tree, or an argument)")
    if file.text and not file.text.endswith("\n"):
        report.error(file.path, file.text.count("\n") + 1, "does not end with a line break (add one)")


def _check_fragment(file: File, report: Report) -> None:
    if file.path == "changes/README.md":
        return
    parts = file.path.split("/")
    if len(parts) != 3 or parts[1] not in _FRAGMENT_KINDS or file.suffix != ".md":
        report.error(file.path, 1, f"is no fragment (name it changes/KIND/what-changed.md, KIND one of "
                     f"{' '.join(_FRAGMENT_KINDS)})")
        return
    words = file.text.strip()
    if not words:
        report.error(file.path, 1, "is empty (say in the user's words what changed)")
    elif "\n\n" in words or words.startswith(("#", "- ", "* ")):
        report.error(file.path, 1, "is more than one paragraph (no headings, no lists: one thing in the user's words)")


def _check_links(tree: Tree, file: File, report: Report) -> None:
    def blank(match: re.Match) -> str:
        return re.sub(r"[^\n]", " ", match.group(0))

    prose = _INLINE_CODE.sub(blank, _FENCE.sub(blank, file.text))
    for match in _LINK.finditer(prose):
        target = match.group(1).split("#")[0]
        if not target or re.match(r"[a-z]+:", target):
            continue
        if target.startswith("/") or not (file.full.parent / target).exists():
            report.error(file.path, line_of(prose, match.start()),
                         f"links to {match.group(1)}, which is not there (links are relative to this file)")
