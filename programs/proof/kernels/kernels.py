#!/usr/bin/env python3
"""Proves the arithmetic of swarm_core with z3. Each theorem's negation has to be unsatisfiable, and each
has canaries: false statements over the same hypotheses, which z3 has to refute. What is proved is a
transcription; --native compares it with the compiled code (drift.py).

    kernels.py [--native PROGRAM] [PART...]     only theorems with PART in their name
Exit status 0 proved, 1 not, 77 no z3.
"""
import argparse
import multiprocessing
import os
import sys
import time

try:
    import z3
except ImportError:
    # Debian's z3 belongs to Debian's Python.
    if sys.executable != "/usr/bin/python3" and os.path.exists("/usr/lib/python3/dist-packages/z3"):
        os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])
    print("kernels: skipped, there is no z3 (apt-get install python3-z3)")
    sys.exit(77)

import drift
import prover
import theorems_wide  # noqa: F401  (states its theorems)
import theorems_rules  # noqa: F401
import theorems_slash  # noqa: F401


def main():
    parser = argparse.ArgumentParser(prog="kernels")
    parser.add_argument("--native", help="the program kernel_run; then the transcription is compared first")
    parser.add_argument("--cases", type=int, default=1500, help="of each kernel")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("parts", nargs="*")
    options = parser.parse_args()
    return 0 if drifted(options) + unproved(options.parts) == 0 else 1


def attempt(at):
    """One theorem, in a process of its own."""
    name, statement = prover.theorems[at]
    try:
        return name, None, prover.prove(name, statement)
    except prover.Failure as failure:
        return name, str(failure), None


def drifted(options):
    """How often the transcription is not what is compiled."""
    count, missing = drift.quotes()
    for quote in missing:
        print(f"FAILED quote: {quote}")
    print(f"{count} lines quoted, {len(missing)} of them not in the sources any more")
    if not options.native:
        return len(missing)
    cases, refusals, wrong = drift.compare(options.native, options.cases, options.seed)
    for line in wrong[:10]:
        print(f"FAILED drift: {line}")
    print(f"{cases} cases compiled and transcribed ({refusals} of them refused), {len(wrong)} differ")
    return len(missing) + len(wrong)


def unproved(parts):
    """How many theorems were not proved, or 1 if none was asked for."""
    started = time.monotonic()
    prover.prove_lemmas()
    print(f"{len(prover.lemmas)} lemmas of products hold for all integers")
    failed = proved = canaries = 0
    asked = [at for at, (name, _) in enumerate(prover.theorems)
             if not parts or any(part in name for part in parts)]
    with multiprocessing.Pool() as pool:
        for name, failure, numbers in pool.imap(attempt, asked):
            if failure:
                print(f"FAILED {failure}")
                failed += 1
                continue
            seconds, paths, goals, killed = numbers
            proved += 1
            canaries += killed
            print(f"{seconds:7.2f} s  {name}: {goals} goals on {paths} paths, {killed} canaries refuted", flush=True)
    print(f"{proved} theorems proved, {failed} not, {canaries} canaries refuted, "
          f"{time.monotonic() - started:.1f} s with z3 {z3.get_version_string()}")
    return failed if proved else 1


if __name__ == "__main__":
    sys.exit(main())
