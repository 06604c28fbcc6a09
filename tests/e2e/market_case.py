"""A market on the real development chain: what the tests beside share."""

import json
import os
import subprocess

from chain_case import Case

DAY = 86_400
PRICE = 10  # token units per second and unit: 0.00001 tokens


class Market(Case):
    """A sealed program; a provider whose node is leased, another one's as standby."""

    def run_case(self, binary, case, variable, market):
        """One test of a room's program, which finds this chain in an environment variable."""
        ran = subprocess.run([binary, f"--gtest_filter={case}"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=150,
                             env={**os.environ, variable: json.dumps(market)})
        self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)
        self.assertIn("[  PASSED  ] 1 test.", ran.stdout)

    def warp(self, seconds):
        self.chain.ask("devchain_warp", {"seconds": seconds, "slots": 3 * seconds})

    def provider(self, name, program, mint):
        """A provider with a stake of 100 tokens; (arguments, token account, its address)."""
        wallet, address = self.wallet(f"{name}.json")
        tokens = self.tokens(f"{name}-tokens.json", mint, address, 1_000_000_000)
        at = ["--program", program, *self.at(wallet)]
        self.ok("stake", "100", "--role", "provider", "--lock", "30d", "--from", tokens, *at)
        return at, tokens, address

    def node(self, name, at, hardware, *more):
        """A node that the sentinel vouches for; its address."""
        machine, _ = self.wallet(f"{name}.json", sol=None)
        made = self.ok("node", "register", "--machine", machine, "--units", "2", "--price", "0.00001", *more, *at)
        self.assertEqual((made["account"]["units"], made["account"]["bond_units"]), (2, 20_000_000))
        node = made["account"]["node"]
        self.ok("node", "attest", node, "--hardware", hardware * 32, "--units", "2", "--for", "30d", "--key", self.file("set3.json"), *at)
        return node

    def market(self):
        _, _, program, _, mint = self.sealed()
        first, _, _ = self.provider("first", program, mint)
        second, _, second_owner = self.provider("second", program, mint)
        nodes = [self.node("machine1", first, "ab"), self.node("machine2", second, "cd", "--accept-standby")]
        tenant, tenant_owner = self.wallet("tenant.json")
        tokens = self.tokens("tenant-tokens.json", mint, tenant_owner, 1_000_000_000)
        return program, mint, first, second, second_owner, nodes, ["--program", program, *self.at(tenant)], tokens
