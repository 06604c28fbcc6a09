#!/usr/bin/env python3
"""Privileged acts on the real development chain, signed by a signer process, judged by what the chain says. 77: no Node or npm packages."""

import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from chain_case import main
from market_case import Market
from support import Process, wait_until

APP_TEST = os.environ.get("WARDHIVE_APP_TEST", "build/release/src/app/app_test")


class Acts(Market):
    def carry_out(self, case, market):
        self.run_case(APP_TEST, f"ActsOnAChain.{case}", "WARDHIVE_TEST_ACTS", market)

    def test_a_release_an_accusation_and_a_pause_have_their_effect_once(self):
        program, mint, first, _, _, (node, standby), tenant, tokens = self.market()
        wallet, owner = self.wallet("accuser.json")
        accuser = ["--program", program, *self.at(wallet)]
        held = self.tokens("accuser-tokens.json", mint, owner, 1_200_000_000)
        self.ok("stake", "1000", "--role", "operator", "--lock", "365d", "--from", held, *accuser)
        key = self.file("set3.json")
        self.ok("quarantine", node, "--incident", "1", "--for", "2h", "--key", key, *accuser)
        before = self.ok("node", "show", node, *first)
        self.assertIsNotNone(before["quarantined_until"])

        socket = self.folder / "signer.sock"
        signer = Process(self.folder / "signer.log", "signer", "--key", key, "--payer", wallet, "--program", program, "--allow", "release,incident,pause",
                         "--listen", f"unix:{socket}")
        self.addCleanup(lambda: signer.alive() and signer.kill())
        wait_until(socket.exists, lambda: f"the signer listens; it says {signer.says()}")
        market = {"url": self.chain.ready["rpc"], "program": program, "signer": str(socket), "node": node}

        self.carry_out("EachHasItsEffect", market)
        freed = self.ok("node", "show", node, *first)
        self.assertEqual(freed["quarantined_from"], freed["quarantined_until"])
        (opened,) = self.ok("incident", "list", *first)
        self.assertEqual((opened["id"], opened["node"], opened["opener"]), (77, node, owner))
        refused = self.refused(2, "program_error", "lease", "open", standby, "--units", "1", "--for", "2d", "--prepay", "1.728", "--from", tokens, *tenant)
        self.assertIn("Paused", refused)

        self.carry_out("WhoKnowsNothingOfThemDoesNotRepeatThem", market)
        self.assertEqual(self.ok("node", "show", node, *first), freed)
        self.assertEqual(self.ok("incident", "list", *first), [opened])
        self.assertEqual(signer.stop(), 0)


if __name__ == "__main__":
    main()
