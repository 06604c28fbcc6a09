#!/usr/bin/env python3
"""How long the demo's two incidents take with real processes: RUNS runs, one after another, 80 s each.

usage: demo_runs.py [RUNS]      (10 if not said)

One line a run: whether all of it was seen from outside, how long after the fault the client's last request reached the
node, when the attacker was banned, when the node was back. WARDHIVE_BINARY names the program (build/release/wardhive if unset).
Exit 1 if a run was not seen whole.
"""
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
BINARY = pathlib.Path(os.environ.get("WARDHIVE_BINARY", ROOT / "build/release/wardhive"))


def play():
    haproxy = subprocess.run([ROOT / "tools/peers", "haproxy"], capture_output=True, text=True, check=True).stdout.split()[0]
    done = subprocess.run([BINARY, "demo", "--haproxy", haproxy, "--exit", "--json"], capture_output=True, text=True)
    return json.loads(done.stdout) if done.stdout else {"ok": False, "checks": [], "incidents": [], "said": done.stderr.strip()}


def after_fault(summary):
    """Seconds from the fault to the end of traffic to the node, as the client's own log has it."""
    for check in summary["checks"]:
        found = re.search(r"last request there ([\d.]+) s after it", check["evidence"])
        if found:
            return float(found[1])
    return None


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    drained, good = [], 0
    for run in range(1, runs + 1):
        summary = play()
        moments = {one["playbook"]: one for one in summary["incidents"]}
        seconds = after_fault(summary)
        good += summary["ok"]
        drained += [seconds] if seconds is not None else []
        missed = [check["name"] for check in summary["checks"] if not check["seen"]]
        print(f"run {run}: {'all seen' if summary['ok'] else 'NOT SEEN: ' + ', '.join(missed) + summary.get('said', '')}; "
              f"traffic ended {seconds} s after the fault; banned {moments.get('brute-force', {}).get('contained_after')} s, "
              f"back {moments.get('bad-node', {}).get('restored_after')} s after the start", flush=True)
    if drained:
        print(f"{good} of {runs} seen whole; fault -> end of traffic: median {statistics.median(drained):.1f} s, worst {max(drained):.1f} s")
    return 0 if good == runs else 1


if __name__ == "__main__":
    sys.exit(main())
