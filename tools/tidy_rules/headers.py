"""Sources are listed in their room's CMakeLists.txt; each header compiles with nothing before it."""
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

from .tree import File, Report, Tree

_COMPILER = "clang++-19"


def check_listed(tree: Tree, report: Report) -> None:
    listed: set[str] = set()
    for file in tree.files:
        if file.room and file.path.endswith("/CMakeLists.txt"):
            words = re.sub(r"#.*", "", file.text).replace("${CMAKE_CURRENT_SOURCE_DIR}/", "")
            folder = file.path.removesuffix("CMakeLists.txt")
            listed.update(folder + word for word in re.split(r'[\s()"]+', words))
    for file in tree.cpp:
        if file.room and file.suffix == ".cc" and file.path not in listed:
            name = file.path.removeprefix(f"src/{file.room}/")
            report.error(file.path, 1, f"is built by nobody (add {name} to src/{file.room}/CMakeLists.txt)")


def check_alone(tree: Tree, report: Report, build: Path | None) -> None:
    """Compiles each header of src/ by itself, but for those that the build proves: some .cc includes
    them before anything else. A header that passed is not compiled again until it, something of
    ours that it includes, or the flags change (build/tidy/headers.json)."""
    first = {tree.included(file.includes[0]) for file in tree.cpp if file.suffix == ".cc" and file.includes}
    headers = [file for file in tree.cpp if file.room and file.suffix == ".h" and file not in first]
    if not headers:
        return
    if not shutil.which(_COMPILER):
        report.error("tools/tidy", 1, f"{_COMPILER} is missing (./dev setup, or leave this part out with --fast)")
        return
    flags = _flags_of_rooms(build)
    memory = tree.root / "build" / "tidy" / "headers.json"
    try:
        passed = set(json.loads(memory.read_text()))
    except (OSError, ValueError):
        passed = set()
    keys = {file: _key(tree, file, flags.get(file.room, [])) for file in headers}
    stale = [file for file in headers if keys[file] not in passed]

    def compile_alone(file: File) -> str:
        command = [_COMPILER, "-fsyntax-only", "-w", "-std=c++23", f"-I{tree.root}/src", *flags.get(file.room, []),
                   "-x", "c++", "-include", str(file.full), os.devnull]
        done = subprocess.run(command, capture_output=True, text=True)
        return "" if done.returncode == 0 else done.stderr

    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        for file, problem in zip(stale, pool.map(compile_alone, stale)):
            if problem:
                first = re.search(r"(?:error|fatal error): (.*)", problem)
                report.error(file.path, 1, "does not compile alone: "
                             f"{first.group(1) if first else problem.strip()} (include what it uses)")
            else:
                passed.add(keys[file])
    _remember(memory, passed & set(keys.values()))


def _flags_of_rooms(build: Path | None) -> dict[str, list[str]]:
    """Defines and include paths of each room, from compile_commands.json."""
    flags: dict[str, list[str]] = {}
    database = build / "compile_commands.json" if build else None
    if not database or not database.exists():
        return flags
    for entry in json.loads(database.read_text()):
        room = re.search(r"/src/(\w+)/[^/]+\.cc$", entry["file"])
        if not room or room.group(1) in flags:
            continue
        words = shlex.split(entry["command"])
        flags[room.group(1)] = [
            word for before, word in zip([""] + words, words)
            if word.startswith(("-D", "-I", "-isystem")) or before == "-isystem"
        ]
    return flags


def _key(tree: Tree, header: File, flags: list[str]) -> str:
    """Changes whenever the result of compiling `header` alone may change."""
    reached, open_files = {header.path: header}, [header]
    while open_files:
        for include in open_files.pop().includes:
            target = tree.included(include)
            if target and target.path not in reached:
                reached[target.path] = target
                open_files.append(target)
    digest = hashlib.sha256(repr((_COMPILER, flags, header.path)).encode())
    for path in sorted(reached):
        digest.update(f"{path}\0{reached[path].text}\0".encode())
    return digest.hexdigest()


def _remember(memory: Path, passed: set[str]) -> None:
    memory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=memory.parent, delete=False) as fresh:
        json.dump(sorted(passed), fresh)
    os.replace(fresh.name, memory)
