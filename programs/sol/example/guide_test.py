#!/usr/bin/env python3
"""guide_test.py ROOT: the guide shows example/counter.cc and its test as they are built and run."""
import sys
from pathlib import Path

root = Path(sys.argv[1])
guide = root / "docs/guide/solana-programs.md"
shown = guide.read_text().replace("\r\n", "\n")
stale = [name for name in ("counter.cc", "counter_test.cc")
         if f"```cpp\n{(root / 'programs/sol/example' / name).read_text()}```" not in shown]
for name in stale:
    print(f"{guide.relative_to(root)} does not show programs/sol/example/{name} as it is; copy it into its ```cpp block")
sys.exit(1 if stale else 0)
