#!/usr/bin/env python3
"""The chain's enforcer on the real development chain, judged by what the chain says. 77: no Node or npm packages."""

import contextlib
import json
import os
import pathlib
import sqlite3
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from chain_case import main
from market_case import Market
from support import Process, wait_until
from watch_test import Watching

ENFORCE_TEST = os.environ.get("WARDHIVE_ENFORCE_TEST", "build/release/src/enforce/enforce_test")


class Enforcing(Market):
    """A market whose nodes the real enforcer acts on."""

    def enforce(self, case, market):
        self.run_case(ENFORCE_TEST, f"OnAChain.{case}", "WARDHIVE_TEST_MARKET", market)


class Quarantine(Enforcing):
    def recorder(self, program):
        """A controller that only watches: it orders nothing and signs nothing."""
        folder = self.folder / "recorder"
        folder.mkdir()
        wardhive = Watching(folder, [self.chain.ready["rpc"]], program=program)
        self.addCleanup(wardhive.close)
        wardhive.start()
        return wardhive

    def recorded(self, wardhive, program):
        """What the program wrote, as the controller's log has it, once every transaction on the chain was read."""
        listed = {one["signature"] for one in self.chain.ask("getSignaturesForAddress", program, {"limit": 1000, "commitment": "confirmed"})}
        book = lambda: json.loads((wardhive.state / "chain-watch.json").read_text())["book"]
        wait_until(lambda: listed <= set(book()["signatures"]), "every transaction was read", 20)
        self.assertEqual(book()["gaps"], [])
        with contextlib.closing(sqlite3.connect(f"file:{wardhive.state}/wardhive.db?mode=ro", uri=True)) as db:
            bodies = [json.loads(body) for (body,) in db.execute("SELECT body FROM log WHERE kind = 'event' ORDER BY offset")]
        return [one["attributes"] for one in bodies if one["kind"] == "program_event"]

    def test_a_node_is_quarantined_by_wardhive_and_its_lease_moves_and_a_wrong_one_is_undone(self):
        program, _, first, second, _, (node, standby), tenant, tokens = self.market()
        recorder = self.recorder(program)
        lease = self.ok("lease", "open", node, "--units", "1", "--for", "2d", "--prepay", "1.728", "--standby", standby, "--from", tokens, *tenant)["account"]
        staked = self.ok("position", "list", *first)[0]["staked_units"]
        payer, _ = self.wallet("fees.json", sol="1")
        market = {"url": self.chain.ready["rpc"], "program": program, "key": self.file("set3.json"), "payer": payer, "node": node}

        self.enforce("WithoutAKeyOfTheSetNothingIsSigned", market)
        self.assertEqual(self.ok("node", "show", node, *first)["last_incident"], 0)

        recorder.kill()  # what it misses is on the chain
        # By a signer of its own, which holds the keys and lets nothing else through.
        socket = self.folder / "signer.sock"
        signer = Process(self.folder / "signer.log", "signer", "--key", market["key"], "--payer", payer, "--program", program, "--listen", f"unix:{socket}")
        self.addCleanup(lambda: signer.alive() and signer.kill())
        wait_until(socket.exists, lambda: f"the signer listens; it says {signer.says()}")
        self.enforce("ANodeIsQuarantinedOnceWhateverIsRepeatedAndItsLeaseMoves", {**market, "signer": str(socket)})
        self.assertIn("signed", signer.says())
        self.assertEqual(signer.stop(), 0)
        held = self.ok("node", "show", node, *first)
        self.assertIsNotNone(held["quarantined_until"])
        self.assertEqual(held["last_incident"] % (1 << 20), 41)
        moved = self.ok("lease", "show", lease["lease"], *tenant)
        self.assertEqual(moved["seat"], 1)
        self.assertEqual([self.ok("node", "show", one, *first)["leased_units"] for one in (node, standby)], [0, 1])
        self.assertEqual(self.ok("position", "list", *first)[0]["staked_units"], staked)

        recorder.start()
        self.enforce("WhatWasWrongIsReleased", market)
        freed = self.ok("node", "show", node, *first)
        self.assertEqual(freed["quarantined_from"], freed["quarantined_until"])
        self.assertEqual(freed["last_incident"], held["last_incident"])

        # The record is complete, over a kill -9: what happened can be told from it alone, in its order.
        events = [one for one in self.recorded(recorder, program) if one["name"] in ("LeaseOpened", "Quarantined", "FailedOver", "Released")]
        self.assertEqual([one["name"] for one in events], ["LeaseOpened", "Quarantined", "FailedOver", "Released"], "each once")
        opened, quarantined, failed_over, released = events
        self.assertEqual({int(one["field.incident"]) for one in (quarantined, released)}, {held["last_incident"]})
        self.assertEqual([int(failed_over[f"field.rate_{when}"]) for when in ("before", "after")], [seat["rate_units"] for seat in moved["seats"]])
        self.assertEqual(int(failed_over["field.escrow"]), moved["escrow_units"])
        self.assertEqual(recorder.incidents(), [], "a quarantine by a sentinel and its end are nothing odd")
        self.assertEqual(self.ok("position", "list", *first)[0]["staked_units"], staked)


if __name__ == "__main__":
    main()
