#!/usr/bin/env python3
"""`wardhive chain node`, `lease`, `quarantine`: two providers, a tenant, and an attack. 77: no Node or npm packages."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from chain_case import TOKEN, main
from market_case import DAY, PRICE, Market


class MarketTest(Market):
    def test_a_leased_node_is_quarantined_and_its_lease_goes_on_elsewhere(self):
        program, mint, first, second, second_owner, (node, standby), tenant, tokens = self.market()
        wanted = ["lease", "open", node, "--units", "1", "--for", "2d", "--prepay", "1.728", "--standby", standby, "--from", tokens, *tenant]
        dry = self.ok(*wanted, "--dry-run")
        self.assertEqual((dry["dry_run"], dry["tokens_out_units"], dry["account"]["escrow_units"]), (True, 1_728_000, 1_728_000))
        lease = self.ok(*wanted)["account"]
        self.assertEqual([seat["node"] for seat in lease["seats"]], [node, standby])
        self.assertEqual(self.balance(tokens), 998_272_000)
        self.warp(1_000)
        self.assertIn("NodeServes", self.refused(2, "program_error", "lease", "failover", lease["lease"], *tenant))

        incident = ["--incident", "7", "--key", self.file("set3.json")]
        held = self.ok("quarantine", node, "--for", "1h", *incident, *second)["account"]
        self.assertEqual(held["last_incident"], 7)
        self.assertIn("AlreadyHandled", self.refused(2, "program_error", "quarantine", node, "--for", "1h", *incident, *second))
        self.warp(600)
        # Anybody moves it, here the second provider.
        moved = self.ok("lease", "failover", lease["lease"], *second)["account"]
        served = moved["earned_units"] // PRICE
        self.assertEqual(moved["seat"], 1)
        self.assertGreaterEqual(served, 1_000)
        self.assertLess(served, 1_300)  # what passed before the quarantine, not the 600 s after it
        self.assertEqual([self.ok("node", "show", one, *first)["leased_units"] for one in (node, standby)], [0, 1])
        self.warp(2_000)
        settled = self.ok("lease", "settle", lease["lease"], *first)["account"]
        self.assertEqual(settled["seats"][0]["earned_units"], served * PRICE)
        self.assertGreaterEqual(settled["seats"][1]["earned_units"], 2_000 * PRICE)

        closed = self.ok("lease", "close", "--reason", "5", *tenant)["account"]
        self.assertTrue(closed["closed"])
        # A refund goes to the associated account, made on the way.
        self.assertEqual(closed["refunded_units"], 1_728_000 - closed["earned_units"])
        self.warp(3 * DAY)
        paid = self.ok("lease", "payout", lease["lease"], "--seat", "1", *tenant)
        self.assertEqual(paid["tokens_in_units"], closed["seats"][1]["held_back_units"])
        self.assertIsNotNone(paid["account"])
        last = self.ok("lease", "payout", lease["lease"], *tenant)
        self.assertIsNone(last["account"])  # everybody is paid: it closes
        self.assertEqual(self.ok("lease", "list", *tenant), [])

    def test_a_wrong_quarantine_is_lifted_and_nothing_is_lost(self):
        _, _, first, _, _, (node, _), tenant, tokens = self.market()
        key = ["--key", self.file("set3.json")]
        self.ok("quarantine", node, "--for", "1h", "--incident", "1", *key, *tenant)
        self.assertIn("NodeQuarantined", self.refused(2, "program_error", "lease", "open", node, "--units", "1", "--for", "1d", "--prepay", "1", "--from", tokens, *tenant))
        before = self.ok("position", "list", *first)[0]["staked_units"]
        freed = self.ok("release", node, "--incident", "1", *key, *tenant)["account"]
        self.assertEqual(freed["quarantined_from"], freed["quarantined_until"])
        self.assertEqual(self.ok("position", "list", *first)[0]["staked_units"], before)
        self.ok("lease", "open", node, "--units", "1", "--for", "1d", "--prepay", "1", "--from", tokens, *tenant)

    def test_keys_that_are_not_of_the_set_are_told_before_anything_is_sent(self):
        _, _, _, _, _, (node, _), tenant, _ = self.market()
        self.assertIn("is no key of the sentinel set", self.refused(2, "", "quarantine", node, "--for", "1h", "--incident", "1", "--key", self.file("set0.json"), *tenant))
        guardians = ["--guardian", "--key", self.file("set0.json")]
        self.assertIn("1 keys of the guardian set given, 2 needed", self.refused(2, "", "pause", "open-lease", "--for", "1h", *guardians, *tenant))
        twice = [*guardians, "--key", self.file("set0.json")]
        self.assertIn("given twice", self.refused(2, "", "pause", "open-lease", "--for", "1h", *twice, *tenant))

    def test_a_pause_stops_new_leases_until_it_ends_or_is_lifted(self):
        _, _, _, _, _, (node, _), tenant, tokens = self.market()
        wanted = ["lease", "open", node, "--units", "1", "--for", "1d", "--prepay", "1", "--from", tokens, *tenant]
        self.ok("pause", "open-lease", "--for", "1h", "--key", self.file("set3.json"), *tenant)
        self.assertIn("Paused", self.refused(2, "program_error", *wanted))
        self.ok("resume", "open-lease", "--guardian", "--key", self.file("set0.json"), "--key", self.file("set1.json"), *tenant)
        self.ok(*wanted)

    def test_a_provider_retires_with_notice_and_gets_its_bond_back(self):
        _, _, first, _, _, (node, _), tenant, tokens = self.market()
        self.ok("lease", "open", node, "--units", "1", "--for", "1d", "--prepay", "1", "--from", tokens, *tenant)
        told = self.ok("node", "retire", node, *first)["account"]
        self.assertIsNotNone(told["retires_at"])
        self.warp(DAY + 1)
        self.assertIn("LeasesLeft", self.refused(2, "program_error", "node", "retire", node, *first))
        self.ok("lease", "close", *tenant)
        self.assertIsNone(self.ok("node", "retire", node, *first)["account"])
        self.assertEqual(len(self.ok("node", "list", *first)), 1)

    def test_a_number_that_an_instruction_does_not_hold_is_refused_and_not_cut_off(self):
        at = ["--program", TOKEN, *self.at(self.wallet(sol=None)[0])]
        quarantine = ["quarantine", TOKEN, "--for", "1h", "--key", self.file("id.json"), "--incident"]
        lease = ["lease", "open", TOKEN, "--for", "1d", "--prepay", "1", "--units"]
        for number, says, argv in (("1048577", "from 1 to 1048576", lease), ("18446744073709551615", "from 1 to 1048576", lease), ("0", "from 1", lease),
                                   ("1048577", "from 1 to 1048576", ["node", "terms", TOKEN, "--units"]),
                                   ("65536", "from 20000 to 65535", [*quarantine, "1", "--reason"]), ("-1", "from 0 to", [*quarantine]),
                                   ("18446744073709551616", "from 0 to 18446744073709551615", quarantine), ("3", "from 0 to 2", ["lease", "payout", "--seat"]),
                                   ("65536", "from 1 to 65535", ["lease", "close", "--reason"]), ("-1", "from 0 to", ["position", "show", "--nonce"]),
                                   ("1e3", "from 0 to", ["incident", "show"]), ("-1", "from 0 to", ["stake", "1", "--nonce"])):
            code, out, err = self.chain_command(*argv, number, *at)
            self.assertEqual((code, out), (2, ""), f"{argv} {number}")
            self.assertIn(f'"{number}": expected a whole number {says}', err)


if __name__ == "__main__":
    main()
