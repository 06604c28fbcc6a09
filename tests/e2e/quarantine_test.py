#!/usr/bin/env python3
"""The chain's enforcer on the real development chain, judged by what the chain says. 77: no Node or npm packages."""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from chain_case import main
from market_case import Market
from support import Process, wait_until

ENFORCE_TEST = os.environ.get("WARDHIVE_ENFORCE_TEST", "build/release/src/enforce/enforce_test")


class Enforcing(Market):
    """A market whose nodes the real enforcer acts on."""

    def enforce(self, case, market):
        self.run_case(ENFORCE_TEST, f"OnAChain.{case}", "WARDHIVE_TEST_MARKET", market)


class Quarantine(Enforcing):
    def test_a_node_is_quarantined_by_wardhive_and_its_lease_moves_and_a_wrong_one_is_undone(self):
        program, _, first, second, _, (node, standby), tenant, tokens = self.market()
        lease = self.ok("lease", "open", node, "--units", "1", "--for", "2d", "--prepay", "1.728", "--standby", standby, "--from", tokens, *tenant)["account"]
        staked = self.ok("position", "list", *first)[0]["staked_units"]
        payer, _ = self.wallet("fees.json", sol="1")
        market = {"url": self.chain.ready["rpc"], "program": program, "key": self.file("set3.json"), "payer": payer, "node": node}

        self.enforce("WithoutAKeyOfTheSetNothingIsSigned", market)
        self.assertEqual(self.ok("node", "show", node, *first)["last_incident"], 0)

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

        self.enforce("WhatWasWrongIsReleased", market)
        freed = self.ok("node", "show", node, *first)
        self.assertEqual(freed["quarantined_from"], freed["quarantined_until"])
        self.assertEqual(freed["last_incident"], held["last_incident"])
        self.assertEqual(self.ok("position", "list", *first)[0]["staked_units"], staked)


if __name__ == "__main__":
    main()
