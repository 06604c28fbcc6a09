#!/usr/bin/env python3
"""`wardhive chain check-tx` on the real development chain: transactions built byte by byte here. 77: no Node or npm packages."""

import base64
import json
import pathlib
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from chain_case import TOKEN, Case, key_bytes, main
from support import BINARY, run

SYSTEM = "11111111111111111111111111111111"


def transaction(payer, instructions):
    """A legacy transaction of one signer, unsigned, in base64; an instruction is (program, [(key, writable)], data)."""
    writable, plain = [], []
    for program, accounts, _ in instructions:
        for key, changes in accounts:
            if key != payer:
                (writable if changes else plain).append(key)
        plain.append(program)
    keys = [payer, *dict.fromkeys(writable)]
    others = [key for key in dict.fromkeys(plain) if key not in keys]
    keys += others
    raw = bytes([1, 0, len(others), len(keys)]) + b"".join(key_bytes(key) for key in keys) + bytes(32) + bytes([len(instructions)])
    for program, accounts, data in instructions:
        raw += bytes([keys.index(program), len(accounts), *(keys.index(key) for key, _ in accounts), len(data)]) + data
    return base64.b64encode(b"\1" + bytes(64) + raw).decode()


def transfer(payer, to, lamports):
    return SYSTEM, [(payer, True), (to, True)], struct.pack("<IQ", 2, lamports)


class CheckTx(Case):
    def setUp(self):
        super().setUp()
        _, self.us = self.wallet("us.json")
        _, self.friend = self.wallet("friend.json")
        _, self.thief = self.wallet("thief.json")
        self.policy()

    def policy(self, more="", limit=1_000_000):
        text = f'ours = ["{self.us}"]\nprograms = ["{SYSTEM}", "{TOKEN}"]\ndestinations = ["{self.friend}"]\n{more}\n[limit]\nlamports = {limit}\n'
        (self.folder / "policy.toml").write_text(text)

    def judged(self, instructions, *argv, payer=None):
        """(exit code, report)"""
        text = transaction(payer or self.us, instructions)
        code, out, err = self.chain_command("check-tx", text, "--policy", self.file("policy.toml"), *self.at(), *argv)
        self.assertIn(code, (0, 6), err)
        report = json.loads(out)
        self.assertEqual((report["schema_version"], report["allowed"]), (1, code == 0))
        self.assertEqual(report["allowed"], report["refusals"] == [])
        return code, report

    def rules(self, *instructions, payer=None):
        return sorted({one["rule"] for one in self.judged(instructions, payer=payer)[1]["refusals"]})

    def test_a_payment_within_the_policy_is_allowed_and_another_is_not(self):
        code, report = self.judged([transfer(self.us, self.friend, 900_000)])
        self.assertEqual(code, 0, report)
        self.assertEqual([(one["asset"], 900_000 <= one["units"] <= 905_000) for one in report["leaves"]], [("SOL", True)])
        self.assertEqual(report["instructions"][0]["says"], f"sends 900000 lamports from {self.us} to {self.friend}")
        self.assertEqual(self.rules(transfer(self.us, self.friend, 1_000_001)), ["limit"])
        self.assertEqual(self.rules(transfer(self.us, self.thief, 1)), ["destination"])

    def test_what_cannot_run_or_be_read_is_refused(self):
        self.assertIn("simulation_failed", self.rules(transfer(self.us, self.friend, 10**15)))
        # Only the program's address is trusted here; its instruction stays unread.
        self.assertIn("unreadable_instruction", self.rules((SYSTEM, [(self.us, True)], b"\x63\0\0\0")))
        # An endpoint that is not there allows nothing either.
        code, out, _ = run("chain", "check-tx", transaction(self.us, [transfer(self.us, self.friend, 1)]), "--policy", self.file("policy.toml"), "-u", "http://127.0.0.1:9", "--json")
        self.assertEqual((code, out), (5, ""))

    def test_a_token_account_that_is_given_away_is_found_among_payments(self):
        mint = self.mint()
        tokens = self.tokens("tokens.json", mint, self.us, 500)
        give = (TOKEN, [(tokens, True), (self.us, False)], bytes([6, 2, 1]) + key_bytes(self.thief))
        payments = [transfer(self.us, self.friend, n) for n in range(1, 9)]
        self.assertEqual(self.rules(*payments), [])
        code, report = self.judged([*payments[:5], give, *payments[5:]])
        self.assertEqual(code, 6)
        self.assertEqual({one["rule"] for one in report["refusals"]}, {"authority_change", "limit", "destination"})
        self.assertIn(f'"owner" of token account {tokens} went from {self.us} to {self.thief}', report["powers"])
        self.assertIn({"asset": mint, "units": 500}, report["leaves"])
        allowance = (TOKEN, [(tokens, True), (self.thief, False), (self.us, False)], struct.pack("<BQ", 4, 10))
        self.assertEqual(self.rules(allowance), ["authority_change"])

    def test_what_is_allowed_is_counted_over_time(self):
        self.policy("[window]\nlamports = 1_500_000", limit=1_010_000)
        text = transaction(self.us, [transfer(self.us, self.friend, 1_000_000)])
        at = ["--policy", self.file("policy.toml"), *self.at()]
        code, _, err = self.chain_command("check-tx", text, *at)
        self.assertEqual(code, 2)
        self.assertIn("--state", err)
        kept = self.folder / "spent"
        counted = [[transfer(self.us, self.friend, 1_000_000)], "--state", str(kept)]
        self.assertEqual(self.judged(*counted, "--dry-run")[0], 0)
        self.assertFalse((kept / "check-tx.json").exists())
        self.assertEqual(self.judged(*counted)[0], 0)
        self.assertEqual(self.judged(*counted)[0], 0)  # the same message
        code, report = self.judged([transfer(self.us, self.friend, 600_000)], "--state", str(kept))
        self.assertEqual((code, [one["rule"] for one in report["refusals"]]), (6, ["window"]))
        self.assertEqual(len(json.loads((kept / "check-tx.json").read_text())["spent"]), 1)
        # What it cannot read it does not take for an empty history.
        (kept / "check-tx.json").write_text("{")
        code, out, err = self.chain_command("check-tx", text, *at, "--state", str(kept))
        self.assertNotEqual(code, 0)
        self.assertEqual(out, "")
        self.assertIn("nothing is", err)

    def test_it_reads_files_and_standard_input_and_says_what_it_cannot_read(self):
        text = transaction(self.us, [transfer(self.us, self.friend, 1)])
        (self.folder / "tx").write_text(text + "\n")
        at = ["--policy", self.file("policy.toml"), *self.at()]
        code, out, _ = run("chain", "check-tx", "@" + self.file("tx"), *at)
        self.assertEqual(code, 0, out)
        self.assertIn("allowed: the policy has nothing against it", out)
        piped = subprocess.run([BINARY, "chain", "check-tx", "-", *at], input=text, text=True, capture_output=True, timeout=30)
        self.assertEqual(piped.returncode, 0, piped.stderr)
        message = base64.b64encode(base64.b64decode(text)[65:]).decode()
        self.assertEqual(self.chain_command("check-tx", message, "--message", *at)[0], 0)
        self.assertEqual(self.chain_command("check-tx", message, *at)[0], 2)
        self.assertIn("no base64", self.refused(2, "", "check-tx", "?", *at))
        self.policy("programms = []")
        self.assertIn("policy.toml:4: unknown key programms", self.refused(2, "", "check-tx", text, *at))


if __name__ == "__main__":
    main()
