#!/usr/bin/env python3
"""Containment while everybody wants to write the stake pool: it waits for nobody. 77: no Node or npm packages.

The pool is the program's hottest account: who stakes or claims locks it. What is printed is measured, with real time.
"""

import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from chain_case import key_text, main
from quarantine_test import Enforcing
from support import Process, wait_until

POOL_TAG, FLEET_TAG = 3, 4
BASE_FEE, FEE_MAX = 5_000, 50_000  # lamports: of a signature; of priority, for one transaction
STAKE = 100_000_000  # of each provider, in token units
WITHIN = 10.0  # seconds from the command to its confirmation
EXPIRES = 30.0  # a blockhash lives for 150 slots of 40 ms; what waits for it asks every 400 ms


class Congestion(Enforcing):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.congest)

    def congest(self, *accounts, **price):
        rules = [{"kind": "congested", "rate": 1, "accounts": accounts, **price}] if accounts else []
        self.chain.ask("devchain_setFaults", {"rules": rules})

    def turned_away(self):
        return sum(rule["struck"] for rule in self.chain.ask("devchain_status")["faults"])

    def tagged(self, program, tag):
        wanted = {"encoding": "base64", "commitment": "confirmed", "filters": [{"memcmp": {"offset": 0, "bytes": key_text(bytes([tag]))}}]}
        (found,) = self.chain.ask("getProgramAccounts", program, wanted)
        return found["pubkey"]

    def in_time(self, *argv):
        """A command that must land, and how long that took."""
        began = time.monotonic()
        answer = self.ok(*argv)
        took = time.monotonic() - began
        self.assertLess(took, WITHIN, argv)
        self.times.append(f"{' '.join(argv[:2] if argv[0] == 'lease' else argv[:1])} {took:.2f} s")
        return answer

    def leased(self):
        self.times = []
        program, _, first, second, _, (node, standby), tenant, tokens = self.market()
        opened = ["lease", "open", node, "--units", "1", "--for", "2d", "--prepay", "1.728", "--standby", standby, "--from", tokens, *tenant]
        return program, first, second, node, standby, tenant, self.ok(*opened)["account"]["lease"]

    def stakes_one(self):
        return ["stake", "1", "--from", self.ok("address", "-k", self.file("first-tokens.json"))["address"]]

    def staked(self, owner):
        return self.ok("position", "list", *owner)[0]["staked_units"]

    def crowd(self, program, owner):
        """From now on nothing that writes the pool lands; one who tries, and goes on trying."""
        self.congest(self.tagged(program, POOL_TAG))
        staker = Process(self.folder / "staker.log", "chain", *self.stakes_one(), "--json", *owner)
        self.addCleanup(lambda: staker.alive() and staker.kill())
        wait_until(lambda: self.turned_away() > 0, lambda: f"the stake is sent; it says {staker.says()}")
        return staker

    def lost(self, staker, owner):
        """He was told that it will never land, and it did not."""
        self.assertNotEqual(staker.wait(EXPIRES), 0)
        self.assertIn("blockhash_expired", staker.says())
        self.assertEqual(self.staked(owner), STAKE)

    def test_a_stake_is_lost_in_the_crowd_and_people_contain_meanwhile(self):
        program, first, second, node, standby, tenant, lease = self.leased()
        staker = self.crowd(program, first)

        sentinel = ["--key", self.file("set3.json")]
        self.in_time("quarantine", node, "--for", "1h", "--incident", "7", *sentinel, *second)
        moved = self.in_time("lease", "failover", lease, *second)["account"]
        self.assertEqual(moved["seat"], 1)
        self.in_time("pause", "open-lease", "--for", "1h", *sentinel, *tenant)
        freed = self.in_time("release", node, "--incident", "7", *sentinel, *second)["account"]
        self.assertEqual(freed["quarantined_from"], freed["quarantined_until"])
        self.in_time("lease", "settle", lease, *second)
        self.assertEqual([self.ok("node", "show", one, *first)["leased_units"] for one in (node, standby)], [0, 1])

        self.lost(staker, first)
        self.assertEqual(self.turned_away(), 1)
        self.congest()
        self.ok(*self.stakes_one(), *first)
        self.assertEqual(self.staked(first), STAKE + 1_000_000)
        print("people, while the pool is congested: " + ", ".join(self.times))

    def test_a_crowd_around_the_node_itself_is_outbid_within_the_limit(self):
        """Who fills the blocks with writes of what a quarantine writes as well is no safer."""
        program, first, second, node, standby, tenant, lease = self.leased()
        payer, address = self.wallet("fees.json", sol="1")
        market = {"url": self.chain.ready["rpc"], "program": program, "key": self.file("set3.json"), "payer": payer, "node": node}
        fleet = self.tagged(program, FLEET_TAG)
        self.congest(node, fleet, price=2_000_000)
        sentinel = ["--key", self.file("set3.json")]
        self.assertIn("not included", self.refused(5, "blockhash_expired", "quarantine", node, "--for", "1h", "--incident", "7", *sentinel, *second))
        self.assertIsNone(self.ok("node", "show", node, *first)["quarantined_until"])

        had = self.ok("balance", address, *self.at())["lamports"]
        began = time.monotonic()
        self.enforce("ANodeIsQuarantinedOnceWhateverIsRepeatedAndItsLeaseMoves", market)
        contained = time.monotonic() - began
        self.assertLess(contained, 2 * WITHIN)
        self.assertIsNotNone(self.ok("node", "show", node, *first)["quarantined_until"])
        self.assertEqual(self.ok("lease", "show", lease, *tenant)["seat"], 1)
        paid = had - self.ok("balance", address, *self.at())["lamports"]
        self.assertGreater(paid, 3 * BASE_FEE)  # two transactions, three signatures
        self.assertLess(paid, 3 * BASE_FEE + 2 * FEE_MAX)
        print(f"wardhive, while node and fleet are congested at 2,000,000 micro-lamports a unit: quarantine and failover {contained:.2f} s, {paid - 3 * BASE_FEE} lamports beside the base fee")

    def test_wardhive_contains_by_itself_meanwhile(self):
        program, first, second, node, standby, tenant, lease = self.leased()
        staker = self.crowd(program, first)
        payer, _ = self.wallet("fees.json", sol="1")
        market = {"url": self.chain.ready["rpc"], "program": program, "key": self.file("set3.json"), "payer": payer, "node": node}

        began = time.monotonic()
        self.enforce("ANodeIsQuarantinedOnceWhateverIsRepeatedAndItsLeaseMoves", market)
        contained = time.monotonic() - began
        self.assertIsNotNone(self.ok("node", "show", node, *first)["quarantined_until"])
        self.assertEqual(self.ok("lease", "show", lease, *tenant)["seat"], 1)
        self.assertEqual([self.ok("node", "show", one, *first)["leased_units"] for one in (node, standby)], [0, 1])
        began = time.monotonic()
        self.enforce("WhatWasWrongIsReleased", market)
        released = time.monotonic() - began
        self.assertLess(max(contained, released), 2 * WITHIN)  # each gives several orders, one after the other
        self.lost(staker, first)
        print(f"wardhive, while the pool is congested: three orders to quarantine and a failover {contained:.2f} s, a release and two refusals {released:.2f} s")


if __name__ == "__main__":
    main()
