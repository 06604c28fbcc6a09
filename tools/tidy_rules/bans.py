"""What may not be written where, and what to write instead."""
import re
from collections.abc import Callable
from typing import NamedTuple

from .layers import Table
from .tree import File, Report, Tree, line_of

Scope = Callable[[File, Table], bool]


class Ban(NamedTuple):
    pattern: str
    scope: Scope
    remedy: str


def anywhere(file: File, table: Table) -> bool:
    return True


def product(file: File, table: Table) -> bool:
    """What ships: a test may run a constant command line, and may throw to see us catch."""
    return file.room is not None and not file.is_test and not file.path.endswith("_for_test.h")


def tests(file: File, table: Table) -> bool:
    return file.path.endswith("_test.cc")


def header(file: File, table: Table) -> bool:
    return file.suffix == ".h"


def public_header(file: File, table: Table) -> bool:
    return file.suffix == ".h" and file.room is not None and file.path.count("/") == 2


def pure(file: File, table: Table) -> bool:
    return file.room in table.pure and not file.is_test


def outside(*rooms: str) -> Scope:
    return lambda file, table: file.room not in (None, *rooms)


_PURE = "a pure room knows no clock, thread, socket or file; take `now` and data as arguments"
_LIBRARY = "this libstdc++ lacks it; use "

# Matched against the name in #include <name> or "name".
INCLUDES = [
    Ban(r"base/(clock|log|file)\.h", pure, _PURE + ", return counters by stats()"),
    Ban(r"mutex|shared_mutex|thread|atomic|condition_variable|future|stop_token|semaphore|latch|barrier", pure, _PURE),
    Ban(r"fstream|iostream|filesystem|cstdio|stdio\.h|unistd\.h|fcntl\.h", pure, _PURE),
    Ban(r"(sys/(socket|un|epoll|stat|time)|netdb|poll|netinet/.*|arpa/inet|time)\.h", pure, _PURE),
    Ban(r"format|print", anywhere, _LIBRARY + "<fmt/format.h>"),
    Ban(r"flat_map|flat_set", anywhere, _LIBRARY + "a sorted std::vector or std::map"),
    Ban(r"generator|mdspan", anywhere, _LIBRARY + "a loop"),
    Ban(r"regex", anywhere, "std::regex recurses on hostile input; write a small scanner"),
    Ban(r"cassert|assert\.h", anywhere, "vanishes in a release; use WARDHIVE_ASSERT of base/check.h"),
    # Boost's containers are data structures, not I/O: any room's own files may use them.
    # testkit plays the other end.
    Ban(r"(asio|boost)(/(?!container/|intrusive/).*|\.hpp)", outside("net", "testkit"),
        "only net speaks Asio and Boost; use its streams, server and client"),
    Ban(r"curl/.*", outside("net"), "only net speaks curl; use its client"),
    Ban(r"sqlite3\.h", outside("store"), "only store speaks SQL; use its logs and journal"),
    Ban(r"nftables/.*", outside("enforce"), "only enforce changes the packet filter; send it an Action"),
    Ban(r"toml\+\+/.*|toml\.hpp", outside("config"), "only config reads TOML; add the setting to its tree"),
    Ban(r"(asio|boost|spdlog|nlohmann)(/.*|\.hpp)", public_header,
        "heavy for everyone who includes this header; keep it in a .cc or a sub-folder"),
]

# Matched against the code, comments and strings blanked.
CODE = [
    Ban(r"\b\w*[cC]lock::now\s*\(", pure, _PURE),
    Ban(r"(?<![\w.>])time\s*\(\s*(nullptr|NULL|0|&)|\b(clock_gettime|gettimeofday|localtime\w*|getenv)\s*\(", pure, _PURE),
    Ban(r"(?<![\w.>])s?rand\s*\(|\brandom_device\b", pure, "a replay must give the same result; take a seed from the input"),
    Ban(r"(?<![\w.>])(system|popen)\s*\(", product, "a shell reads its argument; use posix_spawn with an argument list"),
    Ban(r"\b(strcpy|strcat|sprintf|vsprintf|gets)\s*\(", anywhere, "knows no bound; use fmt::format or std::string"),
    Ban(r"\bstd::regex\b", anywhere, "recurses on hostile input; write a small scanner"),
    Ban(r"\bthrow\b", product, "our code does not throw; return Result (base/result.h)"),
    Ban(r"(?<![\w.>])assert\s*\(", anywhere, "vanishes in a release; use WARDHIVE_ASSERT (our bug) or Result (theirs)"),
    Ban(r"\bsleep_(for|until)\b|(?<![\w.>])(u|nano)?sleep\s*\(", tests,
        "a test that sleeps lies later; use ManualClock, or wait for the condition"),
    Ban(r"\busing\s+namespace\b", header, "it reaches everyone who includes this header; name what you need"),
]


def check(tree: Tree, report: Report) -> None:
    table = Table(tree, Report())  # layers.check reports what is wrong with the table itself
    for file in tree.cpp:
        _check_includes(file, table, report)
        _check_code(file, table, report)
        if file.suffix == ".h":
            _check_header(file, report)


def _check_includes(file: File, table: Table, report: Report) -> None:
    for ban in INCLUDES:
        if not ban.scope(file, table):
            continue
        for include in file.includes:
            if re.fullmatch(ban.pattern, include.name):
                shown = f'"{include.name}"' if include.ours else f"<{include.name}>"
                report.error(file.path, include.line, f"{shown} is banned here ({ban.remedy})")


def _check_code(file: File, table: Table, report: Report) -> None:
    for ban in CODE:
        if not ban.scope(file, table):
            continue
        for match in re.finditer(ban.pattern, file.code):
            report.error(file.path, line_of(file.code, match.start()),
                         f"`{match.group(0).strip()}` is banned here ({ban.remedy})")


def _check_header(file: File, report: Report) -> None:
    if not re.search(r"^#pragma once$", file.code, re.MULTILINE):
        report.error(file.path, 1, "has no include guard (write `#pragma once` below the first comment)")
    if file.room and not file.text.startswith("//"):
        report.error(file.path, 1, "does not say what it is for (begin with a // comment: what, units, thread, limits)")
