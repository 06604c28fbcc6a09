"""Who may include whom among the parts of programs/ (lines `programs/part: part ...` of tools/layers.txt),
and who may look behind the handles of programs/sol."""
import re

from .tree import Report, Tree, line_of

TABLE = "tools/layers.txt"
LINE = re.compile(r"programs/(\w+):([\w\s/]*)$")
# For the library, the runtime that plays the loader, and proofs; not for programs, examples included.
RAW = re.compile(r"\bsol::detail\b|\bRawAccount\b")
RAW_ALLOWED = re.compile(r"programs/(sol/[^/]+|sol/compile_fail/.*|host/.*|proof/.*)$")


def check(tree: Tree, report: Report) -> None:
    table = tree.by_path.get(TABLE)
    allowed = {match.group(1): match.group(2).split()
               for match in map(LINE.match, table.text.splitlines() if table else []) if match}
    for file in tree.cpp:
        parts = file.path.split("/")
        if parts[0] != "programs" or len(parts) < 3:
            continue
        if parts[1] not in allowed:
            report.error(file.path, 1, f"programs/{parts[1]} has no line in {TABLE} (add it, or move the file)")
            continue
        if re.search(r"_(test|fuzz|bench)\.cc$", file.path):
            continue
        if not RAW_ALLOWED.match(file.path):
            for match in RAW.finditer(file.code):
                report.error(file.path, line_of(file.code, match.start()), "an account behind sol's back; open a handle "
                             "(sol/account.h), or add the open_ function that is missing to programs/sol")
        for include in file.includes:
            to = include.name.split("/")[0]
            if include.ours and "/" in include.name and to not in (parts[1], *allowed[parts[1]]):
                report.error(file.path, include.line, f"programs/{parts[1]} may not include {to} "
                             f"(allowed: {' '.join(allowed[parts[1]]) or 'nothing of ours'})")
