#!/usr/bin/env python3
"""Privileged acts of a running controller on the real development chain: proposed, approved, signed once. 77: no Node or npm packages.

A pause spends a budget of the program each time it lands, so the chain itself says how often one had an effect.
"""

import json
import pathlib
import struct
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from chain_case import main
from market_case import Market
from support import Controller, wait_until

PAUSE = 60  # seconds, the least
FLEET = 4  # AccountTag
SENTINEL_USED = 24  # in a Fleet account
KILLED_AFTER = (0.0, 0.03, 0.1, 0.3, 0.7)  # s after the order was answered
LANDS = 20.0


class Proposals(Market):
    def network(self):
        """A market, and a controller that holds the sentinel's key and knows two persons."""
        self.program, mint, self.first, _, _, (self.node_account, self.standby), self.tenant, self.tenant_tokens = self.market()
        payer, payer_owner = self.wallet("payer.json")
        tokens = self.tokens("payer-tokens.json", mint, payer_owner, 2_000_000_000)
        self.accuser = ["--program", self.program, *self.at(payer)]
        self.ok("stake", "1000", "--role", "operator", "--lock", "365d", "--from", tokens, *self.accuser)
        self.wardhive = Controller(self.folder, "--mode", "enforce", "--no-act", config=f"""[ingest]
auth_logs = []
own_host = false
[server]
operators = ["ada", "olu"]
[chain]
endpoints = ["{self.chain.ready["rpc"]}"]
program = "{self.program}"
sentinel_keys = ["{self.file("set3.json")}"]
payer_key = "{payer}"
[nodes.job-1]
account = "{self.node_account}"
""")
        self.addCleanup(self.wardhive.close)
        self.wardhive.start()

    def by(self, person, *argv):
        """(exit code, answer or error) of a command in a person's name"""
        code, out, err = self.wardhive.cli(*argv, "--token-file", self.wardhive.state / f"token-{person}")
        return code, json.loads(out) if out else json.loads(err.splitlines()[-1])["error"]["message"]

    def proposed(self, person, *argv):
        code, answer = self.by(person, "propose", *argv, "--reason", "seen by eye")
        self.assertEqual(code, 0, answer)
        return answer["says"].split()[0]

    def state(self, proposal):
        return self.wardhive.ask("proposals", "show", proposal)

    def done(self, proposal):
        began = time.monotonic()
        wait_until(lambda: self.state(proposal)["state"] in ("done", "failed"), lambda: f"{proposal} ends: {self.state(proposal)}; {self.wardhive.process.says()[-1500:]}", LANDS)
        shown = self.state(proposal)
        self.assertEqual(shown["state"], "done", shown)
        return shown, time.monotonic() - began

    def paused_seconds(self):
        accounts = (self.data_of(a["pubkey"]) for a in self.chain.ask("getProgramAccounts", self.program, {"encoding": "base64"}))
        fleet = next(data for data in accounts if data[0] == FLEET)
        return struct.unpack_from("<Q", fleet, SENTINEL_USED)[0]  # leaks one second in four minutes

    def test_what_one_person_may_what_takes_two_and_what_nobody_can_forge(self):
        self.network()
        self.ok("quarantine", self.node_account, "--for", "24h", "--incident", "1000", "--key", self.file("set3.json"), *self.first)
        with self.subTest("another quarantine than the one that holds is not ended"):
            wrong = self.proposed("ada", "release", "job-1", "--incident", "999")
            wait_until(lambda: self.state(wrong)["state"] == "failed", "it is refused", LANDS)
            self.assertIn("1000", self.state(wrong)["detail"])
            self.assertNotEqual(self.ok("node", "show", self.node_account, *self.first)["quarantined_from"], None)
        with self.subTest("a release by one person"):
            shown, took = self.done(self.proposed("ada", "release", "job-1", "--incident", "1000"))
            freed = self.ok("node", "show", self.node_account, *self.first)
            self.assertEqual(freed["quarantined_from"], freed["quarantined_until"])
            self.assertEqual(shown["act"]["account"], self.node_account)
            print(f"release, ordered to final: {took:.1f} s")
        with self.subTest("an accusation takes two"):
            evidence = self.folder / "evidence.json"
            evidence.write_text('{"seen": "nothing served for an hour"}')
            charge = ["incident", "job-1", "--category", "sla-breach", "--claim", "2.5%", "--evidence-file", evidence]
            accusation = self.proposed("ada", *charge)
            self.assertEqual(self.state(accusation)["state"], "open")
            self.assertIn("1 proposal waits for approval", self.wardhive.ask("status")["sentence"])
            self.assertEqual(self.by("ada", "proposals", "approve", accusation)[0], 1)
            self.assertEqual(self.by("ada", "propose", *charge, "--reason", "again")[0], 1)
            self.assertEqual(self.ok("incident", "list", *self.first), [])
            code, answer = self.by("olu", "proposals", "approve", accusation)
            self.assertEqual(code, 0, answer)
            shown, took = self.done(accusation)
            self.assertEqual([a["by"] for a in shown["approvals"]], ["ada", "olu"])
            (opened,) = self.ok("incident", "list", *self.first)
            self.assertEqual((opened["id"], opened["stage"]), (shown["act"]["incident"], "disputable"))
            self.assertEqual(self.ok("position", "list", *self.accuser)[0]["at_risk_units"] > 0, True)
            print(f"accusation, ordered to final: {took:.1f} s")
        with self.subTest("withdrawn is over"):
            other = self.proposed("ada", "incident", "job-1", "--category", "uptime", "--claim", "1%", "--evidence", "ab" * 32)
            self.assertEqual(self.by("olu", "proposals", "withdraw", other, "--reason", "not so")[0], 0)
            self.assertEqual(self.by("olu", "proposals", "approve", other)[0], 3)
            self.assertEqual(len(self.ok("incident", "list", *self.first)), 1)
        with self.subTest("nothing is signed in shadow mode"):
            self.wardhive.ask("mode", "shadow")
            code, answer = self.by("ada", "propose", "pause", "open-lease", "--for", "60s", "--reason", "try")
            self.assertEqual(code, 1)
            self.assertIn("shadow", answer)
            self.assertEqual(self.paused_seconds(), 0)

    def test_each_order_has_one_effect_wherever_the_controller_is_killed(self):
        self.network()
        for pause, after in enumerate(KILLED_AFTER, 1):
            order = self.proposed("ada", "pause", "open-lease", "--for", f"{PAUSE}s")
            time.sleep(after)  # where in its way it is hit
            self.wardhive.kill()
            self.wardhive.start()
            shown, took = self.done(order)
            spent = self.paused_seconds()
            print(f"killed {after} s after the order: done {took:.1f} s after the restart, {spent} s of the budget spent")
            self.assertIn(spent, range(pause * PAUSE - pause, pause * PAUSE + 1), shown)
        message = self.refused(2, "program_error", "lease", "open", self.node_account, "--units", "1", "--for", "2d", "--prepay", "1.728", "--from", self.tenant_tokens, *self.tenant)
        self.assertIn("paused by the breaker", message)


if __name__ == "__main__":
    main()
