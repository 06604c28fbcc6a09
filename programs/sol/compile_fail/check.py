#!/usr/bin/env python3
"""check.py COMPILER INCLUDE_ROOT: each case compiles, and with -DBROKEN fails with the text of its
`// error:` line. A case that fails for another reason proves nothing, hence both halves."""
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

compiler, root = sys.argv[1:]
FLAGS = ["-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-Wno-unused", "-Wunused-result",
         "-Wno-unused-parameter", "-I", root]


def compiled(case: Path, *more: str) -> subprocess.CompletedProcess:
    return subprocess.run([compiler, *FLAGS, *more, str(case)], capture_output=True, text=True)


def judge(case: Path) -> str | None:
    found = re.search(r"^// error: (.+)$", case.read_text(), re.MULTILINE)
    if not found:
        return "has no `// error:` line"
    twin = compiled(case)
    if twin.returncode != 0:
        return f"does not compile as it stands:\n{twin.stderr}"
    broken = compiled(case, "-DBROKEN")
    if broken.returncode == 0:
        return "compiles with -DBROKEN: the mistake is no longer refused"
    if found.group(1) not in broken.stderr:
        return f"fails, but without \"{found.group(1)}\":\n{broken.stderr}"
    return None


cases = sorted(Path(__file__).parent.glob("*.cc"))
with ThreadPoolExecutor(2) as pool:
    faults = [(case, why) for case, why in zip(cases, pool.map(judge, cases)) if why]
for case, why in faults:
    print(f"{case.name}: {why}")
print(f"{len(cases) - len(faults)} of {len(cases)} mistakes are refused")
sys.exit(1 if faults or len(cases) < 20 else 0)
