"""Who may include whom (tools/layers.txt), privacy of sub-folders, and cycles."""
import re

from .tree import File, Report, Tree

TABLE = "tools/layers.txt"
_LINE = re.compile(r"(pure )?(\w+):([\w\s*]*)$")


class Table:
    """The rooms in their order, what each may include, and which are pure."""

    def __init__(self, tree: Tree, report: Report):
        self.allowed: dict[str, list[str]] = {}
        self.pure: set[str] = set()
        self.parts: set[str] = set()  # of programs/; a room may include those that its line names
        table = tree.by_path.get(TABLE)
        for number, line in enumerate(table.text.splitlines() if table else [], 1):
            if line.startswith("programs/"):  # what they may include: programs.py
                self.parts.add(line[len("programs/"):].partition(":")[0])
                continue
            if not line.strip() or line.startswith("#"):
                continue
            match = _LINE.match(line)
            if not match:
                report.error(TABLE, number, "expected `[pure] room: room room ...`")
                continue
            self.allowed[match.group(2)] = match.group(3).split()
            if match.group(1):
                self.pure.add(match.group(2))

    def may_include(self, file: File) -> list[str]:
        allowed = self.allowed[file.room]
        if "*" in allowed:
            return [*self.allowed, *(["abi"] if "abi" in self.parts else [])]
        return [file.room, *allowed, *(["testkit"] if file.is_test else [])]


def check(tree: Tree, report: Report) -> None:
    table = Table(tree, report)
    for file in tree.files:
        if file.path.count("/") == 1 and file.path.startswith("src/") and file.is_cpp:
            report.error(file.path, 1, "lies in no room (move it into a folder of src/)")
        if file.room and file.room not in table.allowed:
            report.error(file.path, 1, f"{file.room} is no room of {TABLE} (add its line, or move the file)")
        elif file.room and file.is_cpp:
            _check_includes(tree, table, file, report)
        elif file.room and file.path.endswith("/CMakeLists.txt"):
            _check_links(table, file, report)
    _check_cycles(tree, table, report)


def _check_includes(tree: Tree, table: Table, file: File, report: Report) -> None:
    for include in file.includes:
        if not include.ours:
            continue
        room, _, rest = include.name.partition("/")
        if room in table.parts and room in table.may_include(file):
            continue
        if room not in table.allowed:
            report.error(file.path, include.line,
                         f'"{include.name}" names no room (write "room/file.h" for ours, <...> for a library\'s)')
        elif room not in table.may_include(file):
            allowed = " ".join(table.allowed[file.room]) or "nothing of ours"
            report.error(file.path, include.line, f"{file.room} may not include {room} (allowed: {allowed})")
        elif room != file.room and "/" in rest and not rest.endswith("/catalog.h"):
            report.error(file.path, include.line,
                         f"{include.name} is private to {room} (include a header in the root of {room}, "
                         "or the family's catalog.h)")


def _check_links(table: Table, file: File, report: Report) -> None:
    for number, line in enumerate(file.text.splitlines(), 1):
        for room in re.findall(r"\bwh_(\w+)", line.split("#")[0]):
            allowed = table.allowed[file.room]
            if room not in (file.room, "testkit", *allowed) and "*" not in allowed:
                report.error(file.path, number, f"{file.room} may not link {room} "
                             f"(allowed: {' '.join(allowed) or 'nothing of ours'})")


def _check_cycles(tree: Tree, table: Table, report: Report) -> None:
    for cycle in find_cycles({room: [x for x in to if x in table.allowed] for room, to in table.allowed.items()}):
        report.error(TABLE, 1, f"rooms in a circle: {' -> '.join(cycle)} (one of them must give way)")

    rooms: dict[str, set[str]] = {}
    files: dict[str, list[str]] = {}
    for file in tree.cpp:
        targets = [target for target in map(tree.included, file.includes) if target]
        files[file.path] = [target.path for target in targets]
        if file.room and not file.is_test:
            rooms.setdefault(file.room, set()).update(target.room for target in targets if target.room != file.room)
    for cycle in find_cycles({room: sorted(to) for room, to in rooms.items()}):
        report.error(f"src/{cycle[0]}", 1, f"rooms include each other in a circle: {' -> '.join(cycle)} "
                     "(move what both need into a lower room)")
    for cycle in find_cycles(files):
        line = next(include.line for include in tree.by_path[cycle[0]].includes
                    if "src/" + include.name == cycle[1])
        report.error(cycle[0], line, f"files include each other in a circle: {' -> '.join(cycle)} "
                     "(forward-declare, or move what both need into a third header)")


def find_cycles(graph: dict[str, list[str]]) -> list[list[str]]:
    """One cycle [a, b, ..., a] for each edge that closes one on a depth-first walk."""
    cycles, done, path = [], set(), []

    def walk(node: str) -> None:
        if node in path:
            cycles.append(path[path.index(node):] + [node])
            return
        if node in done:
            return
        path.append(node)
        for target in graph.get(node, []):
            walk(target)
        path.pop()
        done.add(node)

    for node in sorted(graph):
        walk(node)
    return cycles
