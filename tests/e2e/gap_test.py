#!/usr/bin/env python3
"""An endpoint that hides transactions of the program: `wardhive up` finds by their numbers that something is missing. 77: no Node or npm packages."""

import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from chain_case import Case, main
from outage_test import Between
from support import wait_until
from watch_test import Watching, samples

TOLD = 15.0  # five looks and what they cost
PASS = 7  # samples that a look at the chain brings, at most


class Hiding(Between):
    """It lists no signature in `hidden`, and while `closed` none that it has not listed before."""

    def __init__(self, behind):
        self.hidden, self.closed, self._listed = set(), False, set()
        super().__init__(behind)

    def answer(self, asked, ask):
        said = ask()
        if asked["method"] == "getSignaturesForAddress" and "result" in said:
            said["result"] = [one for one in said["result"] if one["signature"] not in self.hidden and not (self.closed and one["signature"] not in self._listed)]
            self._listed |= {one["signature"] for one in said["result"]}
        return said


class Gaps(Case):
    def test_what_an_endpoint_hides_is_told_and_what_it_lists_late_is_not(self):
        _, _, program, _, mint = self.sealed()
        wallet, owner = self.wallet("staker.json")
        tokens = self.tokens("tokens.json", mint, owner, 1_000_000_000)
        at = ["--program", program, *self.at(wallet)]
        stake = lambda: self.ok("stake", "100", "--role", "user", "--lock", "30d", "--from", tokens, *at)
        newest = lambda: self.chain.ask("getSignaturesForAddress", program, {"limit": 1, "commitment": "confirmed"})[0]["signature"]
        stake()
        hiding = Hiding(self.chain.ready["rpc"])
        self.addCleanup(hiding.stop)
        directory = self.folder / "up"
        directory.mkdir()
        wardhive = Watching(directory, [hiding.url], program=program, more='interval = "500ms"\n')
        self.addCleanup(wardhive.close)
        wardhive.start()

        def looks(count):
            before = samples(wardhive)
            wait_until(lambda: samples(wardhive) > before + count * PASS, "it looked again")

        def hidden_between():
            """Two more transactions, of which the endpoint lists the second one only."""
            looks(2)
            hiding.closed = True
            stake()
            hiding.hidden = {newest()}
            stake()
            hiding.closed = False

        with self.subTest("listed late"):
            hidden_between()
            missing = lambda: json.loads((wardhive.state / "chain-watch.json").read_text())["book"]["gaps"]
            wait_until(missing, "the gap is seen")
            hiding.hidden = set()
            wait_until(lambda: not missing(), "it is filled")
            looks(1)
            self.assertEqual(wardhive.incidents(), [])
        with self.subTest("never listed"):
            hidden_between()
            began = time.monotonic()
            (found,) = wait_until(wardhive.incidents, "that something is missing is told", TOLD)
            print(f"a hidden transaction is told after {time.monotonic() - began:.1f} s (limit {TOLD:.0f} s)")
            self.assertEqual((found["subject"], found["playbook"]), ("fleet/events", "chain-unwell"))
            self.assertIn("cannot be read", found["summary"])
            hidden_between()
            looks(8)
            self.assertEqual([one["id"] for one in wardhive.incidents()], [found["id"]], "a second one is the same incident")
            self.assertEqual(wardhive.told()[found["id"]], 1)
            self.assertEqual(wardhive.decisions(), [])


if __name__ == "__main__":
    main()
