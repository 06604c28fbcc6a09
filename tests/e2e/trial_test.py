#!/usr/bin/env python3
"""`wardhive chain incident`: accusations, true and false, to their ends on the development chain. 77: no Node or npm packages."""

import hashlib
import json
import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from chain_case import main
from market_case import DAY, Market
from support import run

TOKEN = 1_000_000  # units
STAKE, CLAIM, BOND = 100 * TOKEN, 10 * TOKEN, 1 * TOKEN


class Trial(Market):
    def court(self):
        """A market with a lease that ran for a day, and an accuser with an operator's stake of 1,000 tokens."""
        program, self.mint, self.first, self.second, _, (self.node, _), self.tenant, tokens = self.market()
        wallet, owner = self.wallet("accuser.json")
        held = self.tokens("accuser-tokens.json", self.mint, owner, 1_200 * TOKEN)
        self.accuser = ["--program", program, *self.at(wallet)]
        self.ok("stake", "1000", "--role", "operator", "--lock", "365d", "--from", held, *self.accuser)
        self.ok("fund", "30", "--duration", "30d", "--from", held, *self.accuser)
        self.lease = self.ok("lease", "open", self.node, "--units", "1", "--for", "60d", "--prepay", "51.84", "--from", tokens, *self.tenant)["account"]["lease"]
        self.warp(DAY)
        self.ok("lease", "settle", self.lease, *self.tenant)

    def accuse(self, number, *more, target=None, claim="10%", category="misreport"):
        evidence = self.folder / "evidence.json"
        evidence.write_text('{"measured": 1, "attested": 2}')
        return self.ok("incident", "open", target or self.node, "--incident", str(number), "--category", category, "--claim", claim, "--evidence-file",
                       str(evidence), "--key", self.file("set3.json"), *self.accuser, *more)["account"]

    def top(self, *argv):
        """A command at the top of the tree."""
        code, out, err = run(*argv, "--json")
        self.assertEqual(code, 0, f"{argv}: {err}")
        return json.loads(out)

    def judges(self, *numbers):
        return [part for number in numbers for part in ("--key", self.file(f"set{number}.json"))]

    def incident(self, verb, *argv):
        return self.ok("incident", verb, *argv)["account"]

    def stake(self, whose):
        return self.ok("position", "show", *whose)

    def supply(self):
        return struct.unpack_from("<Q", self.data_of(self.mint), 36)[0]

    def test_a_false_accusation_costs_the_accuser_and_nobody_else(self):
        self.court()
        before, leased = self.stake(self.first), self.ok("lease", "show", self.lease, *self.tenant)
        opened = self.accuse(7, "--dry-run")
        self.assertEqual(self.ok("incident", "list", *self.first), [])
        opened = self.accuse(7)
        self.assertEqual((opened["stage"], opened["claim_units"], opened["bond_units"], opened["node"]), ("disputable", CLAIM, BOND, self.node))
        self.assertEqual(opened["evidence"], hashlib.sha256((self.folder / "evidence.json").read_bytes()).hexdigest())
        self.assertEqual([opened[f"{part}_units"] for part in ("tenants", "comes_back", "burned")], [3 * TOKEN, 5 * TOKEN, 2 * TOKEN])
        accused = self.stake(self.first)
        self.assertEqual((accused["staked_units"], accused["at_risk_units"], accused["weight"]), (STAKE, CLAIM, before["weight"]))

        message = self.refused(4, "not_the_accused", "incident", "dispute", "7", *self.accuser)
        self.assertIn(opened["accused"], message)
        self.assertIn("NotDisputed", self.refused(2, "program_error", "incident", "resolve", "7", "--verdict", "reject", *self.judges(4, 5), *self.second))
        self.assertEqual(self.incident("dispute", "7", *self.first)["stage"], "disputed")
        self.assertIn("IncidentDecided", self.refused(2, "program_error", "incident", "dispute", "7", *self.first))
        self.assertIn("NotUpheld", self.refused(2, "program_error", "incident", "execute", "7", *self.second))
        self.assertIn("2 needed", self.refused(2, "", "incident", "resolve", "7", "--verdict", "reject", *self.judges(4), *self.second))
        self.assertIn("is no key of the resolver set", self.refused(2, "", "incident", "resolve", "7", "--verdict", "reject", *self.judges(3, 4), *self.second))
        self.assertIsNone(self.incident("resolve", "7", "--verdict", "reject", *self.judges(4, 5), *self.second))

        after = self.stake(self.first)
        self.assertEqual((after["staked_units"], after["at_risk_units"]), (STAKE + BOND, 0))
        self.assertEqual(self.stake(self.accuser)["staked_units"], 1_000 * TOKEN - BOND)
        self.assertEqual(self.stake(self.accuser)["at_risk_units"], 0)
        self.assertGreater(before["rewards_claimable_units"], 0)
        self.assertGreaterEqual(self.ok("claim", *self.first)["tokens_in_units"], before["rewards_claimable_units"])
        settled = self.ok("lease", "settle", self.lease, *self.tenant)["account"]
        self.assertGreaterEqual(settled["seats"][0]["earned_units"], leased["seats"][0]["earned_units"])
        self.assertEqual(settled["earned_units"] + settled["escrow_units"], leased["prepaid_units"])
        self.assertIn("never opened, or it ended", self.refused(3, "no_incident", "incident", "show", "7", *self.first))

    def test_what_nobody_disputes_is_taken_shared_and_comes_back_in_parts(self):
        self.court()
        self.ok("quarantine", self.node, "--for", "24h", "--incident", "1000", "--key", self.file("set3.json"), *self.second)
        opened = self.accuse(1000)
        self.assertIn(opened["deadline"].removesuffix("Z")[:19], self.refused(1, "dispute_running", "incident", "execute", "1000", *self.second))
        self.assertIn("NotExecuted", self.refused(2, "program_error", "incident", "compensate", "1000", self.lease, *self.tenant))
        self.warp(3 * DAY + 1)
        late = self.refused(1, "dispute_over", "incident", "dispute", "1000", *self.first)
        self.assertIn(opened["deadline"], late)
        shown = self.ok("incident", "show", "1000", *self.tenant)
        self.assertEqual((shown["stage"], shown["next"][0]["who"]), ("undisputed", "anyone"))
        supply = self.supply()
        taken = self.incident("execute", "1000", *self.second)
        self.assertEqual(taken["stage"], "executed")
        self.assertEqual((taken["tenants_left_units"], taken["recoverable_units"]), (3 * TOKEN, 5 * TOKEN))
        self.assertEqual(taken["out_of_service_seconds"], DAY)
        self.assertEqual(supply - self.supply(), 2 * TOKEN)
        slashed = self.stake(self.first)
        self.assertEqual((slashed["staked_units"], slashed["at_risk_units"], self.stake(self.accuser)["at_risk_units"]), (STAKE - CLAIM, 0, 0))

        earned = self.ok("lease", "show", self.lease, *self.tenant)["seats"][0]["earned_units"]
        paid = self.ok("incident", "compensate", "1000", self.lease, *self.second)
        self.assertEqual(paid["tokens_in_units"], min(10 * DAY, earned // 2))
        self.assertIn("AlreadyCompensated", self.refused(2, "program_error", "incident", "compensate", "1000", self.lease, *self.tenant))
        self.assertIn("the next part comes back at", self.refused(1, "nothing_to_recover", "incident", "recover", "1000", *self.first))
        self.warp(10 * DAY + 2)  # ten full days, and the second after them
        self.assertEqual(self.incident("recover", "1000", *self.second)["recovered_units"], 5 * TOKEN * 10 // 30)
        self.assertEqual(self.stake(self.first)["staked_units"], STAKE - CLAIM + 5 * TOKEN * 10 // 30)
        self.warp(21 * DAY)
        self.assertIsNone(self.incident("recover", "1000", *self.second))
        self.assertEqual(self.stake(self.first)["staked_units"], STAKE - CLAIM // 2)
        # What the tenants did not ask for is burned: of the ten tokens only these two places have some.
        self.assertEqual(supply - self.supply(), CLAIM - 5 * TOKEN - paid["tokens_in_units"])

    def test_a_provider_who_leases_his_own_node_by_another_key_loses_at_least_70_percent_of_a_fraud(self):
        self.court()  # `tenant` is the provider's other key
        # As good a lease as he can make for himself: at a price at which a day out of service is worth more than the pot.
        self.ok("lease", "close", self.lease, *self.tenant)
        self.ok("node", "terms", self.node, "--units", "2", "--price", "0.0004", *self.first)
        wallet = self.ok("address", "-k", self.file("tenant-tokens.json"))["address"]
        self.lease = self.ok("lease", "open", self.node, "--nonce", "1", "--units", "1", "--for", "20d", "--prepay", "300", "--from", wallet, *self.tenant)["account"]["lease"]
        self.warp(2 * DAY)
        self.ok("lease", "settle", self.lease, *self.tenant)
        self.ok("quarantine", self.node, "--for", "24h", "--incident", "1000", "--key", self.file("set3.json"), *self.second)
        self.accuse(1000, category="fraud", claim="50%")
        self.warp(7 * DAY + 1)

        held = {name: self.balance(self.ok("address", "-k", self.file(f"{name}-tokens.json"))["address"]) for name in ("first", "accuser")}
        staked = {name: self.stake(whose)["staked_units"] for name, whose in (("first", self.first), ("second", self.second), ("accuser", self.accuser))}
        supply = self.supply()
        taken = self.incident("execute", "1000", *self.second)
        self.assertEqual((taken["claim_units"], taken["tenants_left_units"], taken["recoverable_units"], taken["out_of_service_seconds"]), (50 * TOKEN, 15 * TOKEN, 0, DAY))
        lost = staked["first"] - self.stake(self.first)["staked_units"]
        self.assertEqual(lost, 50 * TOKEN)
        paid = self.ok("incident", "compensate", "1000", self.lease, *self.tenant)
        got = paid["tokens_in_units"]
        self.assertEqual(got, 15 * TOKEN)  # the whole pot: no lease brings more
        self.assertIn("AlreadyCompensated", self.refused(2, "program_error", "incident", "compensate", "1000", self.lease, *self.tenant))
        self.assertEqual([paid["account"][name] for name in ("tenants_left_units", "recoverable_units", "recovered_units", "next")], [0, 0, 0, []])

        self.assertGreaterEqual(10 * (lost - got), 7 * lost)
        self.assertEqual(supply - self.supply(), lost - got)  # what he does not get is nobody's
        for name, whose in (("second", self.second), ("accuser", self.accuser)):
            self.assertEqual(self.stake(whose)["staked_units"], staked[name], name)
        for name, before in held.items():
            self.assertEqual(self.balance(self.ok("address", "-k", self.file(f"{name}-tokens.json"))["address"]), before, name)
        self.warp(35 * DAY)
        self.assertIsNone(self.incident("recover", "1000", *self.first))  # it closes, and nothing comes back
        self.assertEqual(self.stake(self.first)["staked_units"], staked["first"] - lost)
        print(f"self-tenant: {lost / TOKEN:g} tokens taken, {got / TOKEN:g} back by the other key, {(lost - got) / lost:.0%} lost; accuser +0")

    def test_an_upheld_claim_is_what_the_resolvers_say_and_silence_is_a_draw(self):
        self.court()
        position = self.stake(self.second)["position"]
        self.accuse(1, target=position, category="uptime", claim="1")
        self.accuse(2, target=position, category="sla-breach", claim="3")
        for number in ("1", "2"):
            self.assertEqual(self.incident("dispute", number, *self.second)["stage"], "disputed")
        upheld = ["incident", "resolve", "1", "--verdict", "uphold", *self.judges(5, 4), *self.first]
        self.assertIn("ClaimOutOfRange", self.refused(2, "program_error", *upheld, "--claim", "1.01"))
        judged = self.ok(*upheld, "--claim", "0.5%")["account"]
        self.assertEqual((judged["stage"], judged["claim_units"], judged["bond_units"]), ("upheld", STAKE // 200, 0))
        self.assertIsNone(self.ok("incident", "show", "1", *self.first)["node"])
        self.assertIn("not about a node", self.refused(2, "lease_not_hit", "incident", "compensate", "1", self.lease, *self.tenant))
        self.incident("execute", "1", *self.first)
        self.assertEqual(self.stake(self.second)["staked_units"], STAKE - STAKE // 200)
        self.warp(14 * DAY + 1)
        self.assertIn("could be decided until", self.refused(1, "resolve_over", "incident", "resolve", "2", "--verdict", "uphold", *self.judges(4, 5), *self.first))
        self.assertEqual([one["stage"] for one in self.ok("incident", "list", *self.first)], ["executed", "undecided"])
        # No key of the set is needed any more.
        self.assertIsNone(self.incident("resolve", "2", "--verdict", "draw", *self.tenant))
        self.assertEqual(self.stake(self.second)["at_risk_units"], 0)
        self.assertEqual(self.stake(self.second)["staked_units"], STAKE - STAKE // 200)
        self.assertEqual(self.stake(self.accuser)["staked_units"], 1_000 * TOKEN)

    def test_an_accusation_that_cannot_stand_says_why_before_anything_is_sent(self):
        self.court()
        wanted = ["incident", "open", self.node, "--incident", "3", "--evidence", "ab" * 32, "--key", self.file("set3.json")]
        misreport = ["--category", "misreport", "--claim"]
        self.assertIn("at most 10 %", self.refused(2, "claim_too_large", *wanted, *misreport, "10.01", *self.accuser))
        for bad in ("0", "ten", "-1", "1.234", "101"):
            self.assertIn("such as 2.5%", self.refused(2, "", *wanted, *misreport, bad, *self.accuser))
        self.assertIn("--role operator", self.refused(2, "no_bond", *wanted, *misreport, "1", *self.second))
        self.assertIn("--role operator", self.refused(2, "no_bond", *wanted, *misreport, "1", *self.tenant))
        self.assertIn("either --evidence", self.refused(2, "", *wanted, "--evidence-file", "x", *misreport, "1", *self.accuser))
        self.assertIn("neither a node nor a position", self.refused(2, "", "incident", "open", self.lease, *wanted[3:], *misreport, "1", *self.accuser))
        self.assertIn("nobody accuses himself", self.refused(2, "self_accused", "incident", "open", self.stake(self.accuser)["position"], *wanted[3:], *misreport, "1", *self.accuser))
        self.assertIn("only with --verdict uphold", self.refused(2, "", "incident", "resolve", "3", "--verdict", "draw", "--claim", "1", *self.accuser))
        self.assertEqual(self.ok("incident", "list", *self.first), [])

    def test_what_a_stake_could_lose_is_told_before_and_is_what_is_claimed(self):
        self.court()
        told = self.top("penalty-estimate", self.node, *self.tenant)
        self.assertEqual((told["base_units"], told["at_risk_units"], told["slashable_bps"]), (STAKE, 0, 6_000))
        self.assertEqual([(one["category"], one["loss_units"]) for one in told["penalties"]],
                         [("uptime", TOKEN), ("sla-breach", 3 * TOKEN), ("misreport", CLAIM), ("negligence", 20 * TOKEN), ("fraud", 50 * TOKEN)])
        self.assertEqual(told["network_budget_left_units"], 1_200 * TOKEN // 50)  # 2 % of three stakes
        self.assertEqual(told["unpaid_units_per_hour_of_quarantine"], 10 * 3_600)
        opened = self.accuse(9)
        misreport = told["penalties"][2]
        for claimed, estimated in (("claim", "loss"), ("tenants", "tenants"), ("comes_back", "comes_back"), ("burned", "burned"), ("bond", "accuser_bond")):
            self.assertEqual(opened[f"{claimed}_units"], misreport[f"{estimated}_units"])
        # What is claimed already is not claimed twice; a position alone has no tenants.
        one = self.top("penalty-estimate", self.stake(self.first)["position"], "--category", "misreport", "--claim", "5", *self.tenant)
        self.assertEqual((one["base_units"], one["node"], len(one["penalties"])), (STAKE - CLAIM, None, 1))
        self.assertEqual((one["penalties"][0]["loss_units"], one["penalties"][0]["tenants_units"]), ((STAKE - CLAIM) // 20, 0))
        self.assertEqual(self.top("dispute", "9", *self.first)["account"]["stage"], "disputed")
        self.incident("resolve", "9", "--verdict", "uphold", *self.judges(4, 5), *self.tenant)
        self.incident("execute", "9", *self.tenant)
        after = self.top("penalty-estimate", self.node, *self.tenant)
        self.assertEqual((after["base_units"], after["slashable_bps"]), (STAKE - CLAIM, 5_000))
        self.assertLess(after["network_budget_left_units"], told["network_budget_left_units"] - 9 * TOKEN)
        code, _, err = run("penalty-estimate", self.lease, *self.tenant)
        self.assertEqual(code, 2, err)


if __name__ == "__main__":
    main()
