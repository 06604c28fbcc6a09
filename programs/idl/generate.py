#!/usr/bin/env python3
"""generate.py DESCRIBE ROOT [--check]: writes what is made from each program's schema, of NAME:

  idl/NAME.anchor.json    Anchor 0.30's format, which most explorers read
  idl/NAME.codama.json    Codama's, which its renderers read
  programs/vm/client/NAME.ts   the TypeScript client
  docs/reference/NAME.md  for people
  programs/abi/..._sha256.h    hashes of both IDLs, which the program carries in its security.txt

DESCRIBE is the program of describe.cc. With --check nothing is written and a file that is not
current is an error (1).
"""
import hashlib
import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import anchor  # noqa: E402
import codama  # noqa: E402
import reference  # noqa: E402
import typescript  # noqa: E402


# The header with the hashes of a program's IDLs, and how its macros begin.
HASHES = {
    "swarm_core": ("programs/abi/idl_sha256.h", "SWARM_IDL"),
    "swarm_anchor": ("programs/abi/anchor_idl_sha256.h", "SWARM_ANCHOR_IDL"),
    "swarm_hook": ("programs/abi/hook_idl_sha256.h", "SWARM_HOOK_IDL"),
}


def render(schema):
    def text(document):
        return json.dumps(document, indent=1, ensure_ascii=False) + "\n"

    idls = {"anchor": text(anchor.idl(schema)), "codama": text(codama.idl(schema))}
    program = schema["name"]
    header, prefix = HASHES[program]
    return {
        **{f"idl/{program}.{name}.json": idl for name, idl in idls.items()},
        header: hashes(idls, prefix),
        f"programs/vm/client/{program}.ts": typescript.client(schema),
        f"docs/reference/{program.replace('_', '-')}.md": reference.page(schema),
    }


def hashes(idls, prefix):
    lines = ["// SHA-256 of the files in idl/, made by programs/idl/generate.py. The program carries them, so that",
             "// anyone can tell whether an IDL is the one that it was built with.", "#pragma once", ""]
    for name, idl in idls.items():
        define, value = f"#define {prefix}_{name.upper()}_SHA256", f'"{hashlib.sha256(idl.encode()).hexdigest()}"'
        # As clang-format breaks a line of more than 100.
        lines.append(f"{define} {value}" if len(define) + len(value) < 100 else f"{define} \\\n  {value}")
    return "\n".join(lines) + "\n"


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    describe, root, check = sys.argv[1], Path(sys.argv[2]), sys.argv[3:] == ["--check"]
    made = {}
    for program in HASHES:
        described = subprocess.run([describe, program], check=True, capture_output=True, text=True).stdout
        made.update(render(json.loads(described)))
    stale = []
    for name, wanted in made.items():
        path = root / name
        if path.exists() and path.read_text() == wanted:
            continue
        stale.append(name)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted)
    if check and stale:
        sys.exit(f"not what programs/abi says: {', '.join(stale)}\n"
                 "write them anew: ninja -C build/release swarm_idl")
    print(f"generate: {', '.join(stale) if stale else 'all current'}")


if __name__ == "__main__":
    main()
